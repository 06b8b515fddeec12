"""PyTorch code is followed, not executed; parameters are those that PyTorch counts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.command_line import run

LENET: Final = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

CLASSES = 10

class Net(nn.Module):
    def __init__(self, classes=CLASSES):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.fc1 = nn.Linear(16 * 4 * 4, 120)
        self.fc2 = nn.Linear(120, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, 16 * 4 * 4)
        x = F.relu(self.fc1(x))
        return F.log_softmax(self.fc2(x), dim=1)
"""
RESIDUAL: Final = """\
import torch.nn as nn

class Block(nn.Module):
    def __init__(self, inner, out, stride=1):
        super().__init__()
        layers = [nn.Conv2d(inner, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)]
        layers += [nn.Conv2d(out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out)]
        self.body = nn.Sequential(*layers)
        self.shortcut = nn.Sequential()
        if stride != 1 or inner != out:
            self.shortcut = nn.Sequential(nn.Conv2d(inner, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))

def make(widths):
    blocks, inner = [], 3
    for width in widths:
        blocks.append(Block(inner, width, stride=2 if width > 8 else 1))
        inner = width
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inner, 10))

net = make([8, 16])
model = nn.Sequential(net)
"""


def summary(code: str, folder: Path, options: str = "") -> str:
    (folder / "net.py").write_text(code)
    outcome = run(f"cnncalc summary net.py {options} --format csv --columns name,type,output_shape,params", folder)
    assert outcome.code == 0, outcome.stderr
    return outcome.stdout


def test_a_net_in_a_class(tmp_path: Path) -> None:
    assert summary(LENET, tmp_path, "--input 28x28x1").splitlines()[1:] == [
        "input,InputLayer,28x28x1,0", "conv1,Conv2D,24x24x6,156", "relu,ReLU,24x24x6,0",
        "max_pool2d,MaxPooling2D,12x12x6,0", "conv2,Conv2D,8x8x16,2416", "relu_1,ReLU,8x8x16,0",
        "max_pool2d_1,MaxPooling2D,4x4x16,0", "flatten,Flatten,256,0", "fc1,Dense,120,30840", "relu_2,ReLU,120,0",
        "fc2,Dense,10,1210", "log_softmax,Activation,10,0",
    ]  # fmt: skip


def test_helper_functions_loops_and_conditions(tmp_path: Path) -> None:
    """Two residual blocks, both with a projection: 3*8*9 + 8*8*9 + 3*8 weights and three normalisations, and so on."""
    rows = summary(RESIDUAL, tmp_path, "--input 32x32x3").splitlines()[1:]
    params = sum(int(row.rsplit(",", 1)[1]) for row in rows)
    first = 3 * 8 * 9 + 8 * 8 * 9 + 3 * 8 + 3 * 4 * 8
    second = 8 * 16 * 9 + 16 * 16 * 9 + 8 * 16 + 3 * 4 * 16
    assert params == first + second + 16 * 10 + 10
    assert rows[-1].split(",")[1:] == ["Dense", "10", "170"]


def test_a_kind_of_sequential_and_the_size_of_an_image(tmp_path: Path) -> None:
    """A tensor that the file makes tells the size of the input."""
    code = """\
import torch
from torch import nn

class Net(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
        self.cut = nn.ZeroPad2d(-1)
        self.head = nn.Linear(4, 2)

if __name__ == "__main__":
    print(Net()(torch.zeros(2, 3, 8, 8)))
"""
    assert summary(code, tmp_path).splitlines()[1:] == [
        "input,InputLayer,8x8x3,0", "body.0,Conv2D,6x6x4,112", "body.1,ReLU,6x6x4,0", "cut,Cropping2D,4x4x4,0",
        "head,Dense,4x4x2,10",
    ]  # fmt: skip


def test_what_is_not_understood_is_an_error_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(LENET.replace("x = x.view(-1, 16 * 4 * 4)", "x = torch.fft.fft(x)"))
    outcome = run("cnncalc summary net.py --input 28x28x1", tmp_path)
    assert outcome.code == 2
    assert "net.py:18:13" in outcome.stderr


def test_nothing_is_executed(tmp_path: Path) -> None:
    code = LENET.replace("CLASSES = 10", "CLASSES = 10\nopen('written', 'w').write('x')\nimport os\nos.mkdir('made')")
    summary(code, tmp_path, "--input 28x28x1")
    assert {path.name for path in tmp_path.iterdir()} == {"net.py"}


def test_endless_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(LENET.replace("return F.log", "return self.forward(x)\n        return F.log"))
    assert "more than 40 deep" in run("cnncalc summary net.py --input 28x28x1", tmp_path).stderr
