"""Files of Ultralytics, written here from their published structure, against the counts that Ultralytics prints.

Ultralytics counts without moving statistics. https://github.com/ultralytics/ultralytics (cfg/models/v8, 11) has the
parameters of YOLOv8 and YOLO11 beside their scales; YOLOv5's are those of its summary, and of the fused net.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

import cnncalc
from cnncalc import Report
from tests.command_line import run

V8_SCALES: Final = (
    "{n: [0.33, 0.25, 1024], s: [0.33, 0.5, 1024], m: [0.67, 0.75, 768], l: [1, 1, 512], x: [1, 1.25, 512]}"
)
V11_SCALES: Final = "{n: [0.5, 0.25, 1024], s: [0.5, 0.5, 1024], m: [0.5, 1, 512], l: [1, 1, 512], x: [1, 1.5, 512]}"
WIDTHS: Final = (128, 256, 512, 1024)


def file_of(keys: dict[str, str], stem: str, backbone: list[str], head: list[str]) -> str:
    """The text of a file; lines without what they read read the line before them, once."""
    lines = [f"{name}: {value}" for name, value in keys.items()]
    for name, entries in (("backbone", [stem, *backbone]), ("head", head)):
        lines += [f"{name}:", *(f"  - [{entry}]" if entry[0] in "-[" else f"  - [-1, 1, {entry}]" for entry in entries)]
    return "\n".join(lines) + "\n"


def yolov5(depth: str, width: str) -> str:
    backbone = [f"Conv, [{WIDTHS[0]}, 3, 2]", "-1, 3, C3, [128]"]
    for repeats, filters in zip((6, 9, 3), WIDTHS[1:], strict=True):
        backbone += [f"Conv, [{filters}, 3, 2]", f"-1, {repeats}, C3, [{filters}]"]
    up, head = "nn.Upsample, [None, 2, 'nearest']", []
    for filters, read in ((512, 6), (256, 4)):
        head += [f"Conv, [{filters}, 1, 1]", up, f"[-1, {read}], 1, Concat, [1]", f"-1, 3, C3, [{filters}, False]"]
    for filters, read in ((256, 14), (512, 10)):
        wide = 2 * filters
        head += [f"Conv, [{filters}, 3, 2]", f"[-1, {read}], 1, Concat, [1]", f"-1, 3, C3, [{wide}, False]"]
    anchors = "[[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]]"
    keys = {"nc": "80", "depth_multiple": depth, "width_multiple": width, "anchors": anchors}
    head.append("[17, 20, 23], 1, Detect, [nc, anchors]")
    return file_of(keys, "Conv, [64, 6, 2, 2]", [*backbone, "SPPF, [1024, 5]"], head)


def yolov8(end: str = "Detect, [nc]", keys: dict[str, str] | None = None) -> str:
    backbone = []
    for repeats, filters in zip((3, 6, 6, 3), WIDTHS, strict=True):
        backbone += [f"Conv, [{filters}, 3, 2]", f"-1, {repeats}, C2f, [{filters}, True]"]
    up, head = "nn.Upsample, [None, 2, 'nearest']", []
    for filters, read in ((512, 6), (256, 4)):
        head += [up, f"[-1, {read}], 1, Concat, [1]", f"-1, 3, C2f, [{filters}]"]
    for filters, read in ((256, 12), (512, 9)):
        head += [f"Conv, [{filters}, 3, 2]", f"[-1, {read}], 1, Concat, [1]", f"-1, 3, C2f, [{2 * filters}]"]
    given = {"nc": "80", "scales": V8_SCALES, **(keys or {})}
    return file_of(given, "Conv, [64, 3, 2]", [*backbone, "SPPF, [1024, 5]"], [*head, f"[15, 18, 21], 1, {end}"])


def yolo11() -> str:
    backbone = []
    for filters, wide, rest in ((128, 256, "False, 0.25"), (256, 512, "False, 0.25"), (512, 512, "True"),
                                (1024, 1024, "True")):  # fmt: skip
        backbone += [f"Conv, [{filters}, 3, 2]", f"-1, 2, C3k2, [{wide}, {rest}]"]
    backbone += ["SPPF, [1024, 5]", "-1, 2, C2PSA, [1024]"]
    up, head = "nn.Upsample, [None, 2, 'nearest']", []
    for filters, read in ((512, 6), (256, 4)):
        head += [up, f"[-1, {read}], 1, Concat, [1]", f"-1, 2, C3k2, [{filters}, False]"]
    for filters, read, rest in ((256, 13, "False"), (512, 10, "True")):
        head += [f"Conv, [{filters}, 3, 2]", f"[-1, {read}], 1, Concat, [1]", f"-1, 2, C3k2, [{2 * filters}, {rest}]"]
    keys = {"nc": "80", "scales": V11_SCALES}
    return file_of(keys, "Conv, [64, 3, 2]", backbone, [*head, "[16, 19, 22], 1, Detect, [nc]"])


def report(folder: Path, name: str, text: str) -> Report:
    (folder / name).write_text(text)
    return cnncalc.load(folder / name).analyze()


@pytest.mark.parametrize(
    ("letter", "scales", "parameters", "fused"),
    [("n", ("0.33", "0.25"), 1_872_157, 1_867_405), ("s", ("0.33", "0.5"), 7_235_389, 7_225_885),
     ("m", ("0.67", "0.75"), 21_190_557, 21_172_173)],
)  # fmt: skip
def test_yolov5(letter: str, scales: tuple[str, str], parameters: int, fused: int, tmp_path: Path) -> None:
    """Fusing gives each channel of a batch normalisation one bias for its two parameters."""
    found = report(tmp_path, f"yolov5{letter}.yaml", yolov5(*scales))
    channels = sum(row.output_shape[-1] or 0 for row in found.layers if row.type == "BatchNormalization")
    assert found.totals.trainable_params == parameters
    assert parameters - channels == fused
    assert [row.output_shape for row in found.layers if row.name.startswith("model.24.m")] == [
        (80, 80, 255), (40, 40, 255), (20, 20, 255),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("letter", "parameters"), [("n", 3_157_200), ("s", 11_166_560), ("m", 25_902_640), ("l", 43_691_520)]
)
def test_yolov8(letter: str, parameters: int, tmp_path: Path) -> None:
    """The 16 weights that sum over distances are the only ones that are not trained."""
    totals = report(tmp_path, f"yolov8{letter}.yaml", yolov8()).totals
    assert totals.trainable_params == parameters - 16


@pytest.mark.parametrize(("letter", "parameters"), [("n", 2_624_080), ("s", 9_458_752), ("m", 20_114_688)])
def test_yolo11(letter: str, parameters: int, tmp_path: Path) -> None:
    assert report(tmp_path, f"yolo11{letter}.yaml", yolo11()).totals.trainable_params == parameters - 16


def test_names_are_those_of_the_modules(tmp_path: Path) -> None:
    rows = {row.name: row for row in report(tmp_path, "yolov8n.yaml", yolov8()).layers}
    assert rows["model.0.conv"].output_shape == (320, 320, 16)
    assert rows["model.2.m.0.cv1.conv"].params == 3 * 3 * 16 * 16
    assert rows["model.9.cv2.conv"].params == 4 * 128 * 256


def test_a_file_without_a_letter_is_of_the_first_scale(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(yolov8())
    outcome = run("cnncalc summary mine.yaml", tmp_path)
    assert "the file's name tells no scale" in outcome.stderr
    assert "Trainable params: 3,157,184" in outcome.stdout


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("SPPF, [1024, 5]", "Mystery, [1024]", 'the module "Mystery" is not known'),
        ("[-1, 6], 1", "[-1, 60], 1", "there is no line 60 before this one"),
        ("[-1, 1, SPPF", "[-1, x, SPPF", "a line is [from, number, module, arguments]"),
        ("nc: 80", "nc: many", "nc is no whole number above 0"),
        ("[-1, 6], 1, Concat", "[-1, 2], 1, Concat", "Concatenate"),
    ],
)
def test_what_is_not_understood_is_an_error_at_its_line(old: str, new: str, words: str, tmp_path: Path) -> None:
    assert old in yolov8()
    (tmp_path / "yolov8n.yaml").write_text(yolov8().replace(old, new))
    outcome = run("cnncalc summary yolov8n.yaml", tmp_path)
    assert outcome.code == 2
    assert words in outcome.stderr
    assert "yolov8n.yaml:" in outcome.stderr


def test_the_spec_of_it_is_the_same_net(tmp_path: Path) -> None:
    whole = report(tmp_path, "yolov8n.yaml", yolov8())
    spec = run("cnncalc import yolov8n.yaml", tmp_path).stdout
    again = cnncalc.loads(spec).analyze()
    assert again.totals.to_dict() == whole.totals.to_dict()
    assert len(spec.splitlines()) < 120
