"""Which format a file has: by its first bytes, or else by its ending. Adding a format is one entry in `FORMATS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from cnncalc.spec.library import SUFFIXES as SPEC_SUFFIXES

HEAD: Final = 64 * 1024
"""How much of a file is looked at, in bytes."""
HDF5_SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"


class Format(NamedTuple):
    """A kind of file. `module` of this package reads it; `shows` tells whether the first bytes are such a file's."""

    name: str
    suffixes: tuple[str, ...]
    module: str
    shows: Callable[[bytes], bool]


class Foreign(NamedTuple):
    """A kind of file that can't be read: what it is, and what to give instead."""

    what: str
    suffixes: tuple[str, ...]
    suggestion: str


def _has(pattern: bytes) -> Callable[[bytes], bool]:
    return lambda head: re.search(pattern, head, re.MULTILINE) is not None


def _is_code(library: bytes) -> Callable[[bytes], bool]:
    """Tells whether code, or a line of a notebook's cell, imports a library."""
    return _has(rb'(?:^|\\n|")\s*(?:import|from) +' + library + rb"\b")


def _is_hdf5(head: bytes) -> bool:
    """Tells whether the signature stands at 0, 512, 1024, 2048, ..., as the format wants."""
    places = [0, *(512 << power for power in range(8))]
    return any(head.startswith(HDF5_SIGNATURE, place) for place in places)


YOLO: Final = Format("Ultralytics YAML", SPEC_SUFFIXES, "yolo.reader", _has(rb"\A(?=[\s\S]*^backbone:)[\s\S]*^head:"))
"""Files with the ending of a spec that are none."""

FORMATS: Final = (
    Format("an exported program of PyTorch", (".pt2",), "torch.archive",
           _has(rb"weights/weight_0|models/model\.json|exported_program\.json")),
    Format("Keras", (".keras",), "keras.archive", lambda head: head.startswith(b"PK") and b"config.json" in head),
    Format("Keras HDF5", (".h5", ".hdf5"), "keras.hdf5", _is_hdf5),
    Format("Keras JSON", (), "keras.json_text",
           _has(rb'\A\s*\{(?=[\s\S]*"(class_name|modelTopology|model_config|keras_version)")')),
    Format("PyTorch code", (), "torch.code", _is_code(rb"torch")),
    Format("Keras code", (".py", ".ipynb"), "keras.code", _is_code(rb"(keras|tensorflow|tf_keras)")),
    Format("ONNX", (".onnx",), "onnx.reader", lambda head: False),  # protocol buffers have no signature
    Format("darknet", (), "darknet", _has(rb"\A(?:\s*(?:[#;][^\n]*)?\n)*\s*\[net(?:work)?\]")),
    Format("Caffe", (".prototxt",), "caffe.reader", _has(rb"^\s*layers?\s*\{")),
)  # fmt: skip
"""The first one whose bytes a file shows, else the one whose ending it has."""

UNREADABLE: Final = (
    Foreign("a pickle, which runs code when it is opened", (".pt", ".pth", ".pkl", ".ckpt"),
            "torch.export.save(torch.export.export(model, inputs), 'model.pt2') saves what can be read; so does ONNX"),
    Foreign("a TensorFlow graph", (".pb", ".tflite"), "save the model with model.save('model.keras')"),
    Foreign("a file of weights", (".weights", ".caffemodel", ".npz", ".safetensors"),
            "give the file of the architecture: .keras, .json, .cfg or .prototxt"),
)  # fmt: skip


def format_of(path: Path) -> Format | Foreign | None:
    """Finds the format of a file; `None` for a spec, for what is no ordinary file, and for what is not there."""
    ending = path.suffix.lower()
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, ValueError):  # who reads the file says what is wrong
        return None
    if ending in SPEC_SUFFIXES:
        return YOLO if YOLO.shows(head) else None
    known: tuple[Format | Foreign, ...] = (*FORMATS, *UNREADABLE)
    shown = next((format for format in FORMATS if format.shows(head)), None)
    return shown or next((kind for kind in known if ending in kind.suffixes), None)
