"""The layer reference as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from cnncalc.explain.symbolic import SymbolicFormula, SymbolicFormulas
from cnncalc.layer_reference import Cost, KindReference
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
) -> str:
    """All kinds family by family, and the table of elementwise costs."""
    lines: list[str] = []
    for family, members in families:
        lines.append(f"{family}:")
        for kinds, text in members:
            lines += _wrapped(", ".join(kinds), "  ", "  ") + _wrapped(text, "      ", "      ")
        lines.append("")
    lines += _wrapped(f"Every item takes, beside its kind's own arguments: {', '.join(ITEM_OPTIONS)}.", "", "")
    lines += ["", "FLOPs (exact), beside 2 for every multiply-accumulate:"]
    lines += [line for cost in elementwise for line in _entry(str(cost.flops), cost.of, 5)]
    lines += ["", "FLOPs (exact) of activations, per element, fused or as a layer of their own:"]
    lines += [line for cost in activations for line in _entry(str(cost.flops), cost.of, 5)]
    return "\n".join(lines) + "\n"


def render_kind(reference: KindReference) -> str:
    """All about one kind."""
    lines = [reference.kind, "", *reference.text.split("\n")]
    if reference.arguments:
        lines += ["", "Arguments:"]
        room = max(len(argument.name) for argument in reference.arguments) + 4
        for argument in reference.arguments:
            default = argument.default if argument.default == "required" else f"default {argument.default}"
            lines += _entry(argument.name, f"{argument.description} ({argument.expected}; {default})", room)
    lines += ["", "In a spec, as YAML and as JSON:", f"  {reference.yaml}", f"  {reference.json}"]
    if reference.primary:
        lines.append(f"  A bare value, {reference.kind}: VALUE, is {reference.primary}.")
    if reference.formulas is not None:
        lines += _formulas(reference.formulas)
    return "\n".join(lines) + "\n"


def _formulas(formulas: SymbolicFormulas) -> list[str]:
    lines = ["", f"Formulas, for an input {formulas.reads}:"]
    for quantity, rows in groupby(formulas.formulas, key=lambda row: row.quantity):
        lines.append(f"  {_QUANTITIES[quantity]}")
        for subject, same in groupby(rows, key=lambda row: row.subject):
            for row in same:
                lines += _formula(subject, row)
    if formulas.meanings:
        lines += ["", "where"]
        room = max(map(len, formulas.meanings)) + 4
        lines += [line for name, meaning in formulas.meanings.items() for line in _entry(name, meaning, room)]
    return lines


def _formula(subject: str, row: SymbolicFormula) -> list[str]:
    text = row.formula or row.words or "not counted"
    condition = f"   [{row.condition}]" if row.condition else ""
    return _wrapped(f"{subject} = {text}{condition}" if subject and row.formula else text + condition, "    ", "      ")


def _entry(name: str, text: str, room: int) -> list[str]:
    """A name, and beside it a text in lines of its own column."""
    return _wrapped(text, pad(f"  {name}", room, "left"), " " * room)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
