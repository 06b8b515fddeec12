"""Templates: specs whose `vars` may be ranges, `{from: 24, to: 64, step: 4}` or `{one_of: [3, 5]}`.

Drawn values stand for `$size` in the input, too, where a spec has numbers only.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from cnncalc.errors import Diagnostic, Span, SpecError
from cnncalc.model import Model
from cnncalc.spec.library import document_from_value
from cnncalc.spec.placed import Placed
from cnncalc.spec.shipped import is_shipped, shipped_path
from cnncalc.spec.source_text import read_source
from cnncalc.spec.yaml_text import read_yaml

LEVELS: Final = {
    1: "one convolution",
    2: "convolutions, poolings and a classifier",
    3: "strides, padding, batch normalisation, global pooling",
    4: "dilation, groups and depthwise steps",
    5: "a residual and an Inception block",
}
_FOLDER: Final = Path(__file__).with_name("levels")
_MOST_CHOICES: Final = 10_000

Spec = dict[str, object]
"""A spec as plain data, ready to be written as YAML."""


@dataclass(frozen=True, slots=True)
class Template:
    """A spec and the values that its variables may have."""

    spec: Spec
    ranges: dict[str, tuple[object, ...]]

    def draw(self, chance: random.Random) -> Spec:
        """Draws a spec: each variable gets one of its values."""
        chosen = {name: chance.choice(values) for name, values in sorted(self.ranges.items())}
        variables = self.spec.get("vars")
        drawn = (variables if isinstance(variables, dict) else {}) | chosen
        spec = {key: value for key, value in self.spec.items() if key != "vars"}
        spec["input"] = _filled_in(self.spec.get("input"), chosen)
        text = yaml.safe_dump(spec)
        # What decides on the input alone is no variable of the spec: it stands there as a number.
        left = {name: value for name, value in drawn.items() if name not in chosen or f"${name}" in text}
        return {key: left if key == "vars" else spec[key] for key in self.spec if key != "vars" or left}


def _filled_in(value: object, chosen: dict[str, object]) -> object:
    """Puts the drawn values into an input's sizes, as $size."""
    if isinstance(value, list):
        return [_filled_in(entry, chosen) for entry in value]
    if isinstance(value, dict):
        return {name: _filled_in(entry, chosen) for name, entry in value.items()}
    return chosen.get(value[1:], value) if isinstance(value, str) and value.startswith("$") else value


def model_of_spec(spec: Spec) -> Model:
    """Makes the model of a spec. Raises: SpecError."""
    return Model(document_from_value(spec))


def spec_text(spec: Spec) -> str:
    """Writes a spec as YAML, the same for the same data."""
    return yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=100, allow_unicode=True)


def level_template(level: int) -> Template:
    """Reads the shipped template of a level."""
    return read_template(str(_FOLDER / f"level_{level}.yaml"))


def read_template(name: str) -> Template:
    """Reads a template, or a spec, which is one without ranges. Raises: SpecError.

    `name` is a file's path, or the name of a shipped spec.
    """
    path = shipped_path(name) if is_shipped(name) and not os.path.exists(name) else Path(name)
    source = read_source(path)
    placed = read_yaml(source)
    spec = placed.plain_value()
    if not isinstance(spec, dict) or not isinstance(placed.value, dict):
        raise SpecError(
            Diagnostic("not-a-spec", "a template is a spec: keys and values", Span(source), "layers: [...]")
        )
    variables = placed.value.get("vars")
    ranges = {}
    for variable, value in variables.value.items() if variables and isinstance(variables.value, dict) else ():
        if isinstance(value.value, dict):
            ranges[variable] = _range(variable, value)
    return Template(spec, ranges)


def _range(name: str, placed: Placed) -> tuple[object, ...]:
    """Lists the values of a range. Raises: SpecError."""
    value = placed.plain_value()
    assert isinstance(value, dict)
    if set(value) == {"one_of"} and isinstance(value["one_of"], list) and value["one_of"]:
        return tuple(value["one_of"])
    if set(value) <= {"from", "to", "step"}:
        first, last, step = value.get("from"), value.get("to"), value.get("step", 1)
        if isinstance(first, int) and isinstance(last, int) and isinstance(step, int) and step > 0:
            numbers = range(first, last + 1, step)
            if 0 < len(numbers) <= _MOST_CHOICES:
                return tuple(numbers)
    expected = "{from: 24, to: 64, step: 4} or {one_of: [3, 5, 7]}"
    raise SpecError(Diagnostic("bad-range", f"the variable {name} is no range", placed.span, expected))
