"""Keras's `.h5`: the attribute `model_config` is found and read as JSON, without a library for HDF5.

The file is searched for the attribute's message: its name, a datatype, a dataspace, then the text itself, or where the
text stands in a global heap. HDF5 File Format Specification 3.0, IV.A.2.m (attribute message), III.E (global heap).
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from io import SEEK_CUR, SEEK_END
from pathlib import Path
from typing import BinaryIO, Final

from cnncalc.convert.files import too_large
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.keras.json_text import MAX_BYTES, graph_of_json

NAME: Final = b"model_config\0"
CHUNK: Final = 4 * 1024 * 1024
"""How much of the file is searched at once, in bytes."""
NEAR: Final = 256
"""How far behind its name an attribute's value begins, at most."""
HEAP: Final = b"GCOL"
MAX_OBJECTS: Final = 100_000
"""Objects of one global heap."""


def read(path: Path) -> Graph:
    """Reads the model of a file. Raises: ReadingProblem."""
    try:
        with path.open("rb") as file:
            for place in _places(file, NAME):
                if text := _value(file, place + len(NAME)):
                    graph = graph_of_json(text)
                    return replace(graph, source=_version(file, place) or graph.source)
    except OSError as error:
        raise ReadingProblem("file-not-readable", f"the file can't be read: {error.strerror}") from None
    raise ReadingProblem(
        "no-architecture", "the file has no model_config: it has weights alone, or it was cut",
        suggestion="save the whole model: model.save('model.keras'); save_weights leaves the layers out",
    )  # fmt: skip


def _places(file: BinaryIO, wanted: bytes) -> Iterator[int]:
    """Finds every place of some bytes in a file, part by part: memory does not grow with the file."""
    start = 0
    while True:
        file.seek(start)
        part = file.read(CHUNK + len(wanted))
        at = part.find(wanted)
        while at >= 0:
            yield start + at
            at = part.find(wanted, at + 1)
        if len(part) <= CHUNK:
            return
        start += CHUNK + 1


def _value(file: BinaryIO, place: int) -> bytes | None:
    """Reads the text of the attribute whose name ends at a place; `None` if none is there. Raises: ReadingProblem."""
    end = file.seek(0, SEEK_END)
    file.seek(place)
    near = file.read(NEAR)
    for offset in range(len(near) - 16):
        length, address, index = struct.unpack_from("<IQI", near, offset)
        if length > 0 and address < end and (text := _heap_object(file, address, index)) is not None:
            return text[:length]
        if near[offset : offset + 2] == b'{"' and (text := _object_at(file, place + offset)) is not None:
            return text
    return None


def _heap_object(file: BinaryIO, address: int, wanted: int) -> bytes | None:
    """Reads an object of the global heap at an address; `None` if there is no such heap. Raises: ReadingProblem."""
    file.seek(address)
    if file.read(16)[:4] != HEAP:
        return None
    for _ in range(MAX_OBJECTS):
        header = file.read(16)
        if len(header) < 16:
            return None
        index, size = struct.unpack("<H6xQ", header)
        if size > MAX_BYTES:
            raise too_large(MAX_BYTES)
        if index == wanted:
            return file.read(size)
        if index == 0:
            return None
        file.seek(-size % 8 + size, SEEK_CUR)
    return None


def _object_at(file: BinaryIO, start: int) -> bytes | None:
    """Reads the JSON object that begins at a place; `None` if it does not end. Raises: ReadingProblem."""
    size = 1 << 20
    while True:
        file.seek(start)
        text = file.read(size)
        try:
            _, end = json.JSONDecoder().raw_decode(text.decode("latin-1"))
        except (ValueError, RecursionError):
            if len(text) < size:
                return None
            if size > MAX_BYTES:
                raise too_large(MAX_BYTES) from None
            size *= 4
            continue
        return text[:end]


def _version(file: BinaryIO, near: int) -> str | None:
    """Finds the version of Keras that wrote the file: its attribute stands near that of the model, if not in a heap."""
    file.seek(max(0, near - 4096))
    found = re.search(rb"keras_version\0[\s\S]{1,100}?(\d+\.\d+\.\d+[\w-]*)", file.read(8192))
    return None if found is None else f"Keras {found[1].decode()}"
