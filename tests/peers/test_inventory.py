"""The lists of classes in docs/inventory.yaml are those of the installed frameworks."""

from __future__ import annotations

import inspect
import os
from types import ModuleType

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")

from tests.inventory_page import INVENTORY  # noqa: E402


def public_classes(module: ModuleType) -> list[str]:
    return sorted(name for name, value in vars(module).items() if inspect.isclass(value) and not name.startswith("_"))


def test_the_classes_are_those_of_keras() -> None:
    if keras.__version__ != INVENTORY["keras"]["version"]:
        pytest.skip("another version of Keras")
    assert public_classes(keras.layers) == INVENTORY["keras"]["classes"]


def test_the_classes_are_those_of_pytorch() -> None:
    if torch.__version__.split("+")[0] != INVENTORY["torch"]["version"]:
        pytest.skip("another version of PyTorch")
    assert public_classes(torch.nn) == INVENTORY["torch"]["classes"]
