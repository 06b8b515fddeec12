"""Specs at random, as plain data: every kind with every argument that the JSON Schema says, most of them right."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.command_line import run
from tests.fuzz.values import EMPTY, HOSTILE, OPTIONS, Value, corrupted, one_in, some

Schema = dict[str, Any]

COMPUTED: Final = ("2 + 1", "$in_channels", "$in_channels // 2 + 1", "$a", "2*$a", "$n", "min($a, 3)")
LARGE: Final = (31, 100, 997, 1024, 65537, 10**9, 10**17, 10**18 - 1)
NAMES: Final = ("a", "b", "c", "d", "conv2d", "re_lu", "add", "x.y", "x-1", "b_1", *map("n{}".format, range(40)))
READ: Final = (*("prev", "input") * 30, "a", "b", "conv2d", "conv2d_1", "re_lu", "b/conv2d", "$skip")
USUAL_KINDS: Final = (
    "Conv2D", "Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "MaxPooling2D", "ReLU", "BatchNormalization", "Dense",
    "UpSampling2D", "AveragePooling2D", "Dropout", "ZeroPadding2D", "AdaptiveAveragePooling2D", "Resizing",
)  # fmt: skip
BARE_KINDS: Final = ("ReLU", "BatchNormalization", "MaxPooling2D", "LayerNormalization", "Softmax")
MERGES: Final = ("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract")
SPECS: Final = (*("lenet5", "vgg11", "xor_mlp") * 5, "nowhere", "../x.yaml", ".env", "")


@functools.cache
def schema() -> Schema:
    """The JSON Schema of specs, as `cnncalc schema spec` prints it."""
    found: Schema = json.loads(run("cnncalc schema spec", Path.cwd()).stdout)
    return found


@functools.cache
def kinds() -> tuple[str, ...]:
    """Every kind of layer but merges, most often those that read maps."""
    known = [kind for kind in schema()["definitions"]["arguments"] if kind not in (*MERGES, "Model")]
    return (*known, *[kind for kind in known if not kind.endswith(("1D", "3D"))] * 8)


@functools.cache
def arguments_of(kind: str) -> Schema:
    """The schema of each argument of a kind, but of those that no figure needs."""
    found: Schema = schema()["definitions"]["arguments"][kind].get("properties", {})
    return found


def fitting(random: Random, wanted: Schema) -> Value:
    """A value that a schema takes."""
    if "$ref" in wanted:
        found: Any = schema()
        for key in wanted["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        return fitting(random, found)
    if "enum" in wanted:
        return random.choice(wanted["enum"])
    if "anyOf" in wanted:
        first, *others = wanted["anyOf"]
        return fitting(random, first if not others or not one_in(random, 8) else random.choice(others))
    kind = wanted.get("type", "string")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if kind == "integer":
        least = wanted.get("minimum", -3)
        return random.choice(LARGE) if one_in(random, 60) else random.randint(least, max(least, 5))
    if kind == "array":
        length = random.randint(wanted.get("minItems", 0), wanted.get("maxItems", 4))
        return [fitting(random, wanted.get("items", {})) for _ in range(length)]
    if kind == "string":
        return "3x3" if "d+" in wanted.get("pattern", "") else random.choice(COMPUTED)
    plain: dict[str, Value] = {
        "boolean": one_in(random, 2), "number": random.choice((0, 0.25, 0.5, 1, "1/3")), "null": None, "object": {},
    }  # fmt: skip
    return plain[kind]


def arguments(random: Random, kind: str) -> dict[str, Value]:
    """The arguments of a layer: those that it needs, and some of the others."""
    chosen: dict[str, Value] = {}
    for name, wanted in arguments_of(kind).items():
        if "(required)" in wanted.get("description", "") or one_in(random, 30 if name == "groups" else 6):
            chosen[name] = fitting(random, wanted)
    if "Conv" in kind and not one_in(random, 3):
        chosen |= {"padding": "same", "kernel_size": random.randint(1, 5)}
    return chosen


def options(random: Random) -> dict[str, Value]:
    """The options that every item takes: mostly none."""
    chosen: dict[str, Value] = {}
    if one_in(random, 5):
        chosen["name"] = random.choice(NAMES)
    if one_in(random, 20):
        chosen["from"] = random.choice(READ)
    if one_in(random, 12):
        chosen["repeat"] = random.choice((1, 2, 3, 4, "$b"))
        if one_in(random, 20):
            chosen["first"] = {"strides": 1}
    if one_in(random, 15):
        chosen["if"] = random.choice((True, False, "$b > 1", "$b == 2 and not $b > 2"))
    if one_in(random, 15):
        chosen["trainable"] = one_in(random, 2)
    if one_in(random, 100):
        chosen["share"] = random.choice(READ)
    return chosen


def item(random: Random, depth: int, blocks: tuple[str, ...]) -> Value:
    """A layer, a merge with branches, a block or a model."""
    if depth and one_in(random, 30):
        model = {"spec": random.choice(SPECS), **options(random)}
        if one_in(random, 2):
            model["until"] = random.choice(("conv2d", "flatten", "x", "average_pooling2d"))
        return {"Model": model}
    if depth and one_in(random, 8):
        merge = random.choice(MERGES)
        if one_in(random, 4):
            return {merge: {**options(random), "from": some(random, READ, 3, 2)}}
        branches = {
            name: [item(random, depth - 1, blocks) for _ in range(random.randint(0, 3))]
            for name in random.sample(NAMES, random.randint(2, 3))
        }
        return {merge: {**options(random), "branches": branches}}
    if blocks and one_in(random, 4):
        given: dict[str, Value] = {} if one_in(random, 2) else {"n": random.choice((1, 2, 5, "$in_channels"))}
        return {random.choice(blocks): {**given, **options(random)}}
    if one_in(random, 4):
        return random.choice(BARE_KINDS)
    kind = random.choice(kinds() if one_in(random, 6) else USUAL_KINDS)
    if one_in(random, 20):
        return {kind: random.randint(1, 9)}
    return {kind: {**arguments(random, kind), **options(random)}}


def input_shape(random: Random) -> Value:
    """Mostly a map with channels."""
    match random.randrange(20):
        case 0:
            return [random.randint(1, 64) for _ in range(random.randint(1, 4))]
        case 1:
            return [random.choice((None, 5, 32)) for _ in range(random.randint(2, 4))]
        case 2:
            return some(random, (1, 3, 10**9, 10**17), 3, 3)
        case 3:
            return random.choice(("28x28x1", "(28, 28, 1)", 784, ["8", 8, "$a"]))
        case 4:
            return {name: [16, 16, 3] for name in random.sample(NAMES, random.randint(1, 2))}
        case _:
            return [random.randint(6, 64) for _ in range(2)] + [random.choice((1, 3, 4, 8))]


def right_spec(random: Random) -> Value:
    """A spec in which little is wrong on purpose."""
    names: tuple[str, ...] = random.choice(((), (), (), ("b",), ("b", "c"), ("b", "c", "deep")))
    blocks = {}
    for place, name in enumerate(names):
        # A block uses those behind it; now and then itself, or those that use it.
        used = names if one_in(random, 30) else names[place + 1 :]
        params = {"n": random.choice((1, 3, "$in_channels", "$a")), "skip": "prev", "wide": one_in(random, 2)}
        blocks[name] = {"params": params, "layers": [item(random, 1, used) for _ in range(random.randint(1, 4))]}
    spec: dict[str, Value] = {
        "input": input_shape(random),
        "layers": [item(random, 2, names) for _ in range(random.randint(1, 7))],
        "vars": {"a": random.randint(1, 9), "b": 2, "n": 3, "skip": "prev"},
    }
    if blocks:
        spec["blocks"] = blocks
    if one_in(random, 20):
        spec["outputs"] = some(random, NAMES, 2, 1)
    if one_in(random, 10):
        spec["defaults"] = {"Conv2D": {"padding": "same"}}
    if one_in(random, 20):
        spec["limits"] = {"max_params": "5M", "max_rf": 30}
    return spec


def spec(random: Random) -> Value:
    """A spec, every other one with one to three mistakes, which are of any type and stand anywhere."""
    made = right_spec(random)
    if one_in(random, 2):
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            made = corrupted(random, made)
    return made


def one_wrong_value(random: Random) -> Value:
    """A small net with one item, one option of which has a value that hardly fits."""
    kind = random.choice((*kinds(), *MERGES * 10, "Model", "b"))
    known = ("spec", "until", "frozen_until") if kind == "Model" else () if kind == "b" else tuple(arguments_of(kind))
    name = random.choice((*OPTIONS, *known, *known))
    right: dict[str, Value] = {"spec": "lenet5"} if kind == "Model" else {} if kind == "b" else arguments(random, kind)
    if kind in MERGES and name != "branches":
        right["from"] = ["prev", "input"]
    wrong = random.choice(random.choice((EMPTY, HOSTILE)))
    layers = ["ReLU", {kind: wrong if one_in(random, 10) else {**right, name: wrong}}, "ReLU"]
    return {"input": [8, 8, 4], "blocks": {"b": {"params": {"a": 1}, "layers": ["ReLU"]}}, "layers": layers}
