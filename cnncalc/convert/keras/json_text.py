"""Keras's JSON: what `to_json` writes, from 2.1 to 3.x, and TensorFlow.js's `model.json` around it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from cnncalc.convert.files import read_bytes
from cnncalc.convert.graph import Graph, ReadingProblem
from cnncalc.convert.keras.model import ModelReader

MAX_BYTES: Final = 64 * 1024 * 1024
"""NASNetLarge, a thousand layers, is 1 MB."""
ENVELOPES: Final = ("modelTopology", "model_config")


def read(path: Path) -> Graph:
    """Reads a file of JSON. Raises: ReadingProblem."""
    return graph_of_json(read_bytes(path, MAX_BYTES))


def graph_of_json(data: bytes) -> Graph:
    """Reads a model from JSON. Raises: ReadingProblem."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        what = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise ReadingProblem("damaged-file", f"this is no JSON: {what}",
                             suggestion="get the file once more: it may have been cut") from None  # fmt: skip
    return graph_of_config(value)


def graph_of_config(value: object) -> Graph:
    """Reads a model from the configuration that Keras gives of it. Raises: ReadingProblem."""
    version: object = None
    while isinstance(value, dict):
        version = value.get("keras_version", version)
        inner = next((value[name] for name in ENVELOPES if name in value), None)
        if inner is None:
            break
        value = inner
        if isinstance(value, str):
            return graph_of_json(value.encode())
    if not isinstance(value, dict) or "class_name" not in value or "config" not in value:
        raise ReadingProblem(
            "no-architecture", "there is no Keras model in this file", expected="class_name and config",
            suggestion="a file of weights alone has no layers: save the whole model, model.save('model.keras')",
        )  # fmt: skip
    return ModelReader().graph_of(value, f"Keras {version}" if isinstance(version, str) else "Keras")
