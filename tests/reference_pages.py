"""The parts of the documentation that the code says: commands, formulas, layers, shipped networks.

A part stands between `<!-- NAME -->` and `<!-- end of NAME -->` in its page; `PARTS` says what writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from cnncalc.cli.commands import COMMANDS
from cnncalc.conventions.convention import NOTES
from cnncalc.explaining.symbolic import SymbolicFormulas
from cnncalc.layer_reference import activation_costs, elementwise_costs, families, kind_reference
from cnncalc.layers import registry
from cnncalc.model import Model
from cnncalc.render.layer_reference import render_kind
from cnncalc.render.numbers import extent, grouped
from cnncalc.spec.library import shipped_documents
from tests.command_line import REPOSITORY, run

DOCS: Final = REPOSITORY / "docs"


def commands() -> Iterator[str]:
    """A section for each command: what it does, and what it takes."""
    for entry in COMMANDS:
        command = f"cnncalc {entry.name} --help"
        yield f"## {entry.name}\n\n{entry.does} For example:\n\n    {entry.example}\n"
        yield f"```console\n$ {command}\n{run(command, REPOSITORY).stdout}```\n"


def notes_formulas() -> Iterator[str]:
    """A row for each family of layers: its neurons and operations by the notes."""
    yield "| layers | neurons | operations |\n|---|---|---|"
    for family, neurons in NOTES.neurons.items():
        yield f"| {family} | `{neurons}` | {_code(NOTES.ops[family])} |"


def exact_formulas() -> Iterator[str]:
    """A row for each kind: parameters, MACs and FLOPs with the arguments that it has by default."""
    yield "| layer | parameters | MACs | FLOPs |\n|---|---|---|---|"
    for kind in registry.kinds():
        formulas = symbolic(kind)
        cells = [_first(formulas, quantity) for quantity in ("params", "exact.macs", "exact.flops")]
        yield f"| {kind} | {' | '.join(cells)} |"


def costs() -> Iterator[str]:
    """A row for each elementwise operation: its FLOPs per element."""
    yield "| FLOPs | for |\n|---:|---|"
    for cost in [*elementwise_costs(), *activation_costs()]:
        yield f"| {cost.flops} | {cost.of} |"


def gallery() -> Iterator[str]:
    """A table of shipped networks for each family."""
    by_family: dict[str, list[tuple[str, str]]] = {}
    for name, document in shipped_documents():
        spec = document.spec
        report = Model(document).analyze("exact")
        totals = report.totals
        row = (
            f"| [`{name}`](gallery/{name}.svg) | {spec.year} "
            f"| {len(report.layers) - len(report.inputs):,} | {grouped(totals.params)} "
            f"| {grouped(totals.exact.macs)} | {grouped(totals.exact.flops)} | {grouped(totals.neurons)} "
            f"| {extent(totals.receptive_field)} |"
        )
        by_family.setdefault(spec.family, []).append((row, f"- `{name}`: {document.name}. {_linked(spec.source)}"))
    for family, entries in sorted(by_family.items()):
        yield f"## {family}\n"
        yield "| spec | year | layers | parameters | MACs | FLOPs | neurons | receptive field |"
        yield "|---|---|---:|---:|---:|---:|---:|---:|"
        yield from (row for row, _ in entries)
        yield ""
        yield from (source for _, source in entries)
        yield ""


def layers_page() -> str:
    """The page with all that `cnncalc layers KIND` says, for the site."""
    parts = ["# Every layer\n\nWhat `cnncalc layers KIND` says of each kind.\n"]
    for family, members in families():
        parts.append(f"## {family}\n")
        kinds = [kind for names, _ in members for kind in names]
        parts += [f"### {kind}\n\n```text\n{render_kind(kind_reference(kind))}```\n" for kind in kinds]
    return "\n".join(parts)


PARTS: Final[dict[str, tuple[str, Callable[[], Iterator[str]]]]] = {
    "commands": ("commands.md", commands),
    "notes": ("conventions.md", notes_formulas),
    "exact": ("formulas.md", exact_formulas),
    "costs": ("formulas.md", costs),
    "gallery": ("gallery.md", gallery),
}
"""The page of each part, and what writes the part."""


def written_anew(name: str) -> tuple[str, str]:
    """A page as it is, and with one of its parts as the code says it."""
    file, write = PARTS[name]
    page = (DOCS / file).read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    part = "\n".join(write()).rstrip("\n")
    fresh = re.sub(f"{start}.*?{end}", lambda _: f"{start}{part}\n{end}", page, count=1, flags=re.DOTALL)
    return page, fresh


def symbolic(kind: str) -> SymbolicFormulas:
    """The formulas of a kind."""
    formulas = kind_reference(kind).formulas
    assert formulas is not None
    return formulas


def _first(formulas: SymbolicFormulas, quantity: str) -> str:
    """The formula of a quantity that holds for the default arguments: the first one."""
    row = next(row for row in formulas.formulas if row.quantity == quantity and not row.subject)
    return _code(row.formula) if row.words is None else row.words


def _code(formula: str | None) -> str:
    return f"`{formula}`" if formula is not None else "not counted"


def _linked(source: str) -> str:
    return re.sub(r"https?://[^\s;,)]+", lambda match: f"<{match[0]}>", source).replace("|", "\\|")
