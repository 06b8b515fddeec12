"""A net as a flowchart of Mermaid, which GitHub and many editors draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cnncalc.expansion.expander import deep_recursion
from cnncalc.pictures.colours import FAMILIES, family_class, light_colour
from cnncalc.pictures.labels import SIGNS, Shown, figure, frame_title, is_round, shape_of
from cnncalc.pictures.parts import FramePart, LayerPart, leaves
from cnncalc.render.text import safe

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")


def write_mermaid(net: FramePart, show: tuple[Shown, ...] = ()) -> str:
    """Writes a net; its layers are `n0`, `n1`, ..., so that no name can be taken for a word of the language."""
    with deep_recursion():
        return "\n".join(_lines(net, show)) + "\n"


def _lines(net: FramePart, show: tuple[Shown, ...]) -> Iterator[str]:
    yield "flowchart TB"
    yield from _inside(net, show, "  ")
    layers = list(leaves(net))
    for layer in layers:
        arrow = "-->" if layer.state == "computed" else "-.->"
        yield from (f"  n{source} {arrow} n{layer.key}" for source in layer.reads)
    used = {layer.family for layer in layers}
    for family in FAMILIES:
        if family in used:
            colour = light_colour(family)
            yield f"  classDef {_class(family)} fill:{colour.fill},stroke:{colour.line},color:#212529"
    yield "  classDef culprit fill:#fde2e4,stroke:#d6242f,stroke-width:3px,color:#212529"
    yield "  classDef unknown fill:#ffffff,stroke:#5f6871,stroke-dasharray:4 3,color:#212529"


def _inside(frame: FramePart, show: tuple[Shown, ...], indent: str) -> Iterator[str]:
    for part in frame.parts:
        if isinstance(part, LayerPart):
            yield indent + _node(part, show)
            continue
        yield f'{indent}subgraph b{part.first}_{part.last}["{quoted(frame_title(part))}"]'
        yield from _inside(part, show, indent + "  ")
        yield f"{indent}end"


def _node(layer: LayerPart, show: tuple[Shown, ...]) -> str:
    class_ = _class(layer.family) if layer.state == "computed" else layer.state
    figures = [figure(layer, what) for what in show]
    if is_round(layer):
        label = "<br/>".join(map(quoted, [SIGNS[layer.kind], shape_of(layer), *figures]))
        return f'n{layer.key}(("{label}")):::{class_}'
    lines = [f"{layer.kind} {safe(layer.arguments)}".strip(), f"{safe(layer.own_name)} {shape_of(layer)}", *figures]
    return f'n{layer.key}["{"<br/>".join(map(quoted, lines))}"]:::{class_}'


def quoted(text: str) -> str:
    """Writes everything but letters, digits and spaces as a number, so that nothing in a name is mark-up."""
    return "".join(letter if letter in _PLAIN else f"#{ord(letter)};" for letter in text)


def _class(family: str) -> str:
    return family_class(family).replace("-", "_")
