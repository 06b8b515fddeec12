"""Programs that `cnncalc export` writes, run: every layer's parameters and shape, the totals, and one forward pass.

Each program asserts its own table of figures when it runs. Here the totals are added up by the frameworks, and a
batch of real numbers goes through. `--networks N` says how many random networks (200 unless told).
"""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")
pytest.importorskip("torchvision")

import numpy as np  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analysis.report import Report  # noqa: E402
from cnncalc.errors import CnncalcError  # noqa: E402
from cnncalc.exporting.formats import WRITERS  # noqa: E402
from cnncalc.spec.shipped import shipped_names  # noqa: E402
from tests.peers.random_specs import random_network  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

LACKED = {"keras": {"fast_rcnn", "faster_rcnn", "mask_rcnn", "rcnn", "lrcn"}, "torch": set()}
"""The shipped specs that a framework can't say: Keras has no pooling of regions, and
no explicit padding inside TimeDistributed."""

MOST_REFUSED = {"keras": 0.25, "torch": 0.75}
"""The share of random networks that may hold something that a framework's program can't say. The aim is a tenth:
PyTorch still lacks Dot, Attention, AdditiveAttention, EinsumDense and Opaque, Keras Opaque and pooling of regions."""

FAULTS = {
    "torch": ("index out of range",),
    "keras": ("normalized_shape", "NoneType", "smaller than the input length"),
}
"""What a forward pass may end in: an Embedding behind other layers reads numbers that are no words; on PyTorch, Keras
normalises the last axis alone and knows no size in Reshape that is None; a crop is larger than what stands for an
unknown size."""


def executed(text: str) -> dict[str, Any]:
    """Runs a program as a script; returns its names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "net.py", "exec"), names)
    return names


def size(length: int | None) -> int:
    return 24 if length is None else length


def check_keras(names: Mapping[str, Any], report: Report, runs: bool) -> None:
    model = names["model"]
    assert model.count_params() == report.totals.params
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == report.totals.trainable_params
    if runs:
        batch = [np.zeros((2, *map(size, tensor.shape[1:])), "float32") for tensor in model.inputs]
        made = model(batch if len(batch) > 1 else batch[0])
        compare(made if isinstance(made, list) else [made], report, [False] * len(report.outputs))


def check_torch(names: Mapping[str, Any], text: str, report: Report, runs: bool) -> None:
    state = {key: value for key, value in names["net"].state_dict().items() if "num_batches_tracked" not in key}
    assert sum(value.numel() for value in state.values()) == report.totals.params
    parameters = names["net"].parameters()
    assert sum(value.numel() for value in parameters if value.requires_grad) == report.totals.trainable_params
    if runs and "inputs" in names:
        net = type(names["net"])().eval()
        with torch.no_grad():
            made = net(*(torch.zeros(tuple(x.shape)) for x in names["inputs"]))
        compare(list(made) if isinstance(made, tuple) else [made], report, [True] * len(report.outputs))


def compare(made: list[Any], report: Report, in_any_order: list[bool]) -> None:
    """The shapes of what comes out; PyTorch may have the channels in front."""
    for tensor, name, any_order in zip(made, report.outputs, in_any_order, strict=False):
        expected, found = report[name].output_shape, tuple(tensor.shape[1:])
        if None in expected:
            continue
        assert (sorted(found) == sorted(expected)) if any_order else found == expected  # type: ignore[type-var]


def check(to: str, model: cnncalc.Model, runs: bool) -> None:
    report, text = model.analyze(), WRITERS[to](model)
    if to == "keras":
        keras.utils.clear_session()
        check_keras(executed(text), report, runs)
    else:
        check_torch(executed(text), text, report, runs)


@pytest.mark.parametrize("to", ["keras", "torch"])
@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs(name: str, to: str) -> None:
    model = cnncalc.load(name)
    if name in LACKED[to]:
        with pytest.raises(CnncalcError, match="can't say the layer"):
            WRITERS[to](model)
        return
    check(to, model, runs=True)


@pytest.mark.parametrize("to", ["keras", "torch"])
def test_random_networks(to: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    networks, first = request.config.getoption("--networks"), request.config.getoption("--first")
    refused: Counter[str] = Counter()
    written = 0
    for number in range(first, first + networks):
        for file, text in random_network(number).files.items():
            (tmp_path / file).write_text(text)
        try:
            model = cnncalc.load(tmp_path / "random.yaml")
            WRITERS[to](model)
        except CnncalcError as error:
            refused[error.diagnostics[0].message.partition("): ")[2] or "the spec itself"] += 1
            continue
        written += 1
        try:
            check(to, model, runs=True)
        except (RuntimeError, IndexError, TypeError, ValueError, AssertionError) as error:
            if not any(words in str(error) for words in FAULTS[to]):
                raise AssertionError(f"network {number}") from error
    print(f"\n{to}: {written} of {networks} random networks written and run; refused: {dict(refused)}")
    lacked = sum(refused.values()) - refused["the spec itself"]
    assert lacked <= networks * MOST_REFUSED[to]
