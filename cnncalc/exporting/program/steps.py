"""The steps of a program: what it computes, in the order in which it does, and the functions that it is made of.

A function stands for all uses of a block at once: whatever a step holds for each use (nodes, layers, shapes) is a tuple
with an entry per use, `None` for a use in which a condition leaves the step out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cnncalc.expansion.nodes import Instance
from cnncalc.exporting.program.expressions import Code, Symbol
from cnncalc.layers.base import Layer
from cnncalc.tensor import Shape

Key = tuple[str, str]
"""A block: the identity of its spec and its name there."""


class NotShared(Exception):
    """Blocks whose uses can't be said by one function each."""

    def __init__(self, keys: set[Key]) -> None:
        self.keys = keys


@dataclass(eq=False)
class Variable:
    """A variable of the program. It is called `running` if nothing else needs that name, and else `own`."""

    running: str
    own: str
    name: str = ""
    holds: Value | None = None
    """What it holds when the steps so far are done."""


@dataclass(eq=False)
class Value:
    """A tensor that a variable holds for some time, with the nodes that compute it."""

    variable: Variable
    nodes: tuple[int | None, ...]
    shapes: tuple[Shape | None, ...]
    is_copy: bool = False
    """Whether another variable holds it as well."""

    @property
    def is_current(self) -> bool:
        """Whether its variable still holds it."""
        return self.variable.holds is self

    @property
    def channels(self) -> Code:
        """The expression of its number of channels."""
        return Code("name", (), None, Channels(self))


@dataclass(frozen=True)
class Channels(Symbol):
    """The number of channels of a tensor."""

    of: Value

    def text(self) -> str:
        return f"{self.of.variable.name}.shape[-1]"

    def value(self, use: int) -> object:
        shape = self.of.shapes[use]
        return None if shape is None else shape[-1]


@dataclass(eq=False)
class Parameter(Symbol):
    """A parameter of a function, or a constant at the top of the program (which has the same value at every use)."""

    spec_name: str
    values: tuple[object, ...]
    default: Code | None = None
    """None: it has to be given."""
    given: bool = False
    used: bool = False
    name: str = ""

    def text(self) -> str:
        return self.name

    def value(self, use: int) -> object:
        return self.values[use if len(self.values) > 1 else 0]

    @property
    def is_computed(self) -> bool:
        """Whether its default is computed from others, inside the function."""
        return self.default is not None and any(True for _ in self.default.symbols())


@dataclass(frozen=True)
class Index:
    """The number of a copy in a name: `conv2_1`. `loop` tells which item it is a copy of."""

    number: int
    loop: int


Name = tuple[str | Index, ...]
"""What a layer is called inside its function, in parts: texts and numbers of copies."""


def name_text(name: Name) -> str:
    """Writes a name with the numbers of its copies."""
    return "".join(str(part.number) if isinstance(part, Index) else part for part in name)


@dataclass(eq=False)
class LayerStep:
    """A layer is applied to tensors."""

    target: Value
    kind: str
    name: Name
    layers: tuple[Layer | None, ...]
    inputs: list[Value]
    arguments: dict[str, Code]
    owner: LayerStep | None = None
    """The earlier step whose weights it reuses."""
    is_frozen: bool = False
    is_named: bool = False
    """Whether its name was written in the spec."""
    is_shared: bool = False
    """Whether a later step reuses its weights."""
    layer_variable: str = ""
    """What the layer itself is called if it is used several times."""

    @property
    def some_layer(self) -> Layer:
        return next(layer for layer in self.layers if layer is not None)


@dataclass(eq=False)
class UseStep:
    """A function is called. The first of `inputs` is the tensor that the block reads."""

    target: Value
    function: Function
    name: Name
    uses: tuple[int | None, ...]
    """Which use of the function it is, for each use of the function that the step stands in."""
    inputs: list[Value]
    arguments: dict[str, Code]
    is_named: bool = False


@dataclass(eq=False)
class CopyStep:
    """A variable takes the tensor of another one."""

    target: Value
    source: Value


@dataclass(eq=False)
class IfStep:
    """Steps that some uses leave out."""

    condition: Code
    steps: list[Step]


@dataclass(eq=False)
class LoopStep:
    """Steps that are repeated, with a number that counts from `start` to `stop`, inclusive."""

    loop: int
    start: int
    stop: Code
    steps: list[Step]
    copies: list[list[Step]]
    """The steps of each copy."""


Step = LayerStep | UseStep | CopyStep | IfStep | LoopStep


@dataclass(eq=False)
class Function:
    """A block as a function: its parameters, its steps, and what it gives back."""

    spec_name: str
    instances: list[Instance]
    input: Value | None
    parameters: dict[str, Parameter]
    key: Key | None
    """None: the main function."""
    tensors: dict[str, Value] = field(default_factory=dict)
    """Further tensors that it reads, by the parameters that name them."""
    steps: list[Step] = field(default_factory=list)
    output: Value | None = None
    name: str = ""

    def __post_init__(self) -> None:
        self.use_of = {id(instance): use for use, instance in enumerate(self.instances)}

    @property
    def used_parameters(self) -> list[Parameter]:
        """Its parameters in the order of a signature: those without a default first."""
        used = [parameter for parameter in self.parameters.values() if parameter.used]
        passed = [parameter for parameter in used if parameter.given or not parameter.is_computed]
        return sorted(passed, key=lambda parameter: parameter.default is not None)

    @property
    def computed_parameters(self) -> list[Parameter]:
        """Parameters that are computed inside, each after those that it needs."""
        return [parameter for parameter in self.parameters.values() if parameter.used and parameter.is_computed]


def all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    """Lists the steps with those inside conditions and loops, of a loop the first copy's."""
    for step in steps:
        yield step
        if isinstance(step, (IfStep, LoopStep)):
            yield from all_steps(step.steps)


def set_by(steps: Sequence[Step]) -> list[str]:
    """Lists the variables that steps set, each once."""
    made = (step for step in all_steps(steps) if isinstance(step, (LayerStep, UseStep, CopyStep)))
    return list(dict.fromkeys(step.target.variable.name for step in made))


def base_name(step: LayerStep | UseStep) -> str:
    """Returns what an item is called, without the numbers of copies."""
    return "".join(part for part in step.name if not isinstance(part, Index)).rstrip("_")


def have_same_arguments(step: LayerStep, other: LayerStep) -> bool:
    """Says whether two layers of a kind have equal arguments."""
    ours, theirs = step.some_layer, other.some_layer
    return all(getattr(ours, name) == getattr(theirs, name) for name in type(ours).arguments())
