"""The installed models: those that came with the program and those that the reader added.

Added models stay where the reader keeps them; the shelf remembers their path and checksum, and never changes, moves or
deletes a model file. It loads no model.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.catalogue import Card, Role, locate, read_catalogue
from models.checksums import Checksums, hash_file, write_json
from models.errors import BundledModel, ModelError, ModelLoadError, ModelNotInstalled, ShelfUnavailable
from models.gguf import Header, check_chat, read_header
from models.memory import MemoryPlan, available_bytes, plan_memory

FORMAT = 1


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine. `card` is None for one that was added; embedders and readers have a `tokenizer_path`.

    The file of an added model may have gone since; `is_present` looks.
    """

    id: str
    role: Role
    name: str
    path: Path
    sha256: str
    n_bytes: int
    card: Card | None
    tokenizer_path: Path | None = None

    @property
    def is_bundled(self) -> bool:
        return self.card is not None

    @property
    def is_present(self) -> bool:
        return self.path.is_file()


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What `Shelf.check` found. `problem` is a sentence for the reader, empty when all is well.

    Fields that could not be found out are empty, 0 or None; `plan` says what the model would take of today's memory.
    """

    model: InstalledModel
    found_sha256: str
    is_intact: bool
    architecture: str
    quantisations: tuple[str, ...]
    n_layers: int
    n_vocabulary: int
    context_tokens: int
    plan: MemoryPlan | None
    problem: str


class Shelf:
    """The installed models; `folder` is where the list of added ones is kept and is made when first written to.

    `set_aside` is the path of a damaged list that was moved out of the way (never deleted), if that happened.
    """

    def __init__(self, folder: Path) -> None:
        self._list = folder / "added.json"
        self._checksums = Checksums(folder / "checked.json")
        self.set_aside: Path | None = None

    def installed(self) -> tuple[InstalledModel, ...]:
        """All models: bundled ones in the order of the catalogue, then added ones in the order they were added.

        Raises:
            CatalogueError: the program's own catalogue is damaged.
            ShelfUnavailable: the list of added models cannot be read.
        """
        bundled = (_bundled(card) for card in read_catalogue())
        return (*(model for model in bundled if model is not None), *self._added())

    def find(self, model_id: str) -> InstalledModel:
        """The model of this id, with its file in place.

        Raises:
            ModelNotInstalled: there is none, or its file has gone.
        """
        for model in self.installed():
            if model.id == model_id:
                if not model.is_present:
                    raise ModelNotInstalled(model_id=model_id, reason=f"its file is no longer at {model.path}")
                return model
        raise ModelNotInstalled(model_id=model_id, reason="there is no such model on the shelf")

    def default(self, role: Role) -> InstalledModel:
        """The bundled model for a role.

        Raises:
            ModelNotInstalled: its package is missing.
        """
        for card in read_catalogue():
            if card.role is role:
                model = _bundled(card)
                if model is not None:
                    return model
                packages = " and ".join(file.distribution for file in (card.file, card.tokenizer) if file)
                raise ModelNotInstalled(model_id=card.id, reason=f"install the packages {packages} again")
        raise ModelNotInstalled(model_id=role.value, reason="the catalogue has no model for it")

    def verify(self, model: InstalledModel) -> None:
        """Check a model's files against their sha256; call it before the model's first use.

        Files that have not changed since they were last checked are not read again.

        Raises:
            ChecksumMismatch: a file is not the one that was promised or added.
            ModelNotInstalled: a file has gone or cannot be read.
        """
        try:
            self._checksums.verify(model.path, model.sha256)
            if model.card is not None and model.card.tokenizer is not None and model.tokenizer_path is not None:
                self._checksums.verify(model.tokenizer_path, model.card.tokenizer.sha256)
        except OSError as exc:
            raise ModelNotInstalled(model_id=model.id, reason=f"its file cannot be read ({exc.strerror})") from exc

    def add(self, path: Path) -> InstalledModel:
        """Put a local GGUF chat model on the shelf; the file stays where it is. Reads the whole file once.

        Adding a file again renews its checksum.

        Raises:
            NotAGguf, UnsuitableModel: the file is broken or no chat model.
            ShelfUnavailable: the list cannot be written.
        """
        path = path.resolve()
        header = read_header(path)
        check_chat(header)
        try:
            sha256 = hash_file(path)
        except OSError as exc:
            raise ModelLoadError(path=str(path), reason=f"it cannot be read ({exc.strerror})") from exc
        before = [model for model in self._added() if model.path != path]
        name = header.text("general.name")[:100] or path.stem
        taken = {card.id for card in read_catalogue()} | {model.id for model in before}
        model = InstalledModel(_free_id(path.stem, taken), Role.CHAT, name, path, sha256, header.file_bytes, None)
        self._save([*before, model])
        return model

    def remove(self, model_id: str) -> None:
        """Take an added model off the shelf; its file is not touched.

        Raises:
            BundledModel: it came with the program.
            ModelNotInstalled: there is no such model.
            ShelfUnavailable: the list cannot be written.
        """
        if any(card.id == model_id for card in read_catalogue()):
            raise BundledModel(model_id=model_id)
        added = self._added()
        left = [model for model in added if model.id != model_id]
        if len(left) == len(added):
            raise ModelNotInstalled(model_id=model_id, reason="there is no such model on the shelf")
        self._save(left)

    def check(self, model_id: str) -> ModelReport:
        """Read a model's files again and say how they are; problems with the model are reported, not raised.

        Raises:
            ModelNotInstalled: there is no such model, or its file has gone.
        """
        model = self.find(model_id)
        problem = ""
        found, header, plan = "", None, None
        try:
            found = self._checksums.sha256(model.path, afresh=True)
            self.verify(model)
            if model.role is Role.CHAT:
                header = read_header(model.path)
                check_chat(header)
                plan = plan_memory(header, available=available_bytes())
        except OSError as exc:
            problem = f"{model.path} cannot be read: {exc.strerror}."
        except ModelError as exc:
            problem = str(exc)
        return _report(model, found, header, plan, problem)

    def _added(self) -> list[InstalledModel]:
        try:
            tree = json.loads(self._list.read_text(encoding="utf-8"))
            if tree["format"] != FORMAT:
                raise ShelfUnavailable(path=str(self._list), reason="it was written by another version of Seedbook")
            return [_added(entry) for entry in tree["models"]]
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise ShelfUnavailable(path=str(self._list), reason=exc.strerror or str(exc)) from exc
        except (ValueError, KeyError, TypeError):
            self._put_aside()
            return []

    def _put_aside(self) -> None:
        aside = self._list.with_name(f"{self._list.name}.damaged")
        try:
            self._list.replace(aside)
        except OSError as exc:
            raise ShelfUnavailable(path=str(self._list), reason="it is damaged and cannot be moved aside") from exc
        self.set_aside = aside

    def _save(self, added: list[InstalledModel]) -> None:
        entries = [
            {key: str(value) for key, value in asdict(model).items() if key in {"id", "name", "path", "sha256"}}
            | {"n_bytes": model.n_bytes}
            for model in added
        ]
        write_json(self._list, {"format": FORMAT, "models": entries})


def _bundled(card: Card) -> InstalledModel | None:
    path = locate(card.file)
    tokenizer_path = locate(card.tokenizer) if card.tokenizer else None
    if path is None or (card.tokenizer and tokenizer_path is None):
        return None
    return InstalledModel(
        card.id, card.role, card.name, path, card.file.sha256, card.file.n_bytes, card, tokenizer_path
    )


def _added(entry: dict[str, Any]) -> InstalledModel:
    texts = {key: entry[key] for key in ("id", "name", "path", "sha256")}
    if not all(isinstance(text, str) and text for text in texts.values()) or not isinstance(entry["n_bytes"], int):
        raise TypeError("an added model lacks a fact")
    path = Path(texts["path"])
    return InstalledModel(texts["id"], Role.CHAT, texts["name"], path, texts["sha256"], entry["n_bytes"], None)


def _free_id(stem: str, taken: set[str]) -> str:
    wanted = re.sub(r"[^a-z0-9._]+", "-", stem.lower()).strip("-.") or "model"
    number, model_id = 1, wanted
    while model_id in taken:
        number += 1
        model_id = f"{wanted}-{number}"
    return model_id


def _report(
    model: InstalledModel, found: str, header: Header | None, plan: MemoryPlan | None, problem: str
) -> ModelReport:
    return ModelReport(
        model=model,
        found_sha256=found,
        is_intact=found == model.sha256 and not problem,
        architecture=header.architecture if header else "",
        quantisations=tuple(sorted({tensor.quantisation for tensor in header.tensors})) if header else (),
        n_layers=header.n_layers if header else 0,
        n_vocabulary=len(header.vocabulary) if header else 0,
        context_tokens=header.context_tokens if header else (model.card.context_tokens if model.card else 0),
        plan=plan,
        problem=problem,
    )
