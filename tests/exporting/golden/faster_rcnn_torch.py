"""Faster R-CNN in PyTorch, written by cnncalc."""

import torch
from torch import nn
from torchvision import ops

REGIONS = 1000
CLASSES = 91


def whole_map(x, regions):
    """Boxes around the whole map, in place of those that a detector would propose."""
    height, width = x.shape[-2:]
    return [x.new_tensor([[0, 0, width, height]]).expand(regions, 4)] * len(x)


class Conv(nn.Sequential):
    def __init__(self, in_channels, filters, kernel_size=1, stride=1):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(
                in_channels,
                filters,
                kernel_size,
                stride=stride,
                padding=kernel_size // 2,
                bias=False,
            ),
            nn.BatchNorm2d(filters).requires_grad_(False),
        )


class Bottleneck(nn.Module):
    def __init__(self, in_channels, filters, stride=1, project=False):
        super().__init__()
        self.main = nn.Sequential(
            Conv(in_channels, filters),
            nn.ReLU(),
            Conv(filters, filters, kernel_size=3, stride=stride),
            nn.ReLU(),
            Conv(filters, 4 * filters),
        )
        self.shortcut = nn.Sequential()
        if project:
            self.shortcut = nn.Sequential(Conv(in_channels, 4 * filters, stride=stride))
        self.relu = nn.ReLU()

    def forward(self, x):
        main = self.main(x)
        x = self.shortcut(x)
        return self.relu(main + x)


class TopDown(nn.Module):
    def __init__(self, stage_channels):
        super().__init__()
        self.enlarged = nn.Upsample(scale_factor=2)
        self.lateral = nn.Conv2d(stage_channels, 256, 1)

    def forward(self, x, stage):
        enlarged = self.enlarged(x)
        x = self.lateral(stage)
        return x + enlarged


class FasterRCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv(3, 64, kernel_size=7, stride=2)
        self.layers = nn.Sequential(nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        rest = [Bottleneck(256, 64) for _ in range(2)]
        self.conv2 = nn.Sequential(Bottleneck(64, 64, project=True), *rest)
        rest = [Bottleneck(512, 128) for _ in range(3)]
        self.conv3 = nn.Sequential(Bottleneck(256, 128, stride=2, project=True), *rest)
        rest = [Bottleneck(1024, 256) for _ in range(5)]
        self.conv4 = nn.Sequential(Bottleneck(512, 256, stride=2, project=True), *rest)
        rest = [Bottleneck(2048, 512) for _ in range(2)]
        self.conv5 = nn.Sequential(Bottleneck(1024, 512, stride=2, project=True), *rest)
        self.merged5 = nn.Conv2d(2048, 256, 1)
        self.merged4 = TopDown(1024)
        self.merged3 = TopDown(512)
        self.merged2 = TopDown(256)
        self.p2 = nn.Conv2d(256, 256, 3, padding=1)
        self.p3 = nn.Conv2d(256, 256, 3, padding=1)
        self.p4 = nn.Conv2d(256, 256, 3, padding=1)
        self.p5 = nn.Conv2d(256, 256, 3, padding=1)
        self.p6 = nn.MaxPool2d(1, stride=2)
        self.conv = nn.Sequential(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU())
        self.objectness = nn.Conv2d(256, 3, 1)
        self.deltas = nn.Conv2d(256, 12, 1)
        self.flatten = nn.Flatten()
        self.fc6 = nn.Sequential(nn.Linear(12544, 1024), nn.ReLU())
        self.fc7 = nn.Sequential(nn.Linear(1024, 1024), nn.ReLU())
        self.scores = nn.Linear(1024, CLASSES)
        self.boxes = nn.Linear(1024, 4 * CLASSES)

    def forward(self, x):
        x = self.conv1(x)
        x = self.layers(x)
        conv2_1 = self.conv2(x)
        conv3_1 = self.conv3(conv2_1)
        conv4_1 = self.conv4(conv3_1)
        x = self.conv5(conv4_1)
        merged5 = self.merged5(x)
        merged4 = self.merged4(merged5, conv4_1)
        merged3 = self.merged3(merged4, conv3_1)
        x = self.merged2(merged3, conv2_1)
        p2 = self.p2(x)
        p3 = self.p3(merged3)
        p4 = self.p4(merged4)
        p5 = self.p5(merged5)
        p6 = self.p6(p5)
        conv = self.conv(p2)
        objectness = self.objectness(conv)
        deltas = self.deltas(conv)
        conv_2 = self.conv(p3)
        objectness_2 = self.objectness(conv_2)
        deltas_2 = self.deltas(conv_2)
        conv_3 = self.conv(p4)
        objectness_3 = self.objectness(conv_3)
        deltas_3 = self.deltas(conv_3)
        conv_4 = self.conv(p5)
        objectness_4 = self.objectness(conv_4)
        deltas_4 = self.deltas(conv_4)
        conv_5 = self.conv(p6)
        objectness_5 = self.objectness(conv_5)
        deltas_5 = self.deltas(conv_5)
        x = self.flatten(ops.roi_align(p4, whole_map(p4, REGIONS), 7))
        x = self.fc6(x)
        fc7 = self.fc7(x)
        scores = self.scores(fc7)
        x = self.boxes(fc7)
        return (
            scores,
            x,
            objectness,
            deltas,
            objectness_2,
            deltas_2,
            objectness_3,
            deltas_3,
            objectness_4,
            deltas_4,
            objectness_5,
            deltas_5,
        )


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("conv1.layers.0", 9408, (64, 400, 400)),
    ("conv1.layers.1", 256, (64, 400, 400)),
    ("layers.0", 0, (64, 400, 400)),
    ("layers.1", 0, (64, 200, 200)),
    ("conv2.0.main.0.layers.0", 4096, (64, 200, 200)),
    ("conv2.0.main.0.layers.1", 256, (64, 200, 200)),
    ("conv2.0.main.1", 0, (64, 200, 200)),
    ("conv2.0.main.2.layers.0", 36864, (64, 200, 200)),
    ("conv2.0.main.2.layers.1", 256, (64, 200, 200)),
    ("conv2.0.main.3", 0, (64, 200, 200)),
    ("conv2.0.main.4.layers.0", 16384, (256, 200, 200)),
    ("conv2.0.main.4.layers.1", 1024, (256, 200, 200)),
    ("conv2.0.shortcut.0.layers.0", 16384, (256, 200, 200)),
    ("conv2.0.shortcut.0.layers.1", 1024, (256, 200, 200)),
    ("conv2.0.relu", 0, (256, 200, 200)),
    ("conv2.1.main.0.layers.0", 16384, (64, 200, 200)),
    ("conv2.1.main.0.layers.1", 256, (64, 200, 200)),
    ("conv2.1.main.1", 0, (64, 200, 200)),
    ("conv2.1.main.2.layers.0", 36864, (64, 200, 200)),
    ("conv2.1.main.2.layers.1", 256, (64, 200, 200)),
    ("conv2.1.main.3", 0, (64, 200, 200)),
    ("conv2.1.main.4.layers.0", 16384, (256, 200, 200)),
    ("conv2.1.main.4.layers.1", 1024, (256, 200, 200)),
    ("conv2.1.relu", 0, (256, 200, 200)),
    ("conv2.2.main.0.layers.0", 16384, (64, 200, 200)),
    ("conv2.2.main.0.layers.1", 256, (64, 200, 200)),
    ("conv2.2.main.1", 0, (64, 200, 200)),
    ("conv2.2.main.2.layers.0", 36864, (64, 200, 200)),
    ("conv2.2.main.2.layers.1", 256, (64, 200, 200)),
    ("conv2.2.main.3", 0, (64, 200, 200)),
    ("conv2.2.main.4.layers.0", 16384, (256, 200, 200)),
    ("conv2.2.main.4.layers.1", 1024, (256, 200, 200)),
    ("conv2.2.relu", 0, (256, 200, 200)),
    ("conv3.0.main.0.layers.0", 32768, (128, 200, 200)),
    ("conv3.0.main.0.layers.1", 512, (128, 200, 200)),
    ("conv3.0.main.1", 0, (128, 200, 200)),
    ("conv3.0.main.2.layers.0", 147456, (128, 100, 100)),
    ("conv3.0.main.2.layers.1", 512, (128, 100, 100)),
    ("conv3.0.main.3", 0, (128, 100, 100)),
    ("conv3.0.main.4.layers.0", 65536, (512, 100, 100)),
    ("conv3.0.main.4.layers.1", 2048, (512, 100, 100)),
    ("conv3.0.shortcut.0.layers.0", 131072, (512, 100, 100)),
    ("conv3.0.shortcut.0.layers.1", 2048, (512, 100, 100)),
    ("conv3.0.relu", 0, (512, 100, 100)),
    ("conv3.1.main.0.layers.0", 65536, (128, 100, 100)),
    ("conv3.1.main.0.layers.1", 512, (128, 100, 100)),
    ("conv3.1.main.1", 0, (128, 100, 100)),
    ("conv3.1.main.2.layers.0", 147456, (128, 100, 100)),
    ("conv3.1.main.2.layers.1", 512, (128, 100, 100)),
    ("conv3.1.main.3", 0, (128, 100, 100)),
    ("conv3.1.main.4.layers.0", 65536, (512, 100, 100)),
    ("conv3.1.main.4.layers.1", 2048, (512, 100, 100)),
    ("conv3.1.relu", 0, (512, 100, 100)),
    ("conv3.2.main.0.layers.0", 65536, (128, 100, 100)),
    ("conv3.2.main.0.layers.1", 512, (128, 100, 100)),
    ("conv3.2.main.1", 0, (128, 100, 100)),
    ("conv3.2.main.2.layers.0", 147456, (128, 100, 100)),
    ("conv3.2.main.2.layers.1", 512, (128, 100, 100)),
    ("conv3.2.main.3", 0, (128, 100, 100)),
    ("conv3.2.main.4.layers.0", 65536, (512, 100, 100)),
    ("conv3.2.main.4.layers.1", 2048, (512, 100, 100)),
    ("conv3.2.relu", 0, (512, 100, 100)),
    ("conv3.3.main.0.layers.0", 65536, (128, 100, 100)),
    ("conv3.3.main.0.layers.1", 512, (128, 100, 100)),
    ("conv3.3.main.1", 0, (128, 100, 100)),
    ("conv3.3.main.2.layers.0", 147456, (128, 100, 100)),
    ("conv3.3.main.2.layers.1", 512, (128, 100, 100)),
    ("conv3.3.main.3", 0, (128, 100, 100)),
    ("conv3.3.main.4.layers.0", 65536, (512, 100, 100)),
    ("conv3.3.main.4.layers.1", 2048, (512, 100, 100)),
    ("conv3.3.relu", 0, (512, 100, 100)),
    ("conv4.0.main.0.layers.0", 131072, (256, 100, 100)),
    ("conv4.0.main.0.layers.1", 1024, (256, 100, 100)),
    ("conv4.0.main.1", 0, (256, 100, 100)),
    ("conv4.0.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.0.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.0.main.3", 0, (256, 50, 50)),
    ("conv4.0.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.0.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.0.shortcut.0.layers.0", 524288, (1024, 50, 50)),
    ("conv4.0.shortcut.0.layers.1", 4096, (1024, 50, 50)),
    ("conv4.0.relu", 0, (1024, 50, 50)),
    ("conv4.1.main.0.layers.0", 262144, (256, 50, 50)),
    ("conv4.1.main.0.layers.1", 1024, (256, 50, 50)),
    ("conv4.1.main.1", 0, (256, 50, 50)),
    ("conv4.1.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.1.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.1.main.3", 0, (256, 50, 50)),
    ("conv4.1.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.1.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.1.relu", 0, (1024, 50, 50)),
    ("conv4.2.main.0.layers.0", 262144, (256, 50, 50)),
    ("conv4.2.main.0.layers.1", 1024, (256, 50, 50)),
    ("conv4.2.main.1", 0, (256, 50, 50)),
    ("conv4.2.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.2.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.2.main.3", 0, (256, 50, 50)),
    ("conv4.2.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.2.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.2.relu", 0, (1024, 50, 50)),
    ("conv4.3.main.0.layers.0", 262144, (256, 50, 50)),
    ("conv4.3.main.0.layers.1", 1024, (256, 50, 50)),
    ("conv4.3.main.1", 0, (256, 50, 50)),
    ("conv4.3.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.3.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.3.main.3", 0, (256, 50, 50)),
    ("conv4.3.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.3.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.3.relu", 0, (1024, 50, 50)),
    ("conv4.4.main.0.layers.0", 262144, (256, 50, 50)),
    ("conv4.4.main.0.layers.1", 1024, (256, 50, 50)),
    ("conv4.4.main.1", 0, (256, 50, 50)),
    ("conv4.4.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.4.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.4.main.3", 0, (256, 50, 50)),
    ("conv4.4.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.4.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.4.relu", 0, (1024, 50, 50)),
    ("conv4.5.main.0.layers.0", 262144, (256, 50, 50)),
    ("conv4.5.main.0.layers.1", 1024, (256, 50, 50)),
    ("conv4.5.main.1", 0, (256, 50, 50)),
    ("conv4.5.main.2.layers.0", 589824, (256, 50, 50)),
    ("conv4.5.main.2.layers.1", 1024, (256, 50, 50)),
    ("conv4.5.main.3", 0, (256, 50, 50)),
    ("conv4.5.main.4.layers.0", 262144, (1024, 50, 50)),
    ("conv4.5.main.4.layers.1", 4096, (1024, 50, 50)),
    ("conv4.5.relu", 0, (1024, 50, 50)),
    ("conv5.0.main.0.layers.0", 524288, (512, 50, 50)),
    ("conv5.0.main.0.layers.1", 2048, (512, 50, 50)),
    ("conv5.0.main.1", 0, (512, 50, 50)),
    ("conv5.0.main.2.layers.0", 2359296, (512, 25, 25)),
    ("conv5.0.main.2.layers.1", 2048, (512, 25, 25)),
    ("conv5.0.main.3", 0, (512, 25, 25)),
    ("conv5.0.main.4.layers.0", 1048576, (2048, 25, 25)),
    ("conv5.0.main.4.layers.1", 8192, (2048, 25, 25)),
    ("conv5.0.shortcut.0.layers.0", 2097152, (2048, 25, 25)),
    ("conv5.0.shortcut.0.layers.1", 8192, (2048, 25, 25)),
    ("conv5.0.relu", 0, (2048, 25, 25)),
    ("conv5.1.main.0.layers.0", 1048576, (512, 25, 25)),
    ("conv5.1.main.0.layers.1", 2048, (512, 25, 25)),
    ("conv5.1.main.1", 0, (512, 25, 25)),
    ("conv5.1.main.2.layers.0", 2359296, (512, 25, 25)),
    ("conv5.1.main.2.layers.1", 2048, (512, 25, 25)),
    ("conv5.1.main.3", 0, (512, 25, 25)),
    ("conv5.1.main.4.layers.0", 1048576, (2048, 25, 25)),
    ("conv5.1.main.4.layers.1", 8192, (2048, 25, 25)),
    ("conv5.1.relu", 0, (2048, 25, 25)),
    ("conv5.2.main.0.layers.0", 1048576, (512, 25, 25)),
    ("conv5.2.main.0.layers.1", 2048, (512, 25, 25)),
    ("conv5.2.main.1", 0, (512, 25, 25)),
    ("conv5.2.main.2.layers.0", 2359296, (512, 25, 25)),
    ("conv5.2.main.2.layers.1", 2048, (512, 25, 25)),
    ("conv5.2.main.3", 0, (512, 25, 25)),
    ("conv5.2.main.4.layers.0", 1048576, (2048, 25, 25)),
    ("conv5.2.main.4.layers.1", 8192, (2048, 25, 25)),
    ("conv5.2.relu", 0, (2048, 25, 25)),
    ("merged5", 524544, (256, 25, 25)),
    ("merged4.enlarged", 0, (256, 50, 50)),
    ("merged4.lateral", 262400, (256, 50, 50)),
    ("merged3.enlarged", 0, (256, 100, 100)),
    ("merged3.lateral", 131328, (256, 100, 100)),
    ("merged2.enlarged", 0, (256, 200, 200)),
    ("merged2.lateral", 65792, (256, 200, 200)),
    ("p2", 590080, (256, 200, 200)),
    ("p3", 590080, (256, 100, 100)),
    ("p4", 590080, (256, 50, 50)),
    ("p5", 590080, (256, 25, 25)),
    ("p6", 0, (256, 13, 13)),
    ("conv.0", 590080, None),
    ("conv.1", 0, (256, 200, 200)),
    ("objectness", 771, (3, 200, 200)),
    ("deltas", 3084, (12, 200, 200)),
    ("flatten", 0, (12544,)),
    ("fc6.0", 12846080, None),
    ("fc6.1", 0, (1024,)),
    ("fc7.0", 1049600, None),
    ("fc7.1", 0, (1024,)),
    ("scores", 93275, (91,)),
    ("boxes", 373100, (364,)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = FasterRCNN().eval()
        inputs = [torch.zeros(2, 3, 800, 800)]
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
