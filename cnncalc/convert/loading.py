"""Where a document comes from: a spec, or a file of another format, which every command takes in place of one."""

from __future__ import annotations

from pathlib import Path

from cnncalc.convert.formats import format_of
from cnncalc.spec import library
from cnncalc.spec.document import Document


def load_document(spec: str, folder: str | None = None) -> Document:
    """Reads a spec as `cnncalc.spec.library` does, or else a file of another format. Raises: SpecError."""
    format = format_of(Path(spec))
    if format is None:
        return library.load_document(spec, folder)
    # Readers and writers of other formats take as long to load as a small spec to analyse.
    from cnncalc.convert.importing import import_file

    return import_file(spec, format).document
