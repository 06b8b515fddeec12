"""The layer reference as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from cnncalc.explaining.symbolic import SymbolicFormula, SymbolicFormulas
from cnncalc.layer_reference import Cost, KindReference
from cnncalc.render.document import Block, Part, line
from cnncalc.render.drawing import draw
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import pad
from cnncalc.spec.names import ITEM_OPTIONS

WIDTH: Final = 100

_QUANTITIES: Final = {
    "output_shape": "output shape",
    "params": "parameters",
    "trainable_params": "trainable parameters",
    "neurons": "neurons",
    "notes.receptive_field": "receptive field (notes)",
    "exact.receptive_field": "receptive field (exact)",
    "notes.ops": "operations (notes)",
    "exact.macs": "MACs (exact)",
    "exact.flops": "FLOPs (exact)",
}


def render_families(
    families: Iterable[tuple[str, Sequence[tuple[Sequence[str], str]]]],
    elementwise: Sequence[Cost],
    activations: Sequence[Cost],
    terminal: Terminal | None = None,
) -> str:
    """Lists all kinds family by family, and the table of elementwise costs."""
    blocks: list[Block] = []
    for family, members in families:
        blocks.append(line((f"{family}:", "bold")))
        for kinds, text in members:
            blocks.append(_words((", ".join(kinds), "hint"), indent="  ", hang="  "))
            blocks.append(_words(text, indent="      ", hang="      "))
        blocks.append(line())
    blocks.append(_words(f"Every item takes, beside its kind's own arguments: {', '.join(ITEM_OPTIONS)}.", hang=""))
    blocks += [line(), _title("FLOPs (exact), beside 2 for every multiply-accumulate:")]
    blocks += [_entry(str(cost.flops), cost.of, 5) for cost in elementwise]
    blocks += [line(), _title("FLOPs (exact) of activations, per element, fused or as a layer of their own:")]
    blocks += [_entry(str(cost.flops), cost.of, 5) for cost in activations]
    return draw(blocks, terminal)


def render_kind(reference: KindReference, terminal: Terminal | None = None) -> str:
    """Writes all about one kind."""
    blocks: list[Block] = [line((reference.kind, "bold")), line(), *map(line, reference.text.split("\n"))]
    if reference.arguments:
        blocks += [line(), _title("Arguments:")]
        room = max(len(argument.name) for argument in reference.arguments) + 4
        for argument in reference.arguments:
            default = argument.default if argument.default == "required" else f"default {argument.default}"
            blocks.append(_entry(argument.name, f"{argument.description} ({argument.expected}; {default})", room))
    blocks += [line(), _title("In a spec, as YAML and as JSON:")]
    blocks += [line(reference.yaml, indent="  "), line(reference.json, indent="  ")]
    if reference.primary:
        blocks.append(line(f"A bare value, {reference.kind}: VALUE, is {reference.primary}.", indent="  "))
    if reference.formulas is not None:
        blocks += _formulas(reference.formulas)
    return draw(blocks, terminal)


def _formulas(formulas: SymbolicFormulas) -> Iterator[Block]:
    yield line()
    yield _title(f"Formulas, for an input {formulas.reads}:" if formulas.reads else "Formulas:")
    for quantity, rows in groupby(formulas.formulas, key=lambda row: row.quantity):
        yield line((_QUANTITIES[quantity], "hint"), indent="  ")
        for row in rows:
            yield _formula(row)
    if formulas.meanings:
        yield line()
        yield _title("where")
        room = max(map(len, formulas.meanings)) + 4
        for name, meaning in formulas.meanings.items():
            yield _entry(name, meaning, room)


def _formula(row: SymbolicFormula) -> Block:
    text = row.formula or row.words or "not counted"
    subject = f"{row.subject} = " if row.subject and row.formula else ""
    condition = f"   [{row.condition}]" if row.condition else ""
    return _words(subject + text, (condition, "dim"), indent="    ", hang="      ")


def _title(text: str) -> Block:
    return line((text, "bold"))


def _entry(name: str, text: str, room: int) -> Block:
    """Returns a name, and beside it a text in lines of its own column."""
    return _words((pad(f"  {name}", room, "left"), "hint"), text, hang=" " * room)


def _words(*parts: Part, indent: str = "", hang: str = "") -> Block:
    return line(*parts, indent=indent, hang=hang, plain_width=WIDTH)
