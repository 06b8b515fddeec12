"""What once was slow: commands on nets that are long, wide or densely connected, each as a whole process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from benchmarks.hostile import run
from benchmarks.hostile_inputs import HostileInput
from benchmarks.nets import chain
from benchmarks.page import Line, ms


class Spot(NamedTuple):
    """A command, and the seconds of processor time that are asked for."""

    input: HostileInput
    seconds: float


def _wide(branches: int) -> str:
    lines = "".join(f"        b{number}: [{{Conv2D: {{filters: 1, kernel_size: 1}}}}]\n" for number in range(branches))
    return f"input: [8, 8, 3]\nlayers:\n  - Concatenate:\n      branches:\n{lines}"


def _dense(layers: int) -> str:
    """Each layer reads all earlier ones."""
    lines = ["  - Conv2D: {filters: 2, kernel_size: 1, name: c0}"]
    for number in range(1, layers):
        sources = ", ".join(f"c{earlier}" for earlier in range(number))
        merge = f"Concatenate: {{from: [{sources}], name: m{number}}}" if number > 1 else "Activation: relu"
        lines += [f"  - {merge}", f"  - Conv2D: {{filters: 2, kernel_size: 1, name: c{number}}}"]
    return "input: [8, 8, 3]\nlayers:\n" + "\n".join(lines) + "\n"


def _spot(seconds: float, command: str, **specs: str) -> Spot:
    files = {f"{name}.yaml": text.encode() for name, text in specs.items()}
    return Spot(HostileInput(command, lambda: files, command), seconds)


SPOTS: Final = (
    _spot(1, "explain inception_resnet_v2"),
    _spot(30, "explain chain.yaml", chain=chain(100_000)),
    _spot(1, "reconcile densenet201 4.3G"),
    _spot(1, "compare densenet121 densenet201"),
    _spot(5, "summary wide.yaml --memory -o out.txt", wide=_wide(24_000)),
    _spot(5, "summary dense.yaml -o out.txt", dense=_dense(1_000)),
    _spot(5, "summary chain.yaml --format jsonl -o out.txt", chain=chain(50_000)),
    _spot(5, "summary chain.yaml --format json -o out.txt", chain=chain(50_000)),
)


def lines() -> Iterator[Line]:
    """Processor time and the most memory of each."""
    for spot in SPOTS:
        end = run(spot.input)
        yield Line(
            f"`cnncalc {spot.input.command}`", ms(end.seconds), f"{end.megabytes:.0f} MB, {end.said}",
            f"at most {spot.seconds:g} s",
        )  # fmt: skip
