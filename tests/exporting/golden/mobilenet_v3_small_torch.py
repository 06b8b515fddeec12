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
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(in_channels, squeezed, 1),
            nn.ReLU(),
            nn.Conv2d(squeezed, channels, 1),
            nn.Hardsigmoid(),
        )

    def forward(self, x):
        gate = self.gate(x)
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
        self.residual = residual
        modules = []
        if expanded > 0:
            modules += [
                nn.Conv2d(in_channels, expanded, 1, bias=False),
                nn.BatchNorm2d(expanded),
                ACTIVATIONS[activation](),
            ]
        modules += [
            SamePadding(kernel_size, stride=stride),
            nn.Conv2d(
                expanded if expanded > 0 else in_channels,
                expanded if expanded > 0 else in_channels,
                kernel_size,
                stride=stride,
                groups=expanded if expanded > 0 else in_channels,
                bias=False,
            ),
            nn.BatchNorm2d(expanded if expanded > 0 else in_channels),
            ACTIVATIONS[activation](),
        ]
        if squeezed > 0:
            modules += [
                SqueezeExcitation(expanded if expanded > 0 else in_channels, squeezed),
            ]
        modules += [
            nn.Conv2d(
                expanded if expanded > 0 else in_channels,
                filters,
                1,
                bias=False,
            ),
            nn.BatchNorm2d(filters),
        ]
        self.layers = nn.Sequential(*modules)

    def forward(self, inputs):
        x = self.layers(inputs)
        if self.residual:
            x = inputs + x
        return x


class MobileNetV3Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(3, 16, 3, stride=2, bias=False),
            nn.BatchNorm2d(16),
            nn.Hardswish(),
        )
        self.block1 = InvertedResidual(
            16,
            16,
            0,
            stride=2,
            squeezed=8,
            activation="relu",
        )
        self.block2 = InvertedResidual(16, 24, 72, stride=2, activation="relu")
        self.block3 = InvertedResidual(24, 24, 88, activation="relu", residual=True)
        self.block4 = InvertedResidual(24, 40, 96, kernel_size=5, stride=2, squeezed=24)
        rest = [InvertedResidual(40, 40, 240, kernel_size=5, squeezed=64, residual=True) for _ in range(2)]
        self.block5 = nn.Sequential(*rest)
        self.block6 = InvertedResidual(40, 48, 120, kernel_size=5, squeezed=32)
        self.block7 = InvertedResidual(
            48,
            48,
            144,
            kernel_size=5,
            squeezed=40,
            residual=True,
        )
        self.block8 = InvertedResidual(
            48,
            96,
            288,
            kernel_size=5,
            stride=2,
            squeezed=72,
        )
        rest = [InvertedResidual(96, 96, 576, kernel_size=5, squeezed=144, residual=True) for _ in range(2)]
        self.block9 = nn.Sequential(*rest)
        self.layers_2 = nn.Sequential(
            nn.Conv2d(96, 576, 1, bias=False),
            nn.BatchNorm2d(576),
            nn.Hardswish(),
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(576, 1024, 1),
            nn.Hardswish(),
            nn.Dropout(0.2),
            nn.Conv2d(1024, 1000, 1),
            nn.Flatten(),
            nn.Softmax(1),
        )

    def forward(self, x):
        x = self.layers(x * (2 / 255) + -1)
        x = self.block1(x)
        x = self.block2(x)
        x = self.block3(x)
        x = self.block4(x)
        x = self.block5(x)
        x = self.block6(x)
        x = self.block7(x)
        x = self.block8(x)
        x = self.block9(x)
        return self.layers_2(x)


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("layers.1", 432, (16, 112, 112)),
    ("layers.2", 64, (16, 112, 112)),
    ("layers.3", 0, (16, 112, 112)),
    ("block1.layers.1", 144, (16, 56, 56)),
    ("block1.layers.2", 64, (16, 56, 56)),
    ("block1.layers.3", 0, (16, 56, 56)),
    ("block1.layers.4.gate.0", 0, (16, 1, 1)),
    ("block1.layers.4.gate.1", 136, (8, 1, 1)),
    ("block1.layers.4.gate.2", 0, (8, 1, 1)),
    ("block1.layers.4.gate.3", 144, (16, 1, 1)),
    ("block1.layers.4.gate.4", 0, (16, 1, 1)),
    ("block1.layers.5", 256, (16, 56, 56)),
    ("block1.layers.6", 64, (16, 56, 56)),
    ("block2.layers.0", 1152, (72, 56, 56)),
    ("block2.layers.1", 288, (72, 56, 56)),
    ("block2.layers.2", 0, (72, 56, 56)),
    ("block2.layers.4", 648, (72, 28, 28)),
    ("block2.layers.5", 288, (72, 28, 28)),
    ("block2.layers.6", 0, (72, 28, 28)),
    ("block2.layers.7", 1728, (24, 28, 28)),
    ("block2.layers.8", 96, (24, 28, 28)),
    ("block3.layers.0", 2112, (88, 28, 28)),
    ("block3.layers.1", 352, (88, 28, 28)),
    ("block3.layers.2", 0, (88, 28, 28)),
    ("block3.layers.4", 792, (88, 28, 28)),
    ("block3.layers.5", 352, (88, 28, 28)),
    ("block3.layers.6", 0, (88, 28, 28)),
    ("block3.layers.7", 2112, (24, 28, 28)),
    ("block3.layers.8", 96, (24, 28, 28)),
    ("block4.layers.0", 2304, (96, 28, 28)),
    ("block4.layers.1", 384, (96, 28, 28)),
    ("block4.layers.2", 0, (96, 28, 28)),
    ("block4.layers.4", 2400, (96, 14, 14)),
    ("block4.layers.5", 384, (96, 14, 14)),
    ("block4.layers.6", 0, (96, 14, 14)),
    ("block4.layers.7.gate.0", 0, (96, 1, 1)),
    ("block4.layers.7.gate.1", 2328, (24, 1, 1)),
    ("block4.layers.7.gate.2", 0, (24, 1, 1)),
    ("block4.layers.7.gate.3", 2400, (96, 1, 1)),
    ("block4.layers.7.gate.4", 0, (96, 1, 1)),
    ("block4.layers.8", 3840, (40, 14, 14)),
    ("block4.layers.9", 160, (40, 14, 14)),
    ("block5.0.layers.0", 9600, (240, 14, 14)),
    ("block5.0.layers.1", 960, (240, 14, 14)),
    ("block5.0.layers.2", 0, (240, 14, 14)),
    ("block5.0.layers.4", 6000, (240, 14, 14)),
    ("block5.0.layers.5", 960, (240, 14, 14)),
    ("block5.0.layers.6", 0, (240, 14, 14)),
    ("block5.0.layers.7.gate.0", 0, (240, 1, 1)),
    ("block5.0.layers.7.gate.1", 15424, (64, 1, 1)),
    ("block5.0.layers.7.gate.2", 0, (64, 1, 1)),
    ("block5.0.layers.7.gate.3", 15600, (240, 1, 1)),
    ("block5.0.layers.7.gate.4", 0, (240, 1, 1)),
    ("block5.0.layers.8", 9600, (40, 14, 14)),
    ("block5.0.layers.9", 160, (40, 14, 14)),
    ("block5.1.layers.0", 9600, (240, 14, 14)),
    ("block5.1.layers.1", 960, (240, 14, 14)),
    ("block5.1.layers.2", 0, (240, 14, 14)),
    ("block5.1.layers.4", 6000, (240, 14, 14)),
    ("block5.1.layers.5", 960, (240, 14, 14)),
    ("block5.1.layers.6", 0, (240, 14, 14)),
    ("block5.1.layers.7.gate.0", 0, (240, 1, 1)),
    ("block5.1.layers.7.gate.1", 15424, (64, 1, 1)),
    ("block5.1.layers.7.gate.2", 0, (64, 1, 1)),
    ("block5.1.layers.7.gate.3", 15600, (240, 1, 1)),
    ("block5.1.layers.7.gate.4", 0, (240, 1, 1)),
    ("block5.1.layers.8", 9600, (40, 14, 14)),
    ("block5.1.layers.9", 160, (40, 14, 14)),
    ("block6.layers.0", 4800, (120, 14, 14)),
    ("block6.layers.1", 480, (120, 14, 14)),
    ("block6.layers.2", 0, (120, 14, 14)),
    ("block6.layers.4", 3000, (120, 14, 14)),
    ("block6.layers.5", 480, (120, 14, 14)),
    ("block6.layers.6", 0, (120, 14, 14)),
    ("block6.layers.7.gate.0", 0, (120, 1, 1)),
    ("block6.layers.7.gate.1", 3872, (32, 1, 1)),
    ("block6.layers.7.gate.2", 0, (32, 1, 1)),
    ("block6.layers.7.gate.3", 3960, (120, 1, 1)),
    ("block6.layers.7.gate.4", 0, (120, 1, 1)),
    ("block6.layers.8", 5760, (48, 14, 14)),
    ("block6.layers.9", 192, (48, 14, 14)),
    ("block7.layers.0", 6912, (144, 14, 14)),
    ("block7.layers.1", 576, (144, 14, 14)),
    ("block7.layers.2", 0, (144, 14, 14)),
    ("block7.layers.4", 3600, (144, 14, 14)),
    ("block7.layers.5", 576, (144, 14, 14)),
    ("block7.layers.6", 0, (144, 14, 14)),
    ("block7.layers.7.gate.0", 0, (144, 1, 1)),
    ("block7.layers.7.gate.1", 5800, (40, 1, 1)),
    ("block7.layers.7.gate.2", 0, (40, 1, 1)),
    ("block7.layers.7.gate.3", 5904, (144, 1, 1)),
    ("block7.layers.7.gate.4", 0, (144, 1, 1)),
    ("block7.layers.8", 6912, (48, 14, 14)),
    ("block7.layers.9", 192, (48, 14, 14)),
    ("block8.layers.0", 13824, (288, 14, 14)),
    ("block8.layers.1", 1152, (288, 14, 14)),
    ("block8.layers.2", 0, (288, 14, 14)),
    ("block8.layers.4", 7200, (288, 7, 7)),
    ("block8.layers.5", 1152, (288, 7, 7)),
    ("block8.layers.6", 0, (288, 7, 7)),
    ("block8.layers.7.gate.0", 0, (288, 1, 1)),
    ("block8.layers.7.gate.1", 20808, (72, 1, 1)),
    ("block8.layers.7.gate.2", 0, (72, 1, 1)),
    ("block8.layers.7.gate.3", 21024, (288, 1, 1)),
    ("block8.layers.7.gate.4", 0, (288, 1, 1)),
    ("block8.layers.8", 27648, (96, 7, 7)),
    ("block8.layers.9", 384, (96, 7, 7)),
    ("block9.0.layers.0", 55296, (576, 7, 7)),
    ("block9.0.layers.1", 2304, (576, 7, 7)),
    ("block9.0.layers.2", 0, (576, 7, 7)),
    ("block9.0.layers.4", 14400, (576, 7, 7)),
    ("block9.0.layers.5", 2304, (576, 7, 7)),
    ("block9.0.layers.6", 0, (576, 7, 7)),
    ("block9.0.layers.7.gate.0", 0, (576, 1, 1)),
    ("block9.0.layers.7.gate.1", 83088, (144, 1, 1)),
    ("block9.0.layers.7.gate.2", 0, (144, 1, 1)),
    ("block9.0.layers.7.gate.3", 83520, (576, 1, 1)),
    ("block9.0.layers.7.gate.4", 0, (576, 1, 1)),
    ("block9.0.layers.8", 55296, (96, 7, 7)),
    ("block9.0.layers.9", 384, (96, 7, 7)),
    ("block9.1.layers.0", 55296, (576, 7, 7)),
    ("block9.1.layers.1", 2304, (576, 7, 7)),
    ("block9.1.layers.2", 0, (576, 7, 7)),
    ("block9.1.layers.4", 14400, (576, 7, 7)),
    ("block9.1.layers.5", 2304, (576, 7, 7)),
    ("block9.1.layers.6", 0, (576, 7, 7)),
    ("block9.1.layers.7.gate.0", 0, (576, 1, 1)),
    ("block9.1.layers.7.gate.1", 83088, (144, 1, 1)),
    ("block9.1.layers.7.gate.2", 0, (144, 1, 1)),
    ("block9.1.layers.7.gate.3", 83520, (576, 1, 1)),
    ("block9.1.layers.7.gate.4", 0, (576, 1, 1)),
    ("block9.1.layers.8", 55296, (96, 7, 7)),
    ("block9.1.layers.9", 384, (96, 7, 7)),
    ("layers_2.0", 55296, (576, 7, 7)),
    ("layers_2.1", 2304, (576, 7, 7)),
    ("layers_2.2", 0, (576, 7, 7)),
    ("layers_2.3", 0, (576, 1, 1)),
    ("layers_2.4", 590848, (1024, 1, 1)),
    ("layers_2.5", 0, (1024, 1, 1)),
    ("layers_2.6", 0, (1024, 1, 1)),
    ("layers_2.7", 1025000, (1000, 1, 1)),
    ("layers_2.8", 0, (1000,)),
    ("layers_2.9", 0, (1000,)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = MobileNetV3Small().eval()
        inputs = [torch.zeros(2, 3, 224, 224)]
    shapes = {}
    for name, module in net.named_modules():
        module.register_forward_hook(
            lambda module, read, made, name=name: shapes.update({name: shapes.get(name, made)})
        )
    net(*inputs)
    state = {k: v for k, v in net.state_dict().items() if "num_batches" not in k}
    for name, parameters, shape in FIGURES:
        inside = [v.numel() for k, v in state.items() if f"{k}.".startswith(f"{name}.")]
        assert sum(inside) == parameters, name
        assert shape is None or shapes[name].shape[1:] == shape, name
    total = sum(v.numel() for v in state.values())
    print(f"{total:,} parameters, every layer as expected")
