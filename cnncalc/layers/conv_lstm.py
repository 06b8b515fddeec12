"""LSTMs of maps: the products of an LSTM are convolutions."""

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import ActivationName, Boolean, PaddingWord, Positive, Sizes, argument, required
from cnncalc.layers.axes import known_size
from cnncalc.layers.base import Term, Weight, unchanged
from cnncalc.layers.recurrent import IGNORED, LSTM
from cnncalc.layers.saved import Saved
from cnncalc.layers.windows import WindowLayer, WindowSizes
from cnncalc.receptive_fields.reach import Reach, Scrambled
from cnncalc.tensor import Shape, shown_shape


class ConvLSTM(WindowLayer):
    """An LSTM whose states are maps: input and state are convolved, the state with padding `same` and stride 1.

    Shape: (steps, ..., C) to (..., filters), or with `return_sequences` to (steps, ..., filters), spatial sizes as
    behind a convolution. Keras's ConvLSTM1D, ConvLSTM2D, ConvLSTM3D. Shi et al. (2015).
    """

    family = "other"
    has_steps = True
    primary = "filters"
    ignored = IGNORED
    profiled = {}
    saved_for_backward = Saved(inputs=True, numbers="7*steps*prod(state)*F")

    filters: Positive = required("number of channels of the state, and of each step's output")
    kernel_size: Sizes = required("size of the window")
    strides: Sizes = argument(1, "step of the window over the input")
    padding: PaddingWord = argument("valid", "what is added around the input")
    dilation_rate: Sizes = argument(1, "distance between the positions that a window reads")
    activation: ActivationName = argument("tanh", "activation of the state")
    recurrent_activation: ActivationName = argument("sigmoid", "activation of the gates")
    use_bias: Boolean = argument(True, "whether a bias is added per channel and gate")
    return_sequences: Boolean = argument(False, "whether every step has an output, or the last one only")
    return_state: Boolean = argument(False, "whether the last state can be read, as NAME/state_h")
    go_backwards: Boolean = argument(False, "whether the sequence is read from its end")

    def window(self) -> WindowSizes:
        return self.kernel_size, self.strides, self.dilation_rate, self.padding

    def check_input(self, x: Shape) -> None:
        if len(x) != self.rank + 2:
            problem = self.wrong_rank(x, self.rank + 2)
            if len(x) == self.rank + 1:
                problem.suggestion = f"the steps stand first: {shown_shape((10, *x))} for 10 of them"
            raise problem
        for index in range(1, len(x)):
            known_size(self.kind, x, index)

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        steps = unchanged(x[:1]) if self.return_sequences else ()
        return (*steps, *self.length_terms(x[1:]), Term("F", {"F": self.filters}))

    def further_outputs(self) -> tuple[str, ...]:
        return LSTM.states if self.return_state else ()

    def state_terms(self, y: Shape) -> tuple[Term, ...]:
        return (*unchanged(y[1:-1] if self.return_sequences else y[:-1]), Term("F", {"F": self.filters}))

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        return super().too_small(x[1:], axis - self.return_sequences, size, term)

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        kernels = Weight("kernel", "prod(k)*C*4*F"), Weight("recurrent_kernel", "prod(k)*F*4*F")
        return (*kernels, Weight("bias", "4*F")) if self.use_bias else kernels

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        state = y[1:-1] if self.return_sequences else y[:-1]
        return super().symbols(x, y) | {
            "steps": x[0],
            "state": state,
            "of_state": costs.ACTIVATION_COSTS[self.activation],
            "of_gate": costs.ACTIVATION_COSTS[self.recurrent_activation],
        }

    def macs(self) -> str:
        return "steps*prod(state)*4*F*prod(k)*(C + F)"

    def flops(self, x: Shape) -> str:
        bias = " + steps*4*prod(state)*F" if self.use_bias else ""
        return f"2*macs{bias} + steps*prod(state)*F*{LSTM.elementwise}"

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Scrambled("its window grows with every step")


class ConvLSTM1D(ConvLSTM):
    """Reads steps of sequences: (steps, L, C) to (L', filters)."""

    rank = 1
    example_inputs = ((64, 64, 64),)
    example = "{filters: 4, kernel_size: 3}"


class ConvLSTM2D(ConvLSTM):
    """Reads steps of maps: (steps, H, W, C) to (H', W', filters)."""

    rank = 2
    example_inputs = ((64, 64, 64, 64),)
    example = "{filters: 4, kernel_size: 3}"


class ConvLSTM3D(ConvLSTM):
    """Reads steps of volumes: (steps, D, H, W, C) to (D', H', W', filters)."""

    rank = 3
    example_inputs = ((64, 64, 64, 64, 64),)
    example = "{filters: 4, kernel_size: 3}"
