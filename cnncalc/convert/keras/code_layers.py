"""Layers and models that Keras code has made, and how Keras writes them into a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cnncalc.convert.code.values import Dotted, Function, Tensor, Unknown
from cnncalc.convert.keras.layers import OLD_NAMES
from cnncalc.convert.keras.nodes import CONSTANT
from cnncalc.convert.names import unique_name
from cnncalc.layers import registry

CONV: Final = "filters kernel_size strides padding data_format dilation_rate groups activation use_bias"
POOL: Final = "pool_size strides padding data_format"
RECURRENT: Final = "units activation recurrent_activation use_bias"
POSITIONAL: Final = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), CONV),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), "kernel_size strides padding depth_multiplier"),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"),
                    "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation"),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), "filters kernel_size strides padding output_padding"),
    "Conv3DTranspose": "filters kernel_size strides padding data_format output_padding",
    **{f"{kind}Pooling{rank}D": POOL for kind in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{kind}Pooling{rank}D": "data_format keepdims" for kind in ("Max", "Average") for rank in (1, 2, 3)},
    "Dense": "units activation use_bias", "Embedding": "input_dim output_dim", "Flatten": "data_format",
    "Reshape": "target_shape", "Permute": "dims", "RepeatVector": "n",
    "BatchNormalization": "axis momentum epsilon center scale", "LayerNormalization": "axis epsilon center scale",
    "GroupNormalization": "groups axis epsilon center scale", "Rescaling": "scale offset", "Softmax": "axis",
    "Concatenate": "axis", "MultiHeadAttention": "num_heads key_dim value_dim dropout use_bias",
    "Attention": "use_scale score_mode", "EinsumDense": "equation output_shape activation bias_axes",
    "TimeDistributed": "layer", "Bidirectional": "layer merge_mode", "SpectralNormalization": "layer power_iterations",
    "SimpleRNN": "units activation use_bias", "LSTM": RECURRENT, "GRU": RECURRENT,
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), "filters kernel_size strides padding"),
    "Activation": "activation", "ReLU": "max_value negative_slope threshold", "LeakyReLU": "negative_slope",
    "PReLU": "alpha_initializer alpha_regularizer alpha_constraint shared_axes", "ELU": "alpha", "Dropout": "rate",
    **dict.fromkeys(("AlphaDropout", "GaussianDropout", "SpatialDropout1D", "SpatialDropout2D"), "rate"),
    "GaussianNoise": "stddev", "UpSampling1D": "size", "UpSampling2D": "size data_format interpolation",
    "UpSampling3D": "size data_format", "Resizing": "height width interpolation", "CenterCrop": "height width",
    "RandomCrop": "height width", "Dot": "axes normalize", "LocallyConnected2D": "filters kernel_size strides padding",
    "LocallyConnected1D": "filters kernel_size strides padding", "Input": "shape", "InputLayer": "input_shape",
    **{f"ZeroPadding{rank}D": "padding" for rank in (1, 2, 3)},
    **{f"Cropping{rank}D": "cropping" for rank in (1, 2, 3)},
    "CategoryEncoding": "num_tokens output_mode", "RandomFlip": "mode", "RandomRotation": "factor",
}  # fmt: skip
"""The first parameters of each of Keras's layers, in their order."""
FIRST_KERAS: Final = {
    "border_mode": "padding", "subsample": "strides", "nb_filter": "filters", "output_dim": "units", "bias": "use_bias",
    "filter_length": "kernel_size", "subsample_length": "strides", "pool_length": "pool_size", "stride": "strides",
}  # fmt: skip
"""Arguments of Keras 1, and what they have been called since."""
OF_EVERY_LAYER: Final = frozenset(
    {"input_shape", "batch_input_shape", "input_dim", "input_length", "batch_shape", "shape", "name", "trainable",
     "dtype", "batch_size"}
)  # fmt: skip
SEQUENTIAL: Final = "Sequential"
FUNCTIONAL: Final = "Functional"
OPERATION: Final = "TFOpLambda"


@dataclass(slots=True)
class CodeCall:
    """One call of a layer: what it reads, and its other arguments. `number` counts all calls of the file."""

    positional: Sequence[object]
    named: Mapping[str, object]
    number: int


@dataclass(slots=True, eq=False)
class CodeLayer:
    """A layer that code has made, or a model. `key` is its name in tensors, which no other layer of the file has.

    `parts` are the layers of a Sequential; `inputs` and `outputs` the tensors of a functional model; `place` is its
    line.
    """

    key: str
    name: str
    kind: str
    config: dict[str, object]
    place: str
    calls: list[CodeCall] = field(default_factory=list)
    parts: list[CodeLayer] = field(default_factory=list)
    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)

    @property
    def is_model(self) -> bool:
        return self.kind in (SEQUENTIAL, FUNCTIONAL)


def arguments_of(kind: str, positional: Sequence[object], named: Mapping[str, object]) -> dict[str, object]:
    """Gives the arguments of a layer's call their names. Raises: ValueError: there are too many without one."""
    named = {FIRST_KERAS.get(name, name) if kind != "Embedding" else name: value for name, value in named.items()}
    rows, columns = named.pop("nb_row", None), named.pop("nb_col", None)
    if rows is not None:
        named["kernel_size"] = [rows, columns]
    names = POSITIONAL.get(kind, "").split()
    if not names and registry.is_kind(kind):
        names = [registry.layer_class(kind).primary or ""]
    if kind == "Conv2D" and len(positional) == 3 and all(isinstance(value, int) for value in positional):
        return {"filters": positional[0], "kernel_size": [*positional[1:]], **named}
    if len(positional) > len(names) and registry.is_kind(kind):
        raise ValueError(f"{kind} takes {len(names)} arguments without a name here, not {len(positional)}")
    return {**dict(zip(names, positional, strict=False)), **named}


def wanted(kind: str, name: str) -> bool:
    """Tells whether an argument of a layer changes any figure."""
    if name in OF_EVERY_LAYER or name == "data_format" or not registry.is_kind(kind):
        return name in OF_EVERY_LAYER or registry.is_kind(kind) or name in ("layers", "output_shape")
    return name in registry.layer_class(kind).arguments() or name == "alpha"


def unknown_in(value: object) -> Unknown | None:
    """Finds a part of a value that is not known."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return next((found for part in value if (found := unknown_in(part)) is not None), None)
    return None


def batch_shape(config: Mapping[str, object], kind: str) -> list[object] | None:
    """Reads the shape that a layer says it reads, with the batch in front."""
    for name in ("batch_input_shape", "batch_shape"):
        given = config.get(name)
        if isinstance(given, list):
            return list(given)
    shape = config.get("input_shape", config.get("shape"))
    if isinstance(shape, int):
        shape = [shape]
    if isinstance(shape, list):
        return [None, *shape]
    size, length = config.get("input_dim"), config.get("input_length")
    if kind == "Embedding":
        return [None, *length] if isinstance(length, list) else [None, length]
    if size is None:
        return None
    return [None, size] if length is None and not kind.endswith(("LSTM", "GRU", "RNN")) else [None, length, size]


def entry_of(layer: CodeLayer, layers: Mapping[str, CodeLayer]) -> dict[str, object]:
    """Writes a layer as an entry of Keras's configuration; `layers` are all of the file by key."""
    if layer.kind == SEQUENTIAL:
        config: dict[str, object] = {"layers": [entry_of(part, layers) for part in layer.parts], **layer.config}
    elif layer.kind == FUNCTIONAL:
        config = functional_config(layer, layers)
    else:
        config = {name: _written(value, layers) for name, value in layer.config.items()}
        shape = batch_shape(layer.config, layer.kind)
        if shape is not None:
            config["batch_input_shape"] = shape
        for name in ("input_shape", "shape", "batch_shape"):
            config.pop(name, None)
    entry: dict[str, object] = {"class_name": layer.kind, "name": layer.name, "config": {**config, "name": layer.name}}
    return entry if layer.kind == OPERATION else {**entry, "module": "keras.layers"}


def _written(value: object, layers: Mapping[str, CodeLayer]) -> object:
    """Writes an argument as a configuration has it."""
    if isinstance(value, CodeLayer):
        return entry_of(value, layers)
    if isinstance(value, Dotted):
        return value.last
    if isinstance(value, Function):
        return value.name
    return [_written(part, layers) for part in value] if isinstance(value, list) else value


def functional_config(model: CodeLayer, layers: Mapping[str, CodeLayer]) -> dict[str, object]:
    """Writes a functional model: the layers between its inputs and outputs, with what each of their calls reads."""
    calls = needed_calls(model, layers)
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for key in dict.fromkeys(key for key, _ in calls):
        names[key] = unique_name(layers[key].name, names.values(), taken)
    number: dict[tuple[str, int], int] = {}
    entries: dict[str, dict[str, object]] = {}
    for key, call in calls:
        entry = entries.setdefault(key, {**entry_of(layers[key], layers), "name": names[key], "inbound_nodes": []})
        nodes = entry["inbound_nodes"]
        if isinstance(nodes, list):
            number[key, call] = len(nodes)
            nodes.append(_node(layers[key].calls[call], names, number))
        if layers[key].kind == "InputLayer":
            entry["inbound_nodes"] = []
    return {
        **model.config,
        "layers": list(entries.values()),
        "input_layers": [_tensor(tensor, names, number) for tensor in model.inputs],
        "output_layers": [_tensor(tensor, names, number) for tensor in model.outputs],
    }


def needed_calls(model: CodeLayer, layers: Mapping[str, CodeLayer]) -> list[tuple[str, int]]:
    """Finds the calls that lead from a model's inputs to its outputs, in the order in which the code makes them."""
    found = {(tensor.layer, tensor.call) for tensor in model.inputs}
    waiting = [(tensor.layer, tensor.call) for tensor in model.outputs]
    while waiting:
        key, call = waiting.pop()
        if (key, call) not in found:
            found.add((key, call))
            made = layers[key].calls[call]
            waiting += [(x.layer, x.call) for x in tensors_in([*made.positional, *made.named.values()])]
    return sorted(found, key=lambda pair: layers[pair[0]].calls[pair[1]].number)


def tensors_in(value: object) -> Iterator[Tensor]:
    """Finds the tensors in a value, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def _tensor(tensor: Tensor, names: Mapping[str, str], number: Mapping[tuple[str, int], int]) -> list[object]:
    return [names[tensor.layer], number[tensor.layer, tensor.call], tensor.output]


def _node(call: CodeCall, names: Mapping[str, str], number: Mapping[tuple[str, int], int]) -> object:
    """Writes what a call reads in the form of Keras 2."""

    def written(value: object) -> object:
        if isinstance(value, Tensor):
            return _tensor(value, names, number)
        if isinstance(value, (list, tuple)):
            return [written(part) for part in value]
        return value if isinstance(value, (int, float, str)) or value is None else None

    kwargs = {name: written(value) for name, value in call.named.items()}
    entries: list[object] = []
    for value in call.positional:
        if isinstance(value, dict):
            return {name: written(part) for name, part in value.items()}
        parts = list(tensors_in(value))
        entries += [[*_tensor(part, names, number), {}] for part in parts]
        if not parts:
            entries.append([CONSTANT, -1, written(value), {}])
    if entries and isinstance(entries[0], list):
        entries[0][3] = kwargs
    return entries


def kind_of(name: str) -> str:
    """Returns the kind of a layer by the last part of its dotted name: `Convolution2D` is a Conv2D."""
    return OLD_NAMES.get(name, name)
