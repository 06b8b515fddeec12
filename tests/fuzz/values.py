"""Values that are wrong in most places, and right in some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

Value = Any
"""What JSON can say."""

HOSTILE: Final[tuple[Value, ...]] = (
    None, True, False, 0, 1, -1, 2, 3, 5, 7, 64, 10**9, 10**17, 10**18 - 1, 10**18, 10**400, 0.5, 2.0, -0.0, 1e308,
    1e-308, float("inf"), float("nan"), "", " ", "\t", "\n", "x", "3",
    "3x3", "0x0", "null", "true", "same", "valid", "causal", "prev",
    "input", "$", "$a", "$b", "$missing", "$in_channels", "$in_channels // 2", "2*$in_channels", "$a/$b", "1/0",
    "4*16", "1 - 1", "min($a, 2)", "max(3", "not true", "$a > 2", "**", "((((", "-" * 60, "9" * 19, "1e9",
    "a/b/c", "../x", ".env", "/etc/passwd", "n" * 300, "é", "\u202e", "\u200b", "\U0001f600", "[bold]", "%s%s", "{x}",
    "\\", "'", '"', "#", ": ", "- ", "*a", "&a", "!!int 3", "<<", "a\nb", "a\tb", "=1+1", "@x", "Conv2D", "ReLU",
    [], [1], [2, 2], [1, 2, 3], [[1, 1]], [[1, 0], [0, 1]], [[]], [[[]]], [None], [{}], [""], ["a", "b"], [0] * 9,
    [True], ["$a", 2], ["prev", "input"], {}, {"a": 1}, {"filters": 3}, {"": None}, {"": ""}, {"a": []}, {"a": {}},
    {"a": [[]]}, {"a": None},
)  # fmt: skip


def one_in(random: Random, times: int) -> bool:
    """Comes out true once in so many times."""
    return random.randrange(times) == 0


def some(random: Random, choices: list[Value] | tuple[Value, ...], most: int, least: int = 0) -> list[Value]:
    """Chooses so many of the choices, the same one perhaps more than once."""
    return [random.choice(choices) for _ in range(random.randint(least, most))]


EMPTY: Final[tuple[Value, ...]] = (None, "", " ", [], {}, [[]], [{}], [None], [""], {"": None}, False, 0)
OPTIONS: Final = (
    "from",
    "branches",
    "name",
    "from",
    "branches",
    "first",
    "if",
    "repeat",
    "share",
    "trainable",
    "spec",
    "until",
    "x",
    "",
)


def corrupted(random: Random, value: Value) -> Value:
    """A copy of plain data with one part of it, any one, of another type, empty, wrapped, renamed, twice or gone."""
    places = [()]
    places.extend(_places(value, ()))
    return _changed(value, random.choice(places), lambda part: _another(random, part))


def _places(value: Value, above: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield (*above, key)
        yield from _places(entry, (*above, key))


def _changed(value: Value, place: tuple[Any, ...], change: Callable[[Value], Value]) -> Value:
    if not place:
        return change(value)
    copy = value.copy()
    copy[place[0]] = _changed(value[place[0]], place[1:], change)
    return copy


def _another(random: Random, value: Value) -> Value:
    """Something in the place of a value."""
    match random.randrange(10):
        case 0 | 1:
            return random.choice(EMPTY)
        case 2:
            return [value]
        case 3:
            return {random.choice(OPTIONS): value}
    if isinstance(value, dict):
        entries = dict(value)
        match random.randrange(4):
            case 0 | 1:
                entries[random.choice(OPTIONS)] = random.choice(random.choice((EMPTY, HOSTILE)))
            case 2 if value:
                entries[str(random.choice(HOSTILE))[:20]] = entries.pop(random.choice(list(value)))
            case _ if value:
                del entries[random.choice(list(value))]
        return entries
    if isinstance(value, list) and value:
        entry = random.choice(value)
        return random.choice(([*value, entry], [other for other in value if other is not entry], value[::-1]))
    return random.choice(HOSTILE)
