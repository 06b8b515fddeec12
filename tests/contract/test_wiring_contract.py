"""The spec language: what an item reads, what it is called, and merges."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import last, refusal, rows, says, wiring

CONV = "Conv2D: {filters: 3, kernel_size: 1}"

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
        {"re_lu": ["input"], "elu": ["re_lu"], "add": ["elu", "re_lu"], "add_1": ["add", "re_lu"]},
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
            "add": ["c", "b"],
            "add_1": ["add", "b"],
            "re_lu": ["a"],
            "re_lu_1": ["a"],
            "add_2": ["re_lu", "re_lu_1"],
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
            "outer/add": ["outer/inner_1/add", "dropout"],
            "outer/elu": ["dropout"],
            "outer/add_1": ["outer/add", "outer/elu"],
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
          high: {params: {skip: null}, layers: [{low: {skip: $skip}}, {low: {skip: prev}}, {low: {skip: input}}]}
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
        "layers: [{ReLU: {name: a}}, {ELU: {name: e}}, {ReLU: {name: r, repeat: 3, from: a}}, "
        "{Add: {from: [r, r_1, e]}}]",
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
        (
            "blocks: {u: {layers: [Add: {branches: {x: [ReLU: {from: a}], y: []}}]}}\nlayers: [{ReLU: {name: a}}, u]",
            "a",
        ),
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
        "conv2d_transpose separable_conv2d depthwise_conv2d max_pooling2d batch_normalization re_lu leaky_re_lu "
        "p_re_lu elu zero_padding2d up_sampling2d layer_normalization global_average_pooling2d",
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
        "blocks: {u: {layers: [ReLU, v]}, v: {layers: [ReLU, ELU: {name: e}]}}\nlayers: [u, {u: {name: w, repeat: 2}}]",
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
    "repeat numbers from 1": (
        "layers: [{ReLU: {repeat: 3}}, {ReLU: {name: a, repeat: 2}}]",
        "re_lu_1 re_lu_2 re_lu_3 a_1 a_2",
    ),
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


# Merges ---------------------------------------------------------------------------------------------------------------

MERGES = ["Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract"]


@pytest.mark.parametrize("kind", MERGES)
@pytest.mark.parametrize("sources", ["from: [input, prev]", "from: [prev, prev]", "branches: {a: [], b: [ELU]}"])
def test_every_merge_takes_from_and_branches(kind: str, sources: str) -> None:
    assert last(f"layers: [ReLU, {{{kind}: {{{sources}}}}}]")["output_shape"] == [
        8,
        8,
        6 if kind == "Concatenate" else 3,
    ]


@pytest.mark.parametrize("kind", MERGES)
@pytest.mark.parametrize(
    "sources",
    [
        "",
        "from: prev",
        "from: [prev]",
        "branches: {a: []}",
        "branches: {}",
        "branches: []",
        "branches: [[ReLU], []]",
        "branches: null",
        "branches: {a: ReLU, b: []}",
        "branches: {a: null, b: []}",
    ],
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
    [
        ("Add", "[8, 8, 3]", "[8, 8, 4]"),
        ("Add", "[8, 8, 3]", "[4, 4, 3]"),
        ("Multiply", "4", "3"),
        ("Concatenate", "[8, 8, 3]", "[4, 8, 3]"),
        ("Concatenate", "[8, 8, 3]", "3"),
        ("Add", "[8, 8, 3]", "8"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(kind: str, first: str, second: str) -> None:
    diagnostic = refusal(f"input: {{a: {first}, b: {second}}}\nlayers: [{{{kind}: {{from: [a, b]}}}}]")
    assert re.search(r"8x8x3|\b4\b", says(diagnostic))


@pytest.mark.parametrize(
    ("axis", "shape"), [(-1, [8, 8, 6]), (3, [8, 8, 6]), (1, [16, 8, 3]), (2, [8, 16, 3]), (-3, [16, 8, 3])]
)
def test_concatenate_takes_keras_s_axis(axis: int, shape: list[int]) -> None:
    assert last(f"layers: [ReLU, {{Concatenate: {{from: [prev, input], axis: {axis}}}}}]")["output_shape"] == shape


@pytest.mark.parametrize("axis", [0, 4, -5, "x", 1.5])
def test_concatenate_refuses_other_axes(axis: object) -> None:
    refusal(f"layers: [ReLU, {{Concatenate: {{from: [prev, input], axis: {axis}}}}}]")
