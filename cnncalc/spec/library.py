"""Where specs come from: a file, standard input, a text, Python data, or the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cnncalc.errors import Diagnostic, Source, SpecError, nearest, quote
from cnncalc.spec.document import Document
from cnncalc.spec.python_values import read_python
from cnncalc.spec.reader import read_document
from cnncalc.spec.shipped import is_shipped, shipped_names, shipped_path
from cnncalc.spec.source_text import read_source, read_standard_input
from cnncalc.spec.yaml_text import read_yaml

STANDARD_INPUT: Final = "-"
SUFFIXES: Final = (".yaml", ".yml")
SHIPPED_LIST: Final = "`cnncalc specs` lists the shipped ones"


def load_document(spec: str, folder: str | None = None) -> Document:
    """Reads a path that exists, else a shipped spec, or standard input (`-`).

    `folder` has the files that a spec from standard input may name; without it, such a spec names none.
    Raises: SpecError.
    """
    if spec == STANDARD_INPUT:
        source = read_standard_input()
        return parse_document(source, source.file, None if folder is None else Path(folder))
    path = Path(spec)
    if not exists(path) and is_shipped(spec):
        return shipped_document(spec)
    if not exists(path) and path.suffix not in SUFFIXES and "/" not in spec:
        raise SpecError(
            Diagnostic(
                "no-such-spec",
                f"{quote(spec)} is neither a file nor a shipped spec",
                suggestion=nearest(spec, shipped_names()) or SHIPPED_LIST,
            )
        )
    return parse_document(read_source(path), str(path.resolve()), path.resolve().parent)


def parse_document(source: Source, identity: str, folder: Path | None) -> Document:
    """Reads the document of a text. Raises: SpecError."""
    return read_document(read_yaml(source), source, identity, folder)


def document_from_value(value: object, folder: Path | None = None) -> Document:
    """Reads the document of plain Python data. Raises: SpecError."""
    root = read_python(value)
    source = root.span.source
    return read_document(root, source, source.file, folder)


def shipped_document(name: str) -> Document:
    """Reads a shipped spec."""
    path = shipped_path(name)
    return parse_document(Source(path.name, read_source(path).text), f"{name}.yaml", None)


def exists(path: Path) -> bool:
    """Tells whether there is anything at a path."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that the file system can't hold
        return False


def shipped_documents() -> Iterator[tuple[str, Document]]:
    """Reads every shipped spec; gives each with its name."""
    for name in shipped_names():
        yield name, shipped_document(name)
