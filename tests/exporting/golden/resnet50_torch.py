"""ResNet-50 in PyTorch, written by cnncalc."""

import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, in_channels, filters, stride=1, project=False):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(in_channels, filters, 1, stride=stride),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding=1),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, 4 * filters, 1),
            nn.BatchNorm2d(4 * filters),
        )
        self.shortcut = nn.Sequential()
        if project:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, 4 * filters, 1, stride=stride),
                nn.BatchNorm2d(4 * filters),
            )
        self.relu = nn.ReLU()

    def forward(self, x):
        main = self.main(x)
        x = self.shortcut(x)
        return self.relu(main + x)


class ResNet50(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 64, 7, stride=2, padding=3),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        rest = [Bottleneck(256, 64) for _ in range(2)]
        self.conv2 = nn.Sequential(Bottleneck(64, 64, project=True), *rest)
        rest = [Bottleneck(512, 128) for _ in range(3)]
        self.conv3 = nn.Sequential(Bottleneck(256, 128, stride=2, project=True), *rest)
        rest = [Bottleneck(1024, 256) for _ in range(5)]
        self.conv4 = nn.Sequential(Bottleneck(512, 256, stride=2, project=True), *rest)
        rest = [Bottleneck(2048, 512) for _ in range(2)]
        self.conv5 = nn.Sequential(Bottleneck(1024, 512, stride=2, project=True), *rest)
        self.layers_2 = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(2048, 1000),
            nn.Softmax(1),
        )


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("layers.0", 9472, (64, 112, 112)),
    ("layers.1", 256, (64, 112, 112)),
    ("layers.2", 0, (64, 112, 112)),
    ("layers.3", 0, (64, 56, 56)),
    ("conv2.0.main.0", 4160, (64, 56, 56)),
    ("conv2.0.main.1", 256, (64, 56, 56)),
    ("conv2.0.main.2", 0, (64, 56, 56)),
    ("conv2.0.main.3", 36928, (64, 56, 56)),
    ("conv2.0.main.4", 256, (64, 56, 56)),
    ("conv2.0.main.5", 0, (64, 56, 56)),
    ("conv2.0.main.6", 16640, (256, 56, 56)),
    ("conv2.0.main.7", 1024, (256, 56, 56)),
    ("conv2.0.shortcut.0", 16640, (256, 56, 56)),
    ("conv2.0.shortcut.1", 1024, (256, 56, 56)),
    ("conv2.0.relu", 0, (256, 56, 56)),
    ("conv2.1.main.0", 16448, (64, 56, 56)),
    ("conv2.1.main.1", 256, (64, 56, 56)),
    ("conv2.1.main.2", 0, (64, 56, 56)),
    ("conv2.1.main.3", 36928, (64, 56, 56)),
    ("conv2.1.main.4", 256, (64, 56, 56)),
    ("conv2.1.main.5", 0, (64, 56, 56)),
    ("conv2.1.main.6", 16640, (256, 56, 56)),
    ("conv2.1.main.7", 1024, (256, 56, 56)),
    ("conv2.1.relu", 0, (256, 56, 56)),
    ("conv2.2.main.0", 16448, (64, 56, 56)),
    ("conv2.2.main.1", 256, (64, 56, 56)),
    ("conv2.2.main.2", 0, (64, 56, 56)),
    ("conv2.2.main.3", 36928, (64, 56, 56)),
    ("conv2.2.main.4", 256, (64, 56, 56)),
    ("conv2.2.main.5", 0, (64, 56, 56)),
    ("conv2.2.main.6", 16640, (256, 56, 56)),
    ("conv2.2.main.7", 1024, (256, 56, 56)),
    ("conv2.2.relu", 0, (256, 56, 56)),
    ("conv3.0.main.0", 32896, (128, 28, 28)),
    ("conv3.0.main.1", 512, (128, 28, 28)),
    ("conv3.0.main.2", 0, (128, 28, 28)),
    ("conv3.0.main.3", 147584, (128, 28, 28)),
    ("conv3.0.main.4", 512, (128, 28, 28)),
    ("conv3.0.main.5", 0, (128, 28, 28)),
    ("conv3.0.main.6", 66048, (512, 28, 28)),
    ("conv3.0.main.7", 2048, (512, 28, 28)),
    ("conv3.0.shortcut.0", 131584, (512, 28, 28)),
    ("conv3.0.shortcut.1", 2048, (512, 28, 28)),
    ("conv3.0.relu", 0, (512, 28, 28)),
    ("conv3.1.main.0", 65664, (128, 28, 28)),
    ("conv3.1.main.1", 512, (128, 28, 28)),
    ("conv3.1.main.2", 0, (128, 28, 28)),
    ("conv3.1.main.3", 147584, (128, 28, 28)),
    ("conv3.1.main.4", 512, (128, 28, 28)),
    ("conv3.1.main.5", 0, (128, 28, 28)),
    ("conv3.1.main.6", 66048, (512, 28, 28)),
    ("conv3.1.main.7", 2048, (512, 28, 28)),
    ("conv3.1.relu", 0, (512, 28, 28)),
    ("conv3.2.main.0", 65664, (128, 28, 28)),
    ("conv3.2.main.1", 512, (128, 28, 28)),
    ("conv3.2.main.2", 0, (128, 28, 28)),
    ("conv3.2.main.3", 147584, (128, 28, 28)),
    ("conv3.2.main.4", 512, (128, 28, 28)),
    ("conv3.2.main.5", 0, (128, 28, 28)),
    ("conv3.2.main.6", 66048, (512, 28, 28)),
    ("conv3.2.main.7", 2048, (512, 28, 28)),
    ("conv3.2.relu", 0, (512, 28, 28)),
    ("conv3.3.main.0", 65664, (128, 28, 28)),
    ("conv3.3.main.1", 512, (128, 28, 28)),
    ("conv3.3.main.2", 0, (128, 28, 28)),
    ("conv3.3.main.3", 147584, (128, 28, 28)),
    ("conv3.3.main.4", 512, (128, 28, 28)),
    ("conv3.3.main.5", 0, (128, 28, 28)),
    ("conv3.3.main.6", 66048, (512, 28, 28)),
    ("conv3.3.main.7", 2048, (512, 28, 28)),
    ("conv3.3.relu", 0, (512, 28, 28)),
    ("conv4.0.main.0", 131328, (256, 14, 14)),
    ("conv4.0.main.1", 1024, (256, 14, 14)),
    ("conv4.0.main.2", 0, (256, 14, 14)),
    ("conv4.0.main.3", 590080, (256, 14, 14)),
    ("conv4.0.main.4", 1024, (256, 14, 14)),
    ("conv4.0.main.5", 0, (256, 14, 14)),
    ("conv4.0.main.6", 263168, (1024, 14, 14)),
    ("conv4.0.main.7", 4096, (1024, 14, 14)),
    ("conv4.0.shortcut.0", 525312, (1024, 14, 14)),
    ("conv4.0.shortcut.1", 4096, (1024, 14, 14)),
    ("conv4.0.relu", 0, (1024, 14, 14)),
    ("conv4.1.main.0", 262400, (256, 14, 14)),
    ("conv4.1.main.1", 1024, (256, 14, 14)),
    ("conv4.1.main.2", 0, (256, 14, 14)),
    ("conv4.1.main.3", 590080, (256, 14, 14)),
    ("conv4.1.main.4", 1024, (256, 14, 14)),
    ("conv4.1.main.5", 0, (256, 14, 14)),
    ("conv4.1.main.6", 263168, (1024, 14, 14)),
    ("conv4.1.main.7", 4096, (1024, 14, 14)),
    ("conv4.1.relu", 0, (1024, 14, 14)),
    ("conv4.2.main.0", 262400, (256, 14, 14)),
    ("conv4.2.main.1", 1024, (256, 14, 14)),
    ("conv4.2.main.2", 0, (256, 14, 14)),
    ("conv4.2.main.3", 590080, (256, 14, 14)),
    ("conv4.2.main.4", 1024, (256, 14, 14)),
    ("conv4.2.main.5", 0, (256, 14, 14)),
    ("conv4.2.main.6", 263168, (1024, 14, 14)),
    ("conv4.2.main.7", 4096, (1024, 14, 14)),
    ("conv4.2.relu", 0, (1024, 14, 14)),
    ("conv4.3.main.0", 262400, (256, 14, 14)),
    ("conv4.3.main.1", 1024, (256, 14, 14)),
    ("conv4.3.main.2", 0, (256, 14, 14)),
    ("conv4.3.main.3", 590080, (256, 14, 14)),
    ("conv4.3.main.4", 1024, (256, 14, 14)),
    ("conv4.3.main.5", 0, (256, 14, 14)),
    ("conv4.3.main.6", 263168, (1024, 14, 14)),
    ("conv4.3.main.7", 4096, (1024, 14, 14)),
    ("conv4.3.relu", 0, (1024, 14, 14)),
    ("conv4.4.main.0", 262400, (256, 14, 14)),
    ("conv4.4.main.1", 1024, (256, 14, 14)),
    ("conv4.4.main.2", 0, (256, 14, 14)),
    ("conv4.4.main.3", 590080, (256, 14, 14)),
    ("conv4.4.main.4", 1024, (256, 14, 14)),
    ("conv4.4.main.5", 0, (256, 14, 14)),
    ("conv4.4.main.6", 263168, (1024, 14, 14)),
    ("conv4.4.main.7", 4096, (1024, 14, 14)),
    ("conv4.4.relu", 0, (1024, 14, 14)),
    ("conv4.5.main.0", 262400, (256, 14, 14)),
    ("conv4.5.main.1", 1024, (256, 14, 14)),
    ("conv4.5.main.2", 0, (256, 14, 14)),
    ("conv4.5.main.3", 590080, (256, 14, 14)),
    ("conv4.5.main.4", 1024, (256, 14, 14)),
    ("conv4.5.main.5", 0, (256, 14, 14)),
    ("conv4.5.main.6", 263168, (1024, 14, 14)),
    ("conv4.5.main.7", 4096, (1024, 14, 14)),
    ("conv4.5.relu", 0, (1024, 14, 14)),
    ("conv5.0.main.0", 524800, (512, 7, 7)),
    ("conv5.0.main.1", 2048, (512, 7, 7)),
    ("conv5.0.main.2", 0, (512, 7, 7)),
    ("conv5.0.main.3", 2359808, (512, 7, 7)),
    ("conv5.0.main.4", 2048, (512, 7, 7)),
    ("conv5.0.main.5", 0, (512, 7, 7)),
    ("conv5.0.main.6", 1050624, (2048, 7, 7)),
    ("conv5.0.main.7", 8192, (2048, 7, 7)),
    ("conv5.0.shortcut.0", 2099200, (2048, 7, 7)),
    ("conv5.0.shortcut.1", 8192, (2048, 7, 7)),
    ("conv5.0.relu", 0, (2048, 7, 7)),
    ("conv5.1.main.0", 1049088, (512, 7, 7)),
    ("conv5.1.main.1", 2048, (512, 7, 7)),
    ("conv5.1.main.2", 0, (512, 7, 7)),
    ("conv5.1.main.3", 2359808, (512, 7, 7)),
    ("conv5.1.main.4", 2048, (512, 7, 7)),
    ("conv5.1.main.5", 0, (512, 7, 7)),
    ("conv5.1.main.6", 1050624, (2048, 7, 7)),
    ("conv5.1.main.7", 8192, (2048, 7, 7)),
    ("conv5.1.relu", 0, (2048, 7, 7)),
    ("conv5.2.main.0", 1049088, (512, 7, 7)),
    ("conv5.2.main.1", 2048, (512, 7, 7)),
    ("conv5.2.main.2", 0, (512, 7, 7)),
    ("conv5.2.main.3", 2359808, (512, 7, 7)),
    ("conv5.2.main.4", 2048, (512, 7, 7)),
    ("conv5.2.main.5", 0, (512, 7, 7)),
    ("conv5.2.main.6", 1050624, (2048, 7, 7)),
    ("conv5.2.main.7", 8192, (2048, 7, 7)),
    ("conv5.2.relu", 0, (2048, 7, 7)),
    ("layers_2.0", 0, None),
    ("layers_2.1", 0, (2048,)),
    ("layers_2.2", 2049000, None),
    ("layers_2.3", 0, (1000,)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = ResNet50().eval()
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
