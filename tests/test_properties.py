"""What is true of every net, tried on random ones that hypothesis draws and, where one fails, makes small."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis.report import Report, Row
from cnncalc.render.fold import fold

unhurried = settings(deadline=None)
"""Other work on the machine is no failure."""

Item = dict[str, Any]
Spec = dict[str, Any]

SIZES = st.integers(1, 4)
WINDOWS: st.SearchStrategy[Item] = st.one_of(
    st.fixed_dictionaries({"Conv2D": st.fixed_dictionaries({
        "filters": st.just(4), "kernel_size": st.lists(SIZES, min_size=2, max_size=2), "strides": st.integers(1, 2),
        "padding": st.sampled_from(["same", 3, [[0, 3], [3, 1]]]), "use_bias": st.booleans(),
    })}),
    st.fixed_dictionaries({"DepthwiseConv2D": st.fixed_dictionaries({
        "kernel_size": SIZES, "dilation_rate": SIZES, "padding": st.just("same"),
    })}),
    st.fixed_dictionaries({"MaxPooling2D": st.fixed_dictionaries({
        "pool_size": SIZES, "strides": SIZES, "padding": st.just("same"),
    })}),
)  # fmt: skip
"""Layers with a window that fit every map."""
LAYERS = st.one_of(
    WINDOWS,
    st.sampled_from([
        {"BatchNormalization": {}}, {"ReLU": {}}, {"Dropout": {"rate": 0.5}}, {"Dense": {"units": 4}},
        {"LayerNormalization": {"center": False}}, {"SeparableConv2D": {"filters": 4, "kernel_size": 1}},
    ]),
)  # fmt: skip
"""Layers that fit every map."""
KEEPING = st.sampled_from([
    {"Conv2D": {"filters": 4, "kernel_size": 3, "padding": "same"}}, {"ReLU": {}}, {"BatchNormalization": {}},
])  # fmt: skip
"""Layers that keep the size of the map."""
MERGES = st.builds(
    lambda kind, branches: {kind: {"branches": {f"branch{index}": items for index, items in enumerate(branches)}}},
    st.just("Concatenate"),
    st.lists(st.lists(KEEPING, max_size=2), min_size=2, max_size=3),
)
ITEMS = st.lists(st.one_of(LAYERS, MERGES), min_size=1, max_size=4)
MAPS = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4)).map(list)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Blocks that use the ones before them, in copies, and a list that uses them all."""
    blocks: dict[str, Spec] = {}
    for index in range(draw(st.integers(0, 3))):
        blocks[f"block{index}"] = {"layers": draw(uses_of(list(blocks)))}
    return {"input": draw(MAPS), "blocks": blocks, "layers": draw(uses_of(list(blocks)))}


def uses_of(blocks: list[str]) -> st.SearchStrategy[list[Item]]:
    if not blocks:
        return ITEMS
    uses = st.builds(lambda name, copies: {name: {"repeat": copies}}, st.sampled_from(blocks), st.integers(1, 3))
    return st.lists(st.one_of(LAYERS, MERGES, uses), min_size=1, max_size=4)


def report(spec: Spec) -> Report:
    return cnncalc.from_dict(spec).analyze()


def figures(rows: list[Row] | Any) -> list[dict[str, object]]:
    """All that rows say but their names."""
    return [
        {key: value for key, value in row.to_dict().items() if key not in ("name", "path", "inputs")} for row in rows
    ]


def unrolled(items: list[Item], blocks: dict[str, Spec]) -> list[Item]:
    """The same items without blocks and copies."""
    made: list[Item] = []
    for item in items:
        ((kind, options),) = item.items()
        if kind in blocks:
            made += unrolled(blocks[kind]["layers"], blocks) * options.get("repeat", 1)
        else:
            made.append(item)
    return made


@unhurried
@given(specs())
def test_an_expansion_is_what_one_would_write_by_hand(spec: Spec) -> None:
    by_hand = {"input": spec["input"], "layers": unrolled(spec["layers"], spec["blocks"])}
    assert figures(report(spec).layers) == figures(report(by_hand).layers)


@unhurried
@given(MAPS, st.one_of(LAYERS, MERGES), st.integers(1, 5))
def test_repeat_is_as_many_copies(shape: list[int], item: Item, copies: int) -> None:
    ((kind, options),) = item.items()
    repeated = report({"input": shape, "layers": [{kind: {**options, "repeat": copies}}]})
    written = report({"input": shape, "layers": [item] * copies})
    assert figures(repeated.layers) == figures(written.layers)
    assert repeated.totals == written.totals


@unhurried
@given(specs(), MAPS)
def test_parameters_do_not_depend_on_the_size_of_the_input(spec: Spec, other: list[int]) -> None:
    resized = {**spec, "input": [*other[:-1], spec["input"][-1]]}
    assert [row.params for row in report(spec).layers] == [row.params for row in report(resized).layers]


@unhurried
@given(specs(), st.data())
def test_a_frozen_layer_moves_parameters_and_changes_nothing_else(spec: Spec, data: st.DataObject) -> None:
    items = unrolled(spec["layers"], spec["blocks"])
    index = data.draw(st.integers(0, len(items) - 1))
    frozen = copy.deepcopy(items)
    ((kind, options),) = frozen[index].items()
    frozen[index] = {kind: {**options, "trainable": False}}
    before = report({"input": spec["input"], "layers": items})
    after = report({"input": spec["input"], "layers": frozen})
    moved = 0
    for plain, row in zip(before.layers, after.layers, strict=True):
        if row.trainable_params != plain.trainable_params:
            assert row.trainable_params == 0
            moved += plain.trainable_params or 0
        trainable = ("trainable_params", "non_trainable_params")
        old, new = ({k: v for k, v in made.to_dict().items() if k not in trainable} for made in (plain, row))
        assert new == old
    assert after.totals.params == before.totals.params
    assert after.totals.trainable_params == (before.totals.trainable_params or 0) - moved


@unhurried
@given(MAPS, st.lists(st.one_of(WINDOWS, LAYERS), min_size=1, max_size=8))
def test_the_exact_receptive_field_grows_along_a_chain(shape: list[int], items: list[Item]) -> None:
    fields = [row.exact.receptive_field for row in report({"input": shape, "layers": items}).layers]
    assert fields[0] == (1, 1)
    for before, after in itertools.pairwise(fields):
        assert before is not None
        assert after is not None
        assert all(one <= two for one, two in zip(before, after, strict=True))


@unhurried
@given(specs(), st.integers(1, 10**18 - 1))
def test_a_report_comes_back_from_json_as_it_was(spec: Spec, size: int) -> None:
    for shape in (spec["input"], [size, size, 4]):
        written = report({**spec, "input": shape}).to_dict()
        assert json.loads(json.dumps(written)) == written


@unhurried
@given(specs(), st.integers(1, 4))
def test_folded_rows_add_up_to_the_totals(spec: Spec, depth: int) -> None:
    whole = report(spec)
    folded = fold(whole, depth)
    assert all(len(row.path) < depth for row in folded.layers)
    own = [row for row in folded.layers if row.shared_with is None]
    sums = {
        "neurons": sum(row.neurons or 0 for row in folded.layers),
        "params": sum(row.params or 0 for row in own),
        "trainable_params": sum(row.trainable_params or 0 for row in own),
        "non_trainable_params": sum(row.non_trainable_params or 0 for row in own),
    }
    assert sums == {name: getattr(whole.totals, name) for name in sums}
    assert sum(row.notes.ops or 0 for row in folded.layers) == whole.totals.notes.ops
    assert sum(row.exact.macs or 0 for row in folded.layers) == whole.totals.exact.macs
    assert sum(row.exact.flops or 0 for row in folded.layers) == whole.totals.exact.flops
