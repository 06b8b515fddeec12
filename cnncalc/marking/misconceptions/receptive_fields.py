"""Mistakes in receptive fields, likelier ones first."""

from __future__ import annotations

from typing import Final

from cnncalc.marking.changes import Change
from cnncalc.marking.fields import RIGHT_FIRST, RIGHT_LATER
from cnncalc.marking.misconceptions.misconception import misconception

FIELDS: Final = (
    misconception(
        "own-stride-included",
        "The layer's own stride is counted: it spreads what later layers see, not what this one sees. "
        "(The notes' formula counts it.)",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="exact"),
    ),
    misconception(
        "own-stride-left-out",
        "The layer's own stride is left out: the notes multiply by all strides from the second layer's to its own.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="notes"),
    ),
    misconception(
        "other-convention",
        "This is the other convention's figure: the notes' formula and the exact definition differ.",
        Change(other_convention=True),
    ),
    misconception(
        "first-stride-included",
        "The first layer's stride is counted: the notes' product starts at the second one.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*T", convention="notes"),
    ),
    misconception(
        "first-stride-left-out",
        "The first layer's stride is left out: what every later layer sees is spread by it.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)*S/s", convention="exact"),
    ),
    misconception(
        "strides-left-out-of-field",
        "The kernels are added without the strides: what a layer sees is spread by the strides before it.",
        Change(first_field=RIGHT_FIRST, later_field="RF + (k_eff - 1)"),
    ),
    misconception(
        "kernels-added",
        "The kernels are added up: each later one adds kernel - 1 positions, times the strides.",
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff"),
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*S", convention="notes"),
        Change(first_field=RIGHT_FIRST, later_field="RF + k_eff*T/s", convention="exact"),
    ),
    misconception(
        "kernels-multiplied",
        "The kernels are multiplied: each later one adds to what is seen.",
        Change(first_field=RIGHT_FIRST, later_field="RF*k_eff"),
    ),
    misconception(
        "own-window-only",
        "This is the layer's own window: the receptive field reaches back to the input.",
        Change(first_field=RIGHT_FIRST, later_field="k_eff"),
    ),
    misconception(
        "field-repeated",
        "The field of an earlier layer is repeated: look whether the notes have an entry for such a layer.",
        Change(first_field=RIGHT_FIRST, later_field=RIGHT_LATER["notes"], convention="notes"),
    ),
    misconception(
        "whole-map-forgotten",
        "The field of the last window is repeated: this layer sees all positions of the map at once.",
        Change(first_field=RIGHT_FIRST, later_field=RIGHT_LATER["exact"], convention="exact"),
    ),
)


DILATION: Final = (
    misconception(
        "dilation-ignored",
        "The dilation is left out: a dilated window reaches over dilation*(kernel_size - 1) + 1 positions.",
        Change(arguments={"dilation_rate": 1}),
        Change(first_field="k", later_field="RF + (k - 1)*S", convention="notes"),
        Change(first_field="k", later_field="RF + (k - 1)*T/s", convention="exact"),
    ),
)
