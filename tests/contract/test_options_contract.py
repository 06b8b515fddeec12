"""The spec language: what every item takes: repeat, first, if, trainable, share."""

from __future__ import annotations

import pytest

from tests.contract.specs import refusal, report, rows, wiring

# repeat, first, if ----------------------------------------------------------------------------------------------------


def test_first_overrides_any_argument_of_the_first_copy_only() -> None:
    text = """
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, name: c, repeat: 3, padding: same, first: {strides: 2, filters: 2}}
        """
    made = rows(text)
    assert [row["output_shape"] for row in made.values()] == [[4, 4, 2], [4, 4, 4], [4, 4, 4]]
    # 3*3*3*2+2, 3*3*2*4+4, 3*3*4*4+4
    assert [row["params"] for row in made.values()] == [56, 76, 148]


def test_first_on_a_block_overrides_parameters() -> None:
    text = """
        blocks:
          u:
            params: {filters: 4, stride: 1}
            layers: [{Conv2D: {filters: $filters, kernel_size: 1, strides: $stride}}]
        layers: [{u: {filters: 6, repeat: 3, first: {stride: 2}}}]
        """
    assert [row["output_shape"] for row in rows(text).values()] == [[4, 4, 6]] * 3


@pytest.mark.parametrize(
    "item",
    [
        "ReLU: {repeat: 0}",
        "ReLU: {repeat: -1}",
        "ReLU: {repeat: 1.5}",
        "ReLU: {repeat: true}",
        "ReLU: {repeat: many}",
        "ReLU: {repeat: null}",
        "ReLU: {repeat: $in_channels}",
        "ReLU: {repeat: 3/2}",
        "Dense: {units: 3, repeat: 2, first: {unit: 4}}",
        "Dense: {units: 3, repeat: 2, first: 4}",
        "Dense: {units: 3, repeat: 2, first: [units]}",
        "ReLU: {if: 1}",
        "ReLU: {if: maybe}",
        "ReLU: {if: 3 + 1}",
        "ReLU: {if: null}",
        "ReLU: {if: $in_channels == 3}",
        "ReLU: {trainable: maybe}",
        "ReLU: {trainable: 0}",
    ],
)
def test_repeat_first_if_and_trainable_refuse(item: str) -> None:
    refusal(f"layers: [{{{item}}}]")


@pytest.mark.parametrize("structure", ["repeat: $n", "if: $n > 3"])
def test_structure_never_depends_on_shapes_even_through_a_parameter(structure: str) -> None:
    refusal(
        f"blocks: {{u: {{params: {{n: 1}}, layers: [ReLU: {{{structure}}}, ELU]}}}}\nlayers: [u: {{n: $in_channels}}]"
    )


def test_repeat_may_be_arithmetic_of_vars() -> None:
    assert len(rows("vars: {n: 3}\nlayers: [{ReLU: {repeat: 2*$n - 1}}]")) == 5


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("$a", True),
        ("not $a", False),
        ("$n > 3", True),
        ("$n >= 4 and $n % 2 == 0", True),
        ("$n != 4", False),
        ("$n < 2 or $a", True),
        ("not ($n == 4)", False),
        ("$n == 8/2", True),
    ],
)
def test_if_keeps_or_drops(condition: str, kept: bool) -> None:
    made = rows(f"vars: {{a: true, n: 4}}\nlayers: [ELU, {{ReLU: {{if: '{condition}'}}}}]")
    assert ("re_lu" in made) is kept


def test_a_dropped_block_and_a_dropped_merge_are_as_if_not_written() -> None:
    text = """
        blocks: {u: {layers: [{ReLU: {name: a}}]}}
        layers:
          - u: {if: false, name: v}
          - Add: {if: false, branches: {x: [ReLU], y: [ReLU]}}
          - ReLU: {name: v}
          - ReLU
        """
    assert wiring(text) == {"v": ["input"], "re_lu": ["v"]}


# trainable, share -----------------------------------------------------------------------------------------------------


def split(row: dict[str, object]) -> tuple[object, object, object]:
    return row["params"], row["trainable_params"], row["non_trainable_params"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("Dense: 4", (16, 16, 0)),
        ("Dense: {units: 4, trainable: false}", (16, 0, 16)),
        ("Dense: {units: 4, trainable: true}", (16, 16, 0)),
        ("BatchNormalization", (12, 6, 6)),
        ("BatchNormalization: {trainable: false}", (12, 0, 12)),
        ("ReLU: {trainable: false}", (0, 0, 0)),
        ("Flatten: {trainable: false}", (0, 0, 0)),
    ],
)
def test_trainable_flags(item: str, expected: tuple[int, int, int]) -> None:
    made = report(f"layers:\n  - {item}", "3")
    assert split(made["layers"][-1]) == split(made["totals"]) == expected


def test_a_frozen_block_freezes_everything_inside_whatever_it_says() -> None:
    text = """
        blocks:
          low: {layers: [{Dense: {units: 4, trainable: true}}]}
          high: {layers: [low, BatchNormalization, {Add: {branches: {a: [{Dense: 4}], b: []}}}]}
        layers: [{high: {trainable: false, repeat: 2}}, {Dense: 2}]
        """
    made = report(text, "4")
    # each copy: 4*4+4, 4*4, 4*4+4; the head 4*2+2
    assert split(made["totals"]) == (2 * (20 + 16 + 20) + 10, 10, 2 * (20 + 16 + 20))


def test_trainable_may_be_a_parameter() -> None:
    text = "blocks: {u: {params: {t: true}, layers: [{Dense: {units: 4, trainable: $t}}]}}\nlayers: [u, {u: false}]"
    assert [row["trainable_params"] for row in rows(text, "4").values()] == [20, 0]


def test_shared_weights_have_an_owner_and_count_once() -> None:
    text = """
        input: {left: 8x8x3, right: 8x8x3}
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, name: a, from: left}
          - Conv2D: {filters: 4, kernel_size: 3, name: b, from: right, share: a}
          - Conv2D: {filters: 4, kernel_size: 3, name: c, from: right, share: b, strides: 2, activation: relu}
          - Concatenate: {from: [a, b]}
        outputs: [concatenate, c]
        """
    made = report(text)
    by_name = {row["name"]: row for row in made["layers"]}
    # 3*3*3*4 + 4 = 112 in each row, once in all; the owner of c's weights is a
    assert [by_name[name]["params"] for name in "abc"] == [112, 112, 112]
    assert [by_name[name]["shared_with"] for name in "abc"] == [None, "a", "a"]
    assert made["totals"]["params"] == made["totals"]["trainable_params"] == 112
    # operations are done each time: 6*6*4*27 twice, and ceil((8-2)/2)=3 -> 3*3*4*27
    assert made["totals"]["exact"]["macs"] == 2 * 3888 + 972


@pytest.mark.parametrize(
    "second",
    [
        "Conv2D: {filters: 4, kernel_size: 3, share: nothing}",
        "Conv2D: {filters: 4, kernel_size: 3, share: b, name: b}",
        "Conv2D: {filters: 5, kernel_size: 3, share: a}",
        "Conv2D: {filters: 4, kernel_size: 1, share: a}",
        "Conv2D: {filters: 4, kernel_size: 3, use_bias: false, share: a}",
        "Conv2D: {filters: 4, kernel_size: 3, share: a}",  # reads 4 channels, not 3
        "Conv2D: {filters: 4, kernel_size: 3, from: input, share: input}",
        "DepthwiseConv2D: {kernel_size: 3, share: a}",
        "Dense: {units: 4, share: a}",
        "Conv2D: {filters: 4, kernel_size: 3, from: input, share: [a]}",
        "ReLU: {share: a}",
    ],
)
def test_sharing_needs_an_earlier_item_of_the_same_kind_and_shapes(second: str) -> None:
    refusal(f"layers: [{{Conv2D: {{filters: 4, kernel_size: 3, name: a}}}}, {{{second}}}]")


def test_sharing_weights_of_a_finished_block() -> None:
    text = """
        blocks: {u: {layers: [{Dense: {units: 4, name: d}}]}}
        layers: [u, {Dense: {units: 4, share: u/d, name: e}}]
        """
    assert rows(text, "4")["e"]["shared_with"] == "u/d"
    assert report(text, "4")["totals"]["params"] == 20


def test_copies_that_share_one_owner() -> None:
    text = "layers: [{Dense: {units: 4, name: d}}, {Dense: {units: 4, name: e, repeat: 3, share: d}}]"
    assert [row["shared_with"] for row in rows(text, "4").values()] == [None, "d", "d", "d"]
    assert report(text, "4")["totals"]["params"] == 20
