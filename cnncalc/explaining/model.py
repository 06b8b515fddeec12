"""A model explained: one layer of it, or all with the totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, overload

from cnncalc.analysis.analyze import Analysis, analyzed
from cnncalc.analysis.figures import added_figures
from cnncalc.analysis.memory_figures import Setting
from cnncalc.analysis.opened import analysis_inside
from cnncalc.conventions.convention import Side, find_convention
from cnncalc.errors import Diagnostic, UsageError, nearest, quote
from cnncalc.explaining.explanation import Explanation, LayerExplanation, Part, Section
from cnncalc.explaining.layer import LayerExplainer
from cnncalc.explaining.memory import memory_section, memory_totals
from cnncalc.explaining.selection import find_layer
from cnncalc.explaining.totals import explain_totals
from cnncalc.memory.footprint import Calculation
from cnncalc.model import ModelLike, model_of

QUANTITIES = (
    "output_shape", "params", "trainable_params", "neurons", "receptive_field", "ops", "macs", "flops", "memory",
)  # fmt: skip
"""What can be asked for alone; with a convention in front (`notes.ops`) too. `memory` is there only then."""


def explain(
    net: ModelLike,
    layer: str | int | None = None,
    quantity: str | None = None,
    convention: str | None = None,
    setting: Setting | None = None,
) -> Explanation:
    """Explains where the figures of a layer come from, or those of all layers: formula, numbers, result.

    >>> explanation = explain("lenet5", "conv2d_1", "params")
    >>> explanation.layers[0].sections[0].parts[0].value
    2416

    `layer` is a name or a number, where 1 is the first layer behind the inputs; `quantity` is one of `QUANTITIES`;
    without `convention` both are explained. `setting` is what memory is counted for: one sample in float32, trained
    with plain SGD, unless told. Raises: SpecError; UsageError: if there is no such layer, quantity or convention.
    """
    counted_by = find_convention(convention or "notes")
    _, analysis = analyzed(model_of(net).expansion, counted_by.name)
    explainer = LayerExplainer(analysis)
    indices = range(len(analysis.figures)) if layer is None else [_index(analysis, str(layer))]
    wanted, side = _wanted(quantity, counted_by.side if convention else None)
    if wanted == "memory":
        return _memory(analysis, explainer, indices, setting, with_totals=layer is None)
    totals = explain_totals(analysis, explainer.rows) if layer is None else ()

    def explained(place: Place) -> LayerExplanation:
        return _restricted_layer(place[0].explain(place[1]), wanted, side)

    return Explanation(
        name=analysis.expansion.document.name,
        layers=ExplainedWhenRead(_opened(explainer, indices), explained),
        totals=_restricted(totals, wanted, side),
    )


Place = tuple[LayerExplainer, int]
"""A layer: what explains it, and its index there."""


def _index(analysis: Analysis, layer: str) -> int:
    """Finds the index of a layer. Raises: UsageError."""
    return find_layer([node.name for node in analysis.expansion.nodes], len(analysis.expansion.inputs), layer)


def _opened(explainer: LayerExplainer, indices: Sequence[int]) -> list[Place]:
    """Lists layers, each with those of the model that it holds behind it."""
    places: list[Place] = []
    for index in indices:
        places.append((explainer, index))
        inside = analysis_inside(explainer.analysis, index)
        if inside is not None:
            places += _opened(LayerExplainer(inside), range(1, len(inside.figures)))
    return places


class ExplainedWhenRead(Sequence[LayerExplanation]):
    """Layers that are explained one by one when somebody reads them, as all of a long net take gigabytes."""

    def __init__(self, places: Sequence[Place], explained: Callable[[Place], LayerExplanation]) -> None:
        self._places, self._explained = places, explained

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> LayerExplanation: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[LayerExplanation]: ...

    def __getitem__(self, place: int | slice) -> LayerExplanation | Sequence[LayerExplanation]:
        if isinstance(place, slice):
            return ExplainedWhenRead(self._places[place], self._explained)
        return self._explained(self._places[place])


def _memory(
    analysis: Analysis, explainer: LayerExplainer, indices: Sequence[int], setting: Setting | None, with_totals: bool
) -> Explanation:
    calculation = Calculation(analysis, setting or Setting())
    whole, rows = calculation.result()

    def explained(place: Place) -> LayerExplanation:
        return replace(explainer.heading(place[1]), sections=(memory_section(calculation, place[1], rows[place[1]]),))

    totals = memory_totals(calculation, whole) if with_totals else ()
    return Explanation(
        analysis.expansion.document.name,
        ExplainedWhenRead([(explainer, index) for index in indices], explained),
        totals,
    )


_OTHER_NAMES: Final = {
    "rf": "receptive_field", "field": "receptive_field", "shape": "output_shape", "parameters": "params",
    "operations": "ops", "activations": "neurons",
}  # fmt: skip
"""What people call the quantities, for suggestions."""


def _wanted(quantity: str | None, convention: Side | None) -> tuple[str | None, Side | None]:
    """Returns the figure that is asked for, and the convention that stands in front of it."""
    if quantity is None:
        return None, convention
    prefix, dot, figure = quantity.rpartition(".")
    meant = _OTHER_NAMES.get(quantity.lower(), quantity)
    if figure not in (*QUANTITIES, *(added.key for added in added_figures())) or (
        dot and prefix not in ("notes", "exact")
    ):
        raise UsageError(
            Diagnostic(
                "bad-option", f"there is no quantity {quote(quantity)}", expected=f"one of {', '.join(QUANTITIES)}",
                found=quote(quantity), suggestion=nearest(meant, QUANTITIES),
            )
        )  # fmt: skip
    if prefix == "notes":
        convention = "notes"
    if convention == "notes" and figure in ("macs", "flops"):
        message = f"{quote(figure)} are figures of the exact convention"
        raise UsageError(Diagnostic("bad-option", message, suggestion="ops are the operations of the notes"))
    if prefix == "notes":
        return figure, "notes"
    return (figure, "exact") if prefix == "exact" else (figure, convention)


def _restricted_layer(layer: LayerExplanation, figure: str | None, convention: Side | None) -> LayerExplanation:
    return replace(layer, sections=_restricted(layer.sections, figure, convention))


def _restricted(sections: Sequence[Section], figure: str | None, convention: Side | None) -> tuple[Section, ...]:
    """Returns the parts that are wanted; a section that has none left is dropped, and a difference needs both sides."""
    if figure is None and convention is None:
        return tuple(sections)
    restricted = []
    for section in sections:
        parts = tuple(part for part in section.parts if _is_wanted(part, figure, convention))
        if parts:
            sides = {part.convention for part in parts}
            restricted.append(Section(section.title, parts, section.difference if len(sides) > 1 else None))
    return tuple(restricted)


def _is_wanted(part: Part, figure: str | None, convention: Side | None) -> bool:
    if figure == "ops" and convention != "notes" and part.figure in ("macs", "flops"):
        figure = part.figure  # the exact convention's operations
    if figure == "params" and part.figure == "trainable_params":
        figure = part.figure
    return (figure is None or part.figure == figure) and (
        convention is None or part.convention is None or part.convention == convention
    )
