"""The commands of models, and doctor: what is installed, whether it is whole, and whether everything works here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktop_app.cli_session import Failed, Session, note, print_line
from desktop_app.confinement import refuse_network
from desktop_app.paths import EnvironmentProblem
from desktop_app.settings import save
from models.catalogue import Role
from models.errors import ModelError
from models.shelf import InstalledModel, ModelReport, Shelf
from rag.errors import RagError
from rag.store import Store


def add_commands(commands: Any) -> None:
    models = commands.add_parser("models", help="list, add, choose, remove or check models")
    actions = models.add_subparsers(dest="action", required=True, metavar="list|add|use|remove|check")
    actions.add_parser("list").set_defaults(run=list_models)
    adding = actions.add_parser("add", help="use a GGUF file on this computer; it stays where it is")
    adding.add_argument("path", type=Path)
    adding.set_defaults(run=add_model)
    using = actions.add_parser("use", help="let this model write the prose from the next start on")
    using.add_argument("model", metavar="ID")
    using.set_defaults(run=use_model)
    removing = actions.add_parser("remove", help="forget an added model; its file stays")
    removing.add_argument("model", metavar="ID")
    removing.set_defaults(run=remove_model)
    checking = actions.add_parser("check", help="check a model's file, or all of them")
    checking.add_argument("model", nargs="?", metavar="ID")
    checking.set_defaults(run=check_models)
    commands.add_parser("doctor", help="check that everything works here").set_defaults(run=doctor)


def list_models(session: Session, _: argparse.Namespace) -> int:
    for model in _shelf(session).installed():
        print_line(_line(model))
    return 0


def _line(model: InstalledModel) -> str:
    kind = "bundled" if model.is_bundled else "added"
    here = "" if model.is_present else "  (its file is gone)"
    return f"{model.id}  {model.role.value}  {kind}  {model.n_bytes / 1e6:,.0f} MB  {model.path}{here}"


def add_model(session: Session, options: argparse.Namespace) -> int:
    session.paths.ensure()
    model = _shelf(session).add(options.path)
    note(f"{model.name} can be used now; its id is {model.id}.")
    return 0


def use_model(session: Session, options: argparse.Namespace) -> int:
    session.paths.ensure()
    model = _shelf(session).find(options.model)
    if model.role is not Role.CHAT:
        raise Failed(f"{model.name} is no chat model, so it cannot write.", exit_code=2)
    save(replace(session.settings, chat_model=model.id), session.paths.settings)
    note(f"{model.name} writes from the next start on.")
    return 0


def remove_model(session: Session, options: argparse.Namespace) -> int:
    _shelf(session).remove(options.model)
    note(f"{options.model} was removed from the list. Its file was not touched.")
    return 0


def check_models(session: Session, options: argparse.Namespace) -> int:
    session.paths.ensure()
    shelf = _shelf(session)
    wanted = [options.model] if options.model else [model.id for model in shelf.installed()]
    reports = [shelf.check(model_id) for model_id in wanted]
    for report in reports:
        print_line(_told(report))
    return 0 if all(not report.problem for report in reports) else 1


def _told(report: ModelReport) -> str:
    return f"{report.model.id}: {report.problem or 'whole, its sha256 is right'}"


def doctor(session: Session, _: argparse.Namespace) -> int:
    """One line a check; ends with 1 where one failed."""
    checks: tuple[tuple[str, Callable[[Session], str]], ...] = (
        ("folders", _folders),
        ("library", _library),
        ("models", _models),
        ("network", _network),
    )
    return max([_try(name, check, session) for name, check in checks])


def _try(name: str, check: Callable[[Session], str], session: Session) -> int:
    try:
        print_line(f"ok    {name}: {check(session)}")
    except (EnvironmentProblem, ModelError, RagError, Failed) as error:
        print_line(f"WRONG {name}: {error}")
        return 1
    return 0


def _folders(session: Session) -> str:
    session.paths.ensure()
    return f"{session.paths.data} can be written"


def _library(session: Session) -> str:
    if not session.paths.library.exists():
        return "there is none yet"
    with closing(Store.read(session.paths.library)) as store:
        if not store.is_sound():
            raise Failed("its database is damaged; open the window once, it sets it aside and begins a new one")
        return f"{len(store.sources())} documents, {store.n_passages()} passages, sound"


def _models(session: Session) -> str:
    shelf = _shelf(session)
    models = [shelf.default(Role.CHAT), shelf.default(Role.EMBEDDER)]
    for model in models:
        shelf.verify(model)
    return ", ".join(model.name for model in models) + ": whole"


def _network(_: Session) -> str:
    return "the system refuses every connection of this program" if refuse_network() else "not used (not enforced here)"


def _shelf(session: Session) -> Shelf:
    return Shelf(session.paths.models)
