"""The formulas of a layer kind without numbers: what `cnncalc layers KIND` shows.

Nothing is written down here: a kind's example is built with every value of every argument that could change a formula,
and the texts that come out are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import prod

from pydantic.fields import FieldInfo

from cnncalc.analysis.counts import count_layer
from cnncalc.analysis.report import Json
from cnncalc.conventions import notes
from cnncalc.conventions.convention import NOTES, NotesBasis
from cnncalc.errors import Problem, Source
from cnncalc.explaining.reach_words import MERGE_IN_WORDS, PRODUCT_IN_WORDS, reach_in_words
from cnncalc.formula import Symbols, formula
from cnncalc.formula_text import in_symbols
from cnncalc.layers.base import Layer
from cnncalc.layers.costs import ACTIVATION_COSTS
from cnncalc.layers.output_terms import output_terms
from cnncalc.layers.products import Product
from cnncalc.layers.registry import build, layer_class
from cnncalc.layers.validation import words_of
from cnncalc.layers.vocabulary import meaning, parts, writer
from cnncalc.receptive_fields import sliding
from cnncalc.receptive_fields.reach import PerAxis, Pointwise, Reach, Window
from cnncalc.spec.library import parse_document
from cnncalc.spec.values import Bindings, evaluate_mapping
from cnncalc.tensor import Shape, Tensor, axis_names

SAMPLE_SIZE = 64
"""Every size of the input that formulas are read off; no formula depends on it."""
QUANTITIES = (
    "output_shape", "params", "trainable_params", "neurons",
    "notes.receptive_field", "exact.receptive_field", "notes.ops", "exact.macs", "exact.flops",
)  # fmt: skip
"""What formulas are given for, in this order, by the names of a report's columns."""


@dataclass(frozen=True, slots=True)
class SymbolicFormula:
    """A formula in symbols. `subject` is what of the quantity it gives, such as `height` or `kernel`; `condition` says
    for which arguments it holds, empty: always. No formula: the quantity is not counted, or `words` say how it is."""

    quantity: str
    subject: str
    condition: str
    formula: str | None
    latex: str | None
    words: str | None = None

    def to_dict(self) -> Json:
        return {
            "quantity": self.quantity,
            "subject": self.subject,
            "condition": self.condition,
            "formula": self.formula,
            "latex": self.latex,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class SymbolicFormulas:
    """All formulas of a kind, for an input of the shape `reads` (`H x W x C`; empty: it reads nothing), and what their
    symbols mean.
    """

    kind: str
    reads: str
    formulas: tuple[SymbolicFormula, ...]
    meanings: Mapping[str, str]
    basis: NotesBasis

    def to_dict(self) -> Json:
        return {
            "kind": self.kind,
            "reads": self.reads,
            "formulas": [formula.to_dict() for formula in self.formulas],
            "meanings": dict(self.meanings),
            "basis": asdict(self.basis),
        }


def symbolic_formulas(kind: str) -> SymbolicFormulas:
    """Returns the formulas of a layer kind. Raises: KeyError: where there is no such kind."""
    variants = list(_variants(kind))
    plain = variants[0]
    gathered = [(variant.choices, _Formulas(variant.layer, variant.inputs)) for variant in variants]
    subjects = list(dict.fromkeys(key for _, formulas in gathered for key in formulas.texts))
    subjects.sort(key=lambda key: (QUANTITIES.index(key[0]), key[1] == ""))  # what is part of a sum comes before it
    rows: list[SymbolicFormula] = []
    meanings: dict[str, str] = {}
    for subject in subjects:
        found = [(choices, formulas.texts.get(subject)) for choices, formulas in gathered]
        rows += _rows(subject, found)
    for _, formulas in gathered:
        meanings |= formulas.meanings
    return SymbolicFormulas(
        kind=kind,
        reads=" x ".join(parts("x", len(plain.inputs[0].shape))) if plain.inputs else "",
        formulas=tuple(rows),
        meanings={name: meanings[name] for name in meanings},
        basis=count_layer(plain.layer, plain.inputs).basis,
    )


# Variants -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Variant:
    """A layer with one choice for each argument that has several: what the choice is called, by argument."""

    layer: Layer
    inputs: tuple[Tensor, ...]
    choices: Mapping[str, str]


def _variants(kind: str) -> Iterator[_Variant]:
    """Yields the kind with all combinations of arguments, that of the defaults first."""
    layer_type = layer_class(kind)
    written = _example(layer_type.example_item())
    options = {name: [*_choices(name, field, written.get(name, 0))] for name, field in layer_type.arguments().items()}
    several = {name: choices for name, choices in options.items() if len(choices) > 1}
    for combination in product(*several.values()):
        chosen = dict(zip(several, combination, strict=True))
        values = written | {name: value for name, (_, value) in chosen.items()}
        try:
            layer = build(kind, values)
            inputs = _sample_inputs(layer)
        except Problem:
            continue  # arguments that do not go together
        yield _Variant(layer, inputs, {name: label for name, (label, _) in chosen.items()})


def _example(text: str) -> dict[str, object]:
    """Returns the arguments of an item as it stands in a spec."""
    document = parse_document(Source("<example>", f"input: 1\nlayers:\n  - {text}\n"), "<example>", None)
    written = document.spec.layers[0].arguments
    return {name: evaluate_mapping(value, Bindings({}, {}), None) for name, value in written.items()}


def _choices(name: str, field: FieldInfo, given: object) -> Iterator[tuple[str, object]]:
    """Values that may change a formula, each with what the condition calls it, the default first.

    `given` is one for an argument whose default is null.
    """
    default, words = field.default, words_of(field)
    if field.annotation is bool:
        for value in sorted((False, True), key=lambda value: value != default):
            yield f"{name}: {str(value).lower()}", value
    elif name == "padding":
        for word in sorted(words, key=lambda word: word != default):
            yield f"{name}: {word}", word
        yield f"{name} in numbers", 1
    elif name == "activation":
        by_cost: dict[int, list[str]] = {}
        for activation, cost in ACTIVATION_COSTS.items():
            by_cost.setdefault(cost, []).append(activation)
        commonest = max(map(len, by_cost.values()))
        for names in by_cost.values():
            label = "another activation" if len(names) == commonest else f"{name}: {' or '.join(names)}"
            yield label, names[0]
    elif words:
        yield from ((f"{name}: {word}", word) for word in words)
    elif field.annotation is int and default == 1:
        yield f"{name}: 1", 1
        yield f"{name} above 1", 2
    elif default is None:
        yield f"{name}: null", None
        yield f"{name} given", given


def _sample_inputs(layer: Layer) -> tuple[Tensor, ...]:
    """Inputs that the layer takes: a map where it takes one. Raises: Problem."""
    if layer.example_inputs:
        inputs = tuple(map(Tensor, layer.example_inputs))
        layer.output(inputs)
        return inputs
    ranks = (layer.rank,) if layer.rank else (2, 1, 0)
    for rank in ranks:
        tensor = Tensor((SAMPLE_SIZE,) * (rank + 1))
        least = layer.fewest_inputs
        inputs = (tensor,) * least
        try:
            layer.output(inputs)
        except Problem:
            if rank == ranks[-1]:
                raise
        else:
            return inputs
    raise AssertionError("unreachable: the last rank returns or raises")


# Formulas -------------------------------------------------------------------------------------------------------

_Subject = tuple[str, str]
"""Quantity and subject."""


class _Formulas:
    """The texts of one variant by quantity and subject: a formula, or words about it."""

    def __init__(self, layer: Layer, inputs: tuple[Tensor, ...]) -> None:
        self.texts: dict[_Subject, tuple[str | None, str | None, str | None]] = {}
        self.meanings: dict[str, str] = {}
        self.layer = type(layer)
        made = count_layer(layer, inputs)
        y = made.output.shape
        x = inputs[0].shape if inputs else y
        self.shape(layer, inputs, y)
        for weight in made.weights:
            self.add("params", weight.name, weight.text, made.symbols)
        self.add("params", "", made.params.text, made.symbols)
        if made.trainable_params.text != made.params.text:
            self.add("trainable_params", "", made.trainable_params.text, made.symbols)
        self.add("neurons", "", NOTES.neurons[layer.family], made.symbols)
        self.field(layer, made.reach)
        self.add("notes.ops", "", NOTES.ops[layer.family], made.symbols)
        self.add("exact.macs", "", layer.macs(), made.symbols)
        self.add("exact.flops", "", layer.flops(x), made.symbols)

    def shape(self, layer: Layer, inputs: Sequence[Tensor], y: Shape) -> None:
        terms = output_terms(layer, [tensor.shape for tensor in inputs])
        names = [*axis_names(len(y) - 1), "channels" if len(y) > 1 else "length"]
        texts = {term.text for term in terms[:-1]}
        spatial_alike = len(texts) == 1 and len(y) > 2
        for name, term in zip(names, terms, strict=True):
            subject = " and ".join(names[:-1]) if spatial_alike and name != "channels" else name
            self.add("output_shape", subject, term.text, term.symbols)

    def field(self, layer: Layer, reach: Reach) -> None:
        if notes.counts_window(layer, reach):
            for subject, rule in (
                ("first window", formula(NOTES.first_window)),
                ("later windows", formula(NOTES.later_window)),
            ):
                self.add("notes.receptive_field", subject, rule.text, dict.fromkeys(rule.names))
        else:
            self.texts["notes.receptive_field", ""] = (None, None, None)
        if isinstance(reach, PerAxis) and all(isinstance(axis, Window) for axis in reach.axes):
            for subject, rule in (
                ("size", sliding.SIZE),
                ("effective stride", sliding.STRIDE),
                ("offset", sliding.OFFSET),
            ):
                self.add("exact.receptive_field", subject, rule.text, dict.fromkeys(rule.names))
        else:
            words = reach_in_words(reach)
            if layer.merges and isinstance(reach, Pointwise):
                words = PRODUCT_IN_WORDS if isinstance(layer, Product) else MERGE_IN_WORDS
            if layer.most_inputs == 0:
                words = "no input position reaches it"
            self.texts["exact.receptive_field", ""] = (None, None, words)

    def add(self, quantity: str, subject: str, text: str | None, symbols: Symbols) -> None:
        if text is None:
            self.texts[quantity, subject] = (None, None, None)
            return
        parsed, write = formula(text), writer(symbols)
        self.texts[quantity, subject] = (in_symbols(parsed, write), in_symbols(parsed, write, latex=True), None)
        for name in parsed.names:
            value = symbols[name]
            written = ", ".join(parts(name, len(value))) if isinstance(value, tuple) else name
            if written:
                self.meanings[written] = meaning(name, self.layer)


def _rows(
    subject: _Subject, found: Sequence[tuple[Mapping[str, str], tuple[str | None, str | None, str | None] | None]]
) -> Iterator[SymbolicFormula]:
    """Yields one row per text that a subject has, with the arguments for which it has it."""
    relevant = _relevant(found)
    conditions: dict[tuple[str | None, str | None, str | None], dict[tuple[str, ...], None]] = {}
    for choices, texts in found:
        if texts is not None:
            conditions.setdefault(texts, {})[tuple(choices[name] for name in relevant)] = None
    choices_of = [len({choices[name] for choices, _ in found}) for name in relevant]
    for (text, latex, words), cases in conditions.items():
        yield SymbolicFormula(*subject, _condition(list(cases), choices_of), text, latex, words)


def _relevant(found: Sequence[tuple[Mapping[str, str], object]]) -> list[str]:
    """Returns the fewest arguments that decide on the text, found by leaving out one after the other."""
    relevant = list(found[0][0])
    for name in tuple(relevant):
        others = [other for other in relevant if other != name]
        by_others: dict[tuple[str, ...], object] = {}
        keyed = [(tuple(choices[other] for other in others), texts) for choices, texts in found]
        if all(by_others.setdefault(key, texts) == texts for key, texts in keyed):
            relevant = others
    return relevant


def _condition(cases: Sequence[tuple[str, ...]], choices_of: Sequence[int]) -> str:
    """Combinations of choices in words, argument by argument where they are all combinations of something."""
    columns = [list(dict.fromkeys(column)) for column in zip(*cases, strict=True)]
    if len(cases) == prod(map(len, columns)):
        some = [column for column, number in zip(columns, choices_of, strict=True) if len(column) < number]
        return ", ".join(" or ".join(column) for column in some)
    return "; or ".join(", ".join(case) for case in cases)
