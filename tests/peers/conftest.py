"""Options of the comparison with other frameworks."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")  # Keras needs no TensorFlow then


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--networks", type=int, default=200, help="how many random networks are compared with Keras")
    parser.addoption("--first", type=int, default=0, help="the number of the first random network")
    parser.addoption("--draws", type=int, default=40, help="how many layers of a kind are compared with Keras")
