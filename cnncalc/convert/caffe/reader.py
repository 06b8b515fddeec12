"""The layers of a Caffe net, of its first (V1) and second form, as it runs in its test phase."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cnncalc.convert.caffe.text_format import Message, parse
from cnncalc.convert.files import read_bytes
from cnncalc.convert.graph import Graph, GraphLayer, ReadingProblem
from cnncalc.convert.names import unique_name
from cnncalc.errors import quote
from cnncalc.tensor import Shape

MAX_BYTES: Final = 16 * 1024 * 1024
DROPPED: Final = re.compile(r"accuracy|silence|.*loss")
DATA: Final = frozenset({"data", "imagedata", "hdf5data", "dummydata", "memorydata", "windowdata", "annotateddata"})
SIMPLE: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "sigmoid": ("Activation", {"activation": "sigmoid"}), "tanh": ("Activation", {"activation": "tanh"}),
    "bnll": ("Activation", {"activation": "softplus"}), "softmax": ("Softmax", {}), "elu": ("ELU", {}),
    "absval": ("Elementwise", {"op": "abs"}), "exp": ("Elementwise", {"op": "exp"}),
    "log": ("Elementwise", {"op": "log"}), "power": ("Elementwise", {"op": "power"}), "flatten": ("Flatten", {}),
}  # fmt: skip
"""Layers without arguments that change a figure."""
ELTWISE: Final = {
    "": "Add",
    "SUM": "Add",
    "1": "Add",
    "PROD": "Multiply",
    "0": "Multiply",
    "MAX": "Maximum",
    "2": "Maximum",
}


def read(path: Path) -> Graph:
    """Reads a file of Caffe. Raises: ReadingProblem."""
    net = parse(read_bytes(path, MAX_BYTES).decode("utf-8", "replace"))
    return _Caffe(net).graph(path.stem)


class _Caffe:
    """A net while it is read. `made` has the layer that each blob comes from: a layer may work in place."""

    def __init__(self, net: Message) -> None:
        self.net = net
        self.layers: list[GraphLayer] = []
        self.made: dict[str, str] = {}
        self.read_blobs: set[str] = set()
        self.inputs: dict[str, Shape] = {}
        self.vectors: set[str] = set()
        self.owners: dict[str, str] = {}
        """The layer that first has a parameter of a name."""
        self.taken: set[str] = set()

    def graph(self, name: str) -> Graph:
        """Reads the layers. Raises: ReadingProblem."""
        self.old_inputs()
        entries = self.net.messages("layer") + self.net.messages("layers")
        if not entries:
            raise ReadingProblem("no-architecture", "the file has no layers", expected="layer { ... }",
                                 suggestion="a solver names the file of its net: give that one")  # fmt: skip
        for entry in entries:
            if _in_test_phase(entry):
                self.layer(entry)
        if not self.inputs:
            raise ReadingProblem("unsupported-layer", "the file does not say which shape the net reads",
                                 suggestion="give the deploy.prototxt, which begins with an Input")  # fmt: skip
        outputs = [layer for blob, layer in self.made.items() if blob not in self.read_blobs]
        return Graph(
            self.net.text("name") or name, self.inputs, self.layers, list(dict.fromkeys(outputs)), source="Caffe"
        )

    def old_inputs(self) -> None:
        """Reads `input: "data"` with `input_dim` or `input_shape`."""
        dims = self.net.texts("input_dim")
        shapes = [message.texts("dim") for message in self.net.messages("input_shape")]
        shapes = shapes or [dims[start : start + 4] for start in range(0, len(dims), 4)]
        for name, sizes in zip(self.net.texts("input"), shapes, strict=False):
            self.input(name, sizes)

    def input(self, name: str, sizes: list[str]) -> None:
        """Adds an input; its batch is dropped, its channels come last. Raises: ReadingProblem."""
        if not 2 <= len(sizes) <= 5 or not all(re.fullmatch(r"[1-9]\d{0,8}", size) for size in sizes):
            raise ReadingProblem("damaged-file", f"the input {quote(name)} has no shape", place=name,
                                 expected="dim: 1 dim: 3 dim: 224 dim: 224")  # fmt: skip
        channels, *space = (int(size) for size in sizes[1:])
        self.inputs[name] = (*space, channels)
        self.made[name] = name
        self.taken.add(name)
        if not space:
            self.vectors.add(name)

    def layer(self, entry: Message) -> None:
        """Reads one layer. Raises: ReadingProblem."""
        kind = entry.text("type").replace("_", "").lower()
        name = entry.text("name") or kind
        tops, bottoms = entry.texts("top"), entry.texts("bottom")
        if kind == "input":
            shapes = entry.message("input_param").messages("shape")
            for top, shape in zip(tops, shapes * len(tops) if len(shapes) == 1 else shapes, strict=False):
                self.input(top, shape.texts("dim"))
            return
        if kind in DATA:
            return
        if DROPPED.fullmatch(kind):
            return
        reads = []
        for bottom in bottoms:
            if bottom not in self.made:
                if bottom == "label":
                    continue
                raise ReadingProblem(
                    "dangling-reference", f"{quote(name)} reads {quote(bottom)}, which nothing makes", place=name,
                    suggestion="give the deploy.prototxt, which begins with an Input",
                )  # fmt: skip
            reads.append(self.made[bottom])
        self.read_blobs.update(bottom for bottom in bottoms if bottom not in tops)
        if not tops or not reads:
            raise ReadingProblem("damaged-file", f"{quote(name)} ({kind}) has no bottom or no top", place=name)
        if kind == "split":
            self.made.update(dict.fromkeys(tops, reads[0]))
            return
        if kind == "slice":
            self.slices(entry, name, tops, reads)
            return
        reader = READERS.get(kind)
        if kind in SIMPLE:
            self.made[tops[0]] = self.add(name, *SIMPLE[kind], reads, entry)
            if kind == "flatten":
                self.vectors.add(self.made[tops[0]])
        elif reader is None:
            raise ReadingProblem("unsupported-layer", f"{quote(name)} is a {entry.text('type')}, which can't be read",
                                 place=name)  # fmt: skip
        else:
            self.made[tops[0]] = reader(self, entry, name, reads)

    def add(self, name: str, kind: str, arguments: dict[str, object], reads: list[str], entry: Message) -> str:
        """Adds a layer and returns its name."""
        unique = unique_name(name, self.taken, {})
        self.taken.add(unique)
        keys = [parameter.text("name") for parameter in entry.messages("param") if parameter.text("name")]
        keys = keys or [text for text in entry.texts("param") if text]
        share = self.owners.setdefault(keys[0], unique) if keys else unique
        frozen = [parameter.text("lr_mult") for parameter in entry.messages("param")]
        made = GraphLayer(
            unique, kind, dict(arguments), list(reads), place=name, share=share if share != unique else None
        )
        made.trainable = not frozen or any(rate != "0" for rate in frozen)
        self.layers.append(made)
        if reads[0] in self.vectors:
            self.vectors.add(unique)
        return unique

    def convolution(self, entry: Message, name: str, reads: list[str]) -> str:
        some = entry.message("convolution_param")
        kind = "Conv2DTranspose" if entry.text("type").lower() == "deconvolution" else "Conv2D"
        padding = _pair(some, "pad", name, 0)
        arguments: dict[str, object] = {
            "filters": _integer(some, "num_output", name), "kernel_size": _pair(some, "kernel", name, None),
            "strides": _pair(some, "stride", name, 1), "padding": padding if any(padding) else "valid",
            "dilation_rate": _integer(some, "dilation", name, 1), "groups": _integer(some, "group", name, 1),
            "use_bias": some.text("bias_term", "true") != "false",
        }  # fmt: skip
        return self.add(name, kind, arguments, reads, entry)

    def pooling(self, entry: Message, name: str, reads: list[str]) -> str:
        some = entry.message("pooling_param")
        method = {"": "Max", "MAX": "Max", "0": "Max", "AVE": "Average", "1": "Average"}.get(some.text("pool"))
        if method is None:
            raise ReadingProblem("unsupported-layer", f"{quote(name)} pools by {some.text('pool')}", place=name,
                                 expected="MAX or AVE")  # fmt: skip
        if some.text("global_pooling") == "true":
            return self.add(name, f"Global{method}Pooling2D", {"keepdims": True}, reads, entry)
        padding = _pair(some, "pad", name, 0)
        arguments: dict[str, object] = {
            "pool_size": _pair(some, "kernel", name, None), "strides": _pair(some, "stride", name, 1),
            "padding": padding if any(padding) else "valid",
            "ceil_mode": some.text("round_mode") not in ("FLOOR", "1") and some.text("ceil_mode") != "false",
        }  # fmt: skip
        return self.add(name, f"{method}Pooling2D", arguments, reads, entry)

    def inner_product(self, entry: Message, name: str, reads: list[str]) -> str:
        some = entry.message("inner_product_param")
        if reads[0] not in self.vectors:
            flat = self.add(f"{name}_flatten", "Flatten", {}, reads, Message())
            self.vectors.add(flat)
            reads = [flat]
        arguments: dict[str, object] = {
            "units": _integer(some, "num_output", name), "use_bias": some.text("bias_term", "true") != "false",
        }  # fmt: skip
        return self.add(name, "Dense", arguments, reads, entry)

    def relu(self, entry: Message, name: str, reads: list[str]) -> str:
        slope = entry.message("relu_param").text("negative_slope", "0")
        if not re.fullmatch(r"\d*\.?\d+(e-?\d{1,2})?", slope):
            raise ReadingProblem(
                "damaged-file", f"{quote(name)} has no number for negative_slope", place=name, found=slope
            )
        if float(slope):
            return self.add(name, "LeakyReLU", {"negative_slope": float(slope)}, reads, entry)
        return self.add(name, "ReLU", {}, reads, entry)

    def prelu(self, entry: Message, name: str, reads: list[str]) -> str:
        if entry.message("prelu_param").text("channel_shared") == "true":
            raise ReadingProblem("unsupported-layer", f"{quote(name)} has one slope for all channels", place=name)
        axes = [] if reads[0] in self.vectors else [1, 2]
        return self.add(name, "PReLU", {"shared_axes": axes} if axes else {}, reads, entry)

    def normalization(self, entry: Message, name: str, reads: list[str]) -> str:
        size = _integer(entry.message("lrn_param"), "local_size", name, 5)
        return self.add(name, "LocalResponseNormalization", {"size": size}, reads, entry)

    def dropout(self, entry: Message, name: str, reads: list[str]) -> str:
        rate = entry.message("dropout_param").text("dropout_ratio", "0.5")
        if not re.fullmatch(r"\d*\.?\d+", rate):
            raise ReadingProblem(
                "damaged-file", f"{quote(name)} has no number for dropout_ratio", place=name, found=rate
            )
        return self.add(name, "Dropout", {"rate": float(rate)}, reads, entry)

    def batch_norm(self, entry: Message, name: str, reads: list[str]) -> str:
        return self.add(name, "BatchNormalization", {"center": False, "scale": False}, reads, Message())

    def scale(self, entry: Message, name: str, reads: list[str]) -> str:
        """Reads a Scale; behind a BatchNorm it is that layer's scale and shift."""
        use_bias = entry.message("scale_param").text("bias_term") == "true"
        before = self.layers[-1] if self.layers else None
        if before is not None and before.name == reads[0] and before.arguments == {"center": False, "scale": False}:
            before.arguments = {"center": use_bias, "scale": True}
            return before.name
        return self.add(name, "Scale", {"use_bias": use_bias}, reads, entry)

    def concat(self, entry: Message, name: str, reads: list[str]) -> str:
        some = entry.message("concat_param")
        axis = _integer(some, "axis", name, _integer(some, "concat_dim", name, 1))
        return self.add(name, "Concatenate", {"axis": _axis(axis, name)}, reads, entry)

    def eltwise(self, entry: Message, name: str, reads: list[str]) -> str:
        kind = ELTWISE.get(entry.message("eltwise_param").text("operation"))
        if kind is None:
            raise ReadingProblem("unsupported-layer", f"{quote(name)} has an operation that is not known", place=name)
        return self.add(name, kind, {}, reads, entry)

    def slices(self, entry: Message, name: str, tops: list[str], reads: list[str]) -> None:
        """Reads a Slice: one layer for each top. Raises: ReadingProblem."""
        some = entry.message("slice_param")
        axis = _axis(_integer(some, "axis", name, _integer(some, "slice_dim", name, 1)), name)
        points = some.texts("slice_point")
        if len(points) != len(tops) - 1 or not all(re.fullmatch(r"\d{1,9}", point) for point in points):
            raise ReadingProblem("unsupported-layer", f"{quote(name)} does not say where it cuts", place=name,
                                 expected="slice_point")  # fmt: skip
        bounds: list[int | None] = [0, *map(int, points), None]
        for index, top in enumerate(tops):
            arguments: dict[str, object] = {"axis": axis, "start": bounds[index], "stop": bounds[index + 1]}
            self.made[top] = self.add(f"{name}_{top}", "Slice", arguments, reads, Message())


READERS: Final[dict[str, Callable[[_Caffe, Message, str, list[str]], str]]] = {
    "convolution": _Caffe.convolution, "deconvolution": _Caffe.convolution, "pooling": _Caffe.pooling,
    "innerproduct": _Caffe.inner_product, "relu": _Caffe.relu, "prelu": _Caffe.prelu, "lrn": _Caffe.normalization,
    "dropout": _Caffe.dropout, "batchnorm": _Caffe.batch_norm, "scale": _Caffe.scale, "concat": _Caffe.concat,
    "eltwise": _Caffe.eltwise,
}  # fmt: skip
"""What reads a layer, by its type in small letters."""


def _in_test_phase(entry: Message) -> bool:
    """Tells whether a layer is there when the net is used."""
    included = [rule.text("phase") for rule in entry.messages("include") if rule.text("phase")]
    excluded = [rule.text("phase") for rule in entry.messages("exclude")]
    return (not included or "TEST" in included) and "TEST" not in excluded


def _integer(message: Message, name: str, place: str, default: int | None = None) -> int:
    text = message.text(name)
    if not text and default is not None:
        return default
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise ReadingProblem("damaged-file", f"{quote(place)} has no whole number for {name}", place=place,
                             found=text or "nothing")  # fmt: skip
    return int(text)


def _pair(message: Message, name: str, place: str, default: int | None) -> list[int]:
    """Reads height and width of a window: `kernel_size` once or twice, or `kernel_h` and `kernel_w`."""
    whole = "kernel_size" if name == "kernel" else name
    if f"{name}_h" in message or f"{name}_w" in message:
        return [_integer(message, f"{name}_{axis}", place, default) for axis in "hw"]
    texts = message.texts(whole)
    both = [_integer(Message({whole: [text]}), whole, place) for text in texts[:2]]
    both = both or [_integer(message, whole, place, default)]
    return both * 2 if len(both) == 1 else both


def _axis(axis: int, place: str) -> int:
    """Returns Keras's number of an axis of batch, channels, height and width. Raises: ReadingProblem."""
    if axis not in (-3, 1, 2, 3):
        raise ReadingProblem("unsupported-layer", f"{quote(place)} works along the axis {axis}", place=place)
    return {1: -1, -3: -1, 2: 1, 3: 2}[axis]
