"""Each usual mistake, made by hand on three nets: `check` names it first.

The wrong answers are arithmetic written out; the right figures of LeNet-5 are FORMULAS' worked example, those of
AlexNet torchvision's shapes and parameters, those of `mixed.yaml` follow from the same formulas. A row with `behind`
is a mistake that gives the same number there as another one, which comes first; it is still among the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import cnncalc
from cnncalc.marking.marks import Mark
from cnncalc.marking.misconception import Misconception
from cnncalc.marking.misconceptions import CATALOGUE
from cnncalc.marking.mistaken_values import FIELDS, MistakenValues
from cnncalc.marking.net import Net, layer_in_context
from cnncalc.marking.quantities import Figure, Marking, Value

LENET, ALEXNET, MIXED = "lenet5", "alexnet", str(Path(__file__).with_name("mixed.yaml"))


@dataclass(frozen=True)
class Wrong:
    """A wrong answer and the mistake that it comes from."""

    id: str
    net: str
    layer: str
    quantity: str
    answer: object
    convention: Marking = "notes"
    behind: str | None = None


WRONG = [
    # Operations: H' W' F (k k C + 1) in the notes, H' W' F k k C exactly.
    Wrong("ops-without-bias", LENET, "conv2d", "ops", 28 * 28 * 6 * 5 * 5 * 1),
    Wrong("ops-without-bias", ALEXNET, "logits", "ops", 4096 * 1000),
    Wrong("ops-without-bias", MIXED, "dilated", "ops", 13 * 20 * 24 * 3 * 3 * 16),
    Wrong("bias-counted-in-macs", LENET, "conv2d", "ops", 28 * 28 * 6 * (5 * 5 * 1 + 1), "exact"),
    Wrong("bias-counted-in-macs", ALEXNET, "dense_1", "macs", 4096 * 4096 + 4096, "exact"),
    Wrong("bias-counted-in-macs", MIXED, "depthwise", "macs", 13 * 20 * 24 * (3 * 3 + 1), "exact"),
    Wrong("two-per-mac", LENET, "conv2d", "ops", 2 * 28 * 28 * 6 * 5 * 5),
    Wrong("two-per-mac", LENET, "conv2d_1", "ops", 2 * 10 * 10 * 16 * 5 * 5 * 6, "exact"),
    Wrong("two-per-mac", ALEXNET, "dense", "ops", 2 * 9216 * 4096),
    Wrong("two-per-mac", MIXED, "grouped", "ops", 2 * 7 * 10 * 32 * 3 * 3 * 6),
    Wrong("kernel-not-counted", LENET, "conv2d_1", "ops", 10 * 10 * 16 * 6),
    Wrong("kernel-not-counted", ALEXNET, "conv2d", "ops", 55 * 55 * 64),
    Wrong("kernel-not-counted", MIXED, "stem", "ops", 17 * 24 * 16 * 3, "exact"),
    Wrong("positions-left-out", LENET, "conv2d", "ops", 5 * 5 * 1 * 6 + 6),
    Wrong("positions-left-out", ALEXNET, "conv2d_1", "ops", 5 * 5 * 64 * 192 + 192),
    Wrong("positions-left-out", MIXED, "stem", "ops", 3 * 3 * 3 * 16 + 16),
    Wrong("filters-counted-twice", LENET, "conv2d", "ops", 4704 * 156),
    Wrong("filters-counted-twice", ALEXNET, "conv2d", "ops", 55 * 55 * 64 * 23296),
    Wrong("filters-counted-twice", MIXED, "stem", "ops", 6528 * 448),
    Wrong("pooling-operations-counted", LENET, "average_pooling2d", "ops", 2 * 2 * 14 * 14 * 6),
    Wrong("pooling-operations-counted", ALEXNET, "max_pooling2d", "ops", (3 * 3 - 1) * 27 * 27 * 64),
    Wrong("pooling-operations-counted", MIXED, "pool", "ops", 3 * 3 * 4 * 5 * 32),
    Wrong("macs-for-flops", LENET, "conv2d", "flops", 2 * 28 * 28 * 6 * 5 * 5),
    Wrong("macs-for-flops", ALEXNET, "dense", "flops", 9216 * 4096),
    Wrong("macs-for-flops", MIXED, "once", "flops", 2 * 4 * 5 * 8 * 8),
    # Parameters: F (k k C / g + 1); Dense in * out + out.
    Wrong("bias-forgotten", LENET, "conv2d", "params", 5 * 5 * 1 * 6),
    Wrong("bias-forgotten", LENET, "dense", "params", 400 * 120),
    Wrong("bias-forgotten", LENET, "totals", "params", 5 * 5 * 6 + 5 * 5 * 6 * 16 + 400 * 120 + 120 * 84 + 84 * 10),
    Wrong("bias-forgotten", ALEXNET, "conv2d", "params", 11 * 11 * 3 * 64),
    Wrong("bias-forgotten", MIXED, "depthwise", "params", 3 * 3 * 24),
    Wrong("bias-forgotten", MIXED, "stem", "trainable_params", 3 * 3 * 3 * 16),
    Wrong("one-bias-in-all", LENET, "conv2d", "params", 5 * 5 * 1 * 6 + 1),
    Wrong("one-bias-in-all", ALEXNET, "logits", "params", 4096 * 1000 + 1),
    Wrong("one-bias-in-all", MIXED, "grouped", "params", 3 * 3 * 6 * 32 + 1),
    Wrong("bias-per-weight", LENET, "conv2d", "params", 2 * 5 * 5 * 1 * 6),
    Wrong("bias-per-weight", ALEXNET, "dense", "params", 2 * 9216 * 4096),
    Wrong("bias-per-weight", MIXED, "depthwise", "params", 2 * 3 * 3 * 24),
    Wrong("input-channels-left-out", LENET, "conv2d_1", "params", 5 * 5 * 16 + 16),
    Wrong("input-channels-left-out", ALEXNET, "conv2d", "params", 11 * 11 * 64 + 64),
    Wrong("input-channels-left-out", MIXED, "dilated", "params", 3 * 3 * 24 + 24),
    Wrong("output-channels-for-input-channels", LENET, "conv2d", "params", 5 * 5 * 6 * 6 + 6),
    Wrong("output-channels-for-input-channels", ALEXNET, "conv2d_1", "params", 5 * 5 * 192 * 192 + 192),
    Wrong("output-channels-for-input-channels", MIXED, "stem", "params", 3 * 3 * 16 * 16 + 16),
    Wrong("kernel-not-squared", LENET, "conv2d", "params", 5 * 1 * 6 + 6),
    Wrong("kernel-not-squared", ALEXNET, "conv2d_4", "params", 3 * 256 * 256 + 256),
    Wrong("kernel-not-squared", MIXED, "depthwise", "params", 3 * 24 + 24),
    Wrong("filters-not-multiplied", LENET, "conv2d_1", "params", 5 * 5 * 6 + 1),
    Wrong("filters-not-multiplied", ALEXNET, "conv2d", "params", 11 * 11 * 3 + 64),
    Wrong("filters-not-multiplied", MIXED, "logits", "params", 160 + 1),
    Wrong("grouped-as-full", MIXED, "grouped", "params", 3 * 3 * 24 * 32 + 32),
    Wrong("grouped-as-full", MIXED, "depthwise", "params", 3 * 3 * 24 * 24 + 24),
    Wrong("grouped-as-full", MIXED, "depthwise", "macs", 13 * 20 * 24 * 3 * 3 * 24),
    Wrong("batchnorm-two-per-channel", MIXED, "norm", "params", 2 * 16),
    Wrong("batchnorm-all-trainable", MIXED, "norm", "trainable_params", 4 * 16),
    Wrong("batchnorm-per-position", MIXED, "norm", "params", 4 * 17 * 24 * 16),
    Wrong("batchnorm-not-counted", MIXED, "norm", "params", 0),
    Wrong("pooling-given-parameters", LENET, "average_pooling2d", "params", 2 * 2 * 6 + 6),
    Wrong("pooling-given-parameters", ALEXNET, "max_pooling2d", "params", 3 * 3),
    Wrong("pooling-given-parameters", MIXED, "pool", "params", 3 * 3 * 32 * 32 + 32),
    Wrong("dense-from-unflattened", LENET, "dense", "params", 16 * 120 + 120),
    Wrong("dense-from-unflattened", ALEXNET, "dense", "params", 256 * 4096 + 4096),
    Wrong("dense-from-unflattened", MIXED, "logits", "params", 8 * 10 + 10),
    Wrong("freezing-ignored", MIXED, "frozen", "trainable_params", 32 * 8 + 8),
    Wrong("trainable-total-exchanged", LENET, "totals", "non_trainable_params", 61706),
    Wrong("trainable-total-exchanged", ALEXNET, "conv2d", "non_trainable_params", 11 * 11 * 3 * 64 + 64),
    Wrong("trainable-total-exchanged", MIXED, "totals", "params", 7938 - 2 * 16 - 264),
    Wrong("trainable-total-exchanged", MIXED, "totals", "trainable_params", 7938),
    # Neurons: every element of the output.
    Wrong("neurons-without-channels", LENET, "conv2d", "neurons", 28 * 28),
    Wrong("neurons-without-channels", ALEXNET, "max_pooling2d", "neurons", 27 * 27),
    Wrong("neurons-without-channels", MIXED, "act", "neurons", 17 * 24),
    Wrong("neurons-as-parameters", LENET, "conv2d", "neurons", 5 * 5 * 1 * 6 + 6),
    Wrong("neurons-as-parameters", ALEXNET, "conv2d", "params", 55 * 55 * 64),
    Wrong("neurons-as-parameters", MIXED, "stem", "neurons", 3 * 3 * 3 * 16 + 16),
    Wrong("activation-counted-twice", LENET, "conv2d", "neurons", 2 * 28 * 28 * 6),
    Wrong("activation-counted-twice", ALEXNET, "dense", "neurons", 2 * 4096),
    Wrong("activation-counted-twice", MIXED, "act", "neurons", 2 * 17 * 24 * 16),
    Wrong("neurons-from-input-map", LENET, "conv2d", "neurons", 32 * 32 * 6),
    Wrong("neurons-from-input-map", ALEXNET, "conv2d", "neurons", 224 * 224 * 64),
    Wrong("neurons-from-input-map", MIXED, "dilated", "neurons", 17 * 24 * 24),
    Wrong("pool-taken-for-2x2", ALEXNET, "max_pooling2d", "neurons", 55 * 55 * 64 // 4),
    Wrong("pool-taken-for-2x2", MIXED, "pool", "neurons", 7 * 10 * 32 // 4),
    Wrong("neurons-where-none-are-added", ALEXNET, "dropout", "neurons", 9216),
    Wrong("neurons-where-none-are-added", MIXED, "norm", "neurons", 17 * 24 * 16),
    Wrong("neurons-not-counted", LENET, "flatten", "neurons", 0),
    Wrong("neurons-not-counted", ALEXNET, "max_pooling2d", "neurons", 0),
    Wrong("neurons-not-counted", MIXED, "act", "neurons", 0),
    # Shapes: floor((N + 2p - k)/s) + 1.
    Wrong("stride-ignored", ALEXNET, "conv2d", "output_shape", "218x218x64"),  # 224 + 4 - 11 + 1
    Wrong("stride-ignored", MIXED, "stem", "output_shape", "33x48x16"),
    Wrong("pool-stride-one", LENET, "average_pooling2d", "output_shape", "27x27x6"),  # 28 - 2 + 1
    Wrong("pool-stride-one", ALEXNET, "max_pooling2d", "output_shape", "53x53x64"),  # 55 - 3 + 1
    Wrong("pool-stride-one", MIXED, "pool", "output_shape", "7x10x32"),
    Wrong("padding-forgotten", ALEXNET, "conv2d_1", "output_shape", "23x23x192"),  # 27 - 5 + 1
    Wrong("padding-forgotten", MIXED, "grouped", "output_shape", "6x9x32"),
    Wrong("valid-for-same", MIXED, "depthwise", "output_shape", "11x18x24"),  # 13 - 3 + 1, 20 - 3 + 1
    Wrong("same-for-valid", LENET, "conv2d", "output_shape", "32x32x6"),
    Wrong("same-for-valid", ALEXNET, "max_pooling2d", "output_shape", "28x28x64"),  # ceil(55/2)
    Wrong("same-for-valid", MIXED, "dilated", "output_shape", "17x24x24"),
    Wrong("padding-once", ALEXNET, "conv2d_1", "output_shape", "25x25x192"),  # 27 + 2 - 5 + 1
    Wrong("padding-once", MIXED, "depthwise", "output_shape", "12x19x24"),
    Wrong("padding-added", LENET, "conv2d", "output_shape", "30x30x6"),  # 32 + 2 - 5 + 1
    Wrong("padding-added", ALEXNET, "max_pooling2d", "output_shape", "28x28x64", behind="same-for-valid"),
    Wrong("padding-added", MIXED, "dilated", "output_shape", "15x22x24", behind="dilation-ignored"),
    Wrong("plus-one-forgotten", LENET, "conv2d", "output_shape", "27x27x6"),
    Wrong("plus-one-forgotten", ALEXNET, "conv2d_1", "output_shape", "26x26x192"),
    Wrong("plus-one-forgotten", MIXED, "dilated", "output_shape", "12x19x24"),
    Wrong("ceil-for-floor", ALEXNET, "conv2d", "output_shape", "56x56x64"),  # ceil(217/4) + 1
    Wrong("ceil-for-floor", MIXED, "grouped", "output_shape", "7x11x32"),  # ceil(12/2) + 1, ceil(19/2) + 1
    Wrong("floor-for-ceil", MIXED, "pool", "output_shape", "3x5x32"),
    Wrong("dilation-ignored", MIXED, "dilated", "output_shape", "15x22x24"),  # 17 - 3 + 1, 24 - 3 + 1
    Wrong("pooling-changes-channels", LENET, "average_pooling2d", "output_shape", "14x14x3"),
    Wrong("pooling-changes-channels", ALEXNET, "max_pooling2d", "output_shape", "27x27x32"),
    Wrong("pooling-changes-channels", MIXED, "pool", "output_shape", "4x5x16"),
    Wrong("height-width-exchanged", MIXED, "stem", "output_shape", "24x17x16"),
    Wrong("height-width-exchanged", MIXED, "logits", "receptive_field", "59x51", "exact"),
    Wrong("channels-first", LENET, "conv2d", "output_shape", "6x28x28"),
    Wrong("channels-first", ALEXNET, "conv2d", "output_shape", "(64, 55, 55)"),
    Wrong("channels-first", MIXED, "stem", "output_shape", [16, 17, 24]),
    Wrong("channels-left-out-of-shape", LENET, "conv2d", "output_shape", "28x28"),
    Wrong("channels-left-out-of-shape", ALEXNET, "conv2d", "output_shape", "55x55"),
    Wrong("channels-left-out-of-shape", MIXED, "stem", "output_shape", "17x24"),
    Wrong("input-channels-kept", LENET, "conv2d_1", "output_shape", "10x10x6"),
    Wrong("input-channels-kept", ALEXNET, "conv2d", "output_shape", "55x55x3"),
    Wrong("input-channels-kept", MIXED, "stem", "output_shape", "17x24x3"),
    Wrong("flatten-off-by-a-pooling", LENET, "flatten", "output_shape", 10 * 10 * 16),
    Wrong("flatten-off-by-a-pooling", LENET, "dense", "params", (2 * 2 * 16) * 120 + 120),
    Wrong("flatten-off-by-a-pooling", ALEXNET, "flatten", "output_shape", 13 * 13 * 256),
    Wrong("flatten-without-channels", LENET, "flatten", "output_shape", 5 * 5),
    Wrong("flatten-without-channels", ALEXNET, "dense", "params", 6 * 6 * 4096 + 4096),
    Wrong("flatten-without-channels", MIXED, "flatten", "output_shape", 4 * 5),
    Wrong("flatten-ignored", LENET, "flatten", "output_shape", "5x5x16"),
    Wrong("flatten-ignored", ALEXNET, "flatten", "output_shape", "(6, 6, 256)"),
    Wrong("flatten-ignored", MIXED, "flatten", "output_shape", "4x5x8"),
    Wrong("dropout-taken-off", ALEXNET, "dropout", "output_shape", 9216 // 2),
    Wrong("dropout-taken-off", ALEXNET, "dropout", "neurons", -(9216 // 2)),
    Wrong("dropout-taken-off", MIXED, "logits", "params", 120 * 10 + 10),
    # Receptive fields, RF + (k_eff - 1)*S. Notes: S from the second window's stride to its own; exact: those before it.
    Wrong("own-stride-included", LENET, "average_pooling2d", "receptive_field", 5 + 1 * 2, "exact"),
    Wrong("own-stride-included", ALEXNET, "max_pooling2d", "receptive_field", 11 + 2 * 4 * 2, "exact"),
    Wrong("own-stride-included", MIXED, "grouped", "receptive_field", 3 + 4 * 2 + 2 * 2 + 2 * 4, "exact"),
    Wrong("own-stride-left-out", LENET, "average_pooling2d", "receptive_field", 5 + 1),
    Wrong("own-stride-left-out", ALEXNET, "conv2d_1", "receptive_field", 11 + 2 * 1 + 4 * 2),
    Wrong("own-stride-left-out", MIXED, "grouped", "receptive_field", 3 + 4 + 2 + 2 * 1),
    Wrong("own-stride-left-out", LENET, "totals", "receptive_field", 5 + 1 + 4 * 2 + 1 * 2),
    Wrong("other-convention", LENET, "flatten", "receptive_field", 5 + 1 + 4 * 2 + 1 * 2),
    Wrong("other-convention", LENET, "average_pooling2d", "receptive_field", 5 + 1, behind="own-stride-left-out"),
    Wrong("other-convention", ALEXNET, "conv2d_1", "receptive_field", 51),
    Wrong("other-convention", ALEXNET, "conv2d_1", "receptive_field", 23, "exact"),
    Wrong("other-convention", MIXED, "depthwise", "receptive_field", 3 + 4 * 2 + 2 * 2),
    Wrong("first-stride-included", ALEXNET, "max_pooling2d", "receptive_field", 11 + 2 * 4 * 2),
    Wrong("first-stride-included", MIXED, "grouped", "receptive_field", 3 + 4 * 2 + 2 * 2 + 2 * 4),
    Wrong("first-stride-left-out", ALEXNET, "conv2d_1", "receptive_field", 11 + 2 * 1 + 4 * 2, "exact"),
    Wrong("first-stride-left-out", MIXED, "pool", "receptive_field", 3 + 4 + 2 + 2 * 1 + 2 * 2, "exact"),
    Wrong("strides-left-out-of-field", LENET, "conv2d_1", "receptive_field", 5 + 1 + 4),
    Wrong("strides-left-out-of-field", ALEXNET, "conv2d_1", "receptive_field", 11 + 2 + 4),
    Wrong("strides-left-out-of-field", MIXED, "pool", "receptive_field", 3 + 4 + 2 + 2 + 2),
    Wrong("kernels-added", LENET, "conv2d_1", "receptive_field", 5 + 2 + 5),
    Wrong("kernels-added", ALEXNET, "max_pooling2d", "receptive_field", 11 + 3),
    Wrong("kernels-added", MIXED, "dilated", "receptive_field", 3 + 5),
    Wrong("kernels-multiplied", LENET, "conv2d_1", "receptive_field", 5 * 2 * 5),
    Wrong("kernels-multiplied", ALEXNET, "max_pooling2d", "receptive_field", 11 * 3),
    Wrong("kernels-multiplied", MIXED, "dilated", "receptive_field", 3 * 5),
    Wrong("own-window-only", LENET, "conv2d_1", "receptive_field", 5),
    Wrong("own-window-only", ALEXNET, "max_pooling2d", "receptive_field", 3),
    Wrong("own-window-only", MIXED, "pool", "receptive_field", 3),
    Wrong("dilation-ignored", MIXED, "depthwise", "receptive_field", 3 + 2 + 2),
    Wrong("dilation-ignored", MIXED, "dilated", "receptive_field", 3 + 2, behind="own-window-only"),
    Wrong("field-repeated", LENET, "flatten", "receptive_field", 5 + 1 * 2 + 4 * 2 + 1 * 4),
    Wrong("field-repeated", ALEXNET, "flatten", "receptive_field", 71),
    Wrong("field-repeated", MIXED, "norm", "receptive_field", 3, behind="other-convention"),
    Wrong("field-repeated", MIXED, "flatten", "receptive_field", 3 + 4 + 2 + 2 * 2 + 2 * 4),
    Wrong("whole-map-forgotten", LENET, "dense", "receptive_field", 16, "exact"),
    Wrong("whole-map-forgotten", ALEXNET, "dense", "receptive_field", 195, "exact"),
    Wrong("whole-map-forgotten", MIXED, "logits", "receptive_field", 3 + 4 * 2 + 2 * 2 + 2 * 2 + 2 * 4, "exact"),
    # Sums, and answers of the wrong kind.
    Wrong("layer-left-out-of-total", LENET, "totals", "neurons", 9518 - 32 * 32),
    Wrong("layer-left-out-of-total", ALEXNET, "totals", "params", 61_100_840 - 4_097_000),
    Wrong("layer-left-out-of-total", MIXED, "totals", "params", 7938 - 3480),
    Wrong("shared-weights-counted-twice", MIXED, "totals", "params", 7938 + 8 * 8 + 8),
    Wrong("counted-where-nothing-is", LENET, "flatten", "ops", 400),
    Wrong("counted-where-nothing-is", ALEXNET, "dropout", "ops", 9216),
    Wrong("counted-where-nothing-is", MIXED, "dropout", "ops", 160),
    Wrong("working-right-sum-wrong", LENET, "conv2d", "params", "5*5*6 + 6 = 166"),
    Wrong("nothing-where-something-is", LENET, "conv2d", "ops", "-"),
    Wrong("nothing-where-something-is", ALEXNET, "conv2d", "params", "none"),
    Wrong("nothing-where-something-is", MIXED, "stem", "receptive_field", "-"),
]
OF_THE_WRONG_KIND = {
    "counted-where-nothing-is", "nothing-where-something-is", "working-right-sum-wrong", "other-question-of-layer",
    "answer-of-other-layer", "digits-exchanged", "one-digit-off", "power-of-ten", "not-the-sum-of-the-rows",
}  # fmt: skip
FIGURES: tuple[Figure, ...] = (
    "output_shape", "neurons", "params", "trainable_params", "non_trainable_params",
    "notes.receptive_field", "exact.receptive_field", "notes.ops", "macs", "flops",
)  # fmt: skip


@cache
def model(net: str) -> cnncalc.Model:
    return cnncalc.load(net)


def mark(wrong: Wrong) -> Mark:
    sheet = {wrong.layer: {wrong.quantity: wrong.answer}}
    return cnncalc.check(model(wrong.net), sheet, convention=wrong.convention).marks[0]


def label(wrong: Wrong) -> str:
    return f"{wrong.id}-{Path(wrong.net).stem}-{wrong.layer}-{wrong.quantity}-{wrong.convention}"


@pytest.mark.parametrize("wrong", WRONG, ids=label)
def test_the_mistake_is_named_first(wrong: Wrong) -> None:
    marked = mark(wrong)
    ids = [reason.id for reason in marked.reasons]
    assert marked.status == "wrong"
    assert ids[0] == (wrong.behind or wrong.id)
    assert wrong.id in ids


def made_at(mistaken: MistakenValues, index: int | None, figure: Figure) -> Iterator[tuple[Misconception, Value]]:
    """Lists every mistake that can be made at a layer, or in the totals, with what it gives."""
    if index is None:
        return ((misconception, value) for misconception, value, _ in mistaken.of_total(figure))
    if figure in FIELDS:
        return mistaken.of_field(index, figure)
    context = layer_in_context(mistaken.net.analysis, index)
    return ((mistake.misconception, mistake.value) for mistake in mistaken.of_layer(context, figure))


def test_every_mistake_of_the_catalogue_is_made_in_every_net_in_which_it_can_be_made() -> None:
    made = {(wrong.id, wrong.net) for wrong in WRONG}
    shown_here = {wrong.id for wrong in WRONG}  # the others are in test_misconceptions_of_courses.py
    for name in (LENET, ALEXNET, MIXED):
        net = Net(model(name))
        mistaken = MistakenValues(net)
        possible = {
            misconception.id
            for figure in FIGURES
            for index in (*range(len(net.rows)), None)
            for misconception, value in made_at(mistaken, index, figure)
            if value not in (None, net.right(index, figure))
        }
        missing = {id for id in possible if id in shown_here and (id, name) not in made}
        assert not missing, f"{name}: {sorted(missing)}"


def test_ids_are_unique_and_texts_are_sentences() -> None:
    assert len({misconception.id for misconception in CATALOGUE}) == len(CATALOGUE)
    for misconception in CATALOGUE:
        assert misconception.id == misconception.id.lower().replace(" ", "-")
        assert misconception.text[0].isupper()
        assert misconception.text.rstrip(")").endswith((".", "?"))
        assert misconception.changes or misconception.id in OF_THE_WRONG_KIND


@pytest.mark.parametrize(
    ("net", "layer", "quantity", "answer", "ids"),
    [
        # No bias and no input channels: 5*5*16.
        (LENET, "conv2d_1", "params", 5 * 5 * 16, {"bias-forgotten", "input-channels-left-out"}),
        # No stride and no padding: 224 - 11 + 1.
        (ALEXNET, "conv2d", "output_shape", "214x214x64", {"stride-ignored", "padding-forgotten"}),
        # One side of the kernel and one bias: 3*16*24 + 1.
        (MIXED, "dilated", "params", 3 * 16 * 24 + 1, {"kernel-not-squared", "one-bias-in-all"}),
        # No + 1, and the channels of the input: 14 - 5.
        (LENET, "conv2d_1", "output_shape", "9x9x6", {"plus-one-forgotten", "input-channels-kept"}),
    ],
)
def test_two_at_once_are_tried_where_none_alone_fits(
    net: str, layer: str, quantity: str, answer: object, ids: set[str]
) -> None:
    (marked,) = cnncalc.check(model(net), {layer: {quantity: answer}}).marks
    assert {reason.id for reason in marked.reasons} == ids
    assert {reason.together_with for reason in marked.reasons} == ids


def test_several_that_fit_are_a_guess() -> None:
    (marked,) = cnncalc.check(model(LENET), {"average_pooling2d": {"receptive_field": 6}}).marks
    assert marked.guess
    assert [reason.id for reason in marked.reasons] == [
        "own-stride-left-out", "other-convention", "strides-left-out-of-field", "field-off-by-one",
        "one-stride-for-all", "layers-in-reverse",
    ]  # fmt: skip


def test_what_a_student_does_elsewhere_beyond_doubt_comes_first() -> None:
    """150 parameters are a bias forgotten; 117,600 operations alone could be MACs or the same bias."""
    alone = cnncalc.check(model(LENET), {"conv2d": {"ops": 117_600}}).marks[0]
    assert [reason.id for reason in alone.reasons] == ["ops-without-bias", "bias-forgotten"]
    with_another = cnncalc.check(model(LENET), {"conv2d_1": {"params": 2400}, "conv2d": {"ops": 117_600}})
    assert [reason.id for reason in with_another.marks[0].reasons] == ["bias-forgotten", "ops-without-bias"]


def test_a_number_that_no_mistake_gives_has_no_reason() -> None:
    (marked,) = cnncalc.check(model(LENET), {"conv2d": {"params": 123_456_789}}).marks
    assert (marked.status, marked.reasons, marked.guess) == ("wrong", (), False)


def test_a_layer_missing_from_a_sum_is_named() -> None:
    (marked,) = cnncalc.check(model(LENET), {"totals": {"neurons": 9518 - 1024}}).marks
    assert [(reason.id, reason.layer) for reason in marked.reasons] == [("layer-left-out-of-total", "input")]
