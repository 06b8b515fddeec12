"""Specs at random, as plain data: every kind with every argument, values that fit and values that do not."""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st

from cnncalc.layers import arguments as types
from cnncalc.layers import registry
from cnncalc.layers.arguments import ArgumentType
from cnncalc.layers.normalization import NumberArray
from cnncalc.spec.document import ITEM_OPTIONS

Value = Any
"""What JSON can say."""

HOSTILE: st.SearchStrategy[Value] = st.sampled_from(
    [
        None, True, False, 0, 1, -1, 2, 3, 5, 7, 64, 10**9, 10**17, 10**18 - 1, 10**18, 10**400, 0.5, 2.0, -0.0, 1e308,
        1e-308, float("inf"), float("nan"), "", " ", "x", "3",
        "3x3", "0x0", "null", "true", "same", "valid", "causal", "prev",
        "input", "$", "$a", "$b", "$missing", "$in_channels", "$in_channels // 2", "2*$in_channels", "$a/$b", "1/0",
        "4*16", "1 - 1", "min($a, 2)", "max(3", "not true", "$a > 2", "**", "((((", "-" * 60, "9" * 19, "1e9",
        "a/b/c", "../x", "n" * 300, "é", "\u202e", "\u200b", "\U0001f600", "[bold]", "%s%s", "{x}", "\\", "'", '"',
        "#", ": ", "- ", "*a", "&a", "!!int 3", "<<", "a\nb", "a\tb",
        [], [1], [2, 2], [1, 2, 3], [[1, 1]], [[1, 0], [0, 1]], [[[]]], [None], ["a", "b"], [0] * 9, [True], ["$a", 2],
        {}, {"a": 1}, {"filters": 3}, {"": None},
    ]
)  # fmt: skip
"""Values that are wrong in most places, and right in some."""

COMPUTED = ["2 + 1", "$in_channels", "$in_channels // 2 + 1", "$a", "2*$a", "$n"]
LARGE = st.sampled_from([31, 100, 997, 1024, 65537, 10**9, 10**17, 10**18 - 1])
STRANGE_ARGUMENTS = st.sampled_from(["kernel", "stride", "foo", "data_format", "momentum", "branches", ""])
SIZES = st.integers(1, 9)
NAMES = st.sampled_from(
    ["a", "b", "c", "d", "conv2d", "re_lu", "add", "x.y", "x-1", "b_1", *map("n{}".format, range(40))]
)
READ = st.sampled_from([*["prev", "input"] * 20, "a", "b", "conv2d", "conv2d_1", "re_lu", "b/conv2d", "$skip"])


@functools.cache
def fitting(type: ArgumentType[Any], rank: int) -> st.SearchStrategy[Value]:
    """Values that an argument takes."""
    if isinstance(type, types.Optional):
        return st.none() | fitting(type.inner, rank)
    if isinstance(type, types.Choice):
        return st.sampled_from(type.choices)
    if isinstance(type, types.Integer):
        minimum = -3 if type.minimum is None else type.minimum
        return st.one_of(*[st.integers(minimum, 9)] * 20, st.sampled_from(COMPUTED), LARGE)
    if isinstance(type, types.Boolean):
        return st.booleans()
    if isinstance(type, types.Number):
        return st.sampled_from([0, 0.25, 0.5, 1, "1/3"])
    if isinstance(type, types.ActivationName):
        return st.sampled_from(["relu", "tanh", "softmax", "swish", None, "linear", "gelu"])
    if isinstance(type, types.AxisIntegers):
        one = st.integers(type.entry.minimum or 0, 5)
        listed = st.lists(one, min_size=rank, max_size=rank)
        return st.one_of(*[one] * 20, *[listed] * 5, st.sampled_from(COMPUTED), LARGE)
    if isinstance(type, types.AxisPairs):
        return pairs(rank)
    if isinstance(type, types.PaddingArgument):
        return st.sampled_from(type.words(rank)) | pairs(rank)
    if isinstance(type, types.IntegerList):
        return st.lists(st.integers(-1, 4), min_size=1, max_size=4) | st.integers(-1, 4)
    if isinstance(type, NumberArray):
        return st.sampled_from([1, 0.5, [1, 2, 3], "1/255"])
    return HOSTILE


def pairs(rank: int) -> st.SearchStrategy[Value]:
    """Paddings in all their forms."""
    one = st.integers(0, 3)
    entry = one | st.lists(one, min_size=2, max_size=2)
    return one | st.lists(entry, min_size=rank, max_size=rank)


def rarely(draw: st.DrawFn, times: int) -> bool:
    """Once in so many times: what is wrong has to be rare, so that nets of several layers come about."""
    return draw(st.integers(1, times)) == times // 2


@st.composite
def layer_arguments(draw: st.DrawFn, kind: str) -> dict[str, Value]:
    """The arguments of a layer: those that it needs, some of the others, now and then a wrong one."""
    layer = registry.layer_class(kind)
    rank = layer.kinds[kind]
    chosen: dict[str, Value] = {}
    for name, argument in layer.arguments.items():
        if rarely(draw, 150):
            chosen[name] = draw(HOSTILE)
        elif (argument.required and not rarely(draw, 150)) or rarely(draw, 5):
            chosen[name] = draw(fitting(argument.type, rank))
    if rarely(draw, 100):
        chosen[draw(STRANGE_ARGUMENTS)] = draw(HOSTILE)
    return chosen


@st.composite
def options(draw: st.DrawFn) -> dict[str, Value]:
    """The options that every item takes: mostly none."""
    chosen: dict[str, Value] = {}
    if rarely(draw, 4):
        chosen["name"] = draw(NAMES)
    if rarely(draw, 12):
        chosen["from"] = draw(READ)
    if rarely(draw, 8):
        chosen["repeat"] = draw(st.integers(1, 4) | st.just("$b"))
        if rarely(draw, 20):
            chosen["first"] = {"strides": 1}
    if rarely(draw, 10):
        chosen["if"] = draw(st.sampled_from([True, False, "$b > 1", "$b == 2 and not $b > 2"]))
    if rarely(draw, 12):
        chosen["trainable"] = draw(st.booleans())
    if rarely(draw, 60):
        chosen["share"] = draw(READ)
    if rarely(draw, 60):
        chosen[draw(st.sampled_from(ITEM_OPTIONS))] = draw(HOSTILE)
    return chosen


KINDS = st.sampled_from([*registry.kinds()])
USUAL_KINDS = st.sampled_from(
    ["Conv2D", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "MaxPooling2D", "ReLU", "BatchNormalization", "Dense",
     "UpSampling2D", "AveragePooling2D", "Dropout", "ZeroPadding2D", "AdaptiveAveragePooling2D", "Resizing"]
)  # fmt: skip
BARE_KINDS = st.sampled_from(["ReLU", "BatchNormalization", "MaxPooling2D", "LayerNormalization", "Softmax"])
MERGES = [kind for kind in registry.kinds() if registry.layer_class(kind).merges]
PARAMETERS = st.sampled_from(["n", "skip", "wide"])


@st.composite
def items(draw: st.DrawFn, depth: int, blocks: tuple[str, ...]) -> Value:
    """An item: a layer, a merge with branches, a block, a model, or something that is none."""
    if rarely(draw, 80):
        return draw(HOSTILE)
    if rarely(draw, 80):
        return {draw(KINDS): draw(HOSTILE)}
    if depth and rarely(draw, 30):
        arguments: Value = {"spec": draw(st.sampled_from(["lenet5", "vgg11", "xor_mlp", "nowhere", "../x.yaml"]))}
        if draw(st.booleans()):
            arguments["until"] = draw(st.sampled_from(["conv2d", "flatten", "x", "average_pooling2d"]))
        return {"Model": {**arguments, **draw(options())}}
    if depth and rarely(draw, 6):
        merge = draw(st.sampled_from(MERGES))
        if draw(st.booleans()):
            branches = st.dictionaries(NAMES, st.lists(items(depth - 1, blocks), max_size=3), min_size=2, max_size=3)
            others = draw(options())
            if not rarely(draw, 20):
                others.pop("from", None)
            return {merge: {"branches": draw(branches), **others}}
        return {merge: {**draw(options()), "from": draw(st.lists(READ, min_size=2, max_size=3))}}
    if blocks and rarely(draw, 4):
        given: Value = draw(st.fixed_dictionaries({}, optional={"n": SIZES | st.just("$in_channels"), "skip": READ}))
        return {draw(st.sampled_from(blocks)): {**given, **draw(options())}}
    if rarely(draw, 5):
        return draw(BARE_KINDS)
    kind = draw(KINDS if rarely(draw, 6) else USUAL_KINDS)
    if rarely(draw, 20):
        return {kind: draw(SIZES | LARGE)}
    return {kind: {**draw(layer_arguments(kind)), **draw(options())}}


MAPS = st.lists(st.integers(6, 64), min_size=3, max_size=3)
SHAPES = st.one_of(
    *[MAPS] * 10,
    st.lists(st.integers(1, 64), min_size=1, max_size=4),
    st.lists(st.none() | st.integers(1, 64), min_size=2, max_size=4),
    st.lists(st.sampled_from([1, 3, 10**9, 10**17]), min_size=3, max_size=3),
    st.sampled_from(["28x28x1", "(28, 28, 1)", 784, "[8, 8, $a]"]),
)


@st.composite
def specs(draw: st.DrawFn) -> Value:
    """A whole spec."""
    names = draw(st.sampled_from([(), (), (), ("b",), ("b", "c"), ("b", "c", "deep")]))
    blocks = {}
    for place, name in enumerate(names):
        params = draw(st.fixed_dictionaries({"n": SIZES, "skip": st.just("prev"), "wide": st.booleans()}))
        if rarely(draw, 20):
            params[draw(PARAMETERS)] = draw(HOSTILE)
        # A block uses those behind it; now and then itself, or those that use it.
        used = names if rarely(draw, 20) else names[place + 1 :]
        blocks[name] = {"params": params, "layers": draw(st.lists(items(1, used), min_size=1, max_size=4))}
    spec: dict[str, Value] = {
        "input": draw(st.one_of(*[SHAPES] * 12, st.dictionaries(NAMES, SHAPES, min_size=1, max_size=2))),
        "layers": draw(st.lists(items(2, names), min_size=1, max_size=7)),
        "vars": {"a": draw(HOSTILE) if rarely(draw, 20) else draw(SIZES), "b": 2},
    }
    if blocks:
        spec["blocks"] = blocks
    if rarely(draw, 20):
        spec["outputs"] = draw(st.lists(NAMES, max_size=2) | HOSTILE)
    if rarely(draw, 10):
        spec["defaults"] = {"Conv2D": {"padding": "same"}}
    if rarely(draw, 40):
        spec["defaults"] = {draw(KINDS): draw(HOSTILE)}
    if rarely(draw, 40):
        spec["limits"] = draw(st.dictionaries(st.sampled_from(["max_params", "max_rf", "x"]), HOSTILE, max_size=2))
    if rarely(draw, 40):
        spec[draw(st.sampled_from(["name", "source", "layer", "input", "layers", "vars", "blocks"]))] = draw(HOSTILE)
    return spec
