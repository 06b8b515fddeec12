"""The usual mistakes in receptive fields, likelier ones first: what a window adds along the net is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from cnncalc.marking.changes import Change
from cnncalc.marking.fields import RIGHT_FIRST, RIGHT_LATER
from cnncalc.marking.misconception import CONVOLUTION, POOLING, misconception


def along_the_net(change: Change) -> Iterator[Change]:
    """Makes a change in the right formulas of both conventions."""
    for convention, later in RIGHT_LATER.items():
        first = change.first_field or RIGHT_FIRST
        yield replace(change, first_field=first, later_field=later, convention=convention)


def added_by_later_windows(text: str) -> Change:
    """Makes a change of what every window behind the first one does to the field, in both conventions."""
    return Change(first_field=RIGHT_FIRST, later_field=text)


FIELD_MISCONCEPTIONS: Final = (
    misconception("own-stride-included",
        "The layer's own stride is counted: it spreads what later layers see, not what this one sees. (The notes' "
        "formula counts it.)",
        replace(added_by_later_windows("RF + (k_eff - 1)*T"), convention="exact")),
    misconception("own-stride-left-out",
        "The layer's own stride is left out: the notes multiply by all strides from the second layer's to its own.",
        replace(added_by_later_windows("RF + (k_eff - 1)*S/s"), convention="notes")),
    misconception("other-convention",
        "This is the other convention's figure: the notes' formula and the exact definition differ.",
        Change(other_convention=True)),
    misconception("first-stride-included",
        "The first layer's stride is counted: the notes' product starts at the second one.",
        replace(added_by_later_windows("RF + (k_eff - 1)*T"), convention="notes")),
    misconception("first-stride-left-out",
        "The first layer's stride is left out: what every later layer sees is spread by it.",
        replace(added_by_later_windows("RF + (k_eff - 1)*S/s"), convention="exact")),
    misconception("strides-left-out-of-field",
        "Strides are left out: what a layer sees is spread by the strides of the convolutions and poolings before it.",
        added_by_later_windows("RF + (k_eff - 1)"),
        *along_the_net(Change(families=POOLING, symbols={"s": "1"})),
        *along_the_net(Change(families=CONVOLUTION, symbols={"s": "1"}))),
    misconception("kernels-added",
        "The kernels are added up: each later one adds kernel - 1 positions, times the strides.",
        added_by_later_windows("RF + k_eff"),
        replace(added_by_later_windows("RF + k_eff*S"), convention="notes"),
        replace(added_by_later_windows("RF + k_eff*T/s"), convention="exact")),
    misconception("kernels-multiplied",
        "The kernels are multiplied: each later one adds to what is seen.",
        added_by_later_windows("RF*k_eff")),
    misconception("own-window-only",
        "This is the layer's own window: the receptive field reaches back to the input.",
        added_by_later_windows("k_eff")),
    misconception("stride-a-layer-late",
        "The strides act a layer too late: the stride of a layer spreads what the very next one sees.",
        replace(added_by_later_windows("RF + (k_eff - 1)*T/(s*b)"), convention="exact")),
    misconception("pooling-doubles-field",
        "The pooling multiplies the field: a pool adds to it as any window does.",
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff - 1", pooling_field="RF*s"),
        *along_the_net(Change(pooling_field="RF*s"))),
    misconception("windows-of-block-once",
        "The windows of a block are counted once: each of them adds to the field.",
        *along_the_net(Change(once_per_block=True))),
    misconception("field-repeated",
        "The field of an earlier layer is repeated: look whether the notes have an entry for such a layer.",
        replace(added_by_later_windows(RIGHT_LATER["notes"]), convention="notes")),
    misconception("whole-map-forgotten",
        "The field of the last window is repeated: this layer sees all positions of the map at once.",
        replace(added_by_later_windows(RIGHT_LATER["exact"]), convention="exact")),
    misconception("dilation-ignored",
        "The dilation is left out: a dilated window reaches over dilation*(kernel_size - 1) + 1 positions.",
        Change(arguments={"dilation_rate": 1}),
        *along_the_net(Change(symbols={"k_eff": "k"}))),
    misconception("effective-kernel-mistaken",
        "The dilated window has another length: it reaches over dilation*(kernel_size - 1) + 1 positions.",
        *along_the_net(Change(symbols={"k_eff": "k*d"})),
        *along_the_net(Change(symbols={"k_eff": "k_eff - min(d - 1, 1)"})),
        *along_the_net(Change(symbols={"k_eff": "k + (k - 1)*d*min(d - 1, 1)"})),
        *along_the_net(Change(symbols={"k_eff": "k", "s": "s*d"})),
        Change(lengths={"valid": "floor((N - k*d)/s) + 1", "padded": "floor((N + before + after - k*d)/s) + 1"})),
    misconception("poolings-left-out-of-field",
        "The poolings are left out: a pooling has a window and a stride as a convolution has.",
        *along_the_net(Change(families=POOLING, symbols={"k_eff": "1"})),
        *along_the_net(Change(families=POOLING, symbols={"k_eff": "1", "s": "1"}))),
    misconception("field-of-the-neighbour",
        "This is the field of the layer before or behind this one.",
        Change(field="a neighbour's")),
    misconception("field-off-by-one",
        "The field is one too small or too large: it starts with the first kernel, and each later one adds kernel - 1.",
        *along_the_net(Change(first_field="k_eff - 1")),
        *along_the_net(Change(first_field="k_eff + 1"))),
    misconception("one-stride-for-all",
        "One stride stands for all: what a layer sees is spread by the product of the strides before it.",
        added_by_later_windows("RF + (k_eff - 1)*s"),
        added_by_later_windows("RF + (k_eff - 1)*b")),
    misconception("field-times-stride",
        "The field so far is multiplied by the stride: that formula goes from the last layer back to the input.",
        added_by_later_windows("RF*s + k_eff - s"),
        added_by_later_windows("RF*s + k_eff - 1"),
        added_by_later_windows("RF*s + k_eff")),
    misconception("padding-added-to-field",
        "The padding is counted: it adds positions around the map, and a window sees no more or less by it.",
        *along_the_net(Change(symbols={"k_eff": "k_eff + 2*p"})),
        *along_the_net(Change(symbols={"k_eff": "k_eff - 2*p"})),
        *(replace(added_by_later_windows(f"{later} {padding}"), first_field=f"k_eff {padding}", convention=convention)
          for convention, later in RIGHT_LATER.items() for padding in ("+ 2*p", "+ p"))),
    # Rarer
    misconception("fields-of-blocks-combined",
        "The fields of the blocks are added or multiplied: each block adds to what is seen, spread by all strides.",
        Change(blocks="added"),
        Change(blocks="multiplied")),
    misconception("first-window-left-out",
        "The first layer is left out: the field starts with its kernel.",
        *along_the_net(Change(first_field="1")),
        Change(first_field="1", later_field="RF + (k_eff - 1)*S/s", convention="exact")),
    misconception("field-cut-at-the-border",
        "The field is cut at the input's border: it is what the windows reach over, beyond the border as well.",
        Change(field="cut at the border")),
    misconception("field-as-area",
        "This is the number of positions in the field: a field is given by its sides.",
        Change(field="its area")),
    misconception("field-to-one-side",
        "This is how far the field reaches to one side of its middle: it has both sides, and the middle.",
        Change(field="one side of its middle")),
    misconception("stride-for-field",
        "This is the effective stride, the step between what neighbours see: a field is all that one of them sees.",
        Change(field="the effective stride")),
    misconception("layers-in-reverse",
        "The layers are taken in the wrong order: a field starts with the layer next to the input.",
        Change(field="the layers in reverse")),
)  # fmt: skip
"""Of two that give the same field, the first is the likelier one."""
