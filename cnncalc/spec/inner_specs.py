"""Specs inside specs: which file a `Model` may name, and how much one expansion may read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cnncalc.errors import Problem, Source, nearest, quote
from cnncalc.spec.document import Document
from cnncalc.spec.library import (
    SHIPPED_LIST,
    SUFFIXES,
    exists,
    parse_document,
    shipped_document,
)
from cnncalc.spec.shipped import is_shipped, shipped_names
from cnncalc.spec.source_text import MAX_SOURCE_BYTES, nearest_file, read_source

MAX_FILES: Final = 1_000
"""Files that the `Model` items of one expansion may name."""


class InnerSpecs:
    """Reads the specs that the `Model` items of one expansion name: each file once, and not too many together."""

    def __init__(self) -> None:
        self._documents: dict[Path, Document] = {}
        self._files = 0
        self._characters = 0

    def load(self, name: str, outer: Document) -> Document:
        """Reads the spec that a `Model` names in a document: a shipped one, or a file inside that document's folder.

        Raises: Problem: if the name leads elsewhere or to nothing. SpecError: if that spec is wrong.
        """
        written_as_file = name.endswith(SUFFIXES) or "/" in name or "\\" in name
        if not written_as_file:
            if is_shipped(name):
                return shipped_document(name)
            raise Problem("no-such-spec", f"there is no shipped spec {quote(name)}",
                          suggestion=nearest(name, shipped_names()) or SHIPPED_LIST)  # fmt: skip
        if outer.folder is None:
            raise Problem("no-such-spec", f"{outer.source.file} is in no folder, so that {quote(name)} is not opened",
                          suggestion='say which folder: `--folder DIR`, or `loads(text, folder="DIR")`')  # fmt: skip
        path = _inside(outer.folder, name)
        if path not in self._documents:
            self._documents[path] = self._read(path, name)
        return self._documents[path]

    def _read(self, path: Path, name: str) -> Document:
        if not name.endswith(SUFFIXES) or path.suffix not in SUFFIXES:  # the name, and what a link leads to
            raise Problem("no-such-spec", f"{quote(name)} is no spec: the name of its file ends in {SUFFIXES[0]}",
                          suggestion=nearest_file(path, name))  # fmt: skip
        if not exists(path):
            hint = nearest_file(path, name) or "a file is looked for in the folder of the spec that names it"
            if is_shipped(path.stem):
                hint = f"did you mean {quote(path.stem)}, the shipped spec?"
            raise Problem("no-such-spec", f"there is no file {quote(name)} here", suggestion=hint)
        if not path.is_file() and not path.is_dir():  # a pipe may never end, and a device never stop
            raise Problem(
                "file-not-readable", f"{quote(name)} is no ordinary file", suggestion="write it into a file first"
            )
        source = read_source(path)
        self._files += 1
        self._characters += len(source.text)
        if self._files > MAX_FILES or self._characters > MAX_SOURCE_BYTES:
            raise Problem("file-too-large", "the files that the spec names are too much together",
                          expected=f"at most {MAX_FILES:,} files and {MAX_SOURCE_BYTES:,} characters",
                          suggestion="what several of them share can stand in one file")  # fmt: skip
        return parse_document(Source(name, source.text), str(path), path.parent)


def _inside(folder: Path, name: str) -> Path:
    """Resolves the path of a file inside a folder. Raises: Problem: if the name, or a link, leads out of it."""
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
