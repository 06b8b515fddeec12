"""The JSON report: its keys, its types, and where null, 0 and a list stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from tests.contract.specs import Json, report, spec

REPORT = ["schema", "name", "convention", "inputs", "outputs", "layers", "totals", "warnings"]
LAYER = [
    "name", "type", "path", "inputs", "output_shape", "instances",
    "neurons", "params", "trainable_params", "non_trainable_params", "shared_with",
    "receptive_field", "ops", "notes", "exact",
]  # fmt: skip
NOTES = ["receptive_field", "ops", "basis"]
BASIS = ["neurons", "receptive_field", "ops"]
EXACT = ["receptive_field", "effective_stride", "offset", "macs", "flops", "note"]
DIAGNOSTIC = [
    "id", "message", "file", "line", "column", "end_line", "end_column", "expected", "found", "chain", "suggestion",
]  # fmt: skip
TOTALS = ["neurons", "params", "trainable_params", "non_trainable_params", "receptive_field", "ops", "notes", "exact"]

NETS = {
    "chain": ("[32, 32, 1]", "layers: [{Conv2D: {filters: 6, kernel_size: 5}}, MaxPooling2D, Flatten, {Dense: 10}]"),
    "vector": ("784", "layers: [{Dense: 10}, ReLU, {Dropout: 0.5}, {Maxout: {units: 3}}]"),
    "unknown": (
        "[null, null, 3]",
        "layers: [{Conv2D: {filters: 6, kernel_size: 5}}, GlobalAveragePooling2D, {Dense: 2}]",
    ),
    "one axis": ("20x4", "layers: [{Conv1D: {filters: 6, kernel_size: 5}}, UpSampling1D, {Reshape: [-1]}]"),
    "three axes": (
        "[8, 8, 8, 2]",
        "layers: [{Conv3D: {filters: 6, kernel_size: 3}}, {MaxPooling3D: 2}, {Permute: [4, 1, 2, 3]}]",
    ),
    "regions": ("[32, 32, 2]", "layers: [{RoIAlign: {pool_size: 7, regions: 30}}, Flatten, {Dense: 2}]"),
    "graph": (
        "[16, 16, 4]",
        """
blocks: {u: {layers: [{Conv2D: {filters: 4, kernel_size: 3, padding: same}}, {Add: {from: [prev, input]}}]}}
layers:
  - u: {repeat: 2}
  - UpSampling2D: 2
  - Add: {branches: {a: [{MaxPooling2D: 2}], b: [{Cropping2D: 8}]}}
outputs: [add, u]
""",
    ),
    "inputs": (
        "{a: 8x8x3, b: 3}",
        "layers: [{Multiply: {from: [a, b]}}, {Dense: {units: 3, name: d}}, {Dense: {units: 3, share: d}}]",
    ),
}


def made(name: str, convention: str = "notes") -> Json:
    input, text = NETS[name]
    return report(text, input, convention)  # type: ignore[arg-type]


def figures(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from figures(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from figures(inner, f"{path}[{index}]")
    else:
        yield path, value


@pytest.mark.parametrize("convention", ["notes", "exact"])
@pytest.mark.parametrize("net", NETS)
def test_the_keys_and_their_order(net: str, convention: str) -> None:
    whole = made(net, convention)
    assert list(whole) == REPORT
    for row in whole["layers"]:
        assert list(row) == LAYER
        assert list(row["notes"]) == NOTES
        assert list(row["notes"]["basis"]) == BASIS
        assert list(row["exact"]) == EXACT
    assert list(whole["totals"]) == TOTALS
    assert list(whole["totals"]["notes"]) == ["receptive_field", "ops"]
    assert list(whole["totals"]["exact"]) == ["receptive_field", "macs", "flops"]
    assert (whole["schema"], whole["convention"]) == ("cnncalc.report/1", convention)


def is_list_of(value: object, *types: type) -> bool:
    return isinstance(value, list) and all(type(entry) in types for entry in value)


@pytest.mark.parametrize("net", NETS)
def test_the_types(net: str) -> None:
    whole = made(net)
    axes = {len(row["output_shape"]) - 1 for row in whole["layers"] if row["type"] == "InputLayer"}
    assert is_list_of(whole["inputs"], str)
    assert is_list_of(whole["outputs"], str)
    assert is_list_of(whole["warnings"], str)
    for row in whole["layers"]:
        assert type(row["name"]) is type(row["type"]) is str
        assert is_list_of(row["path"], str)
        assert is_list_of(row["inputs"], str)
        assert is_list_of(row["output_shape"], int, type(None))
        assert type(row["instances"]) is int
        for key in ("params", "trainable_params", "non_trainable_params"):
            assert type(row[key]) is int, key
        for value in (row["neurons"], row["ops"], row["notes"]["ops"], row["exact"]["macs"], row["exact"]["flops"]):
            assert value is None or type(value) is int
        assert row["trainable_params"] + row["non_trainable_params"] == row["params"]
        assert set(row["notes"]["basis"].values()) <= {"documented", "extension"}
        for field in (row["receptive_field"], row["notes"]["receptive_field"], row["exact"]["receptive_field"]):
            assert field is None or (is_list_of(field, int) and len(field) in axes)
        stride = row["exact"]["effective_stride"]
        assert stride is None or is_list_of(stride, int, str)
        assert row["exact"]["offset"] is None or is_list_of(row["exact"]["offset"], int)
        assert row["exact"]["note"] is None or type(row["exact"]["note"]) is str
        assert row["shared_with"] is None or type(row["shared_with"]) is str


@pytest.mark.parametrize("net", NETS)
def test_it_is_plain_data_that_json_gives_back(net: str) -> None:
    whole = made(net)
    assert json.loads(json.dumps(whole)) == whole
    assert not any(isinstance(value, float) for _, value in figures(whole))
    names = [row["name"] for row in whole["layers"]]
    assert len(set(names)) == len(names)
    seen: set[str] = set()
    for row in whole["layers"]:
        assert set(row["inputs"]) <= seen, "an item reads what stands before it"
        seen.add(row["name"])
    assert set(whole["outputs"]) <= seen


def test_inputs_come_first_and_are_of_the_type_input_layer() -> None:
    whole = made("inputs")
    assert [(row["name"], row["type"], row["inputs"], row["path"]) for row in whole["layers"][:2]] == [
        ("a", "InputLayer", [], []),
        ("b", "InputLayer", [], []),
    ]
    assert whole["inputs"] == ["a", "b"]
    assert made("chain")["inputs"] == ["input"]


def test_the_example_of_the_contract() -> None:
    whole = report(
        """
        name: LeNet-5
        input: [32, 32, 1]
        layers:
          - Conv2D: {filters: 6, kernel_size: 5, activation: tanh}
        """
    )
    # the contract's record has 244,608 FLOPs: 2 * 117,600, 4,704 biases, 4,704 tanh
    assert whole["layers"][1] == {
        "name": "conv2d", "type": "Conv2D", "path": [], "inputs": ["input"],
        "output_shape": [28, 28, 6], "instances": 1,
        "neurons": 4704, "params": 156, "trainable_params": 156, "non_trainable_params": 0, "shared_with": None,
        "receptive_field": [5, 5], "ops": 122304,
        "notes": {"receptive_field": [5, 5], "ops": 122304,
                  "basis": {"neurons": "documented", "receptive_field": "documented", "ops": "documented"}},
        "exact": {"receptive_field": [5, 5], "effective_stride": [1, 1], "offset": [0, 0],
                  "macs": 117600, "flops": 244608, "note": None},
    }  # fmt: skip
    assert whole["name"] == "LeNet-5"
    assert whole["warnings"] == []


@pytest.mark.parametrize("net", NETS)
def test_totals_are_the_sums_of_the_rows(net: str) -> None:
    whole = made(net)
    rows, totals = whole["layers"], whole["totals"]

    def total(values: list[int | None], unknown: bool) -> int | None:
        return None if unknown else sum(value or 0 for value in values)

    unknown = net == "unknown"
    assert totals["neurons"] == total([row["neurons"] for row in rows], unknown)
    assert totals["exact"]["macs"] == total([row["exact"]["macs"] for row in rows], unknown)
    assert totals["notes"]["ops"] == total([row["notes"]["ops"] for row in rows], unknown)
    owned = [row for row in rows if row["shared_with"] is None]
    for key in ("params", "trainable_params", "non_trainable_params"):
        assert totals[key] == sum(row[key] for row in owned)


def test_what_is_not_counted_is_null_and_what_is_known_to_be_none_is_0() -> None:
    image, _, pool, flatten, dense = made("chain")["layers"]
    assert (image["ops"], image["notes"]["receptive_field"], image["exact"]["macs"]) == (None, None, 0)
    assert (pool["ops"], pool["exact"]["macs"]) == (0, 0)
    assert (flatten["ops"], flatten["notes"]["receptive_field"], flatten["exact"]["flops"]) == (None, None, 0)
    assert (flatten["exact"]["effective_stride"], dense["exact"]["effective_stride"]) == (None, None)


def test_unknown_sizes_are_null_and_parameters_are_not() -> None:
    image, conv, pool, dense = made("unknown")["layers"]
    assert image["output_shape"] == [None, None, 3]
    assert (image["neurons"], conv["neurons"], conv["ops"], conv["exact"]["flops"]) == (None, None, None, None)
    assert (conv["params"], conv["receptive_field"]) == (6 * 76, [5, 5])
    assert (pool["neurons"], pool["ops"], pool["exact"]["flops"]) == (6, None, None)
    # the whole map that it reads has no known size
    assert (pool["exact"]["receptive_field"], dense["exact"]["receptive_field"]) == (None, None)
    assert pool["exact"]["note"]


def test_a_fractional_stride_is_a_string() -> None:
    assert made("one axis")["layers"][2]["exact"]["effective_stride"] == ["1/2"]


def test_shared_weights_and_instances() -> None:
    assert [row["shared_with"] for row in made("inputs")["layers"]] == [None, None, None, None, "d"]
    assert made("inputs")["totals"]["params"] == 12
    assert [row["instances"] for row in made("regions")["layers"]] == [1, 30, 30, 30]


def test_the_path_lists_the_block_instances_outermost_first() -> None:
    whole = report(
        "blocks: {low: {layers: [ReLU]}, high: {layers: [low, ReLU]}}\nlayers: [{high: {name: h, repeat: 2}}, ReLU]"
    )
    assert [(row["name"], row["path"]) for row in whole["layers"][1:]] == [
        ("h_1/low/re_lu", ["h_1", "low"]),
        ("h_1/re_lu", ["h_1"]),
        ("h_2/low/re_lu", ["h_2", "low"]),
        ("h_2/re_lu", ["h_2"]),
        ("re_lu", []),
    ]


def test_integers_are_exact_at_any_size() -> None:
    n = 10**17
    whole = report(f"layers: [{{Dense: {n}}}, {{Dense: {n}}}]", "3")
    assert whole["totals"]["params"] == 3 * n + n + n * n + n
    assert json.loads(json.dumps(whole))["totals"]["exact"]["macs"] == 3 * n + n * n


def test_a_spec_without_a_name_has_one() -> None:
    assert type(report("layers: [ReLU]")["name"]) is str


PARTIAL = """
layers:
  - Conv2D: {filters: 6, kernel_size: 5}
  - MaxPooling2D: {name: half}
  - Conv2D: {filters: 6, kernel_size: 5, name: culprit}
  - Flatten
"""


def test_a_shape_error_leaves_the_rows_before_it() -> None:
    model = cnncalc.loads(spec(PARTIAL, "[10, 12, 1]"))
    with pytest.raises(cnncalc.SpecError) as caught:
        model.analyze()
    partial = model.analyze(partial=True)
    assert [row.name for row in partial.layers] == ["input", "conv2d", "half"]
    assert partial.error == caught.value.diagnostics[0]
    diagnostic = partial.error.to_dict()
    assert list(diagnostic) == DIAGNOSTIC
    assert diagnostic["line"] == 5
    assert "culprit" in str(diagnostic["message"])
    # the map is 3x4 there, the kernel 5x5: height, 3 and 5 are in the message
    assert all(word in str(diagnostic["message"]) for word in ("height", "3", "5"))


@pytest.mark.parametrize("convention", ["note", "", None, 3])
def test_another_convention_is_an_error(convention: object) -> None:
    with pytest.raises(cnncalc.CnncalcError, match="convention"):
        cnncalc.loads(spec("layers: [ReLU]")).analyze(convention)  # type: ignore[arg-type]


def test_the_python_api_gives_the_same_model_however_it_is_read(tmp_path: Path) -> None:
    text = spec("layers: [{Dense: 4}, ReLU]", "3")
    file = tmp_path / "net.yaml"
    file.write_text(text)
    mapping = {"input": 3, "layers": [{"Dense": 4}, "ReLU"]}
    layers = [
        made.analyze().to_dict()["layers"]
        for made in (cnncalc.loads(text), cnncalc.load(file), cnncalc.load(str(file)))
    ]
    assert layers[0] == layers[1] == layers[2] == cnncalc.from_dict(mapping).analyze().to_dict()["layers"]
    assert cnncalc.load("lenet5").analyze(convention="exact").totals.params > 0
    shown = cnncalc.loads(text).analyze()
    assert "<table" in shown._repr_html_()
    assert [row.name for row in shown.layers] == ["input", "dense", "re_lu"]
    assert isinstance(shown.warnings, (list, tuple))


@pytest.mark.parametrize("name", ["nothing", "nothing.yaml", "", ".", "no/such/file.yaml", "a\0b"])
def test_a_spec_that_can_t_be_found_is_a_spec_error(name: str) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.load(name)


@pytest.mark.parametrize(
    "mapping", [{}, {"input": 3}, {"input": 3, "layers": [{1: 2}]}, {"input": 3.5, "layers": ["ReLU"]}, []]
)
def test_from_dict_refuses_what_is_no_spec(mapping: Any) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.from_dict(mapping)
