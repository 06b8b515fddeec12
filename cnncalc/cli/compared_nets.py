"""The nets that `compare` and `report` set side by side: several specs, or one with several values of something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.cli.options import read_inputs, read_variables
from cnncalc.convert.loading import load_document
from cnncalc.errors import Collector, Diagnostic, SpecError, UsageError
from cnncalc.model import Model


class Setting(NamedTuple):
    """A spec with what is overridden in it, and how the comparison calls it."""

    label: str
    spec: str
    inputs: tuple[str, ...]
    variables: tuple[str, ...]


def settings_to_compare(specs: Sequence[str], inputs: Sequence[str], variables: Sequence[str]) -> list[Setting]:
    """Returns the nets to compare. Raises: UsageError: where there are not at least two, or it is not clear which."""
    repeated = repeated_options(inputs, variables)
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


def repeated_options(inputs: Sequence[str], variables: Sequence[str]) -> list[list[str]]:
    """Returns the values of each input and variable that has several."""
    return [texts for texts in (*_by_name(inputs), *_by_name(variables)) if len(texts) > 1]


def _by_name(texts: Sequence[str]) -> list[list[str]]:
    """Returns the texts that are for the same input or variable, together."""
    named: dict[str, list[str]] = {}
    for text in texts:
        name, equals, _ = text.partition("=")
        named.setdefault(name if equals else "", []).append(text)
    return list(named.values())


def _with(texts: Sequence[str], values: Sequence[str], chosen: str) -> tuple[str, ...]:
    """Returns the texts with one alone of several values."""
    return tuple(text for text in texts if text not in values or text == chosen)


def _unclear(message: str) -> UsageError:
    suggestion = "name two specs, or one with --input 224x224x3 --input 320x320x3 or --set width=1 --set width=2"
    return UsageError(Diagnostic("nothing-to-compare", message, suggestion=suggestion))


def models_to_compare(settings: Sequence[Setting], folder: str | None) -> list[tuple[str, Model]]:
    """Returns the models of settings with their labels. Raises: SpecError: with what is wrong in any of them."""
    models: list[tuple[str, Model]] = []
    found = Collector()
    for setting in settings:
        try:
            models.append((setting.label, _model(setting, folder)))
        except SpecError as error:
            found.add(error)
    found.raise_spec_error()
    return models


def _model(setting: Setting, folder: str | None) -> Model:
    return Model(
        load_document(setting.spec, folder),
        inputs=read_inputs(setting.inputs),
        variables=read_variables(setting.variables),
    )
