"""Files of Keras, darknet and Caffe: real ones with bytes changed or cut, and with values that are others or gone."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, Final

from tests.command_line import REPOSITORY
from tests.fuzz.damage import damage

TRUTH: Final = REPOSITORY / "tests" / "truth"
SMALL: Final = 12_000
"""Real files up to this size, packed by half or more, are read in a moment."""
VALUES: Final = (
    None, True, False, 0, 1, -1, 2, 3, 7, 10**6, 2**63, -(2**63), 0.5, -1.5, 1e308, "", "relu", "same", "input", "prev",
    "x/y", "é", [], [1], [[1, 2], [3, 4]], [None, 8, 8, 3], {}, {"class_name": "Dense", "config": {}}, "channels_first",
)  # fmt: skip


@cache
def jsons() -> tuple[str, ...]:
    """The JSON of small real models of Keras 2 and 3."""
    files = sorted((TRUTH / "import_keras" / "files").glob("*.json.gz"))
    return tuple(gzip.decompress(file.read_bytes()).decode() for file in files if file.stat().st_size < 1_300)


@cache
def binaries() -> tuple[tuple[str, bytes], ...]:
    """Small real files that are no text, and the texts of darknet and Caffe."""
    folders = (TRUTH / "import_keras" / "files", TRUTH / "import_nets")
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.suffix != ".gz"]
    return tuple((f"net{file.suffix}", file.read_bytes()) for file in files if file.stat().st_size < SMALL)


def damaged(random: Random) -> tuple[str, bytes]:
    """A real file with bytes changed, cut, repeated or put in."""
    name, content = random.choice((*binaries(), *(("net.json", text.encode()) for text in jsons())))
    return name, damage(random, content)


def odd_model(random: Random) -> tuple[str, bytes]:
    """A real model of Keras in which some values are others, moved or gone, as JSON or in a `.keras` file."""
    value = json.loads(random.choice(jsons()))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        change(random, value)
    text = json.dumps(value)
    if random.random() < 0.8:
        return "net.json", text.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", text)
    return "net.keras", file.getvalue()


def change(random: Random, value: Any) -> None:
    """Changes one value somewhere in a tree."""
    while isinstance(value, (dict, list)) and value:
        key = random.choice(list(value)) if isinstance(value, dict) else random.randrange(len(value))
        inner = value[key]
        if not isinstance(inner, (dict, list)) or not inner or random.random() < 0.12:
            match random.randrange(4):
                case 0:
                    del value[key]
                case 1 if isinstance(value, list):
                    value.insert(random.randrange(len(value) + 1), inner)
                case _:
                    value[key] = deepcopy(random.choice(VALUES))
            return
        value = inner
