"""Write what Keras and torchvision report of their own networks into `tests/truth/`, layer by layer.

    KERAS_BACKEND=torch .venv-peers/bin/python tests/peers/networks_truth.py

No weights are downloaded: every network is built with `weights=None`. Three kinds of file come out:

- `keras/NAME.json`: `keras.applications.NAME`, in the order of `model.operations`; shapes start with the batch.
- `torchvision/NAME.json`: the modules and tensor functions of `torchvision.models.NAME` in execution order; shapes are
  channels-last without the batch. For the detectors: parameters and multiply-accumulates of each part.
- `macs.json`: multiply-accumulates of the Keras networks, half of what `torch.utils.flop_counter` counts.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch
import torchvision
from fvcore.nn import FlopCountAnalysis
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models.detection import FasterRCNN, MaskRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

TRUTH = Path(__file__).resolve().parent.parent / "truth"

KERAS_SIZES = {
    "VGG16": 224,
    "VGG19": 224,
    "ResNet50": 224,
    "ResNet101": 224,
    "ResNet152": 224,
    "ResNet50V2": 224,
    "InceptionV3": 299,
    "InceptionResNetV2": 299,
    "Xception": 299,
    "DenseNet121": 224,
    "DenseNet169": 224,
    "DenseNet201": 224,
    "MobileNet": 224,
    "MobileNetV2": 224,
    "MobileNetV3Small": 224,
    "MobileNetV3Large": 224,
    "EfficientNetB0": 224,
    "ConvNeXtTiny": 224,
}
TORCHVISION_NAMES = (
    "alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnext50_32x4d",
    "squeezenet1_0", "shufflenet_v2_x1_0", "googlenet", "densenet121", "mobilenet_v2",
)  # fmt: skip
OTHER_SIZES = {"r3d_18": (16, 112, 112), "deeplabv3_resnet50": (520, 520)}
"""Networks of torchvision that read no image of 224x224."""
TRANSFORMERS = ("swin_t",)
"""Networks whose products of activations count as well, and whose attention is one function: no rows."""
DETECTORS = {"fasterrcnn_resnet50_fpn": FasterRCNN, "maskrcnn_resnet50_fpn": MaskRCNN}
DETECTOR_SIZE = 800
REGIONS = 1000
DETECTIONS = 100

Record = dict[str, object]


def write(path: Path, facts: Record) -> None:
    """One JSON object, its `layers` one to a line. A file that says the same already is left as it is."""
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) == facts:
        return
    head = json.dumps({key: value for key, value in facts.items() if key != "layers"})
    layers = facts.get("layers", [])
    assert isinstance(layers, list)
    if layers:
        lines = ",\n".join(json.dumps(layer, separators=(",", ":")) for layer in layers)
        head = f'{head[:-1]}, "layers": [\n{lines}\n]}}'
    path.write_text(head + "\n", encoding="utf-8")


def keras_network(name: str) -> keras.Model:
    keras.backend.clear_session()  # so that automatic names start from one in every file
    size = KERAS_SIZES[name]
    model: keras.Model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3))
    return model


def flat_layers(model: keras.Model) -> list[tuple[keras.Operation, list[str]]]:
    """Each layer or operation with the names of those it reads; a Sequential inside the model gives its own layers."""
    rows: list[tuple[keras.Operation, list[str]]] = []
    last_of: dict[str, str] = {}
    for layer in model.operations:
        parents = [
            last_of.get(node.operation.name, node.operation.name)
            for inbound in layer._inbound_nodes[:1]
            for node in (tensor._keras_history for tensor in inbound.input_tensors)
        ]
        for inner in layer.layers if isinstance(layer, keras.Sequential) else [layer]:
            rows.append((inner, parents))
            parents = [inner.name]
        last_of[layer.name] = parents[0] if isinstance(layer, keras.Sequential) else layer.name
    return rows


def weights_in(weights: Iterable[keras.Variable]) -> int:
    return sum(int(weight.value.numel()) for weight in weights)


def keras_rows(model: keras.Model) -> list[Record]:
    return [
        {
            "name": layer.name,
            "cls": type(layer).__name__,
            "output_shape": list(layer.output.shape),
            "params": weights_in(getattr(layer, "weights", [])),
            "trainable": weights_in(getattr(layer, "trainable_weights", [])),
            "non_trainable": weights_in(getattr(layer, "non_trainable_weights", [])),
            "inputs": parents,
        }
        for layer, parents in flat_layers(model)
    ]


def keras_facts(name: str) -> Record:
    """What `keras/NAME.json` holds."""
    model = keras_network(name)
    return {
        "model": name,
        "keras": keras.__version__,
        "input_shape": list(model.input_shape),
        "total": model.count_params(),
        "trainable": weights_in(model.trainable_weights),
        "non_trainable": weights_in(model.non_trainable_weights),
        "layers": keras_rows(model),
    }


def keras_macs(name: str) -> int:
    size = KERAS_SIZES[name]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        keras_network(name)(torch.zeros(1, size, size, 3), training=False)
    return counter.get_total_flops() // 2


def channels_last(tensor: Tensor) -> list[int]:
    """The shape without its batch, channels moved to the end where there is a map."""
    shape = list(tensor.shape[1:])
    return shape[1:] + shape[:1] if len(shape) >= 3 else shape


def parameters_in(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def running_statistics_in(module: nn.Module) -> int:
    return sum(b.numel() for name, b in module.named_buffers() if name.endswith(("running_mean", "running_var")))


def macs_of(module: nn.Module, inputs: tuple[object, ...]) -> int:
    """fvcore's count of convolutions and linear layers alone."""
    analysis = FlopCountAnalysis(module, inputs).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(
        sum(count for operator, count in analysis.by_operator().items() if operator in {"conv", "linear", "addmm"})
    )


class Tracer(fx.Tracer):
    """Takes torchvision's own kinds of convolution for modules as well."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, nn.Conv3d) or bool(super().is_leaf_module(m, module_qualified_name))


class Recorder(fx.Interpreter):
    """Runs a traced network and keeps a row for each module and function that gives a tensor."""

    def __init__(self, traced: fx.GraphModule) -> None:
        super().__init__(traced)
        self.rows: dict[str, Record] = {}

    def run_node(self, n: fx.Node) -> object:
        result = super().run_node(n)
        if isinstance(result, Tensor) and n.op in {"call_module", "call_function", "call_method"}:
            row: Record = {"name": n.name, "cls": str(n.target), "output_shape": channels_last(result)}
            if n.op == "call_function":
                row["cls"] = n.target.__name__
            if n.op == "call_module":
                module = self.fetch_attr(str(n.target))
                row |= {"name": str(n.target), "cls": type(module).__name__}
                row |= {"params": parameters_in(module), "running_statistics": running_statistics_in(module)}
            self.rows[n.name] = row | {"inputs": self.recorded_inputs(n)}
        return result

    def recorded_inputs(self, node: fx.Node) -> list[object]:
        """The rows that a node reads, looking through nodes that give no tensor (`chunk`, `size`)."""
        names: list[object] = []
        for parent in node.all_input_nodes:
            if parent.target is getattr:  # a size: no element of the tensor is read
                continue
            found = [self.rows[parent.name]["name"]] if parent.name in self.rows else self.recorded_inputs(parent)
            names += [name for name in found if name not in names]
        return names


def torchvision_facts(name: str) -> Record:
    """What `torchvision/NAME.json` holds."""
    options: dict[str, Any] = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    if name.startswith("deeplab"):
        options = {"weights_backbone": None, "aux_loss": False}
    # GoogLeNet runs its auxiliary heads in training mode only.
    model: nn.Module = torchvision.models.get_model(name, weights=None, **options).train(name == "googlenet")
    size = OTHER_SIZES.get(name, (224, 224))
    image = torch.zeros(1, 3, *size)
    tracer = Tracer()
    recorder = Recorder(fx.GraphModule(model, tracer.trace(model)))
    with torch.no_grad():
        recorder.run(image)
    return {
        "model": name,
        "torchvision": torchvision.__version__,
        "input_shape": [*size, 3],
        "params": parameters_in(model),
        "running_statistics": running_statistics_in(model),
        "macs": macs_of(model, (image,)),
        "layers": list(recorder.rows.values()),
    }


def transformer_facts(name: str) -> Record:
    """Parameters, the numbers that are written down beside them, and half of what torch.utils.flop_counter counts."""
    model: nn.Module = torchvision.models.get_model(name, weights=None).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    return {
        "model": name,
        "torchvision": torchvision.__version__,
        "input_shape": [224, 224, 3],
        "params": parameters_in(model),
        "buffers": sum(buffer.numel() for buffer in model.buffers()),
        "macs": counter.get_total_flops() // 2,
    }


def detector_facts(name: str) -> Record:
    """Parameters and multiply-accumulates of each part, as at inference: 1,000 regions, then 100 detections."""
    # Every batch norm frozen, as in the published weights; with weights=None torchvision's own builder trains them.
    frozen = resnet_fpn_backbone(backbone_name="resnet50", weights=None, trainable_layers=5)
    model = DETECTORS[name](frozen, num_classes=91).eval()
    maps: list[Tensor] = []
    with torch.no_grad():
        maps += model.backbone(torch.zeros(1, 3, DETECTOR_SIZE, DETECTOR_SIZE)).values()
    channels = model.backbone.out_channels
    pooled = torch.zeros(REGIONS, channels, 7, 7)
    parts: list[tuple[str, nn.Module, tuple[object, ...]]] = [
        ("backbone", model.backbone, (torch.zeros(1, 3, DETECTOR_SIZE, DETECTOR_SIZE),)),
        ("rpn.head", model.rpn.head, (maps,)),
        ("roi_heads.box_head", model.roi_heads.box_head, (pooled,)),
        ("roi_heads.box_predictor", model.roi_heads.box_predictor, (torch.zeros(REGIONS, 1024),)),
    ]
    if isinstance(model, MaskRCNN):
        parts += [
            ("roi_heads.mask_head", model.roi_heads.mask_head, (torch.zeros(DETECTIONS, channels, 14, 14),)),
            ("roi_heads.mask_predictor", model.roi_heads.mask_predictor, (torch.zeros(DETECTIONS, channels, 14, 14),)),
        ]
    return {
        "model": name,
        "torchvision": torchvision.__version__,
        "input_shape": [DETECTOR_SIZE, DETECTOR_SIZE, 3],
        "regions": REGIONS,
        "detections": DETECTIONS,
        "params": parameters_in(model),
        "running_statistics": running_statistics_in(model),
        "pyramid": [channels_last(level) for level in maps],
        "parts": {
            part: {"params": parameters_in(module), "macs": macs_of(module, given)} for part, module, given in parts
        },
    }


def main() -> None:
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    for name in KERAS_SIZES:
        write(TRUTH / "keras" / f"{name}.json", keras_facts(name))
    counted_by = (
        f"torch.utils.flop_counter of torch {torch.__version__}, halved, on Keras {keras.__version__}'s PyTorch backend"
    )
    write(TRUTH / "macs.json", {"counted_by": counted_by, "keras": {name: keras_macs(name) for name in KERAS_SIZES}})
    for name in TRANSFORMERS:
        write(TRUTH / "torchvision" / f"{name}.json", transformer_facts(name))
    for name in (*TORCHVISION_NAMES, *OTHER_SIZES):
        write(TRUTH / "torchvision" / f"{name}.json", torchvision_facts(name))
    for name in DETECTORS:
        write(TRUTH / "torchvision" / f"{name}.json", detector_facts(name))


if __name__ == "__main__":
    main()
