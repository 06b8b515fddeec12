"""An explanation as JSON, layer by layer: the text that `indented` makes of its `to_dict`, in a fraction of the time.

A long net has millions of lines and symbols, most of which equal layers share: the text of each is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from cnncalc.explaining.explanation import SCHEMA, Explanation, Given, LayerExplanation, Line, Part, Section, plain
from cnncalc.render.json_text import compact, indented

_CACHED: Final = 4096
_END: Final = "\n"


def explanation_json(explanation: Explanation) -> Iterator[str]:
    """Writes an explanation piece by piece; it has at least one layer."""
    yield f'{{\n  "schema": {compact(SCHEMA)},\n  "name": {compact(explanation.name)},\n  "layers": ['
    separator = "\n    "
    for layer in explanation.layers:
        yield separator + _layer(layer, "      ")
        separator = ",\n    "
    yield f'\n  ],\n  "totals": {_sections(explanation.totals, "  ")}\n}}\n'


def _layer(layer: LayerExplanation, margin: str) -> str:
    inputs = indented([{"name": name, "shape": list(shape)} for name, shape in layer.inputs])
    return (
        f'{{\n{margin}"name": {compact(layer.name)},\n{margin}"type": {_scalar(layer.kind)},'
        f'\n{margin}"chain": {compact(list(layer.chain))},\n{margin}"inputs": {inputs.replace(_END, _END + margin)},'
        f'\n{margin}"sections": {_sections(layer.sections, margin)}\n{margin[2:]}}}'
    )


def _sections(sections: Sequence[Section], margin: str) -> str:
    deeper = margin + "    "
    return _list([_section(section, deeper) for section in sections], margin)


def _section(section: Section, margin: str) -> str:
    deeper = margin + "    "
    return (
        f'{{\n{margin}"title": {_scalar(section.title)},'
        f'\n{margin}"parts": {_list([_part(part, deeper) for part in section.parts], margin)},'
        f'\n{margin}"difference": {_scalar(section.difference)}\n{margin[2:]}}}'
    )


def _part(part: Part, margin: str) -> str:
    return (
        f'{{\n{margin}"figure": {_scalar(part.figure)},\n{margin}"convention": {_scalar(part.convention)},'
        f'\n{margin}"value": {compact(plain(part.value))},\n{margin}"basis": {_scalar(part.basis)},'
        f'\n{margin}"lines": {_list(map(_leaf, part.lines), margin)},'
        f'\n{margin}"given": {_list(map(_leaf, part.given), margin)},'
        f'\n{margin}"remarks": {_texts(part.remarks)}\n{margin[2:]}}}'
    )


def _list(entries: Iterable[str], margin: str) -> str:
    """Writes a list with a line for each entry."""
    texts = f",\n{margin}  ".join(entries)
    return f"[\n{margin}  {texts}\n{margin}]" if texts else "[]"


@lru_cache(maxsize=_CACHED)
def _leaf(leaf: Line | Given) -> str:
    return compact(leaf.to_dict())


@lru_cache(maxsize=_CACHED)
def _scalar(value: str | None) -> str:
    return compact(value)


@lru_cache(maxsize=_CACHED)
def _texts(texts: tuple[str, ...]) -> str:
    return compact(list(texts))
