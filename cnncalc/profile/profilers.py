"""The profilers' tables: what each counts for a layer, as formulas. Read in their source and measured by running them.

N elements of a layer's output are `prod(y)`, of its input `prod(x)`. What a table has as `"0"` the profiler is known to
count as 0 (it ignores the operation, or has it in its list as free); `None` is not known, and is said to be so.
"""

from __future__ import annotations

from typing import Final

from cnncalc.errors import Diagnostic, UsageError, nearest, quote
from cnncalc.profile.counter import Counter, Rules

_FREE: Final[Rules] = dict.fromkeys(
    (
        "input", "pooling", "global pooling", "activation", "dropout", "flatten", "merge", "data movement",
        "Rescaling", "Scale", "LayerScale",
    ),
    "0",
)  # fmt: skip
"""What a profiler counts nothing for, by family or kind, unless its table says otherwise."""

_NOT_IN_PYTORCH: Final[Rules] = dict.fromkeys(
    (
        "squareplus", "exponential", "sparse_plus", "sparse_sigmoid", "sparsemax", "relu with several options",
        "lanczos3", "lanczos5", "antialias",
    )
)  # fmt: skip
"""PyTorch has no module for these: the count depends on how somebody writes them."""

_PYTORCH: Final[Rules] = _FREE | _NOT_IN_PYTORCH | {"UnitNormalization": "0", "Normalization": "0"}
"""Arithmetic that is written with operators, as `x + y` and `x / x.norm()`, is seen by none of PyTorch's profilers."""

TORCHINFO: Final = Counter(
    name="torchinfo",
    calls="mult-adds",
    unit="MACs",
    why="parameters, biases included, times the positions that use them; those of normalisation and PReLU once",
    rules=_PYTORCH | {
        "convolution": "prod(out)*params",
        "dense": "prod(pos)*params",
        "Maxout": "params",
        "batch normalization": "learned",
        "normalization": "learned",
        "PReLU": "params",
        "Embedding": "params",
    },
)  # fmt: skip
TORCHINFO_1_8: Final = TORCHINFO._replace(
    name="torchinfo-1.8.0",
    why="as torchinfo, but the parameters of a Linear once, however many positions it is applied to",
    rules=TORCHINFO.rules | {"dense": "params"},
)
FVCORE: Final = Counter(
    name="fvcore",
    calls="flops",
    unit="MACs",
    why="MACs without biases, and normalisation, average pooling and upsampling besides",
    rules=_PYTORCH | {
        "convolution": "macs",
        "dense": "macs",
        "batch normalization": "(1 + affine)*prod(x)",
        "normalization": "(4 + affine)*prod(x)",
        "LocalResponseNormalization": "0",
        "AdaptiveAveragePooling2D": "prod(x)",
        "GlobalAveragePooling2D": "prod(x)",
        "UpSampling2D": "prod(y)",
        "Resizing": "prod(y)",
        "bilinear": "4*prod(y)",
        "bicubic": "0",
    },
)  # fmt: skip
TORCH: Final = Counter(
    name="torch",
    calls="flops",
    unit="FLOPs",
    why="twice the MACs of convolutions and matrix products: no bias, nothing else",
    rules=_PYTORCH | {
        "convolution": "2*macs",
        "dense": "2*macs",
        "batch normalization": "0",
        "normalization": "0",
    },
)  # fmt: skip
CALFLOPS: Final = Counter(
    name="calflops",
    calls="FLOPs",
    unit="FLOPs",
    why="twice the MACs, biases of convolutions (not of Linear), normalisation, and the input of pools and activations",
    rules=_PYTORCH | {
        "convolution": "2*macs + bias*prod(y)",
        "transposed convolution": "2*prod(inp)*prod(k)*C*floor(F/(g*g)) + bias*F/g*prod(convolved)",
        "dense": "2*macs",
        "batch normalization": "(1 + affine)*prod(x)",
        "normalization": "(4 + affine)*prod(x)",
        "LocalResponseNormalization": "4*prod(x) + (neighbours - 1)*prod(inp)",
        "pooling": "prod(x)",
        "region pooling": "0",
        "global pooling": "prod(x)",
        "UpSampling1D": "prod(x)",
        "UpSampling2D": "prod(x)",
        "UpSampling3D": "prod(x)",
        "Resizing": "prod(out)",
        "PReLU": "prod(y)",
        "relu": "prod(y)",
        "leaky_relu": "prod(y)",
        "elu": "prod(y)",
        "gelu": "prod(y)",
        "silu": "prod(y)",
        "softmax": "prod(y)",
    },
)  # fmt: skip
CALFLOPS_MACS: Final = Counter(
    name="calflops-macs",
    calls="MACs",
    unit="MACs",
    why="the MACs of convolutions and Linear, no bias; a transposed convolution with groups is divided by them twice",
    rules=_PYTORCH | {
        "convolution": "macs",
        "transposed convolution": "prod(inp)*prod(k)*C*floor(F/(g*g))",
        "dense": "macs",
        "batch normalization": "0",
        "normalization": "0",
    },
)  # fmt: skip
PTFLOPS: Final = Counter(
    name="ptflops",
    calls="MACs",
    unit="MACs",
    why="MACs with biases, normalisation, and pools, ReLU and upsampling twice: as a module and as a function",
    rules=_PYTORCH | {
        "convolution": "macs + bias*prod(y)",
        "dense": "macs + bias*prod(y)",
        "Maxout": "macs + pieces*units",
        "batch normalization": "(1 + affine)*prod(x)",
        "GroupNormalization": "(1 + affine)*prod(x)",
        "LayerNormalization": "prod(x)",
        "LocalResponseNormalization": "4*prod(x) + (neighbours - 1)*prod(inp)",
        "pooling": "2*prod(x)",
        "region pooling": "0",
        "global pooling": "2*prod(x)",
        "resizing": "2*prod(y)",
        "PReLU": "2*prod(y)",
        "relu": "2*prod(y)",
        "relu6": "prod(y)",
        "leaky_relu": "prod(y)",
        "elu": "2*prod(y)",
        "gelu": "2*prod(y)",
        "silu": "prod(y)",
        "softmax": "prod(y)",
    },
)  # fmt: skip
THOP: Final = Counter(
    name="thop",
    calls="MACs",
    unit="MACs",
    why="MACs without biases (a transposed convolution by its output), batch normalisation at 4 per element, pools",
    rules=_PYTORCH | {
        "convolution": "macs",
        "transposed convolution": "prod(y)*prod(k)*C/g",
        "dense": "macs",
        "batch normalization": "2*(1 + affine)*prod(x)",
        "LayerNormalization": "2*(1 + affine)*prod(x)",
        "GroupNormalization": "0",
        "LocalResponseNormalization": "0",
        "average pooling": "prod(y)",
        "adaptive average pooling": "prod(x) + prod(y)",
        "global pooling": "prod(x) + C",
        "global max pooling": "0",
        "resizing": "prod(y)",
        "bilinear": "11*prod(y)",
        "bicubic": "259*prod(y)",
        "trilinear": "0",
        "PReLU": "prod(y)",
        "softmax": "3*prod(y) - prod(y)/features",
    },
)  # fmt: skip
TENSORFLOW: Final = Counter(
    name="tensorflow",
    calls="float_ops",
    unit="FLOPs",
    why="twice the MACs, biases, pools, means, merges, softmax and batch normalisation; 3D convolutions count as 0",
    rules=_FREE | {
        "convolution": "2*macs + bias*prod(y)",
        "Conv3D": "bias*prod(y)",
        "transposed convolution": "floor(2*prod(out)*prod(k)*C*F/g/prod(s)) + bias*prod(y)",
        "Conv3DTranspose": "bias*prod(y)",
        "dense": "2*macs + bias*prod(y)",
        "Maxout": None,
        "batch normalization": "2*prod(x) + (5 + affine)*C",
        "normalization": None,
        "pooling": "prod(k)*prod(y)",
        "MaxPooling3D": "0",
        "AveragePooling3D": "0",
        "adaptive average pooling": None,
        "adaptive max pooling": None,
        "region pooling": None,
        "global pooling": "prod(x)",
        "global max pooling": "0",
        "merge": "(inputs - 1)*prod(y)",
        "Average": "inputs*prod(y)",
        "Rescaling": "2*prod(y)",
        "Scale": None,
        "LayerScale": None,
        # Only functions that are one operation of TensorFlow's are known; its list has Softmax and none of the others.
        "activation": None,
        **dict.fromkeys(
            (
                "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "sigmoid", "tanh", "softplus", "softsign",
                "exponential", "log_softmax",
            ),
            "0",
        ),
        "PReLU": None,
        "elu with a factor": None,
        "softmax": "5*prod(y)",
    },
)  # fmt: skip
TENSORFLOW_KERAS2: Final = TENSORFLOW._replace(
    name="tensorflow-keras2",
    why="as tensorflow, but of Keras 2's operations: neither batch normalisation of maps nor sums are counted",
    rules=TENSORFLOW.rules | {
        "batch normalization": "(1 - fused)*(prod(x) + (4 + affine)*C)",
        "Conv3D": "2*macs + bias*prod(y)",
        "Add": "0",
        "Average": "prod(y)",
        "Rescaling": "prod(y)",
    },
)  # fmt: skip
DARKNET: Final = Counter(
    name="darknet",
    calls="BFLOPS",
    unit="FLOPs",
    why="twice the MACs of convolutions (of connected layers none), the window of each pooled element, and shortcuts",
    rules={
        **dict.fromkeys(
            ("input", "dense", "activation", "batch normalization", "dropout", "flatten", "data movement"), "0"
        ),
        # What darknet has no layer for is not known.
        **dict.fromkeys(
            (
                "convolution", "pooling", "global pooling", "normalization", "merge", "resizing", "other", "PReLU",
                "relu with several options",
            )
        ),
        "Conv2D": "2*macs",
        "DepthwiseConv2D": "2*macs",
        "GlobalAveragePooling2D": "0",
        "MaxPooling2D": "prod(k)*prod(y)",
        "AveragePooling2D": "prod(k)*prod(y)",
        "Add": "(inputs - 1)*prod(y)",
        "UpSampling2D": "0",
        "bilinear": None,
        "bicubic": None,
    },
)  # fmt: skip

COUNTERS: Final = {
    counter.name: counter
    for counter in (
        TORCHINFO, TORCHINFO_1_8, FVCORE, TORCH, CALFLOPS, CALFLOPS_MACS, PTFLOPS, THOP, TENSORFLOW, TENSORFLOW_KERAS2,
        DARKNET,
    )
}  # fmt: skip
"""Every profiler by name, in the order in which they are shown."""

ALIASES: Final = {
    "deepspeed": "calflops",
    "deepspeed-macs": "calflops-macs",
    "flop_counter": "torch",
    "torch.utils.flop_counter": "torch",
    "pytorch-opcounter": "thop",
    "tf": "tensorflow",
    "keras2": "tensorflow-keras2",
    "keras-flops": "tensorflow-keras2",
}
"""Other names: DeepSpeed's profiler has the rules of calflops, which comes from it."""


def find_counter(name: str) -> Counter:
    """Returns a profiler by its name, or by another name of it. Raises: UsageError: `unknown-counter`."""
    lowered = name.lower()
    found = COUNTERS.get(ALIASES.get(lowered, lowered))
    if found is None:
        raise UsageError(
            Diagnostic(
                "unknown-counter",
                f"there is no counter {quote(name)}",
                expected=f"one of {', '.join(COUNTERS)}",
                found=quote(name),
                suggestion=nearest(name, [*COUNTERS, *ALIASES]),
            )
        )
    return found
