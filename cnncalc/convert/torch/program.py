"""A program that torch.export has made, as plain data: calls of PyTorch's operators on named tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cnncalc.convert.channels_first.operations import Dims
from cnncalc.convert.graph import ReadingProblem
from cnncalc.errors import quote


@dataclass(frozen=True, slots=True)
class Name:
    """A tensor, or a number that is computed, by its name."""

    name: str


@dataclass(slots=True)
class Call:
    """A call of an operator: `target` is its name without the overload, `conv2d`; arguments are by name.

    `path` is the module that makes it; `place` is what diagnostics call it.
    """

    target: str
    arguments: dict[str, object]
    outputs: list[str]
    path: tuple[str, ...]
    place: str

    def tensor(self, *names: str) -> str:
        """Returns the name of the tensor that is given as the first of these arguments that is there; empty if none
        is.
        """
        for name in names:
            found = self.arguments.get(name)
            if isinstance(found, Name):
                return found.name
        return ""

    def tensors(self, name: str) -> list[str]:
        """Returns the names of the tensors in a list; empty names stand for None."""
        found = self.arguments.get(name)
        if not isinstance(found, list):
            raise self.problem(f"its argument {name} is no list")
        return [entry.name if isinstance(entry, Name) else "" for entry in found]

    def integer(self, name: str, default: int) -> int:
        """Returns an integer. Raises: ReadingProblem: if it is something else."""
        found = self.arguments.get(name, default)
        if isinstance(found, float) and found == int(found):
            found = int(found)
        if not isinstance(found, int):
            raise self.problem(f"its argument {name} is {quote(str(found))}")
        return found

    def number(self, name: str, default: float | None = None) -> float | None:
        """Returns a number, or the default if it is left out or None."""
        found = self.arguments.get(name, default)
        return found if isinstance(found, (int, float)) else default

    def integers(self, name: str, rank: int | None = None, default: Sequence[int] = ()) -> list[int]:
        """Returns a list of integers; a single one stands for `rank` equal ones, an empty list for the default."""
        found = self.arguments.get(name)
        if isinstance(found, int):
            return [found] * (rank or 1)
        if not found:
            return list(default)
        if not isinstance(found, (list, tuple)) or not all(isinstance(entry, int) for entry in found):
            raise self.problem(f"its argument {name} is no list of integers")
        return [*found] * (rank or 1) if len(found) == 1 else [*found]

    def problem(self, message: str) -> ReadingProblem:
        """Makes a problem with this call as its place."""
        return ReadingProblem(
            "unsupported-layer", f"the call of {self.target}, {quote(self.place)}: {message}", place=self.place
        )


@dataclass(slots=True)
class Program:
    """Calls, with the tensors that they start from. `constants` maps the names of parameters and buffers to sizes.

    `targets` maps them to their names in the module; `parameters` are those of them that are trained. `dims` are the
    sizes of every tensor; a batch of unknown size is None.
    """

    name: str
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
    dims: dict[str, Dims] = field(default_factory=dict)
    source: str = "PyTorch"


def module_path(stack: Sequence[str]) -> tuple[str, ...]:
    """Returns the module that a call belongs to, from the names of all that it is inside of, outermost first.

    PyTorch marks the second use of a module as `conv1@1`.
    """
    last = stack[-1].partition("@")[0] if stack else ""
    return tuple(last.split(".")) if last else ()
