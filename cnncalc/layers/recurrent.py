"""Recurrent layers: each step of a sequence is computed from the input there and the state behind the step before."""

from typing import ClassVar

from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Boolean, Positive, argument, required
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Layer, Term, Weight, times, unchanged
from cnncalc.layers.saved import Saved
from cnncalc.receptive_fields.reach import Everything, PerAxis, Reach, WholeAxis
from cnncalc.tensor import Shape

IGNORED = frozenset(
    {
        "recurrent_initializer", "recurrent_regularizer", "recurrent_constraint", "dropout", "recurrent_dropout",
        "stateful", "unroll", "unit_forget_bias", "use_cudnn", "implementation", "zero_output_for_mask",
    }
)  # fmt: skip
"""Keras's arguments of recurrent layers that change no figure."""


def profiled(gates: int, state: int, thop_state: int, torch: str = "2*macs") -> dict[str, str]:
    """Makes the formulas of what profilers count of PyTorch's layers, which have each bias twice.

    `state`: what calflops and ptflops add per unit and step for activations and gates, `thop_state` what thop adds;
    `torch`: what PyTorch's own counter knows of them.
    """
    biases = f"2*bias*steps*{gates}*units"
    return {
        **dict.fromkeys(("torchinfo", "torchinfo-1.8.0"), f"macs + {biases}"),
        "fvcore": "0",
        "torch": torch,
        "calflops": f"2*macs - 2*steps*{gates}*units + {biases} + {state}*steps*units",
        "calflops-macs": "0",
        "ptflops": f"macs + {biases} + {state}*steps*units",
        "thop": f"macs + {biases} + {thop_state}*steps*units",
    }


class Recurrent(Layer):
    """What SimpleRNN, LSTM and GRU share: per step one product of the input and one of the state, for each gate.

    Shape: (steps, C) to (units,), or with `return_sequences` to (steps, units).
    """

    rank = 1
    has_steps = True
    family = "other"
    primary = "units"
    ignored = IGNORED
    states: ClassVar[tuple[str, ...]] = ("state",)
    """What the last states are called: an LSTM has two."""
    gates: ClassVar[int]
    """How many products per step there are: gates, and the candidate of the new state."""
    elementwise: ClassVar[str] = "of_state"
    """FLOPs of a step per unit, beside products and biases: activations, and how the gates act on the state."""

    units: Positive = required("size of the state, and of each step's output")
    activation: ActivationName = argument("tanh", "activation of the state")
    use_bias: Boolean = argument(True, "whether biases are added")
    use_recurrent_bias: Boolean = argument(False, "whether the state's product has biases too, as in PyTorch")
    return_sequences: Boolean = argument(False, "whether every step has an output, or the last one only")
    return_state: Boolean = argument(False, "whether the last state can be read, as NAME/state_h")
    go_backwards: Boolean = argument(False, "whether the sequence is read from its end")

    def check_input(self, x: Shape) -> None:
        super().check_input(x)
        known_size(self.kind, x, 1)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        steps = unchanged(x[:1]) if self.return_sequences else ()
        return (*steps, Term("units", {"units": self.units}))

    def further_outputs(self) -> tuple[str, ...]:
        return self.states if self.return_state else ()

    def state_terms(self, y: Shape) -> tuple[Term, ...]:
        return (Term("units", {"units": self.units}),)

    def products(self) -> str:
        """Returns the formula of the outputs of all products of a step."""
        return times(self.gates, "units")

    def biases(self) -> str:
        """Returns the formula of the number of biases."""
        return times(2, self.products()) if self.use_recurrent_bias else self.products()

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        kernels = Weight("kernel", f"C*{self.products()}"), Weight("recurrent_kernel", f"units*{self.products()}")
        return (*kernels, Weight("bias", self.biases())) if self.use_bias else kernels

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {
            "units": self.units,
            "steps": x[0],
            "of_state": costs.ACTIVATION_COSTS[self.activation],
        }

    def macs(self) -> str:
        return f"steps*{self.products()}*(C + units)"

    def flops(self, x: Shape) -> str:
        bias = f" + steps*{self.biases()}" if self.use_bias else ""
        return f"2*macs{bias} + steps*units*{self.elementwise}"

    def reach(self, x: Shape, y: Shape) -> Reach:
        if not self.return_sequences:
            return Everything()
        # Keras leaves the outputs of a sequence that is read from its end in the order in which they are computed.
        return PerAxis((WholeAxis("forwards"),))


class SimpleRNN(Recurrent):
    """The state is one activation of a product of the input and one of the state before.

    Shape: (steps, C) to (units,), or with `return_sequences` to (steps, units). Keras's SimpleRNN.
    """

    example = "{units: 20, return_sequences: true}"
    profiled = profiled(1, 1, 1)
    saved_for_backward = Saved(inputs=True, numbers="(steps + 1)*units")
    gates = 1


class Gated(Recurrent):
    """What LSTM and GRU share: gates with an activation of their own."""

    recurrent_activation: ActivationName = argument("sigmoid", "activation of the gates")

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"of_gate": costs.ACTIVATION_COSTS[self.recurrent_activation]}


class LSTM(Gated):
    """Long short-term memory: input, forget and output gate, and a state that only gates change.

    Shape: (steps, C) to (units,), or with `return_sequences` to (steps, units). Keras's LSTM. Hochreiter and
    Schmidhuber (1997); Gers et al. (2000).
    """

    example = "{units: 20, return_sequences: true}"
    profiled = profiled(4, 10, 8, torch="0")
    states = ("state_h", "state_c")
    saved_for_backward = Saved(inputs=True, numbers="7*steps*units")
    gates = 4
    elementwise = f"(3*of_gate + 2*of_state + {costs.LSTM_STATE})"


class GRU(Gated):
    """Gated recurrent unit: an update and a reset gate.

    Shape: (steps, C) to (units,), or with `return_sequences` to (steps, units). Keras's GRU, which resets behind the
    product of the state unless told (`reset_after`), as cuDNN and PyTorch do, and then has biases twice. Cho et
    al. (2014).
    """

    example = "{units: 20, return_sequences: true}"
    profiled = profiled(3, 7, 7)
    saved_for_backward = Saved(inputs=True, numbers="7*steps*units")
    gates = 3
    elementwise = f"(2*of_gate + of_state + {costs.GRU_STATE})"

    reset_after: Boolean = argument(True, "whether the reset gate acts behind the product, not before it")

    def biases(self) -> str:
        return "2*3*units" if self.reset_after or self.use_recurrent_bias else "3*units"
