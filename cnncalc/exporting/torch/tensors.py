"""What is arithmetic on tensors in PyTorch, no module: merges, slices, changes of shape."""

from __future__ import annotations

from typing import Final

from cnncalc.exporting.program.calls import Lacking, bounds
from cnncalc.exporting.program.expressions import literal
from cnncalc.exporting.torch.calls import FIRST, LAST, TorchCall
from cnncalc.exporting.torch.windows import padding_module

_OPERATORS: Final = {"Add": "+", "Multiply": "*", "Subtract": "-", "Divide": "/", "Average": "+"}
_FUNCTIONS: Final = {"Maximum": "torch.maximum", "Minimum": "torch.minimum"}
_NAMES: Final = {
    "add": "{0} + {v}", "subtract": "{0} - {v}", "multiply": "{0} * {v}", "divide": "{0} / {v}",
    "floor_divide": "{0} // {v}", "mod": "{0} % {v}", "power": "{0} ** {v}",
    "cbrt": "{0}.sign() * {0}.abs() ** (1 / 3)",
    "maximum": "{0}.clamp(min={v})", "minimum": "{0}.clamp(max={v})", "clip": "{0}.clamp({v})",
    "negative": "-{0}", "isfinite": "torch.isfinite({0})", "isinf": "torch.isinf({0})", "isnan": "torch.isnan({0})",
    "equal": "{0} == {v}", "not_equal": "{0} != {v}", "greater": "{0} > {v}", "greater_equal": "{0} >= {v}",
    "less": "{0} < {v}", "less_equal": "{0} <= {v}",
}  # fmt: skip
"""Pointwise operations that are no method of a tensor of the same name."""


def merge(call: TorchCall) -> None:
    """Merges element by element; tensors of fewer axes are told their batch apart."""
    ranks = [call.rank(place) for place in range(len(call.channels))]
    most = max(ranks)
    if len({*ranks}) > 1:
        call.wants(LAST)
    else:
        call.keeps()
    parts = []
    for place, rank in enumerate(ranks):
        new = f"[:, {', '.join(['None'] * (most - rank))}]" if 1 <= rank < most else ""
        parts.append(f"{{{place}}}{new}")
    if call.kind in _OPERATORS:
        text = f" {_OPERATORS[call.kind]} ".join(parts)
        call.expression(f"({text}) / {len(parts)}" if call.kind == "Average" else text)
        return
    text = parts[0]
    for part in parts[1:]:
        text = f"{_FUNCTIONS[call.kind]}({text}, {part})"
    call.expression(text)


def concatenate(call: TorchCall) -> None:
    """Writes Concatenate along an axis."""
    call.keeps()
    axis = call.value("axis")
    assert isinstance(axis, int)
    parts = ", ".join(f"{{{place}}}" for place in range(len(call.channels)))
    call.expression(f"torch.cat([{parts}], {call.axis(axis)})")


def stack(call: TorchCall) -> None:
    """Writes Stack along a new axis."""
    call.wants(LAST)
    parts = ", ".join(f"{{{place}}}" for place in range(len(call.channels)))
    call.expression(f"torch.stack([{parts}], {call.text('axis')})", LAST)


def slice_(call: TorchCall) -> None:
    """Writes Slice and ChannelSlice."""
    call.keeps()
    axis = call.value("axis") if call.kind == "Slice" else -1
    assert isinstance(axis, int)
    place = call.axis(axis)
    call.expression(f"{{0}}[{', '.join([':'] * place + [bounds(call)])}]")


def flatten(call: TorchCall) -> None:
    """Writes Flatten."""
    call.keeps()
    call.module("nn.Flatten()")


def reshape(call: TorchCall) -> None:
    """Writes Reshape: what was a vector and becomes a map gets its channels in front."""
    target = call.value("target_shape")
    assert isinstance(target, tuple)
    if call.is_vector and len(target) in (3, 4) and -1 not in target:
        call.wants(LAST)
        call.module(f"nn.Unflatten(1, {literal((target[-1], *target[:-1]))})")
        call.written.layout = FIRST
        return
    call.wants(LAST)
    batch = "{0}.shape[0]" if -1 in target else "-1"
    code = call.code("target_shape")
    sizes = ", ".join(each.text() for each in code.operands) if code.head == "tuple" else ", ".join(map(str, target))
    call.expression(f"{{0}}.reshape({batch}, {sizes})", LAST)


def permute(call: TorchCall) -> None:
    """Writes Permute."""
    call.wants(LAST)
    dims = call.value("dims")
    assert isinstance(dims, tuple)
    call.expression(f"{{0}}.permute(0, {', '.join(map(str, dims))})", LAST)


def repeat_vector(call: TorchCall) -> None:
    """Writes RepeatVector."""
    call.wants(LAST)
    call.expression(f"{{0}}.unsqueeze(1).expand(-1, {call.text('n')}, -1)", LAST)


def expand(call: TorchCall) -> None:
    """Writes Expand by an axis, or to a shape."""
    call.wants(LAST)
    shape = call.value("shape")
    if shape is None:
        axis = call.value("axis")
        assert isinstance(axis, int)
        call.expression(f"{{0}}.unsqueeze({axis})", LAST)
        return
    assert isinstance(shape, tuple)
    new = len(shape) - call.rank()
    index = f"[:, {', '.join(['None'] * new)}]" if new else ""
    call.expression(f"{{0}}{index}.expand(-1, {', '.join(map(str, shape))})", LAST)


def squeeze(call: TorchCall) -> None:
    """Writes Squeeze."""
    call.wants(LAST)
    found = call.squeezed_axes()
    call.expression(f"{{0}}.squeeze({literal(found[0] if len(found) == 1 else found)})" if found else "{0}", LAST)


def reduction(call: TorchCall) -> None:
    """Writes ReduceMean and its kin."""
    axes = call.value("axis")
    assert isinstance(axes, tuple)
    rank, keeps = call.rank(), call.value("keepdims") is True
    if call.layouts[0] != FIRST:
        call.wants(LAST)
    channels = any(axis in (-1, rank) for axis in axes)
    if not keeps and channels and len(axes) < rank and rank > 1 and call.layouts[0] == FIRST:
        layout = LAST  # what is left are spatial axes in their order
    else:
        layout = call.keeps()
    places = tuple(sorted(call.axis(axis) for axis in axes))
    call.written.layout = layout
    name = {"Mean": "mean", "Max": "amax", "Min": "amin", "Sum": "sum"}[call.kind.removeprefix("Reduce")]
    dims = literal(places[0] if len(places) == 1 else places)
    call.expression(f"{{0}}.{name}({dims}{', keepdim=True' if keeps else ''})")


def elementwise(call: TorchCall) -> None:
    """Writes a pointwise operation by its name."""
    call.wants(LAST)
    name = str(call.value("op"))
    value = call.text("value") if call.has("value") else ""
    if value.startswith("("):
        value = f"{{0}}.new_tensor({value.replace('(', '[').replace(',)', ']').replace(')', ']')})"
    if name == "clip":
        value = ", ".join(
            f"{bound}={call.text(argument)}"
            for bound, argument in (("min", "x_min"), ("max", "x_max"))
            if call.has(argument)
        )
        value = value or 'min=float("-inf")'
    if name.startswith("logical_") and name != "logical_not":
        raise Lacking(f"PyTorch has no {name} of numbers")
    text = _NAMES.get(name, f"{{0}}.{name}({'{v}' if value else ''})")
    call.expression(text.replace("{v}", f"({value})" if " / " in value else value), LAST)


def matmul(call: TorchCall) -> None:
    """Writes the product of two tensors."""
    call.wants(LAST)
    if any(call.rank(place) == 1 for place in (0, 1)):
        raise Lacking("PyTorch multiplies no batches of vectors by one sign")
    sides = [
        f"{{{place}}}.transpose(-1, -2)" if call.value(argument) is True else f"{{{place}}}"
        for place, argument in enumerate(("transpose_a", "transpose_b"))
    ]
    call.expression(" @ ".join(sides), LAST)


def einsum(call: TorchCall) -> None:
    """Writes a product by an equation; the batch gets a letter of its own if it has none."""
    call.wants(LAST)
    equation = str(call.value("equation")).replace(" ", "")
    left, _, output = equation.partition("->")
    first, second = left.split(",")
    if len(first.replace("...", "")) == call.rank() and "..." not in equation:
        free = next(letter for letter in "zyxwvutsr" if letter not in equation)
        equation = f"{free}{first},{free}{second}->{free}{output}"
    call.expression(f"torch.einsum({literal(equation)}, {{0}}, {{1}})", LAST)


def channel_padding(call: TorchCall) -> None:
    """Channels of zeros."""
    padding = call.value("padding")
    assert isinstance(padding, tuple)
    before, after = padding
    if call.keeps() == FIRST and call.rank() > 1:
        zeros = ", ".join(["0"] * 2 * (call.rank() - 1))
        call.expression(f"nn.functional.pad({{0}}, ({zeros}, {before}, {after}))")
    else:
        call.wants(LAST)
        call.expression(f"nn.functional.pad({{0}}, ({before}, {after}))", LAST)


def channel_shuffle(call: TorchCall) -> None:
    """Writes ChannelShuffle, which PyTorch has for everything but vectors."""
    call.wants(FIRST)
    call.module(f"nn.ChannelShuffle({call.text('groups')})")
    if call.is_vector:
        call.expression("{m}({0}[..., None, None]).flatten(1)", LAST)


def pixels(call: TorchCall) -> None:
    """Writes DepthToSpace and SpaceToDepth."""
    call.wants(FIRST)
    call.module(f"nn.Pixel{'Shuffle' if call.kind == 'DepthToSpace' else 'Unshuffle'}({call.text('block_size')})")


def zero_padding(call: TorchCall) -> None:
    """Writes ZeroPadding: of one amount for all sides, or of others."""
    call.wants(FIRST)
    code = call.code("padding")
    if call.has("padding") and code.head != "constant":
        call.module(f"nn.ZeroPad{call.layer.rank}d({code.text()})")
        return
    pads = call.value("padding")
    assert isinstance(pads, tuple)
    flat = {amount for pair in pads for amount in pair}
    call.module(f"nn.ZeroPad{len(pads)}d({flat.pop()})" if len(flat) == 1 else padding_module(pads))


def cropping(call: TorchCall) -> None:
    """Writes Cropping: PyTorch crops with negative padding."""
    call.wants(FIRST)
    crops = call.value("cropping")
    assert isinstance(crops, tuple)
    call.module(padding_module(tuple((-before, -after) for before, after in crops)))


def upsampling(call: TorchCall) -> None:
    """Writes UpSampling by whole factors."""
    call.wants(FIRST)
    mode = str(call.value("interpolation")) if call.layer.rank > 1 else "nearest"
    if mode.startswith("lanczos"):
        raise Lacking(f"PyTorch has no interpolation {mode}")
    options = "" if mode == "nearest" else f', mode="{mode}"'
    call.module(f"nn.Upsample(scale_factor={call.text('size')}{options})")


def resizing(call: TorchCall) -> None:
    """Writes Resizing to a size."""
    call.wants(FIRST)
    for argument in ("crop_to_aspect_ratio", "pad_to_aspect_ratio"):
        if call.value(argument) is True:
            raise Lacking(f"PyTorch has no {argument}")
    mode = str(call.value("interpolation"))
    if mode.startswith("lanczos"):
        raise Lacking(f"PyTorch has no interpolation {mode}")
    size = f"({call.text('height')}, {call.text('width')})"
    if call.value("antialias") is True and mode != "nearest":
        call.expression(f'nn.functional.interpolate({{0}}, {size}, mode="{mode}", antialias=True)', FIRST)
    else:
        call.module(f'nn.Upsample({size}, mode="{mode}")')


def crop_to(call: TorchCall) -> None:
    """Writes RandomCrop and CenterCrop, as they are in inference: the middle."""
    call.wants(FIRST)

    def crops(use: int) -> tuple[tuple[int, int], ...]:
        pairs = zip(call.read_shape(use)[:-1], call.made_shape(use)[:-1], strict=True)
        return tuple(
            (
                -((call.known(x) - call.known(y)) // 2),
                -(call.known(x) - call.known(y) - (call.known(x) - call.known(y)) // 2),
            )
            for x, y in pairs
        )

    found = call.same(crops)
    assert isinstance(found, tuple)
    call.module(padding_module(found))


def regions(call: TorchCall) -> None:
    """Writes RoIAlign and RoIPooling, torchvision's; the boxes are a placeholder."""
    call.wants(FIRST)
    call.needs("whole_map")
    name = "roi_align" if call.kind == "RoIAlign" else "roi_pool"
    call.expression(f"ops.{name}({{0}}, whole_map({{0}}, {call.text('regions')}), {call.text('pool_size')})", FIRST)
