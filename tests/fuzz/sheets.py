"""Answer sheets at random, as plain data and as tables."""

from __future__ import annotations

from random import Random
from typing import Final

from tests.fuzz.values import HOSTILE, Value, corrupted, one_in, some

LAYERS: Final = (
    "conv2d", "conv2d_1", "totals", "logits", "flatten", "1", "8", "9", "0", "-1", "nothing", "Conv2D", "", "__init__",
)  # fmt: skip
QUANTITIES: Final = (
    "output_shape", "neurons", "params", "trainable_params", "receptive_field", "ops", "macs", "flops", "x", "",
)  # fmt: skip
WRITTEN: Final = (
    "28x28x6", "(28, 28, 6)", "[None, 28, 28, 6]", "28*28*6", "28 x 28 x 6", "4,704", "4.704", "61.7K", "61,706",
    "5", "5x5", "-", "?", "none", "n/a", "1e3", "1e999999", "9" * 5000, "9^9^9", "2**1000000", "1/0", "0", "-3",
    "1/3", "x" * 300, "((((", "1,2,3,4", "5*5*1*6+6", "=156", "156 params", "\u202e", "½", "٣", "１２",
    "5 = 7", "28*28*6 = 4704", "6@28x28", "=" * 900, "5x=" * 300, "-2+3+cmd|' /C'!A0", "@SUM(1)", "\x00",
)  # fmt: skip
FORMS: Final = ((",", "sheet.csv"), (";", "sheet.csv"), ("\t", "sheet.tsv"), (" | ", "sheet.md"))


def sheet(random: Random) -> Value:
    """A sheet, every third one with a mistake of any type anywhere."""
    made: Value = {
        random.choice(LAYERS): {random.choice(QUANTITIES): _answer(random) for _ in range(random.randint(0, 4))}
        if not one_in(random, 10)
        else _answer(random)
        for _ in range(random.randint(0, 5))
    }
    return corrupted(random, made) if one_in(random, 3) else made


def _answer(random: Random) -> Value:
    match random.randrange(3):
        case 0:
            return random.choice(WRITTEN)
        case 1:
            return random.choice(HOSTILE)
        case _:
            return random.choice((156, 4704, 5, [28, 28, 6], 117600, 61706, random.randint(-5, 10**6)))


def table(random: Random) -> tuple[str, bytes]:
    """The name of a CSV, TSV or Markdown file, and what stands in it."""
    separator, name = random.choice(FORMS)
    header = some(random, (*QUANTITIES, "layer"), 4)
    lines = [some(random, LAYERS + WRITTEN, 5) for _ in range(random.randint(0, 5))]
    rows = [separator.join(line) for line in (["layer", *header], *lines)]
    if name == "sheet.md":
        rows = ["| " + row + " |" for row in rows]
        rows.insert(1, "|" + "---|" * (len(header) + 1))
    return name, "\n".join(rows).encode(errors="surrogatepass")
