"""Memory as a report has it: plain data, in bytes; `None` is not known, or not there (`int8` has no gradients)."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

from cnncalc.records import record
from cnncalc.tensor import total

Precision = Literal["float32", "float16", "bfloat16", "int8"]
Optimizer = Literal["sgd", "momentum", "adam"]

PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)
OPTIMIZERS: Final[tuple[Optimizer, ...]] = get_args(Optimizer)
NO_GRADIENTS: Final[frozenset[Precision]] = frozenset({"int8"})
"""In these a net is run, not trained."""


class Setting(NamedTuple):
    """What memory is counted for."""

    dtype: Precision = "float32"
    batch: int = 1
    optimizer: Optimizer = "sgd"


@record
class LayerMemory:
    """One layer's parameters (0 where they are another's), the tensor it makes, and what the backward pass keeps of it.

    A tensor that is kept counts at the layer that makes it; an output that is only a view of another tensor is 0.
    """

    parameters: int | None
    output: int | None
    kept: int | None

    def to_dict(self) -> dict[str, object]:
        return {"parameters": self.parameters, "output": self.output, "kept": self.kept}


@record
class TorchinfoEstimate:
    """What torchinfo prints: inputs, twice the outputs of all layers with parameters, and the parameters."""

    inputs: int | None
    passes: int | None
    parameters: int | None

    @property
    def total(self) -> int | None:
        return total((self.inputs, self.passes, self.parameters))

    def to_dict(self) -> dict[str, object]:
        return {"inputs": self.inputs, "passes": self.passes, "parameters": self.parameters, "total": self.total}


@record
class Peak:
    """The most that is alive at once at inference: in the listed order of the layers, and in the best one.

    `layer` is the one that runs when the listed order is at its peak, `tensors` the layers whose outputs are alive
    then. `best_is_proven`: no order of the layers has a smaller peak than `best`; else only a search was given up.
    """

    listed: int | None
    layer: str | None
    tensors: tuple[str, ...]
    best: int | None
    best_is_proven: bool

    def to_dict(self) -> dict[str, object]:
        return {
            "listed": self.listed,
            "layer": self.layer,
            "tensors": list(self.tensors),
            "best": self.best,
            "best_is_proven": self.best_is_proven,
        }


@record
class Memory:
    """A net's memory for one number format, batch and optimiser."""

    dtype: Precision
    batch: int
    optimizer: Optimizer
    parameters: int | None
    gradients: int | None
    optimizer_state: int | None
    kept: int | None
    peak: Peak
    torchinfo: TorchinfoEstimate

    @property
    def training(self) -> int | None:
        """Parameters, their gradients, the optimiser's state, and what the backward pass keeps."""
        return total((self.parameters, self.gradients, self.optimizer_state, self.kept))

    @property
    def inference(self) -> int | None:
        """Parameters, and the peak of what is alive in the best order of the layers."""
        return total((self.parameters, self.peak.best))

    def to_dict(self) -> dict[str, object]:
        return {
            "dtype": self.dtype,
            "batch": self.batch,
            "optimizer": self.optimizer,
            "parameters": self.parameters,
            "gradients": self.gradients,
            "optimizer_state": self.optimizer_state,
            "kept": self.kept,
            "training": self.training,
            "peak": self.peak.to_dict(),
            "inference": self.inference,
            "torchinfo": self.torchinfo.to_dict(),
        }


def unknown_memory(setting: Setting) -> Memory:
    """Gives the memory of a net that does not work out."""
    nothing = TorchinfoEstimate(None, None, None)
    peak = Peak(None, None, (), None, False)
    return Memory(setting.dtype, setting.batch, setting.optimizer, None, None, None, None, peak, nothing)
