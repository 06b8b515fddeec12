"""`cnncalc.sweep` gives records; models and reports can be sent to other processes and used from several threads."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import cnncalc


def test_records_come_one_by_one(folder: Path) -> None:
    records = cnncalc.sweep(folder / "small.yaml", {"width": range(1, 1_000_000), "depth": [1, 16]}, columns=["params"])
    assert next(records) == {"width": 1, "depth": 1, "params": 2288, "error": None, "layer": None}
    assert next(records) == {"width": 1, "depth": 16, "params": None, "error": "size-below-one", "layer": "c_16"}


def test_a_model_keeps_the_values_that_it_was_made_with(folder: Path) -> None:
    model = cnncalc.load(folder / "small.yaml", set={"depth": 1}, input=(16, 16, 1))
    [record] = cnncalc.sweep(model, {"width": [8]}, columns=["params"])
    assert record["params"] == cnncalc.load(
        folder / "small.yaml", set={"depth": 1, "width": 8}, input=(16, 16, 1)
    ).analyze().totals.params  # fmt: skip


def test_values_are_texts_shapes_and_numbers() -> None:
    vary = {"alpha": [0.25, 1], "input": [(64, 64, 3), "96x96x3"]}
    records = list(cnncalc.sweep("mobilenet_v1", vary, columns=["params"], where="params < 1M", minimize="params"))
    # Keras: MobileNet(alpha=0.25) has 475,544 parameters, whatever the image's size.
    assert [(record["alpha"], record["input"], record["params"]) for record in records] == [
        (0.25, [64, 64, 3], 475544), (0.25, [96, 96, 3], 475544),
    ]  # fmt: skip


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(cnncalc.UsageError, match="neither a figure nor varied"):
        cnncalc.sweep("mobilenet_v1", {"alpha": [1]}, where="nonsense > 1")


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "mobilenet_v1", "lrcn", "transfer_vgg16"])
def test_a_model_and_a_report_can_be_pickled(name: str) -> None:
    model = cnncalc.load(name)
    report = model.analyze()
    assert pickle.loads(pickle.dumps(model)).analyze().to_dict() == report.to_dict()
    assert pickle.loads(pickle.dumps(report)).to_dict() == report.to_dict()


def test_one_model_is_analysed_from_several_threads() -> None:
    model = cnncalc.load("mobilenet_v1")
    expected = model.analyze().to_dict()
    with ThreadPoolExecutor(4) as threads:
        assert all(report.to_dict() == expected for report in threads.map(lambda _: model.analyze(), range(12)))
