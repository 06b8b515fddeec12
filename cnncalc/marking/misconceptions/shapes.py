"""Mistakes in output shapes, likelier ones first."""

from __future__ import annotations

from typing import Final

from cnncalc.layers.windows import PADDED_LENGTH, SAME_LENGTH, VALID_LENGTH
from cnncalc.marking.changes import Change
from cnncalc.marking.misconceptions.misconception import (
    CONVOLUTION,
    DENSE,
    DROPOUT,
    FLATTEN,
    POOLING,
    misconception,
    of,
)

SHAPES: Final = (
    misconception(
        "stride-ignored",
        "The stride is left out: the window moves by its stride, not by 1.",
        Change(families=CONVOLUTION, arguments={"strides": 1}),
    ),
    misconception(
        "pool-stride-one",
        "The pool's stride is taken as 1: it is the pool_size unless the layer says otherwise.",
        Change(families=POOLING, arguments={"strides": 1}),
    ),
    misconception(
        "padding-forgotten",
        "The padding is left out: it is added to the input's length on both sides.",
        Change(lengths={"padded": VALID_LENGTH, "ceil": "ceil((N - k_eff)/s) + 1"}),
    ),
    misconception(
        "valid-for-same",
        "This is the shape of padding: valid. The layer has padding: same.",
        Change(lengths={"same": VALID_LENGTH}),
    ),
    misconception(
        "same-for-valid",
        "This is the shape of padding: same. The layer has padding: valid, which adds nothing.",
        Change(lengths={"valid": SAME_LENGTH}),
    ),
    misconception(
        "floor-for-ceil",
        "The length is rounded down: this layer rounds up.",
        Change(lengths={"same": "floor(N/s)", "ceil": PADDED_LENGTH}),
    ),
    misconception(
        "padding-once",
        "The padding is added once: padding p adds p on each side, 2p in all.",
        Change(lengths={"padded": "floor((N + before - k_eff)/s) + 1"}),
        Change(lengths={"same": "floor((N - k_eff + (k_eff - 1)/2)/s) + 1"}),
    ),
    misconception(
        "plus-one-forgotten",
        "The + 1 of the shape formula is missing: the window's first position counts as well.",
        Change(
            lengths={
                "valid": "floor((N - k_eff)/s)",
                "padded": "floor((N + before + after - k_eff)/s)",
                "same": "ceil(N/s) - 1",
                "ceil": "ceil((N + before + after - k_eff)/s)",
            }
        ),
    ),
    misconception(
        "ceil-for-floor",
        "The quotient of the shape formula is rounded up: it is rounded down.",
        Change(
            lengths={
                "valid": "ceil((N - k_eff)/s) + 1",
                "padded": "ceil((N + before + after - k_eff)/s) + 1",
                "same": "ceil((N - 1)/s) + 1",
            }
        ),
    ),
    misconception(
        "pooling-changes-channels",
        "The number of channels changes: pooling works on each channel for itself and keeps them all.",
        Change(families=POOLING, channels="floor(C/s_1)"),
        Change(families=POOLING, channels="floor(C/k_1)"),
        Change(families=POOLING, channels="1"),
    ),
    misconception(
        "height-width-exchanged",
        "Height and width are exchanged: the height comes first.",
        Change(axes="WHC"),
        Change(swapped_field=True),
    ),
    misconception(
        "channels-first",
        "The channels come first here: a shape is written height x width x channels.",
        Change(axes="CHW"),
    ),
    misconception(
        "channels-left-out-of-shape",
        "The channels are missing: a shape is written height x width x channels.",
        Change(axes="HW"),
    ),
    misconception(
        "input-channels-kept",
        "The channels are those of the input: a convolution's output has one channel per filter.",
        Change(families=CONVOLUTION, channels="C"),
    ),
    misconception(
        "flatten-off-by-a-pooling",
        "The map is flattened before the last pooling, or after one too many.",
        Change(families=of("flatten", "dense"), input="map before the last pooling"),
        Change(families=of("flatten", "dense"), input="map after one more pooling"),
    ),
    misconception(
        "flatten-without-channels",
        "The channels are left out: Flatten puts height x width x channels into one vector.",
        Change(families=FLATTEN, shape=("prod(inp)",)),
        Change(families=DENSE, input="positions of the map"),
    ),
    misconception(
        "flatten-ignored",
        "The shape is unchanged: Flatten makes one vector of the map.",
        Change(families=FLATTEN, shape=("x_1", "x_2", "x_3")),
    ),
    misconception(
        "dropout-taken-off",
        "The dropped share is taken off: Dropout changes neither the shape nor the number of neurons or parameters.",
        Change(families=DROPOUT, shape=("(1 - rate)*x_1",)),
        Change(families=DROPOUT, counts={"neurons": "-rate*prod(x)"}),
        Change(families=DROPOUT, counts={"neurons": "(1 - rate)*prod(x)"}),
        Change(families=DROPOUT, counts={"neurons": "rate*prod(x)"}),
        Change(families=DENSE, input="what dropout leaves"),
    ),
)


RARER: Final = (
    misconception(
        "padding-added",
        "A padding of 1 is added where there is none: padding: valid adds nothing.",
        Change(lengths={"valid": "floor((N + 2 - k_eff)/s) + 1"}),
    ),
)
