"""The networks of Keras and torchvision are still what `tests/truth/` says of them, layer by layer.

Shipped specs are compared with `tests/truth/` (`tests/test_shipped_frameworks.py`), and that needs no framework.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("torchvision")
pytest.importorskip("keras")

from tests.peers.networks_truth import (
    DETECTORS,
    KERAS_SIZES,
    OTHER_SIZES,
    TORCHVISION_NAMES,
    TRANSFORMERS,
    TRUTH,
    detector_facts,
    keras_facts,
    keras_macs,
    torchvision_facts,
    transformer_facts,
)


def stored(path: str) -> Any:
    return json.loads((TRUTH / path).read_text(encoding="utf-8"))


def without_version(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in ("keras", "torchvision")}


@pytest.mark.parametrize("name", KERAS_SIZES)
def test_keras_has_the_layers_that_the_truth_says(name: str) -> None:
    assert without_version(keras_facts(name)) == without_version(stored(f"keras/{name}.json"))


@pytest.mark.parametrize("name", KERAS_SIZES)
def test_torch_counts_the_macs_that_the_truth_says(name: str) -> None:
    assert keras_macs(name) == stored("macs.json")["keras"][name]


@pytest.mark.parametrize("name", [*TORCHVISION_NAMES, *OTHER_SIZES])
def test_torchvision_has_the_modules_that_the_truth_says(name: str) -> None:
    assert without_version(torchvision_facts(name)) == without_version(stored(f"torchvision/{name}.json"))


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers_cost_what_the_truth_says(name: str) -> None:
    assert without_version(transformer_facts(name)) == without_version(stored(f"torchvision/{name}.json"))


@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_have_the_parts_that_the_truth_says(name: str) -> None:
    assert without_version(detector_facts(name)) == without_version(stored(f"torchvision/{name}.json"))
