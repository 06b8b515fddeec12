"""What the models of a document know while they are validated, and how a refusal reaches its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pydantic import GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cnncalc.errors import Collector, Diagnostic, Problem, Problems, Source, Span, nearest, quote
from cnncalc.layers import registry
from cnncalc.spec.hints import MAPPINGS
from cnncalc.spec.limits import LIMITS
from cnncalc.spec.names import TOP_LEVEL
from cnncalc.spec.placed import Placed

MAX_SHOWN: Final = 10
"""How many mistakes are shown together."""

BLOCK_KEYS: Final = ("params", "layers", "defaults")


class EnoughMistakes(Exception):
    """Nothing further is looked at."""


@dataclass
class Reading:
    """The context of a validation: the blocks that the spec defines, and the mistakes in its items."""

    source: Source
    blocks: frozenset[str]
    rank: int = 2
    """The number of spatial axes of the model's input, for suggestions."""
    mistakes: Collector = field(default_factory=Collector)
    """Those in single items: the expansion looks for others all the same."""

    def note(self, diagnostic: Diagnostic) -> None:
        """Keeps a mistake in an item. Raises: EnoughMistakes."""
        self.mistakes.note(diagnostic)
        if self.mistakes.full:
            raise EnoughMistakes

    def is_known(self, kind: str) -> bool:
        """Tells whether an item may be of this kind."""
        return registry.kind_named(kind) is not None or kind in self.blocks or kind == registry.MODEL

    def known_kinds(self) -> list[str]:
        return [*registry.kinds(), registry.MODEL, *self.blocks]


class AsItIs:
    """Marks a field whose value is right already: pydantic builds nothing to look into it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema()


def reading_of(info: ValidationInfo) -> Reading:
    """Returns the context of a validation."""
    assert isinstance(info.context, Reading)
    return info.context


def refused(problem: Problem) -> PydanticCustomError:
    """Makes the error with which a validator refuses a value."""
    return PydanticCustomError("refused", "{problem}", {"problem": problem})


def mapping(placed: object, what: str) -> dict[str, Placed]:
    """Returns the entries of what must be a mapping. Raises: PydanticCustomError: if it is none."""
    assert isinstance(placed, Placed)
    if isinstance(placed.value, dict):
        return placed.value
    verb = "are" if what.startswith("the defaults") else "is"
    message = f"{what} {verb} a mapping, not {placed.describe()}"
    raise refused(Problem("not-a-mapping", message, suggestion=MAPPINGS.get(what)).placed(placed.span))


def diagnostics_of(error: ValidationError, root: Placed) -> Iterator[Diagnostic]:
    """Makes the diagnostics of a validation that failed, at the places that its paths lead to."""
    found = error.errors(include_url=False, include_input=False)
    unknown = [str(each["loc"][-1]) for each in found[:100] if each["type"] == "extra_forbidden"]
    for each in found:
        loc = each["loc"]
        if each["type"] == "missing":
            if not nearest(str(loc[-1]), unknown):  # a misspelt key is reported already
                yield _missing_key(loc).at(_place(root, loc[:-1]))
        elif each["type"] == "extra_forbidden":
            yield unknown_key(loc).at(_place(root, loc))
        else:
            problem = each["ctx"]["problem"] if "problem" in each.get("ctx", {}) else Problem("bad-value", each["msg"])
            for one in problem.problems if isinstance(problem, Problems) else (problem,):
                yield one.at(_place(root, loc))


def _place(root: Placed, loc: tuple[int | str, ...]) -> Span:
    """Finds the place that a path leads to: that of a key, or of the nearest value above if there is none."""
    at = root
    for step in loc:
        inner = at.value
        if isinstance(inner, dict) and step in inner:
            at = inner[str(step)]
        elif isinstance(inner, list) and isinstance(step, int):
            at = inner[step]
    return at.key or Span(root.span.source)


def _missing_key(loc: tuple[int | str, ...]) -> Problem:
    key = str(loc[-1])
    hints = {"input": "input: [32, 32, 3]", "layers": "write the items below layers, each with a dash"}
    what = f"the block {quote(str(loc[1]))}" if len(loc) > 1 else "the spec"
    hint = "layers: [...]" if len(loc) > 1 else hints[key]
    return Problem("missing-key", f'{what} has no "{key}"', expected=f"{key}: ...", suggestion=hint)


def unknown_key(loc: tuple[int | str, ...]) -> Problem:
    """Makes the problem of a key that is not known at the place that a path leads to."""
    key = str(loc[-1])
    what: str = "a spec"
    known: tuple[str, ...] = TOP_LEVEL
    if loc[0] == "limits" and len(loc) > 1:
        what, known = "limits", tuple(LIMITS)
    elif loc[0] == "blocks" and len(loc) > 1:
        what, known = f"the block {quote(str(loc[1]))}", BLOCK_KEYS
    hint = nearest(key, known)
    if key[:1].isupper() and registry.kind_named(key):
        hint = f"layers stand in the list under layers: `- {key}`"
    expected = "one of " + ", ".join(known)
    return Problem("unknown-key", f"{what} has no key {quote(key)}", expected=expected, found=quote(key),
                   suggestion=hint)  # fmt: skip
