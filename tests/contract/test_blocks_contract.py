"""The spec language: blocks, vars and defaults."""

from __future__ import annotations

import re

import pytest

import cnncalc
from tests.contract.specs import last, overridden, refusal, report, rows, says

# Blocks ---------------------------------------------------------------------------------------------------------------


def shapes(text: str, input: str = "[8, 8, 3]") -> list[object]:
    return [row["output_shape"] for row in rows(text, input).values()]


def test_the_bare_value_is_the_first_parameter() -> None:
    text = "blocks: {u: {params: {n: null, k: 1}, layers: [{Conv2D: {filters: $n, kernel_size: $k}}]}}\nlayers: "
    assert shapes(text + "[{u: 4}, {u: $in_channels}, {u: 2*$in_channels}, {u: {n: 5, k: 3}}]") == [
        [8, 8, 4], [8, 8, 4], [8, 8, 8], [6, 6, 5],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("blocks: {u: {params: {n: null}, layers: [{Dense: $n}]}}\nlayers: [u]", "n"),
        ("blocks: {u: {params: {n: 1}, layers: [{Dense: $n}]}}\nlayers: [{u: {m: 1}}]", "m"),
        (
            "blocks: {u: {params: {units: 1}, layers: [{Dense: $units}]}}\nlayers: [{u: {unit: 1}}]",
            'did you mean "units"',
        ),
        ("blocks: {u: {layers: [{Dense: 3}]}}\nlayers: [{u: 4}]", "param"),
        ("blocks: {u: {params: {n: 1}, layers: [{Dense: $m}]}}\nlayers: [u]", r"\$m"),
        ("blocks: {u: {params: {n: 1}, layers: [{Dense: 2*$m}]}}\nlayers: [u]", r"\$?m"),
        ("blocks: {Conv2D: {layers: [ReLU]}}\nlayers: [Conv2D]", "Conv2D"),
        ("blocks: {Add: {layers: [ReLU]}}\nlayers: [ReLU]", "Add"),
        ("blocks: {Model: {layers: [ReLU]}}\nlayers: [ReLU]", "Model"),
        ("blocks: {u: {layers: []}}\nlayers: [u]", "layers"),
        ("blocks: {u: {params: {n: 1}}}\nlayers: [u]", "layers"),
        ("blocks: {u: [ReLU]}\nlayers: [u]", "mapping"),
        ("blocks: {u: {layers: [ReLU], param: {n: 1}}}\nlayers: [u]", "param"),
        ("blocks: {u: {layers: [u]}}\nlayers: [u]", "itself"),
        ("blocks: {u: {layers: [v]}, v: {layers: [w]}, w: {layers: [u]}}\nlayers: [v]", "itself"),
        ("blocks: {u: {params: {a: $b, b: 2}, layers: [{Dense: $a}]}}\nlayers: [u]", r"\$?b"),  # only those before it
        ("blocks: {u: {params: {a: 1, a: 2}, layers: [{Dense: $a}]}}\nlayers: [u]", "a"),
        ("blocks: {u: {params: [a, b], layers: [{Dense: $a}]}}\nlayers: [u]", "mapping"),
        ("blocks: {bottleneck: {layers: [ReLU]}}\nlayers: [botleneck]", 'did you mean "bottleneck"'),
    ],
)
def test_what_blocks_refuse(text: str, words: str) -> None:
    assert re.search(words, says(refusal(text)))


def test_blocks_use_blocks_defined_anywhere_and_more_than_once() -> None:
    text = """
        layers: [{high: 2}, {high: 3}]
        blocks:
          high: {params: {n: null}, layers: [{low: {n: $n}}, {low: {n: 2*$n}}]}
          low: {params: {n: null}, layers: [{Dense: $n}]}
        """
    assert [row["output_shape"] for row in rows(text, "4").values()] == [[2], [4], [3], [6]]
    assert list(rows(text, "4")) == ["high/low/dense", "high/low_1/dense", "high_1/low/dense", "high_1/low_1/dense"]
    assert rows(text, "4")["high_1/low/dense"]["path"] == ["high_1", "low"]


def test_a_parameter_hides_a_var_in_its_block_only() -> None:
    text = """
        vars: {n: 3}
        blocks:
          low: {layers: [{Dense: $n}]}
          high: {params: {n: 7, m: 2*$n}, layers: [{Dense: $n}, low, {Dense: $m}]}
        layers: [high, {high: {n: $n + 1}}, {Dense: $n}]
        """
    # high: n 7, low sees the var, m is 2*7; then n is the caller's 3 + 1, m 8
    assert [row["output_shape"] for row in rows(text, "4").values()] == [[7], [3], [14], [4], [3], [8], [3]]


def test_a_default_uses_vars_and_the_parameters_before_it() -> None:
    text = """
        vars: {width: 4}
        blocks: {u: {params: {a: $width, b: 2*$a, c: $a + $b}, layers: [{Dense: $a}, {Dense: $b}, {Dense: $c}]}}
        layers: [u, {u: 1}, {u: {b: 10}}]
        """
    # 4, 8, 12; 1, 2, 3; 4, 10, 14
    assert [row["output_shape"] for row in rows(text, "4").values()] == [[n] for n in (4, 8, 12, 1, 2, 3, 4, 10, 14)]


def test_parameters_of_every_type() -> None:
    text = """
        blocks:
          u:
            params: {pad: same, act: relu, bias: false, kernel: [3, 1], rate: 0.25, kind: 8x1}
            layers:
              - Conv2D: {filters: 2, kernel_size: $kernel, padding: $pad, activation: $act, use_bias: $bias}
              - Dropout: $rate
        layers: [u, {u: {pad: valid, bias: true, kernel: 3x3}}]
        """
    made = list(rows(text).values())
    assert [row["output_shape"] for row in made] == [[8, 8, 2], [8, 8, 2], [6, 6, 2], [6, 6, 2]]
    assert [row["params"] for row in made] == [3 * 3 * 2, 0, 9 * 2 * 2 + 2, 0]


# Vars -----------------------------------------------------------------------------------------------------------------

VARS = """
input: 4
vars: {width: 2, deep: 3*$width, wide: true, act: relu}
layers:
  - Dense: $deep
  - Dense: {units: $width, if: $wide}
"""


def test_vars_may_use_those_before_them_and_are_overridden_before_they_are_used() -> None:
    assert [row["output_shape"] for row in report(VARS)["layers"]] == [[4], [6], [2]]
    assert [row["output_shape"] for row in overridden(VARS, {"width": 5})["layers"]] == [[4], [15], [5]]
    assert [row["output_shape"] for row in overridden(VARS, {"width": 5, "wide": False})["layers"]] == [[4], [15]]
    assert [row["output_shape"] for row in overridden(VARS, {"deep": 5})["layers"]] == [[4], [5], [2]]


def test_an_unknown_var_to_set_is_an_error() -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        overridden(VARS, {"widht": 5})
    assert 'did you mean "width"' in says(caught.value.diagnostics[0])


def test_inputs_are_overridden_by_name() -> None:
    text = "input: {left: 4, right: 5}\nlayers: [{Concatenate: {from: [left, right]}}]"
    assert overridden(text, inputs={"left": (10,)})["layers"][-1]["output_shape"] == [15]
    with pytest.raises(cnncalc.SpecError):
        overridden(text, inputs={"middle": (10,)})
    with pytest.raises(cnncalc.SpecError):
        overridden(text, inputs={"": (10,)})
    assert overridden("input: 4\nlayers: [{Dense: 3}]", inputs={"": (10,)})["layers"][-1]["params"] == 33
    assert overridden("input: 4\nlayers: [{Dense: 3}]", inputs={"input": (10,)})["layers"][-1]["params"] == 33


@pytest.mark.parametrize(
    "vars", ["{a: $b, b: 1}", "{a: $a}", "{a: $in_channels}", "[a, b]", "{a: {b: 1}}", "{in_channels: 3}", "{a b: 1}"]
)
def test_what_vars_refuse(vars: str) -> None:
    refusal(f"vars: {vars}\nlayers: [ReLU]")


def test_a_var_may_be_the_input_s_size() -> None:
    assert shapes("vars: {size: 16}\nlayers: [ReLU]", "[$size, 2*$size, 3]") == [[16, 32, 3]]


# Defaults -------------------------------------------------------------------------------------------------------------


def test_defaults_in_their_order() -> None:
    text = """
        vars: {bias: false}
        defaults: {Conv2D: {kernel_size: 3, padding: same, use_bias: $bias, filters: 2}}
        blocks:
          plain: {layers: [Conv2D]}
          own: {defaults: {Conv2D: {padding: valid, filters: 5}}, layers: [Conv2D, {Conv2D: {padding: same}}, plain]}
        layers: [Conv2D, {Conv2D: 4}, {Conv2D: {use_bias: true}}, plain, own]
        """
    assert [(row["output_shape"], row["params"]) for row in rows(text).values()] == [
        ([8, 8, 2], 9 * 3 * 2),  # the file's
        ([8, 8, 4], 9 * 2 * 4),  # the item's own first
        ([8, 8, 2], 9 * 4 * 2 + 2),
        ([8, 8, 2], 9 * 2 * 2),  # the file's reach into blocks
        ([6, 6, 5], 9 * 2 * 5),  # the block's before the file's, kernel size and bias still the file's
        ([6, 6, 5], 9 * 5 * 5),  # the item's before the block's
        ([6, 6, 2], 9 * 5 * 2),  # a block inside is another block
    ]


def test_block_defaults_may_use_parameters_and_reach_branches() -> None:
    text = """
        blocks:
          u:
            params: {n: 4}
            defaults: {Conv2D: {filters: $n, kernel_size: 1}}
            layers: [{Add: {branches: {a: [Conv2D], b: [Conv2D, {Conv2D: {kernel_size: 3, padding: same}}]}}}]
        layers: [u, {u: 5}]
        """
    assert [row["output_shape"][-1] for row in rows(text).values()] == [4, 4, 4, 4, 5, 5, 5, 5]


def test_first_comes_before_the_item_s_own_options() -> None:
    text = """
        defaults: {Dense: {units: 2, use_bias: false}}
        layers: [{Dense: {units: 3, repeat: 2, first: {units: 4, use_bias: true}}}]
        """
    assert [row["params"] for row in rows(text, "5").values()] == [5 * 4 + 4, 4 * 3]


@pytest.mark.parametrize(
    "defaults",
    [
        "{Conv2d: {padding: same}}",
        "{Conv2D: {pading: same}}",
        "{u: {n: 3}}",
        "[Conv2D]",
        "{Conv2D: same}",
        "{Conv2D: [same]}",
        "{Conv2D: {name: a}}",
        "{Conv2D: {from: input}}",
        "{Conv2D: {padding: sam}}",
    ],
)
def test_what_defaults_refuse(defaults: str) -> None:
    text = "blocks: {u: {params: {n: 1}, layers: [{Conv2D: {filters: 3, kernel_size: 1}}]}}\nlayers: [u]\ndefaults: "
    refusal(text + defaults)


def test_ignored_arguments_may_stand_in_defaults() -> None:
    text = "defaults: {Dense: {kernel_initializer: he_normal}}\nlayers: [{Dense: 3}]"
    assert last(text, "2")["params"] == 9
