"""The spec language: top level and items. Every case follows from a sentence of the language, not from the code."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import last, layer, refusal, report, rows, says, wiring

CONV = "Conv2D: {filters: 3, kernel_size: 1}"

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
    import cnncalc

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
    ["[0, 8, 3]", "[8, -8, 3]", "[8, 8.5, 3]", "0", "-1", "true", "[true, 8, 3]", "8x8xthree", "[]", "{}", "null"]
    + ["[8, 8, null]", "[null]", '["8", [8], 3]', "{a: 4, a: 5}", "8x0x3", "{a: {b: 3}}"],
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
    ["kernel_initializer: he_normal", "bias_regularizer: l2", "kernel_constraint: max_norm", "dtype: float32"]
    + ["activity_regularizer: l1", "bias_initializer: zeros", "data_format: channels_last"],
)
def test_arguments_that_change_no_figure_are_accepted(ignored: str) -> None:
    assert layer(f"Conv2D: {{filters: 2, kernel_size: 1, {ignored}}}")["params"] == 8


@pytest.mark.parametrize(
    ("kind", "needed", "ignored"),
    [
        ("BatchNormalization", None, "momentum: 0.9, epsilon: 0.001, gamma_initializer: ones, moving_mean_initializer: zeros"),
        ("LayerNormalization", None, "epsilon: 1.0e-6"),
        ("Dropout", "0.5", "rate: 0.5, seed: 7"),
        ("LeakyReLU", None, "negative_slope: 0.1"),
    ],
)
def test_arguments_of_other_kinds_that_change_no_figure(kind: str, needed: str | None, ignored: str) -> None:
    assert layer(f"{kind}: {{{ignored}}}") == layer(f"{kind}: {needed}" if needed else kind)


# Wiring ---------------------------------------------------------------------------------------------------------------

WIRING = {
    "each item reads the one before it": (
        f"layers: [{CONV}, ReLU, {CONV}]",
        {"conv2d": ["input"], "re_lu": ["conv2d"], "conv2d_1": ["re_lu"]},
    ),
    "from reads another, the next reads it": (
        f"layers: [{CONV}, ReLU, {{ReLU: {{from: conv2d}}}}, Flatten]\noutputs: [re_lu, flatten]",
        {"conv2d": ["input"], "re_lu": ["conv2d"], "re_lu_1": ["conv2d"], "flatten": ["re_lu_1"]},
    ),
    "prev and input are names": (
        "layers: [ReLU, ReLU, {ReLU: {from: prev}}, {Add: {from: [prev, input, re_lu]}}]",
        {"re_lu": ["input"], "re_lu_1": ["re_lu"], "re_lu_2": ["re_lu_1"], "add": ["re_lu_2", "input", "re_lu"]},
    ),
    "prev at the start is the input": ("layers: [{ReLU: {from: prev}}]", {"re_lu": ["input"]}),
    "input in a branch of the model is the model's": (
        "layers: [ReLU, {Add: {branches: {a: [{ELU: {from: input}}], b: []}}}]",
        {"re_lu": ["input"], "elu": ["input"], "add": ["elu", "re_lu"]},
    ),
    "prev in a branch is the running tensor": (
        "layers: [ReLU, {Add: {branches: {a: [{ELU: {from: prev}}, {Add: {from: [prev, re_lu]}}], b: []}}}]",
        {"re_lu": ["input"], "elu": ["re_lu"], "add_1": ["elu", "re_lu"], "add": ["add_1", "re_lu"]},
    ),
    "a branch's name hides none and sees the lists around it": (
        """
        layers:
          - ReLU: {name: a}
          - ReLU: {name: b}
          - Add:
              branches:
                x:
                  - Add:
                      branches:
                        p: [{ReLU: {from: a, name: c}}, {Add: {from: [c, b]}}]
                        q: []
                  - ReLU: {from: a}
                y: [{ReLU: {from: a}}]
        """,
        {
            "a": ["input"],
            "b": ["a"],
            "c": ["a"],
            "add_2": ["c", "b"],
            "add_1": ["add_2", "b"],
            "re_lu": ["a"],
            "re_lu_1": ["a"],
            "add": ["re_lu", "re_lu_1"],
        },
    ),
    "input in a block, in a branch of a block and in a block of a block": (
        """
        blocks:
          inner: {layers: [ELU, {Add: {from: [prev, input]}}]}
          outer:
            layers:
              - ReLU
              - inner
              - Add: {branches: {a: [inner, {Add: {from: [prev, input]}}], b: [{ELU: {from: input}}]}}
        layers: [Dropout: 0.5, outer]
        """,
        {
            "dropout": ["input"],
            "outer/re_lu": ["dropout"],
            "outer/inner/elu": ["outer/re_lu"],
            "outer/inner/add": ["outer/inner/elu", "outer/re_lu"],
            "outer/inner_1/elu": ["outer/inner/add"],
            "outer/inner_1/add": ["outer/inner_1/elu", "outer/inner/add"],
            "outer/add_1": ["outer/inner_1/add", "dropout"],
            "outer/elu": ["dropout"],
            "outer/add": ["outer/add_1", "outer/elu"],
        },
    ),
    "block/inner, and inner/inner of a finished block": (
        """
        blocks:
          inner: {layers: [{ELU: {name: e}}, ReLU]}
          outer: {layers: [{inner: {name: i}}, {ReLU: {from: i/e}}]}
        layers: [{outer: {name: o}}, {Add: {from: [o/i/e, o/i, o]}}]
        """,
        {
            "o/i/e": ["input"],
            "o/i/re_lu": ["o/i/e"],
            "o/re_lu": ["o/i/e"],
            "add": ["o/i/e", "o/i/re_lu", "o/re_lu"],
        },
    ),
    "block/inner of a repeat": (
        """
        blocks: {u: {layers: [{ELU: {name: e}}, ReLU]}}
        layers: [{u: {repeat: 2}}, {Add: {from: [u_1/e, u_2/e, u_1, u]}}]
        """,
        {
            "u_1/e": ["input"],
            "u_1/re_lu": ["u_1/e"],
            "u_2/e": ["u_1/re_lu"],
            "u_2/re_lu": ["u_2/e"],
            "add": ["u_1/e", "u_2/e", "u_1/re_lu", "u_2/re_lu"],
        },
    ),
    "an item in a branch of a finished block": (
        """
        blocks: {u: {layers: [Add: {branches: {x: [{ELU: {name: e}}], y: []}}]}}
        layers: [u, {Add: {from: [prev, u/e]}}]
        """,
        {"u/e": ["input"], "u/add": ["u/e", "input"], "add": ["u/add", "u/e"]},
    ),
    "a name passed as a parameter through two blocks": (
        """
        blocks:
          low: {params: {skip: null}, layers: [ReLU, {Add: {from: [prev, $skip]}}]}
          high: {params: {skip: null, other: prev}, layers: [{low: {skip: $skip}}, {low: {skip: prev}}, {low: {skip: input}}]}
        layers: [{ELU: {name: a}}, {ELU: {name: b}}, {high: {skip: a}}]
        """,
        {
            "a": ["input"],
            "b": ["a"],
            "high/low/re_lu": ["b"],
            "high/low/add": ["high/low/re_lu", "a"],
            "high/low_1/re_lu": ["high/low/add"],
            "high/low_1/add": ["high/low_1/re_lu", "high/low/add"],
            "high/low_2/re_lu": ["high/low_1/add"],
            "high/low_2/add": ["high/low_2/re_lu", "b"],
        },
    ),
    "a name of a block, passed as a parameter, hides the same name inside": (
        """
        blocks:
          u: {params: {skip: null}, layers: [{ReLU: {name: a}}, {Add: {from: [prev, $skip]}}]}
        layers: [{ELU: {name: a}}, {u: {skip: a, name: v, repeat: 2}}]
        """,
        {
            "a": ["input"],
            "v_1/a": ["a"],
            "v_1/add": ["v_1/a", "a"],
            "v_2/a": ["v_1/add"],
            "v_2/add": ["v_2/a", "a"],
        },
    ),
    "a list passed as a parameter": (
        """
        blocks: {u: {params: {these: null}, layers: [{Add: {from: $these}}]}}
        layers: [{ELU: {name: a}}, {ELU: {name: b}}, {u: {these: [a, b, prev]}}]
        """,
        {"a": ["input"], "b": ["a"], "u/add": ["a", "b", "b"]},
    ),
    "repeat chains, from says where the first starts": (
        "layers: [{ReLU: {name: a}}, {ELU: {name: e}}, {ReLU: {name: r, repeat: 3, from: a}}, {Add: {from: [r, r_1, e]}}]",
        {"a": ["input"], "e": ["a"], "r_1": ["a"], "r_2": ["r_1"], "r_3": ["r_2"], "add": ["r_3", "r_1", "e"]},
    ),
    "branches of a repeated merge start at the copy before": (
        "layers: [{Add: {repeat: 2, branches: {x: [ReLU], y: []}}}]",
        {"re_lu": ["input"], "add_1": ["re_lu", "input"], "re_lu_1": ["add_1"], "add_2": ["re_lu_1", "add_1"]},
    ),
    "a branch whose items are all dropped is the identity": (
        "layers: [ReLU, {Add: {branches: {x: [ELU], y: [{Dense: {units: 3, if: false}}]}}}]",
        {"re_lu": ["input"], "elu": ["re_lu"], "add": ["elu", "re_lu"]},
    ),
    "a dropped item is skipped": (
        "layers: [ReLU, {ELU: {if: false}}, {Add: {from: [prev, re_lu]}}]",
        {"re_lu": ["input"], "add": ["re_lu", "re_lu"]},
    ),
}


@pytest.mark.parametrize("case", WIRING)
def test_wiring(case: str) -> None:
    text, expected = WIRING[case]
    assert wiring(text) == expected
    assert list(wiring(text)) == list(expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers: [{ReLU: {from: b}}, {ReLU: {name: b}}]", "b"),  # later
        ("layers: [{ReLU: {from: re_lu}}]", "re_lu"),  # itself
        ("layers: [{ReLU: {name: conv1}}, {ReLU: {from: conv2}}]", 'did you mean "conv1"'),
        ("layers: [{Add: {branches: {x: [{ReLU: {name: a}}], y: [{ReLU: {from: a}}]}}}]", "a"),  # siblings
        ("blocks: {u: {layers: [{ReLU: {from: a}}]}}\nlayers: [{ReLU: {name: a}}, u]", "a"),  # the block's edge
        ("blocks: {u: {layers: [{Add: {branches: {x: [{ReLU: {from: a}}], y: []}}}]}}\nlayers: [{ReLU: {name: a}}, u]", "a"),
        ("blocks: {u: {layers: [{ELU: {name: e}}, {ReLU: {from: u/e}}]}}\nlayers: [u]", "u/e"),  # not finished
        ("blocks: {u: {layers: [ELU, ReLU]}}\nlayers: [u, {ReLU: {from: u/nothing}}]", "nothing"),
        ("blocks: {u: {layers: [ELU, ReLU]}}\nlayers: [u, {ReLU: {from: elu}}]", "elu"),  # only u/elu
        ("layers: [ReLU, {ReLU: {from: [prev, input]}}]", "one|Add|merge"),  # no merge
        ("layers: [ReLU, {ReLU: {from: []}}]", "from"),
        ("layers: [ReLU, {ReLU: {from: 3}}]", "from|name|3"),
        ("layers: [ReLU, {ReLU: {from: {a: b}}}]", "mapping"),
        ("layers: [{ReLU: {repeat: 2, name: r}}, {ReLU: {from: r_3}}]", "r_3"),
        ("layers: [{ReLU: {name: a, if: false}}, {ReLU: {from: a}}]", "if|dropped"),
        ("layers: [ReLU, {Add: {from: [prev, nothing]}}]", "nothing"),
    ],
)
def test_names_that_lead_nowhere(text: str, words: str) -> None:
    assert re.search(words, says(refusal(text)))


# Names ----------------------------------------------------------------------------------------------------------------

NAMES = {
    "Keras's snake case": (
        "layers: [{Conv2DTranspose: {filters: 3, kernel_size: 1}}, {SeparableConv2D: {filters: 3, kernel_size: 1}}, "
        "{DepthwiseConv2D: 1}, MaxPooling2D, BatchNormalization, ReLU, LeakyReLU, PReLU, ELU, {ZeroPadding2D: 1}, "
        "UpSampling2D, LayerNormalization, GlobalAveragePooling2D]",
        # keras.src.utils.naming.to_snake_case of each
        "conv2d_transpose separable_conv2d depthwise_conv2d max_pooling2d batch_normalization re_lu leaky_re_lu p_re_lu "
        "elu zero_padding2d up_sampling2d layer_normalization global_average_pooling2d",
    ),
    "one counter per kind": ("layers: [ReLU, ELU, ReLU, ELU, ReLU]", "re_lu elu re_lu_1 elu_1 re_lu_2"),
    "only unnamed items advance the counter": (
        "layers: [ReLU, {ReLU: {name: x}}, {ReLU: {name: y-2.b}}, ReLU]",
        "re_lu x y-2.b re_lu_1",
    ),
    "a dropped item does not": ("layers: [ReLU, {ReLU: {if: false}}, ReLU]", "re_lu re_lu_1"),
    "branches share it, in the order of the text": (
        "layers: [ReLU, {Add: {branches: {a: [ReLU, ReLU], b: [ReLU]}}}, ReLU, {Add: {from: [prev, input]}}]",
        "re_lu re_lu_1 re_lu_2 re_lu_3 add re_lu_4 add_1",
    ),
    "every block instance has its own": (
        "blocks: {u: {layers: [ReLU, ReLU]}}\nlayers: [ReLU, u, ReLU, u, {u: {name: mine}}, u]",
        "re_lu u/re_lu u/re_lu_1 re_lu_1 u_1/re_lu u_1/re_lu_1 mine/re_lu mine/re_lu_1 u_2/re_lu u_2/re_lu_1",
    ),
    "blocks in blocks": (
        "blocks: {u: {layers: [ReLU, v]}, v: {layers: [ReLU, {ELU: {name: e}}]}}\nlayers: [u, {u: {name: w, repeat: 2}}]",
        "u/re_lu u/v/re_lu u/v/e w_1/re_lu w_1/v/re_lu w_1/v/e w_2/re_lu w_2/v/re_lu w_2/v/e",
    ),
    "a block in a branch": (
        "blocks: {u: {layers: [ReLU]}}\nlayers: [{Add: {branches: {left: [u], right: [u, ReLU]}}}, u]",
        "u/re_lu u_1/re_lu re_lu add u_2/re_lu",
    ),
    "a block's automatic name is in snake case": (
        "blocks: {MyBlock: {layers: [ReLU]}}\nlayers: [MyBlock, MyBlock]",
        "my_block/re_lu my_block_1/re_lu",
    ),
    "repeat numbers from 1": ("layers: [{ReLU: {repeat: 3}}, {ReLU: {name: a, repeat: 2}}]", "re_lu_1 re_lu_2 re_lu_3 a_1 a_2"),
    "repeat of one": ("layers: [{ReLU: {name: a, repeat: 1}}]", "a_1"),
    "equal names in different instances": (
        "blocks: {u: {layers: [{ReLU: {name: a}}]}}\nlayers: [{ReLU: {name: a}}, {u: {name: b}}, {u: {name: c}}]",
        "a b/a c/a",
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_names(case: str) -> None:
    text, expected = NAMES[case]
    assert list(rows(text)) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{ReLU: {name: input}}]",
        "layers: [{ReLU: {name: prev}}]",
        "layers: [{ReLU: {name: a/b}}]",
        "layers: [{ReLU: {name: a b}}]",
        "layers: [{ReLU: {name: ''}}]",
        "layers: [{ReLU: {name: 'a:b'}}]",
        "layers: [{ReLU: {name: [a]}}]",
        "layers: [{ReLU: {name: null}}]",
        "layers: [{ReLU: {name: a}}, {ELU: {name: a}}]",
        "layers: [{ReLU: {name: a}}, {Add: {branches: {x: [{ELU: {name: a}}], y: []}}}]",
        "layers: [{Add: {branches: {x: [{ELU: {name: a}}], y: [{ReLU: {name: a}}]}}}]",
        "layers: [ReLU, {ELU: {name: re_lu}}]",  # a name that meets an automatic one
        "layers: [{ELU: {name: re_lu}}, ReLU]",
        "layers: [ReLU, {ELU: {name: re_lu_1}}, ReLU]",
        "layers: [{ReLU: {name: a, repeat: 2}}, {ELU: {name: a_2}}]",
        "layers: [{ELU: {name: a_2}}, {ReLU: {name: a, repeat: 2}}]",
        "blocks: {u: {layers: [ReLU]}}\nlayers: [{u: {name: v}}, {ELU: {name: v}}]",
        "blocks: {u: {layers: [ReLU]}}\nlayers: [u, {ELU: {name: u}}]",
        "blocks: {u: {layers: [{ReLU: {name: a}}, {ELU: {name: a}}]}}\nlayers: [u]",
        "blocks: {u: {layers: [{ReLU: {name: input}}]}}\nlayers: [u]",
    ],
)
def test_names_that_are_refused(text: str) -> None:
    refusal(text)


# repeat, first, if ----------------------------------------------------------------------------------------------------


def test_first_overrides_any_argument_of_the_first_copy_only() -> None:
    text = "layers: [{Conv2D: {filters: 4, kernel_size: 3, name: c, repeat: 3, padding: same, first: {strides: 2, filters: 2}}}]"
    made = rows(text)
    assert [row["output_shape"] for row in made.values()] == [[4, 4, 2], [4, 4, 4], [4, 4, 4]]
    # 3*3*3*2+2, 3*3*2*4+4, 3*3*4*4+4
    assert [row["params"] for row in made.values()] == [56, 76, 148]


def test_first_on_a_block_overrides_parameters() -> None:
    text = """
        blocks: {u: {params: {filters: 4, stride: 1}, layers: [{Conv2D: {filters: $filters, kernel_size: 1, strides: $stride}}]}}
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
    refusal(f"blocks: {{u: {{params: {{n: 1}}, layers: [{{ReLU: {{{structure}}}}}, ELU]}}}}\nlayers: [{{u: {{n: $in_channels}}}}]")


def test_repeat_may_be_arithmetic_of_vars() -> None:
    assert len(rows("vars: {n: 3}\nlayers: [{ReLU: {repeat: 2*$n - 1}}]")) == 5


@pytest.mark.parametrize(
    ("condition", "kept"),
    [("$a", True), ("not $a", False), ("$n > 3", True), ("$n >= 4 and $n % 2 == 0", True)]
    + [("$n != 4", False), ("$n < 2 or $a", True), ("not ($n == 4)", False), ("$n == 8/2", True)],
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


# Merges ---------------------------------------------------------------------------------------------------------------

MERGES = ["Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract"]


@pytest.mark.parametrize("kind", MERGES)
@pytest.mark.parametrize("sources", ["from: [input, prev]", "from: [prev, prev]", "branches: {a: [], b: [ELU]}"])
def test_every_merge_takes_from_and_branches(kind: str, sources: str) -> None:
    assert last(f"layers: [ReLU, {{{kind}: {{{sources}}}}}]")["output_shape"] == [8, 8, 6 if kind == "Concatenate" else 3]


@pytest.mark.parametrize("kind", MERGES)
@pytest.mark.parametrize(
    "sources",
    ["", "from: prev", "from: [prev]", "branches: {a: []}", "branches: {}", "branches: []", "branches: [[ReLU], []]"]
    + ["branches: null", "branches: {a: ReLU, b: []}", "branches: {a: null, b: []}"],
)
def test_a_merge_needs_two_inputs(kind: str, sources: str) -> None:
    refusal(f"layers: [ReLU, {{{kind}: {{{sources}}}}}]")


def test_subtract_takes_exactly_two_and_no_layer_takes_branches() -> None:
    refusal("layers: [ReLU, {Subtract: {from: [prev, input, prev]}}]")
    refusal("layers: [ReLU, {Subtract: {branches: {a: [], b: [], c: [ReLU]}}}]")
    refusal("layers: [ReLU, {ReLU: {branches: {a: [], b: []}}}]")


@pytest.mark.parametrize(
    ("first", "second", "shape"),
    [
        ("[8, 8, 3]", "[1, 1, 3]", [8, 8, 3]),
        ("[1, 1, 3]", "[8, 8, 3]", [8, 8, 3]),
        ("[8, 1, 3]", "[1, 8, 1]", [8, 8, 3]),
        ("[8, 8, 3]", "3", [8, 8, 3]),  # Keras 3: Add()([(None, 8, 8, 3), (None, 3)]) is (None, 8, 8, 3)
        ("[8, 8, 3]", "[8, 8, 1]", [8, 8, 3]),
        ("4", "1", [4]),
    ],
)
@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"])
def test_shapes_broadcast_as_in_keras(kind: str, first: str, second: str, shape: list[int]) -> None:
    text = f"input: {{a: {first}, b: {second}}}\nlayers: [{{{kind}: {{from: [a, b]}}}}]"
    assert last(text)["output_shape"] == shape


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("Add", "[8, 8, 3]", "[8, 8, 4]"), ("Add", "[8, 8, 3]", "[4, 4, 3]"), ("Multiply", "4", "3")]
    + [("Concatenate", "[8, 8, 3]", "[4, 8, 3]"), ("Concatenate", "[8, 8, 3]", "3"), ("Add", "[8, 8, 3]", "8")],
)
def test_shapes_that_do_not_fit_are_refused(kind: str, first: str, second: str) -> None:
    diagnostic = refusal(f"input: {{a: {first}, b: {second}}}\nlayers: [{{{kind}: {{from: [a, b]}}}}]")
    assert re.search(r"8x8x3|\b4\b", says(diagnostic))


@pytest.mark.parametrize(("axis", "shape"), [(-1, [8, 8, 6]), (3, [8, 8, 6]), (1, [16, 8, 3]), (2, [8, 16, 3]), (-3, [16, 8, 3])])
def test_concatenate_takes_keras_s_axis(axis: int, shape: list[int]) -> None:
    assert last(f"layers: [ReLU, {{Concatenate: {{from: [prev, input], axis: {axis}}}}}]")["output_shape"] == shape


@pytest.mark.parametrize("axis", [0, 4, -5, "x", 1.5])
def test_concatenate_refuses_other_axes(axis: object) -> None:
    refusal(f"layers: [ReLU, {{Concatenate: {{from: [prev, input], axis: {axis}}}}}]")
