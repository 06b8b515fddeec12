"""LeNet-5 in PyTorch, written by cnncalc."""

import torch
from torch import nn


class LeNet5(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, 5),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(400, 120),
            nn.Tanh(),
            nn.Linear(120, 84),
            nn.Tanh(),
        )
        self.logits = nn.Sequential(nn.Linear(84, 10), nn.Softmax(1))


FIGURES = [  # of each module: its name, its parameters, its output shape
    ("layers.0", 156, None),
    ("layers.1", 0, (6, 28, 28)),
    ("layers.2", 0, (6, 14, 14)),
    ("layers.3", 2416, None),
    ("layers.4", 0, (16, 10, 10)),
    ("layers.5", 0, (16, 5, 5)),
    ("layers.6", 0, (400,)),
    ("layers.7", 48120, None),
    ("layers.8", 0, (120,)),
    ("layers.9", 10164, None),
    ("layers.10", 0, (84,)),
    ("logits.0", 850, None),
    ("logits.1", 0, (10,)),
]


if __name__ == "__main__":
    with torch.device("meta"):  # where tensors have a shape and nothing is computed
        net = LeNet5().eval()
        inputs = [torch.zeros(2, 1, 32, 32)]
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
