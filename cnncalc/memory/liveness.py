"""How much is alive at once while a net is computed: in a given order of its steps, and in the best one.

A step reads tensors and writes one. While it runs, what it reads, what it writes and everything that a later step still
reads is alive; after it, what nobody reads any more is gone. Outputs stay to the end, inputs are there from the start.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

MAX_STATES: Final = 10_000
"""States that the search for the best order looks at between two bottlenecks before it settles for the listed order."""
MAX_RUNS: Final = 100_000
"""Steps that this search runs at most: a wide stretch has many for each state."""
MAX_STEPS: Final = 500
"""In a longer stretch without a bottleneck no better order is searched for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One computation: the tensors that it reads, each once, and the one that it writes."""

    reads: tuple[int, ...]
    writes: int


@dataclass(frozen=True)
class Program:
    """Steps in an order in which they can be computed; `sizes` of the tensors; which of them are inputs and outputs."""

    sizes: Sequence[int]
    steps: Sequence[Step]
    inputs: frozenset[int] = frozenset()
    outputs: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Peak:
    """The most that is alive at once: how much, at which step, and which tensors. No step: there is none."""

    size: int
    step: int | None
    alive: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BestOrder:
    """An order of the steps and its peak. `proven`: no other order has a smaller one."""

    order: tuple[int, ...]
    size: int
    proven: bool


@dataclass(slots=True)
class _Memory:
    """What is alive between two steps."""

    program: Program
    size: int = 0
    readers: dict[int, int] = field(default_factory=dict)
    """Of each tensor that is alive, how many steps are still to read it."""

    def needed(self, step: Step) -> int:
        """Returns what is alive while a step runs."""
        return self.size + self.program.sizes[step.writes]

    def run(self, step: Step, reads_to_come: Sequence[int]) -> None:
        """Runs a step; `reads_to_come` says how many steps read each tensor in all."""
        program = self.program
        if reads_to_come[step.writes] or step.writes in program.outputs:
            self.readers[step.writes] = reads_to_come[step.writes]
            self.size += program.sizes[step.writes]
        for tensor in step.reads:
            self.readers[tensor] -= 1
            if not self.readers[tensor] and tensor not in program.outputs:
                del self.readers[tensor]
                self.size -= program.sizes[tensor]


def _start(program: Program) -> tuple[_Memory, list[int]]:
    reads = [0] * len(program.sizes)
    for step in program.steps:
        for tensor in step.reads:
            reads[tensor] += 1
    memory = _Memory(program)
    for tensor in program.inputs:
        if reads[tensor] or tensor in program.outputs:
            memory.readers[tensor] = reads[tensor]
            memory.size += program.sizes[tensor]
    return memory, reads


def peak(program: Program, order: Iterable[int] | None = None) -> Peak:
    """Returns the peak of an order of the steps, the listed one where none is given."""
    if not program.steps:
        memory, _ = _start(program)
        return Peak(memory.size, None, tuple(sorted(memory.readers)))
    listed = list(range(len(program.steps)) if order is None else order)
    sizes = alive_over_time(program, listed)
    size = max(sizes)
    highest = listed[sizes.index(size)]
    return Peak(size, highest, _alive_at(program, listed, highest))


def alive_over_time(program: Program, order: Iterable[int]) -> list[int]:
    """Returns how much is alive while each step of an order runs."""
    memory, reads = _start(program)
    sizes = []
    for index in order:
        sizes.append(memory.needed(program.steps[index]))
        memory.run(program.steps[index], reads)
    return sizes


def _alive_at(program: Program, order: Iterable[int], step: int) -> tuple[int, ...]:
    """Lists the tensors that are alive while a step of an order runs: found once, as there may be very many."""
    memory, reads = _start(program)
    for index in order:
        if index == step:
            break
        memory.run(program.steps[index], reads)
    return tuple(sorted({*memory.readers, program.steps[step].writes}))


def best_order(program: Program, max_states: int = MAX_STATES) -> BestOrder:
    """Returns the order of the steps whose peak is smallest.

    Bottlenecks, steps that every other step leads to or comes from, cut the steps into stretches that can be put into
    order one by one: what is alive between them does not depend on the order within. Within a stretch the search goes
    through the sets of steps that may have been run, the smallest peak first. A step that needs no more than the peak
    so far, and after which no more is alive than before, is taken at once: an order that takes it later is no better.
    """
    memory, reads = _start(program)
    order: list[int] = []
    size, proven = memory.size, True
    for first, end in _stretches(program):
        found = _search(program, memory, reads, first, end, size, max_states)
        order += found.order
        size = max(size, found.size)
        proven = proven and found.proven
        for index in range(first, end):
            memory.run(program.steps[index], reads)
    return BestOrder(tuple(order), size, proven)


def _stretches(program: Program) -> list[tuple[int, int]]:
    """Returns the steps cut behind each bottleneck, as ranges of indices."""
    steps = program.steps
    writer = {step.writes: index for index, step in enumerate(steps)}
    first_reader = [len(steps)] * len(steps)
    last_read = [-1] * len(steps)
    for index, step in enumerate(steps):
        for tensor in step.reads:
            if tensor in writer:
                first_reader[writer[tensor]] = min(first_reader[writer[tensor]], index)
                last_read[index] = max(last_read[index], writer[tensor])
    # All later steps come from a step if each of them reads it or a step behind it ...
    follows = [len(steps)] * (len(steps) + 1)
    for index in range(len(steps) - 1, -1, -1):
        follows[index] = min(follows[index + 1], last_read[index])
    # ... and all earlier ones lead to it if each of them is read by it or a step before it.
    leads = -1
    stretches, first = [], 0
    for index in range(len(steps)):
        if leads <= index and follows[index + 1] >= index:
            stretches.append((first, index + 1))
            first = index + 1
        leads = max(leads, first_reader[index])
    if first < len(steps):
        stretches.append((first, len(steps)))
    return stretches


def _search(
    program: Program, memory: _Memory, reads: Sequence[int], first: int, end: int, reached: int, max_states: int
) -> BestOrder:
    """Returns the best order of the steps first ... end - 1, all before them run; `reached` is the peak so far."""
    listed = BestOrder(tuple(range(first, end)), _peak_of_stretch(program, memory, reads, first, end), True)
    if end - first == 1 or listed.size <= reached:
        return listed
    if end - first > MAX_STEPS:
        return replace(listed, proven=False)
    stretch = _Stretch(program, memory, reads, first, end)
    queue = [stretch.without_cost(_State(reached, end - first, 0, memory.size, (), stretch.ready_at_first()))]
    seen: set[int] = set()
    while queue:
        state = heapq.heappop(queue)
        if state.done in seen:
            continue
        seen.add(state.done)
        if len(state.order) == end - first:
            return BestOrder(tuple(first + step for step in state.order), state.peak, True)
        if len(seen) > max_states or stretch.runs > MAX_RUNS:
            return replace(listed, proven=False)
        for step in state.ready:
            following = stretch.without_cost(stretch.run(state, step))
            if following.done not in seen and following.peak < listed.size:
                heapq.heappush(queue, following)
    return listed


def _peak_of_stretch(program: Program, memory: _Memory, reads: Sequence[int], first: int, end: int) -> int:
    running = _Memory(program, memory.size, dict(memory.readers))
    most = memory.size
    for index in range(first, end):
        most = max(most, running.needed(program.steps[index]))
        running.run(program.steps[index], reads)
    return most


class _State(NamedTuple):
    """Some steps of a stretch, run in some order. The smallest peak comes first, then who has more done."""

    peak: int
    to_do: int
    done: int
    """A number whose bits say which steps were run."""
    alive: int
    order: tuple[int, ...]
    ready: tuple[int, ...]
    """The steps that can be run next."""


class _Stretch:
    """The steps between two bottlenecks, counted from 0, and who reads what as the bits of numbers."""

    def __init__(self, program: Program, memory: _Memory, reads: Sequence[int], first: int, end: int) -> None:
        self.runs = 0
        """How many steps were run so far."""
        self.steps = program.steps[first:end]
        self.sizes = program.sizes
        writer = {step.writes: 1 << index for index, step in enumerate(self.steps)}
        self.needs = [sum(writer.get(tensor, 0) for tensor in step.reads) for step in self.steps]
        self.readers_of: list[list[int]] = [[] for _ in self.steps]
        """For each step, the steps of the stretch that read what it writes."""
        for index, step in enumerate(self.steps):
            for tensor in step.reads:
                if tensor in writer:
                    self.readers_of[writer[tensor].bit_length() - 1].append(index)
        self.readers = dict.fromkeys(writer, 0)
        for index, step in enumerate(self.steps):
            for tensor in step.reads:
                self.readers[tensor] = self.readers.get(tensor, 0) | 1 << index
        # What an output or a later stretch needs has one more reader, which is never run.
        never = 1 << len(self.steps)
        for tensor, inside in self.readers.items():
            if tensor in program.outputs or inside.bit_count() < memory.readers.get(tensor, reads[tensor]):
                self.readers[tensor] |= never

    def ready_at_first(self) -> tuple[int, ...]:
        """Returns the steps that need no other of the stretch."""
        return tuple(step for step, needs in enumerate(self.needs) if not needs)

    def run(self, state: _State, index: int) -> _State:
        """Returns the state after one more step."""
        self.runs += 1
        step, done = self.steps[index], state.done | 1 << index
        needed = state.alive + self.sizes[step.writes]
        gone = sum(self.sizes[tensor] for tensor in {*step.reads, step.writes} if not self.readers[tensor] & ~done)
        ready = [other for other in state.ready if other != index]
        ready += [reader for reader in self.readers_of[index] if not self.needs[reader] & ~done]
        order = (*state.order, index)
        return _State(max(state.peak, needed), state.to_do - 1, done, needed - gone, order, tuple(sorted(ready)))

    def without_cost(self, state: _State) -> _State:
        """Returns the state after every step that neither needs more than the peak so far nor leaves more alive than
        before.
        """
        found = True
        while found:
            found = False
            for index in state.ready:
                following = self.run(state, index)
                if following.peak == state.peak and following.alive <= state.alive:
                    state, found = following, True
        return state
