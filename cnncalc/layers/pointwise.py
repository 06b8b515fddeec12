"""Pointwise operations by name: what NumPy has as functions, of one tensor, or of one and a constant."""

from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from cnncalc.errors import Problem, nearest
from cnncalc.layers import costs
from cnncalc.layers.arguments import Expected, NumberArray, argument, refusal, required
from cnncalc.layers.arrays import check_array
from cnncalc.layers.base import Layer, times
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS
from cnncalc.tensor import Shape, shown_shape

OF_ONE: Final = (
    "abs", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "clip", "cos", "cosh",
    "erf", "erfinv", "exp", "exp2", "expm1", "floor", "isfinite", "isinf", "isnan", "log", "log10", "log1p", "log2",
    "logical_not", "negative", "reciprocal", "round", "rsqrt", "sign", "sin", "sinc", "sinh", "sqrt", "square", "tan",
    "trunc",
)  # fmt: skip
"""Operations of one tensor, by their names in keras.ops and NumPy."""
WITH_CONSTANT: Final = (
    "add", "arctan2", "divide", "equal", "floor_divide", "greater", "greater_equal", "less", "less_equal",
    "logical_and", "logical_or", "logical_xor", "maximum", "minimum", "mod", "multiply", "not_equal", "power",
    "subtract",
)  # fmt: skip
"""Operations of a tensor and a constant."""
OTHER_NAMES: Final = {
    "absolute": "abs", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan",
    "atan2": "arctan2", "atanh": "arctanh", "clamp": "clip", "div": "divide", "fix": "trunc", "fmod": "mod",
    "max": "maximum", "min": "minimum", "mul": "multiply", "neg": "negative", "pow": "power", "remainder": "mod",
    "sub": "subtract", "true_divide": "divide",
}  # fmt: skip
"""Other names of the same operations, in PyTorch and ONNX."""

_OPERATION: Final = "the name of a pointwise operation, such as abs, sqrt or multiply"


def operation_name(value: object) -> object:
    """Reads an operation by one of its names. Raises: PydanticCustomError."""
    if not isinstance(value, str):
        return value
    name = OTHER_NAMES.get(value.lower(), value.lower())
    if name in OF_ONE or name in WITH_CONSTANT:
        return name
    if value in ACTIVATION_COSTS or value in ACTIVATION_ALIASES:
        raise refusal(value, _OPERATION, f"Activation: {value}")
    raise refusal(value, _OPERATION, nearest(value, [*OF_ONE, *WITH_CONSTANT, *OTHER_NAMES]))


OperationName = Annotated[
    str,
    BeforeValidator(operation_name),
    WithJsonSchema({"enum": [*OF_ONE, *WITH_CONSTANT, *OTHER_NAMES]}),
    Expected(_OPERATION),
]


class Elementwise(Layer):
    """A function of each element by itself: `abs`, `sqrt`, or `multiply` by a constant `value`.

    Shape: unchanged. The names are those of keras.ops and NumPy. Of two tensors, Add, Subtract, Multiply, Divide,
    Maximum and Minimum are layers of their own.
    """

    family = "other"
    example = "{op: multiply, value: 0.5}"
    primary = "op"
    ignored = frozenset({"x_min", "x_max"})  # the bounds of clip
    profiled = dict.fromkeys(
        ("torchinfo", "torchinfo-1.8.0", "fvcore", "torch", "calflops", "calflops-macs", "ptflops", "thop"), "0"
    )

    op: OperationName = required("name of the operation")
    value: NumberArray | None = argument(None, "the constant: a number, or an array that broadcasts to the input")

    def check(self) -> None:
        if self.op in WITH_CONSTANT and self.value is None:
            raise Problem(
                "missing-argument",
                f'Elementwise needs the argument "value" (the constant) for {self.op}',
                expected="value: a number, or an array that broadcasts to the input",
                suggestion=f"Elementwise: {{op: {self.op}, value: 0.5}}",
            )
        if self.op in OF_ONE and self.value is not None:
            raise Problem(
                "bad-value",
                f"{self.op} takes no constant, but Elementwise has a value",
                expected="no value",
                found="a value",
                suggestion=f"Elementwise: {self.op}",
                argument="value",
            )

    def check_input(self, x: Shape) -> None:
        if self.value is not None:
            check_array("value", self.value, (1, *x), f"the input {shown_shape(x)}")

    def flops(self, x: Shape) -> str:
        return times(costs.POINTWISE, "prod(y)")
