"""Protocol buffers' wire format: the fields of a message, read without a schema and without copying their bytes.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from cnncalc.convert.graph import ReadingProblem

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""The wire types that are in use; 3 and 4 were groups."""

Field = tuple[int, int | memoryview]
"""A field's number and its value: an unsigned integer, or the bytes of a text, a message or packed numbers."""

_MOST_BITS: Final = 63


def damaged(what: str) -> ReadingProblem:
    """Makes the problem of bytes that are no message."""
    return ReadingProblem(
        "damaged-file",
        f"the file is no whole protocol buffers message: {what}",
        expected="a file that was written in full",
        suggestion="export or download it once more",
    )


def read_fields(message: memoryview) -> Iterator[Field]:
    """Reads the fields of a message in their order. Raises: ReadingProblem: if the bytes make no sense."""
    place, end = 0, len(message)
    while place < end:
        tag = message[place]
        place += 1
        if tag >= 0x80:
            tag, place = _read_varint(message, place - 1)
        number, wire_type = tag >> 3, tag & 7
        if not number:
            raise damaged("a field has the number 0")
        if wire_type == BYTES:
            size, place = _read_varint(message, place)
            if size > end - place:
                raise damaged(f"a field of {size:,} bytes stands where {end - place:,} are left")
            yield number, message[place : place + size]
            place += size
        elif wire_type == VARINT:
            value, place = _read_varint(message, place)
            yield number, value
        elif wire_type in (FIXED32, FIXED64):
            size = 4 if wire_type == FIXED32 else 8
            if size > end - place:
                raise damaged("it ends inside a number")
            yield number, int.from_bytes(message[place : place + size], "little")
            place += size
        else:
            raise damaged(f"a field has the wire type {wire_type}")


def _read_varint(message: memoryview, place: int) -> tuple[int, int]:
    """Reads an integer of seven bits per byte; returns it and the place behind it."""
    value = shift = 0
    try:
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, place
            shift += 7
            if shift > _MOST_BITS:
                raise damaged("an integer has more than ten bytes")
    except IndexError:
        raise damaged("it ends inside an integer") from None


def as_message(value: int | memoryview) -> memoryview:
    """Takes a field's value as a message or as packed numbers. Raises: ReadingProblem: if it is an integer."""
    if isinstance(value, int):
        raise damaged("an integer stands where a message is expected")
    return value


def as_text(value: int | memoryview) -> str:
    """Decodes a text; bytes that are not UTF-8 become U+FFFD."""
    return bytes(as_message(value)).decode("utf-8", "replace")


def as_integer(value: int | memoryview) -> int:
    """Takes a field's value as a signed integer of 64 bits."""
    if not isinstance(value, int):
        raise damaged("a message stands where an integer is expected")
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >= 1 << _MOST_BITS else value


def as_integers(value: int | memoryview) -> list[int]:
    """Reads a repeated integer: one, or several that are packed into bytes."""
    if isinstance(value, int):
        return [as_integer(value)]
    numbers: list[int] = []
    place = 0
    while place < len(value):
        number, place = _read_varint(value, place)
        numbers.append(as_integer(number))
    return numbers


def as_floats(value: int | memoryview) -> list[float]:
    """Reads a repeated float: one, or several that are packed into bytes."""
    data = value.to_bytes(8, "little")[:4] if isinstance(value, int) else bytes(value)
    if len(data) % 4:
        raise damaged("packed floats end inside a number")
    return list(struct.unpack(f"<{len(data) // 4}f", data))
