"""The geometry of windows, once for convolutions and poolings: output lengths, paddings, reach."""

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol, formula
from cnncalc.layers.arguments import CausalPadding
from cnncalc.layers.base import Layer, Term
from cnncalc.receptive_fields.reach import PerAxis, Reach, Window, effective_kernel
from cnncalc.tensor import Shape, Size, axis_names, shown_shape

VALID_LENGTH = "floor((N - k_eff)/s) + 1"
SAME_LENGTH = "ceil(N/s)"
PADDED_LENGTH = "floor((N + before + after - k_eff)/s) + 1"
CEIL_LENGTH = "min(ceil((N + before + after - k_eff)/s) + 1, ceil((N + before)/s))"
"""`ceil_mode`, without a last window that would start in the padding after the input (ONNX, PyTorch)."""

SAME_TOTAL = "max((ceil(N/s) - 1)*s + k_eff - N, 0)"
"""What `same` adds in all: TensorFlow's rule."""
FULL_TOTAL = "k_eff - 1"
"""What `same` adds at stride 1, whatever the length, and what `causal` adds."""

WindowSizes = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], CausalPadding]
"""Kernel (or pool) size, stride and dilation, one per axis, and the padding."""


class WindowLayer(Layer):
    """A layer that slides a window: subclasses say its size, stride, dilation and padding per axis."""

    def window(self) -> WindowSizes:
        """Returns kernel (or pool) size, stride and dilation, one per axis, and the padding."""
        raise NotImplementedError

    def effective_kernel(self, axis: int) -> int:
        """Returns the effective kernel size on an axis."""
        kernel, _, dilation, _ = self.window()
        return effective_kernel(kernel[axis], dilation[axis])

    def length_formula(self, before: int, after: int) -> str:
        """Returns the formula of an output length under explicit padding."""
        return PADDED_LENGTH if before or after else VALID_LENGTH

    def pads(self, axis: int, length: Size) -> tuple[int | None, int | None]:
        """Computes what is added before and after on an axis; (None, None) if `same` depends on an unknown length.

        `same` adds the smaller half before, `causal` everything.
        """
        padding = self.window()[3]
        if not isinstance(padding, str):
            return padding[axis]
        if padding == "valid":
            return 0, 0
        term = self.total_term(axis, length)
        total = formula(term.text).integer(term.symbols)
        if total is None:
            return self._pads_of_any_length(axis)
        return (total, 0) if padding == "causal" else (total // 2, total - total // 2)

    def _pads_of_any_length(self, axis: int) -> tuple[int | None, int | None]:
        """Computes what `same` adds on an axis of unknown length, if it is the same for every length.

        In all it adds max(k_eff - r, 0), with r from 1 to s as the length has it.
        """
        kernel, stride = self.effective_kernel(axis), self.window()[1][axis]
        most, least = kernel - 1, max(kernel - stride, 0)
        before = most // 2 if most // 2 == least // 2 else None
        return before, most - most // 2 if most == least else None

    def total_term(self, axis: int, length: Size) -> Term:
        """Returns what `same` or `causal` adds in all on an axis."""
        _, strides, _, padding = self.window()
        symbols: dict[str, Symbol] = {"N": length, "s": strides[axis], "k_eff": self.effective_kernel(axis)}
        return Term(SAME_TOTAL if padding == "same" and strides[axis] > 1 else FULL_TOTAL, symbols)

    def length_terms(self, x: Shape) -> tuple[Term, ...]:
        """Returns one term per spatial axis of the output."""
        _, stride, _, padding = self.window()
        terms = []
        for axis, length in enumerate(x[:-1]):
            symbols: dict[str, Symbol] = {"N": length, "s": stride[axis]}
            if padding == "same":
                terms.append(Term(SAME_LENGTH, symbols))
                continue
            before, after = self.pads(axis, length)
            symbols |= {"k_eff": self.effective_kernel(axis), "before": before, "after": after}
            terms.append(Term(self.length_formula(before or 0, after or 0), symbols))
        return tuple(terms)

    def reach(self, x: Shape, y: Shape) -> Reach:
        kernel, stride, dilation, padding = self.window()
        windows: dict[object, Window] = {}  # square windows on square maps have one
        axes = []
        for axis, length in enumerate(x[:-1]):
            pads = padding if isinstance(padding, str) else padding[axis]
            key = (kernel[axis], stride[axis], dilation[axis], pads, length)
            if key not in windows:
                windows[key] = Window(kernel[axis], stride[axis], dilation[axis], self.pads(axis, length)[0])
            axes.append(windows[key])
        return PerAxis(tuple(axes))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        kernel, stride, dilation, _ = self.window()
        return super().symbols(x, y) | {"k": kernel, "s": stride, "d": dilation}

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        """Says with the numbers which window does not fit, and what would make it fit."""
        if axis >= self.rank:
            return super().too_small(x, axis, size, term)
        kernel, _, dilation, padding = self.window()
        effective = self.effective_kernel(axis)
        before, after = self.pads(axis, x[axis])
        padded = "" if not (before or after) else f" plus {before} + {after} of padding"
        dilated = f" (kernel {kernel[axis]} with dilation {dilation[axis]})" if dilation[axis] > 1 else ""
        name = axis_names(self.rank)[axis]
        room = (x[axis] or 0) + (before or 0) + (after or 0)
        return Problem(
            "size-below-one",
            f"the window of {self.kind} does not fit: its {name} is {effective}{dilated}, "
            f"but the input {shown_shape(x)} has {name} {shown(x[axis] or 0)}{padded}",
            expected=f"a window of at most {room}",
            found=str(effective),
            suggestion=f"padding: same would keep it, or a window of at most {room}"
            if padding == "valid"
            else "use a smaller window, more padding, or fewer strided layers before it",
        )
