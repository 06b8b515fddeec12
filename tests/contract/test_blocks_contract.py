"""The spec language: blocks, vars, arithmetic, defaults, mistakes that look like Python, models in models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cnncalc
from tests.contract.specs import last, layer, overridden, refusal, report, rows, says, wiring

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


# Mistakes that look like Python, YAML that is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers:\n  - Conv2D: {filters:6, kernel_size: 3}", "space"),
        ("layers:\n  - Conv2D: {filters: 3, kernel_size: 3}\n    name: a", "inside"),
        ("layers:\n  - Conv2D:\n    filters: 3\n    kernel_size: 3", "inside|indent"),
        ("layers:\n  - Conv2D\n      filters: 3", "colon|Conv2D:"),
        ("layers:\n  - Conv2D(filters=3, kernel_size=3)", "Conv2D"),
        ("vars: {filters: 3}\nlayers:\n  - Conv2D: {filters: *filters, kernel_size: 3}", r"\$filters"),
        ("layers:\n  - Conv2D: &a {filters: 3, kernel_size: 3}\n  - Conv2D: {<<: *a, filters: 4}", "<<|merge"),
        ("layers:\n  - Conv2D: !!map {filters: 3, kernel_size: 3}", "tag"),
        ("layers:\n  - Dense: !!int '3'", "tag"),
        ("name: !!python/object/apply:os.system ['true']\nlayers: [ReLU]", "tag"),
        ("layers: [ReLU]\n---\nlayers: [ReLU]", "document"),
        ("layers:\n\t- ReLU", "tab"),
        ("layers:\n  - Conv2D: {filters: 3, kernel_size: 3", "}|close|never|end"),
        ("layers:\n  - Dense: {units: 3, units: 4}", "units"),
    ],
)
def test_mistakes_get_their_own_hint(text: str, words: str) -> None:
    diagnostic = refusal(text)
    assert re.search(words, says(diagnostic)), says(diagnostic)
    assert diagnostic.to_dict()["line"]


def test_an_anchor_and_its_alias_are_plain_yaml() -> None:
    assert shapes("layers:\n  - Dense: &d {units: 3}\n  - Dense: *d", "2") == [[3], [3]]


# A model inside a model -----------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of specs that is the working directory."""
    (tmp_path / "base.yaml").write_text(
        """
name: The base
input: [99, 99, 1]
vars: {n: 4}
defaults: {Conv2D: {padding: same}}
blocks: {u: {layers: [{Conv2D: {filters: $n, kernel_size: 3, name: c}}, BatchNormalization]}}
layers: [{u: {name: one}}, ReLU, {u: {name: two}}, {MaxPooling2D: {name: pool}}, Flatten, {Dense: 10}]
"""
    )
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "outer.yaml").write_text("input: 3\nlayers: [{Model: {spec: inner.yaml}}]")
    (tmp_path / "deep" / "inner.yaml").write_text("input: 3\nlayers: [{Dense: 3}]")
    (tmp_path / "deep" / "up.yaml").write_text("input: 3\nlayers: [{Model: {spec: ../base.yaml}}]")
    (tmp_path / "loop.yaml").write_text("input: 3\nlayers: [{Model: {spec: loop.yaml}}]")
    (tmp_path / "two.yaml").write_text("input: {a: 3, b: 3}\nlayers: [{Add: {from: [a, b]}}]")
    (tmp_path / "out.yaml").write_text("input: 3\nlayers: [{Dense: 3}]\noutputs: [nothing]")
    (tmp_path / "named.yaml").write_text("input: {image: 3}\nlayers: [ReLU, {Add: {from: [prev, image, input]}}]")
    (tmp_path / "bad.yaml").write_text("input: 3\nlayers: [{Dence: 3}]")
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestAModelInAModel:
    def test_rows_carry_its_name_and_the_running_tensor_is_its_input(self) -> None:
        text = "layers: [ReLU, {Model: {spec: base.yaml, until: pool, name: b}}, Flatten, {Dense: 2}]"
        assert wiring(text) == {
            "re_lu": ["input"],
            "b/one/c": ["re_lu"],
            "b/one/batch_normalization": ["b/one/c"],
            "b/re_lu": ["b/one/batch_normalization"],
            "b/two/c": ["b/re_lu"],
            "b/two/batch_normalization": ["b/two/c"],
            "b/pool": ["b/two/batch_normalization"],
            "flatten": ["b/pool"],
            "dense": ["flatten"],
        }
        made = rows(text)
        assert made["b/one/c"]["path"] == ["b", "one"]
        assert made["b/pool"]["path"] == ["b"]
        assert made["b/pool"]["output_shape"] == [4, 4, 4]
        assert made["dense"]["params"] == 64 * 2 + 2

    def test_its_name_is_the_spec_s(self) -> None:
        assert next(iter(rows("layers: [{Model: base.yaml}]"))) == "base/one/c"
        assert next(iter(rows("layers: [{Model: lenet5}]", "[32, 32, 1]"))).startswith("lenet5/")
        names = list(rows("layers: [{Model: deep/inner.yaml}, {Model: deep/inner.yaml}]", "3"))
        assert names == ["inner/dense", "inner_1/dense"]

    def test_a_relative_path_starts_at_the_including_file(self) -> None:
        assert list(rows("layers: [{Model: deep/outer.yaml}]", "3")) == ["outer/inner/dense"]
        assert [row.name for row in cnncalc.load("deep/outer.yaml").analyze().layers] == ["input", "inner/dense"]

    def test_defaults_of_the_outer_file_stay_outside(self) -> None:
        defaults = "defaults: {Conv2D: {strides: 2, use_bias: false}}\n"
        text = defaults + "layers: [{Model: {spec: base.yaml, until: one, name: b}}]"
        assert rows(text)["b/one/c"]["output_shape"] == [8, 8, 4]
        assert rows(text)["b/one/c"]["params"] == 27 * 4 + 4

    @pytest.mark.parametrize(
        ("options", "trainable"),
        [
            # one/c 3*9*4+4 = 112, one/bn 8 of 16, two/c 4*9*4+4 = 148, two/bn 8 of 16
            ("", [112, 8, 0, 148, 8, 0]),
            (", trainable: false", [0, 0, 0, 0, 0, 0]),
            (", frozen_until: one/c", [0, 8, 0, 148, 8, 0]),
            (", frozen_until: one", [0, 0, 0, 148, 8, 0]),
            (", frozen_until: re_lu", [0, 0, 0, 148, 8, 0]),
            (", frozen_until: two/c", [0, 0, 0, 0, 8, 0]),
            (", frozen_until: pool", [0, 0, 0, 0, 0, 0]),
        ],
    )
    def test_freezing_all_or_up_to_an_item(self, options: str, trainable: list[int]) -> None:
        made = rows(f"layers: [{{Model: {{spec: base.yaml, until: pool{options}}}}}]")
        assert [row["trainable_params"] for row in made.values()] == trainable
        assert [row["params"] for row in made.values()] == [112, 16, 0, 148, 16, 0]

    def test_until_may_be_inside_a_block_and_what_is_cut_is_gone(self) -> None:
        made = rows(
            "layers: [{Model: {spec: base.yaml, until: two/c, name: b}}, {Conv2D: {filters: 2, kernel_size: 1}}]"
        )
        assert list(made) == ["b/one/c", "b/one/batch_normalization", "b/re_lu", "b/two/c", "conv2d"]
        assert made["conv2d"]["inputs"] == ["b/two/c"]

    def test_the_inner_spec_s_name_for_its_input_means_the_running_tensor(self) -> None:
        text = "layers: [{Dense: 4}, {Model: named.yaml}]"
        assert wiring(text, "3")["named/add"] == ["named/re_lu", "dense", "dense"]

    def test_a_model_s_items_are_reached_by_name(self) -> None:
        text = "layers: [{Model: {spec: base.yaml, until: re_lu, name: b}}, {Add: {from: [b/one/c, b, prev]}}]"
        assert wiring(text)["add"] == ["b/one/c", "b/re_lu", "b/re_lu"]

    @pytest.mark.parametrize(
        ("item", "words"),
        [
            ("{Model: {spec: ../base.yaml}}", r"\.\."),
            ("{Model: {spec: deep/../base.yaml}}", r"\.\."),
            ("{Model: {spec: deep/up.yaml}}", r"\.\."),
            ("{Model: {spec: /etc/hostname}}", "folder"),
            ("{Model: {spec: link.yaml}}", "folder"),
            ("{Model: {spec: nothing.yaml}}", "nothing.yaml"),
            ("{Model: {spec: vgg61}}", "vgg"),
            ("{Model: {}}", "spec"),
            ("Model", "spec"),
            ("{Model: {spec: loop.yaml}}", "itself"),
            ("{Model: {spec: bad.yaml}}", "Dence"),
            ("{Model: {spec: base.yaml, until: nothing}}", "nothing"),
            ("{Model: {spec: base.yaml, frozen_until: nothing}}", "nothing"),
            ("{Model: {spec: base.yaml, untill: pool}}", 'did you mean "until"'),
            ("{Model: {spec: two.yaml}}", "2 inputs"),
            ("{Model: {spec: out.yaml}}", "nothing"),
            ("{Model: {spec: base.yaml, n: 3}}", "n"),
        ],
    )
    def test_what_a_model_refuses(self, item: str, words: str) -> None:
        assert re.search(
            words, says(refusal(f"layers: [{item}]", "3" if "two" in item or "out.yaml" in item else "[8, 8, 3]"))
        )


# Regions, and other kinds of ours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RoIAlign", "RoIPooling"])
def test_regions_multiply_neurons_and_operations_only(kind: str) -> None:
    text = f"""
        layers:
          - Conv2D: {{filters: 4, kernel_size: 3, padding: same}}
          - {kind}: {{pool_size: 7, regions: 300}}
          - Flatten
          - Dense: {{units: 10, activation: relu}}
          - Dense: 2
        """
    made = list(rows(text).values())
    assert [row["instances"] for row in made] == [1, 300, 300, 300, 300]
    assert [row["output_shape"] for row in made[1:]] == [[7, 7, 4], [196], [10], [2]]
    assert [row["neurons"] for row in made[1:]] == [300 * 196, 300 * 196, 3000, 600]
    assert [row["params"] for row in made[1:]] == [0, 0, 1970, 22]  # 196*10 + 10, 10*2 + 2
    assert [row["notes"]["ops"] for row in made[3:]] == [300 * 1970, 300 * 22]
    assert [row["exact"]["macs"] for row in made[3:]] == [300 * 1960, 300 * 20]
    assert made[3]["exact"]["flops"] == 300 * (2 * 1960 + 10 + 10)  # bias and ReLU


@pytest.mark.parametrize(
    ("item", "channels"),
    [
        ("{start: 0, stop: null}", 6),
        ("{start: 2}", 4),
        ("2", 4),
        ("{stop: 2}", 2),
        ("{start: 1, stop: 4}", 3),
        ("{start: 0, stop: -1}", 5),
        ("{start: 2, stop: -2}", 2),
        ("{start: 3, stop: 6}", 3),
        ("{stop: $in_channels // 2}", 3),
    ],
)
def test_channel_slice(item: str, channels: int) -> None:
    assert layer(f"ChannelSlice: {item}", "[4, 4, 6]")["output_shape"] == [4, 4, channels]


@pytest.mark.parametrize("item", ["{start: 6}", "{start: 3, stop: 3}", "{start: 4, stop: -3}", "{stop: 0}"])
def test_channel_slice_that_leaves_nothing(item: str) -> None:
    refusal(f"layers: [{{ChannelSlice: {item}}}]", "[4, 4, 6]")


def test_channel_shuffle_needs_groups_that_divide() -> None:
    assert layer("ChannelShuffle: {groups: 3}", "[4, 4, 6]")["output_shape"] == [4, 4, 6]
    refusal("layers: [{ChannelShuffle: {groups: 4}}]", "[4, 4, 6]")


@pytest.mark.parametrize(
    ("item", "params"),
    [
        ("{pieces: 2, units: 10}", 2 * (5 * 10 + 10)),
        ("{units: 10}", 2 * (5 * 10 + 10)),
        ("{pieces: 3, units: 4}", 3 * (5 * 4 + 4)),
        ("{pieces: 1, units: 4}", 24),
    ],
)
def test_maxout(item: str, params: int) -> None:
    made = layer(f"Maxout: {item}", "5")
    assert made["params"] == made["trainable_params"] == params
    assert made["output_shape"] == [
        params // (2 if "2" in item or "pieces" not in item else 3 if "3" in item else 1) // 6
    ]


def test_local_response_normalization() -> None:
    made = layer("LocalResponseNormalization: {size: 5}")
    assert (made["output_shape"], made["params"], made["neurons"]) == ([8, 8, 3], 0, 0)
