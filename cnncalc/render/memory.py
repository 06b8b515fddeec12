"""A net's memory as lines below its table."""

from __future__ import annotations

from fractions import Fraction

from cnncalc.analysis.memory_figures import Memory
from cnncalc.render.numbers import MISSING, byte_size
from cnncalc.render.text import safe

_NAMED = 3
"""How many of the tensors that are alive at the peak are named."""


def memory_lines(memory: Memory) -> list[str]:
    """Writes training, inference, and torchinfo's estimate, each with its parts."""
    setting = f"{memory.dtype}, batch {memory.batch}"
    training = (
        f"Memory to train with {memory.optimizer} ({setting}): {_size(memory.training)} = parameters "
        f"{_size(memory.parameters)} + gradients {_size(memory.gradients)} + optimiser state "
        f"{_size(memory.optimizer_state)} + activations kept for the backward pass {_size(memory.kept)}"
    )
    inference = (
        f"Memory of inference ({setting}): {_size(memory.inference)} = parameters {_size(memory.parameters)} "
        f"+ activations at their peak {_size(memory.peak.best)}{_order(memory)}"
    )
    return [*([training] if memory.kept is not None else []), inference, *_torchinfo(memory)]


def _order(memory: Memory) -> str:
    """Returns what the peak depends on: the layer that runs then, and the order of the layers."""
    peak = memory.peak
    if peak.listed is None or peak.layer is None:
        return ""
    tensors = [safe(name) for name in peak.tensors[:_NAMED]]
    if len(peak.tensors) > _NAMED:
        tensors.append(f"{len(peak.tensors) - _NAMED} more")
    where = f"{safe(peak.layer)} runs; alive: {', '.join(tensors)}"
    others = "no order of the layers needs less" if peak.best_is_proven else "a better order is not ruled out"
    if peak.best == peak.listed:
        return f" (when {where}; {others})"
    return f" in another order of the layers ({others}); in the listed order {_size(peak.listed)} (when {where})"


def _torchinfo(memory: Memory) -> list[str]:
    estimate = memory.torchinfo
    return [
        f"Input size (MB): {_megabytes(estimate.inputs)}",
        f"Forward/backward pass size (MB): {_megabytes(estimate.passes)}",
        f"Params size (MB): {_megabytes(estimate.parameters)}",
        f"Estimated Total Size (MB): {_megabytes(estimate.total)} (torchinfo's estimate; its MB are a million bytes)",
    ]


def _size(size: int | None) -> str:
    return MISSING if size is None else byte_size(size)


def _megabytes(size: int | None) -> str:
    if size is None:
        return MISSING
    whole, hundredths = divmod(round(Fraction(size, 10_000)), 100)
    return f"{whole}.{hundredths:02}"
