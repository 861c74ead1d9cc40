"""The rules of the house, read from the source: who may import whom, and how large anything may grow."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("rag", "models", "desktop_app")
FILES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))

FORBIDDEN = {
    "rag": {"models", "desktop_app", "PySide6", "llama_cpp", "onnxruntime"},
    "models": {"rag", "desktop_app", "PySide6", "chromadb"},
    "desktop_app": {"llama_cpp", "onnxruntime", "chromadb"},
}
HOMES = {
    "chromadb": ("rag/index.py", "rag/baselines.py"),
    "llama_cpp": ("models/llama.py", "models/baselines.py"),
    "onnxruntime": ("models/onnx_session.py", "models/baselines.py"),
    "tiktoken": ("models/tokens.py",),
    "appdirs": ("desktop_app/paths.py",),
    "sentencex": ("rag/chunking.py",),
    "trafilatura": ("rag/readers/", "rag/baselines.py"),
    "lxml": ("rag/readers/",),
    "charset_normalizer": ("rag/decoding.py", "rag/readers/"),
    "psutil": ("models/", "desktop_app/battery.py", "desktop_app/drives.py"),
    "python_calamine": ("rag/readers/workbooks.py",),
    "olefile": ("rag/readers/compound.py", "rag/readers/outlook.py"),
    "oxmsg": ("rag/readers/outlook.py",),
    "pypdfium2": ("rag/pdfium.py", "rag/baselines.py"),
    "rapidocr_onnxruntime": ("rag/ocr.py",),
    "py3langid": ("rag/languages.py",),
    "watchfiles": ("desktop_app/folder_watch.py",),
    "PySide6": ("desktop_app/",),
}
NETWORK = {
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "imaplib",
    "requests",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib.request",
    "urllib3",
    "xmlrpc",
    "PySide6.QtNetwork",
    "PySide6.QtWebEngineCore",
    "PySide6.QtWebEngineWidgets",
    "PySide6.QtWebSockets",
}
NETWORK_HOMES = ("desktop_app/instance.py", "desktop_app/confinement.py")
WITHOUT_QT = {
    "adding",
    "answer_words",
    "atomic",
    "battery",
    "citing",
    "composition",
    "confinement",
    "conversation_file",
    "conversations",
    "disk",
    "drives",
    "exporting",
    "folder_watch",
    "hosted",
    "hosted_engines",
    "hosting",
    "hosting_errors",
    "instance",
    "interruptible",
    "life",
    "logbook",
    "offsets",
    "pacing",
    "paths",
    "problems",
    "settings",
    "telling",
    "time_left",
    "transcript",
    "turn_record",
    "turnstile",
    "unfinished",
    "verifying",
    "wording",
    "workbench",
}
# How their names begin; the PDF export needs Qt when it is called.
WITHOUT_QT_AT_IMPORT = ("cli", "engine_", "export_", "quality_")
IN_CHILDREN = ("engine_",)  # modules of desktop_app that only child processes import
ENGINES = {"llama_cpp", "chromadb", "onnxruntime", "tokenizers", "trafilatura", "lxml", "tiktoken", "sentencex"}
VAGUE = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
MOST_LINES = 500
MOST_FUNCTION_LINES = 60
MOST_BROAD_EXCEPTS = 5


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(file)))


@cache
def imports(file: Path) -> frozenset[str]:
    """Full names of what a file imports, wherever in the file, also by import_module("name")."""
    return frozenset(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    for node in nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(file)}:{node.lineno} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in {"import_module", "__import__"}:
            yield from (str(word.value) for word in node.args[:1] if isinstance(word, ast.Constant))


def _name(node: ast.expr) -> str:
    """The last part of a called name: Quote in both Quote(...) and types.Quote(...)."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def is_without_qt(file: Path) -> bool:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return parts[0] != "desktop_app" or parts[1] in WITHOUT_QT


def loads_no_qt(file: Path) -> bool:
    return is_without_qt(file) or file.name.startswith(WITHOUT_QT_AT_IMPORT)


def test_the_arrows_point_one_way() -> None:
    assert not _imported(lambda file, name: _is_within_any(name, FORBIDDEN[file.relative_to(ROOT).parts[0]]))


def test_each_library_stays_in_its_home() -> None:
    def is_away(file: Path, name: str) -> bool:
        return any(is_within(name, library) and not place(file).startswith(homes) for library, homes in HOMES.items())

    assert not _imported(is_away)


def test_nothing_imports_the_network() -> None:
    assert not _imported(lambda file, name: place(file) not in NETWORK_HOMES and _is_within_any(name, NETWORK))


def test_what_has_nothing_to_show_does_not_know_qt() -> None:
    assert not _imported(lambda file, name: is_without_qt(file) and is_within(name, "PySide6"))


def _imported(is_wrong: Callable[[Path, str], bool]) -> dict[str, set[str]]:
    """What is imported wrongly, and where."""
    wrong = {place(file): {name for name in imports(file) if is_wrong(file, name)} for file in FILES}
    return {where: names for where, names in wrong.items() if names}


def _is_within_any(name: str, modules: Collection[str]) -> bool:
    return any(is_within(name, module) for module in modules)


def test_a_file_name_says_what_is_inside() -> None:
    assert not [place(file) for file in FILES if VAGUE & set(file.stem.split("_"))]


def test_a_file_and_its_functions_can_be_read_at_one_go() -> None:
    n_lines = {place(file): len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert not {where: n for where, n in n_lines.items() if n > MOST_LINES}
    assert not {
        f"{place(file)}:{node.name}": node.end_lineno - node.lineno + 1
        for file in FILES
        for node in nodes(file)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MOST_FUNCTION_LINES
    }


def test_a_file_begins_by_saying_what_it_is_for() -> None:
    assert not [place(file) for file in FILES if not ast.get_docstring(tree(file))]


def test_a_quote_is_cut_and_never_made() -> None:
    assert not [
        f"{place(file)}:{node.lineno}"
        for file in FILES
        if place(file) != "rag/types.py"
        for node in nodes(file)
        if isinstance(node, ast.Call) and _name(node.func) == "Quote"
    ]


def test_hardly_anything_catches_everything() -> None:
    """Catching everything to tidy up and raise on is no matter; ending whatever it was is one, and needs a border."""
    broad = [f"{place(file)}:{line}" for file in FILES for line in _broad_excepts(file)]
    assert len(broad) <= MOST_BROAD_EXCEPTS, broad


def _broad_excepts(file: Path) -> Iterator[int]:
    for node in nodes(file):
        kinds: list[ast.expr | None] = []
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            kinds = [*node.type.elts] if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and _name(node.func) == "suppress":
            kinds = [*node.args]
        if any(kind is None or _name(kind) in {"Exception", "BaseException"} for kind in kinds):
            yield node.lineno


# Imports the modules named in argv[1]; prints what each did besides, which watched modules it loaded, and what failed.
_IMPORTER = """
import importlib, json, os, socket, sys
socket.has_ipv6 = False  # as desktop_app.confinement has it before any library is imported
modules, watched = json.loads(sys.argv[1]), set(json.loads(sys.argv[2]))
deeds, current = {}, [None]
WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "shutil.rmtree",
          "sqlite3.connect", "socket.__new__", "socket.connect", "socket.getaddrinfo", "subprocess.Popen",
          "os.posix_spawn", "os.fork", "os.exec", "os.system"}
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        is_writing = (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if not is_writing or str(path).startswith("/dev/"):
            return
    elif event not in WRITES:
        return
    deeds.setdefault(current[0], []).append(f"{event} {arguments}"[:200])
sys.addaudithook(watch)
loaded, broken = {}, {}
for name in modules:
    current[0] = name
    try:
        importlib.import_module(name)
    except ImportError as error:
        broken[name] = str(error)
    new = watched & {module.partition(".")[0] for module in sys.modules}
    if new:
        loaded[name] = sorted(new)
        watched -= new
print(json.dumps([deeds, loaded, broken]))
"""


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class Imported:
    """What came of importing: `deeds` in the outside world, watched modules `loaded`, and what is `broken`."""

    deeds: dict[str, list[str]]
    loaded: dict[str, list[str]]
    broken: dict[str, str]


def import_in_a_fresh_process(files: list[Path], watched: set[str], tmp_path: Path) -> Imported:
    names = [module_name(file) for file in files if file.stem != "__main__"]
    finished = subprocess.run(
        [sys.executable, "-c", _IMPORTER, json.dumps(names), json.dumps(sorted(watched))],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return Imported(*json.loads(finished.stdout.splitlines()[-1]))


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_module_works_and_does_nothing_else(package: str, tmp_path: Path) -> None:
    if package == "desktop_app":
        pytest.importorskip("PySide6.QtWidgets", reason="the window's modules need Qt")
    files = [file for file in FILES if file.is_relative_to(ROOT / package)]
    imported = import_in_a_fresh_process(files, set(), tmp_path)
    assert not imported.broken
    assert not imported.deeds


def test_the_window_process_loads_no_engine_and_no_parser_by_importing(tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtWidgets", reason="the window's modules need Qt")
    files = [file for file in FILES if file.is_relative_to(ROOT / "desktop_app")]
    of_the_window = [file for file in files if not file.name.startswith(IN_CHILDREN)]
    assert not import_in_a_fresh_process(of_the_window, ENGINES, tmp_path).loaded


def test_what_has_nothing_to_show_loads_no_qt_by_importing(tmp_path: Path) -> None:
    files = [file for file in FILES if loads_no_qt(file) and file.name != "__init__.py"]
    assert not import_in_a_fresh_process(files, {"PySide6", "shiboken6"}, tmp_path).loaded
