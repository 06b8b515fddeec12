"""Reads the YAML files of YOLOv5, YOLOv8 and their kin: lists of [from, number, module, arguments].

The depth scales numbers of repeats, the width channels; https://docs.ultralytics.com/guides/model-yaml-config/.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from cnncalc.convert.graph import Graph, ReadingProblem, check_number
from cnncalc.convert.yolo import heads
from cnncalc.convert.yolo.modules import MODULES, REPEATING, Use
from cnncalc.convert.yolo.net import Map, YoloNet
from cnncalc.errors import quote
from cnncalc.spec.placed import Placed
from cnncalc.spec.source_text import read_source
from cnncalc.spec.yaml_text import read_yaml

SIZE: Final = (640, 640)
"""The image that Ultralytics trains with, unless told; `--input` gives another."""
ACTIVATIONS: Final = {
    "SiLU": "silu", "ReLU": "relu", "LeakyReLU": "leaky_relu", "Hardswish": "hard_silu", "Mish": "mish",
    "GELU": "gelu", "ReLU6": "relu6", "Identity": "linear",
}  # fmt: skip
SCALED: Final = re.compile(r"yolo(?:v|e-v|e-)?\d+([nslmx])(?![a-z])", re.IGNORECASE)
"""A file's name with the letter of its scale: `yolov8n.yaml`, `yolo11x-seg.yaml`."""


def read(path: Path) -> Graph:
    """Reads a file of Ultralytics. Raises: ReadingProblem, SpecError: at the line that is not understood."""
    return _Yolo(read_yaml(read_source(path)), path.stem).graph()


class _Yolo:
    """A file while it is read."""

    def __init__(self, root: Placed, name: str) -> None:
        if not isinstance(root.value, dict):
            raise ReadingProblem("damaged-file", "the file is no mapping", expected="backbone and head")
        self.entries, self.name = root.value, name
        self.warnings: list[str] = []
        self.net = YoloNet(self.activation())
        self.classes = self.whole("nc", 80)
        self.letter = ""
        self.depth, self.width, self.most = self.scale()
        self.has_anchors = "anchors" in self.entries
        self.separable = False
        self.maps: list[list[Map]] = []
        """What each line comes to: the head's may be several."""

    def graph(self) -> Graph:
        lines = [*self.lines("backbone"), *self.lines("head")]
        check_number(len(lines))
        running = Map("input", (*SIZE, self.whole("ch", self.whole("channels", 3))))
        inputs = {"input": running.shape}
        for index, line in enumerate(lines):
            self.net.span = line.span
            self.maps.append(self.line(f"model.{index}", line, running))
            running = self.maps[-1][0]
        outputs = [made.layer for made in self.maps[-1]]
        if self.entries.get("anchors") is None and not self.letter and "scales" in self.entries:
            self.warnings.append("the file's name tells no scale: this is the first one, as Ultralytics takes it")
        return Graph(self.name, inputs, self.net.layers, list(outputs), warnings=self.warnings, source="Ultralytics")

    # What the file says as a whole.

    def whole(self, name: str, default: int) -> int:
        """Reads a whole number above 0. Raises: ReadingProblem."""
        placed = self.entries.get(name)
        value = default if placed is None else placed.value
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.problem(placed, f"{name} is no whole number above 0")
        return value

    def activation(self) -> str:
        """Reads the activation: `nn.ReLU()`; SiLU if none is named. Raises: ReadingProblem."""
        placed = self.entries.get("activation", self.entries.get("act"))
        if placed is None:
            return "silu"
        found = re.match(r"(?:torch\.)?(?:nn\.)?(\w+)\(", placed.text)
        if found is None or found[1] not in ACTIVATIONS:
            raise self.problem(placed, f"the activation {quote(placed.text)} is not known")
        return ACTIVATIONS[found[1]]

    def scale(self) -> tuple[Fraction, Fraction, int | None]:
        """Finds the depth, the width and the most channels. Raises: ReadingProblem."""
        scales = self.entries.get("scales")
        if scales is None:
            return self.number("depth_multiple"), self.number("width_multiple"), None
        if not isinstance(scales.value, dict) or not scales.value:
            raise self.problem(scales, "scales is no mapping of letters to [depth, width, channels at most]")
        wanted = self.entries.get("scale")
        found = SCALED.search(self.name)
        self.letter = wanted.text if wanted is not None else found[1].lower() if found is not None else ""
        if self.letter not in scales.value:
            self.letter = ""
        chosen = scales.value[self.letter or next(iter(scales.value))]
        given = chosen.plain_value()
        numbers = [value for value in given if isinstance(value, (int, Fraction))] if isinstance(given, list) else []
        if len(numbers) != 3 or min(numbers) <= 0 or max(numbers) > 10**6:
            raise self.problem(chosen, "a scale is [depth, width, channels at most]")
        return Fraction(numbers[0]), Fraction(numbers[1]), int(numbers[2])

    def number(self, name: str) -> Fraction:
        placed = self.entries.get(name)
        value = 1 if placed is None else placed.value
        if isinstance(value, bool) or not isinstance(value, (int, Fraction)) or not 0 < value <= 100:
            raise self.problem(placed, f"{name} is no number above 0")
        return Fraction(value)

    def problem(self, placed: Placed | None, message: str) -> ReadingProblem:
        problem = ReadingProblem("damaged-file", message, expected="a file as Ultralytics writes it")
        if placed is not None:
            problem.span = placed.span
        return problem

    def lines(self, name: str) -> list[Placed]:
        """Lists the lines of the backbone or the head. Raises: ReadingProblem."""
        placed = self.entries.get(name)
        if placed is None or not isinstance(placed.value, list):
            raise self.problem(placed, f"{name} is no list of [from, number, module, arguments]")
        return placed.value

    # One line.

    def line(self, name: str, line: Placed, running: Map) -> list[Map]:
        """Reads a line. Raises: ReadingProblem."""
        parts = line.value if isinstance(line.value, list) else []
        module = parts[2].text if len(parts) == 4 else ""
        number = parts[1].value if len(parts) == 4 else None
        if isinstance(number, bool) or not isinstance(number, int) or number < 1 or not module or number > 10_000:
            raise self.problem(line, "a line is [from, number, module, arguments]")
        given = parts[3].plain_value()
        arguments = [self.argument(value) for value in (given if isinstance(given, list) else [given])]
        reads = self.reads(parts[0], running)
        repeats = max(round(number * self.depth), 1) if number > 1 else number
        if module in ("C3k2", "C2PSA", "C2fCIB", "A2C2f"):
            self.separable = True
        if module == "Concat":
            return [self.net.concatenate(name, reads)]
        if module == "nn.Upsample":
            return [self.upsample(name, arguments, reads[0])]
        if module in ("Detect", "Segment", "Pose", "OBB"):
            return self.head(name, module, arguments, reads)
        reader = MODULES.get(module)
        if reader is None:
            raise self.net.problem(f"the module {quote(module)} is not known", quote(module))
        use = self.use(name, module, repeats, arguments)
        x = reads[0]
        if module in REPEATING:
            return [reader(use, x)]
        for index in range(repeats):
            x = reader(replace(use, name=name if repeats == 1 else f"{name}.{index}"), x)
        return [x]

    def use(self, name: str, module: str, repeats: int, arguments: list[object]) -> Use:
        """Scales the channels of a module. Raises: ReadingProblem."""
        filters = arguments[0] if arguments else None
        if isinstance(filters, bool) or not isinstance(filters, int) or filters < 1:
            raise self.net.problem(f"{module} does not say how many channels it has", str(filters))
        if filters != (self.outputs() if self.has_anchors else self.classes):
            filters = self.divisible(min(filters, self.most or filters))
        others = arguments[1:]
        if module == "C3k2" and self.letter in ("m", "l", "x"):
            others = [True, *others[1:]]
        return Use(self.net, name, filters, repeats, others, 1 if self.has_anchors else 3)

    def divisible(self, channels: int) -> int:
        """Scales channels by the width, to a multiple of 8."""
        return math.ceil(channels * self.width / 8) * 8

    def argument(self, value: object) -> object:
        """Reads an argument: a number, a text, a list; `nc` stands for the classes, `None` for nothing."""
        if isinstance(value, Fraction):
            return float(value)
        names: dict[object, object] = {"nc": self.classes, "None": None, "True": True, "False": False}
        return names.get(value, value) if isinstance(value, str) else value

    def reads(self, placed: Placed, running: Map) -> list[Map]:
        """Finds what a line reads: -1 the line before it, else by number. Raises: ReadingProblem."""
        given = placed.plain_value()
        found = []
        for number in given if isinstance(given, list) else [given]:
            if number == -1:
                found.append(running)
                continue
            index = number if isinstance(number, int) else len(self.maps)
            if not -len(self.maps) <= index < len(self.maps):
                raise self.problem(placed, f"there is no line {number} before this one")
            found.append(self.maps[index][0])
        if not found:
            raise self.problem(placed, "this line reads nothing")
        return found

    def upsample(self, name: str, arguments: Sequence[object], x: Map) -> Map:
        size = arguments[1] if len(arguments) > 1 else None
        if not isinstance(size, int) or size < 1:
            raise self.net.problem("nn.Upsample has no whole factor", str(size))
        mode = arguments[2] if len(arguments) > 2 else "nearest"
        arguments_of: dict[str, object] = {"size": size}
        return self.net.add(
            name, "UpSampling2D", arguments_of if mode == "nearest" else {**arguments_of, "interpolation": mode}, x
        )

    def anchors(self) -> int:
        """Counts the anchors of a level. Raises: ReadingProblem."""
        placed = self.entries.get("anchors")
        given = None if placed is None else placed.plain_value()
        if isinstance(given, list) and given and isinstance(given[0], list):
            return len(given[0]) // 2
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise self.problem(placed, "anchors is neither a number nor a list of lists")
        return given

    def outputs(self) -> int:
        """Returns how many numbers YOLOv5 gives for each position: a box, an object and the classes, for each
        anchor.
        """
        return self.anchors() * (5 + self.classes)

    def head(self, name: str, module: str, arguments: list[object], reads: Sequence[Map]) -> list[Map]:
        """Reads the last line: Detect, Segment, Pose or OBB. Raises: ReadingProblem."""
        sizes = [value for value in arguments if isinstance(value, int)]
        masks = sizes[1] if len(sizes) > 1 else 32
        filters = sizes[2] if len(sizes) > 2 else 256
        if self.has_anchors and module in ("Detect", "Segment"):
            more = masks if module == "Segment" else 0
            found = heads.anchored(self.net, name, reads, self.anchors(), 5 + self.classes + more)
            if module == "Segment":
                wide = self.divisible(filters)
                found.append(heads.prototypes(self.net, f"{name}.proto", reads[0], wide, masks, transposed=False))
            return found
        found = heads.anchor_free(self.net, name, reads, self.classes, self.separable)
        if module == "Segment":
            wide = self.divisible(min(filters, self.most or filters))
            found.append(heads.prototypes(self.net, f"{name}.proto", reads[0], wide, masks, transposed=True))
            found += heads.extra(self.net, name, reads, masks)
        elif module == "OBB":
            found += heads.extra(self.net, name, reads, masks if len(sizes) > 1 else 1)
        elif module == "Pose":
            points = self.entries.get("kpt_shape")
            shape = None if points is None else points.plain_value()
            counts = [size for size in shape if isinstance(size, int)] if isinstance(shape, list) else []
            if len(counts) != 2 or min(counts) < 1:
                raise self.problem(points, "kpt_shape is no list of how many key points there are and their numbers")
            found += heads.extra(self.net, name, reads, math.prod(counts))
        return found
