"""Keras's layers as kinds of the spec language: names that changed, arguments that mean the same, what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from cnncalc.convert.graph import ReadingProblem
from cnncalc.convert.short_forms import short_arguments
from cnncalc.errors import Problem, quote
from cnncalc.layers import registry
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS

Config = dict[str, object]

OLD_NAMES: Final = {
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D", "AvgPool3D": "AveragePooling3D",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "MaxPool3D": "MaxPooling3D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D", "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D", "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D", "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D",
    "Conv2DTransposed": "Conv2DTranspose", "Deconvolution2D": "Conv2DTranspose", "Deconv2D": "Conv2DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose", "Convolution3DTranspose": "Conv3DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose", "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D", "DepthwiseConvolution2D": "DepthwiseConv2D",
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization", "LSTMV2": "LSTM", "GRUV2": "GRU", "DenseFeatures": "",
    "FixedDropout": "Dropout", "FixedDropoutV2": "Dropout", "InputLayerV2": "InputLayer",
}  # fmt: skip
"""Other names of the same layers: Keras's aliases, and those of its first version."""
NO_OPERATION: Final = frozenset({"StochasticDepth", "DropConnect", "DropPath", "Masking"})
"""Layers that do nothing at inference, without a kind of their own."""
RENAMED: Final = {
    "LeakyReLU": {"alpha": "negative_slope"},
    "Dropout": {"p": "rate"},
    "LayerNormalization": {"gamma": "scale"},
}
"""Arguments that were called otherwise, by kind."""
ONE_AXIS: Final = frozenset({"BatchNormalization", "GroupNormalization", "Concatenate", "Stack"})
"""Kinds whose axis is one number, which Keras 2 may write as a list of one."""
ACTIVATION_LAYERS: Final = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax", "ThresholdedReLU": "threshold",
    "Swish": "silu", "GELU": "gelu", "SELU": "selu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Mish": "mish",
}  # fmt: skip
"""Layers that Keras 2 lets stand as an activation, and the activation of the same cost."""
ACTIVATION_NAMES: Final = {"hard_swish": "hard_silu", "softmax_v2": "softmax", "sigmoid_v2": "sigmoid",
                           "log_softmax_v2": "log_softmax", "leakyrelu": "leaky_relu"}  # fmt: skip
INNER: Final = frozenset({"layer", "forward_layer", "backward_layer"})
"""Arguments of wrappers that are layers themselves."""


@dataclass(slots=True)
class KerasLayer:
    """One entry of the list of layers in a Keras model."""

    name: str
    kind: str
    module: str
    config: Config
    place: str
    frozen: bool = False
    build_shape: object = None
    calls: object = field(default_factory=list)

    def refuse(self, what: str, suggestion: str | None = None) -> ReadingProblem:
        """Makes the problem of a layer that can't be read; `what` goes on with its name."""
        message = f"{quote(self.name)} ({self.kind}) {what}"
        return ReadingProblem("unsupported-layer", message, place=self.place, suggestion=suggestion)


def read_layer(entry: object, around: str, frozen: bool) -> KerasLayer:
    """Reads an entry of a list of layers. `around` is the path of the model that it is in. Raises: ReadingProblem."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise ReadingProblem(
            "damaged-file", "a layer has no class_name", place=around, expected="class_name and config"
        )
    kind = entry["class_name"].rpartition(">")[2]
    config = entry.get("config")
    if isinstance(config, list):  # a Sequential of Keras up to 2.2.2
        config = {"layers": config, "name": entry.get("name")}
    if not isinstance(config, dict):
        message = f"a layer of the class {quote(kind)} has no config"
        raise ReadingProblem("damaged-file", message, place=around, expected="class_name and config")
    name = entry.get("name") or config.get("name") or kind.lower()
    if not isinstance(name, str):
        raise ReadingProblem("damaged-file", f"the name of a {kind} is no text", place=around)
    built = entry.get("build_config")
    layer = KerasLayer(
        name,
        OLD_NAMES.get(kind, kind),
        entry["module"] if isinstance(entry.get("module"), str) else "",
        config,
        f"{around}/{name}" if around else name,
        frozen or config.get("trainable") is False,
        built.get("input_shape") if isinstance(built, dict) else None,
        entry.get("inbound_nodes") or [],
    )
    check_layer(layer)
    return layer


def check_layer(layer: KerasLayer) -> None:
    """Refuses what changes figures and can't be said in a spec. Raises: ReadingProblem."""
    config = layer.config
    if config.get("data_format") == "channels_first":
        raise ReadingProblem(
            "channels-first", f"{quote(layer.name)} has its channels first", place=layer.place,
            expected="channels_last", found="channels_first",
            suggestion="build the model with data_format='channels_last' and save it again",
        )  # fmt: skip
    policy = config.get("dtype")
    policy_text = str(
        policy if isinstance(policy, str) else policy.get("class_name") if isinstance(policy, dict) else ""
    )
    if "_from_" in policy_text or policy_text.startswith("Quantized"):
        raise layer.refuse("has quantised weights, of other sizes", "save the model before it is quantised")
    if config.get("quantization_config") is not None or config.get("lora_rank") is not None:
        raise layer.refuse("has more weights than its arguments say", "save the model before LoRA or quantisation")


def kind_arguments(layer: KerasLayer) -> dict[str, object]:
    """Reads the arguments that the layer's kind has. Raises: ReadingProblem."""
    fields = registry.layer_class(layer.kind).arguments()
    renamed = RENAMED.get(layer.kind, {})
    arguments: dict[str, object] = {}
    for name, value in layer.config.items():
        name = renamed.get(name, name)
        if name not in fields or name in ("name", "trainable"):
            continue
        if name in INNER:
            arguments[name] = inner_layer(value, layer)
        elif name.endswith("activation"):
            arguments[name] = activation_name(value, layer)
        elif name == "axis" and layer.kind in ONE_AXIS and isinstance(value, list) and len(value) == 1:
            arguments[name] = value[0]
        elif value is not None or not fields[name].is_required():
            arguments[name] = plain_value(value, layer)
    if layer.kind == "Rescaling" and isinstance(scale := arguments.get("scale"), float) and scale:
        whole = round(1 / scale)
        arguments["scale"] = Fraction(1, whole) if whole and abs(1 / scale - whole) < 1e-9 * abs(whole) else scale
    if layer.kind == "Bidirectional" and _is_copy(arguments.get("backward_layer"), arguments["layer"]):
        del arguments["backward_layer"]
    if layer.kind == "GRU" and "reset_after" in fields and "reset_after" not in layer.config:
        arguments["reset_after"] = False  # before it was an argument, there was one bias
    return arguments


def plain_value(value: object, layer: KerasLayer) -> object:
    """Reads numbers, texts and lists of them; of a serialised tuple or array its value. Raises: ReadingProblem."""
    if isinstance(value, list):
        return [plain_value(entry, layer) for entry in value]
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") in ("__tuple__", "__numpy__", "__tensor__"):
            inner = value.get("items", config)
            return plain_value(inner.get("value") if isinstance(inner, dict) else inner, layer)
        if value.get("class_name") == "function" and isinstance(config, str):
            return config
        raise layer.refuse(f"has an argument that is a {value.get('class_name', 'mapping')}")
    return value


def activation_name(value: object, layer: KerasLayer) -> str | None:
    """Reads an activation: a name, a function, or a layer in the place of one. Raises: ReadingProblem."""
    name = value
    if isinstance(value, dict):
        config = value.get("config")
        name = value.get("class_name")
        if name == "Activation" and isinstance(config, dict):
            return activation_name(config.get("activation"), layer)
        if name == "PReLU":
            raise layer.refuse("has a PReLU as its activation, whose size is not recorded",
                               "write PReLU as a layer of its own and save the model again")  # fmt: skip
        if isinstance(config, str):
            name = config
        elif isinstance(name, str) and name.rpartition(">")[2] in ACTIVATION_LAYERS:
            return ACTIVATION_LAYERS[name.rpartition(">")[2]]
    if name is None:
        return None
    known = name.rpartition(">")[2].rpartition(".")[2] if isinstance(name, str) else ""
    known = ACTIVATION_NAMES.get(known, known)
    if known in ACTIVATION_COSTS or known in ACTIVATION_ALIASES:
        return known
    raise layer.refuse(f"has an activation that is not known: {quote(str(name))}",
                       "write a function of your own as a Lambda layer and save the model again")  # fmt: skip


def is_model(layer: KerasLayer) -> bool:
    """Tells whether a layer is a model with layers of its own."""
    return isinstance(layer.config.get("layers"), list) and not registry.is_kind(layer.kind)


def model_inside(layer: KerasLayer) -> KerasLayer | None:
    """Reads the model that a wrapper holds in place of a layer; None if it holds a layer. Raises: ReadingProblem."""
    if layer.kind != "TimeDistributed" or layer.config.get("layer") is None:
        return None
    inner = read_layer(layer.config["layer"], layer.place, layer.frozen)
    return inner if is_model(inner) else None


def inner_layer(value: object, layer: KerasLayer) -> object:
    """Reads the layer inside a wrapper as an item: `{LSTM: {units: 20}}`. Raises: ReadingProblem."""
    if value is None:
        return None
    inner = read_layer(value, layer.place, layer.frozen)
    layer.frozen = layer.frozen or inner.frozen
    if not registry.is_kind(inner.kind):
        raise layer.refuse(f"wraps a layer that is not known: {inner.kind}")
    return {inner.kind: short_arguments(inner.kind, kind_arguments(inner))}


def _is_copy(backward: object, forward: object) -> bool:
    """Tells whether the layer that reads backwards is the other one turned round, which Keras writes out."""
    if not isinstance(backward, dict) or not isinstance(forward, dict) or backward.keys() != forward.keys():
        return False
    [kind] = forward
    return bool(backward[kind] == {**forward[kind], "go_backwards": True})


def further_outputs(kind: str, arguments: dict[str, object]) -> tuple[str, ...]:
    """Names the outputs of a layer behind the first: the states of a recurrent layer."""
    if not registry.layer_class(kind).has_steps:
        return ()
    try:
        return registry.build(kind, arguments).further_outputs()
    except Problem:
        return ()  # the check of the spec says what is wrong
