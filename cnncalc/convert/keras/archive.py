"""The `.keras` file: a zip, of which only `config.json` is read."""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Final

from cnncalc.convert.files import too_large
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.keras.json_text import MAX_BYTES, graph_of_json

CONFIG: Final = "config.json"
METADATA: Final = "metadata.json"


def read(path: Path) -> Graph:
    """Reads a file of Keras 2.12 or later. Raises: ReadingProblem."""
    try:
        with zipfile.ZipFile(path) as archive:
            graph = graph_of_json(_member(archive, CONFIG))
            return replace(graph, source=_version(archive) or graph.source)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ReadingProblem("damaged-file", f"the zip can't be read: {error}",
                             suggestion="get the file once more: it may have been cut") from None  # fmt: skip


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpacks a member, no more than the limit. Raises: ReadingProblem."""
    if name not in archive.namelist():
        raise ReadingProblem("no-architecture", f"the zip has no {name}",
                             suggestion="save the whole model: model.save('model.keras')")  # fmt: skip
    with archive.open(name) as member:
        data = member.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    return data


def _version(archive: zipfile.ZipFile) -> str | None:
    """Reads the version of Keras that wrote the file, if it says so."""
    if METADATA not in archive.namelist():
        return None
    metadata = json.loads(_member(archive, METADATA))
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return f"Keras {version}" if isinstance(version, str) else None
