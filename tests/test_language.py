"""The spec language, sentence by sentence. Expected figures are worked out in the comments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import cnncalc
from tests.language import layers, mistake, names, report

# Input ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["[28, 28, 1]", "28x28x1", "(28, 28, 1)", '"[28, 28, 1]"'])
def test_a_shape_is_written_as_people_write_it(written: str) -> None:
    assert report(f"input: {written}\nlayers: [Flatten]").layers[0].output_shape == (28, 28, 1)


def test_a_number_alone_is_a_vector() -> None:
    assert report("input: 784\nlayers: [{Dense: 10}]").layers[1].params == 784 * 10 + 10


def test_an_unknown_size_leaves_parameters_and_field_sizes_exact() -> None:
    rows = layers("layers: [{Conv2D: {filters: 4, kernel_size: 3, strides: 2}}]", "[null, null, 3]")
    assert rows[0].output_shape == (None, None, 4)
    assert rows[0].params == 3 * 3 * 3 * 4 + 4
    assert rows[0].exact.receptive_field == (3, 3)
    assert (rows[0].neurons, rows[0].notes.ops, rows[0].exact.macs) == (None, None, None)


def test_what_needs_an_unknown_size_is_an_error() -> None:
    assert mistake("input: [null, null, 3]\nlayers: [Flatten, {Dense: 10}]").id == "unknown-size"


def test_the_batch_is_not_written() -> None:
    diagnostic = mistake("input: [null, 224, 224, 3]\nlayers: [Flatten]")
    assert diagnostic.id == "batch-in-shape"
    assert "224x224x3" in (diagnostic.suggestion or "")


def test_several_inputs_carry_their_own_names() -> None:
    rows = report(
        """
        input: {left: [8, 8, 1], right: [8, 8, 2]}
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, from: left, name: a}
          - Conv2D: {filters: 4, kernel_size: 3, from: right, name: b}
          - Add: {from: [a, b]}
        """
    ).layers
    assert [row.name for row in rows] == ["left", "right", "a", "b", "add"]
    assert rows[4].exact.receptive_field is None
    assert "2 inputs" in (rows[4].exact.note or "")
    assert rows[3].exact.receptive_field == (3, 3)


def test_with_several_inputs_the_first_item_says_from() -> None:
    text = "input: {a: 4, b: 4}\nlayers: [{Dense: 2}]"
    assert mistake(text).id == "no-running-tensor"
    assert mistake("input: {a: 4, b: 4}\nlayers: [{Dense: {units: 2, from: input}}]").id == "no-running-tensor"


# Names ----------------------------------------------------------------------------------------------------------------


def test_names_without_one_are_keras_s() -> None:
    text = "layers: [{Conv2D: [2, 3]}]"
    assert mistake(f"input: [8, 8, 3]\n{text}").id == "bad-value"  # filters is one number
    assert names("layers: [MaxPooling2D, ReLU, ReLU, {Dense: 3}, BatchNormalization]") == [
        "max_pooling2d", "re_lu", "re_lu_1", "dense", "batch_normalization",
    ]  # fmt: skip


def test_only_unnamed_items_advance_the_counter() -> None:
    assert names("layers: [ReLU, {ReLU: {name: mine}}, ReLU]") == ["re_lu", "mine", "re_lu_1"]


def test_a_name_that_meets_an_automatic_one_is_an_error() -> None:
    assert mistake("input: 4\nlayers: [ReLU, {ReLU: {name: re_lu}}]").id == "name-taken"
    assert mistake("input: 4\nlayers: [{ReLU: {name: re_lu}}, ReLU]").id == "name-taken"


@pytest.mark.parametrize("name", ["input", "prev", "a b", "a/b", '""', "é"])
def test_names_have_letters_digits_and_three_signs(name: str) -> None:
    assert mistake(f"input: 4\nlayers: [{{ReLU: {{name: {name}}}}}]").id == "bad-name"


def test_the_items_of_a_block_carry_its_name() -> None:
    rows = layers(
        """
        blocks:
          pair: {layers: [ReLU, ReLU]}
        layers:
          - pair
          - pair: {name: second}
          - pair
        """
    )
    assert [row.name for row in rows] == [
        "pair/re_lu", "pair/re_lu_1", "second/re_lu", "second/re_lu_1", "pair_1/re_lu", "pair_1/re_lu_1",
    ]  # fmt: skip
    assert rows[2].path == ("second",)


def test_branch_names_are_no_part_of_names_and_share_the_counter() -> None:
    text = "layers: [{Add: {branches: {a: [ReLU], b: [ReLU, ReLU]}}}]"
    assert names(text) == ["re_lu", "re_lu_1", "re_lu_2", "add"]


# Repeat ---------------------------------------------------------------------------------------------------------------


def test_repeat_chains_numbered_copies() -> None:
    rows = layers("layers: [{Conv2D: {filters: 8, kernel_size: 3, name: c, repeat: 3}}, {ReLU: {from: c}}]")
    assert [row.name for row in rows] == ["c_1", "c_2", "c_3", "re_lu"]
    assert [row.inputs for row in rows] == [("input",), ("c_1",), ("c_2",), ("c_3",)]


def test_repeat_of_one_is_numbered_too() -> None:
    assert names("layers: [{ReLU: {name: r, repeat: 1}}]") == ["r_1"]


def test_first_overrides_arguments_in_the_first_copy() -> None:
    rows = layers("layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same, repeat: 3, first: {strides: 2}}}]")
    assert [row.output_shape for row in rows] == [(4, 4, 4)] * 3


def test_unnamed_copies_do_not_meet_later_automatic_names() -> None:
    text = "layers: [{ReLU: {repeat: 2}}, ReLU, {ReLU: {repeat: 2}}, ReLU]"
    made = names(text)
    assert made[:2] == ["re_lu_1", "re_lu_2"]
    assert len(set(made)) == len(made) == 6


def test_unnamed_copies_of_a_merge_do_not_meet_those_in_its_branches() -> None:
    inner = "{Add: {from: [prev, prev]}}"
    made = names(f"layers: [ReLU, {{Add: {{repeat: 2, branches: {{a: [], b: [{inner}]}}}}}}]")
    assert len(set(made)) == len(made) == 5
    assert made[2::2] == ["add_1", "add_2"]


@pytest.mark.parametrize(("count", "id"), [("0", "bad-value"), ("-1", "bad-value"), ("1.5", "bad-value"),
                                           ("$in_channels", "structure-depends-on-shape")])  # fmt: skip
def test_repeat_is_a_positive_integer_that_no_shape_decides(count: str, id: str) -> None:
    assert mistake(f"input: 4\nlayers: [{{ReLU: {{repeat: {count}}}}}]").id == id


# Wiring ---------------------------------------------------------------------------------------------------------------


def test_from_reads_another_item() -> None:
    rows = layers("layers: [{ReLU: {name: a}}, {Conv2D: {filters: 2, kernel_size: 1}}, {ELU: {from: a}}]")
    assert rows[2].inputs == ("a",)


def test_inside_a_block_input_is_the_block_s_input() -> None:
    rows = layers(
        """
        blocks:
          residual: {layers: [ReLU, {Add: {from: [prev, input]}}]}
        layers: [ELU, residual]
        """
    )
    assert rows[-1].inputs == ("residual/re_lu", "elu")


def test_sibling_branches_do_not_see_each_other() -> None:
    text = "input: 4\nlayers: [{Add: {branches: {a: [{ReLU: {name: x}}], b: [{ELU: {from: x}}]}}}]"
    assert mistake(text).id == "no-such-name"


def test_a_branch_sees_the_lists_around_it() -> None:
    rows = layers("layers: [{ReLU: {name: x}}, ELU, {Add: {branches: {a: [{ELU: {from: x}}], b: []}}}]")
    assert rows[2].inputs == ("x",)
    assert rows[3].inputs == ("elu_1", "elu")


def test_a_block_does_not_see_the_list_that_uses_it() -> None:
    text = "input: 4\nblocks: {b: {layers: [{ReLU: {from: x}}]}}\nlayers: [{ReLU: {name: x}}, b]"
    assert mistake(text).id == "no-such-name"


def test_an_inner_item_is_reached_through_its_block() -> None:
    rows = layers(
        """
        blocks: {b: {layers: [{ReLU: {name: inner}}, ELU]}}
        layers: [{b: {name: first}}, {Add: {from: [first/inner, first]}}]
        """
    )
    assert rows[2].inputs == ("first/inner", "first/elu")


def test_a_name_passed_as_a_parameter_is_looked_up_where_the_block_is_used() -> None:
    rows = layers(
        """
        blocks:
          outer: {params: {skip: null}, layers: [{ReLU: {name: x}}, {inner: {skip: $skip}}]}
          inner: {params: {skip: null}, layers: [{ReLU: {name: x}}, {Add: {from: [prev, $skip]}}]}
        layers: [{ELU: {name: x}}, ELU, {outer: {skip: x}}]
        """
    )
    assert rows[-1].inputs == ("outer/inner/x", "x")


def test_prev_passed_as_a_parameter_is_the_caller_s() -> None:
    text = """
        blocks: {b: {params: {skip: null}, layers: [ReLU, {Add: {from: [prev, $skip]}}]}}
        layers: [ELU, {b: {skip: prev, repeat: 2}}]
        """
    assert layers(text)[-1].inputs == ("b_2/re_lu", "b_1/add")


def test_a_name_that_comes_later_is_said_to() -> None:
    assert mistake("input: 4\nlayers: [{ReLU: {from: x}}, {ELU: {name: x}}]").id == "name-comes-later"


def test_an_item_that_nothing_reads_is_warned_about() -> None:
    made = report("input: 4\nlayers: [{ReLU: {name: a}}, {ELU: {from: input}}]")
    assert [row.name for row in made.layers] == ["input", "a", "elu"]
    assert '"a"' in made.warnings[0]


def test_outputs_is_the_whole_list_of_outputs() -> None:
    made = report("input: 4\noutputs: [a]\nlayers: [{ReLU: {name: a}}, ELU]")
    assert made.outputs == ("a",)
    assert len(made.warnings) == 1


# Merges ---------------------------------------------------------------------------------------------------------------


def test_an_empty_branch_is_the_identity_shortcut() -> None:
    rows = layers("layers: [ELU, {Add: {branches: {main: [ReLU], shortcut: []}}}]")
    assert rows[-1].inputs == ("re_lu", "elu")


def test_a_merge_may_read_the_same_tensor_twice() -> None:
    assert layers("layers: [{Add: {from: [input, input]}}]")[0].output_shape == (8, 8, 3)


@pytest.mark.parametrize("item", ["Add: {from: [prev]}", "Subtract: {from: [prev, prev, prev]}", "Add: {from: prev}"])
def test_a_merge_needs_two_inputs_and_subtract_exactly_two(item: str) -> None:
    assert mistake(f"input: 4\nlayers: [{{{item}}}]").id == "wrong-number-of-inputs"


def test_a_merge_says_where_it_reads() -> None:
    assert mistake("input: 4\nlayers: [Add]").id == "merge-without-inputs"
    assert mistake("input: 4\nlayers: [{Add: {from: [prev, prev], branches: {a: []}}}]").id == "from-and-branches"


# If and trainable -----------------------------------------------------------------------------------------------------


def test_a_dropped_item_is_as_if_it_were_not_written() -> None:
    text = "vars: {wide: false}\nlayers: [ReLU, {ReLU: {if: $wide}}, {ReLU: {if: not $wide}}]"
    assert names(text) == ["re_lu", "re_lu_1"]


def test_naming_a_dropped_item_is_an_error() -> None:
    diagnostic = mistake("input: 4\nlayers: [{ReLU: {name: a, if: 1 > 2}}, {ELU: {from: a}}]")
    assert diagnostic.id == "no-such-name"
    assert "dropped" in diagnostic.message


@pytest.mark.parametrize("condition", ["3", "'yes'", "null", "[true]"])
def test_if_is_true_or_false(condition: str) -> None:
    assert mistake(f"input: 4\nlayers: [{{ReLU: {{if: {condition}}}}}]").id == "bad-value"


def test_trainable_false_freezes_an_item_or_a_whole_block() -> None:
    rows = layers(
        """
        blocks: {b: {layers: [{Conv2D: {filters: 2, kernel_size: 1}}, BatchNormalization]}}
        layers: [{b: {trainable: false}}, {Dense: {units: 5, trainable: false}}, {ReLU: {trainable: false}}, b]
        """
    )
    assert [row.trainable_params for row in rows] == [0, 0, 0, 0, 5 * 2 + 2, 2 * 2]
    assert rows[0].params == 3 * 2 + 2


def test_a_number_is_a_name_as_it_is_written() -> None:
    text = "layers: [{ReLU: {name: 007}}, {ReLU: {from: 007, name: 1.5}}, {Add: {from: [007, 1.5]}}]"
    assert names(text) == ["007", "1.5", "add"]


# Share ----------------------------------------------------------------------------------------------------------------


def test_shared_weights_count_once() -> None:
    made = report(
        """
        input: {a: 4, b: 4}
        layers:
          - Dense: {units: 3, from: a, name: one}
          - Dense: {units: 3, from: b, name: two, share: one}
          - Concatenate: {from: [one, two]}
        """
    )
    assert [row.params for row in made.layers[2:4]] == [15, 15]
    assert made.layers[3].shared_with == "one"
    assert made.totals.params == 15


def test_a_shared_block_shares_item_by_item() -> None:
    made = report(
        """
        input: [8, 8, 3]
        blocks: {head: {layers: [{Conv2D: {filters: 3, kernel_size: 3, padding: same}}, ReLU, {Dense: 2}]}}
        layers:
          - head: {name: p2}
          - head: {name: p3, from: input, share: p2}
          - Add: {from: [p2, p3]}
        """
    )
    assert [row.shared_with for row in made.layers] == [None, None, None, None, "p2/conv2d", None, "p2/dense", None]
    assert made.totals.params == (3 * 3 * 3 * 3 + 3) + (3 * 2 + 2)


@pytest.mark.parametrize("item", ["Dense: {units: 4, share: one}", "ReLU: {share: one}"])
def test_sharing_needs_the_same_kind_and_shapes(item: str) -> None:
    assert mistake(f"input: 4\nlayers: [{{Dense: {{units: 3, name: one}}}}, {{{item}}}]").id == "bad-share"


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("other: {share: p2}", '"other" can\'t share the weights of a "head"'),
        ("head: {share: p2, trainable: false}", 'the weights belong to "p2/conv2d": say there what is trainable'),
        ("frozen_head: {share: p2}", '"frozen_head" can\'t share the weights of a "head"'),
    ],
)
def test_a_block_shares_with_the_same_block_and_its_owner_says_what_is_trainable(second: str, message: str) -> None:
    diagnostic = mistake(
        f"""
        input: [8, 8, 4]
        blocks:
          head: {{layers: [{{Conv2D: {{filters: 4, kernel_size: 1}}}}]}}
          other: {{layers: [{{Conv2D: {{filters: 4, kernel_size: 1}}}}]}}
          frozen_head: {{layers: [{{head: {{trainable: false}}}}]}}
        layers: [{{head: {{name: p2}}}}, {{{second}}}]
        """
    )
    assert (diagnostic.id, diagnostic.message) == ("bad-share", message)


def test_a_shared_block_needs_the_same_shapes_too() -> None:
    diagnostic = mistake(
        """
        input: [8, 8, 3]
        blocks: {head: {layers: [{Conv2D: {filters: 4, kernel_size: 3}}]}}
        layers: [{head: {name: p2}}, {head: {share: p2}}]
        """
    )
    assert diagnostic.id == "bad-share"
    assert "shapes differ" in diagnostic.message


# Blocks, vars, arithmetic ---------------------------------------------------------------------------------------------


def test_a_bare_value_is_the_first_argument_or_parameter() -> None:
    rows = layers(
        """
        blocks: {b: {params: {filters: null}, layers: [{Conv2D: {filters: $filters, kernel_size: 1}}]}}
        layers: [{b: 7}, {MaxPooling2D: 4}, {Dense: 3}]
        """
    )
    assert [row.output_shape for row in rows] == [(8, 8, 7), (2, 2, 7), (2, 2, 3)]


def test_a_null_parameter_must_be_given_and_an_unknown_one_is_refused() -> None:
    block = "input: 4\nblocks: {b: {params: {n: null}, layers: [{Dense: $n}]}}\n"
    assert mistake(block + "layers: [b]").id == "missing-argument"
    diagnostic = mistake(block + "layers: [{b: {m: 3}}]")
    assert (diagnostic.id, diagnostic.found) == ("unknown-argument", '"m"')


def test_a_parameter_hides_a_var_and_a_default_uses_those_before_it() -> None:
    rows = layers(
        """
        vars: {n: 2, m: $n + 1}
        blocks: {b: {params: {n: 10, k: $n * $m}, layers: [{Dense: $k}]}}
        layers: [{Dense: $m}, b, {b: {n: 1}}]
        """,
        "4",
    )
    assert [row.output_shape for row in rows] == [(3,), (30,), (3,)]


@pytest.mark.parametrize(
    ("written", "value"),
    [("4*16", 64), ("64 * 1/2", 32), ("7 // 2", 3), ("7 % 4", 3), ('"min($a, 64)"', 6), ('"max(2, 3)"', 3),
     ("($a + 2) * 3", 24), ("-$a + 10", 4), ("12 * 0.5", 6), ("$a", 6), ("2 * -$a + 13", 1)],
)  # fmt: skip
def test_arithmetic_is_exact(written: str, value: int) -> None:
    assert layers(f"vars: {{a: 6}}\nlayers: [{{Dense: {{units: {written}}}}}]", "4")[0].output_shape == (value,)


@pytest.mark.parametrize("written", ["7/2", "$a/4", "1/0", "2**3", "$b", "abs(3)", "3 -", "-3", "'6'", "6.0", "true"])
def test_a_size_is_a_positive_whole_number(written: str) -> None:
    assert mistake(f"input: 4\nvars: {{a: 6}}\nlayers: [{{Dense: {{units: {written}}}}}]")


def test_in_channels_is_what_the_item_reads_and_in_a_parameter_what_the_block_reads() -> None:
    rows = layers(
        """
        blocks:
          squeeze:
            params: {reduced: $in_channels // 2}
            layers: [{Dense: 100}, {Dense: $reduced}, {Dense: $in_channels + 1}]
        layers: [{Dense: 8}, squeeze, {squeeze: {reduced: 2*$in_channels}}]
        """
    )
    assert [row.output_shape[-1] for row in rows] == [8, 100, 4, 5, 100, 10, 11]


def test_in_channels_of_a_merge_is_its_first_input_s() -> None:
    text = "input: 4\nlayers: [{Dense: {units: 3, name: a}}, {Concatenate: {from: [a, a], axis: -1*$in_channels/3}}]"
    assert report(text).layers[-1].output_shape == (6,)


def test_defaults_come_after_the_item_and_before_the_kind() -> None:
    rows = layers(
        """
        defaults: {Conv2D: {padding: same, use_bias: false, kernel_size: 3}}
        blocks:
          b: {defaults: {Conv2D: {use_bias: true}}, layers: [{Conv2D: 1}]}
        layers: [{Conv2D: 1}, b, {Conv2D: {filters: 1, padding: valid}}]
        """
    )
    assert [row.params for row in rows] == [27, 10, 9]
    assert [row.output_shape for row in rows] == [(8, 8, 1), (8, 8, 1), (6, 6, 1)]


def test_blocks_may_use_blocks_but_never_themselves() -> None:
    text = "input: 4\nblocks: {a: {layers: [b]}, b: {layers: [a]}}\nlayers: [a]"
    diagnostic = mistake(text)
    assert diagnostic.id == "block-calls-itself"
    assert '"a" uses "b" uses "a"' in diagnostic.message


def test_a_block_that_nobody_uses_may_not_contain_itself_either() -> None:
    text = "input: 4\nblocks: {a: {layers: [ReLU, {a: {if: false}}]}}\nlayers: [ReLU]"
    assert mistake(text).message == 'a block may not contain itself: "a" uses "a"'


def test_a_long_cycle_of_blocks_is_named_shortly() -> None:
    blocks = ", ".join(f"b{index}: {{layers: [b{(index + 1) % 100}]}}" for index in range(100))
    message = mistake(f"input: 4\nblocks: {{{blocks}}}\nlayers: [ReLU]").message
    assert message.endswith('"b0" uses "b1" uses "b2" uses "b3" uses 96 more, the last of which uses "b0"')


def test_a_block_may_not_carry_a_kind_s_name() -> None:
    text = "input: 4\nblocks: {Dense: {layers: [ReLU]}}\nlayers: [Dense]"
    assert "block-named-like-kind" in {diagnostic.id for diagnostic in mistakes_of(text)}


def mistakes_of(text: str) -> tuple[cnncalc.Diagnostic, ...]:
    with pytest.raises(cnncalc.SpecError) as caught:
        report(text)
    return caught.value.diagnostics


# A model inside a model -----------------------------------------------------------------------------------------------


def test_a_frozen_base_and_a_new_head() -> None:
    # VGG16 without its head has 14,714,688 parameters (keras.applications.VGG16(include_top=False)).
    made = report(
        """
        input: [150, 150, 3]
        layers:
          - Model: {spec: vgg16, until: block5_pool, trainable: false}
          - Flatten
          - Dense: 1
        """
    )
    assert made.layers[1].name == "vgg16/block1_conv1"
    assert made.layers[-3].output_shape == (4, 4, 512)
    assert made.totals.trainable_params == 4 * 4 * 512 + 1
    assert made.totals.non_trainable_params == 14_714_688


def test_two_inputs_share_a_cut_model() -> None:
    # block1 of VGG16: 3*3*3*64 + 64 and 3*3*64*64 + 64 parameters.
    made = report(
        """
        input: {left: [32, 32, 3], right: [32, 32, 3]}
        layers:
          - Model: {spec: vgg16, until: block1_pool, from: left, name: one}
          - Model: {spec: vgg16, until: block1_pool, from: right, name: two, share: one}
          - Concatenate: {from: [one, two]}
        """
    )
    owners = [row.shared_with for row in made.layers if row.name.startswith("two/")]
    assert owners == ["one/block1_conv1", "one/block1_conv2", None]
    assert made.totals.params == 3 * 3 * 3 * 64 + 64 + 3 * 3 * 64 * 64 + 64


def test_frozen_until_leaves_the_rest_trainable() -> None:
    # block5 of VGG16: three convolutions of 3*3*512*512 + 512 parameters.
    made = report(
        """
        input: [32, 32, 3]
        layers: [{Model: {spec: vgg16, until: block5_pool, frozen_until: block4_pool}}]
        """
    )
    assert made.totals.trainable_params == 3 * (3 * 3 * 512 * 512 + 512)


def test_a_file_in_the_folder_of_the_spec(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "head.yaml").write_text("input: 1\nlayers: [{Dense: {units: 7, name: out}}]\n")
    (tmp_path / "net.yaml").write_text("input: 4\nlayers: [{Model: parts/head.yaml}, {ReLU: {from: head/out}}]\n")
    rows = cnncalc.load(tmp_path / "net.yaml").analyze().layers
    assert [(row.name, row.params) for row in rows] == [("input", 0), ("head/out", 35), ("re_lu", 0)]


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "a/../../x.yaml", "link.yaml", "~/x.yaml"])
def test_a_path_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "specs"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("input: 1\nlayers: [ReLU]\n")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "net.yaml").write_text(f"input: 4\nlayers: [{{Model: {{spec: {name}}}}}]\n")
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(folder / "net.yaml")
    assert caught.value.diagnostics[0].id == "path-leaves-folder"


def test_only_an_ordinary_file_is_a_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")  # reading it would never end
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "net.yaml").write_text("input: 4\nlayers:\n  - Model: pipe.yaml\n  - Model: folder.yaml\n")
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(tmp_path / "net.yaml")
    diagnostics = caught.value.diagnostics
    assert [(diagnostic.id, diagnostic.span and diagnostic.span.line) for diagnostic in diagnostics] == [
        ("file-not-readable", 3),
        ("file-is-folder", 4),
    ]


@pytest.mark.parametrize("name", [".env", "./.env", "sub/.env", "env.yaml"])
def test_only_files_called_yaml_are_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    for secret in (tmp_path / ".env", tmp_path / "sub" / ".env"):
        secret.write_text("PASSWORD: [hunter2\n")
    (tmp_path / "env.yaml").symlink_to(tmp_path / ".env")
    (tmp_path / "net.yaml").write_text(f"input: 4\nlayers: [{{Model: {{spec: {name}}}}}]\n")
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(tmp_path / "net.yaml")
    assert [diagnostic.id for diagnostic in caught.value.diagnostics] == ["no-such-spec"]
    assert "hunter2" not in str(caught.value)


def test_a_text_names_files_only_if_it_has_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "head.yaml").write_text("input: 1\nlayers: [{Dense: 7}]\n")
    monkeypatch.chdir(tmp_path)
    text = "input: 4\nlayers: [{Model: head.yaml}]\n"
    data = {"input": 4, "layers": [{"Model": "head.yaml"}]}
    assert cnncalc.loads(text, folder=tmp_path).analyze().totals.params == 35
    assert cnncalc.from_dict(data, folder=str(tmp_path)).analyze().totals.params == 35
    with pytest.raises(cnncalc.SpecError, match="folder"):
        cnncalc.loads(text)
    with pytest.raises(cnncalc.SpecError, match="folder"):
        cnncalc.from_dict(data)
    assert cnncalc.loads("input: [32, 32, 1]\nlayers: [{Model: lenet5}]").analyze().totals.params == 61_706


def test_a_file_is_read_once_whatever_its_spelling(tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("input: 1\nlayers: [ReLU]\n#" + 1_000_000 * "x")
    names = ", ".join(f"{{Model: {'./' * count}part.yaml}}" for count in range(50))
    (tmp_path / "net.yaml").write_text(f"input: 4\nlayers: [{names}]\n")
    assert len(cnncalc.load(tmp_path / "net.yaml").analyze().layers) == 1 + 50


@pytest.mark.parametrize(("files", "size"), [(4, 1_000_000), (1_001, 1)])
def test_files_are_limited_together(tmp_path: Path, files: int, size: int) -> None:
    for index in range(files):
        (tmp_path / f"{index}.yaml").write_text("input: 1\nlayers: [ReLU]\n#" + size * "x")
    names = ", ".join(f"{{Model: {{spec: '{index}.yaml', name: m{index}}}}}" for index in range(files))
    (tmp_path / "net.yaml").write_text(f"input: 4\nlayers: [{names}]\n")
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(tmp_path / "net.yaml")
    assert [diagnostic.id for diagnostic in caught.value.diagnostics] == ["file-too-large"]


def test_a_spec_may_not_include_itself(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 4\nlayers: [{Model: b.yaml}]\n")
    (tmp_path / "b.yaml").write_text("input: 4\nlayers: [{Model: a.yaml}]\n")
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(tmp_path / "a.yaml")
    assert caught.value.diagnostics[0].id == "model-includes-itself"


# RoI layers -----------------------------------------------------------------------------------------------------------


def test_regions_multiply_neurons_and_operations_and_nothing_else() -> None:
    rows = layers("layers: [{RoIAlign: {pool_size: 2, regions: 10}}, Flatten, {Dense: 5}]")
    assert [row.output_shape for row in rows] == [(2, 2, 3), (12,), (5,)]
    assert [row.instances for row in rows] == [10, 10, 10]
    assert [row.neurons for row in rows] == [120, 120, 50]
    assert (rows[2].params, rows[2].notes.ops, rows[2].exact.macs) == (65, 650, 600)
    assert rows[2].exact.receptive_field == (8, 8)


# Overrides ------------------------------------------------------------------------------------------------------------


def test_plain_python_data_is_a_spec_too() -> None:
    model = cnncalc.from_dict({"input": [4], "layers": [{"Dense": {"units": 3}}, "ReLU"]})
    assert model.analyze().totals.params == 15
    with pytest.raises(cnncalc.SpecError):
        cnncalc.from_dict({"input": [4], "layers": [{"Dense": {"units": object()}}]})


def test_a_block_does_not_see_the_parameters_of_the_block_that_uses_it() -> None:
    text = """
        input: 4
        blocks:
          outer: {params: {n: 3}, layers: [inner]}
          inner: {layers: [{Dense: $n}]}
        layers: [outer]
        """
    assert mistake(text).id == "unknown-parameter"


def test_the_file_s_defaults_mean_the_file_s_vars() -> None:
    text = """
        vars: {n: 3}
        defaults: {Dense: {units: $n}}
        blocks: {b: {params: {n: 50}, layers: [Dense]}}
        layers: [b]
        """
    assert layers(text, "4")[0].output_shape == (3,)


def test_the_one_input_is_called_input_whatever_its_name() -> None:
    made = report("input: {image: [8, 8, 3]}\nlayers: [ReLU, {Add: {from: [prev, image]}}]")
    assert made.inputs == ("input",)
    assert made.layers[-1].inputs == ("re_lu", "input")


def test_repeats_inside_each_other_are_refused_before_they_are_made() -> None:
    blocks = "".join(f"  b{i}: {{layers: [{{b{i + 1}: {{repeat: 10}}}}]}}\n" for i in range(9))
    text = f"input: 4\nblocks:\n{blocks}  b9: {{layers: [ReLU]}}\nlayers: [b0]\n"
    assert mistake(text).id == "too-many-layers"


def test_freezing_a_merge_freezes_its_branches() -> None:
    text = "layers: [{Add: {trainable: false, branches: {a: [{Dense: 3}], b: []}}}, {Dense: 1}]"
    assert [row.trainable_params for row in layers(text)] == [0, 0, 4]


def test_the_owner_of_weights_may_be_passed_as_a_parameter() -> None:
    rows = layers(
        """
        blocks: {b: {params: {owner: null}, layers: [{Dense: {units: 3, share: $owner}}]}}
        layers: [{Dense: {units: 3, name: mine}}, {b: {owner: mine}}]
        """
    )
    assert rows[1].shared_with == "mine"


def test_automatic_names_count_in_the_order_of_the_rows() -> None:
    text = "layers: [{Add: {branches: {a: [{Add: {from: [prev, prev]}}], b: []}}}, {Add: {from: [prev, prev]}}]"
    assert names(text) == ["add", "add_1", "add_2"]
