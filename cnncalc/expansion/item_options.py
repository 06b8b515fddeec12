"""What the options of an item come to: `if`, `repeat` and `trainable`, which may not wait for shapes, and names."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from cnncalc.errors import Problem, SpecError
from cnncalc.layers.arguments import Boolean, Integer
from cnncalc.spec.document import Written
from cnncalc.spec.values import Bindings, Value, evaluate, is_late
from cnncalc.spec.yaml_nodes import Scalar, Sequence, Tree, describe

_HINTS: Final = {
    "repeat": "if: false drops an item",
    "if": "write true, false or a comparison: $depth > 18",
    "trainable": "trainable: false freezes an item",
}

_BOOLEAN: Final = Boolean()
_COUNT: Final = Integer(1)


def boolean(written: Written, bindings: Bindings, option: str) -> bool:
    """The value of `if` or `trainable`. Raises: SpecError."""
    return _structural(written, bindings, option, _BOOLEAN) is True


def count(written: Written, bindings: Bindings, option: str) -> int:
    """The value of `repeat`. Raises: SpecError."""
    value = _structural(written, bindings, option, _COUNT)
    assert isinstance(value, int)
    return value


def _structural(written: Written, bindings: Bindings, option: str, type: Boolean | Integer) -> bool | int:
    try:
        value = evaluate(written.tree, bindings, None)
        if is_late(value):
            raise Problem(
                "structure-depends-on-shape",
                f"{option} may not depend on $in_channels: which layers there are can't depend on shapes",
                suggestion="write the number itself, or make it one of the vars",
            )
        return type.read(value, 1)
    except Problem as problem:
        if problem.id == "bad-value":
            problem.message = f"{option} {problem.message}"
            problem.suggestion = problem.suggestion or _HINTS.get(option)
        raise SpecError(problem.at(written.span)) from None


def names(tree: Tree, bindings: Bindings) -> Value:
    """A name or a list of names; a number is a name as it is written: `007` is not `7`. Raises: Problem."""
    if isinstance(tree, Sequence):
        return [names(entry, bindings) for entry in tree.items]
    if isinstance(tree, Scalar) and isinstance(tree.value, (int, Fraction)) and not isinstance(tree.value, bool):
        return tree.text
    return evaluate(tree, bindings, None)


def text(written: Written | None, bindings: Bindings, option: str) -> str | None:
    """A name, or what `spec` says. Raises: SpecError."""
    if written is None:
        return None
    try:
        value = names(written.tree, bindings)
    except Problem as problem:
        raise SpecError(problem.at(written.span)) from None
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        return value if isinstance(value, str) else str(value)
    found = describe(written.tree)
    what = {"name": "a text such as conv1", "spec": "the name of a spec or file"}.get(option, "the name of an item")
    message = f"{option} must be {what}, not {found}"
    raise SpecError(Problem("bad-value", message, expected=what, found=found).at(written.span))
