"""What an explanation is: for each quantity of a layer the formulas, what their symbols are, and the results.

Plain data: renderers lay it out, `to_dict` is its JSON. Sentences stand here without mark-up; names in them are quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.analysis.report import Convention, Json
from cnncalc.conventions.convention import Basis
from cnncalc.results import Result
from cnncalc.tensor import Shape

SCHEMA = "cnncalc.explanation/1"

Figure = str
"""What a part explains: `output_shape`, `params`, `receptive_field` (one part for each side), `memory` if asked for."""
Value = int | Fraction | Shape | tuple[Fraction | None, ...] | None
"""A figure; `None` is "not counted" or "not known"."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a symbol stands for, and where that comes from: `C`, 6, `channels of "average_pooling2d"`.

    `derivation` is how the value comes about, where that is a formula of its own: `2*(3 - 1) + 1`.
    """

    symbol: str
    latex: str
    value: str
    origin: str
    derivation: str | None = None

    def to_dict(self) -> Json:
        return {
            "symbol": self.symbol,
            "value": self.value,
            "derivation": self.derivation,
            "origin": self.origin,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One formula in symbols and with the numbers put in, as text and as LaTeX, and what it comes to.

    `subject` is what it gives, such as `height` or `kernel`; empty: the figure itself.
    """

    subject: str
    formula: str
    numbers: str
    formula_latex: str
    numbers_latex: str
    value: int | Fraction | None

    def to_dict(self) -> Json:
        return {
            "subject": self.subject,
            "formula": self.formula,
            "numbers": self.numbers,
            "formula_latex": self.formula_latex,
            "numbers_latex": self.numbers_latex,
            "value": plain(self.value),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """One figure: its lines, or what there is to say where no closed formula gives it, and remarks.

    `convention` is `None` where both give the same; `basis` says whether the notes document the figure.
    """

    figure: Figure
    convention: Convention | None
    value: Value
    lines: tuple[Line, ...] = ()
    given: tuple[Given, ...] = ()
    remarks: tuple[str, ...] = ()
    basis: Basis | None = None

    def to_dict(self) -> Json:
        return {
            "figure": self.figure,
            "convention": self.convention,
            "value": plain(self.value),
            "basis": self.basis,
            "lines": [line.to_dict() for line in self.lines],
            "given": [given.to_dict() for given in self.given],
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, slots=True)
class Section:
    """A quantity: its parts, and in a sentence why the conventions differ where they do."""

    title: str
    parts: tuple[Part, ...]
    difference: str | None = None

    def to_dict(self) -> Json:
        return {
            "title": self.title,
            "parts": [part.to_dict() for part in self.parts],
            "difference": self.difference,
        }


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """All about one layer. `chain` lists the blocks, repeats and models around it, outermost first."""

    name: str
    kind: str
    chain: tuple[str, ...]
    inputs: tuple[tuple[str, Shape], ...]
    sections: tuple[Section, ...]

    def to_dict(self) -> Json:
        return {
            "name": self.name,
            "type": self.kind,
            "chain": list(self.chain),
            "inputs": [{"name": name, "shape": list(shape)} for name, shape in self.inputs],
            "sections": [section.to_dict() for section in self.sections],
        }


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """Layers of a net, in order, each explained when it is read; `totals` if the whole net is explained."""

    name: str
    layers: Sequence[LayerExplanation]
    totals: tuple[Section, ...] = ()

    def __repr__(self) -> str:
        what = self.layers[0].name if len(self.layers) == 1 else f"{len(self.layers):,} layers"
        return f"<cnncalc.Explanation of {self.name!r}: {what}>"

    def to_dict(self) -> Json:
        return {
            "schema": SCHEMA,
            "name": self.name,
            "layers": [layer.to_dict() for layer in self.layers],
            "totals": [section.to_dict() for section in self.totals],
        }


def plain(value: Value) -> object:
    """Returns a figure in JSON: a fraction is a string such as `1/2`."""
    if isinstance(value, tuple):
        return [plain(size) for size in value]
    if isinstance(value, Fraction):
        return str(value) if value.denominator != 1 else value.numerator
    return value
