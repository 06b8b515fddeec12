"""Makes exercises: a net is drawn until every question has a key, and every wrong choice is a mistake of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cnncalc.errors import Diagnostic, SpecError, UsageError
from cnncalc.exercise.inverse import inverse_question
from cnncalc.exercise.questions import Choice, Exercise, Question, Topic
from cnncalc.exercise.template import Template, model_of_spec
from cnncalc.explaining.model import explain
from cnncalc.layers.base import Layer
from cnncalc.marking.marks import plain
from cnncalc.marking.misconception import Misconception
from cnncalc.marking.mistaken_values import FIELDS, MistakenValues
from cnncalc.marking.net import Net, layer_in_context
from cnncalc.marking.quantities import Quantity, Value, all_quantities
from cnncalc.model import Model

ASKED: Final[dict[Topic, tuple[str, ...]]] = {
    "shapes": ("output_shape",),
    "params": ("params", "trainable_params"),
    "neurons": ("neurons",),
    "rf": ("notes.receptive_field", "exact.receptive_field"),
    "ops": ("notes.ops", "exact.macs", "exact.flops"),
}
"""The quantities of each topic, those that a course asks."""
_WORDS: Final = {
    "output_shape": "What is the output shape of the layer {layer}?",
    "params": "How many parameters does the layer {layer} have?",
    "trainable_params": "How many trainable parameters does the layer {layer} have?",
    "neurons": "How many neurons does the layer {layer} add?",
    "notes.receptive_field": "What is the receptive field of the layer {layer}, by the course notes' formula?",
    "exact.receptive_field": "What is the receptive field of the layer {layer}, exactly?",
    "notes.ops": "How many operations does the layer {layer} take, by the course notes' formula?",
    "exact.macs": "How many multiply-accumulates (MACs) does the layer {layer} take, exactly?",
    "exact.flops": "How many floating-point operations (FLOPs) does the layer {layer} take, exactly?",
}
_NAMES: Final = {
    "output_shape": "output shape",
    "params": "number of parameters",
    "trainable_params": "number of trainable parameters",
    "neurons": "number of neurons",
    "notes.receptive_field": "receptive field by the course notes' formula",
    "exact.receptive_field": "exact receptive field",
    "notes.ops": "number of operations by the course notes' formula",
    "exact.macs": "number of MACs",
    "exact.flops": "number of FLOPs",
}
_EXPLAINED: Final = {
    "trainable_params": "params", "notes.receptive_field": "receptive_field",
    "exact.receptive_field": "receptive_field", "notes.ops": "ops", "exact.macs": "ops", "exact.flops": "ops",
}  # fmt: skip
_WRONG_CHOICES: Final = 3
_TRIES: Final = 100


class _DrawAgain(Exception):
    """This net does not give a question that was wanted."""


def make_exercise(
    template: Template, seed: int, student: str, level: int, topics: Sequence[Topic], title: str
) -> Exercise:
    """Draws a student's exercise; the same seed and student give the same one.

    Raises: SpecError: if the template gives no net; UsageError: if no net that it gives has such questions.
    """
    problem: SpecError | None = None
    for attempt in range(_TRIES):
        chance = random.Random(f"{seed}/{student}/{attempt}")
        spec = template.draw(chance)
        try:
            model = model_of_spec(spec)
            questions = _Maker(model, chance, level).questions(topics)
        except _DrawAgain:
            continue
        except SpecError as error:
            problem = error
            if not template.ranges:
                break
            continue
        return Exercise(student, title or model.name, spec, _described(model), tuple(questions))
    if problem is not None:
        raise problem
    message = f"no net of the template gives questions on {', '.join(topics)} with {_WRONG_CHOICES} different mistakes"
    raise UsageError(Diagnostic("no-exercise", message, suggestion="other --topics, or a template with more layers"))


def _described(model: Model) -> tuple[tuple[str, ...], ...]:
    """Describes the net for a student: name, kind, arguments, and what a layer reads if it is not the one before."""
    nodes = model.expansion.nodes
    lines = []
    for node in nodes:
        arguments = _arguments(node.layer) if isinstance(node.layer, Layer) else {}
        reads = ", ".join(nodes[source].name for source in node.inputs)
        lines.append((node.name, node.kind, ", ".join(f"{k}={v}" for k, v in arguments.items()), reads))
    return tuple(lines)


def _arguments(layer: Layer) -> dict[str, str]:
    """Lists the arguments that a student has to know; steps of 1 are left out where that is the default."""
    unsaid = {("dilation_rate", "1"), ("activation", "linear")}
    if layer.family != "pooling":  # whose step is its window unless told
        unsaid.add(("strides", "1"))
    texts = {name: _argument(value) for name, value in sorted(layer.model_dump(exclude_defaults=True).items())}
    return {name: text for name, text in texts.items() if (name, text) not in unsaid}


def _argument(value: object) -> str:
    if isinstance(value, tuple) and value and all(entry == value[0] for entry in value):
        return _argument(value[0])
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return str(value)


@dataclass(slots=True)
class _Maker:
    """The making of the questions about one net."""

    model: Model
    chance: random.Random
    level: int
    asked: set[tuple[int, str]] = field(default_factory=set)

    def questions(self, topics: Sequence[Topic]) -> Iterator[Question]:
        """Makes the questions: a direct one per topic, an inverse one, a multiple choice, a mistake to find.

        Raises: _DrawAgain: if the net does not have enough mistakes that differ.
        """
        net = Net(self.model)
        mistaken = MistakenValues(net)
        direct = [topic for topic in topics if topic != "inverse"]
        made: list[Question] = [self._direct(net, f"q{n}", topic) for n, topic in enumerate(direct, 1)]
        if "inverse" in topics:
            made.append(inverse_question(f"q{len(made) + 1}", self.level, self.chance))
        if direct:
            made.append(self._choice(net, mistaken, f"q{len(made) + 1}", direct))
            made += self._find_the_mistake(net, mistaken, len(made) + 1, direct)
        return iter(made)

    def _candidates(self, net: Net, topics: Sequence[Topic]) -> list[tuple[int, Quantity, Topic]]:
        """Lists what can be asked: every figure of a layer that is not 0, in an order drawn by chance."""
        found = [
            (index, all_quantities()[name], topic)
            for topic in topics
            for name in ASKED[topic]
            for index in range(net.layers.inputs, len(net.rows))
            if (right := net.right(index, all_quantities()[name].notes)) and right is not None
        ]
        self.chance.shuffle(found)
        # What was asked already comes last: a choice would give its answer away.
        return sorted(found, key=lambda candidate: (candidate[0], candidate[1].name) in self.asked)

    def _direct(self, net: Net, id: str, topic: Topic) -> Question:
        candidates = self._candidates(net, [topic])
        if not candidates:
            raise _DrawAgain
        index, quantity, _ = candidates[0]
        return self._question(net, id, index, quantity, topic)

    def _question(self, net: Net, id: str, index: int, quantity: Quantity, topic: Topic) -> Question:
        layer = net.layer_name(index)
        self.asked.add((index, quantity.name))
        text = _WORDS[quantity.name].format(layer=layer)
        working = _working(self.model, layer, quantity.name)
        return Question(
            id, "direct", topic, text, quantity.form, net.right(index, quantity.notes), layer, quantity.name, working
        )

    def _choice(self, net: Net, mistaken: MistakenValues, id: str, topics: Sequence[Topic]) -> Question:
        for index, quantity, topic in self._candidates(net, topics):
            wrong = list(_distinct_mistakes(mistaken, index, quantity).items())
            if len({entry.id for _, entry in wrong}) < _WRONG_CHOICES:
                continue
            self.chance.shuffle(wrong)
            drawn = list({entry.id: (value, entry) for value, entry in wrong}.values())[:_WRONG_CHOICES]
            right = net.right(index, quantity.notes)
            entries: list[tuple[Value, Misconception | None]] = [(right, None), *drawn]
            self.chance.shuffle(entries)
            choices = tuple(
                Choice("abcd"[position], _text(value), True, "Right.")
                if entry is None
                else Choice("abcd"[position], _text(value), False, entry.text, entry.id)
                for position, (value, entry) in enumerate(entries)
            )
            if len({choice.text for choice in choices}) < len(choices):
                continue
            key = next(choice.letter for choice in choices if choice.right)
            asked = self._question(net, id, index, quantity, topic)
            return replace(asked, kind="choice", form="text", answer=key, choices=choices)
        raise _DrawAgain

    def _find_the_mistake(
        self, net: Net, mistaken: MistakenValues, number: int, topics: Sequence[Topic]
    ) -> Iterator[Question]:
        """Makes a table with one figure wrong by a misconception: which layer's, and what is right there?"""
        for index, quantity, topic in self._candidates(net, topics):
            wrong = list(_distinct_mistakes(mistaken, index, quantity).items())
            if not wrong:
                continue
            value, entry = self.chance.choice(wrong)
            figures = [net.right(other, quantity.notes) for other in range(len(net.rows))]
            # What another question asks is no part of the table.
            table = tuple(
                (row.name, _text(value) if other == index else _text(figures[other]))
                for other, row in enumerate(net.rows)
                if other == index or (other, quantity.name) not in self.asked
            )
            layer, name = net.layer_name(index), _NAMES[quantity.name]
            table = (("layer", name), *table)
            text = f"One figure in the table is wrong, all others are right. Of which layer is the wrong {name}?"
            yield Question(
                f"q{number}", "find the mistake", topic, text, "text", layer, quantity=quantity.name,
                working=entry.text, table=table,
            )  # fmt: skip
            right = self._question(net, f"q{number + 1}", index, quantity, topic)
            yield replace(right, kind="find the mistake", text=f"What is the right {name} in place of the wrong one?")
            return
        raise _DrawAgain


def _distinct_mistakes(mistaken: MistakenValues, index: int, quantity: Quantity) -> dict[Value, Misconception]:
    """Lists the wrong values of a figure that one misconception alone gives."""
    figure = quantity.notes
    right = mistaken.net.right(index, figure)
    if figure in FIELDS:
        found = list(mistaken.of_field(index, figure))
    else:
        context = layer_in_context(mistaken.net.analysis, index)
        found = [(mistake.misconception, mistake.value) for mistake in mistaken.of_layer(context, figure)]
    by_value: dict[Value, dict[str, Misconception]] = {}
    for misconception, value in found:
        if value != right and _is_plausible(value):
            by_value.setdefault(value, {})[misconception.id] = misconception
    return {value: next(iter(entries.values())) for value, entries in by_value.items() if len(entries) == 1}


def _is_plausible(value: Value) -> bool:
    sizes = value if isinstance(value, tuple) else (value,)
    return bool(sizes) and all(isinstance(size, int) and size > 0 for size in sizes)


def _text(value: Value) -> str:
    if value is None:
        return "-"
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _working(model: Model, layer: str, quantity: str) -> str:
    """Writes how `explain` gets a figure: every line of the calculation, and what it says in words."""
    explained = explain(model, layer, _EXPLAINED.get(quantity, quantity))
    side, _, figure = quantity.rpartition(".")
    parts = [part for section in explained.layers[0].sections for part in section.parts]
    own = [part for part in parts if part.convention in (None, side or None) and figure in (part.figure, quantity)]
    steps = (
        (line.subject or figure, line.formula, line.numbers, str(plain(line.value)))
        for part in own
        for line in part.lines
    )
    calculated = (" = ".join(dict.fromkeys(step)) for step in steps)  # what stands there already is not said again
    return "\n".join([*calculated, *(remark for part in own for remark in part.remarks)])
