"""ONNX files that `cnncalc export` writes, judged by the `onnx` package: valid, and every shape inferred alike."""

from __future__ import annotations

import pytest

onnx = pytest.importorskip("onnx")

import cnncalc  # noqa: E402
from cnncalc.errors import CnncalcError  # noqa: E402
from cnncalc.exporting.formats import write_onnx  # noqa: E402
from cnncalc.spec.shipped import shipped_names  # noqa: E402

LACKED = {"fast_rcnn", "faster_rcnn", "mask_rcnn", "rcnn", "lrcn"}
"""The shipped specs with pooling of regions or TimeDistributed, which are not written."""


def sizes(value: onnx.ValueInfoProto) -> list[int | None]:
    """The sizes behind the batch; None is one that is not known."""
    dims = value.type.tensor_type.shape.dim
    return [size.dim_value if size.HasField("dim_value") else None for size in dims][1:]


def check(model: cnncalc.Model) -> None:
    """The file is valid, and ONNX infers every layer's sizes as we do."""
    proto = onnx.load_model_from_string(write_onnx(model, "none"))
    onnx.checker.check_model(proto, full_check=True)
    written = {value.name: sizes(value) for value in [*proto.graph.value_info, *proto.graph.output]}
    layers = {row.name for row in model.analyze().layers if row.type != "InputLayer"}
    assert written.keys() == layers <= {node.name for node in proto.graph.node}
    del proto.graph.value_info[:]
    for value in proto.graph.output:
        value.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(proto, strict_mode=True, data_prop=True).graph
    inferred = {value.name: sizes(value) for value in [*graph.value_info, *graph.output]}
    assert {name: inferred.get(name) for name in written} == written


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs(name: str) -> None:
    model = cnncalc.load(name)
    if name in LACKED:
        with pytest.raises(CnncalcError, match="ONNX can't say the layer"):
            write_onnx(model, "none")
        return
    check(model)


@pytest.mark.parametrize("length", range(4, 12))
@pytest.mark.parametrize("window", ["{pool_size: 2, strides: 3, padding: 1}", "{pool_size: 3, strides: 2, padding: 1}"])
def test_ceil_mode_where_a_last_window_would_start_in_the_padding(length: int, window: str) -> None:
    pooling = f"MaxPooling2D: {window[:-1]}, ceil_mode: true}}"
    check(cnncalc.loads(f"input: [{length}, 9, 3]\nlayers:\n  - {pooling}\n  - {pooling.replace('Max', 'Average')}\n"))
