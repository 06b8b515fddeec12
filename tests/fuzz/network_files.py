"""Files of other formats: real ones with a few bytes changed or cut, and graphs of operations that fit badly."""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import cnncalc
from cnncalc.convert.channels_first.translate import RULES
from cnncalc.errors import CnncalcError
from tests.convert import onnx_files
from tests.convert.test_keras_code import CODES
from tests.convert.test_pytorch_code import LENET, RESIDUAL
from tests.convert.test_yolo import yolo11, yolov5, yolov8
from tests.fuzz.damage import damage
from tests.fuzz.outcomes import check_error, soon

FOLDER: Final = Path(__file__).parent.parent / "convert" / "pytorch"
NUMBERS: Final = (0, 1, 2, 3, 4, 7, 8, 16, 64, 255, 2**31 - 1, 2**31, 2**63 - 1, -1, -2, -(2**63))
WORDS: Final = ("", "x", "SAME_UPPER", "VALID", "linear", "a/b", "bij,bjk->bik", "->", "é" * 30, "\x1b[31m")
ATTRIBUTES: Final = (
    "axis", "axes", "perm", "pads", "strides", "kernel_shape", "dilations", "group", "keepdims", "split", "shape",
    "alpha", "blocksize", "mode", "auto_pad", "ceil_mode", "equation", "to", "starts", "ends", "transB", "value",
    "output_padding", "allowzero", "num_groups", "size", "output_size", "scales", "body", "rule_name",
)  # fmt: skip


@cache
def onnx_file() -> bytes:
    """A real file that reads in a moment."""
    return gzip.decompress((FOLDER / "shufflenet_v2_x1_0-old.onnx.gz").read_bytes())


@cache
def program() -> str:
    """The JSON of a real exported program."""
    with zipfile.ZipFile(FOLDER / "mobilenet_v2.pt2") as archive:
        return archive.read("mobilenet_v2/models/model.json").decode()


def damaged_onnx(random: Random) -> tuple[str, bytes]:
    """A real file with bytes changed, cut, repeated or put in."""
    return "net.onnx", damage(random, onnx_file())


def _attribute(random: Random) -> object:
    match random.randrange(6):
        case 0:
            return random.choice(NUMBERS)
        case 1:
            return [random.choice(NUMBERS) for _ in range(random.randrange(9))]
        case 2:
            return random.choice(WORDS)
        case 3:
            return random.choice((0.0, 1.0, -1.5, 1e38, float("nan"), float("inf")))
        case 4:
            return onnx_files.tensor("", [random.randrange(4)], [random.choice(NUMBERS) for _ in range(3)])
        case _:
            return onnx_files.graph([onnx_files.node("Relu", "x", "inner")], {}, {"inner": None})


def odd_onnx(random: Random) -> tuple[str, bytes]:
    """A graph of a few operations of every kind, with attributes, constants and tensors that may fit or not."""
    shapes = ([1, 3, 8, 8], ["n", 4, 6, 6], [1, 5, 8], [2, 3], [7], [], ["n", "c", "h", "w"])
    weights = [
        onnx_files.tensor(f"w{index}", [random.choice((1, 2, 3, 4, 8)) for _ in range(random.randrange(5))])
        for index in range(3)
    ]
    weights += [
        onnx_files.tensor(f"i{index}", [len(values)], values)
        for index in range(3)
        if (values := [random.choice(NUMBERS) for _ in range(random.randrange(6))])
    ]
    weights.append(onnx_files.tensor("one", [], [random.choice((0, 1, -1, 2**40))]))
    names = ["x", "w0", "w1", "w2", "i0", "i1", "i2", "one", "-"]
    nodes = []
    kinds = [*RULES, "Shape", "Constant", "If", "Range", "ConstantOfShape", "Where", "Size", "Loop", "NonZero"]
    for index in range(random.randrange(1, 7)):
        inputs = " ".join(
            random.choice((*names, f"t{index - 1}" if index else "x")) for _ in range(random.randrange(1, 5))
        )
        attributes = {random.choice(ATTRIBUTES): _attribute(random) for _ in range(random.randrange(4))}
        outputs = f"t{index}" if random.random() < 0.8 else f"t{index} s{index}"
        nodes.append(onnx_files.node(random.choice(kinds), inputs, outputs, None, **attributes))
        names.append(f"t{index}")
    inputs: dict[str, onnx_files.Sizes] = {"x": random.choice(shapes)}  # type: ignore[dict-item]
    graph = onnx_files.graph(nodes, inputs, {names[-1]: None}, weights)
    return "net.onnx", onnx_files.model(graph)


def odd_program(random: Random) -> tuple[str, bytes]:
    """A real exported program in which some values are others, or gone."""
    value = json.loads(program())
    for _ in range(random.choice((1, 1, 2, 6))):
        _change(random, value)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("net/models/model.json", json.dumps(value))
    data = bytearray(file.getvalue())
    if random.random() < 0.1:
        data[random.randrange(len(data))] = random.randrange(256)
    return "net.pt2", bytes(data)


def _change(random: Random, value: Any) -> None:
    """Puts something else somewhere into nested lists and objects."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = random.choice(keys)
        inner = value[key]
        if not isinstance(inner, (dict, list)) or not inner or random.random() < 0.1:
            break
        value = inner
    if random.random() < 0.2:
        del value[key]
    else:
        value[key] = random.choice(
            (*NUMBERS, *WORDS, None, True, 1.5, [], {}, [1, 2], {"as_int": 3}, {"as_none": True})
        )


def damaged_code(random: Random) -> tuple[str, bytes]:
    """Code of PyTorch or Keras with words changed, moved or left out; now and then as a notebook."""
    code = with_slips(random, random.choice((LENET, RESIDUAL, *CODES)))
    if random.random() < 0.2:
        return "net.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": code}]}).encode()
    return "net.py", code.encode()


def damaged_yolo(random: Random) -> tuple[str, bytes]:
    """A file of Ultralytics with words changed, moved or left out."""
    text = random.choice((yolov5("0.33", "0.25"), yolov8(), yolo11()))
    return f"yolov8{random.choice('nsmlx')}.yaml", with_slips(random, text).encode()


def with_slips(random: Random, text: str) -> str:
    """Changes, moves or leaves out some words of a text."""
    words = re.split(r"(\W)", text)
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(words))
        match random.randrange(4):
            case 0:
                words[place] = random.choice(words)
            case 1:
                words[place] = random.choice(
                    (*map(str, NUMBERS), "x", "self", "None", "[]", "{}", "1.5", "*", "range", "''")
                )
            case 2:
                del words[place]
            case _:
                words.insert(place, random.choice(words))
    return "".join(words)


def check_file(case: tuple[str, bytes]) -> None:
    """A file comes to a report, or to an error that says what is wrong."""
    name, data = case
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(data)
        with soon():
            try:
                cnncalc.load(file).analyze(partial=True)
            except CnncalcError as error:
                check_error(error)
