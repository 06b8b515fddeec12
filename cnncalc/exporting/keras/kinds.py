"""What each kind of layer is in Keras: an entry per kind that is not Keras's own layer of the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cnncalc.exporting.keras.calls import KerasCall
from cnncalc.exporting.program.calls import Lacking, bounds, sizes_text
from cnncalc.exporting.program.expressions import literal
from cnncalc.layers import registry
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.pooling import Pooling
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.windows import WindowLayer
from cnncalc.layers.wrappers import Wrapper

Translator = Callable[[KerasCall], None]


def native(call: KerasCall) -> None:
    """Keras has the layer, with the same name and arguments."""
    call.apply(call.layer_text())


# Windows ------------------------------------------------------------------------------------------------------------


def convolution(call: KerasCall) -> None:
    """Writes a convolution; explicit padding becomes a layer of its own, unless it is what `same` adds.

    Keras takes no strides together with dilation_rate: every place is computed, and those between strides left out.
    """
    if not call.all_are(lambda layer: isinstance(layer, Convolution) and _has_both_steps(layer)):
        call.apply(call.layer_text(**_padding(call)))
        return
    pads = call.same(lambda use: _pads(call, use))
    assert isinstance(pads, tuple)
    if any(map(any, pads)):
        call.pad(margins_text(pads))
    call.apply(call.layer_text(without=("strides",), padding=""))
    strides = call.value("strides")
    assert isinstance(strides, tuple)
    call.result(f"{call.target}[{', '.join([':', *(f'::{stride}' for stride in strides)])}]")
    call.shows_shape = False


def _pads(call: KerasCall, use: int) -> tuple[tuple[int, int], ...]:
    """Finds what is added before and after each axis."""
    layer, x = call.at(use), call.read_shape(use)
    assert isinstance(layer, Convolution)
    pads = [layer.pads(axis, x[axis]) for axis in range(layer.rank)]
    known = tuple((before, after) for before, after in pads if before is not None and after is not None)
    if len(known) < len(pads):
        raise Lacking("Keras takes no strides together with dilation_rate, and the padding depends on an unknown size")
    return known


def _has_both_steps(layer: Convolution) -> bool:
    return max(layer.strides) > 1 and max(layer.dilation_rate) > 1


def pooling(call: KerasCall) -> None:
    """Writes pooling; explicit padding and what `ceil_mode` adds become a layer of their own."""
    ends = [_ceil_ends(call, axis) for axis in range(call.layer.rank)]
    call.apply(call.layer_text(without=("ceil_mode",), **_padding(call, ends)))


def _ceil_ends(call: KerasCall, axis: int) -> int:
    """Computes how much more `ceil_mode` reads behind the input on an axis."""

    def end(use: int) -> int:
        layer, x, y = call.at(use), call.read_shape(use)[axis], call.made_shape(use)[axis]
        assert isinstance(layer, Pooling)
        if not layer.ceil_mode or layer.padding == "same":
            return 0
        if x is None or y is None:
            raise Lacking("Keras has no ceil_mode, and what it adds depends on a size that is unknown")
        size, stride, _, _ = layer.window()
        before, after = layer.pads(axis, x)
        return max(0, (y - 1) * stride[axis] + size[axis] - x - (before or 0) - (after or 0))

    found = call.same(end)
    assert isinstance(found, int)
    return found


def _padding(call: KerasCall, ends: list[int] | None = None) -> dict[str, str]:
    """Writes what pads before a window; returns the `padding` of the layer itself."""
    ends = ends or []
    if call.all_are(lambda layer: isinstance(layer, WindowLayer) and isinstance(layer.window()[3], str)) and not any(
        ends
    ):
        return {}
    if not any(ends) and call.all_are(_is_same_padding):
        return {"padding": '"same"'}
    if not any(ends) and call.has("padding") and call.code("padding").head != "constant":
        call.pad(call.text("padding"))
        return {"padding": ""}
    amounts = call.same(lambda use: _amounts(call.at(use)))
    assert isinstance(amounts, tuple)
    padded = tuple(
        (before, after + end) for (before, after), end in zip(amounts, ends or [0] * len(amounts), strict=True)
    )
    if any(map(any, padded)):
        call.pad(margins_text(padded))
    return {"padding": ""}


def _amounts(layer: object) -> tuple[tuple[int, int], ...]:
    assert isinstance(layer, WindowLayer)
    padding = layer.window()[3]
    return ((0, 0),) * layer.rank if isinstance(padding, str) else padding


def _is_same_padding(layer: object) -> bool:
    """Tells whether explicit padding is what `same` adds to an input of any size."""
    assert isinstance(layer, WindowLayer)
    _, strides, _, padding = layer.window()
    if isinstance(padding, str) or set(strides) != {1} or not any(map(any, padding)):
        return False
    totals = [layer.effective_kernel(axis) - 1 for axis in range(layer.rank)]
    return all(pads == (total // 2, total - total // 2) for pads, total in zip(padding, totals, strict=True))


def margins_text(margins: tuple[tuple[int, int], ...]) -> str:
    """Writes what is added or cut off on each axis, as ZeroPadding2D and Cropping2D take it."""
    if len(margins) == 1:
        return sizes_text(margins[0])
    if all(before == after for before, after in margins):
        return sizes_text([before for before, _ in margins])
    return literal(margins)


def transposed(call: KerasCall) -> None:
    """Writes a transposed convolution; explicit padding, which crops, becomes a layer of its own."""
    if call.all_are(lambda layer: isinstance(layer, ConvTranspose) and layer.groups > 1):
        raise Lacking("Keras has no groups in a transposed convolution")
    if call.all_are(lambda layer: isinstance(layer, ConvTranspose) and _has_both_steps(layer)):
        raise Lacking("Keras takes no strides together with dilation_rate")
    if call.all_are(lambda layer: isinstance(layer, ConvTranspose) and isinstance(layer.padding, str)):
        call.apply(call.layer_text(without=("groups",)))
        return
    call.apply(call.layer_text(without=("groups", "output_padding"), padding=""))
    margins = call.same(lambda use: _cropped(call, use))
    assert isinstance(margins, tuple)
    crops = tuple((max(before, 0), max(after, 0)) for before, after in margins)
    grown = tuple((0, max(-after, 0)) for _, after in margins)
    rank = call.layer.rank
    call.finish(f"layers.ZeroPadding{rank}D", "_pad", margins_text(grown), any(map(any, grown)))
    call.finish(f"layers.Cropping{rank}D", "_crop", margins_text(crops), any(map(any, crops)))


def _cropped(call: KerasCall, use: int) -> tuple[tuple[int, int], ...]:
    layer, x, y = call.at(use), call.read_shape(use), call.made_shape(use)
    assert isinstance(layer, ConvTranspose)
    margins = []
    for axis in range(layer.rank):
        length, made, stride = x[axis], y[axis], layer.strides[axis]
        kernel, before = layer.effective_kernel(axis), layer.padding[axis][0]
        assert not isinstance(before, str)
        if length is None or made is None:
            length, made = (
                2,
                stride + kernel - sum(map(int, layer.padding[axis])) + (layer.output_padding or (0,) * 9)[axis],
            )
        margins.append((before, (length - 1) * stride + max(kernel, stride) - before - made))
    return tuple(margins)


def margins(argument: str) -> Translator:
    """Makes the translator of a layer whose argument is an amount on each side."""

    def translate(call: KerasCall) -> None:
        code = call.code(argument)
        amounts = code.text() if code.head != "constant" else margins_text(_pairs(call.value(argument)))
        call.apply(call.layer_text(positional=[amounts], without=(argument,)))

    return translate


def _pairs(value: object) -> tuple[tuple[int, int], ...]:
    assert isinstance(value, tuple)
    return value


# Operations of keras.ops ----------------------------------------------------------------------------------------------


def index(call: KerasCall, axis: int, part: str) -> None:
    """Writes `x[:, start:stop]`."""
    if axis >= 0:
        call.result(f"{call.x}[{', '.join([':'] * axis + [part])}]")
    else:
        call.result(f"{call.x}[{', '.join(['...', part, *[':'] * (-1 - axis)])}]")


def slice_(call: KerasCall) -> None:
    """Writes Slice."""
    axis = call.value("axis")
    assert isinstance(axis, int)
    index(call, axis, bounds(call))


def expand(call: KerasCall) -> None:
    """Writes Expand by an axis, or to a shape."""
    if call.all_are(lambda layer: getattr(layer, "shape", None) is None):
        call.operation("expand_dims", call.x, f"axis={call.text('axis')}")
    else:
        call.needs("Expand")
        call.apply(call.layer_text(class_name="Expand"))


def squeeze(call: KerasCall) -> None:
    """Writes Squeeze."""
    found = call.squeezed_axes()
    if found:
        call.operation("squeeze", call.x, f"axis={literal(found[0] if len(found) == 1 else found)}")
    else:
        call.result(call.x)


def reduction(name: str) -> Translator:
    """Makes the translator of a reduction."""

    def translate(call: KerasCall) -> None:
        axes = call.value("axis")
        assert isinstance(axes, tuple)
        keeps = [f"keepdims={call.text('keepdims')}"] if call.has("keepdims") else []
        call.operation(name, call.x, f"axis={literal(axes[0] if len(axes) == 1 else axes)}", *keeps)

    return translate


def matmul(call: KerasCall) -> None:
    """Writes the product of two tensors."""
    sides = []
    for place, argument in enumerate(("transpose_a", "transpose_b")):
        turned = call.value(argument)
        sides.append(f"ops.swapaxes({call.inputs[place]}, -1, -2)" if turned else call.inputs[place])
    if any(call.rank(place) == 1 for place in (0, 1)):
        raise Lacking("keras.ops multiplies no batches of vectors")
    call.operation("matmul", *sides)


def einsum(call: KerasCall) -> None:
    """Writes a product by an equation; the batch gets a letter of its own if it has none."""
    equation = str(call.value("equation")).replace(" ", "")
    left, _, output = equation.partition("->")
    first, second = left.split(",")
    if len(first.replace("...", "")) == call.same(lambda use: len(call.read_shape(use, 0))) and "..." not in equation:
        free = next(letter for letter in "zyxwvutsr" if letter not in equation)
        equation = f"{free}{first},{free}{second}->{free}{output}"
    call.operation("einsum", literal(equation), *call.inputs)


def normalize(call: KerasCall) -> None:
    """Writes Normalize."""
    axes = call.value("axis")
    assert isinstance(axes, tuple)
    order = [f"order={call.text('order')}"] if call.has("order") else []
    call.operation("normalize", call.x, f"axis={literal(axes[0] if len(axes) == 1 else axes)}", *order)


def channel_padding(call: KerasCall) -> None:
    """Channels of zeros."""
    pads = literal(call.value("padding"))
    call.operation("pad", call.x, f"[{', '.join(['(0, 0)'] * call.rank() + [pads])}]")


def stack(call: KerasCall) -> None:
    """Writes Stack."""
    call.operation("stack", f"[{', '.join(call.inputs)}]", f"axis={call.text('axis')}")


def own_layer(name: str) -> Translator:
    """Makes the translator of a class of the program's own, whose arguments are those of the kind."""

    def translate(call: KerasCall) -> None:
        call.needs(name)
        call.apply(call.layer_text(class_name=name))

    return translate


def layer_scale(call: KerasCall) -> None:
    """Writes LayerScale: Scale without a bias."""
    call.needs("Scale")
    call.apply(call.layer_text(class_name="Scale", without=("projection_dim",)))


def parameter(call: KerasCall) -> None:
    """Writes a learned tensor."""
    call.needs("Parameter")
    shape = call.value("shape")
    assert isinstance(shape, tuple)
    text = call.layer_text(class_name="Parameter", positional=list(map(str, shape)))
    call.apply(text, reads=call.some_tensor())


def merge(call: KerasCall) -> None:
    """Writes a merge, which reads a list."""
    call.apply(call.layer_text(), reads=f"[{', '.join(call.inputs)}]")


def attention(call: KerasCall) -> None:
    """Writes an attention layer, which reads queries, values and keys: one tensor stands for all of them."""
    inputs = call.inputs if len(call.inputs) > 1 else call.inputs * 2
    if call.kind in ("Attention", "AdditiveAttention"):
        call.apply(call.layer_text(), reads=f"[{', '.join(inputs)}]")
    else:
        call.apply(call.layer_text(), reads=", ".join(inputs))


def wrapper(call: KerasCall) -> None:
    """Writes TimeDistributed and its kin: the layer inside is their argument."""
    assert isinstance(call.layer, Wrapper)
    if not registry.is_kind(call.layer.inner.kind) or call.has("backward_layer"):
        raise Lacking(f"{call.kind} holds more than one layer of Keras's")
    call.apply(call.layer_text(positional=[call.inner_text(call.layer.inner)]))


def recurrent(call: KerasCall) -> None:
    """Writes a recurrent layer; with `return_state` it gives several tensors, of which the first one goes on."""
    call.apply(call.layer_text(), part="[0]" if call.value("return_state") else "")


_RANKS: Final = (1, 2, 3)
LAYERS: Final[dict[str, Translator]] = {
    **{f"Conv{rank}D": convolution for rank in _RANKS},
    **{f"{kind}Conv{rank}D": convolution for rank in (1, 2) for kind in ("Depthwise", "Separable")},
    **{f"Conv{rank}DTranspose": transposed for rank in _RANKS},
    **{f"{kind}Pooling{rank}D": pooling for rank in _RANKS for kind in ("Max", "Average")},
    **{f"ZeroPadding{rank}D": margins("padding") for rank in _RANKS},
    **{f"Cropping{rank}D": margins("cropping") for rank in _RANKS},
    **dict.fromkeys(("Add", "Concatenate", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Dot"), merge),
    **dict.fromkeys(("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention"), attention),
    **dict.fromkeys(("TimeDistributed", "Bidirectional", "SpectralNormalization"), wrapper),
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), recurrent),
    "Maxout": own_layer("Maxout"), "Scale": own_layer("Scale"), "LayerScale": layer_scale, "Parameter": parameter,
    **{kind: own_layer(kind) for kind in (
        "Elementwise", "InstanceNormalization", "LocalResponseNormalization", "ChannelShuffle", "DepthToSpace",
        "SpaceToDepth",
    )},
}  # fmt: skip
"""Kinds that are layers of Keras, or classes of the program's own, but are written otherwise than `native` does."""

OPERATIONS: Final[dict[str, Translator]] = {
    "ChannelSlice": lambda call: index(call, -1, bounds(call)), "Slice": slice_, "Expand": expand, "Squeeze": squeeze,
    "Stack": stack, "ReduceMean": reduction("mean"), "ReduceMax": reduction("max"), "ReduceMin": reduction("min"),
    "ReduceSum": reduction("sum"), "MatMul": matmul, "Einsum": einsum,
    "Divide": lambda call: call.result(f"{call.inputs[0]} / {call.inputs[1]}"), "Normalize": normalize,
    "ChannelPadding": channel_padding,
}  # fmt: skip
"""Kinds that are no layers in Keras, but operations on tensors: they have no name there."""

LACKING: Final[dict[str, str]] = {
    "RoIAlign": "Keras has no pooling of regions", "RoIPooling": "Keras has no pooling of regions",
    "LocallyConnected1D": "Keras 3 has no locally connected layers",
    "LocallyConnected2D": "Keras 3 has no locally connected layers",
    "Opaque": "what it computes is not known",
}  # fmt: skip
"""Why Keras can't say a kind."""
