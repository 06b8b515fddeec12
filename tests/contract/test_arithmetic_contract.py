"""The spec language: arithmetic, and `$in_channels`."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import last, refusal, rows, says


def shapes(text: str, input: str = "[8, 8, 3]") -> list[object]:
    return [row["output_shape"] for row in rows(text, input).values()]


# Arithmetic -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("4*16", 64),
        ("4 * 16", 64),
        ("(1 + 2) * 3", 9),
        ("1 + 2 * 3", 7),
        ("10 - 2 - 3", 5),  # from the left
        ("64 / 4 / 2", 8),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("-7 // 2 + 5", 1),  # floor(-3.5) + 5
        ("-7 % 4", 1),  # Python's
        ("--3", 3),
        ("+3", 3),
        ("(1/3) * 3", 1),
        ("0.1 * 30", 3),  # exact: 0.1 is 1/10
        ("(0.1 + 0.2) * 10", 3),
        ("1/2 + 1/2", 1),
        ("0.5 * $a", 4),
        ("32 * 1.5", 48),
        ("min(3, 8)", 3),
        ("max(3, 8)", 8),
        ("min($a, 3, 5)", 3),
        ("max(min($a, 3), 5//2)", 3),
        ("$a // 3 * 3", 6),
        ("2*$a", 16),
        ("$a", 8),
        ("$b", 12),
        ("$b / 4", 3),
        ("($a + $b) / 4", 5),
        ("7.5 // 2", 3),
    ],
)
def test_arithmetic_where_a_number_is_wanted(written: str, value: int) -> None:
    text = f"vars: {{a: 8, b: 4*3}}\nlayers: [{{Dense: {{units: '{written}'}}}}]"
    assert last(text, "2")["output_shape"] == [value]


@pytest.mark.parametrize(
    ("written", "bias"),
    [
        ("1 < 2", True),
        ("2 <= 1", False),
        ("$a == 8", True),
        ("$a != 8", False),
        ("$a > 3 and $a < 5", False),
        ("$a > 3 or $a < 1", True),
        ("not $t", False),
        ("$t and not $f", True),
        ("$f or $f", False),
        ("0.1 + 0.2 == 0.3", True),  # exact rationals
        ("1/3 + 1/3 + 1/3 == 1", True),
        ("not ($a % 2 == 0)", False),
    ],
)
def test_arithmetic_where_a_boolean_is_wanted(written: str, bias: bool) -> None:
    text = f"vars: {{a: 8, t: true, f: false}}\nlayers: [{{Dense: {{units: 3, use_bias: '{written}'}}}}]"
    assert last(text, "2")["params"] == 6 + 3 * bias


@pytest.mark.parametrize(
    "written",
    [
        "7/2",
        "0.1 * 5",
        "1/3",
        "$half",
        "5 - 5",
        "2 - 5",
        "min(1, 0)",
        "2**3",
        "2^3",
        "abs(3)",
        "int(7/2)",
        "round(3)",
        "1/0",
        "1//0",
        "3 % 0",
        "$a.b",
        "$a[0]",
        "__import__('os')",
        "2 +",
        "(2",
        "2)",
        "* 2",
        "$",
        "$nothing",
        "a",
        "a + 1",
        "1 if $t else 2",
        "lambda: 1",
        "$t",
        "1 < 2",
        "$text",
        "$a $a",
        "2 2",
        "1,2",
        "min()",
        "min",
        "~3",
        "3 & 1",
        "1 << 4",
    ],
)
def test_what_no_size_comes_of(written: str) -> None:
    text = f'vars: {{a: 8, half: 0.5, t: true, text: relu}}\nlayers: [{{Dense: {{units: "{written}"}}}}]'
    refusal(text, "2")


@pytest.mark.parametrize("written", ["1", "$a", "$a + 1", "'yes'", "$text", "3 - 3"])
def test_what_no_boolean_comes_of(written: str) -> None:
    refusal(f"vars: {{a: 1, text: relu}}\nlayers: [{{Dense: {{units: 3, use_bias: {written}}}}}]", "2")


def test_a_comma_in_flow_style_gets_its_hint() -> None:
    text = "vars: {a: 100}\nlayers:\n  - Dense: {units: min($a, 64)}"
    assert re.search("quote|comma", says(refusal(text, "2")))
    assert last(text.replace("min($a, 64)", '"min($a, 64)"'), "2")["output_shape"] == [64]
    assert last("vars: {a: 100}\nlayers:\n  - Dense:\n      units: min($a, 64)", "2")["output_shape"] == [64]


def test_integers_have_at_most_18_digits_and_figures_any_size() -> None:
    large = 999_999_999_999_999_999
    made = last(f"layers: [{{Dense: {large}}}, {{Dense: {large}}}]", "2")
    assert made["params"] == large * large + large
    refusal("layers: [{Dense: 1000000000000000000}]", "2")
    refusal("layers: [ReLU]", "1000000000000000000")
    refusal("vars: {n: 1000000000000000000}\nlayers: [{Dense: 3}]", "2")
    refusal("layers: [{Dense: '1000000000000000000 - 1000000000000000000 + 3'}]", "2")


# $in_channels ---------------------------------------------------------------------------------------------------------


def test_in_channels_is_what_the_item_reads_wherever_it_stands() -> None:
    text = """
        defaults: {Conv2D: {kernel_size: 1, filters: 2*$in_channels}}
        blocks:
          low:
            params: {n: $in_channels, m: $n + 1}
            layers: [Conv2D, {Conv2D: $n}, {Conv2D: $in_channels - 1}, {Conv2D: $m}]
          high: {params: {n: null}, layers: [{low: {n: $n}}, {low: {n: $in_channels}}]}
        layers:
          - Conv2D
          - low
          - high: {n: 2*$in_channels}
          - DepthwiseConv2D: 1
          - Conv2D: {filters: $in_channels, groups: $in_channels}
          - GlobalAveragePooling2D
          - Dense: $in_channels // 2
          - Reshape: [1, $in_channels]
        """
    made = shapes(text)
    channels = [shape[-1] for shape in made]  # type: ignore[index]
    # 2*3; low reads 6: 12, n 6, 5, m 7; high reads 7: its n 14.
    # Its low: 14, 14, 13, 15; the next reads 15: 30, 15, 14, 16
    assert channels[:13] == [6, 12, 6, 5, 7, 14, 14, 13, 15, 30, 15, 14, 16]
    assert channels[13:] == [16, 16, 16, 8, 8]


def test_in_channels_in_every_copy_and_in_first() -> None:
    text = (
        "layers: [{Conv2D: {kernel_size: 1, filters: 2*$in_channels, repeat: 3, first: {filters: $in_channels + 1}}}]"
    )
    assert [row["output_shape"][-1] for row in rows(text).values()] == [4, 8, 16]
    text = """
        blocks: {u: {params: {n: 2*$in_channels}, layers: [{Dense: 1}, {Dense: $n}]}}
        layers: [{u: {repeat: 2}}, {u: {n: 3*$in_channels, repeat: 2}}]
        """
    # each copy at its own input: 2*4, 2*8, 3*16, 3*48
    assert [row["output_shape"][-1] for row in rows(text, "4").values()] == [1, 8, 1, 16, 1, 48, 1, 144]


def test_in_channels_in_a_branch_a_merge_s_reader_and_a_model() -> None:
    text = """
        layers:
          - Concatenate:
              branches:
                a:
                  - Conv2D: {filters: 2*$in_channels, kernel_size: 1}
                  - Conv2D: {filters: $in_channels, kernel_size: 1}
                b: [{Conv2D: {filters: $in_channels, kernel_size: 1, name: b}}]
          - Conv2D: {filters: $in_channels, kernel_size: 1, name: after}
          - Conv2D: {filters: $in_channels, kernel_size: 1, name: other, from: b}
          - Flatten
          - Dense: $in_channels
        """.replace(", from: b", ", from: input")
    assert [row["output_shape"][-1] for row in rows(text).values()] == [6, 6, 3, 9, 9, 3, 192, 192]


def test_in_channels_of_a_vector_are_its_elements_and_of_the_block_s_from() -> None:
    text = """
        input: {a: 4, b: [6, 2]}
        blocks: {u: {params: {n: $in_channels}, layers: [Flatten, {Dense: $n}]}}
        layers: [{u: {from: b}}, {u: {from: a}}, {Dense: {units: $in_channels, from: a}}]
        outputs: [u, u_1, dense]
        """
    assert [row["output_shape"] for row in rows(text).values()] == [[12], [2], [4], [4], [4]]
