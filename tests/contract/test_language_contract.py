"""The spec language: top level, inputs, outputs, the forms of an item. Every case follows from a sentence of it."""

from __future__ import annotations

import re

import pytest

import cnncalc
from tests.contract.specs import layer, refusal, report, says, wiring

# Top level ------------------------------------------------------------------------------------------------------------


def test_every_key_of_the_top_level_is_accepted_together() -> None:
    made = report(
        """
        name: A net
        description: >
          What it is,
          in two lines.
        source: LeCun et al. 1998, https://example.org/lenet
        year: 1998
        family: LeNet
        vars: {width: 4}
        defaults: {Conv2D: {padding: same}}
        blocks: {unit: {layers: [ReLU]}}
        input: [8, 8, 3]
        layers: [{Conv2D: {filters: $width, kernel_size: 3, name: a}}, unit]
        outputs: [a, unit]
        limits: {max_params: 1000}
        """
    )
    assert made["name"] == "A net"
    assert made["outputs"] == ["a", "unit/re_lu"]
    assert made["layers"][1]["output_shape"] == [8, 8, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("input: [8, 8, 3]", "layers"),
        ("layers: [Flatten]", "input"),
        ("input: [8, 8, 3]\nlayers: []", "layers|empty"),
        ("input: [8, 8, 3]\nlayers:", "layers"),
        ("input: [8, 8, 3]\nlayers: {Flatten: }", "layers|list"),
        ("input: [8, 8, 3]\nlayer: [Flatten]", 'did you mean "layers"'),
        ("input: [8, 8, 3]\nlayers: [Flatten]\nversion: 2", "version"),
        ("- Flatten", "mapping|layers"),
        ("", "empty"),
        ("input: [8, 8, 3]\ninput: [8, 8, 3]\nlayers: [Flatten]", "input"),
    ],
)
def test_what_the_top_level_refuses(text: str, words: str) -> None:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.loads(text)
    assert re.search(words, says(caught.value.diagnostics[0]))


# Inputs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("[224, 224, 3]", [224, 224, 3]),
        ("224x224x3", [224, 224, 3]),
        ("(28, 28, 1)", [28, 28, 1]),
        ("(28,28,1)", [28, 28, 1]),
        ("784", [784]),
        ("[784]", [784]),
        ("(784,)", [784]),  # how Python writes it
        ("100x16", [100, 16]),
        ("[8, 16, 16, 3]", [8, 16, 16, 3]),
        ("8x16x16x3", [8, 16, 16, 3]),
        ("[null, null, 3]", [None, None, 3]),
        ("[32, null, 3]", [32, None, 3]),
        ("[null, 64]", [None, 64]),  # a sequence of any length
        ("{image: [16, 16, 3]}", [16, 16, 3]),
    ],
)
def test_an_input_is_written_as_people_write_it(written: str, shape: list[int | None]) -> None:
    (image, _) = report("layers: [ReLU]", written)["layers"]
    assert image == image | {"name": "input", "type": "InputLayer", "output_shape": shape, "inputs": [], "path": []}


@pytest.mark.parametrize(
    "written",
    [
        "[0, 8, 3]",
        "[8, -8, 3]",
        "[8, 8.5, 3]",
        "0",
        "-1",
        "true",
        "[true, 8, 3]",
        "8x8xthree",
        "[]",
        "{}",
        "null",
        "[8, 8, null]",
        "[null]",
        '["8", [8], 3]',
        "{a: 4, a: 5}",
        "8x0x3",
        "{a: {b: 3}}",
    ],
)
def test_sizes_are_positive_integers(written: str) -> None:
    refusal(f"input: {written}\nlayers: [ReLU]")


@pytest.mark.parametrize("written", ["[null, 224, 224, 3]", "(None, 224, 224, 3)", "[None, 28, 28, 1]"])
def test_the_batch_is_refused_with_a_hint(written: str) -> None:
    assert "batch" in says(refusal(f"input: {written}\nlayers: [Flatten]"))


def test_several_inputs_have_their_names_and_no_input() -> None:
    text = """
        input: {left: 8x8x3, right: '(8, 8, 3)', flag: 4}
        layers:
          - Subtract: {from: [left, right]}
          - GlobalAveragePooling2D
          - Concatenate: {from: [prev, flag]}
        """
    made = report(text)
    assert made["inputs"] == ["left", "right", "flag"]
    assert wiring(text) == {
        "subtract": ["left", "right"],
        "global_average_pooling2d": ["subtract"],
        "concatenate": ["global_average_pooling2d", "flag"],
    }
    assert [row["type"] for row in made["layers"][:3]] == ["InputLayer"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "input: {a: 4, b: 4}\nlayers: [ReLU]",
        "input: {a: 4, b: 4}\nlayers: [{ReLU: {from: input}}]",
        "input: {a: 4, b: 4}\nlayers: [{ReLU: {from: prev}}]",
        "input: {input: 4, b: 4}\nlayers: [{ReLU: {from: b}}]",
        "input: {prev: 4, b: 4}\nlayers: [{ReLU: {from: b}}]",
        "input: {a: 4, b: 4}\nlayers: [{ReLU: {from: a, name: b}}]",  # names are unique, the inputs' among them
        "input: {a: 4, b: 4}\nlayers: [{Add: {branches: {x: [{ReLU: {from: a}}], y: []}}}]",
        "input: {a: 4, b: 4}\nblocks: {u: {layers: [ReLU]}}\nlayers: [u]",
        "input: {'a b': 4, b: 4}\nlayers: [{ReLU: {from: b}}]",
        "input: {a: 4, b: 4}\nblocks: {u: {layers: [{ReLU: {from: b}}]}}\nlayers: [{u: {from: a}}]",  # the block's edge
    ],
)
def test_where_several_inputs_leave_nothing_to_read(text: str) -> None:
    refusal(text)


def test_branches_that_say_where_they_start_and_a_block_that_says_from() -> None:
    text = """
        input: {a: 4, b: 4}
        blocks: {u: {layers: [{Dense: 4}, {Add: {from: [prev, input]}}]}}
        layers:
          - Add: {branches: {x: [{ReLU: {from: a, name: x}}], y: [{ReLU: {from: b, name: y}}]}}
          - u: {from: b}
          - Add: {from: [add, u]}
        """
    assert wiring(text) == {
        "x": ["a"],
        "y": ["b"],
        "add": ["x", "y"],
        "u/dense": ["b"],
        "u/add": ["u/dense", "b"],
        "add_1": ["add", "u/add"],
    }


# Outputs --------------------------------------------------------------------------------------------------------------


def test_without_outputs_the_last_item_is_the_only_one() -> None:
    made = report("layers: [{Dense: {units: 3, name: a}}, {Dense: {units: 2, name: b, from: input}}]", "4")
    assert made["outputs"] == ["b"]
    assert len(made["warnings"]) == 1
    assert "a" in made["warnings"][0]
    assert [row["name"] for row in made["layers"]] == ["input", "a", "b"]


def test_outputs_is_the_whole_list_in_its_order() -> None:
    text = "layers: [{Dense: {units: 3, name: a}}, {Dense: {units: 2, name: b, from: input}}, ReLU]\noutputs: "
    assert report(text + "[re_lu, a]", "4")["outputs"] == ["re_lu", "a"]
    assert report(text + "[re_lu, a]", "4")["warnings"] == []
    dangling = report(text + "[a]", "4")
    assert dangling["outputs"] == ["a"]
    assert len(dangling["warnings"]) == 1  # the last item is none of the outputs, and nothing reads it
    assert "re_lu" in dangling["warnings"][0]


def test_outputs_may_name_repeats_and_inner_items() -> None:
    text = """
        blocks: {u: {layers: [{Dense: {units: 4, name: d}}, ReLU]}}
        layers: [{u: {name: v, repeat: 2}}, {Dense: {units: 4, name: w, repeat: 2}}]
        outputs: [v_1/d, v, w]
        """
    assert report(text, "4")["outputs"] == ["v_1/d", "v_2/re_lu", "w_2"]


@pytest.mark.parametrize("outputs", ["[]", "[nothing]", "[prev]", "{a: b}", "[[a]]", "[3]"])
def test_outputs_are_names_of_items(outputs: str) -> None:
    refusal(f"layers: [{{Dense: {{units: 3, name: a}}}}]\noutputs: {outputs}", "4")


# Items ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "shape"),
    [
        ("Flatten", [192]),
        ("Flatten:", [192]),
        ("Flatten: {}", [192]),
        ("AveragePooling2D: 4", [2, 2, 3]),
        ("AveragePooling2D: [4, 2]", [2, 4, 3]),
        ("AveragePooling2D: 4x2", [2, 4, 3]),
        ("Dense: 5", [8, 8, 5]),
        ("Reshape: [4, 48]", [4, 48]),
        ("Reshape: [-1]", [192]),
        ("Reshape: 4x48", [4, 48]),
        ("Permute: [3, 1, 2]", [3, 8, 8]),
        ("UpSampling2D: 3", [24, 24, 3]),
        ("UpSampling2D: [1, 2]", [8, 16, 3]),
        ("ZeroPadding2D: 2", [12, 12, 3]),
        ("ZeroPadding2D: [1, 2]", [10, 12, 3]),
        ("ZeroPadding2D: [[0, 1], [2, 3]]", [9, 13, 3]),
        ("Cropping2D: [[0, 1], [2, 3]]", [7, 3, 3]),
        ("Activation: tanh", [8, 8, 3]),
        ("Dropout: 0.5", [8, 8, 3]),
        ("LeakyReLU: 0.2", [8, 8, 3]),
        ("ReLU: 6", [8, 8, 3]),
        ("AdaptiveAveragePooling2D: 1", [1, 1, 3]),
        ("AdaptiveMaxPooling2D: [2, 3]", [2, 3, 3]),
        ("ChannelShuffle: 3", [8, 8, 3]),
        ("ChannelSlice: 1", [8, 8, 2]),
        ("Add: {from: [input, prev]}", [8, 8, 3]),
    ],
)
def test_an_item_is_a_kind_a_value_or_options(item: str, shape: list[int]) -> None:
    assert layer(item)["output_shape"] == shape


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ("[Conv2d: {filters: 3, kernel_size: 1}]", 'did you mean "Conv2D"'),
        ("[{Conv2D: {filters: 3, kernelsize: 1}}]", 'did you mean "kernel_size"'),
        ("[Conv2D]", "filters|kernel_size"),
        ("[{Conv2D: 6}]", "kernel_size"),
        ("[{Conv2D: {filters: 3}}]", "kernel_size"),
        ("[{Conv2D: {filters: 3, kernel_size: 1}, ReLU: }]", "ReLU|one"),
        ("[{Conv2D: {filters: 3, kernel_size: 1}, name: a}]", "name|inside"),
        ("[[Flatten]]", "item|list"),
        ("[3]", "item|kind|3"),
        ("[null]", "item|kind|empty|null"),
        ("[{}]", "item|kind|empty"),
        ("[{Conv2D: {filters:6, kernel_size: 1}}]", "space|:"),
        ("[{Dense: {units: true}}]", "units|integer|number"),
        ("[{Dense: {units: 0}}]", "units|positive|1"),
        ("[{Dense: {units: -3}}]", "units|positive|1"),
        ("[{Dense: {units: 2.5}}]", "units|integer|whole"),
        ("[{Dense: {units: ten}}]", "units|integer|number"),
        ("[{Conv2D: {filters: 3, kernel_size: 1, data_format: channels_first}}]", "channels"),
        ("[{Conv2D: {filters: 3, kernel_size: [1, 1, 1]}}]", "kernel_size|2|axis|axes"),
        ("[{Conv2D: {filters: 3, kernel_size: 0}}]", "kernel_size"),
        ("[{Conv2D: {filters: 3, kernel_size: 1, padding: full}}]", "padding|same"),
        ("[{Conv2D: {filters: 3, kernel_size: 1, padding: causal}}]", "causal"),
        ("[{Conv2D: {filters: 3, kernel_size: 1, padding: -1}}]", "padding"),
        ("[{Conv2D: {filters: 4, kernel_size: 1, groups: 2}}]", "group"),
        ("[{Conv2D: {filters: 3, kernel_size: 9}}]", "9"),
        ("[{Dense: {units: 3, activation: rleu}}]", 'relu"'),
        ("[{Activation: nothing}]", "nothing"),
    ],
)
def test_an_item_that_is_wrong_says_so(items: str, words: str) -> None:
    assert re.search(words, says(refusal(f"layers: {items}")))


@pytest.mark.parametrize(
    "ignored",
    [
        "kernel_initializer: he_normal",
        "bias_regularizer: l2",
        "kernel_constraint: max_norm",
        "dtype: float32",
        "activity_regularizer: l1",
        "bias_initializer: zeros",
        "data_format: channels_last",
    ],
)
def test_arguments_that_change_no_figure_are_accepted(ignored: str) -> None:
    assert layer(f"Conv2D: {{filters: 2, kernel_size: 1, {ignored}}}")["params"] == 8


@pytest.mark.parametrize(
    ("kind", "needed", "ignored"),
    [
        (
            "BatchNormalization",
            None,
            "momentum: 0.9, epsilon: 0.001, gamma_initializer: ones, moving_mean_initializer: zeros",
        ),
        ("LayerNormalization", None, "epsilon: 1.0e-6"),
        ("Dropout", "0.5", "rate: 0.5, seed: 7"),
        ("LeakyReLU", None, "negative_slope: 0.1"),
    ],
)
def test_arguments_of_other_kinds_that_change_no_figure(kind: str, needed: str | None, ignored: str) -> None:
    assert layer(f"{kind}: {{{ignored}}}") == layer(f"{kind}: {needed}" if needed else kind)
