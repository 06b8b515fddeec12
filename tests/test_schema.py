"""The JSON Schemas: what is right passes, slips do not, and they are what an editor's library makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

import cnncalc
from cnncalc.layers import registry
from cnncalc.schema import NAMES, schema
from tests.command_line import REPOSITORY, run

SPEC = Draft7Validator(schema("spec"))
SPECS = [
    *sorted((REPOSITORY / "specs").glob("*.yaml")),
    *sorted((REPOSITORY / "tests" / "specs" / "good").glob("*.yaml")),
    REPOSITORY / "cnncalc" / "cli" / "starter_spec.yaml",
]
INPUT = "input: [8, 8, 3]\n"


def accepts(text: str) -> bool:
    """Whether the schema takes a spec, read as editors read YAML."""
    return SPEC.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_a_schema(name: Any, tmp_path: Path) -> None:
    printed = json.loads(run(f"cnncalc schema {name}", tmp_path).stdout)
    assert printed == json.loads(json.dumps(schema(name)))
    Draft7Validator.check_schema(printed)


def test_the_schema_of_specs_is_the_default(tmp_path: Path) -> None:
    assert run("cnncalc schema", tmp_path) == run("cnncalc schema spec", tmp_path)


# spec -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs_that_work_are_accepted(path: Path) -> None:
    cnncalc.load(path).analyze()
    assert [error.message for error in SPEC.iter_errors(yaml.safe_load(path.read_text()))] == []


@pytest.mark.parametrize("kind", tuple(registry.kinds()))
def test_every_example_is_accepted_and_every_misspelt_argument_is_not(kind: str) -> None:
    layer = registry.layer_class(kind)
    example = layer.example_item()
    assert accepts(f"{INPUT}layers: [{{{example}}}]" if ":" in example else f"{INPUT}layers: [{example}]")
    for name in (*layer.arguments(), "repeat"):
        assert not accepts(f"{INPUT}layers: [{{{kind}: {{{name}x: 1}}}}]")


@pytest.mark.parametrize("kind", tuple(registry.kinds()))
def test_every_argument_may_be_computed(kind: str) -> None:
    arguments = ", ".join(f"{name}: $given" for name in registry.layer_class(kind).arguments())
    assert accepts(f"{INPUT}layers: [{{{kind}: {{{arguments}}}}}]")


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{Conv2D: 6}, {MaxPooling2D: {pool_size: [2, 3], strides: null}}, Flatten, {Flatten: }]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3x3, padding: [1, [0, 2]]}}]",
        "layers: [{Conv2D: {filters: 4*$width, kernel_size: 3, padding: $how, use_bias: '$a > 2', repeat: $n}}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3, kernel_initializer: zeros, repeat: 3, first: {strides: 2}}}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3, name: a, trainable: false, if: $on, share: b, from: input}}]",
        "layers: [{Add: {branches: {left: [{Conv2D: {filters: 3, kernel_size: 1}}], right: []}}}]",
        "layers: [{Concatenate: {from: [a, b], axis: -1}}]",
        "layers: [{Model: vgg16}, {Model: {spec: vgg16, until: block5_pool, trainable: false}}]",
        "layers: [unit, {unit: 3}, {unit: {f: 3, from: prev}}]\nblocks: {unit: {params: {f: 1}, layers: [Flatten]}}",
        "layers: [Unit]\nblocks: {Unit: {layers: [Flatten]}}",
        "layers: [Flatten]\ndefaults: {Conv2D: {padding: same, use_bias: false, trainable: false}}",
        "layers: [Flatten]\noutputs: [flatten]\nvars: {width: 0.5, how: same, sizes: [1, 2]}\nyear: 1998",
    ],
)
def test_what_the_language_allows_is_accepted(text: str) -> None:
    assert accepts(INPUT + text)


@pytest.mark.parametrize("shape", ["784", "[224, 224, 3]", "224x224x3", "[null, null, 3]", "{a: 28x28x1, b: 7}"])
def test_every_form_of_an_input_is_accepted(shape: str) -> None:
    assert accepts(f"input: {shape}\nlayers: [Flatten]")


@pytest.mark.parametrize(
    "text",
    [
        "layers: [{Conv2D: {filterz: 4, kernel_size: 3}}]",
        "layers: [{Conv2D: {filters: four, kernel_size: 3}}]",
        "layers: [{Conv2D: {filters: -4, kernel_size: 3}}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: [3, 3, 3]}}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: sam}}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3, repeat: 3, first: {stridez: 2}}}]",
        "layers: [{Conv2D: {filters: 4}, name: beside}]",
        "layers: [{Conv2D: {filters: 4, kernel_size: 3, data_format: channels_first}}]",
        "layers: [{Add: {branches: {left: [{Conv2D: {filterz: 3}}], right: []}}}]",
        "layers: [{Add: {from: [a, b], branches: {left: []}}}]",
        "layers: [{Dropout: 2}]",
        "layers: [{Model: {spec: vgg16, untill: block5_pool}}]",
        "layers: []",
        "layers: Flatten",
        "layer: [Flatten]\nlayers: [Flatten]",
        "layers: [Flatten]\ndefaults: {Conv2D: {paddin: same}}",
        "layers: [Flatten]\nlimits: {max_parms: 3}",
        "layers: [unit]\nblocks: {unit: {layers: [{Conv2D: {filterz: 1}}]}}",
        "layers: [unit]\nblocks: {unit: {param: {}, layers: [Flatten]}}",
        "layers: [unit]\nblocks: {unit: {params: {a: 1}}}",
    ],
)
def test_slips_are_refused(text: str) -> None:
    assert not accepts(INPUT + text)


def test_a_misspelt_kind_is_refused_as_far_as_a_schema_can_know() -> None:
    small = "blocks: {unit: {layers: [Flatten]}}\n"
    capital = "blocks: {Unit: {layers: [Flatten]}}\n"
    assert not accepts(f"{INPUT}layers: [Conv2d]")
    assert not accepts(f"{INPUT}layers: [unit]")  # no blocks at all
    assert not accepts(f"{INPUT}{small}layers: [Conv2d]")  # blocks with small letters only
    assert not accepts(f"{INPUT}blocks: {{unit: {{layers: [Flaten]}}}}\nlayers: [unit]")
    assert accepts(f"{INPUT}{capital}layers: [Conv2d]")  # may be a block


# report and answers -----------------------------------------------------------------------------------------------


def types(value: object) -> object:
    """The types of all that a value of JSON holds: a schema of closed objects says nothing else about it."""
    if isinstance(value, dict):
        return {key: types(inner) for key, inner in value.items()}
    return [types(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize(
    ("path", "convention"),
    [*zip(SPECS, cycle(["notes", "exact"]), strict=False)],
    ids=lambda value: getattr(value, "stem", value),
)
def test_every_report_has_exactly_the_keys_of_its_schema(path: Path, convention: Any) -> None:
    report = cnncalc.load(path).analyze(convention).to_dict()
    report["layers"] = list({str(types(row)): row for row in report["layers"]}.values())  # one of each form
    assert [error.message for error in Draft7Validator(schema("report")).iter_errors(report)] == []


def test_a_partial_report_has_an_error_and_a_folded_one_has_not(tmp_path: Path) -> None:
    validator = Draft7Validator(schema("report"))
    for command in ("lenet5 --input 8x8x1", "resnet50 --depth 1"):
        report = json.loads(run(f"cnncalc {command} --format json", tmp_path).stdout)
        assert validator.is_valid(report)
        assert ("error" in report) == ("input" in command)


def test_every_object_of_a_report_is_closed() -> None:
    def objects(part: object) -> Iterator[dict[str, object]]:
        if isinstance(part, dict):
            if "properties" in part and part.get("type") == "object":
                yield part
            for inner in part.values():
                yield from objects(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from objects(inner)

    assert all(part["additionalProperties"] is False for part in objects(schema("report")))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('{conv2d: {output_shape: 28x28x6, params: 156, ops: "122,304"}, totals: {params: 61706}}', True),
        ("{1: {output_shape: [28, 28, 6]}, 2: {receptive_field: null}}", True),
        ("[{layer: conv2d, params: 156}, {params: 0}]", True),
        ("{conv2d: {exact: {macs: 117600}}}", True),
        ("{conv2d: {parms: 156}}", False),
        ("{conv2d: 156}", False),
        ("{totals: {output_shape: 10}}", False),
    ],
)
def test_answer_sheets(text: str, right: bool) -> None:
    sheet = json.loads(json.dumps(yaml.safe_load(text)))  # a number as a key is a text in JSON
    assert Draft7Validator(schema("answers")).is_valid(sheet) is right
