"""Who reads what in resizing and upsampling: positions that change the output in Keras."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cnncalc.layers.registry import MODULES, build
from cnncalc.receptive_fields.reach import PerAxis, Resample
from cnncalc.receptive_fields.sliding import Sliding, through
from cnncalc.receptive_fields.work import Work
from cnncalc.tensor import Shape

torch = pytest.importorskip("torch")
keras = pytest.importorskip("keras")

import numpy as np  # noqa: E402  (comes with Keras)

pytestmark = pytest.mark.filterwarnings("ignore")

Arguments = dict[str, object]
Case = tuple[Arguments, tuple[Shape, ...]]

DRAWS = 60
NOT_IN_KERAS = ("Maxout", "ChannelSlice", "ChannelShuffle", "LocalResponseNormalization")
KINDS = tuple(
    kind
    for module in (
        "dense",
        "reshaping",
        "normalization",
        "weightless_normalization",
        "preprocessing",
        "activation",
        "regularization",
        "resizing",
        "merging",
    )
    for kind in MODULES[module]
    if kind not in NOT_IN_KERAS
)


def positions_read(kind: str, arguments: Arguments, length: int, width: int = 1) -> list[set[int]]:
    """Which rows of a `length` x `width` map each output row of Keras's layer depends on."""
    layer = getattr(keras.layers, kind)(**arguments)
    maps = np.eye(length, dtype="float32").reshape(length, 1, length, 1, 1).repeat(width, axis=3)
    rows = [layer(one) for one in maps]
    columns = np.stack([np.abs(np.asarray(row)).reshape(row.shape[1], -1).max(axis=1) for row in rows])
    return [set(np.flatnonzero(columns[:, p] > 1e-6).tolist()) for p in range(columns.shape[1])]


def positions_of(axis: object, length: int, new_length: int) -> Sequence[set[int]]:
    """The same from the declared reach, as the tracker follows it, cut at the border."""
    assert isinstance(axis, Resample)
    seen = through(Sliding(1, 1, (0,), (0,)), axis, length, None, Work())
    assert isinstance(seen, Sliding)
    boxes = [(seen.begin(p), seen.end(p)) for p in range(new_length)]
    return [
        {min(max(position, 0), length - 1) for position in range(first, last + 1)}
        for first, last in boxes
        if first is not None and last is not None
    ]


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize(("length", "new_length"), [(4, 8), (5, 15), (6, 4), (8, 2), (7, 5), (3, 4), (5, 5)])
def test_resizing_reads_the_declared_positions(interpolation: str, length: int, new_length: int) -> None:
    arguments: Arguments = {"height": new_length, "width": 1, "interpolation": interpolation}
    reach = build("Resizing", arguments).reach((length, 1, 1), (new_length, 1, 1))
    assert isinstance(reach, PerAxis)
    assert positions_of(reach.axes[0], length, new_length) == positions_read("Resizing", arguments, length)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("length", "new_length"), [(8, 4), (9, 4), (10, 3), (12, 5), (7, 6), (5, 8), (16, 2)])
def test_antialiasing_reads_the_declared_positions(interpolation: str, length: int, new_length: int) -> None:
    # PyTorch computes the first row alone where the map is one column wide.
    arguments: Arguments = {"height": new_length, "width": 3, "interpolation": interpolation, "antialias": True}
    reach = build("Resizing", arguments).reach((length, 3, 1), (new_length, 3, 1))
    assert isinstance(reach, PerAxis)
    assert positions_of(reach.axes[0], length, new_length) == positions_read("Resizing", arguments, length, 3)


@pytest.mark.parametrize("keeping", ["crop_to_aspect_ratio", "pad_to_aspect_ratio"])
@pytest.mark.parametrize(("height", "width", "new"), [(9, 4, (6, 5)), (4, 9, (3, 3)), (7, 7, (4, 9)), (12, 5, (5, 5))])
def test_resizing_that_keeps_the_aspect_ratio_reads_the_declared_rows(
    keeping: str, height: int, width: int, new: tuple[int, int]
) -> None:
    arguments: Arguments = {"height": new[0], "width": new[1], "interpolation": "nearest", keeping: True}
    reach = build("Resizing", arguments).reach((height, width, 1), (*new, 1))
    assert isinstance(reach, PerAxis)
    layer = keras.layers.Resizing(**arguments)
    rows = np.arange(1, height + 1, dtype="float32").reshape(1, height, 1, 1) * np.ones((1, 1, width, 1), "float32")
    read = np.asarray(layer(rows))[0, :, new[1] // 2, 0] - 1  # -1: nothing, in the padding
    seen = through(Sliding(1, 1, (0,), (0,)), reach.axes[0], height, None, Work())
    assert isinstance(seen, Sliding)
    expected = [first if 0 <= (first := seen.begin(p)) < height else -1 for p in range(new[0])]
    assert expected == read.tolist()


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_upsampling_reads_the_declared_positions(interpolation: str, size: int) -> None:
    arguments: Arguments = {"size": [size, 1], "interpolation": interpolation}
    reach = build("UpSampling2D", arguments).reach((5, 1, 1), (5 * size, 1, 1))
    assert isinstance(reach, PerAxis)
    assert positions_of(reach.axes[0], 5, 5 * size) == positions_read("UpSampling2D", arguments, 5)
