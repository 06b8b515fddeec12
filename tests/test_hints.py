"""Every hint is true: what it advises is put in place of the mistake, and runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.spec.foreign_items import PYTORCH
from cnncalc.spec.hints import ARGUMENTS, KINDS, MAPPINGS, NO_ARGUMENTS, NO_KINDS
from tests.command_line import run

# Keras 3.15: the names in `keras.layers` that are another class's, and the name of that class.
KERAS_SPELLINGS = {
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D", "AvgPool3D": "AveragePooling3D",
    "Convolution1D": "Conv1D", "Convolution1DTranspose": "Conv1DTranspose", "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose", "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose", "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D", "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D", "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D", "GroupQueryAttention": "GroupedQueryAttention",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "MaxPool3D": "MaxPooling3D",
    "SeparableConvolution1D": "SeparableConv1D", "SeparableConvolution2D": "SeparableConv2D",
}  # fmt: skip
INPUTS = {0: "[8, 8, 8]", 1: "[16, 8]", 2: "[16, 16, 8]", 3: "[8, 8, 8, 8]"}
"""A shape that a layer of so many spatial axes reads."""


def _shape(layer: type[Layer]) -> str:
    """A shape that a layer of one input reads."""
    return str(list(layer.example_inputs[0])) if len(layer.example_inputs) == 1 else INPUTS[layer.rank]


def spec_of(*items: str, shape: str = "[16, 16, 8]", top: str = "") -> str:
    """A spec with these items."""
    return f"{top}input: {shape}\nlayers:\n" + "".join(f"  - {item}\n" for item in items)


def hints(text: str, folder: Path) -> list[str | None]:
    """What the command line suggests for a spec with mistakes."""
    (folder / "net.yaml").write_text(text)
    end = run("cnncalc validate net.yaml --error-format json", folder)
    assert end.code == 2
    return [found["suggestion"] for found in json.loads(end.stderr)]


def hint(text: str, folder: Path) -> str:
    """The one suggestion for a spec with one mistake."""
    [found] = hints(text, folder)
    assert found is not None
    return found


def check_runs(text: str, folder: Path) -> dict[str, object]:
    """The report of a spec without a mistake."""
    (folder / "net.yaml").write_text(text)
    end = run("cnncalc net.yaml --format json", folder)
    assert end.code == 0, end.stderr
    report: dict[str, object] = json.loads(end.stdout)
    return report


# The examples of the issue: what is written, what is suggested, and that it runs ------------------------------------

ITEMS = {
    "MaxPooling2D: 2, 2": "name each argument: MaxPooling2D: {pool_size: 2, strides: 2}",
    "Conv2D: 6, 5": "name each argument: Conv2D: {filters: 6, kernel_size: 5}",
    "Dense: 10, activation: softmax": "put the options into braces: Dense: {units: 10, activation: softmax}",
    "Dense: {120}": "write Dense: 120",
    "Conv2D: {6, 5}": "write Conv2D: {filters: 6, kernel_size: 5}",
    "GlobalAveragePooling": "write GlobalAveragePooling2D",
    "Output: 10": "write Dense: 10",
    "Linear: {in_features: 8, out_features: 10, bias: false}": "write Dense: {units: 10, use_bias: false}",
    "Conv2d(8, 16, 3)": "write Conv2D: {filters: 16, kernel_size: 3}",
    "nn.Conv2d(8, 16, kernel_size=(3, 5), stride=2, padding=1, bias=False)":
        "write Conv2D: {filters: 16, kernel_size: [3, 5], strides: 2, padding: 1, use_bias: false}",
    "Dense(10, activation='relu')": "write Dense: {units: 10, activation: relu}",
    "model.add(Dropout(0.25))": "write Dropout: 0.25",
    "nn.BatchNorm2d(8)": "write BatchNormalization",
    "BatchNorm2d: 8": "write BatchNormalization",
    "BatchNorm2d": "write BatchNormalization",
    "nn.ReLU(inplace=True)": "write ReLU",
    "nn.MaxPool2d(2, stride=2)": "write MaxPooling2D: {pool_size: 2, strides: 2}",
    "Hardtanh": "write Activation: hard_tanh",
    "SiLU": "write Activation: silu",
    "ReflectionPad2d: 1": "write ZeroPadding2D: 1",
    "MaxUnpool2d: 2": "write UpSampling2D: 2",
}  # fmt: skip


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_that_people_write_is_suggested_as_it_stands_here(item: str, tmp_path: Path) -> None:
    suggestion = hint(spec_of(item), tmp_path)
    assert suggestion == ITEMS[item]
    assert check_runs(spec_of(re.sub(r"^(write|[a-z ]+:) ", "", suggestion)), tmp_path)


def test_a_kind_without_its_number_of_axes_has_that_of_the_input(tmp_path: Path) -> None:
    assert hint(spec_of("MaxPool: 2", shape="[16, 8]"), tmp_path) == "write MaxPooling1D: 2"
    assert hint(spec_of("GlobalMaxPooling", shape="[8, 8, 8, 2]"), tmp_path) == "write GlobalMaxPooling3D"


def test_a_parameter_without_its_dollar(tmp_path: Path) -> None:
    top = "vars: {n: 3, deep: true}\n"
    assert hint(spec_of("ReLU: {repeat: n}", top=top), tmp_path) == 'did you mean "$n"?'
    assert hint(spec_of("ReLU: {if: deep}", top=top), tmp_path) == 'did you mean "$deep"?'
    assert check_runs(spec_of("ReLU: {repeat: $n, if: $deep}", top=top), tmp_path)


def test_the_arguments_of_dense_and_of_convolutions_are_told_apart(tmp_path: Path) -> None:
    assert hint(spec_of("Dense: {filters: 10}"), tmp_path) == 'did you mean "units"?'
    assert hint(spec_of("Conv2D: {units: 10, kernel_size: 3}"), tmp_path) == 'did you mean "filters"?'


@pytest.mark.parametrize(("written", "suggested"), {
    "padding: same": "defaults: {Conv2D: {padding: same}}",
    "units: 10": "defaults: {Dense: {units: 10}}",
    "pool_size: 3": "defaults: {MaxPooling1D: {pool_size: 3}}",
}.items())  # fmt: skip
def test_defaults_without_their_kind(written: str, suggested: str, tmp_path: Path) -> None:
    suggestion = hint(spec_of("ReLU", top=f"defaults: {{{written}}}\n"), tmp_path)
    assert suggestion == suggested
    assert check_runs(spec_of("ReLU", top=suggestion + "\n"), tmp_path)


def test_a_merge_with_bare_inputs(tmp_path: Path) -> None:
    before = ("ReLU: {name: x}", "ReLU: {name: y}")
    assert hint(spec_of(*before, "Add: x"), tmp_path) == "Add: {from: [x, prev]}"
    assert hint(spec_of(*before, "Add: [x, y]"), tmp_path) == "Add: {from: [x, y]}"
    assert check_runs(spec_of(*before, "Add: {from: [x, prev]}"), tmp_path)


@pytest.mark.parametrize(("item", "suggested"), {
    "Add": "Add: {from: [a, b]}, or branches: {main: [...], shortcut: []}",
    "Concatenate: {axis: 1}": "Concatenate: {from: [a, b], axis: 1}, or branches: {main: [...], shortcut: []}",
    "Dot: {axes: [1, 1]}": "Dot: {from: [a, b], axes: [1, 1]}, or branches: {main: [...], shortcut: []}",
    "Dot": "for example Dot: {axes: 1, from: [left, right]}",
}.items())  # fmt: skip
def test_a_merge_that_says_no_inputs(item: str, suggested: str, tmp_path: Path) -> None:
    before = [f"ReLU: {{name: {name}}}" for name in ("a", "b", "left", "right")]
    suggestion = hint(spec_of(*before, item, shape="[16, 8]"), tmp_path)
    assert suggestion == suggested
    written = suggestion.removeprefix("for example ").partition(", or ")[0]
    assert check_runs(spec_of(*before, written, shape="[16, 8]"), tmp_path)


def test_a_shipped_spec_as_a_kind(tmp_path: Path) -> None:
    text = spec_of("vgg16: {trainable: false, until: block1_pool, units: 3}", shape="[64, 64, 3]")
    suggestion = hint(text, tmp_path)
    assert suggestion == 'write Model: {spec: vgg16, trainable: false, until: "block1_pool"}'
    assert check_runs(spec_of(suggestion.removeprefix("write "), shape="[64, 64, 3]"), tmp_path)


def test_share_with_a_parameter_that_is_null_says_so(tmp_path: Path) -> None:
    block = "blocks: {b: {params: {s: null}, layers: [{Dense: {units: 8, share: $s}}]}}\n"
    (tmp_path / "net.yaml").write_text(spec_of("b: {s: null}", top=block))
    said = run("cnncalc net.yaml", tmp_path).stderr
    assert "share must be the name of an item, not null, which is the value of $s" in said
    assert "give $s a value where the block is used, or leave share out" in said
    named = spec_of("Dense: {units: 8, name: d}", "b: {s: d}", top=block)
    assert check_runs(named, tmp_path)


def test_a_merge_of_what_was_dropped_keeps_its_residual(tmp_path: Path) -> None:
    block = (
        "Conv2D: {{filters: 8, kernel_size: 1, name: main}}",
        "Conv2D: {{filters: 8, kernel_size: 1, if: {0}, from: input, name: shortcut}}",
        "Add: {{from: [main, shortcut]}}",
    )
    suggestion = hint(spec_of(*(item.format("false") for item in block)), tmp_path)
    assert suggestion == "write the merge with branches: one whose items are dropped passes its input on"
    convolution = "Conv2D: {filters: 8, kernel_size: 1"
    branches = f"Add: {{branches: {{main: [{convolution}}}], shortcut: [{convolution}, if: false}}]}}}}"
    report = check_runs(spec_of(branches.replace("[Conv2D", "[{Conv2D").replace("}]", "}}]")), tmp_path)
    assert report["layers"][-1]["inputs"] == ["conv2d", "input"]  # type: ignore[index]


@pytest.mark.parametrize("scale", ["1./255", "1.0/255", "1/255.", "1/255"])
def test_fractions_as_people_write_them(scale: str, tmp_path: Path) -> None:
    assert check_runs(spec_of(f"Rescaling: {scale}", f"Rescaling: {{scale: {scale}}}"), tmp_path)


# The tables ---------------------------------------------------------------------------------------------------------


def test_every_spelling_of_keras_is_its_own_kind(tmp_path: Path) -> None:
    for other, kind in KERAS_SPELLINGS.items():
        if not registry.is_kind(kind):
            continue
        layer = registry.layer_class(kind)
        item = layer.example_item()
        reports = [
            check_runs(spec_of(text, shape=_shape(layer)), tmp_path) for text in (item, item.replace(kind, other, 1))
        ]
        assert reports[0] == reports[1]
    assert set(registry.other_spellings()) & set(registry.MODULE_OF) == set()


def test_another_spelling_is_read_wherever_a_kind_is(tmp_path: Path) -> None:
    top = "defaults: {Convolution2D: {padding: same}}\n"
    report = check_runs(spec_of("Conv2D: {filters: 4, kernel_size: 3}", "MaxPool2D", top=top), tmp_path)
    assert [row["output_shape"] for row in report["layers"][1:]] == [[16, 16, 4], [8, 8, 4]]  # type: ignore[index]
    assert report["layers"][2]["name"] == "max_pooling2d"  # type: ignore[index]
    assert "MaxPooling2D" in run("cnncalc layers MaxPool2D", tmp_path).stdout
    assert run("cnncalc validate net.yaml", tmp_path).code == 0
    blocks = spec_of("MaxPool2D", top="blocks: {MaxPool2D: {layers: [ReLU]}}\n")
    assert hint(blocks, tmp_path) == "choose another name"


def foreign_names() -> list[str]:
    """Every name of the table, with the number of axes that PyTorch writes behind some."""
    return [
        name if not ours.count("?") or re.search(r"\d[dD]$", name) else f"{name}{rank}d"
        for name, ours in KINDS.items()
        for rank in (1, 2, 3)
    ]


@pytest.mark.parametrize("name", sorted({*foreign_names(), *PYTORCH} - set(registry.OTHER_NAMES)))
def test_every_foreign_kind_is_one_of_ours(name: str, tmp_path: Path) -> None:
    suggestion = hint(spec_of(f"{name}: {{unknown: 1}}"), tmp_path)
    base = re.sub(r"[123][dD]$", "", name)
    ours = re.sub(r"\?", (re.findall(r"([123])[dD]$", name) or ["2"])[0], KINDS.get(name) or KINDS.get(base) or "")
    if ours and not registry.is_kind(ours):
        assert "here it is called" not in suggestion
        return
    match = re.fullmatch(r'(?:here it is called|did you mean) "(\w+)"(?:, as in .*|\?)', suggestion)
    assert match is not None
    assert match[1] == ours or not ours
    kind = registry.kind_named(match[1])
    assert kind is not None
    layer = registry.layer_class(kind)
    if not layer.merges:
        assert check_runs(spec_of(layer.example_item(), shape=INPUTS[layer.rank]), tmp_path)


def test_every_foreign_argument_is_one_of_ours(tmp_path: Path) -> None:
    for foreign, names in ARGUMENTS.items():
        for ours in names:
            kinds = [kind for kind in registry.kinds() if ours in registry.layer_class(kind).arguments()]
            meant = [kind for kind in kinds if next(n for n in names if n in registry.layer_class(kind).arguments())
                     == ours and foreign not in registry.layer_class(kind).arguments()]  # fmt: skip
            if not meant:
                assert not kinds or ours == names[-1], f"no kind has {ours} for {foreign}"
                continue
            kind = registry.layer_class(meant[0])
            example = yaml.safe_load(f"{{{kind.example_item()}}}" if ":" in kind.example_item() else "{}")
            options = {**(example.get(kind.kind) if isinstance(example.get(kind.kind), dict) else {}), foreign: 1}
            found = hints(spec_of(json.dumps({kind.kind: options}), shape=INPUTS[kind.rank]), tmp_path)
            assert f'did you mean "{ours}"?' in found


@pytest.mark.parametrize("name", NO_ARGUMENTS)
def test_an_argument_that_is_none_here_can_be_left_out(name: str, tmp_path: Path) -> None:
    if name == "include_top":
        assert hint(spec_of("Model: {spec: lenet5, include_top: false}"), tmp_path) == NO_ARGUMENTS[name]
        return
    kind = next(kind for kind in ("Dense", "Conv2D") if name not in registry.layer_class(kind).arguments())
    rest = {"Dense": "units: 10", "Conv2D": "filters: 4, kernel_size: 3"}[kind]
    assert hint(spec_of(f"{kind}: {{{rest}, {name}: 1}}"), tmp_path) == NO_ARGUMENTS[name]
    assert check_runs(spec_of(f"{kind}: {{{rest}}}"), tmp_path)


def test_what_is_no_kind_here_is_advised_to_use_what_there_is(tmp_path: Path) -> None:
    for name, advice in NO_KINDS.items():
        assert hint(spec_of(name), tmp_path) == advice
    words = {word for advice in NO_KINDS.values() for word in re.findall(r"\b[A-Z][A-Za-z]+\b", advice)}
    assert words == {"Rescaling", "Activation"}
    assert check_runs(spec_of("Rescaling: {scale: 2, offset: 1}", "Activation: tanh"), tmp_path)


def test_every_example_of_a_mapping_is_one() -> None:
    for name, example in MAPPINGS.items():
        assert list(yaml.safe_load(example.partition(", where")[0].replace("...", "a"))) == [name]


def test_a_name_that_is_like_no_kind_gets_none(tmp_path: Path) -> None:
    assert hint(spec_of("Whatever: {a: 1}"), tmp_path) == "`cnncalc layers` lists the kinds"


# Names of repeated items --------------------------------------------------------------------------------------------


def test_copies_without_a_name_take_the_next_numbers(tmp_path: Path) -> None:
    top = "blocks: {basic: {layers: [ReLU]}}\n"
    report = check_runs(spec_of("basic: {repeat: 2}", "basic", "basic: {repeat: 2}", top=top), tmp_path)
    names = [row["name"] for row in report["layers"][1:]]  # type: ignore[index]
    assert names == [f"basic_{number}/re_lu" for number in range(1, 6)]
    report = check_runs(spec_of("basic", "basic: {repeat: 2}", "ReLU: {from: basic_2}", top=top), tmp_path)
    names = [row["name"] for row in report["layers"][1:]]  # type: ignore[index]
    assert names == ["basic/re_lu", "basic_1/re_lu", "basic_2/re_lu", "re_lu"]
