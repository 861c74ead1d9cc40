"""What the figures of a run depend on, as digests: code, models and texts; equal digests mean equal answers.

The state of the checkout is for the reader's eye only; uncommitted changes are told by the digests too.
"""

from __future__ import annotations

import ast
import hashlib
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.shelf import InstalledModel, Shelf

_ROOT: Final = Path(__file__).resolve().parents[1]
#: What answers are made of; the rest of desktop_app only shows them.
_ANSWERING: Final = ("rag/**/*", "models/**/*", "desktop_app/engine_*.py", "desktop_app/answer_json.py")
#: Where the making of a library begins; what these import belongs to it.
_INDEXING: Final = ("desktop_app.engine_indexer", "desktop_app.engine_embedder")
#: Modules that only give things names and shapes, or say where the models are, whose digests are counted in anyway.
_LEFT_OUT: Final = frozenset(
    {"rag.types", "rag.errors", "rag.ports", "models.errors", "models.catalogue", "models.shelf"}
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The commit that the program was run from, empty where it is no checkout, and whether files had changed since."""

    commit: str
    has_changes: bool


@dataclass(frozen=True, slots=True)
class UsedModel:
    """A model that takes part."""

    id: str
    role: str
    sha256: str


def used_models(paths: AppPaths, chat_model: str | None, *, with_prose: bool) -> tuple[UsedModel, ...]:
    """The bundled models and, with prose, the one that writes; the bundled chat model counts tokens in any case.

    Raises:
        ModelError: a model is missing or altered; without it the program might go on, but the figures would be others.
    """
    shelf = Shelf(paths.models)
    bundled = [model for model in shelf.installed() if model.is_bundled]
    writer = (shelf.find(chat_model) if chat_model else shelf.default(Role.CHAT)) if with_prose else None
    for model in (*bundled, *([writer] if writer else [])):
        shelf.verify(model)
    used = {model.id: _used(model) for model in bundled}
    if writer is not None:
        used[writer.id] = UsedModel(writer.id, "writes", writer.sha256)
    return tuple(used.values())


def _used(model: InstalledModel) -> UsedModel:
    return UsedModel(model.id, "counts tokens" if model.role is Role.CHAT else model.role.value, model.sha256)


def checkout() -> Checkout:
    """What Git says of the program's own folder."""
    commit = _git("rev-parse", "HEAD")
    return Checkout(commit, bool(commit and _git("status", "--porcelain", "--", "rag", "models", "desktop_app")))


def _git(*arguments: str) -> str:
    try:
        finished = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return finished.stdout.strip() if finished.returncode == 0 else ""


def joint_key(*keys: str) -> str:
    """Equal only where all of them are."""
    return _digest(keys)


def answers_key(models: Iterable[UsedModel], *, root: Path = _ROOT) -> str:
    """Of the code and the models that make answers."""
    files = sorted({path for pattern in _ANSWERING for path in root.glob(pattern) if _is_source(path)})
    return _digest([*(_file_line(path, root) for path in files), *(f"{model}" for model in models)])


def library_key(paths: AppPaths, *, root: Path = _ROOT) -> str:
    """Of the code and the models that make a library out of texts.

    Raises:
        ModelNotInstalled: a bundled model is missing.
    """
    files = sorted(_module_file(module, root) for module in _imported_from(_INDEXING, root))
    shelf = Shelf(paths.models)
    models = [shelf.default(role).sha256 for role in (Role.EMBEDDER, Role.CHAT)]
    return _digest([*(_file_line(path, root) for path in files), *models])


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _file_line(path: Path, root: Path) -> str:
    return f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:16]


def _imported_from(starts: Iterable[str], root: Path) -> set[str]:
    """The modules themselves, what they import of rag and models, what those import, and so on."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        module = waiting.pop()
        if module not in seen and module not in _LEFT_OUT and _module_file(module, root).is_file():
            seen.add(module)
            waiting.extend(_imports(ast.parse(_module_file(module, root).read_text("utf-8"))))
    return seen


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module is not None and _is_ours(node.module):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in ("rag", "models")


def _module_file(module: str, root: Path) -> Path:
    return root.joinpath(*module.split(".")).with_suffix(".py")
