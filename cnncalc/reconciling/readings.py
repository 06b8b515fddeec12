"""What a number may be a number of: readings of a net, as sums of what its layers have.

Data only. A reading's cost says how far-fetched it is; of two that give a number, the cheaper is the likelier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from cnncalc.numbers_as_written import Kind
from cnncalc.profile.profilers import CALFLOPS_MACS, COUNTERS, TORCH, TORCHINFO_1_8

Measure = str
"""The name of something that every layer has a number of: see `cnncalc.reconciling.measures`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A quantity of a net: `terms` are measures of its layers, each with a factor. Bytes are those of float32."""

    quantity: str
    phrase: str
    terms: Mapping[Measure, int | Fraction]
    cost: int
    kind: Kind = "count"


_PARAMS: Final = (
    Reading("params", "parameters", {"params": 1}, 0),
    Reading(
        "params",
        "parameters without the moving statistics of batch normalisation (as PyTorch counts)",
        {"params": 1, "statistics": -1},
        1,
    ),
    Reading("params", "trainable parameters", {"trainable": 1}, 1),
    Reading("params", "parameters that are not trained", {"params": 1, "trainable": -1}, 2),
    Reading(
        "params",
        "parameters without biases in convolutions that batch normalisation follows",
        {"params": 1, "folded_biases": -1},
        2,
    ),
    Reading(
        "params",
        "parameters without the moving statistics of batch normalisation, and without biases in the convolutions "
        "before it (as PyTorch's definitions have it)",
        {"params": 1, "folded_biases": -1, "statistics": -1},
        2,
    ),
    Reading("params", "parameters without biases", {"params": 1, "biases": -1}, 3),
    Reading(
        "params",
        "parameters without biases and without the moving statistics of batch normalisation",
        {"params": 1, "biases": -1, "statistics": -1},
        3,
    ),
    Reading("params", "the kernels of convolutions and dense layers alone", {"kernels": 1}, 3),
)
_OPERATIONS: Final = (
    Reading("macs", "MACs (multiply-accumulates)", {"macs": 1}, 0),
    Reading("flops", "FLOPs as twice the MACs", {"macs": 2}, 1),
    Reading("macs", "MACs, and one for every bias that is added", {"macs": 1, "bias_adds": 1}, 2),
    Reading("flops", "FLOPs as twice the MACs, and one for every bias that is added", {"macs": 2, "bias_adds": 1}, 2),
    Reading("flops", "FLOPs of everything (the exact convention)", {"flops": 1}, 2),
    Reading("ops", "operations by the course notes", {"notes_ops": 1}, 2),
    Reading("macs", "MACs of the convolutions alone", {"convolution_macs": 1}, 2),
    Reading("flops", "FLOPs of the convolutions alone, as twice their MACs", {"convolution_macs": 2}, 3),
    Reading("neurons", "neurons", {"neurons": 1}, 2),
)
_BYTES: Final = (
    Reading("bytes", "bytes of the parameters in float32", {"params": 4}, 0, "bytes"),
    Reading(
        "bytes",
        "bytes of the parameters in float32, without the moving statistics of batch normalisation",
        {"params": 4, "statistics": -4},
        1,
        "bytes",
    ),
    Reading("bytes", "bytes of the trainable parameters in float32", {"trainable": 4}, 1, "bytes"),
    Reading("bytes", "bytes of the parameters in float16", {"params": 2}, 2, "bytes"),
    Reading("bytes", "bytes of the parameters in int8", {"params": 1}, 3, "bytes"),
)
_SAME_AS_MACS: Final = frozenset({CALFLOPS_MACS.name, TORCH.name, TORCHINFO_1_8.name})
"""Counters that seldom say anything else than a reading above, or than another one."""


def _counters() -> tuple[Reading, ...]:
    readings = []
    for counter in COUNTERS.values():
        measure = f"counter {counter.name}"
        cost = 2 if counter.name in _SAME_AS_MACS else 1
        readings.append(Reading(counter.name, f"{counter.calls} by {counter.name}", {measure: 1}, cost))
        if counter.unit == "MACs":
            phrase = f"twice the {counter.calls} by {counter.name}, taken for MACs"
            readings.append(Reading(counter.name, phrase, {measure: 2}, cost + 3))
        else:
            phrase = f"half of the {counter.calls} by {counter.name}, taken for FLOPs"
            readings.append(Reading(counter.name, phrase, {measure: Fraction(1, 2)}, cost + 3))
    return tuple(readings)


READINGS: Final = (*_PARAMS, *_OPERATIONS, *_counters(), *_BYTES)

SIZES: Final[Mapping[int, int]] = {
    **dict.fromkeys((224, 227, 256, 299, 384, 512, 32, 28), 2),
    **dict.fromkeys(
        (
            64, 96, 128, 160, 192, 221, 231, 240, 260, 300, 320, 331, 380, 416, 448, 456, 528, 600, 608, 640, 800,
            1024,
        ),
        3,
    ),
}  # fmt: skip
"""Input sizes that people use, and the cost of assuming one: those of ImageNet, CIFAR and MNIST first."""

CLASSES: Final[Mapping[int, int]] = {
    **dict.fromkeys((1000, 100, 10), 2),
    **dict.fromkeys((1, 2, 3, 4, 5, 20, 21, 80, 81, 91, 101, 102, 200, 256, 257, 365, 1001, 1008, 21841, 21843), 3),
}
"""Numbers of classes that data sets have, and the cost of assuming one."""

ONE_OUTPUT, FOLDED, MOVED_STRIDE, NO_GROUPS, NO_CLASSIFIER, NO_LAST_LAYER = 1, 2, 2, 2, 2, 3
"""The costs of the other variants."""

CUT_OFF, ZEROS, BINARY, SCALED = 1, 1, 1, 1
"""The costs of digits that were cut off and not rounded, of zeros that stand for digits, of a MB of 1024*1024 bytes,
and of a thousand, a million or a billion that was left out."""
