"""The usual mistakes, likelier ones first: each a name, a sentence to the student, and the changes that reproduce it.

A mistake is data (see `Change`); the formulas that it leaves alone are those of the layers and of the conventions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cnncalc.layers.base import Family
from cnncalc.layers.windows import PADDED_LENGTH, SAME_LENGTH, VALID_LENGTH
from cnncalc.marking.changes import Change
from cnncalc.marking.fields import RIGHT_FIRST, RIGHT_LATER


@dataclass(frozen=True, slots=True)
class Misconception:
    """A usual mistake. `id` is stable; every one of `changes` is a way to make it."""

    id: str
    text: str
    changes: tuple[Change, ...]


def _of(*families: Family) -> frozenset[Family]:
    return frozenset(families)


_CONVOLUTION = _of("convolution")
_POOLING = _of("pooling")
_BATCH_NORMALIZATION = _of("batch normalization")
_DENSE = _of("dense")
_FLATTEN = _of("flatten")
_DROPOUT = _of("dropout")
_FULL = frozenset({"Conv1D", "Conv2D", "Conv3D"})
_DEPTHWISE = frozenset({"DepthwiseConv1D", "DepthwiseConv2D"})
_SEPARABLE = frozenset({"SeparableConv1D", "SeparableConv2D"})
_NOTES, _EXACT = RIGHT_LATER["notes"], RIGHT_LATER["exact"]

_SHAPES: Final = (
    Misconception(
        "stride-ignored",
        "The stride is left out: the window moves by its stride, not by 1.",
        (Change(families=_CONVOLUTION, arguments={"strides": 1}),),
    ),
    Misconception(
        "pool-stride-one",
        "The pool's stride is taken as 1: it is the pool_size unless the layer says otherwise.",
        (Change(families=_POOLING, arguments={"strides": 1}),),
    ),
    Misconception(
        "padding-forgotten",
        "The padding is left out: it is added to the input's length on both sides.",
        (Change(lengths={"padded": VALID_LENGTH, "ceil": "ceil((N - k_eff)/s) + 1"}),),
    ),
    Misconception(
        "valid-for-same",
        "This is the shape of padding: valid. The layer has padding: same.",
        (Change(lengths={"same": VALID_LENGTH}),),
    ),
    Misconception(
        "same-for-valid",
        "This is the shape of padding: same. The layer has padding: valid, which adds nothing.",
        (Change(lengths={"valid": SAME_LENGTH}),),
    ),
    Misconception(
        "floor-for-ceil",
        "The length is rounded down: this layer rounds up.",
        (Change(lengths={"same": "floor(N/s)", "ceil": PADDED_LENGTH}),),
    ),
    Misconception(
        "padding-once",
        "The padding is added once: padding p adds p on each side, 2p in all.",
        (
            Change(lengths={"padded": "floor((N + before - k_eff)/s) + 1"}),
            Change(lengths={"same": "floor((N - k_eff + (k_eff - 1)/2)/s) + 1"}),
        ),
    ),
    Misconception(
        "plus-one-forgotten",
        "The + 1 of the shape formula is missing: the window's first position counts as well.",
        (
            Change(
                lengths={
                    "valid": "floor((N - k_eff)/s)",
                    "padded": "floor((N + before + after - k_eff)/s)",
                    "same": "ceil(N/s) - 1",
                    "ceil": "ceil((N + before + after - k_eff)/s)",
                }
            ),
        ),
    ),
    Misconception(
        "ceil-for-floor",
        "The quotient of the shape formula is rounded up: it is rounded down.",
        (
            Change(
                lengths={
                    "valid": "ceil((N - k_eff)/s) + 1",
                    "padded": "ceil((N + before + after - k_eff)/s) + 1",
                    "same": "ceil((N - 1)/s) + 1",
                }
            ),
        ),
    ),
    Misconception(
        "pooling-changes-channels",
        "The number of channels changes: pooling works on each channel for itself and keeps them all.",
        (
            Change(families=_POOLING, channels="floor(C/s_1)"),
            Change(families=_POOLING, channels="floor(C/k_1)"),
            Change(families=_POOLING, channels="1"),
        ),
    ),
    Misconception(
        "height-width-exchanged",
        "Height and width are exchanged: the height comes first.",
        (Change(axes="WHC"), Change(swapped_field=True)),
    ),
    Misconception(
        "channels-first",
        "The channels come first here: a shape is written height x width x channels.",
        (Change(axes="CHW"),),
    ),
    Misconception(
        "channels-left-out-of-shape",
        "The channels are missing: a shape is written height x width x channels.",
        (Change(axes="HW"),),
    ),
    Misconception(
        "input-channels-kept",
        "The channels are those of the input: a convolution's output has one channel per filter.",
        (Change(families=_CONVOLUTION, channels="C"),),
    ),
    Misconception(
        "flatten-off-by-a-pooling",
        "The map is flattened before the last pooling, or after one too many.",
        (
            Change(families=_of("flatten", "dense"), input="map before the last pooling"),
            Change(families=_of("flatten", "dense"), input="map after one more pooling"),
        ),
    ),
    Misconception(
        "flatten-without-channels",
        "The channels are left out: Flatten puts height x width x channels into one vector.",
        (Change(families=_FLATTEN, shape=("prod(inp)",)), Change(families=_DENSE, input="positions of the map")),
    ),
    Misconception(
        "flatten-ignored",
        "The shape is unchanged: Flatten makes one vector of the map.",
        (Change(families=_FLATTEN, shape=("x_1", "x_2", "x_3")),),
    ),
    Misconception(
        "dropout-taken-off",
        "The dropped share is taken off: Dropout changes neither the shape nor the number of neurons or parameters.",
        (
            Change(families=_DROPOUT, shape=("(1 - rate)*x_1",)),
            Change(families=_DROPOUT, counts={"neurons": "-rate*prod(x)"}),
            Change(families=_DROPOUT, counts={"neurons": "(1 - rate)*prod(x)"}),
            Change(families=_DROPOUT, counts={"neurons": "rate*prod(x)"}),
            Change(families=_DENSE, input="what dropout leaves"),
        ),
    ),
)

_PARAMETERS: Final = (
    Misconception(
        "bias-forgotten",
        "The bias is left out: there is one more parameter per filter or unit.",
        (Change(weights={"bias": "0"}),),
    ),
    Misconception(
        "one-bias-in-all",
        "One bias is counted for the whole layer: there is one per filter or unit.",
        (Change(weights={"bias": "1"}),),
    ),
    Misconception(
        "bias-per-weight",
        "A bias is counted for every weight: there is one per filter or unit.",
        (
            Change(weights={"bias": "F*prod(k)*C/g"}),
            Change(weights={"bias": "prod(k)*C*m"}),
            Change(weights={"bias": "n_in*units"}),
        ),
    ),
    Misconception(
        "input-channels-left-out",
        "The input's channels are left out: every filter is as deep as its input.",
        (Change(families=_CONVOLUTION, symbols={"C": "1"}),),
    ),
    Misconception(
        "output-channels-for-input-channels",
        "The output's channels stand where the input's belong: a filter is as deep as its input.",
        (Change(families=_CONVOLUTION, symbols={"C": "F"}),),
    ),
    Misconception(
        "kernel-not-squared",
        "Only one side of the kernel is counted: it has height x width weights per channel.",
        (Change(families=_CONVOLUTION, symbols={"k": "k_1"}),),
    ),
    Misconception(
        "filters-not-multiplied",
        "One filter is counted: the layer has as many as it has output channels.",
        (
            Change(families=_CONVOLUTION, symbols={"F": "1"}),
            Change(families=_CONVOLUTION, weights={"kernel": "prod(k)*C/g"}),
            Change(families=_DENSE, symbols={"units": "1"}),
        ),
    ),
    Misconception(
        "grouped-as-full",
        "This counts a full convolution: here every filter sees the channels of its group only.",
        (
            Change(arguments={"groups": 1}),
            Change(
                kinds=_DEPTHWISE,
                weights={"kernel": "prod(k)*C*F"},
                counts={"macs": "prod(out)*prod(k)*C*F"},
            ),
            Change(
                kinds=_SEPARABLE,
                weights={"depthwise_kernel": "prod(k)*C*F", "pointwise_kernel": "0"},
                counts={"macs": "prod(out)*prod(k)*C*F"},
            ),
        ),
    ),
    Misconception(
        "batchnorm-two-per-channel",
        "Two parameters per channel are counted: gamma, beta, moving mean and moving variance are four.",
        (Change(weights={"moving_mean": "0", "moving_variance": "0"}),),
    ),
    Misconception(
        "batchnorm-all-trainable",
        "All of BatchNormalization's parameters are counted as trainable: the two moving statistics are not trained.",
        (Change(families=_BATCH_NORMALIZATION, counts={"trainable_params": "params"}),),
    ),
    Misconception(
        "batchnorm-per-position",
        "Parameters are counted for every position: BatchNormalization has them per channel.",
        (
            Change(
                weights=dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), "prod(x)"),
                families=_BATCH_NORMALIZATION,
            ),
        ),
    ),
    Misconception(
        "batchnorm-not-counted",
        "BatchNormalization has parameters: four per channel.",
        (Change(families=_BATCH_NORMALIZATION, counts={"params": "0", "trainable_params": "0"}),),
    ),
    Misconception(
        "pooling-given-parameters",
        "Parameters are counted: a maximum or an average has nothing to learn.",
        tuple(
            Change(families=_POOLING, counts={"params": text, "trainable_params": text})
            for text in ("prod(k)*C + C", "prod(k)*C", "prod(k)", "prod(k) + 1", "prod(k)*C*C + C", "prod(k)*C*C", "C")
        ),
    ),
    Misconception(
        "dense-from-unflattened",
        "The units are connected to the map's channels only: Dense reads every element of the flattened map.",
        (Change(families=_DENSE, input="channels of the map"),),
    ),
    Misconception(
        "freezing-ignored",
        "The layer is frozen: its parameters are not trained.",
        (Change(counts={"trainable_params": "learned"}),),
    ),
    Misconception(
        "trainable-total-exchanged",
        "Trainable parameters and all parameters are exchanged.",
        (
            Change(counts={"params": "trainable_params"}),
            Change(counts={"trainable_params": "params"}),
            Change(counts={"non_trainable_params": "trainable_params"}),
        ),
    ),
)

_NEURONS: Final = (
    Misconception(
        "neurons-without-channels",
        "The channels are left out: every position has a neuron in every channel.",
        (
            Change(families=_of("convolution", "pooling"), counts={"neurons": "prod(out)"}),
            Change(families=_of("flatten", "activation"), counts={"neurons": "prod(inp)"}),
        ),
    ),
    Misconception(
        "neurons-as-parameters",
        "Neurons and parameters are mixed up: neurons are outputs, parameters are weights.",
        (
            Change(families=_of("convolution", "dense", "batch normalization"), counts={"neurons": "params"}),
            Change(counts={"params": "neurons"}),
        ),
    ),
    Misconception(
        "activation-counted-twice",
        "The activation's neurons are counted twice: an activation inside a layer adds none.",
        (
            Change(counts={"neurons": "neurons + fused*neurons"}),
            Change(families=_of("activation"), counts={"neurons": "2*neurons"}),
        ),
    ),
    Misconception(
        "neurons-from-input-map",
        "The neurons are counted on the input's map: this layer's output map has another size.",
        (Change(families=_CONVOLUTION, counts={"neurons": "prod(inp)*F"}),),
    ),
    Misconception(
        "pool-taken-for-2x2",
        "A quarter of the input is only left by a pool of 2x2 with stride 2.",
        (Change(families=_POOLING, counts={"neurons": "prod(x)/4"}),),
    ),
    Misconception(
        "neurons-where-none-are-added",
        "Neurons are counted: does such a layer add any?",
        (
            Change(
                families=_of("batch normalization", "normalization", "dropout"),
                counts={"neurons": "prod(x)"},
            ),
        ),
    ),
    Misconception(
        "neurons-not-counted",
        "This layer's outputs are neurons as well.",
        (
            Change(
                families=_of("pooling", "global pooling", "activation", "flatten", "merge", "data movement", "other"),
                counts={"neurons": "0"},
            ),
        ),
    ),
)

_OPERATIONS: Final = (
    Misconception(
        "ops-without-bias",
        "These are the multiply-accumulates of the kernel: the notes count the bias as well.",
        (Change(families=_of("convolution", "dense"), counts={"ops": "macs"}, convention="notes"),),
    ),
    Misconception(
        "bias-counted-in-macs",
        "The bias is counted: MACs are the kernel's multiply-accumulates only.",
        (Change(families=_of("convolution", "dense"), counts={"macs": "macs + prod(y)"}, convention="exact"),),
    ),
    Misconception(
        "two-per-mac",
        "Multiplications and additions are counted apart: here a multiply-accumulate is one operation.",
        (
            Change(families=_of("convolution", "dense"), counts={"ops": "2*macs", "macs": "2*macs"}),
            Change(families=_of("convolution", "dense"), counts={"ops": "2*ops"}),
        ),
    ),
    Misconception(
        "kernel-not-counted",
        "The kernel is not counted: each output takes one operation per weight of its filter.",
        (
            Change(
                families=_CONVOLUTION,
                counts={"ops": "neurons*C/g + neurons", "macs": "prod(out)*F*C/g"},
            ),
            Change(families=_CONVOLUTION, counts={"ops": "neurons*C/g"}),
            Change(families=_CONVOLUTION, counts={"ops": "neurons", "macs": "prod(y)"}),
        ),
    ),
    Misconception(
        "positions-left-out",
        "One position is counted: the filters are applied at every position of the output map.",
        (Change(families=_CONVOLUTION, counts={"ops": "params", "macs": "macs/prod(out)"}),),
    ),
    Misconception(
        "filters-counted-twice",
        "The filters are counted twice: neurons * params is divided by the filters, as each neuron belongs to one.",
        (Change(kinds=_FULL, counts={"ops": "neurons*params", "macs": "F*macs"}),),
    ),
    Misconception(
        "pooling-operations-counted",
        "The window's comparisons or additions are counted: this convention does not count them.",
        tuple(
            Change(families=_POOLING, counts={"ops": text, "macs": text})
            for text in ("prod(k)*prod(y)", "(prod(k) - 1)*prod(y)", "prod(y)", "prod(x)")
        ),
    ),
    Misconception(
        "macs-for-flops",
        "These are multiply-accumulates, or twice their number: FLOPs count bias and activation as well.",
        (Change(counts={"flops": "2*macs"}), Change(counts={"flops": "macs"})),
    ),
)

_FIELDS: Final = (
    Misconception(
        "own-stride-included",
        "The layer's own stride is counted: it spreads what later layers see, not what this one sees. "
        "(The notes' formula counts it.)",
        (Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="exact"),),
    ),
    Misconception(
        "own-stride-left-out",
        "The layer's own stride is left out: the notes multiply by all strides from the second layer's to its own.",
        (Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="notes"),),
    ),
    Misconception(
        "other-convention",
        "This is the other convention's figure: the notes' formula and the exact definition differ.",
        (Change(other_convention=True),),
    ),
    Misconception(
        "first-stride-included",
        "The first layer's stride is counted: the notes' product starts at the second one.",
        (Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="notes"),),
    ),
    Misconception(
        "first-stride-left-out",
        "The first layer's stride is left out: what every later layer sees is spread by it.",
        (Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="exact"),),
    ),
    Misconception(
        "strides-left-out-of-field",
        "The kernels are added without the strides: what a layer sees is spread by the strides before it.",
        (Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)"),),
    ),
    Misconception(
        "kernels-added",
        "The kernels are added up: each later one adds kernel - 1 positions, times the strides.",
        (
            Change(first_field=RIGHT_FIRST, later_field="RF + k_eff"),
            Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*S", convention="notes"),
            Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*T/s", convention="exact"),
        ),
    ),
    Misconception(
        "kernels-multiplied",
        "The kernels are multiplied: each later one adds to what is seen.",
        (Change(first_field=RIGHT_FIRST, later_field="RF*k_eff"),),
    ),
    Misconception(
        "own-window-only",
        "This is the layer's own window: the receptive field reaches back to the input.",
        (Change(first_field=RIGHT_FIRST, later_field="k_eff"),),
    ),
    Misconception(
        "field-repeated",
        "The field of an earlier layer is repeated: look whether the notes have an entry for such a layer.",
        (Change(first_field=RIGHT_FIRST, later_field=_NOTES, convention="notes"),),
    ),
    Misconception(
        "whole-map-forgotten",
        "The field of the last window is repeated: this layer sees all positions of the map at once.",
        (Change(first_field=RIGHT_FIRST, later_field=_EXACT, convention="exact"),),
    ),
)

_RARER: Final = (
    Misconception(
        "dilation-ignored",
        "The dilation is left out: a dilated window reaches over dilation*(kernel_size - 1) + 1 positions.",
        (
            Change(arguments={"dilation_rate": 1}),
            Change(first_field="k", later_field="RF + (k - 1)*S", convention="notes"),
            Change(first_field="k", later_field="RF + (k - 1)*T/s", convention="exact"),
        ),
    ),
    Misconception(
        "padding-added",
        "A padding of 1 is added where there is none: padding: valid adds nothing.",
        (Change(lengths={"valid": "floor((N + 2 - k_eff)/s) + 1"}),),
    ),
)

_SUMS: Final = (
    Misconception(
        "layer-left-out-of-total",
        "One layer is missing from the sum.",
        (Change(total="one layer left out"),),
    ),
    Misconception(
        "shared-weights-counted-twice",
        "Weights that two layers share are counted twice.",
        (Change(total="shared weights again"),),
    ),
)

CATALOGUE: Final[tuple[Misconception, ...]] = (
    *_OPERATIONS, *_PARAMETERS, *_NEURONS, *_SHAPES, *_FIELDS, *_RARER, *_SUMS,
    Misconception(
        "counted-where-nothing-is",
        "Something is counted: is there anything to count for such a layer?",
        (),
    ),
    Misconception(
        "nothing-where-something-is",
        "Nothing is counted: for such a layer there is a figure.",
        (),
    ),
)  # fmt: skip
"""All of them, likelier ones first: of two that explain the same answer, the one that is about its quantity.

The last two are about answers of the wrong kind and change no formula.
"""
BY_ID: Final = {misconception.id: misconception for misconception in CATALOGUE}
