"""`cnncalc draw`: its formats, what goes into them, and where they go."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree

import pytest

from tests.command_line import run, run_arguments
from tests.pictures.geometry import SVG, layer_boxes, numbers


def drawn(arguments: str, folder: Path) -> str:
    end = run(f"cnncalc draw {arguments}", folder)
    assert end.code == 0, end.stderr
    return end.stdout


def test_the_files_ending_says_the_format(tmp_path: Path) -> None:
    starts = {"svg": "<svg", "html": "<!DOCTYPE html>", "mmd": "flowchart", "dot": "digraph", "tex": r"\documentclass"}
    for ending, start in starts.items():
        assert drawn(f"lenet5 -o net.{ending}", tmp_path) == ""
        assert (tmp_path / f"net.{ending}").read_text().startswith(start)
        assert drawn(f"lenet5 -o - --format {ending}", tmp_path) == (tmp_path / f"net.{ending}").read_text()


def test_an_ending_that_says_nothing_is_an_error(tmp_path: Path) -> None:
    end = run("cnncalc draw lenet5 -o net.bmp", tmp_path)
    assert end.code == 2
    assert "net.svg" in end.stderr
    assert not list(tmp_path.iterdir())


def test_png_and_pdf_say_what_is_missing(tmp_path: Path) -> None:
    with patch.dict("sys.modules", {"typst": None}):
        end = run("cnncalc draw lenet5 -o net.png", tmp_path)
    assert end.code == 2
    assert "pip install 'cnncalc[typst]'" in end.stderr
    assert not list(tmp_path.iterdir())


def test_png_and_pdf(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    for ending, start in {"png": b"\x89PNG", "pdf": b"%PDF"}.items():
        drawn(f"lenet5 -o net.{ending}", tmp_path)
        assert (tmp_path / f"net.{ending}").read_bytes().startswith(start)


def test_the_same_net_gives_the_same_bytes(tmp_path: Path) -> None:
    for format in ("svg", "mmd", "dot", "tex"):
        first, second = (drawn(f"inception_module --format {format}", tmp_path) for _ in range(2))
        assert first == second


def test_a_box_says_kind_arguments_name_and_shape(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("lenet5", tmp_path))
    (box,) = picture.findall(f".//{SVG}g[@data-layer='conv2d_1']")
    # LeCun et al. 1998: C3 has 16 maps of 10x10, made by windows of 5x5.
    assert [text.text for text in box.findall(f"{SVG}text")] == ["Conv2D", "16, 5x5, tanh", "conv2d_1", "10x10x16"]


def test_figures_have_bars_for_their_shares(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("lenet5 --show params,rf,memory,macs", tmp_path))
    (box,) = picture.findall(f".//{SVG}g[@data-layer='dense']")
    # 400*120 + 120 weights are the most of any layer: a whole bar. conv2d_1: 16*6*25 + 16 = 2,416.
    texts = [text.text for text in box.findall(f"{SVG}text")]
    assert texts[4:] == ["params 48,120", "macs 48,000", "rf 32x32", "memory 480.00 B"]
    bars = [numbers(bar, "width")[0] for bar in box.findall(f"{SVG}rect[@class='share']")]
    assert bars[0] == 40
    (other,) = picture.findall(f".//{SVG}g[@data-layer='conv2d_1']")
    assert numbers(other.findall(f"{SVG}rect[@class='share']")[0], "width")[0] == pytest.approx(40 * 2416 / 48120, 0.01)


def test_repeats_are_drawn_once_behind_an_unlike_first_copy(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("resnet50", tmp_path))
    badges = {
        group.get("data-block"): group.findtext(f"{SVG}text[@class='badge-text']")
        for group in picture.iter(f"{SVG}g")
        if "data-block" in group.attrib
    }
    # He et al. 2016, table 1: 3, 4, 6 and 3 blocks, the first of each with a projection.
    assert badges == {
        "conv2_1": None, "conv2_2": "× 2", "conv3_1": None, "conv3_2": "× 3",
        "conv4_1": None, "conv4_2": "× 5", "conv5_1": None, "conv5_2": "× 2",
    }  # fmt: skip
    unfolded = drawn("resnet50 --unfold", tmp_path)
    assert unfolded.count("data-block=") == 16
    assert "badge-text" not in unfolded.partition("</style>")[2]


def test_depth_draws_blocks_as_boxes(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("resnet50 --depth 1 --show params", tmp_path))
    boxes = {group.get("data-layer"): group for group in picture.iter(f"{SVG}g") if "data-layer" in group.attrib}
    assert [*boxes][5:9] == ["conv2_1", "conv2_2", "conv3_1", "conv3_2"]
    assert boxes["conv2_2"].get("data-copies") == "conv2_2\nconv2_3"
    # 256*64+64 + 64*9*64+64 + 64*256+256 and 4 for each of 64 + 64 + 256 channels, twice.
    assert "params 2 × 71,552" in [text.text for text in boxes["conv2_2"].findall(f"{SVG}text")]


def test_a_shape_error_is_drawn_up_to_the_culprit(tmp_path: Path) -> None:
    layers = (
        "[Conv2D: {filters: 4, kernel_size: 3}, Conv2D: {name: big, filters: 4, kernel_size: 9}, Flatten, Dense: 3]"
    )
    (tmp_path / "wrong.yaml").write_text(f"input: [8, 8, 1]\nlayers: {layers}\n")
    end = run("cnncalc draw wrong.yaml -o wrong.svg", tmp_path)
    assert end.code == 2
    assert "size-below-one" in end.stderr
    picture = ElementTree.fromstring((tmp_path / "wrong.svg").read_text())
    classes = [group.get("class", "") for group in picture.iter(f"{SVG}g") if "data-layer" in group.attrib]
    assert [class_.split()[2:] for class_ in classes] == [[], [], ["culprit"], ["unknown"], ["unknown"]]
    for format in ("mmd", "dot", "tex"):
        assert run(f"cnncalc draw wrong.yaml --format {format}", tmp_path).code == 2


def test_volumes_of_lenet_are_the_papers_maps(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("lenet5 --style volumes", tmp_path))
    groups = [group for group in picture.iter(f"{SVG}g") if "data-layer" in group.attrib]
    # LeCun et al. 1998, figure 2: 6@28x28, 6@14x14, 16@10x10, 16@5x5, then 120, 84 and 10.
    assert [group.findtext(f"{SVG}text") for group in groups] == [
        "1@32x32", "6@28x28", "6@14x14", "16@10x10", "16@5x5", "120", "84", "10",
    ]  # fmt: skip
    assert len(picture.findall(f".//{SVG}polygon[@class='window']")) == 4


def test_volumes_of_unet_make_a_u(tmp_path: Path) -> None:
    picture = ElementTree.fromstring(drawn("unet --style volumes", tmp_path))
    tops: dict[str, float] = {}
    for group in picture.iter(f"{SVG}g"):
        if "data-layer" in group.attrib:
            text = group.find(f"{SVG}text")
            assert text is not None
            tops[group.get("data-layer", "")] = numbers(text, "y")[0]
    # Ronneberger et al. 2015, figure 1: four steps down and four up.
    way = ["down1_2", "down2_2", "down3_2", "down4_2", "bottom_2", "up4/conv_2", "up3/conv_2", "up2/conv_2", "classes"]
    heights = [tops[name] for name in way]
    assert heights[:5] == sorted(heights[:5])
    assert heights[4:] == sorted(heights[4:], reverse=True)
    assert len(picture.findall(f".//{SVG}path[@class='skip']")) == 4


def test_volumes_are_not_written_for_programs_that_draw_themselves(tmp_path: Path) -> None:
    assert run("cnncalc draw lenet5 --style volumes -o net.dot", tmp_path).code == 2


def test_what_show_does_not_know(tmp_path: Path) -> None:
    end = run_arguments(["draw", "lenet5", "--show", "colour"], tmp_path)
    assert end.code == 2
    assert "params, macs, rf, memory" in end.stderr


def test_light_and_dark(tmp_path: Path) -> None:
    assert "prefers-color-scheme: dark" in drawn("lenet5", tmp_path)
    light, dark = (drawn(f"lenet5 --theme {theme}", tmp_path) for theme in ("light", "dark"))
    assert "prefers-color-scheme" not in light + dark
    assert [*layer_boxes(ElementTree.fromstring(light))] == [*layer_boxes(ElementTree.fromstring(dark))]
    assert light != dark


def test_a_field_over_the_input(tmp_path: Path) -> None:
    assert run("cnncalc rf lenet5 conv2d_1 --at 0,0 --draw field.svg", tmp_path).code == 0
    picture = ElementTree.fromstring((tmp_path / "field.svg").read_text())
    field = picture.find(f".//{SVG}g/{SVG}rect[@class='outside']")
    ground = picture.find(f".//{SVG}rect[@class='input']")
    assert field is not None
    assert ground is not None
    # 14 of 32 pixels, from the corner on: worked out in the tutorial of the course, (5 - 1)*2 + 6 = 14.
    assert numbers(field, "x", "y") == numbers(ground, "x", "y")
    assert numbers(field, "width")[0] == pytest.approx(numbers(ground, "width")[0] * 14 / 32, 0.001)
    centres = {numbers(dot, "cx")[0] for dot in picture.iter(f"{SVG}circle")}
    assert len(centres) == 10


def test_fields_of_several_layers_over_a_photo(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    end = run("cnncalc rf resnet50 conv2_1/add conv3_1/add --draw field.svg --image photo.png", tmp_path)
    assert end.code == 0, end.stderr
    picture = (tmp_path / "field.svg").read_text()
    assert "data:image/png;base64,iVBOR" in picture
    assert "conv2_1/add: 19x19, effective stride 4x4" in picture
    (tmp_path / "photo.png").write_text("no photo")
    assert run("cnncalc rf resnet50 1 --draw field.svg --image photo.png", tmp_path).code == 2
    assert run("cnncalc rf resnet50 1 --draw field.svg --image nowhere.png", tmp_path).code == 2
    assert run("cnncalc rf resnet50 1 2", tmp_path).code == 2


def test_two_nets_with_what_differs(tmp_path: Path) -> None:
    assert run("cnncalc compare vgg11 vgg13 --draw nets.svg", tmp_path).code == 0
    picture = ElementTree.fromstring((tmp_path / "nets.svg").read_text())
    marks = {
        mark: {group.get("data-layer") for group in picture.iter(f"{SVG}g") if group.get("class", "").endswith(mark)}
        - {None}
        for mark in ("inserted", "removed", "changed")
    }
    # Simonyan, Zisserman 2015, table 1: B has a second convolution in each of the first two stages.
    assert marks["inserted"] == {f"stage{stage}/conv_2/{layer}" for stage in (1, 2) for layer in ("conv2d", "re_lu")}
    assert not marks["removed"]
    assert run("cnncalc compare vgg11 vgg13 vgg16 --draw nets.svg", tmp_path).code == 2


def test_a_change_has_its_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 8\nlayers: [Dense: 4, Dense: 2]\n")
    (tmp_path / "b.yaml").write_text("input: 8\nlayers: [Dense: 5, Dense: {units: 2, activation: relu}]\n")
    assert run("cnncalc compare a.yaml b.yaml --draw nets.svg", tmp_path).code == 0
    picture = (tmp_path / "nets.svg").read_text()
    for line in ("units 4 -&gt; 5", "params 36 -&gt; 45", "activation none -&gt; relu"):
        assert line in picture
