"""Normalisations in PyTorch: over channels where they are, over other axes with the tensor turned for it."""

from __future__ import annotations

from cnncalc.exporting.program.calls import Lacking
from cnncalc.exporting.program.expressions import literal
from cnncalc.exporting.torch.calls import FIRST, LAST, TorchCall

_BATCH_NORMS = {1: "nn.BatchNorm1d", 2: "nn.BatchNorm1d", 3: "nn.BatchNorm2d", 4: "nn.BatchNorm3d"}
"""By the number of axes, without the batch."""


def _without(call: TorchCall, text: str, affine: str = "affine=False") -> str:
    """Writes a module that has a scale and a shift, or one of them, or neither."""
    scale, center = call.value("scale") is True, call.value("center") is True
    if scale and center:
        return text
    if not scale and not center:
        return f"{text[:-1]}, {affine})"
    call.needs("without")
    return f'without({text}, "{"weight" if center else "bias"}")'


def batch_norm(call: TorchCall) -> None:
    """Writes BatchNormalization."""
    if call.all_are(lambda layer: bool(getattr(layer, "renorm", False))):
        raise Lacking("PyTorch has no batch renormalisation")
    rank = call.rank()
    if rank not in _BATCH_NORMS:
        raise Lacking(f"PyTorch has no batch normalisation of {rank} axes")
    _over_one_axis(call, _BATCH_NORMS[rank] + "({})")


def group_norm(call: TorchCall) -> None:
    """Writes GroupNormalization; -1 is a group for each channel."""
    groups = call.code("groups").text() if call.has("groups") else "32"
    text = "nn.GroupNorm({}, {})" if groups == "-1" else f"nn.GroupNorm({groups}, {{}})"
    _over_one_axis(call, text)


def _over_one_axis(call: TorchCall, text: str) -> None:
    axis, rank = call.value("axis"), call.rank()
    assert isinstance(axis, int)
    place = axis if axis > 0 else rank + 1 + axis
    if place == rank:
        call.wants(FIRST)
        call.module(_without(call, text.replace("{}", call.in_channels)), is_weighted=True)
        return
    call.wants(LAST)
    size = call.known(call.size(place))
    call.module(_without(call, text.replace("{}", str(size))), is_weighted=True)
    if place == 1:
        call.expression("{m}({0})", LAST)
    else:
        call.expression(f"{{m}}({{0}}.movedim({place}, 1)).movedim(1, {place})", LAST)


def instance_norm(call: TorchCall) -> None:
    """Writes InstanceNormalization, PyTorch's own."""
    call.wants(FIRST)
    options = [f"{name}=True" for name in ("affine", "track_running_stats") if call.value(name) is True]
    text = f"nn.InstanceNorm{call.rank() - 1}d({', '.join([call.in_channels, *options])})"
    call.module(text, is_weighted=True)


def layer_norm(call: TorchCall) -> None:
    """Writes LayerNormalization and RMSNormalization, over the last axis or others."""
    name = "nn.RMSNorm" if call.kind == "RMSNormalization" else "nn.LayerNorm"
    is_scaling = call.kind == "LayerNormalization" and call.all_are(
        lambda layer: bool(getattr(layer, "rms_scaling", False))
    )
    axes, rank = call.value("axis"), call.rank()
    assert isinstance(axes, tuple)
    places = sorted({axis if axis > 0 else rank + 1 + axis for axis in axes})
    call.wants(LAST)
    if places == [rank]:
        shape = call.in_channels
    else:
        sizes = [call.known(call.size(place)) for place in places]
        shape = ", ".join(map(str, sizes)) if is_scaling else literal(sizes[0] if len(sizes) == 1 else tuple(sizes))
    text = f"{call.needs('RMSScaling')}({shape})" if is_scaling else f"{name}({shape})"
    if name == "nn.LayerNorm" and not is_scaling:
        text = _without(call, text, "elementwise_affine=False")
    call.module(text, is_weighted=True)
    ends = tuple(range(-len(places), 0))
    if places != list(range(rank + 1 - len(places), rank + 1)):
        start, end = (literal(each[0] if len(each) == 1 else each) for each in (tuple(places), ends))
        call.expression(f"{{m}}({{0}}.movedim({start}, {end})).movedim({end}, {start})", LAST)


def unit_norm(call: TorchCall) -> None:
    """Writes UnitNormalization and Normalize."""
    call.keeps()
    axes = call.value("axis")
    assert isinstance(axes, tuple)
    places = [call.axis(axis) for axis in axes]
    order = f"p={call.number('order')}, " if call.kind == "Normalize" and call.has("order") else ""
    dim = literal(places[0] if len(places) == 1 else tuple(places))
    call.expression(f"nn.functional.normalize({{0}}, {order}dim={dim})")


def local_response_norm(call: TorchCall) -> None:
    """Writes LocalResponseNormalization, which PyTorch has for everything but vectors."""
    call.wants(FIRST)
    call.module(f"nn.LocalResponseNorm({call.text('size') if call.has('size') else '5'})")
    if call.is_vector:
        call.expression("{m}({0}.unsqueeze(-1)).squeeze(-1)", LAST)


def normalization(call: TorchCall) -> None:
    """Writes the preprocessing layer Normalization: by given numbers, or by those of data that was seen."""
    call.wants(LAST)
    if call.has("mean"):
        mean, variance = (_listed(call.text(argument)) for argument in ("mean", "variance"))
        call.module(f"{call.needs('Standardization')}({mean}, {variance})")
        return
    rank = call.rank()
    axes = call.value("axis")
    listed = axes if isinstance(axes, tuple) else () if axes is None else (axes,)
    places = [axis if axis > 0 else rank + 1 + axis for axis in listed]
    sizes = call.same(
        lambda use: tuple(
            call.known(size) if axis + 1 in places else 1 for axis, size in enumerate(call.read_shape(use))
        )
    )
    assert isinstance(sizes, tuple)
    call.module(f"{call.needs('Normalization')}({', '.join(map(str, sizes))})", is_weighted=True)


def rescaling(call: TorchCall) -> None:
    """Writes Rescaling by a number, or by one for each channel."""
    call.wants(LAST) if "(" in call.text("scale") + call.text("offset") else call.keeps()
    offset = _tensor(call, "offset")
    call.expression(f"{{0}} * {_factor(call, 'scale')}" + (f" + {offset}" if offset != "0" else ""))


def _factor(call: TorchCall, argument: str) -> str:
    text = _tensor(call, argument)
    return f"({text})" if " / " in text else text


def _tensor(call: TorchCall, argument: str) -> str:
    """Writes a number, or a tensor of several on the device of what is read."""
    text = call.text(argument)
    return f"{{0}}.new_tensor({_listed(text)})" if text.startswith("(") else text


def _listed(text: str) -> str:
    """Writes tuples as lists."""
    return text.replace("(", "[").replace(",)", "]").replace(")", "]")
