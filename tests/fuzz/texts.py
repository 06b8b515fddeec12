"""Texts of specs and sheets at random: plain data written out, shipped specs with slips, pieces of YAML, raw bytes."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from cnncalc.spec.shipped import shipped_names, shipped_path
from tests.fuzz.values import Value, one_in, some

NUMBERS: Final = (
    "0", "-1", "1", "2", "3", "7", "1000", "1" + "0" * 17, "2.5", "1e400", ".inf", "017", "0x10", "$n", "''", "null",
)  # fmt: skip
WORDS: Final = (
    "Conv2D", "Dense", "Add", "branches", "from", "repeat", "first", "if", "share", "name", "same", "true", "[]", "{}",
    '""', "null", "[[]]", "{a: }",
)  # fmt: skip
CHARACTERS: Final = (
    *" \t:-,[]{}#&*!|>'\"%@`$/\\\n\r\0", "\u2028", "\ufeff", "é", "- ", ": ", "? ", "<<", "---\n", "...\n", "\n\t\n",
)  # fmt: skip
PIECES: Final = (
    "input", "layers", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\n\t\n", " ", "[", "]", "{", "}", ", ", ",",
    "Conv2D", "Dense", "Add", "filters", "kernel_size", "3", "10", "$a", "vars", "blocks", "b", "*a", "&a ", "!!x ",
    "'", '"', "#", "|", ">", "?", "%TAG", "---", "...", "<<", "\t", "\\", "null", "true", "é", "\u2028", "\x00", "from",
)  # fmt: skip
Dumper: Final[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def as_yaml(random: Random, value: Value) -> bytes:
    """Plain data in YAML, in block or in flow style."""
    style = random.choice((None, True, False))
    text: str = yaml.dump(value, Dumper=Dumper, default_flow_style=style, sort_keys=False, allow_unicode=True)
    return text.encode()


def as_json(random: Random, value: Value) -> bytes:
    """Plain data in JSON, with or without escapes and line breaks."""
    text = json.dumps(value, ensure_ascii=one_in(random, 2), indent=random.choice((None, 0, 2)))
    return text.encode(errors="surrogatepass")


@functools.cache
def _shipped_lines() -> dict[str, list[str]]:
    return {name: Path(shipped_path(name)).read_text().splitlines() for name in shipped_names()}


def mutated(random: Random) -> bytes:
    """A shipped spec with a few lines, numbers, words or characters changed."""
    lines = list(_shipped_lines()[random.choice(sorted(_shipped_lines()))])
    for _ in range(random.randint(1, 4)):
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        match random.choice((0, 1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6)):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = " " * random.randint(0, 9) + lines[at].lstrip()
            case 4:
                lines[at] = _replaced(random, r"\d+", lines[at], NUMBERS)
            case 5:
                lines[at] = _replaced(random, r"[$\w]+", lines[at], WORDS)
            case _:
                place = random.randint(0, len(lines[at]))
                lines[at] = lines[at][:place] + random.choice(CHARACTERS) + lines[at][place + random.randint(0, 2) :]
    return "\n".join(lines).encode()


def _replaced(random: Random, pattern: str, line: str, choices: tuple[str, ...]) -> str:
    found = list(re.finditer(pattern, line))
    if not found:
        return line
    match = random.choice(found)
    return line[: match.start()] + random.choice(choices) + line[match.end() :]


def pieces(random: Random) -> bytes:
    """Pieces of YAML, one behind the other."""
    return "".join(some(random, PIECES, 60)).encode()


def raw_bytes(random: Random) -> bytes:
    """Any bytes."""
    return random.randbytes(random.randint(0, 300))
