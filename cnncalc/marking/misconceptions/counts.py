"""Mistakes in neurons, in operations and in sums, likelier ones first."""

from __future__ import annotations

from typing import Final

from cnncalc.marking.changes import Change
from cnncalc.marking.misconceptions.misconception import CONVOLUTION, FULL, POOLING, misconception, of

NEURONS: Final = (
    misconception(
        "neurons-without-channels",
        "The channels are left out: every position has a neuron in every channel.",
        Change(families=of("convolution", "pooling"), counts={"neurons": "prod(out)"}),
        Change(families=of("flatten", "activation"), counts={"neurons": "prod(inp)"}),
    ),
    misconception(
        "neurons-as-parameters",
        "Neurons and parameters are mixed up: neurons are outputs, parameters are weights.",
        Change(families=of("convolution", "dense", "batch normalization"), counts={"neurons": "params"}),
        Change(counts={"params": "neurons"}),
    ),
    misconception(
        "activation-counted-twice",
        "The activation's neurons are counted twice: an activation inside a layer adds none.",
        Change(counts={"neurons": "neurons + fused*neurons"}),
        Change(families=of("activation"), counts={"neurons": "2*neurons"}),
    ),
    misconception(
        "neurons-from-input-map",
        "The neurons are counted on the input's map: this layer's output map has another size.",
        Change(families=CONVOLUTION, counts={"neurons": "prod(inp)*F"}),
    ),
    misconception(
        "pool-taken-for-2x2",
        "A quarter of the input is only left by a pool of 2x2 with stride 2.",
        Change(families=POOLING, counts={"neurons": "prod(x)/4"}),
    ),
    misconception(
        "neurons-where-none-are-added",
        "Neurons are counted: does such a layer add any?",
        Change(
            families=of("batch normalization", "normalization", "dropout"),
            counts={"neurons": "prod(x)"},
        ),
    ),
    misconception(
        "neurons-not-counted",
        "This layer's outputs are neurons as well.",
        Change(
            families=of("pooling", "global pooling", "activation", "flatten", "merge", "data movement", "other"),
            counts={"neurons": "0"},
        ),
    ),
)


OPERATIONS: Final = (
    misconception(
        "ops-without-bias",
        "These are the multiply-accumulates of the kernel: the notes count the bias as well.",
        Change(families=of("convolution", "dense"), counts={"ops": "macs"}, convention="notes"),
    ),
    misconception(
        "bias-counted-in-macs",
        "The bias is counted: MACs are the kernel's multiply-accumulates only.",
        Change(families=of("convolution", "dense"), counts={"macs": "macs + prod(y)"}, convention="exact"),
    ),
    misconception(
        "two-per-mac",
        "Multiplications and additions are counted apart: here a multiply-accumulate is one operation.",
        Change(families=of("convolution", "dense"), counts={"ops": "2*macs", "macs": "2*macs"}),
        Change(families=of("convolution", "dense"), counts={"ops": "2*ops"}),
    ),
    misconception(
        "kernel-not-counted",
        "The kernel is not counted: each output takes one operation per weight of its filter.",
        Change(
            families=CONVOLUTION,
            counts={"ops": "neurons*C/g + neurons", "macs": "prod(out)*F*C/g"},
        ),
        Change(families=CONVOLUTION, counts={"ops": "neurons*C/g"}),
        Change(families=CONVOLUTION, counts={"ops": "neurons", "macs": "prod(y)"}),
    ),
    misconception(
        "positions-left-out",
        "One position is counted: the filters are applied at every position of the output map.",
        Change(families=CONVOLUTION, counts={"ops": "params", "macs": "macs/prod(out)"}),
    ),
    misconception(
        "filters-counted-twice",
        "The filters are counted twice: neurons * params is divided by the filters, as each neuron belongs to one.",
        Change(kinds=FULL, counts={"ops": "neurons*params", "macs": "F*macs"}),
    ),
    misconception(
        "pooling-operations-counted",
        "The window's comparisons or additions are counted: this convention does not count them.",
        *(
            Change(families=POOLING, counts={"ops": text, "macs": text})
            for text in ("prod(k)*prod(y)", "(prod(k) - 1)*prod(y)", "prod(y)", "prod(x)")
        ),
    ),
    misconception(
        "macs-for-flops",
        "These are multiply-accumulates, or twice their number: FLOPs count bias and activation as well.",
        Change(counts={"flops": "2*macs"}),
        Change(counts={"flops": "macs"}),
    ),
)


SUMS: Final = (
    misconception(
        "layer-left-out-of-total",
        "One layer is missing from the sum.",
        Change(total="one layer left out"),
    ),
    misconception(
        "shared-weights-counted-twice",
        "Weights that two layers share are counted twice.",
        Change(total="shared weights again"),
    ),
)
