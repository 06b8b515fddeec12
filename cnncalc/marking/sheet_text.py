"""The text of a sheet, in whatever encoding a student's program saved it."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from cnncalc.errors import AnswersError, Diagnostic, Source, Span, SpecError
from cnncalc.spec.source_text import decode, read_bytes, read_standard_input_bytes

STANDARD_INPUT: Final = "-"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LATIN_1_NOTE: Final = "read as Latin-1 (Windows-1252), as it is no UTF-8: look whether names and signs are right"


def sheet_bytes(path: str) -> tuple[str, bytes]:
    """Reads a sheet's file, or standard input (`-`): its name in messages and its bytes. Raises: AnswersError."""
    try:
        return ("<stdin>", read_standard_input_bytes()) if path == STANDARD_INPUT else (path, read_bytes(Path(path)))
    except SpecError as error:
        raise AnswersError(error.diagnostics) from None


def sheet_text(data: bytes, file: str) -> tuple[Source, tuple[str, ...]]:
    """Decodes UTF-8, UTF-16 with a byte order mark, or Latin-1; returns the text, and notes for the marker.

    Raises: AnswersError: `encoding`, if it is no text.
    """
    if data.startswith(_UTF16) and not data.startswith(codecs.BOM_UTF32_LE):
        try:
            data = data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            message = "the file begins like UTF-16 and is none"
            raise AnswersError(Diagnostic("encoding", message, Span(Source(file)), "UTF-8")) from None
    try:
        return decode(data, file), ()
    except SpecError as error:
        if b"\0" in data or error.diagnostics[0].id != "encoding":
            raise AnswersError(error.diagnostics) from None
    # Windows-1252 is what programs mean by Latin-1; five of its bytes mean nothing.
    text = data.decode("windows-1252", errors="replace")
    return decode(text.encode("utf-8"), file), (LATIN_1_NOTE,)
