"""The peak of what is alive, against a simulation that tries every order of the steps."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.memory.liveness import Program, Step, best_order, peak

MAX_STEPS = 6


def simulate(program: Program, order: tuple[int, ...]) -> int:
    """The most that is alive at once, found the slow way: at each step, everything is looked at anew."""
    most = 0
    exists = set(program.inputs)
    for position, index in enumerate(order):
        to_come = [program.steps[later] for later in order[position:]]
        exists = {
            tensor
            for tensor in exists
            if tensor in program.outputs or any(tensor in step.reads for step in to_come)
        } | {program.steps[index].writes}  # fmt: skip
        most = max(most, sum(program.sizes[tensor] for tensor in exists))
    return most


def possible_orders(program: Program) -> list[tuple[int, ...]]:
    writer = {step.writes: index for index, step in enumerate(program.steps)}
    return [
        order
        for order in permutations(range(len(program.steps)))
        if all(
            order.index(writer[tensor]) < position
            for position, index in enumerate(order)
            for tensor in program.steps[index].reads
            if tensor in writer
        )
    ]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Steps that read one to three of the tensors before them: chains, branches, joins, ends that nobody reads."""
    inputs = draw(st.integers(1, 2))
    steps = []
    for index in range(draw(st.integers(1, MAX_STEPS))):
        tensor = inputs + index
        reads = draw(st.sets(st.integers(0, tensor - 1), min_size=1, max_size=3))
        steps.append(Step(tuple(sorted(reads)), tensor))
    count = inputs + len(steps)
    sizes = draw(st.lists(st.integers(1, 20), min_size=count, max_size=count))
    others = draw(st.sets(st.integers(inputs, count - 1), max_size=1))
    return Program(sizes, steps, frozenset(range(inputs)), frozenset({count - 1} | others))


@given(programs())
@settings(max_examples=100, deadline=None)
def test_the_listed_order_is_simulated(program: Program) -> None:
    assert peak(program).size == simulate(program, tuple(range(len(program.steps))))


@given(programs())
@settings(max_examples=100, deadline=None)
def test_no_order_has_a_smaller_peak_than_the_best(program: Program) -> None:
    orders = possible_orders(program)
    best = best_order(program)
    assert best.proven
    assert best.order in orders
    assert simulate(program, best.order) == best.size
    assert best.size == min(simulate(program, order) for order in orders)


# Two branches from an input of 1: each enlarges to 10 and shrinks to 1, and both results are added. One branch after
# the other, 1 + 10 + 1 are alive at most, or 1 + 10 + 1 beside the other's result of 1; side by side it is 10 + 10.
def branches() -> Program:
    sizes = [1, 10, 10, 1, 1, 1]
    steps = [Step((0,), 1), Step((0,), 2), Step((1,), 3), Step((2,), 4), Step((3, 4), 5)]
    return Program(sizes, steps, frozenset({0}), frozenset({5}))


def test_one_branch_after_the_other_needs_less_than_both_at_once() -> None:
    assert peak(branches()).size == 1 + 10 + 10
    assert best_order(branches()).size == 1 + 10 + 1
    assert peak(branches()).step == 1
    assert peak(branches()).alive == (0, 1, 2)


def test_a_search_that_is_given_up_says_so() -> None:
    given_up = best_order(branches(), max_states=1)
    assert (given_up.size, given_up.proven) == (1 + 10 + 10, False)
    assert given_up.order == (0, 1, 2, 3, 4)


# A chain has one order only; a bottleneck behind every step makes the search trivial, however long it is.
def test_a_long_chain_takes_no_search() -> None:
    length = 50_000
    program = Program(
        [3] * (length + 1), [Step((index,), index + 1) for index in range(length)], frozenset({0}), frozenset({length})
    )
    assert best_order(program, max_states=0).size == 6


def test_an_input_is_alive_until_it_is_read_for_the_last_time() -> None:
    program = Program([5, 7, 1, 1], [Step((0,), 2), Step((1, 2), 3)], frozenset({0, 1}), frozenset({3}))
    assert peak(program).size == 5 + 7 + 1
