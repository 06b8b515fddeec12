"""Memory: by hand on nets small enough, and against a simulation of every order of a net's layers."""

from __future__ import annotations

from itertools import permutations

import pytest

import cnncalc
from cnncalc.analysis.analyze import analyzed
from cnncalc.analysis.memory_figures import LayerMemory, Memory, Optimizer, Precision, Setting
from cnncalc.memory.footprint import memory, with_memory
from cnncalc.model import Model


def calculated(model: Model, setting: Setting | None = None) -> Memory:
    return layered(model, setting)[0]


def layered(model: Model, setting: Setting | None = None) -> tuple[Memory, dict[str, LayerMemory]]:
    report, analysis = analyzed(model.expansion, "exact")
    whole, rows = memory(analysis, setting or Setting())
    return whole, {row.name: own for row, own in zip(report.layers, rows, strict=True)}


# Parameters -----------------------------------------------------------------------------------------------------------


# Keras reports 25,636,712 parameters for ResNet50, 53,120 of them not trained.
@pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("float16", 2), ("bfloat16", 2)])
@pytest.mark.parametrize(("optimizer", "slots"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_parameters_gradients_and_state(dtype: Precision, size: int, optimizer: Optimizer, slots: int) -> None:
    found = calculated(cnncalc.load("resnet50"), Setting(dtype, 1, optimizer))
    assert found.parameters == 25_636_712 * size
    assert found.gradients == (25_636_712 - 53_120) * size
    assert found.optimizer_state == slots * (25_636_712 - 53_120) * size
    parts = (found.parameters, found.gradients, found.optimizer_state, found.kept)
    assert found.training == sum(part for part in parts if part is not None)


def test_int8_is_not_trained() -> None:
    found = calculated(cnncalc.load("lenet5"), Setting("int8"))
    assert (found.parameters, found.gradients, found.kept, found.training) == (61_706, None, None, None)
    assert found.inference == 61_706 + 28 * 28 * 6 + 14 * 14 * 6


# The transfer net's VGG16 is frozen: none of its 14,714,688 weights has a gradient or a state.
def test_frozen_weights_have_neither_gradient_nor_state() -> None:
    model = cnncalc.load("transfer_vgg16")
    trainable = model.analyze().totals.trainable_params
    assert trainable is not None
    assert trainable < 14_714_688
    found = calculated(model, Setting(optimizer="adam"))
    assert (found.gradients, found.optimizer_state) == (4 * trainable, 8 * trainable)


def test_shared_weights_are_there_once() -> None:
    whole, rows = layered(
        cnncalc.loads("input: [4, 4, 3]\nlayers: [Conv2D: {filters: 3, kernel_size: 1, name: a}, "
                      "Conv2D: {filters: 3, kernel_size: 1, share: a, name: b}]")
    )  # fmt: skip
    assert (rows["a"].parameters, rows["b"].parameters, whole.parameters) == (48, 0, 48)
    assert whole.gradients == 48


# What the backward pass keeps -----------------------------------------------------------------------------------------

# By hand, in elements: a convolution, a dense layer, a pooling read their inputs again, a ReLU its output, a batch
# normalisation its input and two statistics per channel; a maximum is found again by its index of 8 bytes.
KEPT = """
input: [8, 8, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: conv}
  - BatchNormalization: {name: norm}
  - ReLU: {name: relu}
  - MaxPooling2D: {name: pool}
  - Flatten: {name: flatten}
  - Dropout: {rate: 0.5, name: dropout}
  - Dense: {units: 10, activation: softmax, name: dense}
"""


def test_a_tensor_is_kept_once_and_counts_where_it_is_made() -> None:
    whole, rows = layered(cnncalc.loads(KEPT), Setting(batch=5))
    assert {name: own.kept for name, own in rows.items()} == {
        "input": 5 * 4 * 8 * 8 * 3,  # the convolution's
        "conv": 5 * 4 * 8 * 8 * 4,  # the batch normalisation's
        "norm": 4 * 2 * 4,  # its statistics, once for the batch
        "relu": 5 * 4 * 8 * 8 * 4,  # its own, and the pooling's
        "pool": 5 * 8 * 4 * 4 * 4,  # where the maxima are
        "flatten": 0,
        "dropout": 5 * (4 + 1) * 64,  # the dense layer's, and the mask
        "dense": 5 * 4 * 10,  # the softmax's
    }
    assert whole.kept == sum(own.kept or 0 for own in rows.values())


def test_an_activation_that_reads_its_input_again_keeps_one_more_tensor() -> None:
    text = "input: [8, 8, 3]\nlayers: [Conv2D: {{filters: 4, kernel_size: 1, activation: {}}}]"
    relu, silu, none = (calculated(cnncalc.loads(text.format(name))).kept for name in ("relu", "silu", "linear"))
    assert none == 4 * 8 * 8 * 3
    assert relu == silu == 4 * 8 * 8 * (3 + 4)  # relu: the output; silu: what it reads, which is no layer's output


def test_nothing_is_kept_before_the_first_weights_that_are_trained() -> None:
    rows = layered(cnncalc.load("transfer_vgg16"))[1]
    assert {own.kept for name, own in rows.items() if name.startswith("vgg16/") and "block5_pool" not in name} == {0}


def test_float16_halves_what_is_kept_but_for_masks_and_indices() -> None:
    full, half = (calculated(cnncalc.loads(KEPT), Setting(dtype)).kept for dtype in ("float32", "float16"))
    assert full is not None
    assert half is not None
    indices_and_mask = 8 * 4 * 4 * 4 + 64
    assert 2 * (half - indices_and_mask) == full - indices_and_mask


# The peak of inference ------------------------------------------------------------------------------------------------

BRANCHES = """
input: [8, 8, 2]
layers:
  - Concatenate:
      branches:
        wide:
          - Conv2D: {filters: 16, kernel_size: 1, name: wide1}
          - Conv2D: {filters: 2, kernel_size: 1, strides: 2, name: wide2}
        deep:
          - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: deep1}
          - Conv2D: {filters: 20, kernel_size: 1, name: deep2}
          - MaxPooling2D: {name: deep3}
        shortcut:
          - AveragePooling2D: {name: short}
      name: join
  - Conv2D: {filters: 3, kernel_size: 1, name: last}
"""
SKIP = """
input: [8, 8, 4]
layers:
  - Conv2D: {filters: 8, kernel_size: 1, name: first}
  - MaxPooling2D: {name: small}
  - Conv2D: {filters: 32, kernel_size: 1, name: wide}
  - UpSampling2D: {name: large}
  - Concatenate: {from: [first, large], name: join}
  - Conv2D: {filters: 2, kernel_size: 1, name: last}
"""
HEADS = """
input: [6, 6, 3]
outputs: [small, large]
layers:
  - Conv2D: {filters: 5, kernel_size: 1, name: stem}
  - Conv2D: {filters: 9, kernel_size: 1, name: large}
  - Conv2D: {filters: 30, kernel_size: 1, from: stem, name: middle}
  - Conv2D: {filters: 1, kernel_size: 1, name: small}
"""


@pytest.mark.parametrize("text", [BRANCHES, SKIP, HEADS], ids=["branches", "skip", "heads"])
def test_the_peak_is_that_of_the_best_order_of_the_layers(text: str) -> None:
    model = cnncalc.loads(text)
    found = calculated(model).peak
    assert found.listed == simulated(model, range(1, len(model.expansion.nodes)))
    assert found.best == min(simulated(model, order) for order in orders(model))
    assert found.best_is_proven


def orders(model: Model) -> list[tuple[int, ...]]:
    """Every order of the layers in which each comes behind what it reads."""
    nodes = model.expansion.nodes
    return [
        order
        for order in permutations(range(1, len(nodes)))
        if all(
            source == 0 or order.index(source) < order.index(index) for index in order for source in nodes[index].inputs
        )
    ]


def simulated(model: Model, order: range | tuple[int, ...]) -> int:
    """The most bytes that are alive at once, found the slow way from the report's shapes."""
    rows, nodes = model.analyze().layers, model.expansion.nodes
    sizes = []
    for row in rows:
        size = 4
        for length in row.output_shape:
            size *= length or 0
        sizes.append(size)
    most, exists = 0, {0}
    for position, index in enumerate(order):
        needed = {source for later in order[position:] for source in nodes[later].inputs} | set(model.expansion.outputs)
        exists = (exists & needed) | {index}
        most = max(most, sum(sizes[node] for node in exists))
    return most


def test_views_and_dropout_make_no_tensor_at_inference() -> None:
    text = "input: [8, 8, 4]\nlayers: [Flatten, Dropout: 0.5, Identity, {}Dense: 10]"
    with_views, without = (calculated(cnncalc.loads(text.format(part))) for part in ("", "Reshape: [256], "))
    assert with_views.peak == without.peak
    assert with_views.peak.listed == 4 * (256 + 10)


def test_the_batch_and_the_regions_multiply() -> None:
    text = "input: [8, 8, 4]\nlayers: [RoIAlign: {pool_size: 2, regions: 7}, Flatten, Dense: 3]"
    found = calculated(cnncalc.loads(text), Setting(batch=3)).peak
    assert found.listed == 3 * 4 * (8 * 8 * 4 + 7 * 2 * 2 * 4)


def test_unknown_sizes_are_unknown_bytes() -> None:
    found = calculated(cnncalc.loads("input: [null, null, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3}]"))
    assert found.parameters == 4 * 112
    assert (found.kept, found.peak.listed, found.training, found.inference) == (None, None, None, None)


# In the report --------------------------------------------------------------------------------------------------------


def test_the_report_has_it_where_it_is_asked_for() -> None:
    report, analysis = analyzed(cnncalc.load("lenet5").expansion, "notes")
    assert "memory" not in report.to_dict()["totals"]  # type: ignore[operator]
    asked = with_memory(report, analysis, Setting(optimizer="adam")).to_dict()
    totals = asked["totals"]["memory"]  # type: ignore[index]
    assert totals["optimizer_state"] == 2 * totals["gradients"] == 8 * 61_706
    assert asked["layers"][1]["memory"]["parameters"] == 4 * 156  # type: ignore[index]
