"""Writes deploy files of Caffe's model zoo from their structure: https://github.com/BVLC/caffe/wiki/Model-Zoo"""

from __future__ import annotations

from collections.abc import Sequence


class Prototxt:
    """A file in the making: each layer reads the one before it, or what is named."""

    def __init__(self, size: int) -> None:
        self.lines = [f'input: "data" input_dim: 1 input_dim: 3 input_dim: {size} input_dim: {size}']
        self.top = "data"

    def layer(self, name: str, kind: str, parameters: str = "", *bottoms: str, in_place: bool = False) -> str:
        reads = " ".join(f'bottom: "{bottom}"' for bottom in bottoms or (self.top,))
        self.top = (bottoms or (self.top,))[0] if in_place else name
        self.lines.append(f'layer {{ name: "{name}" type: "{kind}" {reads} top: "{self.top}" {parameters} }}')
        return self.top

    def conv(self, name: str, filters: int, kernel: int, *bottoms: str, stride: int = 1, group: int = 1,
             relu: bool = True, bias: bool = True) -> str:  # fmt: skip
        """A convolution that keeps the size of the map, but for its stride."""
        given = f"num_output: {filters} kernel_size: {kernel} stride: {stride} pad: {kernel // 2} group: {group}"
        given += "" if bias else " bias_term: false"
        self.layer(name, "Convolution", f"convolution_param {{ {given} }}", *bottoms)
        return self.layer(f"{name}/relu", "ReLU", in_place=True) if relu else self.top

    def pool(self, name: str, kernel: int, stride: int, *bottoms: str, pad: int = 0, kind: str = "MAX") -> str:
        given = f"pool: {kind} kernel_size: {kernel} stride: {stride} pad: {pad}"
        return self.layer(name, "Pooling", f"pooling_param {{ {given} }}", *bottoms)

    def dense(self, name: str, units: int, relu: bool = True) -> None:
        self.layer(name, "InnerProduct", f"inner_product_param {{ num_output: {units} }}")
        if relu:
            self.layer(f"{name}/relu", "ReLU", in_place=True)
            self.layer(f"{name}/drop", "Dropout", "dropout_param { dropout_ratio: 0.5 }", in_place=True)

    def normalized(self, name: str, relu: bool = True) -> None:
        """A batch normalisation with the scale behind it, as Caffe writes it."""
        self.layer(f"bn_{name}", "BatchNorm", "batch_norm_param { use_global_stats: true }", in_place=True)
        self.layer(f"scale_{name}", "Scale", "scale_param { bias_term: true }", in_place=True)
        if relu:
            self.layer(f"{name}_relu", "ReLU", in_place=True)

    def text(self) -> str:
        self.layer("prob", "Softmax")
        return "\n".join(self.lines) + "\n"


def caffenet() -> str:
    net = Prototxt(227)
    first = "num_output: 96 kernel_size: 11 stride: 4"
    net.layer("conv1", "Convolution", f"convolution_param {{ {first} }}")
    net.layer("relu1", "ReLU", in_place=True)
    net.pool("pool1", 3, 2)
    net.layer("norm1", "LRN", "lrn_param { local_size: 5 }")
    net.conv("conv2", 256, 5, group=2)
    net.pool("pool2", 3, 2)
    net.layer("norm2", "LRN", "lrn_param { local_size: 5 }")
    for index, (filters, group) in enumerate(((384, 1), (384, 2), (256, 2)), 3):
        net.conv(f"conv{index}", filters, 3, group=group)
    net.pool("pool5", 3, 2)
    for index, units in enumerate((4096, 4096), 6):
        net.dense(f"fc{index}", units)
    net.dense("fc8", 1000, relu=False)
    return net.text()


def vgg(repeats: Sequence[int]) -> str:
    net = Prototxt(224)
    for stage, number in enumerate(repeats, 1):
        for index in range(1, number + 1):
            net.conv(f"conv{stage}_{index}", min(64 * 2 ** (stage - 1), 512), 3)
        net.pool(f"pool{stage}", 2, 2)
    net.dense("fc6", 4096)
    net.dense("fc7", 4096)
    net.dense("fc8", 1000, relu=False)
    return net.text()


def googlenet() -> str:
    net = Prototxt(224)
    net.conv("conv1/7x7_s2", 64, 7, stride=2)
    net.pool("pool1/3x3_s2", 3, 2)
    net.layer("pool1/norm1", "LRN", "lrn_param { local_size: 5 }")
    net.conv("conv2/3x3_reduce", 64, 1)
    net.conv("conv2/3x3", 192, 3)
    net.layer("conv2/norm2", "LRN", "lrn_param { local_size: 5 }")
    net.pool("pool2/3x3_s2", 3, 2)
    modules = {
        "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
    }  # fmt: skip
    for name, (one, three_in, three, five_in, five, pooled) in modules.items():
        source, module = net.top, f"inception_{name}"
        parts = [net.conv(f"{module}/1x1", one, 1, source)]
        net.conv(f"{module}/3x3_reduce", three_in, 1, source)
        parts.append(net.conv(f"{module}/3x3", three, 3))
        net.conv(f"{module}/5x5_reduce", five_in, 1, source)
        parts.append(net.conv(f"{module}/5x5", five, 5))
        net.pool(f"{module}/pool", 3, 1, source, pad=1)
        parts.append(net.conv(f"{module}/pool_proj", pooled, 1))
        net.layer(f"{module}/output", "Concat", "", *parts)
        if name in ("3b", "4e"):
            net.pool(f"pool{int(name[0])}/3x3_s2", 3, 2)
    net.pool("pool5/7x7_s1", 7, 1, kind="AVE")
    net.layer("pool5/drop", "Dropout", "dropout_param { dropout_ratio: 0.4 }", in_place=True)
    net.dense("loss3/classifier", 1000, relu=False)
    return net.text()


def squeezenet(version: str) -> str:
    net = Prototxt(227)
    filters, kernel = (96, 7) if version == "1.0" else (64, 3)
    first = f"num_output: {filters} kernel_size: {kernel} stride: 2"
    net.layer("conv1", "Convolution", f"convolution_param {{ {first} }}")
    net.layer("relu_conv1", "ReLU", in_place=True)
    net.pool("pool1", 3, 2)
    pools = (4, 8) if version == "1.0" else (3, 5)
    for index, squeeze in enumerate((16, 16, 32, 32, 48, 48, 64, 64), 2):
        fire = f"fire{index}"
        source = net.conv(f"{fire}/squeeze1x1", squeeze, 1)
        parts = [net.conv(f"{fire}/expand{size}x{size}", 4 * squeeze, size, source) for size in (1, 3)]
        net.layer(f"{fire}/concat", "Concat", "", *parts)
        if index in pools:
            net.pool(f"pool{index}", 3, 2)
    net.conv("conv10", 1000, 1)
    net.layer("pool10", "Pooling", "pooling_param { pool: AVE global_pooling: true }")
    return net.text()


def resnet50() -> str:
    net = Prototxt(224)
    net.conv("conv1", 64, 7, stride=2, relu=False, bias=False)
    net.normalized("conv1")
    net.pool("pool1", 3, 2)
    for stage, repeats in enumerate((3, 4, 6, 3), 2):
        filters = 64 * 2 ** (stage - 2)
        for block in range(repeats):
            name, source = f"{stage}{'abcdef'[block]}", net.top
            stride = 2 if stage > 2 and not block else 1
            shortcut = source
            if not block:
                shortcut = net.conv(f"res{name}_branch1", 4 * filters, 1, stride=stride, relu=False, bias=False)
                net.normalized(f"{name}_branch1", relu=False)
            net.conv(f"res{name}_branch2a", filters, 1, source, stride=stride, relu=False, bias=False)
            net.normalized(f"{name}_branch2a")
            net.conv(f"res{name}_branch2b", filters, 3, relu=False, bias=False)
            net.normalized(f"{name}_branch2b")
            net.conv(f"res{name}_branch2c", 4 * filters, 1, relu=False, bias=False)
            net.normalized(f"{name}_branch2c", relu=False)
            net.layer(f"res{name}", "Eltwise", "", shortcut, net.top)
            net.layer(f"res{name}_relu", "ReLU", in_place=True)
    net.pool("pool5", 7, 1, kind="AVE")
    net.dense("fc1000", 1000, relu=False)
    return net.text()
