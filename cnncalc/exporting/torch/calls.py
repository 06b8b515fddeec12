"""A layer of a program of PyTorch while it is written: the modules that it is, or the expression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cnncalc.exporting.program.calls import Call, Lacking
from cnncalc.exporting.program.expressions import Code, constant, literal
from cnncalc.exporting.program.steps import Function, LayerStep, NotShared

ANY = 0
"""A layout that says nothing, to see which one a layer asks for."""
FIRST, LAST = 1, -1
"""Where a tensor has its channels: behind the batch, as PyTorch's modules read maps, or at the end."""


@dataclass
class Written:
    """What a step becomes: modules one behind the other, and an expression around them or in their place.

    In `expression`, `{m}` stands for the module and `{0}`, `{1}`, ... for the tensors.
    """

    modules: list[str] = field(default_factory=list)
    expression: str = ""
    layout: int = LAST
    """Where the channels of the result are."""
    weighted: int = 0
    """Which of the modules has the weights."""


class TorchCall(Call):
    """What a translator reads and writes with."""

    def __init__(
        self, step: LayerStep, function: Function, needed: set[str], channels: Sequence[Code], layouts: Sequence[int]
    ) -> None:
        super().__init__(step, function)
        self.needed = needed
        self.channels = channels
        """The expressions of the channels of each input."""
        self.layouts = list(layouts)
        """Where the channels of each input are."""
        self.written = Written()

    @property
    def is_vector(self) -> bool:
        """Whether it reads vectors."""
        return self.rank() == 1

    @property
    def in_channels(self) -> str:
        """The number of channels that it reads, as Python."""
        return self.channels[0].text()

    def needs(self, name: str) -> str:
        """Brings a function or class of the program's own along."""
        self.needed.add(name)
        return name

    def known(self, size: int | None) -> int:
        """Returns a size that PyTorch has to be told. Raises: Lacking: if it is unknown."""
        if size is None:
            raise Lacking("PyTorch has to be told a size that is unknown")
        return size

    # Layouts ----------------------------------------------------------------------------------------------------

    def wants(self, layout: int) -> None:
        """Asks for the channels of all inputs at a place; they are moved there if need be."""
        self.layouts = [layout] * len(self.layouts)
        self.written.layout = layout

    def keeps(self) -> int:
        """Takes the inputs as the first one is."""
        self.wants(self.layouts[0])
        return self.layouts[0]

    def axis(self, axis: int, rank: int | None = None) -> int:
        """Finds the place of one of Keras's axes, the batch counted, in the tensor as it is laid out."""
        rank = self.rank() if rank is None else rank
        axis = axis if axis > 0 else rank + 1 + axis
        place = self.layouts[0] if rank > 1 else LAST
        if place == LAST:
            return axis
        if axis == rank:
            return place
        return axis + 1 if axis >= place else axis

    # Results ----------------------------------------------------------------------------------------------------

    def module(self, text: str, is_weighted: bool = False) -> None:
        """Adds a module."""
        if is_weighted:
            self.written.weighted = len(self.written.modules)
        self.written.modules.append(text)

    def expression(self, text: str, layout: int | None = None) -> None:
        """Writes an expression; `{0}` stands for the first tensor that it reads."""
        self.written.expression = text
        if layout is not None:
            self.written.layout = layout

    # Arguments --------------------------------------------------------------------------------------------------

    def sizes(self, argument: str) -> str:
        """Returns a size, or one per axis, as Python."""
        return self.text(argument)

    def differs(self, argument: str, default: object) -> bool:
        """Tells whether an argument is given and is not PyTorch's default."""
        return self.has(argument) and self.code(argument) != constant(default)

    def number(self, argument: str) -> str:
        """Returns a number as Python."""
        return literal(self.code(argument).constant) if self.code(argument).head == "constant" else self.text(argument)

    def not_shared(self) -> NotShared:
        """Gives the function up that the step stands in."""
        return NotShared({self.key} if self.key is not None else set())
