"""Cold start: whole processes, from the shell to the last byte."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.measuring import in_turn, of_process, on_terminal
from benchmarks.page import Line, ms, times

IMPORTS = "import typer, yaml, pydantic, rich.table, rich.console"
COMMANDS = {
    f'python -c "{IMPORTS}"': ["-c", IMPORTS],
    "cnncalc summary resnet50": ["-m", "cnncalc", "summary", "resnet50"],
    "cnncalc summary resnet50 --format json": ["-m", "cnncalc", "summary", "resnet50", "--format", "json"],
    "cnncalc --help": ["-m", "cnncalc", "--help"],
}
ON_TERMINAL = "cnncalc summary resnet50, on a terminal"
LIMITS = {
    "cnncalc summary resnet50": 1.6,
    "cnncalc summary resnet50 --format json": 1.6,
    ON_TERMINAL: 2.2,
    "cnncalc --help": 1.0,
}
"""At most so many times the first."""
OTHERS = {
    "Keras (PyTorch backend): ResNet50().summary()": (
        "import keras; keras.applications.ResNet50(weights=None).summary()"
    ),
    "torchinfo: summary(resnet50())": (
        "import torchinfo, torchvision; torchinfo.summary(torchvision.models.resnet50(), (1, 3, 224, 224))"
    ),
    "fvcore: FlopCountAnalysis(resnet50())": (
        "import torch, torchvision; from fvcore.nn import FlopCountAnalysis, flop_count_table; "
        "print(flop_count_table(FlopCountAnalysis(torchvision.models.resnet50(), torch.zeros(1, 3, 224, 224))))"
    ),
}
ROUNDS = 15
ROUNDS_OF_OTHERS = 3
FASTER = 15


def lines() -> Iterator[Line]:
    """Ours beside the bare imports, the others beside our table."""
    cases = {name: of_process([sys.executable, *command]) for name, command in COMMANDS.items()}
    cases[ON_TERMINAL] = on_terminal([sys.executable, *COMMANDS["cnncalc summary resnet50"]])
    ours = in_turn(cases, ROUNDS)
    first = next(iter(ours.values()))
    for name, time in ours.items():
        limit = LIMITS.get(name)
        asked = f"at most {limit} times the first line" if limit else ""
        yield Line(f"`{name}`", f"{ms(time.cpu)} ({ms(time.wall)} on the wall)", times(time.cpu / first.cpu), asked)
    table = "cnncalc summary resnet50"
    others = {table: of_process([sys.executable, *COMMANDS[table]])} | {
        name: of_process([sys.executable, "-c", code], KERAS_BACKEND="torch") for name, code in OTHERS.items()
    }
    beside = in_turn(others, ROUNDS_OF_OTHERS)
    for name in OTHERS:
        time, own = beside[name], beside[table]
        slower = f"{times(time.cpu / own.cpu)}, {times(time.wall / own.wall)} on the wall"
        asked = f"at least {FASTER} times `{table}`"
        yield Line(name, f"{ms(time.cpu)} ({ms(time.wall)} on the wall)", slower, asked)
