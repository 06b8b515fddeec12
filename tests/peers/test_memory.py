"""What training keeps against what PyTorch's autograd keeps, to the byte; torchinfo's estimate against torchinfo's."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial

import pytest

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
torchinfo = pytest.importorskip("torchinfo")

from torch import Tensor, nn  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis.analyze import analyzed  # noqa: E402
from cnncalc.analysis.memory_figures import Memory, Setting  # noqa: E402
from cnncalc.memory.footprint import memory  # noqa: E402
from cnncalc.model import Model  # noqa: E402
from tests.peers.torch_layers import Apply  # noqa: E402

BATCH = 2


def calculated(model: Model) -> Memory:
    _, analysis = analyzed(model.expansion, "exact")
    return memory(analysis, Setting(batch=BATCH))[0]


def kept_by_autograd(module: nn.Module, x: Tensor) -> int:
    """The bytes of all tensors that a forward pass keeps for the backward pass, but for parameters and statistics."""
    storages: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        storages.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = module(x)
    own = {tensor.untyped_storage().data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    del output
    return sum(tensor.untyped_storage().nbytes() for place, tensor in storages.items() if place not in own)


def network(name: str) -> nn.Module:
    module: nn.Module = getattr(torchvision.models, name)(weights=None).train()
    for inner in module.modules():
        if hasattr(inner, "inplace"):
            inner.inplace = False
    return module


# On a CPU PyTorch keeps noise of 4 bytes for each element that a Dropout reads, and cnncalc a mask of 1 byte as on a
# GPU; Keras's definitions end with a softmax of 1000 classes, whose output is kept.
NOISE, SOFTMAX = 3, -4 * 1000
NETWORKS = {
    # network: spec, what autograd keeps beyond it per sample
    "resnet18": ("resnet18", 0),
    "resnet34": ("resnet34", 0),
    "resnet50": ("resnet50_v1_5", 0),
    "resnext50_32x4d": ("resnext50_32x4d", 0),
    "shufflenet_v2_x1_0": ("shufflenet_v2_x1_0", 0),
    "alexnet": ("alexnet", NOISE * (9216 + 4096)),
    "vgg11": ("vgg11", NOISE * 2 * 4096),
    "vgg13": ("vgg13", NOISE * 2 * 4096),
    "squeezenet1_0": ("squeezenet1_0", NOISE * 13 * 13 * 512),
    "densenet121": ("densenet121", SOFTMAX),
    "mobilenet_v2": ("mobilenet_v2", SOFTMAX + 4 * 1280 * 2),  # its Dropout makes a tensor and noise of 1280 elements
}


@pytest.mark.parametrize("name", NETWORKS)
def test_training_keeps_what_autograd_keeps(name: str) -> None:
    spec, beyond = NETWORKS[name]
    kept = kept_by_autograd(network(name), torch.randn(BATCH, 3, 224, 224))
    if name == "mobilenet_v2":
        beyond -= 4 * 1280  # what the Linear keeps is the Dropout's tensor in place of the pooling's
    assert kept - BATCH * beyond == calculated(cnncalc.load(spec)).kept


FROZEN = {
    # transfer learning: nothing is kept where no gradient comes through
    "a frozen beginning": """
        input: [16, 16, 3]
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, trainable: false}
          - ReLU
          - Conv2D: {filters: 5, kernel_size: 3}
          - ReLU
          - Flatten
          - Dense: 7
    """,
    "a frozen end": """
        input: [16, 16, 3]
        layers:
          - Conv2D: {filters: 4, kernel_size: 3}
          - ReLU
          - Conv2D: {filters: 5, kernel_size: 3}
          - ReLU
          - Flatten
          - Dense: {units: 7, trainable: false}
    """,
}


@pytest.mark.parametrize("frozen", FROZEN)
def test_frozen_layers_keep_what_autograd_keeps(frozen: str) -> None:
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 12 * 12, 7)
    )
    module[0 if frozen == "a frozen beginning" else 5].requires_grad_(False)
    kept = kept_by_autograd(module, torch.randn(BATCH, 3, 16, 16))
    assert kept == calculated(cnncalc.loads(FROZEN[frozen])).kept


LAYERS: Mapping[str, Callable[[], nn.Module]] = {
    # behind a convolution to 8 channels, so that there is a gradient; the input is 10x12x3
    "BatchNormalization": lambda: nn.BatchNorm2d(8),
    "GroupNormalization: {groups: 2}": lambda: nn.GroupNorm(2, 8),
    "LocalResponseNormalization: {size: 5}": lambda: nn.LocalResponseNorm(5),
    "MaxPooling2D": lambda: nn.MaxPool2d(2),
    "AveragePooling2D": lambda: nn.AvgPool2d(2),
    "AdaptiveAveragePooling2D: 5": lambda: nn.AdaptiveAvgPool2d(5),
    "AdaptiveMaxPooling2D: 5": lambda: nn.AdaptiveMaxPool2d(5),
    "GlobalAveragePooling2D: {keepdims: true}": lambda: nn.AdaptiveAvgPool2d(1),
    "GlobalMaxPooling2D: {keepdims: true}": lambda: nn.AdaptiveMaxPool2d(1),
    "UpSampling2D: {interpolation: bilinear}": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    "ZeroPadding2D: 1": lambda: nn.ZeroPad2d(1),
    "ChannelShuffle: 2": lambda: nn.ChannelShuffle(2),
    "Conv2DTranspose: {filters: 4, kernel_size: 3}": lambda: nn.ConvTranspose2d(8, 4, 3),
    "Flatten": nn.Flatten,
    "UpSampling2D: {interpolation: bicubic}": lambda: nn.Upsample(scale_factor=2, mode="bicubic"),
    "DepthToSpace: 2": lambda: nn.PixelShuffle(2),
    "SpaceToDepth: 2": lambda: nn.PixelUnshuffle(2),
    "ChannelPadding: [1, 2]": lambda: nn.ConstantPad3d((0, 0, 0, 0, 1, 2), 0.0),
    "Slice: {axis: 1, start: 2}": lambda: Apply(lambda x: x[:, :, 2:]),
    "Expand: 1": lambda: Apply(lambda x: x.unsqueeze(2)),
    "Normalize": lambda: Apply(nn.functional.normalize),
    **{
        f"Reduce{name}: -1": partial(Apply, partial(function, dim=1))
        for name, function in {"Mean": torch.mean, "Sum": torch.sum, "Max": torch.amax, "Min": torch.amin}.items()
    },
    **{
        f"Elementwise: {name}": partial(Apply, getattr(torch, name))
        for name in (
            "abs", "exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "sin", "cos", "tan", "sign", "floor", "ceil",
            "erf", "expm1", "log1p", "negative", "round", "trunc", "sinh", "arctan", "exp2",
        )
    },
    "Elementwise: {op: multiply, value: 3}": lambda: Apply(lambda x: x * 3),
    "Elementwise: {op: power, value: 3}": lambda: Apply(lambda x: x**3),
    "Elementwise: {op: add, value: 3}": lambda: Apply(lambda x: x + 3),
    "MatMul: {from: [prev, prev], transpose_b: true}": lambda: Apply(lambda x: torch.matmul(x, x.mT)),
    "Divide: {from: [prev, prev]}": lambda: Apply(lambda x: x / x),
    "PReLU: {shared_axes: [1, 2]}": lambda: nn.PReLU(8),
    "ReLU: 6": nn.ReLU6,
    **{
        f"Activation: {name}": module
        for name, module in {
            "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "celu": nn.CELU,
            "gelu": nn.GELU, "silu": nn.SiLU, "mish": nn.Mish, "sigmoid": nn.Sigmoid, "log_sigmoid": nn.LogSigmoid,
            "hard_sigmoid": nn.Hardsigmoid, "hard_silu": nn.Hardswish, "tanh": nn.Tanh, "hard_tanh": nn.Hardtanh,
            "tanh_shrink": nn.Tanhshrink, "hard_shrink": nn.Hardshrink, "soft_shrink": nn.Softshrink,
            "softplus": nn.Softplus, "softsign": nn.Softsign, "softmax": lambda: nn.Softmax(1),
            "log_softmax": lambda: nn.LogSoftmax(1),
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("item", LAYERS)
def test_a_layer_keeps_what_autograd_keeps(item: str) -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 1), LAYERS[item]()).train()
    text = f"input: [10, 12, 3]\nlayers:\n  - Conv2D: {{filters: 8, kernel_size: 1}}\n  - {item}\n"
    kept = kept_by_autograd(module, torch.randn(BATCH, 3, 10, 12))
    assert kept == calculated(cnncalc.loads(text)).kept


@pytest.mark.parametrize("name", ["alexnet", "vgg11", "resnet18", "resnet50", "squeezenet1_0"])
def test_torchinfo_estimates_the_same(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = torchinfo.summary(network(name), input_size=(BATCH, 3, 224, 224), verbose=0)
    estimate = calculated(cnncalc.load(NETWORKS[name][0])).torchinfo
    assert (estimate.passes, estimate.parameters) == (shown.total_output_bytes, shown.total_param_bytes)
    assert estimate.inputs is not None
    assert shown.total_input - estimate.inputs <= 128  # it counts Python's own header of the tensor, too
