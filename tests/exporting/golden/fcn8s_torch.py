"""FCN-8s in PyTorch, written by cnncalc."""

import torch
from torch import nn


class FCN8s(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=100),
            nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(64, 128, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(128, 128, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(128, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
        )
        self.maxpool2d = nn.MaxPool2d(2, ceil_mode=True)
        self.layers_2 = nn.Sequential(
            nn.Conv2d(256, 512, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, 3, padding=1),
            nn.ReLU(),
        )
        self.maxpool2d_2 = nn.MaxPool2d(2, ceil_mode=True)
        self.layers_3 = nn.Sequential(
            nn.Conv2d(512, 512, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(512, 512, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
        )
        self.fc6 = nn.Sequential(nn.Conv2d(512, 4096, 7), nn.ReLU())
        self.dropout = nn.Dropout(0.5)
        self.fc7 = nn.Sequential(nn.Conv2d(4096, 4096, 1), nn.ReLU())
        self.dropout_2 = nn.Dropout(0.5)
        self.score = nn.Conv2d(4096, 21, 1)
        self.upsample2 = nn.ConvTranspose2d(21, 21, 4, stride=2, bias=False)
        self.score_pool4 = nn.Conv2d(512, 21, 1)
        self.zeropad2d = nn.ZeroPad2d((-5, -5, -5, -5))
        self.upsample4 = nn.ConvTranspose2d(21, 21, 4, stride=2, bias=False)
        self.score_pool3 = nn.Conv2d(256, 21, 1)
        self.zeropad2d_2 = nn.ZeroPad2d((-9, -9, -9, -9))
        self.upsample8 = nn.ConvTranspose2d(
            21,
            21,
            16,
            stride=8,
            bias=False,
        ).requires_grad_(False)
        self.zeropad2d_3 = nn.ZeroPad2d((-31, -37, -31, -37))

    def forward(self, x):
        x = self.layers(x)
        max_pooling2d = self.maxpool2d(x)
        x = self.layers_2(max_pooling2d)
        max_pooling2d_2 = self.maxpool2d_2(x)
        x = self.layers_3(max_pooling2d_2)
        x = self.fc6(x)
        x = self.dropout(x)
        x = self.fc7(x)
        x = self.dropout_2(x)
        x = self.score(x)
        upsample2 = self.upsample2(x)
        x = self.score_pool4(max_pooling2d_2)
        x = self.zeropad2d(x)
        x = upsample2 + x
        upsample4 = self.upsample4(x)
        x = self.score_pool3(max_pooling2d)
        x = self.zeropad2d_2(x)
        x = self.upsample8(upsample4 + x)
        return self.zeropad2d_3(x)


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("layers.0", 1792, None),
    ("layers.1", 0, (64, 698, 698)),
    ("layers.2", 36928, None),
    ("layers.3", 0, (64, 698, 698)),
    ("layers.4", 0, (64, 349, 349)),
    ("layers.5", 73856, None),
    ("layers.6", 0, (128, 349, 349)),
    ("layers.7", 147584, None),
    ("layers.8", 0, (128, 349, 349)),
    ("layers.9", 0, (128, 175, 175)),
    ("layers.10", 295168, None),
    ("layers.11", 0, (256, 175, 175)),
    ("layers.12", 590080, None),
    ("layers.13", 0, (256, 175, 175)),
    ("layers.14", 590080, None),
    ("layers.15", 0, (256, 175, 175)),
    ("maxpool2d", 0, (256, 88, 88)),
    ("layers_2.0", 1180160, None),
    ("layers_2.1", 0, (512, 88, 88)),
    ("layers_2.2", 2359808, None),
    ("layers_2.3", 0, (512, 88, 88)),
    ("layers_2.4", 2359808, None),
    ("layers_2.5", 0, (512, 88, 88)),
    ("maxpool2d_2", 0, (512, 44, 44)),
    ("layers_3.0", 2359808, None),
    ("layers_3.1", 0, (512, 44, 44)),
    ("layers_3.2", 2359808, None),
    ("layers_3.3", 0, (512, 44, 44)),
    ("layers_3.4", 2359808, None),
    ("layers_3.5", 0, (512, 44, 44)),
    ("layers_3.6", 0, (512, 22, 22)),
    ("fc6.0", 102764544, None),
    ("fc6.1", 0, (4096, 16, 16)),
    ("dropout", 0, (4096, 16, 16)),
    ("fc7.0", 16781312, None),
    ("fc7.1", 0, (4096, 16, 16)),
    ("dropout_2", 0, (4096, 16, 16)),
    ("score", 86037, (21, 16, 16)),
    ("upsample2", 7056, (21, 34, 34)),
    ("score_pool4", 10773, (21, 44, 44)),
    ("zeropad2d", 0, (21, 34, 34)),
    ("upsample4", 7056, (21, 70, 70)),
    ("score_pool3", 5397, (21, 88, 88)),
    ("zeropad2d_2", 0, (21, 70, 70)),
    ("upsample8", 112896, (21, 568, 568)),
    ("zeropad2d_3", 0, (21, 500, 500)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = FCN8s().eval()
        inputs = [torch.zeros(2, 3, 500, 500)]
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
