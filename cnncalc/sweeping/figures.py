"""The figures of a point: any that the JSON report has, called as there, of the net or of a layer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final, Literal

from cnncalc.analysis.figures import FIGURES, total_figures
from cnncalc.analysis.report import PLAIN
from cnncalc.errors import Diagnostic, UsageError, nearest, quote
from cnncalc.records import record
from cnncalc.sweeping.axes import Plain, Type

Part = Literal["net", "layer", "memory", "size"]

LAYERS: Final = "layers"
"""The number of layers; with a layer's name and a figure behind it, that figure of that layer."""
MEMORY: Final = ("training", "inference", "parameters", "gradients", "optimizer_state", "kept")
DEFAULT: Final = ("params", "neurons", "receptive_field", "ops")
"""What a row has unless other columns are asked for: what stands below the table of `summary`."""

_NET: Final = {figure.key: figure for figure in total_figures()}
_OF_LAYER: Final = {key: figure for key, figure in FIGURES.items() if key != "name"}
_BY_LENGTH: Final = "|".join(map(re.escape, sorted(_OF_LAYER, key=len, reverse=True)))
_LAYER_NAME: Final = re.compile(rf"layers\.([\w./-]+?)\.({_BY_LENGTH})")
NAME: Final = re.compile(
    rf"layers\.[\w./-]+?\.(?:{_BY_LENGTH})(?![\w.])|\$?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*",
)
"""How a figure, or a var, is called in an expression."""
_OF_FIELD: Final = ("receptive_field", "effective_stride", "offset", "note")


@record
class Column:
    """A figure by its name. `part` says what it is of; `layer` names the layer; `of` reads it off the record."""

    name: str
    part: Part
    type: Type
    of: Callable[[Any], Any]
    layer: str = ""
    convert: Callable[[Any], Any] | None = None

    @property
    def needs_fields(self) -> bool:
        """Whether it takes the receptive fields, which cost more than all counts together."""
        return self.name.endswith(_OF_FIELD)

    def plain(self, value: object) -> Plain:
        """Gives a figure as JSON has it."""
        shown: Plain = value if value is None or self.convert is None else self.convert(value)  # type: ignore[assignment]
        return shown


def column(name: str) -> Column:
    """Finds the column of a name. Raises: UsageError: `unknown-column`."""
    if name == LAYERS:
        return Column(name, "size", "count", int)
    if name in _NET:
        figure = _NET[name]
        return Column(
            name, "net", "count" if figure.form == "count" else "sizes", figure.of, "", PLAIN.get(figure.form)
        )
    if name.startswith("memory.") and name.removeprefix("memory.") in MEMORY:
        return Column(name, "memory", "count", attrgetter(name.removeprefix("memory.")))
    if match := _LAYER_NAME.fullmatch(name):
        layer, key = match.groups()
        figure = _OF_LAYER[key]
        return Column(name, "layer", _type(figure.form), figure.of, layer, PLAIN.get(figure.form))
    known = [LAYERS, *_NET, *(f"memory.{key}" for key in MEMORY)]
    hint = nearest(name, known)
    if name.startswith("layers."):
        hint = f"behind the layer's name stands a figure: layers.conv2d.params; {', '.join(_OF_LAYER)}"
    message = f"there is no figure {quote(name)}"
    expected = f"one of {', '.join(known)}, layers.NAME.params and the like"
    raise UsageError(Diagnostic("unknown-column", message, None, expected, quote(name), suggestion=hint))


def _type(form: str) -> Type:
    return "count" if form in ("count", "number") else "sizes" if form in ("sizes", "offsets", "shape") else "text"


def columns_of(names: Iterable[str]) -> tuple[Column, ...]:
    """Finds the columns of several names, each once. Raises: UsageError."""
    return tuple(column(name) for name in dict.fromkeys(names))


def number(value: object) -> object:
    """Returns what a figure is where one number is wanted: of a receptive field the axis on which it is smallest."""
    if isinstance(value, tuple):
        return None if None in value else min(value, default=None)
    return value
