"""What differs between the copies of a block becomes its parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from cnncalc.convert.graph import GraphLayer
from cnncalc.convert.short_forms import short_value
from cnncalc.layers import registry
from cnncalc.spec.names import ITEM_OPTIONS

Values = tuple[object, ...]
"""One value for each copy."""

NAMES: Final = {"strides": "stride", "target_shape": "channels", "output_shape": "channels"}
"""What a parameter is called, if not as the argument that it is for."""
LARGEST_FACTOR: Final = 16


class Parameters:
    """The parameters of a block. Arguments that have the same values in every copy, or a multiple, share one."""

    def __init__(self, copies: Sequence[Sequence[GraphLayer]]) -> None:
        self.copies = copies
        self.values: dict[str, Values] = {}
        layers = [[copy[index] for copy in copies] for index in range(len(copies[0]))]
        self._written = [self._arguments(some) for some in layers]
        self._first = [self._first_arguments(some) for some in layers]

    def written(self, index: int) -> dict[str, object]:
        """Returns the arguments of a layer of the block: values, `$filters`, `4*$filters`."""
        return self._written[index]

    def first(self, index: int) -> dict[str, object]:
        """Returns the arguments of the first of a repeated layer of the block, where they are others."""
        return self._first[index]

    def arguments(self, copy: int) -> dict[str, object]:
        """Returns the values of the parameters in a copy."""
        return {name: values[copy] for name, values in self.values.items()}

    def defaults(self, uses: Sequence[GraphLayer]) -> dict[str, object]:
        """Chooses the default of each parameter: a value that most uses have; `None` if there is none."""
        defaults: dict[str, object] = {}
        for name in self.values:
            counts = Counter(repr(use.arguments[name]) for use in uses if "$" not in repr(use.arguments.get(name)))
            text, count = counts.most_common(1)[0] if counts else ("", 0)
            found = next((use.arguments[name] for use in uses if repr(use.arguments.get(name)) == text), None)
            defaults[name] = found if count > 1 and 2 * count > len(uses) else None
        return defaults

    def _arguments(self, layers: Sequence[GraphLayer]) -> dict[str, object]:
        names = dict.fromkeys(name for layer in layers for name in layer.arguments)
        return {name: self._argument(name, tuple(_value(layer, name) for layer in layers)) for name in names}

    def _first_arguments(self, layers: Sequence[GraphLayer]) -> dict[str, object]:
        names = dict.fromkeys(name for layer in layers for name in layer.first)
        return {
            name: self._argument(name, tuple(layer.first.get(name, _value(layer, name)) for layer in layers))
            for name in names
        }

    def _argument(self, name: str, values: Values) -> object:
        is_bound = any(isinstance(value, str) and "$" in value for value in values)  # to a block around the copy
        if not is_bound and all(repr(value) == repr(values[0]) for value in values):
            return values[0]
        lists = [value for value in values if isinstance(value, list)]
        if len(lists) == len(values) and len({len(value) for value in lists}) == 1:
            return [self._argument(name, tuple(entries)) for entries in zip(*lists, strict=True)]
        if all(type(value) is int and value > 0 for value in values):
            return self._number(name, values)
        return f"${self._parameter(name, values)}"

    def _number(self, name: str, values: Values) -> str:
        """Writes a number by a parameter that is there already, or one of its own."""
        for known, others in self.values.items():
            factor = _factor(values, others)
            if factor is not None:
                return f"${known}" if factor == 1 else f"{factor}*${known}"
            factor = _factor(others, values)
            if factor is not None:
                return f"${known} // {factor}"
        return f"${self._parameter(name, values)}"

    def _parameter(self, name: str, values: Values) -> str:
        """Names the parameter with these values; a new one if there is none."""
        for known, others in self.values.items():
            if repr(others) == repr(values):
                return known
        base = NAMES.get(name, name)
        base = f"{base}_" if base in ITEM_OPTIONS else base
        number, unique = 1, base
        while unique in self.values:
            number += 1
            unique = f"{base}_{number}" if base[-1:].isalpha() else f"{base}{number}"
        self.values[unique] = values
        return unique


def _value(layer: GraphLayer, name: str) -> object:
    """Returns the value of an argument, or its default."""
    if name in layer.arguments:
        return layer.arguments[name]
    return short_value(name, registry.layer_class(layer.kind).arguments()[name].default)


def _factor(values: Values, others: Values) -> int | None:
    """Finds the factor by which all values are the others; `None` if there is none."""
    pairs = list(zip(values, others, strict=True))
    if not all(type(value) is int and type(other) is int and other for value, other in pairs):
        return None
    quotients = {(value // other, value % other) for value, other in pairs}  # type: ignore[operator]
    factor, rest = quotients.pop()
    return factor if not quotients and rest == 0 and 1 <= factor <= LARGEST_FACTOR else None
