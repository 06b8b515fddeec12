"""What an explanation says: golden texts of layers of every sort, and what must be in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

import cnncalc
from cnncalc.errors import UsageError
from cnncalc.explaining.explanation import Explanation, Section
from cnncalc.explaining.model import QUANTITIES
from cnncalc.render.explanation import ExplanationFormat, render_explanation
from cnncalc.render.terminal import Terminal
from cnncalc.spec.shipped import shipped_names
from tests.command_line import run
from tests.explain.explained import explained

SHEETS = {
    "second_convolution": ("lenet5", "conv2d_1"),
    "first_shortcut": ("resnet50", "conv2_1/conv2d_3"),
    "separable": ("xception", "block2/sepconv1"),
    "transposed": ("autoencoder", "conv2d_transpose"),
    "grouped": ("alexnet_2012", "conv2"),
    "batch_normalization": ("resnet50", "batch_normalization"),
    "frozen": ("transfer_vgg16", "vgg16/block1_conv1"),
    "shared": ("faster_rcnn", "rpn3/conv"),
    "merge": ("resnet50", "conv3_1/add"),
    "squeeze_and_excitation": ("se_resnet50", "conv2_1/squeeze_excitation/multiply"),
    "flatten": ("lenet5", "flatten"),
    "dense": ("lenet5", "dense"),
    "regions": ("fast_rcnn", "ro_i_pooling"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_it_reads_like_a_solution_sheet(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", render_explanation("text", explained(*SHEETS[name])))


@pytest.mark.parametrize(("format", "ending"), [("markdown", "md"), ("latex", "tex"), ("json", "json")])
def test_other_formats(format: ExplanationFormat, ending: str, golden: Callable[[str, str], None]) -> None:
    golden(f"second_convolution.{ending}", render_explanation(format, explained("lenet5", "conv2d_1")))


def test_a_whole_net(golden: Callable[[str, str], None]) -> None:
    golden("xor_mlp.txt", render_explanation("text", explained("xor_mlp")))


def section(explanation: Explanation, title: str) -> Section:
    (layer,) = explanation.layers
    return next(section for section in layer.sections if section.title == title)


def spec(layers: str, input: str = "32x32x3") -> str:
    return f"input: {input}\nlayers:\n" + "".join(f"  - {item}\n" for item in layers.split("; "))


def of(layers: str, layer: str, input: str = "32x32x3") -> Explanation:
    return cnncalc.explain(cnncalc.loads(spec(layers, input)), layer)


def remarks(explanation: Explanation, title: str, convention: str | None = None) -> str:
    parts = section(explanation, title).parts
    return "\n".join(remark for part in parts if part.convention == convention for remark in part.remarks)


def test_lenets_second_convolution_shows_15_and_14_and_why_in_one_sentence() -> None:
    """notes: 5 + (2 - 1)*2 + (5 - 1)*2*1 = 15; exact: 5 + (2 - 1)*1 + (5 - 1)*2 = 14 (Araujo et al. 2019)."""
    field = section(explained("lenet5", "conv2d_1"), "Receptive field")
    notes, exact = field.parts
    assert notes.value == (15, 15)
    assert [line.numbers for line in notes.lines] == ["7 + (5 - 1)*2"]
    assert exact.value == (14, 14)
    assert exact.lines[0].numbers == "6 + (5 - 1)*2"
    assert field.difference == (
        "the notes let a layer's own stride act on itself and forget the first stride: "
        "here the stride 2 of average_pooling2d already widens its own window"
    )


def test_the_stride_product_is_written_out() -> None:
    """AlexNet's third convolution: strides 4 (the first window), 2, 1, 2 and its own 1: 2*1*2*1 = 4."""
    notes, _ = section(explained("alexnet_2012", "conv3"), "Receptive field").parts
    strides = next(given for given in notes.given if given.symbol == "S")
    assert (strides.value, strides.derivation) == ("4", "2*2*1")
    assert (
        strides.origin
        == "strides of pool1, pool2 and this layer, without that of the first window, conv1; the others are 1"
    )


def test_same_padding_says_how_much_it_adds() -> None:
    """32 rows, a window of 5 and a stride of 2: (16 - 1)*2 + 5 - 32 = 3, of which 1 before."""
    _, exact = section(
        of("Conv2D: {filters: 4, kernel_size: 5, strides: 2, padding: same}", "1"), "Receptive field"
    ).parts
    before = next(given for given in exact.given if given.symbol == "before")
    assert before.value == "1"
    assert before.origin == (
        "padding: same: max((ceil(N/s) - 1)*s + k_eff - N, 0) = max((ceil(32/2) - 1)*2 + 5 - 32, 0) = 3 in all, "
        "the smaller half before"
    )


def test_dilation_says_how_far_the_window_reaches() -> None:
    lines = section(of("Conv2D: {filters: 4, kernel_size: 3, dilation_rate: 2}", "1"), "Output shape").parts[0]
    extent = next(given for given in lines.given if given.symbol == "k_eff")
    assert (extent.value, extent.derivation) == ("5", "2*(3 - 1) + 1")


def test_axes_that_differ_have_a_line_each() -> None:
    part = section(of("Conv2D: {filters: 4, kernel_size: [3, 5]}", "1"), "Output shape").parts[0]
    assert [(line.subject, line.numbers) for line in part.lines] == [
        ("height", "floor((32 - 3)/1) + 1"),
        ("width", "floor((32 - 5)/1) + 1"),
        ("channels", "4"),
    ]


def test_a_permuted_axis_says_which_one_it_was() -> None:
    part = section(of("Permute: [2, 1, 3]", "1", input="20x30x3"), "Output shape").parts[0]
    assert [given.origin for given in part.given] == ["width of input", "height of input", "channels of input"]


def test_a_merge_names_the_branch_that_is_the_largest() -> None:
    layers = (
        "Add: {name: sum, branches: {wide: [{Conv2D: {filters: 4, kernel_size: 5, padding: same, name: wide}}], "
        "narrow: [{Conv2D: {filters: 4, kernel_size: 1, name: narrow}}]}}"
    )
    explanation = of(layers, "sum")
    notes, exact = section(explanation, "Receptive field").parts
    assert [(given.symbol, given.value, given.origin) for given in (*notes.given, *exact.given)] == [
        ("RF_1", "5x5", "receptive field of wide, by the notes"),
        ("RF_2", "1x1", "receptive field of narrow, by the notes"),
        ("box_1", "-2 to 2 (5)", "position 0 of wide"),
        ("box_2", "0", "position 0 of narrow"),
    ]
    assert notes.remarks == ("the largest of them, and with it the stride product of wide",)
    assert "together -2 to 2 (5); the largest is that of wide" in exact.remarks


def test_the_symbols_of_each_branch_of_a_merge_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        spec(
            "Conv2D: {filters: 3, kernel_size: 1, name: a}; Concatenate: {name: joined, branches: {one: [], three: "
            "[{Conv2D: {filters: 20, kernel_size: 3, padding: same, name: a_longer_name}}]}}"
        )
    )
    shown = run("cnncalc explain net.yaml joined", tmp_path).stdout.splitlines()
    start = shown.index("Output shape: 32x32x23")
    assert shown[start : start + 6] == [
        "Output shape: 32x32x23",
        "  height and width = N = 32",
        "  channels = N_1 + N_2 = 3 + 20 = 23",
        "    N = 32    height and width of its inputs",
        "    N_1 = 3   channels of a",
        "    N_2 = 20  channels of a_longer_name",
    ]
    start = shown.index("  exact:")
    assert shown[start : start + 3] == [
        "  exact:",
        "    box_1 = 0            position 0 of a",
        "    box_2 = -1 to 1 (3)  position 0 of a_longer_name",
    ]


# Height and width of a map are told apart from its channels, which are another number.
def test_a_sum_has_one_symbol_for_each_size(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(spec("Add: {name: sum, branches: {one: [], other: [ReLU]}}"))
    shown = run("cnncalc explain net.yaml sum", tmp_path).stdout
    assert "    N = 32  height and width of its inputs\n    C = 3   channels of its inputs\n" in shown


def test_branches_that_are_not_aligned_have_no_field_and_the_reason_is_there() -> None:
    layers = (
        "Add: {name: sum, branches: {"
        "half: [{AveragePooling2D: {name: pool}}, {Resizing: {height: 31, width: 31, name: back}}], "
        "cut: [{Cropping2D: {cropping: [[0, 1], [0, 1]], name: cut}}]}}; ReLU: {name: after}"
    )
    reason = "not aligned: back has effective stride 32/31 and cut has 1"
    assert remarks(of(layers, "sum"), "Receptive field", "exact") == f"undefined: {reason}"
    assert remarks(of(layers, "after"), "Receptive field", "exact") == f"undefined, as for sum: {reason}"


def test_phases_are_written_out() -> None:
    """Nearest upsampling by 3, then a kernel of 2: positions 0 and 1 see one input, position 2 two of them."""
    text = remarks(of("UpSampling1D: 3; Conv1D: {filters: 1, kernel_size: 2}", "2", "20x1"), "Receptive field", "exact")
    assert "positions 0 to 1 see 0, position 2 sees 0 to 1 (2); this comes again every 3 positions, 1 further" in text
    assert "effective stride 1/3" in text


def test_positions_that_nothing_reaches_are_named() -> None:
    text = remarks(
        of("Conv1DTranspose: {filters: 1, kernel_size: 1, strides: 2}", "1", "20x1"), "Receptive field", "exact"
    )
    assert "position 0 sees 0, position 1 sees nothing" in text


def test_what_sees_the_whole_map() -> None:
    layers = "Conv2D: {filters: 4, kernel_size: 3}; GlobalAveragePooling2D; Dense: 5"
    text = remarks(of(layers, "2"), "Receptive field", "exact")
    assert "the 30x30 positions of conv2d see together height 0 to 31 (32) and width 0 to 31 (32)" in text
    text = remarks(of(layers, "3"), "Receptive field", "exact")
    assert "every element of global_average_pooling2d sees 0 to 31 (32) and 0 to 31 (32) already" in text


def test_parameters_of_the_spec_are_shown_where_they_are_used() -> None:
    part = section(explained("resnet50", "conv2_1/conv2d_2"), "Parameters").parts[0]
    assert next(given.origin for given in part.given if given.symbol == "F") == "filters: 4*$filters"


def test_blocks_and_copies_lead_to_a_layer() -> None:
    (layer,) = explained("resnet50", "conv3_2/conv2d").layers
    assert layer.chain == ('in block "conv3_2", copy 2 of 4 (line 33)',)


@pytest.mark.parametrize(
    ("layers", "why"),
    [
        (
            "Dense: {units: 3, trainable: false}",
            "frozen by trainable: false on this item: none of the 99 parameters is trained",
        ),
        ("Dense: {units: 3, name: a}; Dense: 32; Dense: {units: 3, share: a, name: b}", "all of them"),
        (
            "Dense: {units: 3, name: a, trainable: false}; Dense: 32; Dense: {units: 3, share: a, name: b}",
            "a, whose weights they are, is frozen: none of the 99 parameters is trained",
        ),
    ],
)
def test_frozen_and_shared_weights(layers: str, why: str) -> None:
    last = str(len(layers.split("; ")))
    parameters = section(of(layers, last, input="32"), "Parameters")
    assert parameters.parts[1].remarks == (why,)
    if "share" in layers:
        assert parameters.parts[0].remarks == ("the weights are those of a: totals count them there, once",)


def test_defaults_and_unknown_sizes() -> None:
    text = "input: [null, null, 3]\ndefaults: {Conv2D: {padding: same}}\nlayers: [Conv2D: {filters: 4, kernel_size: 3}]"
    (layer,) = cnncalc.explain(cnncalc.loads(text)).layers[1:]
    shape = layer.sections[0].parts[0]
    assert shape.lines[0].numbers == "ceil(?/1)"
    assert shape.lines[0].value is None
    field = layer.sections[3].parts[1]
    assert next(given.origin for given in field.given if given.symbol == "before").startswith(
        "padding: same, from the spec's defaults: k_eff - 1 = 3 - 1 = 2 in all"
    )


# What can be asked for ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [*QUANTITIES, "notes.ops", "exact.receptive_field"])
def test_one_quantity_alone(quantity: str) -> None:
    (layer,) = cnncalc.explain(cnncalc.load("lenet5"), "conv2d", quantity).layers
    figures = {(part.convention, part.figure) for section in layer.sections for part in section.parts}
    expected = {
        "params": {(None, "params"), (None, "trainable_params")},
        "receptive_field": {("notes", "receptive_field"), ("exact", "receptive_field")},
        "ops": {("notes", "ops"), ("exact", "macs"), ("exact", "flops")},
        "notes.ops": {("notes", "ops")},
        "exact.receptive_field": {("exact", "receptive_field")},
        "macs": {("exact", "macs")},
        "flops": {("exact", "flops")},
    }
    assert figures == expected.get(quantity, {(None, quantity)})


def test_one_convention_alone_has_no_differences() -> None:
    (layer,) = cnncalc.explain(cnncalc.load("lenet5"), "conv2d_1", convention="exact").layers
    assert all(part.convention != "notes" for section in layer.sections for part in section.parts)
    assert all(section.difference is None for section in layer.sections)


@pytest.mark.parametrize(
    ("layer", "name"),
    [("3", "conv2d_1"), ("conv2d_1", "conv2d_1"), ("1", "conv2d"), ("8", "logits"), ("input", "input")],
)
def test_a_layer_is_called_by_name_or_number(layer: str, name: str) -> None:
    assert explained("lenet5", layer).layers[0].name == name


@pytest.mark.parametrize(
    ("layer", "message", "suggestion"),
    [
        ("conv2d_3", 'there is no layer "conv2d_3"', 'did you mean "conv2d_1"?'),
        ("nothing", 'there is no layer "nothing"', "`cnncalc summary` lists the layers"),
        ("0", "there is no layer 0: the layers are numbered from 1 to 8", None),
        ("9", "there is no layer 9: the layers are numbered from 1 to 8", None),
    ],
)
def test_a_layer_that_is_not_there(layer: str, message: str, suggestion: str | None) -> None:
    with pytest.raises(UsageError) as raised:
        explained("lenet5", layer)
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.message, diagnostic.suggestion) == (message, suggestion)


def test_a_block_is_not_a_layer() -> None:
    with pytest.raises(UsageError, match='"conv2_1" is a block, not a layer'):
        explained("resnet50", "conv2_1")


def test_a_quantity_that_is_not_there() -> None:
    with pytest.raises(UsageError, match=r'there is no quantity "rf" \(did you mean "receptive_field"\?\)'):
        cnncalc.explain(cnncalc.load("lenet5"), quantity="rf")
    with pytest.raises(UsageError, match=r'there is no quantity "param" \(did you mean "params"\?\)'):
        cnncalc.explain(cnncalc.load("lenet5"), quantity="param")


# All of it ------------------------------------------------------------------------------------------------------------


FORMATS: Final[tuple[ExplanationFormat, ...]] = ("text", "markdown", "latex", "json")
SOME = ("lenet5", "resnet50", "mask_rcnn")


@pytest.mark.parametrize(
    ("name", "format"),
    [
        *((name, format) for name in SOME for format in FORMATS),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in zip(shipped_names(), cycle(FORMATS), strict=False)),
    ],
)
def test_shipped_specs_are_explained_in_every_format(name: str, format: ExplanationFormat) -> None:
    explanation = explained(name)
    assert [layer.name for layer in explanation.layers] == [row.name for row in cnncalc.load(name).analyze().layers]
    text = render_explanation(format, explanation)
    if format == "json":
        assert json.loads(text) == explanation.to_dict()
    else:
        assert not re.search(r"\bNone\b|Fraction|<cnncalc|\[\]", text)
    if format == "latex":
        assert text.count(r"\begin{") == text.count(r"\end{")
        assert text.count("{") == text.count("}")


def test_totals_are_sums_that_come_out() -> None:
    """LeNet-5's parameters: 156 + 2,416 + 48,120 + 10,164 + 850 = 61,706 (LeCun et al. 1998, with a dense C3)."""
    totals = explained("lenet5").totals
    assert totals[0].parts[0].remarks == ("156 + 2416 + 48120 + 10164 + 850 = 61706",)
    assert 156 + 2416 + 48120 + 10164 + 850 == 61706


def test_colour_only_where_it_is_asked_for() -> None:
    explanation = explained("lenet5", "conv2d")
    assert "\x1b[" not in render_explanation("text", explanation)
    assert "\x1b[1mconv2d\x1b[0m" in render_explanation("text", explanation, Terminal(100))


def test_hostile_texts_are_harmless() -> None:
    text = 'name: "evil $x$ & <b>|"\nvars: {w: 3}\ninput: 32\nlayers: [Dense: {units: "$w*2"}]\n'
    explanation = cnncalc.explain(cnncalc.loads(text))
    assert r"evil \$x\$ \& \textless{}b\textgreater{}\textbar{}" in render_explanation("latex", explanation)
    assert r"units: \$w{*}2" in render_explanation("latex", explanation)
    assert "<b>" not in render_explanation("markdown", explanation).replace(r"\<b\>", "")
