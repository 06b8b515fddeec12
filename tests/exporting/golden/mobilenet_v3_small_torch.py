"""MobileNet v3 small in PyTorch, written by cnncalc."""

import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "hard_silu": nn.Hardswish}


class SamePadding(nn.Module):
    """Pads as `same` does in Keras, whatever size is read: the smaller half stands before."""

    def __init__(self, kernel_size, stride=1, dilation=1, value=0.0):
        super().__init__()
        self.window, self.value = (kernel_size, stride, dilation), value

    def forward(self, x):
        pads = []
        for axis, size in enumerate(x.shape[2:]):
            window = (n if isinstance(n, int) else n[axis] for n in self.window)
            kernel, stride, dilation = window
            wanted = (-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1
            total = max(wanted - size, 0)
            pads = [total // 2, total - total // 2, *pads]
        return nn.functional.pad(x, pads, value=self.value)


class SqueezeExcitation(nn.Module):
    def __init__(self, in_channels, squeezed):
        super().__init__()
        channels = in_channels
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.conv = nn.Conv2d(in_channels, squeezed, 1)
        self.relu = nn.ReLU()
        self.conv_1 = nn.Conv2d(squeezed, channels, 1)
        self.gate = nn.Hardsigmoid()

    def forward(self, x):
        gate = self.avg_pool(x)
        gate = self.conv(gate)
        gate = self.relu(gate)
        gate = self.conv_1(gate)
        gate = self.gate(gate)
        return x * gate


class InvertedResidual(nn.Module):
    def __init__(
        self,
        in_channels,
        filters,
        expanded,
        kernel_size=3,
        stride=1,
        squeezed=0,
        activation="hard_silu",
        residual=False,
    ):
        super().__init__()
        self.expanded = expanded
        self.residual = residual
        if expanded > 0:
            self.expand = nn.Conv2d(in_channels, expanded, 1, bias=False)
            self.expand_bn = nn.BatchNorm2d(expanded)
            self.activations_activation = ACTIVATIONS[activation]()
        self.depthwise = nn.Sequential(
            SamePadding(kernel_size, stride=stride),
            nn.Conv2d(
                expanded if expanded > 0 else in_channels,
                expanded if expanded > 0 else in_channels,
                kernel_size,
                stride=stride,
                groups=expanded if expanded > 0 else in_channels,
                bias=False,
            ),
        )
        self.depthwise_bn = nn.BatchNorm2d(expanded if expanded > 0 else in_channels)
        self.activations_activation_2 = ACTIVATIONS[activation]()
        self.squeeze_excite = nn.Sequential()
        if squeezed > 0:
            self.squeeze_excite = nn.Sequential(
                SqueezeExcitation(expanded if expanded > 0 else in_channels, squeezed),
            )
        self.project = nn.Conv2d(
            expanded if expanded > 0 else in_channels,
            filters,
            1,
            bias=False,
        )
        self.project_bn = nn.BatchNorm2d(filters)

    def forward(self, inputs):
        x = inputs
        if self.expanded > 0:
            x = self.expand(x)
            x = self.expand_bn(x)
            x = self.activations_activation(x)
        x = self.depthwise(x)
        x = self.depthwise_bn(x)
        x = self.activations_activation_2(x)
        x = self.squeeze_excite(x)
        x = self.project(x)
        x = self.project_bn(x)
        if self.residual:
            x = inputs + x
        return x


class MobileNetV3Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(3, 16, 3, stride=2, bias=False),
        )
        self.conv_bn = nn.BatchNorm2d(16)
        self.hardswish = nn.Hardswish()
        self.expanded_conv = InvertedResidual(
            16,
            16,
            0,
            stride=2,
            squeezed=8,
            activation="relu",
        )
        self.expanded_conv_1 = InvertedResidual(16, 24, 72, stride=2, activation="relu")
        self.expanded_conv_2 = InvertedResidual(
            24,
            24,
            88,
            activation="relu",
            residual=True,
        )
        self.expanded_conv_3 = InvertedResidual(
            24,
            40,
            96,
            kernel_size=5,
            stride=2,
            squeezed=24,
        )
        self.expanded_conv_4 = InvertedResidual(
            40,
            40,
            240,
            kernel_size=5,
            squeezed=64,
            residual=True,
        )
        self.expanded_conv_5 = InvertedResidual(
            40,
            40,
            240,
            kernel_size=5,
            squeezed=64,
            residual=True,
        )
        self.expanded_conv_6 = InvertedResidual(40, 48, 120, kernel_size=5, squeezed=32)
        self.expanded_conv_7 = InvertedResidual(
            48,
            48,
            144,
            kernel_size=5,
            squeezed=40,
            residual=True,
        )
        self.expanded_conv_8 = InvertedResidual(
            48,
            96,
            288,
            kernel_size=5,
            stride=2,
            squeezed=72,
        )
        self.expanded_conv_9 = InvertedResidual(
            96,
            96,
            576,
            kernel_size=5,
            squeezed=144,
            residual=True,
        )
        self.expanded_conv_10 = InvertedResidual(
            96,
            96,
            576,
            kernel_size=5,
            squeezed=144,
            residual=True,
        )
        self.conv_1 = nn.Conv2d(96, 576, 1, bias=False)
        self.conv_1_bn = nn.BatchNorm2d(576)
        self.layers = nn.Sequential(nn.Hardswish(), nn.AdaptiveAvgPool2d(1))
        self.conv_2 = nn.Conv2d(576, 1024, 1)
        self.layers_2 = nn.Sequential(nn.Hardswish(), nn.Dropout(0.2))
        self.logits = nn.Conv2d(1024, 1000, 1)
        self.flatten = nn.Flatten()
        self.predictions = nn.Softmax(1)

    def forward(self, x):
        x = self.conv(x * (2 / 255) + -1)
        x = self.conv_bn(x)
        x = self.hardswish(x)
        x = self.expanded_conv(x)
        x = self.expanded_conv_1(x)
        x = self.expanded_conv_2(x)
        x = self.expanded_conv_3(x)
        x = self.expanded_conv_4(x)
        x = self.expanded_conv_5(x)
        x = self.expanded_conv_6(x)
        x = self.expanded_conv_7(x)
        x = self.expanded_conv_8(x)
        x = self.expanded_conv_9(x)
        x = self.expanded_conv_10(x)
        x = self.conv_1(x)
        x = self.conv_1_bn(x)
        x = self.layers(x)
        x = self.conv_2(x)
        x = self.layers_2(x)
        x = self.logits(x)
        x = self.flatten(x)
        return self.predictions(x)


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("conv.1", 432, (16, 112, 112)),
    ("conv_bn", 64, (16, 112, 112)),
    ("hardswish", 0, (16, 112, 112)),
    ("expanded_conv.depthwise.1", 144, (16, 56, 56)),
    ("expanded_conv.depthwise_bn", 64, (16, 56, 56)),
    ("expanded_conv.activations_activation_2", 0, (16, 56, 56)),
    ("expanded_conv.squeeze_excite.0.avg_pool", 0, (16, 1, 1)),
    ("expanded_conv.squeeze_excite.0.conv", 136, (8, 1, 1)),
    ("expanded_conv.squeeze_excite.0.relu", 0, (8, 1, 1)),
    ("expanded_conv.squeeze_excite.0.conv_1", 144, (16, 1, 1)),
    ("expanded_conv.squeeze_excite.0.gate", 0, (16, 1, 1)),
    ("expanded_conv.project", 256, (16, 56, 56)),
    ("expanded_conv.project_bn", 64, (16, 56, 56)),
    ("expanded_conv_1.expand", 1152, (72, 56, 56)),
    ("expanded_conv_1.expand_bn", 288, (72, 56, 56)),
    ("expanded_conv_1.activations_activation", 0, (72, 56, 56)),
    ("expanded_conv_1.depthwise.1", 648, (72, 28, 28)),
    ("expanded_conv_1.depthwise_bn", 288, (72, 28, 28)),
    ("expanded_conv_1.activations_activation_2", 0, (72, 28, 28)),
    ("expanded_conv_1.project", 1728, (24, 28, 28)),
    ("expanded_conv_1.project_bn", 96, (24, 28, 28)),
    ("expanded_conv_2.expand", 2112, (88, 28, 28)),
    ("expanded_conv_2.expand_bn", 352, (88, 28, 28)),
    ("expanded_conv_2.activations_activation", 0, (88, 28, 28)),
    ("expanded_conv_2.depthwise.1", 792, (88, 28, 28)),
    ("expanded_conv_2.depthwise_bn", 352, (88, 28, 28)),
    ("expanded_conv_2.activations_activation_2", 0, (88, 28, 28)),
    ("expanded_conv_2.project", 2112, (24, 28, 28)),
    ("expanded_conv_2.project_bn", 96, (24, 28, 28)),
    ("expanded_conv_3.expand", 2304, (96, 28, 28)),
    ("expanded_conv_3.expand_bn", 384, (96, 28, 28)),
    ("expanded_conv_3.activations_activation", 0, (96, 28, 28)),
    ("expanded_conv_3.depthwise.1", 2400, (96, 14, 14)),
    ("expanded_conv_3.depthwise_bn", 384, (96, 14, 14)),
    ("expanded_conv_3.activations_activation_2", 0, (96, 14, 14)),
    ("expanded_conv_3.squeeze_excite.0.avg_pool", 0, (96, 1, 1)),
    ("expanded_conv_3.squeeze_excite.0.conv", 2328, (24, 1, 1)),
    ("expanded_conv_3.squeeze_excite.0.relu", 0, (24, 1, 1)),
    ("expanded_conv_3.squeeze_excite.0.conv_1", 2400, (96, 1, 1)),
    ("expanded_conv_3.squeeze_excite.0.gate", 0, (96, 1, 1)),
    ("expanded_conv_3.project", 3840, (40, 14, 14)),
    ("expanded_conv_3.project_bn", 160, (40, 14, 14)),
    ("expanded_conv_4.expand", 9600, (240, 14, 14)),
    ("expanded_conv_4.expand_bn", 960, (240, 14, 14)),
    ("expanded_conv_4.activations_activation", 0, (240, 14, 14)),
    ("expanded_conv_4.depthwise.1", 6000, (240, 14, 14)),
    ("expanded_conv_4.depthwise_bn", 960, (240, 14, 14)),
    ("expanded_conv_4.activations_activation_2", 0, (240, 14, 14)),
    ("expanded_conv_4.squeeze_excite.0.avg_pool", 0, (240, 1, 1)),
    ("expanded_conv_4.squeeze_excite.0.conv", 15424, (64, 1, 1)),
    ("expanded_conv_4.squeeze_excite.0.relu", 0, (64, 1, 1)),
    ("expanded_conv_4.squeeze_excite.0.conv_1", 15600, (240, 1, 1)),
    ("expanded_conv_4.squeeze_excite.0.gate", 0, (240, 1, 1)),
    ("expanded_conv_4.project", 9600, (40, 14, 14)),
    ("expanded_conv_4.project_bn", 160, (40, 14, 14)),
    ("expanded_conv_5.expand", 9600, (240, 14, 14)),
    ("expanded_conv_5.expand_bn", 960, (240, 14, 14)),
    ("expanded_conv_5.activations_activation", 0, (240, 14, 14)),
    ("expanded_conv_5.depthwise.1", 6000, (240, 14, 14)),
    ("expanded_conv_5.depthwise_bn", 960, (240, 14, 14)),
    ("expanded_conv_5.activations_activation_2", 0, (240, 14, 14)),
    ("expanded_conv_5.squeeze_excite.0.avg_pool", 0, (240, 1, 1)),
    ("expanded_conv_5.squeeze_excite.0.conv", 15424, (64, 1, 1)),
    ("expanded_conv_5.squeeze_excite.0.relu", 0, (64, 1, 1)),
    ("expanded_conv_5.squeeze_excite.0.conv_1", 15600, (240, 1, 1)),
    ("expanded_conv_5.squeeze_excite.0.gate", 0, (240, 1, 1)),
    ("expanded_conv_5.project", 9600, (40, 14, 14)),
    ("expanded_conv_5.project_bn", 160, (40, 14, 14)),
    ("expanded_conv_6.expand", 4800, (120, 14, 14)),
    ("expanded_conv_6.expand_bn", 480, (120, 14, 14)),
    ("expanded_conv_6.activations_activation", 0, (120, 14, 14)),
    ("expanded_conv_6.depthwise.1", 3000, (120, 14, 14)),
    ("expanded_conv_6.depthwise_bn", 480, (120, 14, 14)),
    ("expanded_conv_6.activations_activation_2", 0, (120, 14, 14)),
    ("expanded_conv_6.squeeze_excite.0.avg_pool", 0, (120, 1, 1)),
    ("expanded_conv_6.squeeze_excite.0.conv", 3872, (32, 1, 1)),
    ("expanded_conv_6.squeeze_excite.0.relu", 0, (32, 1, 1)),
    ("expanded_conv_6.squeeze_excite.0.conv_1", 3960, (120, 1, 1)),
    ("expanded_conv_6.squeeze_excite.0.gate", 0, (120, 1, 1)),
    ("expanded_conv_6.project", 5760, (48, 14, 14)),
    ("expanded_conv_6.project_bn", 192, (48, 14, 14)),
    ("expanded_conv_7.expand", 6912, (144, 14, 14)),
    ("expanded_conv_7.expand_bn", 576, (144, 14, 14)),
    ("expanded_conv_7.activations_activation", 0, (144, 14, 14)),
    ("expanded_conv_7.depthwise.1", 3600, (144, 14, 14)),
    ("expanded_conv_7.depthwise_bn", 576, (144, 14, 14)),
    ("expanded_conv_7.activations_activation_2", 0, (144, 14, 14)),
    ("expanded_conv_7.squeeze_excite.0.avg_pool", 0, (144, 1, 1)),
    ("expanded_conv_7.squeeze_excite.0.conv", 5800, (40, 1, 1)),
    ("expanded_conv_7.squeeze_excite.0.relu", 0, (40, 1, 1)),
    ("expanded_conv_7.squeeze_excite.0.conv_1", 5904, (144, 1, 1)),
    ("expanded_conv_7.squeeze_excite.0.gate", 0, (144, 1, 1)),
    ("expanded_conv_7.project", 6912, (48, 14, 14)),
    ("expanded_conv_7.project_bn", 192, (48, 14, 14)),
    ("expanded_conv_8.expand", 13824, (288, 14, 14)),
    ("expanded_conv_8.expand_bn", 1152, (288, 14, 14)),
    ("expanded_conv_8.activations_activation", 0, (288, 14, 14)),
    ("expanded_conv_8.depthwise.1", 7200, (288, 7, 7)),
    ("expanded_conv_8.depthwise_bn", 1152, (288, 7, 7)),
    ("expanded_conv_8.activations_activation_2", 0, (288, 7, 7)),
    ("expanded_conv_8.squeeze_excite.0.avg_pool", 0, (288, 1, 1)),
    ("expanded_conv_8.squeeze_excite.0.conv", 20808, (72, 1, 1)),
    ("expanded_conv_8.squeeze_excite.0.relu", 0, (72, 1, 1)),
    ("expanded_conv_8.squeeze_excite.0.conv_1", 21024, (288, 1, 1)),
    ("expanded_conv_8.squeeze_excite.0.gate", 0, (288, 1, 1)),
    ("expanded_conv_8.project", 27648, (96, 7, 7)),
    ("expanded_conv_8.project_bn", 384, (96, 7, 7)),
    ("expanded_conv_9.expand", 55296, (576, 7, 7)),
    ("expanded_conv_9.expand_bn", 2304, (576, 7, 7)),
    ("expanded_conv_9.activations_activation", 0, (576, 7, 7)),
    ("expanded_conv_9.depthwise.1", 14400, (576, 7, 7)),
    ("expanded_conv_9.depthwise_bn", 2304, (576, 7, 7)),
    ("expanded_conv_9.activations_activation_2", 0, (576, 7, 7)),
    ("expanded_conv_9.squeeze_excite.0.avg_pool", 0, (576, 1, 1)),
    ("expanded_conv_9.squeeze_excite.0.conv", 83088, (144, 1, 1)),
    ("expanded_conv_9.squeeze_excite.0.relu", 0, (144, 1, 1)),
    ("expanded_conv_9.squeeze_excite.0.conv_1", 83520, (576, 1, 1)),
    ("expanded_conv_9.squeeze_excite.0.gate", 0, (576, 1, 1)),
    ("expanded_conv_9.project", 55296, (96, 7, 7)),
    ("expanded_conv_9.project_bn", 384, (96, 7, 7)),
    ("expanded_conv_10.expand", 55296, (576, 7, 7)),
    ("expanded_conv_10.expand_bn", 2304, (576, 7, 7)),
    ("expanded_conv_10.activations_activation", 0, (576, 7, 7)),
    ("expanded_conv_10.depthwise.1", 14400, (576, 7, 7)),
    ("expanded_conv_10.depthwise_bn", 2304, (576, 7, 7)),
    ("expanded_conv_10.activations_activation_2", 0, (576, 7, 7)),
    ("expanded_conv_10.squeeze_excite.0.avg_pool", 0, (576, 1, 1)),
    ("expanded_conv_10.squeeze_excite.0.conv", 83088, (144, 1, 1)),
    ("expanded_conv_10.squeeze_excite.0.relu", 0, (144, 1, 1)),
    ("expanded_conv_10.squeeze_excite.0.conv_1", 83520, (576, 1, 1)),
    ("expanded_conv_10.squeeze_excite.0.gate", 0, (576, 1, 1)),
    ("expanded_conv_10.project", 55296, (96, 7, 7)),
    ("expanded_conv_10.project_bn", 384, (96, 7, 7)),
    ("conv_1", 55296, (576, 7, 7)),
    ("conv_1_bn", 2304, (576, 7, 7)),
    ("layers.0", 0, (576, 7, 7)),
    ("layers.1", 0, (576, 1, 1)),
    ("conv_2", 590848, (1024, 1, 1)),
    ("layers_2.0", 0, (1024, 1, 1)),
    ("layers_2.1", 0, (1024, 1, 1)),
    ("logits", 1025000, (1000, 1, 1)),
    ("flatten", 0, (1000,)),
    ("predictions", 0, (1000,)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = MobileNetV3Small().eval()
        inputs = [torch.zeros(2, 3, 224, 224)]
    shapes = {name: [] for name, _ in net.named_modules()}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda *a, made=shapes[name]: made.append(a[2]))
    net(*inputs)
    state = {k: v for k, v in net.state_dict().items() if "num_batches" not in k}
    for name, parameters, shape in FIGURES:
        inside = [v.numel() for k, v in state.items() if f"{k}.".startswith(f"{name}.")]
        assert sum(inside) == parameters, name
        assert shape is None or shapes[name][0].shape[1:] == shape, name
    total = sum(v.numel() for v in state.values())
    print(f"{total:,} parameters, every layer as expected")
