"""What the variables of a function are called: one name for what flows on, others for what is needed again later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cnncalc.exporting.program.expressions import Code
from cnncalc.exporting.program.names import Names
from cnncalc.exporting.program.steps import (
    Channels,
    CopyStep,
    Function,
    IfStep,
    LayerStep,
    LoopStep,
    Step,
    UseStep,
    Value,
    Variable,
    all_steps,
)


@dataclass(slots=True)
class _Life:
    """When a variable is set and read, as numbers of steps."""

    sets: list[int] = field(default_factory=list)
    last_read: int = -1


def name_variables(
    function: Function, names: Names, outputs: Sequence[Value], in_words: Callable[[Step], Iterable[Code]],
    inputs: Sequence[Value] = (),
) -> None:  # fmt: skip
    """Gives every variable of a function its name. `in_words` lists the expressions that are written for a step.

    `inputs` are those of the main function, which has no parameters.
    """
    lives: dict[Variable, _Life] = {}
    copies: list[tuple[int, CopyStep]] = []
    clock = 0

    def read(values: Iterable[Value]) -> None:
        for value in values:
            life = lives.setdefault(value.variable, _Life())
            life.last_read = max(life.last_read, clock)

    def set_(value: Value) -> None:
        lives.setdefault(value.variable, _Life()).sets.append(clock)

    def codes(codes: Iterable[Code]) -> None:
        read(symbol.of for code in codes for symbol in code.symbols() if isinstance(symbol, Channels))

    def visit(steps: Sequence[Step]) -> None:
        nonlocal clock
        for step in steps:
            clock += 1
            codes(in_words(step))
            if isinstance(step, CopyStep):
                copies.append((clock, step))
                read([step.source])
                set_(step.target)
            elif isinstance(step, (LayerStep, UseStep)):
                read(step.inputs)
                set_(step.target)
            elif isinstance(step, IfStep):
                visit(step.steps)
            else:
                start = clock
                visit(step.steps)
                for life in lives.values():  # what the first copy reads, the last one reads as well
                    if life.last_read > start and min(life.sets, default=0) <= start:
                        life.last_read = clock

    given: list[Value | None] = [*inputs] or [function.input, *function.tensors.values()]
    for value in given:
        if value is not None:
            set_(value)
    visit(function.steps)
    clock += 1
    read(outputs)
    same = _unite(copies, lives)
    _give_names(lives, same, names)
    _name_copies(function.steps)


def _name_copies(steps: Sequence[Step]) -> None:
    """Gives the variables of all copies in a loop the names of the first one's."""
    for step in steps:
        if isinstance(step, (IfStep, LoopStep)):
            _name_copies(step.steps)
        if isinstance(step, LoopStep):
            for copy in step.copies[1:]:
                for ours, theirs in zip(all_steps(step.steps), all_steps(copy), strict=True):
                    if not isinstance(ours, (IfStep, LoopStep)) and not isinstance(theirs, (IfStep, LoopStep)):
                        theirs.target.variable.name = ours.target.variable.name
                _name_copies(copy)


def _unite(copies: Sequence[tuple[int, CopyStep]], lives: dict[Variable, _Life]) -> dict[Variable, Variable]:
    """Makes one variable of two if the first is not needed behind the copy that the second starts with."""
    same: dict[Variable, Variable] = {}

    def root(variable: Variable) -> Variable:
        while variable in same:
            variable = same[variable]
        return variable

    for clock, step in copies:
        source, target = root(step.source.variable), root(step.target.variable)
        if source is target:
            continue
        ours, theirs = lives[source], lives[target]
        if ours.last_read <= clock and min(theirs.sets) >= clock:
            same[target] = source
            ours.sets += theirs.sets
            ours.last_read = theirs.last_read
    return {variable: root(variable) for variable in lives}


def _give_names(lives: dict[Variable, _Life], same: dict[Variable, Variable], names: Names) -> None:
    roots = {root: lives[root] for root in same.values()}
    order = sorted(roots, key=lambda variable: min(roots[variable].sets))
    by_running: dict[str, list[Variable]] = {}
    for variable in order:
        by_running.setdefault(variable.running, []).append(variable)
    for running, variables in by_running.items():
        shared = [
            variable
            for variable, following in zip(variables, [*variables[1:], None], strict=True)
            if following is None or _ends_before(roots[variable], roots[following])
        ]
        name = names.take(running) if shared else ""
        for variable in shared:
            variable.name = name
    for variable in order:
        if not variable.name:
            variable.name = names.take(variable.own)
    for variable, root in same.items():
        variable.name = root.name


def _ends_before(life: _Life, following: _Life) -> bool:
    return max(life.last_read, *life.sets) <= min(following.sets)
