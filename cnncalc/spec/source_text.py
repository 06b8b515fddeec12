"""Bytes from a stranger become a text, or a diagnostic: files, standard input, encodings, line ends, odd characters."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import sys
from itertools import islice
from pathlib import Path

from cnncalc.errors import SHOWN_LENGTH, Diagnostic, Source, Span, SpecError, closest, quote

MAX_SOURCE_BYTES = 3 * 1024 * 1024
"""50,000 layers written one by one are 2 MB; whatever stands in a text of this size is read in about a second."""

_TOO_LARGE_HINT = "is this the right file? In a spec, layers that repeat are written once, with repeat"

_UNREADABLE_CHARACTER = re.compile(
    # What YAML does not allow (https://yaml.org/spec/1.2.2/#51-character-set), and what only YAML 1.1 takes for a
    # line end (U+0085, U+2028, U+2029): editors don't, and the line numbers of diagnostics would differ from theirs.
    # Listed rather than their complement, which takes Python ten times as long to compile: 5 ms of every start.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_CHARACTER_NAMES = {
    0x00: "NUL",
    0x07: "bell",
    0x08: "backspace",
    0x1B: "escape",
    0x7F: "delete",
    0x85: "next line",
    0x2028: "line separator",
    0x2029: "paragraph separator",
    0xFEFF: "byte order mark",
}
# The longer mark first: UTF-32's starts with UTF-16's.
_OTHER_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_source(path: Path) -> Source:
    """Reads the text of a file; of a device or a pipe no more than MAX_SOURCE_BYTES.

    Raises: SpecError: the file is missing, a folder, not readable, too large, or not UTF-8.
    """
    return decode(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """Reads the bytes of a file; of a device or a pipe no more than MAX_SOURCE_BYTES + 1.

    Raises: SpecError: the file is missing, a folder, not readable, or too large.
    """
    file = str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _file_error("file-is-folder", file, f"{quote(file)} is a folder, not a file", "name a file inside it")
        if status.st_size > MAX_SOURCE_BYTES:
            raise _too_large(file, f"{status.st_size:,} bytes")
        with path.open("rb") as stream:
            return stream.read(MAX_SOURCE_BYTES + 1)
    except FileNotFoundError as error:
        suggestion = nearest_file(path, file) or "check the name and the folder"
        raise _file_error("file-not-found", file, f"there is no file {quote(file)}", suggestion) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        message = f"{quote(file)} cannot be read: {reason}"
        raise _file_error("file-not-readable", file, message, "check the name and its permissions") from error


def read_standard_input() -> Source:
    """Reads the text of standard input, called `<stdin>`.

    Raises: SpecError: it is closed, not readable, too large, or not UTF-8.
    """
    return decode(read_standard_input_bytes(), "<stdin>")


def read_standard_input_bytes() -> bytes:
    """Reads at most MAX_SOURCE_BYTES + 1 bytes of standard input. Raises: SpecError: it is closed or not readable."""
    try:
        if sys.stdin is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return sys.stdin.buffer.read(MAX_SOURCE_BYTES + 1)
    except OSError as error:
        message = f"standard input cannot be read: {error.strerror}"
        raise _file_error("file-not-readable", "<stdin>", message, "cnncalc summary - < net.yaml") from error


def decode(data: bytes, file: str) -> Source:
    """Decodes bytes that were read already, of standard input for instance.

    Who reads a stream reads at most MAX_SOURCE_BYTES + 1 bytes: one too many says that there is more.
    Line ends become newlines and a byte order mark is dropped, so that columns count what an editor shows.

    Raises: SpecError: too many bytes, or not UTF-8.
    """
    if len(data) > MAX_SOURCE_BYTES:
        raise _too_large(file, f"more than {MAX_SOURCE_BYTES:,} bytes")
    data = data.removeprefix(codecs.BOM_UTF8)
    if encoding := _foreign_encoding(data):
        raise SpecError(_not_utf8(Span(Source(file), 1, 1, 1, 1), f"the file is encoded in {encoding}, at line 1"))
    try:
        return Source(file, _plain_lines(data.decode("utf-8")))
    except UnicodeDecodeError as error:
        raise SpecError(_describe_undecodable(data, error.start, file)) from error


def clean(source: Source) -> Source:
    """Returns the source with plain newlines and no byte order mark, whoever made it.

    Raises: SpecError: the text is too long, or has a character that no YAML text may have.
    """
    if len(source.text) > MAX_SOURCE_BYTES:
        raise _too_large(source.file, f"{len(source.text):,} characters")
    text = _plain_lines(source.text.removeprefix("\ufeff"))
    if text is not source.text:
        source = Source(source.file, text)
    if match := _UNREADABLE_CHARACTER.search(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        span = Span(source, line, column, line, column + 1)
        raise SpecError(character_diagnostic(match[0], span, f"at line {line}, column {column}"))
    return source


def unreadable_character(text: str) -> str | None:
    """Finds the first character that no YAML text may have: a control character, half of a surrogate pair, ..."""
    match = _UNREADABLE_CHARACTER.search(text)
    return match[0] if match else None


def character_diagnostic(character: str, span: Span | None, place: str) -> Diagnostic:
    """Makes the diagnostic for what `unreadable_character` found; `place` says where, in words."""
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        name = "half of a surrogate pair"
    else:
        name = _CHARACTER_NAMES.get(code, "a control character" if code < 0xA0 else "not a character")
    return Diagnostic(
        "control-character",
        f"the character U+{code:04X} ({name}) cannot stand in a text, {place}",
        span,
        expected="visible characters, spaces and line ends",
        found=f"U+{code:04X}",
        suggestion="delete it; it is invisible in most editors",
    )


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _foreign_encoding(data: bytes) -> str | None:
    """Recognizes UTF-16 and UTF-32, by their byte order mark or by the zero byte beside every ASCII character."""
    for mark, encoding in _OTHER_BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    start = data[:64]
    even, odd = start[0::2], start[1::2]
    for zeros, characters in ((even, odd), (odd, even)):
        if len(characters) > 1 and zeros.count(0) == len(zeros) and 0 not in characters:
            return "UTF-16"
    return None


def _describe_undecodable(data: bytes, position: int, file: str) -> Diagnostic:
    # What comes before the position is UTF-8, so its lines and characters can be counted.
    before = _plain_lines(data[:position].decode("utf-8"))
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    source = Source(file, _plain_lines(data.decode("utf-8", errors="replace")))
    span = Span(source, line, column, line, column + 1)
    byte = data[position : position + 1]
    if b"\0" in data:
        return _not_utf8(span, f"the file is no text: it has bytes that no text has, at line {line}")
    try:
        letter = byte.decode("windows-1252")
    except UnicodeDecodeError:
        return _not_utf8(span, f"the file is not encoded in UTF-8, at line {line}", f"the byte 0x{byte.hex().upper()}")
    message = f"the file is not encoded in UTF-8, it looks like Latin-1 (Windows-1252), at line {line}"
    return _not_utf8(span, message, f'the byte 0x{byte.hex().upper()}, "{letter}" in Latin-1')


def _not_utf8(span: Span, message: str, found: str | None = None) -> Diagnostic:
    return Diagnostic("encoding", message, span, "UTF-8", found, suggestion="save the file as UTF-8 in your editor")


def _too_large(file: str, size: str) -> SpecError:
    limit = f"at most {MAX_SOURCE_BYTES:,} bytes ({MAX_SOURCE_BYTES // 1024**2} MiB)"
    return _file_error("file-too-large", file, f"{quote(file)} is too large: {size}", _TOO_LARGE_HINT, limit, size)


def _file_error(
    id: str, file: str, message: str, suggestion: str, expected: str | None = None, found: str | None = None
) -> SpecError:
    return SpecError(Diagnostic(id, message, Span(Source(file)), expected, found, suggestion=suggestion))


def nearest_file(path: Path, written: str) -> str | None:
    """Suggests the file in the same folder whose name is closest: `did you mean "nets/net.yaml"?`; None if none is.

    `written` is the path as it was written.
    """
    try:
        with os.scandir(path.parent) as entries:
            # The first thousand: a huge folder must not make an error slow. Endings are alike and would decide.
            files = [Path(entry.name) for entry in islice(entries, 1000)]
    except (OSError, ValueError):
        return None
    names = {file.stem: file.name for file in sorted(files, key=lambda file: file.suffix == path.suffix)}
    stem = closest(path.stem, names)
    if stem is None:
        return None
    whole = str(Path(written).with_name(names[stem]))
    return f"did you mean {quote(whole if len(whole) <= SHOWN_LENGTH else names[stem])}?"
