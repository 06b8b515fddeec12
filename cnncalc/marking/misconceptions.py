"""The usual mistakes, likelier ones first: each a name, a sentence to the student, and the changes that reproduce it.

A mistake is data (see `Change`); the formulas that it leaves alone are those of the layers and of the conventions.
Adding one is an entry here, and a row for each net in which it can be made in tests/check/test_misconceptions.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cnncalc.layers.family import Family
from cnncalc.layers.windows import PADDED_LENGTH, SAME_LENGTH, VALID_LENGTH
from cnncalc.marking.changes import Change
from cnncalc.marking.fields import RIGHT_FIRST, RIGHT_LATER


@dataclass(frozen=True, slots=True)
class Misconception:
    """A usual mistake: a stable id, a sentence to the student, and the changes of formulas that each make it."""

    id: str
    text: str
    changes: tuple[Change, ...]


def misconception(id: str, text: str, *changes: Change) -> Misconception:
    """Makes an entry of the catalogue."""
    return Misconception(id, text, changes)


def of(*families: Family) -> frozenset[Family]:
    """Names the families of layers that a change is about."""
    return frozenset(families)


CONVOLUTION: Final = of("convolution")
POOLING: Final = of("pooling")
BATCH_NORMALIZATION: Final = of("batch normalization")
DENSE: Final = of("dense")
FLATTEN: Final = of("flatten")
DROPOUT: Final = of("dropout")
FULL: Final = frozenset({"Conv1D", "Conv2D", "Conv3D"})
DEPTHWISE: Final = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})
SEPARABLE: Final = frozenset({"SeparableConv1D", "SeparableConv2D"})

CATALOGUE: Final = (
    # Operations
    misconception("ops-without-bias",
        "These are the multiply-accumulates of the kernel: the notes count the bias as well.",
        Change(families=of("convolution", "dense"), counts={"ops": "macs"}, convention="notes")),
    misconception("bias-counted-in-macs",
        "The bias is counted: MACs are the kernel's multiply-accumulates only.",
        Change(families=of("convolution", "dense"), counts={"macs": "macs + prod(y)"}, convention="exact")),
    misconception("two-per-mac",
        "Multiplications and additions are counted apart: here a multiply-accumulate is one operation.",
        Change(families=of("convolution", "dense"), counts={"ops": "2*macs", "macs": "2*macs"}),
        Change(families=of("convolution", "dense"), counts={"ops": "2*ops"})),
    misconception("kernel-not-counted",
        "The kernel is not counted: each output takes one operation per weight of its filter.",
        Change(families=CONVOLUTION, counts={"ops": "neurons*C/g + neurons", "macs": "prod(out)*F*C/g"}),
        Change(families=CONVOLUTION, counts={"ops": "neurons*C/g"}),
        Change(families=CONVOLUTION, counts={"ops": "neurons", "macs": "prod(y)"})),
    misconception("positions-left-out",
        "One position is counted: the filters are applied at every position of the output map.",
        Change(families=CONVOLUTION, counts={"ops": "params", "macs": "macs/prod(out)"})),
    misconception("filters-counted-twice",
        "The filters are counted twice: neurons * params is divided by the filters, as each neuron belongs to one.",
        Change(kinds=FULL, counts={"ops": "neurons*params", "macs": "F*macs"})),
    misconception("pooling-operations-counted",
        "The window's comparisons or additions are counted: this convention does not count them.",
        *(Change(families=POOLING, counts={"ops": text, "macs": text})
          for text in ("prod(k)*prod(y)", "(prod(k) - 1)*prod(y)", "prod(y)", "prod(x)"))),
    misconception("macs-for-flops",
        "These are multiply-accumulates, or twice their number: FLOPs count bias and activation as well.",
        Change(counts={"flops": "2*macs"}),
        Change(counts={"flops": "macs"})),
    # Parameters
    misconception("bias-forgotten",
        "The bias is left out: there is one more parameter per filter or unit.",
        Change(weights={"bias": "0"})),
    misconception("one-bias-in-all",
        "One bias is counted for the whole layer: there is one per filter or unit.",
        Change(weights={"bias": "1"})),
    misconception("bias-per-weight",
        "A bias is counted for every weight: there is one per filter or unit.",
        Change(weights={"bias": "F*prod(k)*C/g"}),
        Change(weights={"bias": "prod(k)*C*m"}),
        Change(weights={"bias": "n_in*units"})),
    misconception("input-channels-left-out",
        "The input's channels are left out: every filter is as deep as its input.",
        Change(families=CONVOLUTION, symbols={"C": "1"})),
    misconception("output-channels-for-input-channels",
        "The output's channels stand where the input's belong: a filter is as deep as its input.",
        Change(families=CONVOLUTION, symbols={"C": "F"})),
    misconception("kernel-not-squared",
        "Only one side of the kernel is counted: it has height x width weights per channel.",
        Change(families=CONVOLUTION, symbols={"k": "k_1"})),
    misconception("filters-not-multiplied",
        "One filter is counted: the layer has as many as it has output channels.",
        Change(families=CONVOLUTION, symbols={"F": "1"}),
        Change(families=CONVOLUTION, weights={"kernel": "prod(k)*C/g"}),
        Change(families=DENSE, symbols={"units": "1"})),
    misconception("grouped-as-full",
        "This counts a full convolution: here every filter sees the channels of its group only.",
        Change(arguments={"groups": 1}),
        Change(kinds=DEPTHWISE, weights={"kernel": "prod(k)*C*F"}, counts={"macs": "prod(out)*prod(k)*C*F"}),
        Change(kinds=SEPARABLE, weights={"depthwise_kernel": "prod(k)*C*F", "pointwise_kernel": "0"},
               counts={"macs": "prod(out)*prod(k)*C*F"})),
    misconception("batchnorm-two-per-channel",
        "Two parameters per channel are counted: gamma, beta, moving mean and moving variance are four.",
        Change(weights={"moving_mean": "0", "moving_variance": "0"})),
    misconception("batchnorm-all-trainable",
        "All of BatchNormalization's parameters are counted as trainable: the two moving statistics are not trained.",
        Change(families=BATCH_NORMALIZATION, counts={"trainable_params": "params"})),
    misconception("batchnorm-per-position",
        "Parameters are counted for every position: BatchNormalization has them per channel.",
        Change(weights=dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), "prod(x)"),
               families=BATCH_NORMALIZATION)),
    misconception("batchnorm-not-counted",
        "BatchNormalization has parameters: four per channel.",
        Change(families=BATCH_NORMALIZATION, counts={"params": "0", "trainable_params": "0"})),
    misconception("pooling-given-parameters",
        "Parameters are counted: a maximum or an average has nothing to learn.",
        *(Change(families=POOLING, counts={"params": text, "trainable_params": text}) for text in
          ("prod(k)*C + C", "prod(k)*C", "prod(k)", "prod(k) + 1", "prod(k)*C*C + C", "prod(k)*C*C", "C"))),
    misconception("dense-from-unflattened",
        "The units are connected to the map's channels only: Dense reads every element of the flattened map.",
        Change(families=DENSE, input="channels of the map")),
    misconception("freezing-ignored",
        "The layer is frozen: its parameters are not trained.",
        Change(counts={"trainable_params": "learned"})),
    misconception("trainable-total-exchanged",
        "Trainable parameters and all parameters are exchanged.",
        Change(counts={"params": "trainable_params"}),
        Change(counts={"trainable_params": "params"}),
        Change(counts={"non_trainable_params": "trainable_params"})),
    # Neurons
    misconception("neurons-without-channels",
        "The channels are left out: every position has a neuron in every channel.",
        Change(families=of("convolution", "pooling"), counts={"neurons": "prod(out)"}),
        Change(families=of("flatten", "activation"), counts={"neurons": "prod(inp)"})),
    misconception("neurons-as-parameters",
        "Neurons and parameters are mixed up: neurons are outputs, parameters are weights.",
        Change(families=of("convolution", "dense", "batch normalization"), counts={"neurons": "params"}),
        Change(counts={"params": "neurons"})),
    misconception("activation-counted-twice",
        "The activation's neurons are counted twice: an activation inside a layer adds none.",
        Change(counts={"neurons": "neurons + fused*neurons"}),
        Change(families=of("activation"), counts={"neurons": "2*neurons"})),
    misconception("neurons-from-input-map",
        "The neurons are counted on the input's map: this layer's output map has another size.",
        Change(families=CONVOLUTION, counts={"neurons": "prod(inp)*F"})),
    misconception("pool-taken-for-2x2",
        "A quarter of the input is only left by a pool of 2x2 with stride 2.",
        Change(families=POOLING, counts={"neurons": "prod(x)/4"})),
    misconception("neurons-where-none-are-added",
        "Neurons are counted: does such a layer add any?",
        Change(families=of("batch normalization", "normalization", "dropout"), counts={"neurons": "prod(x)"})),
    misconception("neurons-not-counted",
        "This layer's outputs are neurons as well.",
        Change(families=of("pooling", "global pooling", "activation", "flatten", "merge", "data movement", "other"),
               counts={"neurons": "0"})),
    # Output shapes
    misconception("stride-ignored",
        "The stride is left out: the window moves by its stride, not by 1.",
        Change(families=CONVOLUTION, arguments={"strides": 1})),
    misconception("pool-stride-one",
        "The pool's stride is taken as 1: it is the pool_size unless the layer says otherwise.",
        Change(families=POOLING, arguments={"strides": 1})),
    misconception("padding-forgotten",
        "The padding is left out: it is added to the input's length on both sides.",
        Change(lengths={"padded": VALID_LENGTH, "ceil": "ceil((N - k_eff)/s) + 1"})),
    misconception("valid-for-same",
        "This is the shape of padding: valid. The layer has padding: same.",
        Change(lengths={"same": VALID_LENGTH})),
    misconception("same-for-valid",
        "This is the shape of padding: same. The layer has padding: valid, which adds nothing.",
        Change(lengths={"valid": SAME_LENGTH})),
    misconception("floor-for-ceil",
        "The length is rounded down: this layer rounds up.",
        Change(lengths={"same": "floor(N/s)", "ceil": PADDED_LENGTH})),
    misconception("padding-once",
        "The padding is added once: padding p adds p on each side, 2p in all.",
        Change(lengths={"padded": "floor((N + before - k_eff)/s) + 1"}),
        Change(lengths={"same": "floor((N - k_eff + (k_eff - 1)/2)/s) + 1"})),
    misconception("plus-one-forgotten",
        "The + 1 of the shape formula is missing: the window's first position counts as well.",
        Change(lengths={"valid": "floor((N - k_eff)/s)", "padded": "floor((N + before + after - k_eff)/s)",
                        "same": "ceil(N/s) - 1", "ceil": "ceil((N + before + after - k_eff)/s)"})),
    misconception("ceil-for-floor",
        "The quotient of the shape formula is rounded up: it is rounded down.",
        Change(lengths={"valid": "ceil((N - k_eff)/s) + 1", "padded": "ceil((N + before + after - k_eff)/s) + 1",
                        "same": "ceil((N - 1)/s) + 1"})),
    misconception("pooling-changes-channels",
        "The number of channels changes: pooling works on each channel for itself and keeps them all.",
        Change(families=POOLING, channels="floor(C/s_1)"),
        Change(families=POOLING, channels="floor(C/k_1)"),
        Change(families=POOLING, channels="1")),
    misconception("height-width-exchanged",
        "Height and width are exchanged: the height comes first.",
        Change(axes="WHC"),
        Change(swapped_field=True)),
    misconception("channels-first",
        "The channels come first here: a shape is written height x width x channels.",
        Change(axes="CHW")),
    misconception("channels-left-out-of-shape",
        "The channels are missing: a shape is written height x width x channels.",
        Change(axes="HW")),
    misconception("input-channels-kept",
        "The channels are those of the input: a convolution's output has one channel per filter.",
        Change(families=CONVOLUTION, channels="C")),
    misconception("flatten-off-by-a-pooling",
        "The map is flattened before the last pooling, or after one too many.",
        Change(families=of("flatten", "dense"), input="map before the last pooling"),
        Change(families=of("flatten", "dense"), input="map after one more pooling")),
    misconception("flatten-without-channels",
        "The channels are left out: Flatten puts height x width x channels into one vector.",
        Change(families=FLATTEN, shape=("prod(inp)",)),
        Change(families=DENSE, input="positions of the map")),
    misconception("flatten-ignored",
        "The shape is unchanged: Flatten makes one vector of the map.",
        Change(families=FLATTEN, shape=("x_1", "x_2", "x_3"))),
    misconception("dropout-taken-off",
        "The dropped share is taken off: Dropout changes neither the shape nor the number of neurons or parameters.",
        Change(families=DROPOUT, shape=("(1 - rate)*x_1",)),
        Change(families=DROPOUT, counts={"neurons": "-rate*prod(x)"}),
        Change(families=DROPOUT, counts={"neurons": "(1 - rate)*prod(x)"}),
        Change(families=DROPOUT, counts={"neurons": "rate*prod(x)"}),
        Change(families=DENSE, input="what dropout leaves")),
    # Receptive fields
    misconception("own-stride-included",
        "The layer's own stride is counted: it spreads what later layers see, not what this one sees. (The notes' "
        "formula counts it.)",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="exact")),
    misconception("own-stride-left-out",
        "The layer's own stride is left out: the notes multiply by all strides from the second layer's to its own.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="notes")),
    misconception("other-convention",
        "This is the other convention's figure: the notes' formula and the exact definition differ.",
        Change(other_convention=True)),
    misconception("first-stride-included",
        "The first layer's stride is counted: the notes' product starts at the second one.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="notes")),
    misconception("first-stride-left-out",
        "The first layer's stride is left out: what every later layer sees is spread by it.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="exact")),
    misconception("strides-left-out-of-field",
        "The kernels are added without the strides: what a layer sees is spread by the strides before it.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)")),
    misconception("kernels-added",
        "The kernels are added up: each later one adds kernel - 1 positions, times the strides.",
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff"),
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*S", convention="notes"),
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*T/s", convention="exact")),
    misconception("kernels-multiplied",
        "The kernels are multiplied: each later one adds to what is seen.",
        Change(first_field=RIGHT_FIRST, later_field="RF*k_eff")),
    misconception("own-window-only",
        "This is the layer's own window: the receptive field reaches back to the input.",
        Change(first_field=RIGHT_FIRST, later_field="k_eff")),
    misconception("field-repeated",
        "The field of an earlier layer is repeated: look whether the notes have an entry for such a layer.",
        Change(first_field=RIGHT_FIRST, later_field=RIGHT_LATER["notes"], convention="notes")),
    misconception("whole-map-forgotten",
        "The field of the last window is repeated: this layer sees all positions of the map at once.",
        Change(first_field=RIGHT_FIRST, later_field=RIGHT_LATER["exact"], convention="exact")),
    # Receptive fields and parameters
    misconception("dilation-ignored",
        "The dilation is left out: a dilated window reaches over dilation*(kernel_size - 1) + 1 positions.",
        Change(arguments={"dilation_rate": 1}),
        Change(first_field="k", later_field="RF + (k - 1)*S", convention="notes"),
        Change(first_field="k", later_field="RF + (k - 1)*T/s", convention="exact")),
    # Rarer
    misconception("padding-added",
        "A padding of 1 is added where there is none: padding: valid adds nothing.",
        Change(lengths={"valid": "floor((N + 2 - k_eff)/s) + 1"})),
    # Sums
    misconception("layer-left-out-of-total",
        "One layer is missing from the sum.",
        Change(total="one layer left out")),
    misconception("shared-weights-counted-twice",
        "Weights that two layers share are counted twice.",
        Change(total="shared weights again")),
    # Answers of the wrong kind: no formula is changed
    misconception("working-right-sum-wrong",
        "The working is right, the number behind it is not: compute it once more."),
    misconception("counted-where-nothing-is",
        "Something is counted: is there anything to count for such a layer?"),
    misconception("nothing-where-something-is",
        "Nothing is counted: for such a layer there is a figure."),
)  # fmt: skip
"""All of them, likelier ones first: of two that explain the same answer, the one that is about its quantity."""

BY_ID: Final = {entry.id: entry for entry in CATALOGUE}
