"""Products with a kernel along any axes, by an equation."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers.arguments import ActivationName, Expected, Positive, argument, listed, refusal, required
from cnncalc.layers.axes import known_size, rearranged
from cnncalc.layers.base import Layer, Term, Weight, bias_and_activation
from cnncalc.layers.saved import Saved
from cnncalc.receptive_fields.reach import Reach
from cnncalc.records import record
from cnncalc.tensor import Shape, Size, shown_shape

_FORMS: Final = "|".join(
    (
        r"[A-Za-z]+,[A-Za-z]+->[A-Za-z]+",
        r"\.\.\.[A-Za-z]+,[A-Za-z]+->\.\.\.[A-Za-z]+",
        r"[A-Za-z]{2,}\.\.\.,[A-Za-z]+->[A-Za-z]+\.\.\.",
    )
)
_EXPECTED: Final = "an equation of input, kernel and output, such as abc,cd->abd or ...c,cd->...d"
_HIDDEN: Final = "αβγδεζηθικλμνξοπρστυφχψω"
"""Letters for the axes behind `...`."""


def kernel_equation(value: object) -> object:
    """Reads an equation in one of Keras's three forms. Raises: PydanticCustomError."""
    text = re.sub(r"\s", "", value) if isinstance(value, str) else value
    if not isinstance(text, str) or not re.fullmatch(_FORMS, text):
        raise refusal(value, _EXPECTED)
    for part in re.split(",|->", text.replace(".", "")):
        if len(set(part)) < len(part):
            raise refusal(value, f"{_EXPECTED}, each letter once in each part")
    return text


KernelEquation = Annotated[str, BeforeValidator(kernel_equation), Expected(_EXPECTED)]
SizesOrNull = Annotated[
    tuple[Positive | None, ...],
    BeforeValidator(listed),
    Expected("a list, each entry a positive integer, or null for a size of the input"),
]
AxisLetters = Annotated[str, Expected("letters of the output's axes")]


@record
class Axes:
    """The letters of each part, `...` spelled out and the batch left out, and the size of each letter."""

    input: str
    kernel: str
    output: str
    sizes: dict[str, Size]


class EinsumDense(Layer):
    """Multiplies by a kernel along any axes of the input, by an equation; the first letter is the batch.

    Shape: as the equation says; `output_shape` gives the sizes behind the batch, null for those of the input, and those
    behind `...` are left out. Keras's EinsumDense.
    """

    family = "other"
    example = "{equation: 'abc,cd->abd', output_shape: [null, 64], bias_axes: d}"
    primary = "equation"
    example_inputs = ((64, 64),)
    profiled = {
        **dict.fromkeys(("torchinfo", "torchinfo-1.8.0", "thop"), "0"),
        **dict.fromkeys(("fvcore", "calflops-macs"), "macs"),
        **dict.fromkeys(("torch", "calflops"), "2*macs"),
    }
    saved_for_backward = Saved(inputs=True, if_trained=True)

    equation: KernelEquation = required("letters of input, kernel and output, such as abc,cd->abd")
    output_shape: SizesOrNull = required("sizes of the output behind the batch, without those behind ...")
    activation: ActivationName = argument(None, "activation applied to the output")
    bias_axes: AxisLetters | None = argument(None, "letters of the axes along which biases are added; null: none")

    def check(self) -> None:
        source, kernel, output = re.split(",|->", self.equation.replace(".", ""))
        for letter in output:
            if letter not in source + kernel:
                raise self._wrong(f'has "{letter}" in the output alone', "equation")
        for letter in kernel:
            if letter not in source + output:
                raise self._wrong(f'has "{letter}" in the kernel alone, so that its size is not known', "equation")
        for letter in self.bias_axes or "":
            if letter not in output:
                raise self._wrong(f'has no "{letter}" in the output, which bias_axes names', "bias_axes")

    def _wrong(self, what: str, name: str) -> Problem:
        return Problem(
            "bad-value",
            f'the equation "{self.equation}" of EinsumDense {what}',
            expected=_EXPECTED,
            found=self.equation if name == "equation" else self.bias_axes or "",
            argument=name,
            suggestion="abc,cd->abd with output_shape: [null, 64] is a Dense of 64 units",
        )

    def axes(self, x: Shape) -> Axes:
        """Finds the letters and their sizes. Raises: Problem: if the equation does not have the input's axes."""
        source, kernel, output = re.split(",|->", self.equation)
        hidden = len(x) + 1 - len(source.replace(".", ""))
        if hidden < 0 or (hidden and "." not in source) or hidden > len(_HIDDEN):
            raise Problem(
                "wrong-rank",
                f'the equation "{self.equation}" of EinsumDense does not have the axes of its input, {shown_shape(x)}',
                expected="a letter for the batch, and one for each size",
                found=f"{len(source.replace('.', ''))} letters for {len(x)} sizes and the batch",
                argument="equation",
                suggestion="...c,cd->...d takes an input of any number of axes",
            )
        greek = _HIDDEN[:hidden]
        source, output = source.replace("...", greek), output.replace("...", greek)
        batch = source[0]
        sizes: dict[str, Size] = dict(zip(source[1:], x, strict=True))
        wanted = [letter for letter in output if letter != batch and letter not in greek]
        if len(wanted) != len(self.output_shape) or batch != output[:1] or batch in kernel:
            raise self._wrong(
                f"has {len(wanted)} sizes behind the batch, and output_shape has {len(self.output_shape)}"
                if batch == output[:1] and batch not in kernel else "does not begin with the batch on both sides",
                "equation",
            )  # fmt: skip
        for letter, size in zip(wanted, self.output_shape, strict=True):
            known = sizes.setdefault(letter, size)
            if size is not None and known is not None and size != known:
                raise Problem(
                    "shapes-do-not-fit",
                    f'output_shape of EinsumDense says {size} for "{letter}", which is {known} in {shown_shape(x)}',
                    expected=f"{known}, or null",
                    found=str(size),
                    argument="output_shape",
                    suggestion="null takes the input's size",
                )
        return Axes(source[1:], kernel, output[1:], sizes)

    def check_input(self, x: Shape) -> None:
        axes = self.axes(x)
        for letter in axes.kernel:
            if axes.sizes[letter] is None:
                if letter in axes.input:
                    known_size(self.kind, x, axes.input.index(letter))
                raise self._wrong(f'needs a size for "{letter}" in output_shape', "equation")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        axes = self.axes(x)
        return tuple(
            Term("N", {"N": axes.sizes[letter]})
            if letter in axes.input
            else Term("target", {"target": axes.sizes[letter]})
            for letter in axes.output
        )

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        axes = self.axes(x)
        return super().symbols(x, y) | {
            "kernel": tuple(axes.sizes[letter] for letter in axes.kernel),
            "contracted": tuple(axes.sizes[letter] for letter in axes.input if letter not in axes.output),
            "biased": tuple(axes.sizes[letter] for letter in self.bias_axes or ""),
        }

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", "prod(kernel)")
        return (kernel, Weight("bias", "prod(biased)")) if self.bias_axes else (kernel,)

    def macs(self) -> str:
        return "prod(y)*prod(contracted)"

    def flops(self, x: Shape) -> str:
        return "2*macs" + bias_and_activation(bool(self.bias_axes), self.activation)

    def reach(self, x: Shape, y: Shape) -> Reach:
        axes = self.axes(x)
        sources = [axes.input.find(letter) if letter in axes.input else None for letter in axes.output]
        return rearranged(sources, x)
