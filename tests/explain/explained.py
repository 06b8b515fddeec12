"""Specs explained, for the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

import cnncalc
from cnncalc.analysis.analyze import Analysis
from cnncalc.explaining.explanation import Explanation
from cnncalc.layers.registry import kinds, layer_class
from cnncalc.model import Model

INPUTS = ([13, 18, 8], [14, 14, 8], [20, 8], [9, 10, 11, 8], [24])
"""Maps with different and with equal sides, a sequence, a volume, a vector."""

VARIANTS: dict[str, list[Any]] = {
    "padding": ["valid", "same", "causal", 1, 2, [[0, 1], [2, 0]], [[2, 1]], [[1, 0], [0, 1], [1, 1]]],
    "strides": [1, 2, 3, [2, 1], [3, 2, 1]],
    "kernel_size": [1, 2, 3, [2, 5]],
    "pool_size": [1, 2, [3, 2]],
    "dilation_rate": [1, 2, [3, 1]],
    "groups": [1, 2],
    "depth_multiplier": [1, 2],
    "output_padding": [None, 0, 1],
    "use_bias": [True, False],
    "activation": ["linear", "relu", "softmax"],
    "ceil_mode": [False, True],
    "keepdims": [False, True],
    "interpolation": ["nearest", "bilinear"],
    "size": [1, 2, [2, 3]],
    "center": [True, False],
    "scale": [True, False],
    "axis": [-1, 1, [1, 2]],
    "renorm": [True],
    "rms_scaling": [True],
    "shared_axes": [None, [1]],
    "output_size": [1, 5, [4, 6]],
    "cropping": [0, [[1, 2], [0, 1]]],
    "pieces": [1, 3],
    "target_shape": [[-1], [8, -1], [2, 4, -1]],
    "start": [-4],
    "stop": [3],
}
"""What stands in place of an argument of a kind's example, one at a time and two at a time."""


def analysed(model: Model) -> Analysis:
    analysis = Analysis(model.expansion)
    analysis.run()
    return analysis


def explained(spec: str, layer: str | None = None) -> Explanation:
    """A spec's explanation, or that of one layer."""
    return cnncalc.explain(spec, layer)


def networks_of_all_kinds() -> Iterator[tuple[str, Analysis]]:
    """Small networks, among which every layer kind is with every argument that its formulas depend on.

    In front of the layer stands what makes strides and fields interesting; merges read two branches. Behind regions
    every formula is multiplied by their number.
    """
    for kind in kinds():
        item = yaml.safe_load(layer_class(kind).example_item())
        example: dict[str, Any] = _arguments(kind, item)
        for arguments in _variants(kind, example):
            for name, spec in _specs_of(kind, arguments):
                try:
                    yield name, analysed(cnncalc.from_dict(spec))
                except (cnncalc.SpecError, cnncalc.errors.Problem):
                    continue  # arguments or shapes that do not go together


def _specs_of(kind: str, arguments: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The nets of a kind with these arguments, on inputs of its own or on those of all, each with a name."""
    if shapes := layer_class(kind).example_inputs:
        inputs = {f"input{index}": list(shape) for index, shape in enumerate(shapes)}
        read = {"from": list(inputs)} if len(inputs) > 1 else {"from": "input0"}
        yield f"{kind} {arguments}", {"input": inputs, "layers": [{kind: arguments | read}]}
    for shape in INPUTS:
        for spec in _specs(kind, arguments, shape):
            yield f"{kind} {arguments} on {shape}", spec


def _arguments(kind: str, item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {}
    value = item[kind]
    return dict(value) if isinstance(value, dict) else {layer_class(kind).primary: value}


def _variants(kind: str, example: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    names = [name for name in layer_class(kind).arguments() if name in VARIANTS]
    yield dict(example)
    for index, name in enumerate(names):
        for value in VARIANTS[name]:
            changed = dict(example) | {name: value}
            yield changed
            if value is not VARIANTS[name][-1]:
                continue
            for other in names[index + 1 :]:
                yield changed | {other: VARIANTS[other][-1]}


def _specs(kind: str, arguments: dict[str, Any], shape: list[int]) -> Iterator[dict[str, Any]]:
    rank = len(shape) - 1
    before: list[Any] = (
        [{f"Conv{rank}D": {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}}] if rank else []
    )
    if layer_class(kind).merges:
        arguments = {name: value for name, value in arguments.items() if name != "from"}
        branches = {"left": [f"MaxPooling{rank}D"] if rank else [], "right": [f"AveragePooling{rank}D"] if rank else []}
        yield {"input": shape, "layers": [*before, {kind: arguments | {"branches": branches}}]}
        return
    yield {"input": shape, "layers": [*before, {kind: arguments}]}
    if arguments == {} and rank == 2:
        yield {"input": [None, None, shape[-1]], "layers": [*before, {kind: arguments}]}
        yield {"input": shape, "layers": [{"RoIAlign": {"pool_size": 5, "regions": 3}}, {kind: arguments}]}
