"""LeNet-5's report, its figures from LeCun et al. 1998's net on 32x32x1 worked out by hand, in both conventions.

The table: layer, shape, neurons, parameters, receptive field in notes and in exact, operations, MACs, FLOPs.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from cnncalc.analysis.report import (
    Convention,
    ExactFigures,
    ExactTotals,
    NotesFigures,
    NotesTotals,
    Report,
    Row,
    Totals,
    no_totals,
)
from cnncalc.conventions.convention import NotesBasis
from cnncalc.errors import Diagnostic
from cnncalc.tensor import Shape

DOCUMENTED = NotesBasis("documented", "documented", "documented")

_LAYERS: list[tuple[str, str, Shape, int, int, int | None, int, int | None, int, int]] = [
    ("input", "InputLayer", (32, 32, 1), 1_024, 0, None, 1, None, 0, 0),
    ("conv2d", "Conv2D", (28, 28, 6), 4_704, 156, 5, 5, 122_304, 117_600, 244_608),
    ("average_pooling2d", "AveragePooling2D", (14, 14, 6), 1_176, 0, 7, 6, 0, 0, 4_704),
    ("conv2d_1", "Conv2D", (10, 10, 16), 1_600, 2_416, 15, 14, 241_600, 240_000, 483_200),
    ("average_pooling2d_1", "AveragePooling2D", (5, 5, 16), 400, 0, 19, 16, 0, 0, 1_600),
    ("flatten", "Flatten", (400,), 400, 0, None, 16, None, 0, 0),
    ("dense", "Dense", (120,), 120, 48_120, None, 32, 48_120, 48_000, 96_240),
    ("dense_1", "Dense", (84,), 84, 10_164, None, 32, 10_164, 10_080, 20_328),
    ("logits", "Dense", (10,), 10, 850, None, 32, 850, 840, 1_740),
]
_STRIDES = {"input": 1, "conv2d": 1, "average_pooling2d": 2, "conv2d_1": 2, "average_pooling2d_1": 4}


def square(length: int | None) -> tuple[int, int] | None:
    return None if length is None else (length, length)


def lenet5_report(convention: Convention = "notes") -> Report:
    """The net as the shipped spec has it: valid convolutions, pools of 2, softmax in the last layer."""
    rows = []
    for index, (name, kind, shape, neurons, params, notes_field, field, ops, macs, flops) in enumerate(_LAYERS):
        stride = _STRIDES.get(name)
        rows.append(
            Row(
                name=name,
                type=kind,
                path=(),
                inputs=(_LAYERS[index - 1][0],) if index else (),
                output_shape=shape,
                instances=1,
                neurons=neurons,
                params=params,
                trainable_params=params,
                shared_with=None,
                notes=NotesFigures(square(notes_field), ops, DOCUMENTED),
                exact=ExactFigures(
                    receptive_field=square(field),
                    effective_stride=None if stride is None else (Fraction(stride), Fraction(stride)),
                    offset=None if stride is None else (0, 0),
                    macs=macs,
                    flops=flops,
                ),
                convention=convention,
            )
        )
    totals = Totals(
        9_518, 61_706, 61_706, NotesTotals((19, 19), 423_038), ExactTotals((32, 32), 416_520, 852_420), convention
    )
    return Report("LeNet-5", convention, ("input",), ("logits",), rows, totals)


HOSTILE = (
    '\x1b[31mred\x07 \u202egnp.exe \ud800 <b>&amp; a|b \\input{x} [link](x) `c` $1^2$ 10% a_b _i_ *s* ~t~ "q"\nnext'
)
"""What a stranger may call a net: an escape sequence, a bell, a bidi control, a lone surrogate, every markup."""


def hostile_report(convention: Convention = "notes") -> Report:
    """LeNet-5 with a stranger's text wherever a report holds a text."""
    report = lenet5_report(convention)
    rows = [
        replace(
            row,
            name=HOSTILE,
            type=HOSTILE,
            path=(HOSTILE,),
            inputs=(HOSTILE,),
            shared_with=HOSTILE,
            exact=replace(row.exact, note=HOSTILE),
        )
        for row in report.layers
    ]
    return replace(report, name=HOSTILE, layers=rows, warnings=(HOSTILE,), culprit=(HOSTILE, HOSTILE), is_chain=False)


def stopped_report() -> Report:
    """LeNet-5 whose third convolution does not fit."""
    report = lenet5_report()
    error = Diagnostic("output-too-small", "the output of Conv2D has no height")
    return replace(
        report,
        layers=report.layers[:5],
        totals=no_totals(report.convention),
        error=error,
        culprit=("conv2d_2", "Conv2D"),
    )
