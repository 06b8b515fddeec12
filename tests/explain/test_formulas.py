"""Every printed formula of every layer kind comes to the figure in the report, by an evaluator of the tests' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

import cnncalc
from cnncalc.analysis.analyze import Analysis
from cnncalc.analysis.report import Row
from cnncalc.explaining.explanation import Line, Part
from cnncalc.explaining.layer import LayerExplainer
from cnncalc.layers.registry import kinds
from tests.explain.arithmetic import evaluate, from_latex
from tests.explain.explained import analysed, explained, networks_of_all_kinds
from tests.peers.random_nets import random_spec


def figures(row: Row) -> dict[str, object]:
    """A row's figures by what a part of an explanation is called."""
    return {
        "output_shape": row.output_shape,
        "params": row.params,
        "trainable_params": row.trainable_params,
        "neurons": row.neurons,
        "notes.receptive_field": row.notes.receptive_field,
        "exact.receptive_field": row.exact.receptive_field,
        "notes.ops": row.notes.ops,
        "exact.macs": row.exact.macs,
        "exact.flops": row.exact.flops,
    }


def check_line(line: Line) -> None:
    """The numbers put in, as text and as LaTeX, come to the value; unknown ones to none."""
    if "?" in line.numbers:
        assert line.value is None
        return
    assert evaluate(line.numbers) == line.value, line
    assert evaluate(from_latex(line.numbers_latex)) == line.value, line


def check_symbols(part: Part) -> None:
    """Every symbol of a formula is explained, and with the values given the formula comes to the line's value."""
    values: dict[str, set[str]] = {}
    for given in part.given:
        for name, value in zip(given.symbol.split(", "), given.value.split(", "), strict=True):
            values.setdefault(name, set()).add(value)
    for line in part.lines:
        names = set(re.findall(r"[A-Za-z_]\w*'?", line.formula)) - {"floor", "ceil", "min", "max"}
        assert names <= set(values), f"{line.formula}: {names - set(values)} is not explained"
        if all(len(values[name]) == 1 and values[name] != {"?"} for name in names):
            numbers = {name: Fraction(*values[name]) for name in names}
            assert evaluate(line.formula, numbers) == line.value, line


def check_value(part: Part, row: Row) -> None:
    """The lines give the figure of the report: the last one, or one for each axis."""
    title = part.figure if part.convention is None else f"{part.convention}.{part.figure}"
    assert part.value == figures(row)[title]
    by_subject = {line.subject: line.value for line in part.lines}
    if title == "exact.receptive_field" and "size" in by_subject:
        assert part.value == (by_subject["size"],) * len(row.exact.receptive_field or ())
        assert row.exact.effective_stride == (by_subject["effective stride"],) * len(row.exact.effective_stride or ())
        if row.exact.offset is not None:
            assert row.exact.offset == (by_subject["offset"],) * len(row.exact.offset)
    elif isinstance(part.value, tuple) and title != "exact.receptive_field":
        assert {line.value for line in part.lines} in (set(part.value), set())
    elif part.lines and not isinstance(part.value, tuple):
        assert part.lines[-1].value == part.value


def check(analysis: Analysis) -> Iterator[Line]:
    """Checks every line of every layer, and hands them on."""
    explainer = LayerExplainer(analysis)
    for index, row in enumerate(explainer.rows):
        for section in explainer.explain(index).sections:
            for part in section.parts:
                check_value(part, row)
                check_symbols(part)
                for line in part.lines:
                    check_line(line)
                yield from part.lines


@pytest.mark.slow
def test_every_formula_of_every_kind_comes_to_the_figure() -> None:
    seen: set[str] = set()
    formulas: set[str] = set()
    for name, analysis in networks_of_all_kinds():
        try:
            formulas |= {line.formula for line in check(analysis)}
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
        seen |= {node.kind for node in analysis.expansion.nodes}
    assert seen >= set(kinds())
    assert len(formulas) > 150


@pytest.mark.parametrize("seed", range(40))
def test_every_formula_of_random_networks_comes_to_the_figure(seed: int) -> None:
    assert list(check(analysed(cnncalc.from_dict(random_spec(seed)))))


@pytest.mark.parametrize(
    "spec", ["lenet5", "resnet50", "xception", "efficientnet_b0", "mask_rcnn", "unet", "lenet5_1998"]
)
def test_every_formula_of_shipped_specs_comes_to_the_figure(spec: str) -> None:
    assert list(check(analysed(cnncalc.load(spec))))


def test_a_wrong_figure_would_be_noticed() -> None:
    (layer,) = explained("lenet5", "conv2d_1").layers
    line = layer.sections[1].parts[0].lines[-1]
    assert line.numbers == "16*5*5*6 + 16"
    wrong = Line(line.subject, line.formula, "16*5*5*6 + 15", line.formula_latex, line.numbers_latex, line.value)
    with pytest.raises(AssertionError):
        check_line(wrong)
