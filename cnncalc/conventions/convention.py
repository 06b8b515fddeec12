"""Conventions as data: each is one entry of `CONVENTIONS`, and a second course's is one more.

A course's convention says what homework is marked by, not what is true of a network. That of the course notes,
`notes`, lets a layer's own stride act on itself and forgets the first stride.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.layers.family import Family
from cnncalc.records import record

Side = Literal["notes", "exact"]
"""The two groups of figures in a report: by the formulas of a course, and by the definitions of the literature."""

ConventionName = Literal["notes", "exact"]
"""The names of `CONVENTIONS`, as options take them."""

Basis = Literal["documented", "extension"]


@record
class NotesBasis:
    """Whether the course notes give a figure's formula, or an extension of them does."""

    neurons: Basis
    receptive_field: Basis
    ops: Basis


@dataclass(frozen=True)
class Convention:
    """How figures are counted. The formulas are over the symbols of a layer, by family.

    `neurons` is what a layer adds to the number of neurons, `ops` its operations; `None` is not counted, and said to
    be so. `first_window` is the receptive field of the first layer with a window, over `k_eff`; `later_window` that of
    every later one, over `RF`, `k_eff` and `S`, the product of the strides from the second window up to and including
    its own. `side` says which figures a report repeats as its receptive fields and operations; the `notes` side of
    every report is by these formulas. `documented_kinds` and `documented_families` are those that the course itself
    gives all three figures for. `headings` are those of columns that have another heading than usual.
    """

    name: str
    title: str
    neurons: Mapping[Family, str]
    ops: Mapping[Family, str | None]
    first_window: str
    later_window: str
    documented_kinds: frozenset[str] = frozenset()
    documented_families: frozenset[Family] = frozenset()
    side: Side = "notes"
    headings: Mapping[str, str] = field(default_factory=dict)


NOTES: Final = Convention(
    name="notes",
    title="the formulas of the course notes",
    neurons={
        "input": "prod(y)",
        "convolution": "prod(out)*F",
        "locally connected": "prod(out)*F",
        "wrapper": "prod(whole)",
        "dense": "prod(pos)*units",
        "pooling": "prod(y)",
        "global pooling": "C",
        "batch normalization": "0",
        "normalization": "0",
        "activation": "prod(x)",
        "dropout": "0",
        "flatten": "prod(x)",
        "merge": "prod(y)",
        "data movement": "prod(y)",
        "other": "prod(y)",
    },
    ops={
        "input": None,
        "convolution": "neurons*params/F",
        "locally connected": "prod(out)*F*(prod(k)*C + bias)",
        "wrapper": None,
        "dense": "prod(pos)*params",
        "pooling": "neurons*params/F",
        "global pooling": "prod(x)",
        "batch normalization": "4*C",
        "normalization": "4*C",
        "activation": "neurons",
        "dropout": None,
        "flatten": None,
        "merge": "(inputs - 1)*neurons",
        "data movement": None,
        "other": None,
    },
    first_window="k_eff",
    later_window="RF + (k_eff - 1)*S",
    documented_kinds=frozenset(
        {"Conv2D", "MaxPooling2D", "BatchNormalization", "Flatten", "Dense", "GlobalAveragePooling2D"}
    ),
    documented_families=frozenset({"activation"}),
)
"""The course notes, and by analogy what the notes do not name."""

EXACT: Final = replace(
    NOTES,
    name="exact",
    title="the definitions of the literature and the frameworks",
    side="exact",
    headings={"ops": "Ops (MACs)"},
)

CONVENTIONS: Final[dict[str, Convention]] = {convention.name: convention for convention in (NOTES, EXACT)}
"""Every convention by its name."""


def find_convention(name: str) -> Convention:
    """Finds a convention. Raises: UsageError: `unknown-convention`."""
    if name not in CONVENTIONS:
        message = f"there is no convention {quote(str(name))}"
        raise UsageError(Diagnostic("unknown-convention", message, expected=" or ".join(CONVENTIONS)))
    return CONVENTIONS[name]
