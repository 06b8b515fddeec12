"""Command lines at random: every option that `--help` lists, with texts that fit and texts that don't."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from cnncalc.cli.commands import COMMANDS
from tests.command_line import run
from tests.fuzz.values import one_in

TEXTS: Final = (
    "", " ", "-", "--", "---", "0", "1", "-1", "2", "1.5", "1e3", "1e999999999", "9" * 30, "9" * 5_000, "0x10", "٣",
    "inf", "nan", "1/3", "1%", "100%", "101%", "5M", "5MM", "512MiB", "1_000", "1,000", "a", "a=b", "a=", "=", "=a",
    "a=[", "a={b: c}", "a=$b", "width=0.5", "input=32x32x1", "32x32x1", "32x32", "0x0x0", "32xx1", "[32, 32, 1]",
    "null", "None", "x" * 1_000, "x" * 10_000, ",", ",,,", ",".join("abcdefghijklmnopqrstuvwxyz"), "params", "params=2",
    "params=-1", "ops=1e9", "name,params", "exact.macs", "name," * 500, "table", "json", "csv", "TABLE", "text", "yaml",
    "notes", "exact", "either", "float32", "adam", "thop", "conv2d", "conv2d_1", "0,0", "1,2,3", "99999,1", "-1,-1",
    "lenet5", "net.yaml", "nothing.yaml", "answers.yaml", "nodir/x", "nodir/", ".", "..", "/", "/dev/full", "/dev/null",
    "~", "*", "out.txt", "[bold]x[/]", "%s%n", "{0}", "\x1b[31m", "\u202e", "\udcff", "é", "\n", "a\tb", "\\", "'", '"',
    "$HOME", "`id`", ";id", "Conv2D", "spec", "report", "answers", "unknown-kind", "3.8G", "61706", "MACs",
)  # fmt: skip
POSITIONAL: Final[dict[str, tuple[str, ...]]] = {
    "new": (),
    "specs": (),
    "layers": (),
    "schema": (),
    "reconcile": ("lenet5", "61706"),
    "compare": ("lenet5", "net.yaml"),
    "check": ("lenet5", "answers.yaml"),
}
"""What each command works on; a spec where nothing else is said."""


class Option(NamedTuple):
    """An option of a command; a flag takes no value."""

    name: str
    takes_value: bool
    words: tuple[str, ...]
    """The values that it lists, if it does."""


@functools.cache
def options(command: str) -> tuple[Option, ...]:
    """The options of a command, as its help lists them."""
    text = run(f"cnncalc {command} --help", Path.cwd()).stdout
    found = re.findall(r"^  (?:-\w, )?(--[a-z-]+)(?: (\S+))?(?:  |$)", text, re.MULTILINE)
    return tuple(Option(name, bool(value), tuple(value.split("|")) if "|" in value else ()) for name, value in found)


def command_line(random: Random) -> list[str]:
    """A command, what it works on, and up to four options, most with a text that was drawn for anything."""
    command = random.choice(COMMANDS).name
    line = [command, *POSITIONAL.get(command, (random.choice(("lenet5", "net.yaml")),))]
    if one_in(random, 5):
        line.insert(random.randint(0, len(line)), random.choice(TEXTS))
    if one_in(random, 20):
        line[random.randrange(len(line)) :] = ["lenet5"]
    for option in random.choices(options(command), k=random.randint(0, 4)):
        text = random.choice(option.words) if option.words and one_in(random, 2) else random.choice(TEXTS)
        given = (
            [option.name] if not option.takes_value else random.choice(([option.name, text], [f"{option.name}={text}"]))
        )
        place = len(line) if not one_in(random, 6) else random.randint(0, len(line))
        line[place:place] = given if not one_in(random, 30) else given[:1]
    return line
