"""Darknet's `.cfg`: sections of keys, each section one layer.

Shapes as in darknet's own source (parser.c, convolutional_layer.c, maxpool_layer.c): `pad=1` is a padding of size // 2,
max pooling adds size - 1 zeros in all, `route` with groups takes a part of the channels.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from cnncalc.convert.files import read_bytes
from cnncalc.convert.graph import Graph, GraphLayer, ReadingProblem, check_number
from cnncalc.errors import Problem, Problems
from cnncalc.layers.registry import build
from cnncalc.tensor import Shape, Tensor

MAX_BYTES: Final = 4 * 1024 * 1024
ACTIVATIONS: Final = {
    "relu": "relu", "logistic": "sigmoid", "tanh": "tanh", "mish": "mish", "swish": "silu", "elu": "elu",
    "selu": "selu", "relu6": "relu6", "hardtan": "hard_tanh", "gelu": "gelu", "hard_mish": "mish",
}  # fmt: skip
DETECTIONS: Final = frozenset({"yolo", "region", "detection", "gaussian_yolo", "cost", "iseg"})
"""Sections that read boxes or a loss off the layer before them."""


@dataclass(slots=True)
class Section:
    """One section: its kind, its number as darknet counts (the first layer is 0), its line, its keys."""

    kind: str
    number: int
    line: int
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"line {self.line}, [{self.kind}]"

    def integer(self, key: str, default: int | None = None) -> int:
        """Reads a whole number. Raises: ReadingProblem."""
        text = self.keys.get(key)
        if text is None and default is not None:
            return default
        if text is None or not re.fullmatch(r"-?\d{1,9}", text):
            raise self.refuse(f"has no whole number for {key}", text)
        return int(text)

    def integers(self, key: str) -> list[int]:
        """Reads a list of whole numbers. Raises: ReadingProblem."""
        texts = [text for text in self.keys.get(key, "").split(",") if text]
        if not texts or not all(re.fullmatch(r"-?\d{1,9}", text) for text in texts):
            raise self.refuse(f"has no list of whole numbers for {key}", self.keys.get(key))
        return [int(text) for text in texts]

    def refuse(self, what: str, found: str | None = None) -> ReadingProblem:
        return ReadingProblem("damaged-file", f"the section [{self.kind}] {what}", place=self.place, found=found)


def read(path: Path) -> Graph:
    """Reads a file of darknet. Raises: ReadingProblem."""
    text = read_bytes(path, MAX_BYTES).decode("utf-8", "replace")
    sections = read_sections(text)
    if not sections or sections[0].kind not in ("net", "network"):
        raise ReadingProblem("no-architecture", "the file does not begin with [net]", expected="[net]")
    check_number(len(sections))
    net = sections[0]
    shape = (net.integer("height"), net.integer("width"), net.integer("channels", 3))
    if min(shape) < 1:
        raise net.refuse("has an input without a size")
    return _Darknet(sections[1:]).graph(path.stem, shape)


def read_sections(text: str) -> list[Section]:
    """Reads the sections of a file. Raises: ReadingProblem."""
    sections: list[Section] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = re.sub(r"\s", "", line)
        if not plain or plain[0] in "#;":
            continue
        if plain[0] == "[":
            sections.append(Section(plain[1:].partition("]")[0].lower(), len(sections) - 1, number))
            continue
        key, equals, value = plain.partition("=")
        if not equals or not sections:
            raise ReadingProblem("damaged-file", f"line {number} is neither a section nor a key with a value",
                                 place=f"line {number}", expected="key=value", found=line.strip()[:60])  # fmt: skip
        sections[-1].keys[key.lower()] = value.partition("#")[0]
    return sections


class _Darknet:
    """The layers of a file while they are read. `outs` has what each section comes to, by its number."""

    def __init__(self, sections: list[Section]) -> None:
        self.sections = sections
        self.layers: list[GraphLayer] = []
        self.outs: list[str] = []
        self.shapes: dict[str, Shape] = {}
        """What each layer gives out, as far as that is known."""
        self.outputs: list[str] = []

    def graph(self, name: str, shape: tuple[int, int, int]) -> Graph:
        running = "input"
        self.shapes[running] = shape
        for section in self.sections:
            if section.kind in DETECTIONS:
                self.outputs.append(running)
            else:
                reader = READERS.get(section.kind)
                if reader is None:
                    raise ReadingProblem(
                        "unsupported-layer", f"a section [{section.kind}] can't be read", place=section.place,
                        expected="one of " + ", ".join(sorted(READERS)),
                    )  # fmt: skip
                running = reader(self, section, running)
            self.outs.append(running)
        outputs = list(dict.fromkeys(self.outputs)) or [running]
        return Graph(name, {"input": shape}, self.layers, list(outputs), source="darknet")

    def add(self, label: str, section: Section, kind: str, arguments: dict[str, object], *reads: str) -> str:
        """Adds a layer and returns its name."""
        name = f"{label}_{section.number}"
        self.layers.append(GraphLayer(name, kind, arguments, list(reads), place=section.place))
        shapes = [self.shapes[read] for read in reads if read in self.shapes]
        if len(shapes) == len(reads):
            with suppress(Problem, Problems):  # which is said where the net is analysed
                self.shapes[name] = build(kind, arguments).output([Tensor(shape) for shape in shapes]).shape
        return name

    def is_vector(self, name: str) -> bool:
        """Tells whether something has no height and width any more."""
        return len(self.shapes.get(name, ())) == 1

    def other(self, section: Section, number: int) -> str:
        """Returns what another section comes to: counted from 0, or back from this one. Raises: ReadingProblem."""
        index = section.number + number if number < 0 else number
        if not 0 <= index < len(self.outs):
            raise ReadingProblem("dangling-reference", f"there is no layer {number} before this one",
                                 place=section.place, found=str(number))  # fmt: skip
        return self.outs[index]

    def activated(self, section: Section, running: str, default: str = "linear") -> str:
        """Adds the activation of a section, if it has one. Raises: ReadingProblem."""
        name = section.keys.get("activation", default)
        if name == "linear":
            return running
        if name in ("leaky", "ramp"):
            return self.add("leaky", section, "LeakyReLU", {"negative_slope": Fraction(1, 10)}, running)
        if name not in ACTIVATIONS:
            raise section.refuse("has an activation that is not known", name)
        kind = "ReLU" if name == "relu" else "Activation"
        return self.add(name, section, kind, {} if kind == "ReLU" else {"activation": ACTIVATIONS[name]}, running)

    def normalized(self, section: Section, running: str) -> str:
        if section.integer("batch_normalize", 0):
            return self.add("bn", section, "BatchNormalization", {}, running)
        return running

    def convolution(self, section: Section, running: str, kind: str = "Conv2D") -> str:
        size, stride = section.integer("size", 1), section.integer("stride", 1)
        dilation = section.integer("dilation", 1)
        padding = size // 2 if section.integer("pad", 0) else section.integer("padding", 0)
        strides = [section.integer("stride_y", stride), section.integer("stride_x", stride)]
        is_same = size % 2 == 1 and padding == size // 2 and strides == [1, 1]
        arguments: dict[str, object] = {
            "filters": section.integer("filters", 1), "kernel_size": size, "strides": strides,
            "padding": "same" if is_same and padding else padding * dilation or "valid",
            "dilation_rate": dilation, "groups": section.integer("groups", 1),
            "use_bias": not section.integer("batch_normalize", 0),
        }  # fmt: skip
        running = self.add("conv", section, kind, arguments, running)
        return self.activated(section, self.normalized(section, running), "logistic")

    def deconvolution(self, section: Section, running: str) -> str:
        return self.convolution(section, running, "Conv2DTranspose")

    def connected(self, section: Section, running: str) -> str:
        if not self.is_vector(running):
            running = self.add("flatten", section, "Flatten", {}, running)
        use_bias = not section.integer("batch_normalize", 0)
        running = self.add(
            "dense", section, "Dense", {"units": section.integer("output", 1), "use_bias": use_bias}, running
        )
        return self.activated(section, self.normalized(section, running), "logistic")

    def local(self, section: Section, running: str) -> str:
        size = section.integer("size", 1)
        if section.integer("pad", 0) and size > 1:
            running = self.add("pad", section, "ZeroPadding2D", {"padding": size // 2}, running)
        arguments: dict[str, object] = {
            "filters": section.integer("filters", 1), "kernel_size": size, "strides": section.integer("stride", 1),
        }  # fmt: skip
        return self.activated(section, self.add("local", section, "LocallyConnected2D", arguments, running), "logistic")

    def max_pooling(self, section: Section, running: str) -> str:
        stride = section.integer("stride", 1)
        size = section.integer("size", stride)
        added = section.integer("padding", size - 1)
        padding: object = [[added // 2, added - added // 2]] * 2
        if added == size - 1 and (size == 2 or stride == 1):
            padding = "same"
        arguments: dict[str, object] = {"pool_size": size, "strides": stride, "padding": padding}
        return self.add("pool", section, "MaxPooling2D", arguments, running)

    def average_pooling(self, section: Section, running: str) -> str:
        behind = self.sections[section.number + 1 :][:1]
        is_map = bool(behind) and behind[0].kind in ("convolutional", "scale_channels")
        return self.add("avgpool", section, "GlobalAveragePooling2D", {"keepdims": is_map}, running)

    def route(self, section: Section, running: str) -> str:
        reads = [self.other(section, number) for number in section.integers("layers")]
        groups = section.integer("groups", 1)
        if groups > 1:
            reads = [self.part(section, read, groups) for read in reads]
        return reads[0] if len(reads) == 1 else self.add("route", section, "Concatenate", {}, *reads)

    def part(self, section: Section, read: str, groups: int) -> str:
        """Takes one of some equal parts of the channels. Raises: ReadingProblem: how many there are is not known."""
        channels = self.shapes.get(read, (None,))[-1]
        if not isinstance(channels, int) or channels % groups:
            raise section.refuse("takes a part of channels whose number is not known")
        start = section.integer("group_id", 0) * channels // groups
        return self.add("part", section, "ChannelSlice", {"start": start, "stop": start + channels // groups}, read)

    def shortcut(self, section: Section, running: str) -> str:
        others = [self.fitted(section, self.other(section, number), running) for number in section.integers("from")]
        return self.activated(section, self.add("shortcut", section, "Add", {}, running, *others))

    def fitted(self, section: Section, other: str, running: str) -> str:
        """Makes a map as large as another, as shortcut_layer.c does: every n-th position, and channels of zeros."""
        own, wanted = self.shapes.get(other, ()), self.shapes.get(running, ())
        if own == wanted or len(own) != 3 or len(wanted) != 3 or None in own or None in wanted:
            return other
        (height, _, channels), (wanted_height, _, wanted_channels) = (tuple(map(int, x)) for x in (own, wanted))  # type: ignore[arg-type]
        if height > wanted_height and height % wanted_height == 0:
            arguments: dict[str, object] = {"pool_size": 1, "strides": height // wanted_height}
            other = self.add("sample", section, "MaxPooling2D", arguments, other)
        if channels < wanted_channels:
            other = self.add("zeros", section, "ChannelPadding", {"padding": [0, wanted_channels - channels]}, other)
        elif channels > wanted_channels:
            other = self.add("part", section, "ChannelSlice", {"start": 0, "stop": wanted_channels}, other)
        return other

    def crop(self, section: Section, running: str) -> str:
        sizes: dict[str, object] = {
            "height": section.integer("crop_height"), "width": section.integer("crop_width"),
        }  # fmt: skip
        return self.add("crop", section, "CenterCrop", sizes, running)

    def scale_channels(self, section: Section, running: str) -> str:
        other = self.other(section, section.integer("from"))
        return self.activated(section, self.add("scale", section, "Multiply", {}, other, running))

    def upsample(self, section: Section, running: str) -> str:
        return self.add("upsample", section, "UpSampling2D", {"size": section.integer("stride", 2)}, running)

    def reorg(self, section: Section, running: str) -> str:
        return self.add("reorg", section, "SpaceToDepth", {"block_size": section.integer("stride", 1)}, running)

    def dropout(self, section: Section, running: str) -> str:
        rate = section.keys.get("probability", ".5")
        if not re.fullmatch(r"\d*\.?\d+", rate):
            raise section.refuse("has no number for probability", rate)
        return self.add("dropout", section, "Dropout", {"rate": Fraction(rate)}, running)

    def softmax(self, section: Section, running: str) -> str:
        return self.add("softmax", section, "Softmax", {}, running)

    def batch_norm(self, section: Section, running: str) -> str:
        return self.add("bn", section, "BatchNormalization", {}, running)

    def activation(self, section: Section, running: str) -> str:
        return self.activated(section, running)


READERS: Final[dict[str, Callable[[_Darknet, Section, str], str]]] = {
    "convolutional": _Darknet.convolution, "conv": _Darknet.convolution, "deconvolutional": _Darknet.deconvolution,
    "connected": _Darknet.connected, "local": _Darknet.local, "maxpool": _Darknet.max_pooling,
    "max": _Darknet.max_pooling, "avgpool": _Darknet.average_pooling, "avg": _Darknet.average_pooling,
    "route": _Darknet.route, "shortcut": _Darknet.shortcut, "scale_channels": _Darknet.scale_channels,
    "sam": _Darknet.scale_channels, "upsample": _Darknet.upsample, "reorg": _Darknet.reorg, "reorg3d": _Darknet.reorg,
    "dropout": _Darknet.dropout, "softmax": _Darknet.softmax, "batchnorm": _Darknet.batch_norm,
    "activation": _Darknet.activation, "crop": _Darknet.crop,
}  # fmt: skip
"""What reads a section, by its kind."""
