"""`cnncalc compare`: nets side by side."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from cnncalc.cli.options import (
    FolderOption,
    Inputs,
    OutputFile,
    Specs,
    Variables,
    from_standard_input_once,
    read_inputs,
    read_variables,
)
from cnncalc.cli.output import output_to
from cnncalc.comparing.comparison import compare_nets
from cnncalc.convert.loading import load_document
from cnncalc.errors import Collector, Diagnostic, SpecError, UsageError
from cnncalc.expansion.nodes import Expansion
from cnncalc.model import Model
from cnncalc.render.comparison import Format, render_comparison
from cnncalc.render.terminal import terminal_of


def compare(
    specs: Specs,
    format: Annotated[Format, typer.Option(help="How it is written.")] = "table",
    inputs: Inputs = None,
    variables: Variables = None,
    folder: FolderOption = None,
    output: OutputFile = None,
) -> int:
    """Nets side by side: totals, and layers aligned as a text diff aligns lines.

    One SPEC is compared with itself: at two inputs (--input twice), or with two values of a variable (--set twice).
    """
    from_standard_input_once(specs)
    settings = _settings(specs, inputs or (), variables or ())
    comparison = compare_nets(_nets(settings, folder))
    with output_to(output) as write:
        write(render_comparison(format, comparison, terminal_of(sys.stdout) if output is None else None))
    return 0


class Setting(NamedTuple):
    """A spec with what is overridden in it, and how the comparison calls it."""

    label: str
    spec: str
    inputs: tuple[str, ...]
    variables: tuple[str, ...]


def _settings(specs: Sequence[str], inputs: Sequence[str], variables: Sequence[str]) -> list[Setting]:
    """The nets to compare. Raises: UsageError: where there are not at least two, or it is not clear which."""
    repeated = [texts for texts in (*_by_name(inputs), *_by_name(variables)) if len(texts) > 1]
    if len(specs) > 1:
        if repeated:
            raise _unclear(f"{repeated[0][0]} and {repeated[0][1]} are two values where one counts for all specs")
        return [Setting(spec, spec, tuple(inputs), tuple(variables)) for spec in specs]
    if len(repeated) > 1:
        raise _unclear("one thing can have several values, not two")
    if not repeated:
        if not inputs and not variables:
            raise _unclear("there is nothing to compare it with")
        label = " ".join([*inputs, *variables])
        return [Setting(specs[0], specs[0], (), ()), Setting(label, specs[0], tuple(inputs), tuple(variables))]
    return [
        Setting(value, specs[0], _with(inputs, repeated[0], value), _with(variables, repeated[0], value))
        for value in repeated[0]
    ]


def _by_name(texts: Sequence[str]) -> list[list[str]]:
    """The texts that are for the same input or variable, together."""
    named: dict[str, list[str]] = {}
    for text in texts:
        name, equals, _ = text.partition("=")
        named.setdefault(name if equals else "", []).append(text)
    return list(named.values())


def _with(texts: Sequence[str], values: Sequence[str], chosen: str) -> tuple[str, ...]:
    """The texts with one alone of several values."""
    return tuple(text for text in texts if text not in values or text == chosen)


def _unclear(message: str) -> UsageError:
    suggestion = "name two specs, or one with --input 224x224x3 --input 320x320x3 or --set width=1 --set width=2"
    return UsageError(Diagnostic("nothing-to-compare", message, suggestion=suggestion))


def _nets(settings: Sequence[Setting], folder: str | None) -> list[tuple[str, Expansion]]:
    """Raises: SpecError: with what is wrong in any of them."""
    nets: list[tuple[str, Expansion]] = []
    found = Collector()
    for setting in settings:
        try:
            nets.append(_net(setting, folder))
        except SpecError as error:
            found.add(error)
    found.raise_spec_error()
    return nets


def _net(setting: Setting, folder: str | None) -> tuple[str, Expansion]:
    model = Model(
        load_document(setting.spec, folder),
        inputs=read_inputs(setting.inputs),
        variables=read_variables(setting.variables),
    )
    return setting.label, model.expansion
