"""The `exact` convention's elementwise costs, one table: floating-point operations of inference, per element.

FLOPs of a layer are twice its MACs plus what stands here. What only moves data costs nothing.
"""

from __future__ import annotations

from typing import Final

BIAS: Final = 1
"""Adding a bias, per output element."""
FOLDED_NORMALIZATION: Final = 2
"""BatchNormalization at inference, per element: the moving statistics are folded into one scale and one shift."""
NORMALIZATION: Final = 5
"""Every other normalisation, per element, with scale or shift."""
PLAIN_NORMALIZATION: Final = 4
"""Every other normalisation, per element, with neither scale nor shift."""
POOLING: Final = 1
"""Max, average and adaptive pooling, per element of each window; global pooling, per input element."""
MERGE: Final = 1
"""Merges but Concatenate, per output element, for each input after the first."""
MAXOUT: Final = 1
"""The maximum of Maxout, per unit, for each piece after the first."""
REDUCTION: Final = 1
"""Means, extremes and sums along axes, per input element."""
POINTWISE: Final = 1
"""A pointwise operation by name, per element."""
VECTOR_NORMALIZATION: Final = 3
"""Normalize, per element: one multiplication and one addition for the length, one division."""
RESCALING: Final = 2
"""Rescaling and the preprocessing layer Normalization, per element: one multiplication, one addition."""
SCALE: Final = 1
"""Scale, per element: one multiplication (its bias counts as a bias)."""
LSTM_STATE: Final = 4
"""An LSTM's state, per unit and step: three products with gates and one sum."""
GRU_STATE: Final = 5
"""A GRU's state, per unit and step: the product with the reset gate, a weighted mean of old and new."""
SOFTMAX: Final = 5
"""Softmax, per element: maximum, subtraction, exponential, sum, division."""

INTERPOLATION_COSTS: Final[dict[str, int]] = {
    "nearest": 0,
    "bilinear": 4,
    "trilinear": 8,
    "bicubic": 16,
    "lanczos3": 36,
    "lanczos5": 100,
}
"""Upsampling and resizing, per output element: one for each position that is read, where there are several."""

ACTIVATION_COSTS: Final[dict[str, int]] = {
    "linear": 0,
    "relu": 1,
    "relu6": 1,
    "leaky_relu": 1,
    "elu": 1,
    "selu": 1,
    "celu": 1,
    "gelu": 1,
    "silu": 1,
    "mish": 1,
    "sigmoid": 1,
    "log_sigmoid": 1,
    "hard_sigmoid": 1,
    "hard_silu": 1,
    "tanh": 1,
    "hard_tanh": 1,
    "tanh_shrink": 1,
    "hard_shrink": 1,
    "soft_shrink": 1,
    "threshold": 1,
    "softplus": 1,
    "softsign": 1,
    "squareplus": 1,
    "exponential": 1,
    "sparse_plus": 1,
    "sparse_sigmoid": 1,
    "sparsemax": 1,
    "softmax": SOFTMAX,
    "log_softmax": SOFTMAX,
}
"""Keras's activations by name, and what each costs per element, fused or as a layer of its own."""

ACTIVATION_ALIASES: Final[dict[str, str]] = {"swish": "silu", "hard_swish": "hard_silu"}
"""Keras's other names for the same activations."""
