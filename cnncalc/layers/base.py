"""What every layer is: arguments, a shape rule, declared weights, exact costs and the reach of its outputs.

A layer's class is all that is known about it. The parts that compute are texts of formulas (see
`cnncalc.formula`), so that `explain` and the layer reference print what computes the figures.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from inspect import get_annotations
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol, Symbols, formula
from cnncalc.layers import costs
from cnncalc.layers.family import Family
from cnncalc.layers.saved import Saved
from cnncalc.layers.values import MAX_INTEGER
from cnncalc.receptive_fields.reach import Pointwise, Reach
from cnncalc.records import record
from cnncalc.tensor import Shape, Size, Tensor, axis_names, shown_shape


@record
class Term:
    """A formula and what its names stand for: one size of an output shape."""

    text: str
    symbols: Symbols

    def evaluate(self) -> Size:
        return formula(self.text).integer(self.symbols)


@record
class Weight:
    """A weight tensor: its name in Keras, the formula of its number of elements, and whether training changes it."""

    name: str
    text: str
    trainable: bool = True


class Layer(BaseModel):
    """A layer with its arguments read. Instances are shared between the places of a net that say the same.

    A layer kind is a subclass of the same name: its fields are the arguments, and it overrides what differs from
    "no weights, no cost, each position for itself". Shapes are channels-last without the batch. Every rule that finds
    an input that does not fit raises `cnncalc.errors.Problem`.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True, defer_build=True)

    kind: ClassVar[str]
    """The name of the class."""
    rank: ClassVar[int] = 0
    """The number of spatial axes; 0 if any number fits."""
    family: ClassVar[Family]
    example: ClassVar[str] = ""
    """What stands behind the kind in a spec, for the reference and the tests; empty: nothing."""
    example_inputs: ClassVar[tuple[Shape, ...]] = ()
    """Shapes that the example reads, for the reference and the tests; empty: any map of the rank, two of a merge."""
    saved_for_backward: ClassVar[Saved | None] = None
    """What the layer saves for the backward pass, if its family does not say."""
    is_view: ClassVar[bool] = False
    """Whether the output is the input, or a part of it, looked at in another way: no tensor is made."""
    profiled: ClassVar[Mapping[str, str | None] | None] = None
    """The formulas of what profilers count, by profiler, if neither family nor tables say. One that is not named does
    not know the kind, and is said not to."""
    group: ClassVar[str] = ""
    """A part of the family that the tables of profilers and of memory may treat apart; empty: none."""
    primary: ClassVar[str] = ""
    """The argument that a bare value stands for; empty if the kind takes no arguments."""
    ignored: ClassVar[frozenset[str]] = frozenset()
    """Keras's arguments of this layer that change no figure, beyond those that `registry` lists for all."""
    layer_arguments: ClassVar[frozenset[str]] = frozenset()
    """The arguments that are layers themselves, written as a mapping: `{Dense: 10}`."""
    model_arguments: ClassVar[frozenset[str]] = frozenset()
    """The arguments that are whole models: a block or spec by name, or a list of items."""
    has_steps: ClassVar[bool] = False
    """Whether the first axis of the input is that of steps (frames, words), of which there may be any number."""
    merges: ClassVar[bool] = False
    """Whether the layer reads a list of tensors, or branches."""
    fewest_inputs: ClassVar[int] = 1
    most_inputs: ClassVar[int | None] = 1
    """How many tensors the layer reads; `None`: any number."""
    uncounted: ClassVar[str] = ""
    """Why the operations of the layer can't be counted, as a clause; empty: they can."""

    def __init__(self, /, **values: object) -> None:
        """Reads the arguments as written. Raises: ValidationError, or Problem if they do not go together.

        `registry.build` gives the problems in words.
        """
        # The number of axes is needed to read `3` as `(3, 3)`; pydantic's own `__init__` takes no context.
        self.__pydantic_validator__.validate_python(values, self_instance=self, context={"rank": self.rank})

    @classmethod
    def __pydantic_init_subclass__(cls, **options: object) -> None:
        cls.kind = cls.__name__

    def model_post_init(self, context: object) -> None:
        self.check()

    # A net has many layers that are looked up in tables: an instance is equal to itself alone, which takes no time.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @classmethod
    def arguments(cls) -> Mapping[str, FieldInfo]:
        """Returns the arguments by name: the class's own before those of its bases, as the more telling ones."""
        return _arguments(cls)

    @classmethod
    def example_item(cls) -> str:
        """Returns an item of this kind as it stands in a spec."""
        return f"{cls.kind}: {cls.example}" if cls.example else cls.kind

    def check(self) -> None:
        """Refuses arguments that do not go together. Raises: Problem."""

    # Shapes -----------------------------------------------------------------------------------------------------

    def output(self, inputs: Sequence[Tensor]) -> Tensor:
        """Computes the output of a layer that reads one tensor. Raises: Problem: if the input does not fit."""
        (x,) = inputs
        return Tensor(self.infer_shape(x.shape), x.instances)

    def infer_shape(self, x: Shape) -> Shape:
        """Evaluates `output_terms`; a size below 1 or of more than 18 digits names its axis. Raises: Problem."""
        self.check_input(x)
        if type(self).output_terms is Layer.output_terms:
            return x
        terms = self.output_terms(x)
        shape = tuple(term.evaluate() for term in terms)
        for axis, size in enumerate(shape):
            if size is not None and size < 1:
                raise self.too_small(x, axis, size, terms[axis])
        self.check_digits(shape)
        return shape

    def check_digits(self, y: Shape) -> None:
        """Refuses an output with a size of more than 18 digits. Raises: Problem."""
        for axis, size in enumerate(y):
            if size is not None and size >= MAX_INTEGER:
                name = axis_names(len(y) - 1)[axis] if axis < len(y) - 1 else "channels"
                raise Problem(
                    "numbers-too-long",
                    f"the output {name} of {self.kind} would be a number of {len(str(size))} digits",
                    expected="sizes of at most 18 digits",
                    found=shown(size),
                    suggestion="does a repeat, or Flatten, multiply sizes?",
                )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        """Returns one term per size of the output shape; the default is the input's shape unchanged."""
        return unchanged(x)

    def check_input(self, x: Shape) -> None:
        """Refuses an input of the wrong rank. Raises: Problem."""
        if self.rank and len(x) != self.rank + 1:
            raise self.wrong_rank(x, self.rank + 1)

    def wrong_rank(self, x: Shape, rank: int) -> Problem:
        wanted = {2: "a sequence (length x channels)", 3: "a map (height x width x channels)"}.get(
            rank, f"a tensor of {rank} axes, channels last"
        )
        hint = None
        if x[0] is None and len(x) == rank + 1 and None not in x[1:]:
            hint = f"the batch is not written: {shown_shape(x[1:])}"
        if len(x) == 1:
            hint = "a vector has no height and width: put this layer before Flatten or global pooling, or add Reshape"
        return Problem(
            "wrong-rank",
            f"{self.kind} reads {wanted}, but its input has shape {shown_shape(x)}",
            expected=f"{rank} sizes",
            found=f"{len(x)} ({shown_shape(x)})",
            suggestion=hint,
        )

    def further_outputs(self) -> tuple[str, ...]:
        """Returns the names of the outputs beside the first, which are read as `NAME/output`."""
        return ()

    def state_terms(self, y: Shape) -> tuple[Term, ...]:
        """Returns one term per size of a last state, of a layer that hands its states on and whose output has the
        shape `y`.
        """
        raise NotImplementedError

    def too_small(self, x: Shape, axis: int, size: int, term: Term) -> Problem:
        name = axis_names(len(x) - 1)[axis] if axis < len(x) - 1 else "channels"
        return Problem(
            "size-below-one",
            f"the output {name} of {self.kind} would be {shown(size)}: the input is {shown_shape(x)}",
            expected="a size of at least 1",
            found=shown(size),
        )

    # Counts -----------------------------------------------------------------------------------------------------

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        """Returns the weight tensors for an input of this shape."""
        return ()

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        """Says what the names in this layer's formulas stand for, for input `x` and output `y`.

        The meaning of each name is in `cnncalc.layers.vocabulary`.
        """
        return {"x": x, "y": y, "inp": x[:-1], "out": y[:-1], "C": x[-1], "F": y[-1]}

    def macs(self) -> str | None:
        """Returns the formula of the multiply-accumulates; `None` if they can't be counted."""
        return "0"

    def flops(self, x: Shape) -> str | None:
        """Returns the formula of the floating-point operations of inference; `None` if they can't be counted."""
        return "0"

    def reach(self, x: Shape, y: Shape) -> Reach:
        """Returns which input positions an output position reads."""
        return Pointwise()


@cache
def _arguments(layer: type[Layer]) -> Mapping[str, FieldInfo]:
    names: dict[str, None] = {}
    for base in layer.__mro__:
        for name in get_annotations(base):
            names.pop(name, None)  # an argument that a class declares anew stays where its base has it
            names[name] = None
    return {name: layer.model_fields[name] for name in names if name in layer.model_fields}


def unchanged(x: Shape) -> tuple[Term, ...]:
    """Makes the terms of a shape that is passed on as it is."""
    return tuple(same_size(size, axis, len(x)) for axis, size in enumerate(x))


def same_size(size: Size, axis: int, rank: int) -> Term:
    """Gives an axis the size that it has on the input: `C` for the channels of a map, `N` for every other one."""
    name = "C" if axis == rank - 1 and rank > 1 else "N"
    return Term(name, {name: size})


def times(cost: int, count: str) -> str:
    """Writes a cost per element as a formula: `5*prod(y)`, without a factor of 1."""
    return count if cost == 1 else f"{cost}*{count}"


def bias_and_activation(use_bias: bool, activation: str) -> str:
    """Writes what a bias and a fused activation add to a layer's FLOPs, as the end of a formula."""
    cost = costs.ACTIVATION_COSTS[activation]
    bias = f" + {times(costs.BIAS, 'prod(y)')}" if use_bias else ""
    return bias + (f" + {times(cost, 'prod(y)')}" if cost else "")
