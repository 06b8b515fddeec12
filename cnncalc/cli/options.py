"""What options and arguments that several commands take are, and how their texts are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from cnncalc.analysis.report import Convention
from cnncalc.errors import Diagnostic, Problem, Source, UsageError, nearest, quote, shorten

if TYPE_CHECKING:
    from cnncalc.spec.values import Value
    from cnncalc.tensor import Shape

CONVENTIONS: Final[tuple[Convention, ...]] = ("notes", "exact")

Choice = TypeVar("Choice", bound=str)


def complete_spec(incomplete: str) -> list[str]:
    """Shipped specs, and files and folders, that start so."""
    from glob import escape, glob
    from os.path import isdir

    from cnncalc.spec.library import SUFFIXES, shipped_names

    paths = [f"{path}/" if isdir(path) else path for path in glob(f"{escape(incomplete)}*")]
    return [*shipped_names(), *(path for path in paths if path.endswith(("/", *SUFFIXES)))]


Spec = Annotated[
    str,
    typer.Argument(
        metavar="SPEC", help="A file, the name of a shipped spec, or - (standard input).", autocompletion=complete_spec
    ),
]
Specs = Annotated[
    list[str],
    typer.Argument(
        metavar="SPEC", help="Files, names of shipped specs, or - (standard input).", autocompletion=complete_spec
    ),
]
ConventionOption = Annotated[
    str,
    typer.Option(
        "--convention",
        metavar="notes|exact",
        help="Whose receptive fields and operations: the course notes', or the literature's.",
        autocompletion=lambda: list(CONVENTIONS),
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="[NAME=]SHAPE",
        help="Another input shape, as 320x320x3; for one of several inputs left=32x32x1.",
    ),
]
Variables = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another value for one of the spec's vars."),
]
MaxExpanded = Annotated[
    str, typer.Option("--max-expanded", metavar="N", help="Refuse a spec that comes to more layers.")
]
OutputFile = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
]


def choice(option: str, text: str, choices: Sequence[Choice]) -> Choice:
    """One of a few words. Raises: UsageError: `bad-option`."""
    for candidate in choices:
        if text == candidate:
            return candidate
    raise _refusal(option, f"one of {', '.join(choices)}", text, nearest(text, choices))


def whole_number(option: str, text: str, minimum: int = 1) -> int:
    """A whole number of at most 18 digits. Raises: UsageError: `bad-option`."""
    digits = text.replace(",", "").replace("_", "")
    if _is_number(digits) and int(digits) >= minimum:
        return int(digits)
    raise _refusal(option, f"a whole number of at least {minimum}", text)


def from_standard_input_once(specs: Sequence[str]) -> None:
    """Raises: UsageError: where two specs would have to come from standard input, which is read once."""
    if specs.count("-") > 1:
        raise UsageError(Diagnostic("bad-option", "standard input can be one spec, not two", found='"-" twice'))


def read_inputs(texts: Sequence[str] | None) -> dict[str, Shape]:
    """The shapes of `--input`, by the input's name; "" is the only input. Raises: CnncalcError."""
    from cnncalc.expansion.inputs import read_shape

    shapes: dict[str, Shape] = {}
    for text in texts or ():
        name, equals, shape = text.partition("=")
        if not equals:
            name, shape = "", text
        try:
            shape = shape.strip()
            shapes[name.strip()] = read_shape(int(shape) if _is_number(shape) else shape)
        except Problem as problem:
            raise _about("--input", problem) from None
    return shapes


def read_variables(texts: Sequence[str] | None) -> dict[str, Value]:
    """The values of `--set`, by name: scalars and lists of YAML. Raises: CnncalcError."""
    variables: dict[str, Value] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise _refusal("--set", "NAME=VALUE, such as width=0.5", text)
        try:
            variables[name.strip()] = _value(f"--set {shorten(name.strip())}", value)
        except Problem as problem:
            raise _about("--set", problem) from None
    return variables


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _value(option: str, text: str) -> Value:
    """What a text means in YAML. Raises: SpecError: where it is none; Problem: where it is a mapping."""
    from cnncalc.spec.values import Bindings, evaluate
    from cnncalc.spec.yaml_text import read_yaml

    return evaluate(read_yaml(Source(option, text)), Bindings({}, {}), None)


def _about(option: str, problem: Problem) -> UsageError:
    problem.message = f"{option}: {problem.message}"
    return UsageError(problem.at(None))


def _refusal(option: str, expected: str, text: str, suggestion: str | None = None) -> UsageError:
    message = f"{option} must be {expected}, not {quote(text)}"
    return UsageError(Diagnostic("bad-option", message, None, expected, quote(text), suggestion=suggestion))
