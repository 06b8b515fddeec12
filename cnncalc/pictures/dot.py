"""A net in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.expansion.expander import deep_recursion
from cnncalc.pictures.colours import light_colour
from cnncalc.pictures.labels import SIGNS, Shown, figure, frame_title, is_round, shape_of
from cnncalc.pictures.parts import FramePart, LayerPart, leaves
from cnncalc.render.text import safe


def write_dot(net: FramePart, name: str, show: tuple[Shown, ...] = ()) -> str:
    """Writes a net as a directed graph, a cluster for each block."""
    with deep_recursion():
        return "\n".join(_lines(net, name, show)) + "\n"


def _lines(net: FramePart, name: str, show: tuple[Shown, ...]) -> Iterator[str]:
    yield f"digraph {quoted(name)} {{"
    yield '  node [shape=box, style="filled,rounded", fontname="sans-serif", fontsize=10];'
    yield '  graph [fontname="sans-serif", fontsize=10, style="dashed,rounded", color="#adb5bd"];'
    yield from _inside(net, show, "  ")
    for layer in leaves(net):
        style = "" if layer.state == "computed" else " [style=dashed]"
        yield from (f"  n{source} -> n{layer.key}{style};" for source in layer.reads)
    yield "}"


def _inside(frame: FramePart, show: tuple[Shown, ...], indent: str) -> Iterator[str]:
    for part in frame.parts:
        if isinstance(part, LayerPart):
            yield indent + _node(part, show)
            continue
        yield f"{indent}subgraph cluster_{part.first}_{part.last} {{"
        yield f"{indent}  label={quoted(frame_title(part))};"
        yield from _inside(part, show, indent + "  ")
        yield f"{indent}}}"


def _node(layer: LayerPart, show: tuple[Shown, ...]) -> str:
    figures = [figure(layer, what) for what in show]
    colour = light_colour(layer.family)
    attributes = {"fillcolor": colour.fill, "color": colour.line, "tooltip": layer.name}
    if is_round(layer):
        attributes |= {"label": "\n".join([SIGNS[layer.kind], shape_of(layer), *figures]), "shape": "ellipse"}
    else:
        first = f"{layer.kind} {safe(layer.arguments)}".strip()
        attributes["label"] = "\n".join([first, f"{safe(layer.own_name)}  {shape_of(layer)}", *figures])
    if layer.state == "culprit":
        attributes |= {"fillcolor": "#fde2e4", "color": "#d6242f", "penwidth": "3"}
    elif layer.state == "unknown":
        attributes |= {"fillcolor": "#ffffff", "style": "filled,rounded,dashed"}
    return f"n{layer.key} [{', '.join(f'{name}={quoted(value)}' for name, value in attributes.items())}];"


def quoted(text: str) -> str:
    r"""Writes a string; a line end is `\n` there, and backslashes are doubled, so that they begin no escape."""
    lines = (safe(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + r"\n".join(lines) + '"'
