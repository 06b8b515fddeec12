"""The options and arguments that several commands take, and the readers of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from glob import escape, glob
from os.path import isdir, splitext
from typing import Annotated, Final, TypeVar

import typer

from cnncalc.analysis.memory_figures import Optimizer, Precision
from cnncalc.analysis.report import Convention
from cnncalc.errors import Diagnostic, Problem, Source, UsageError, nearest, quote, shorten
from cnncalc.expansion.inputs import read_shape
from cnncalc.profile.profilers import COUNTERS
from cnncalc.spec.library import SUFFIXES
from cnncalc.spec.names import WARNINGS
from cnncalc.spec.shipped import shipped_names
from cnncalc.spec.values import Bindings, Value, evaluate
from cnncalc.spec.yaml_text import read_yaml
from cnncalc.tensor import Shape


def complete_spec(incomplete: str) -> list[str]:
    """Lists the shipped specs, and files and folders, that start so."""
    paths = [f"{path}/" if isdir(path) else path for path in glob(f"{escape(incomplete)}*")]
    return [*shipped_names(), *(path for path in paths if path.endswith(("/", *SUFFIXES)))]


def complete_counter() -> list[str]:
    """Returns the profilers' names."""
    return list(COUNTERS)


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
    Convention,
    typer.Option("--convention", help="Whose receptive fields and operations: the course notes', or the literature's."),
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
FolderOption = Annotated[
    str | None,
    typer.Option("--folder", metavar="DIR", help="The folder of the files that a spec from standard input names."),
]
MaxExpanded = Annotated[int, typer.Option(metavar="N", min=1, help="Refuse a spec that comes to more layers.")]
OutputFile = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
]
Dtype = Annotated[Precision | None, typer.Option(help="Memory for this number format; float32 unless told.")]
Batch = Annotated[int | None, typer.Option(metavar="N", min=1, help="Memory for a batch of this size; 1 unless told.")]
OptimizerOption = Annotated[
    Optimizer | None, typer.Option("--optimizer", help="Memory to train with this optimiser; sgd unless told.")
]


NoWarn = Annotated[
    list[str] | None,
    typer.Option("--no-warn", metavar="ID", help="Leave this warning out; `cnncalc errors` lists them.",
                 autocompletion=lambda: list(WARNINGS)),
]  # fmt: skip
Strict = Annotated[bool, typer.Option("--strict", help="Exit code 1 if there is a warning.")]


def read_no_warn(ids: Sequence[str] | None) -> frozenset[str]:
    """Reads the ids of warnings that are not wanted. Raises: UsageError: if there is no such warning."""
    for id in ids or ():
        if id not in WARNINGS:
            raise bad_value("--no-warn", "the id of a warning", id, nearest(id, WARNINGS))
    return frozenset(ids or ())


ENDINGS: Final = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown", ".tex": "latex", ".html": "html",
    ".htm": "html", ".yaml": "yaml", ".yml": "yaml", ".xlsx": "xlsx",
}  # fmt: skip
"""The formats that a file's ending stands for."""

AnyFormat = TypeVar("AnyFormat", bound=str)


def chosen_format(
    format: AnyFormat | None, output: str | None, formats: Sequence[AnyFormat], default: AnyFormat
) -> AnyFormat:
    """Chooses how an output is written: as told, else as the file's ending says, else in the default format.

    Raises: UsageError: if the ending stands for a format that is none of the command's `formats`.
    """
    ending = splitext(output or "")[1].lower()
    if format is not None or ending not in ENDINGS:
        return format or default
    for known in formats:
        if known == ENDINGS[ending]:
            return known
    raise UsageError(
        Diagnostic(
            "bad-option",
            f"{quote(output or '')} stands for {ENDINGS[ending]}, which this command does not write",
            expected=f"one of {', '.join(formats)}",
            found=quote(ending),
            suggestion=f"another ending, or --format {default} if it is to be that all the same",
        )
    )


def from_standard_input_once(specs: Sequence[str]) -> None:
    """Raises: UsageError: if two specs would have to come from standard input, which is read once."""
    if specs.count("-") > 1:
        raise UsageError(Diagnostic("bad-option", "standard input can be one spec, not two", found='"-" twice'))


def read_inputs(texts: Sequence[str] | None) -> dict[str, Shape]:
    """Reads the shapes of `--input`, by the input's name; "" is the only input. Raises: CnncalcError."""
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
    """Reads the values of `--set`, by name: scalars and lists of YAML. Raises: CnncalcError."""
    variables: dict[str, Value] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise bad_value("--set", "NAME=VALUE, such as width=0.5", text)
        try:
            variables[name.strip()] = _value(f"--set {shorten(name.strip())}", value)
        except Problem as problem:
            raise _about("--set", problem) from None
    return variables


def bad_value(option: str, expected: str, text: str, suggestion: str | None = None) -> UsageError:
    """Makes the error for an option's value that is not what is expected."""
    message = f"{option} must be {expected}, not {quote(text)}"
    return UsageError(Diagnostic("bad-option", message, None, expected, quote(text), suggestion=suggestion))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _value(option: str, text: str) -> Value:
    """Evaluates a text of YAML. Raises: SpecError: if it is none; Problem: if it is a mapping."""
    return evaluate(read_yaml(Source(option, text)), Bindings({}, {}), None)


def _about(option: str, problem: Problem) -> UsageError:
    problem.message = f"{option}: {problem.message}"
    return UsageError(problem.at(None))
