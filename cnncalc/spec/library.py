"""Where specs come from: a file, standard input, the shipped ones, or a model inside a model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from cnncalc.errors import Diagnostic, Problem, Source, SpecError, nearest, quote
from cnncalc.spec.document import Document
from cnncalc.spec.python_values import read_python
from cnncalc.spec.reader import read_document
from cnncalc.spec.source_text import nearest_file, read_source, read_standard_input
from cnncalc.spec.yaml_text import read_yaml

STANDARD_INPUT: Final = "-"
SUFFIXES: Final = (".yaml", ".yml")
SHIPPED_LIST: Final = "`cnncalc specs` lists the shipped ones"


@cache
def shipped_folder() -> Path:
    """Finds the shipped specs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


@cache
def shipped_names() -> tuple[str, ...]:
    """Lists the shipped specs' names, sorted."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.yaml")))


def shipped_path(name: str) -> Path:
    """Names the file of a shipped spec, whether it exists or not."""
    return shipped_folder() / f"{name}.yaml"


def is_shipped(name: str) -> bool:
    """Tells whether a spec of this name is shipped."""
    return "/" not in name and "\0" not in name and len(name) < 100 and shipped_path(name).is_file()


def load_document(spec: str) -> Document:
    """Reads a path that exists, else a shipped spec, or standard input (`-`). Raises: SpecError."""
    if spec == STANDARD_INPUT:
        source = read_standard_input()
        return parse_document(source, source.file, _working_folder())
    path = Path(spec)
    if not _exists(path) and is_shipped(spec):
        return _shipped(spec)
    if not _exists(path) and path.suffix not in SUFFIXES and "/" not in spec:
        raise SpecError(
            Diagnostic(
                "no-such-spec",
                f"{quote(spec)} is neither a file nor a shipped spec",
                suggestion=nearest(spec, shipped_names()) or SHIPPED_LIST,
            )
        )
    return parse_document(read_source(path), str(path.resolve()), path.resolve().parent)


def _working_folder() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # deleted since
        return None


def parse_document(source: Source, identity: str, folder: Path | None) -> Document:
    """Reads the document of a text. Raises: SpecError."""
    return read_document(read_yaml(source), source, identity, folder)


def document_from_value(value: object) -> Document:
    """Reads the document of plain Python data. Raises: SpecError."""
    root = read_python(value)
    source = root.span.source
    return read_document(root, source, source.file, Path.cwd())


def load_inner(name: str, outer: Document) -> Document:
    """Reads the spec that a `Model` names in a document: a shipped one, or a file inside that document's folder.

    Raises: Problem: if the name leads elsewhere or to nothing. SpecError: if that spec is wrong.
    """
    written_as_file = name.endswith(SUFFIXES) or "/" in name or "\\" in name
    if not written_as_file and is_shipped(name):
        return _shipped(name)
    if outer.folder is None or not name.strip():
        raise Problem("no-such-spec", f"there is no shipped spec {quote(name)}",
                      suggestion=nearest(name, shipped_names()) or SHIPPED_LIST)  # fmt: skip
    path = _inside(outer.folder, name)
    if not _exists(path):
        hint = nearest(name, shipped_names())
        if written_as_file:
            hint = nearest_file(path, name) or "a file is looked for in the folder of the spec that names it"
            if is_shipped(path.stem):
                hint = f"did you mean {quote(path.stem)}, the shipped spec?"
        what = "file" if written_as_file else "shipped spec or file"
        raise Problem("no-such-spec", f"there is no {what} {quote(name)} here", suggestion=hint)
    if not path.is_file() and not path.is_dir():  # a pipe may never end, and a device never stop
        raise Problem(
            "file-not-readable", f"{quote(name)} is no ordinary file", suggestion="write it into a file first"
        )
    source = read_source(path)
    return parse_document(Source(name, source.text), str(path), path.parent)


def _shipped(name: str) -> Document:
    path = shipped_path(name)
    return parse_document(Source(path.name, read_source(path).text), f"{name}.yaml", None)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that the file system can't hold
        return False


def _inside(folder: Path, name: str) -> Path:
    """Finds the path of a file inside a folder. Raises: Problem: if the name, or a link, leads out of it."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\", "~")) or ":" in parts[0] or ".." in parts or "\0" in name:
        raise Problem(
            "path-leaves-folder",
            f"{quote(name)} is no path inside the folder of the spec",
            expected="a relative path without ..",
            suggestion="copy the file into the folder of the spec",
        )
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        raise Problem("path-leaves-folder", f"{quote(name)} is no path of a file") from None
    if not inside:
        raise Problem("path-leaves-folder", f"{quote(name)} leads out of the folder of the spec",
                      suggestion="copy the file into the folder of the spec")  # fmt: skip
    return path


def shipped_documents() -> Iterator[tuple[str, Document]]:
    """Reads every shipped spec; gives each with its name."""
    for name in shipped_names():
        yield name, _shipped(name)
