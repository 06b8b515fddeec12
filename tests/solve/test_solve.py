"""`solve` finds what looking at every value finds."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Final

import pytest

import cnncalc
from tests.command_line import run
from tests.sweep import nets

WIDTHS: Final = range(1, 25)
DEPTHS: Final = range(1, 4)
FIGURES: Final = {
    "max-params": "params", "min-rf": "exact.receptive_field", "max-rf": "exact.receptive_field",
    "max-macs": "exact.macs", "max-flops": "exact.flops", "equals": "params",
}  # fmt: skip
CONDITIONS: Final = 200


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    nets.write(tmp_path)
    return tmp_path


def figures(totals: cnncalc.Report) -> dict[str, int]:
    exact = totals.totals.exact
    assert exact.receptive_field is not None
    found = {
        "params": totals.totals.params, "exact.macs": exact.macs, "exact.flops": exact.flops,
        "exact.receptive_field": min(exact.receptive_field),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def meets(name: str, value: int, amount: int) -> bool:
    return value >= amount if name == "min-rf" else value == amount if name == "equals" else value <= amount


@pytest.mark.slow
def test_random_conditions_against_every_value(folder: Path) -> None:
    generator = random.Random(20)
    every = {
        (net, depth): [
            figures(cnncalc.load(folder / net, set={"width": width, "depth": depth}).analyze()) for width in WIDTHS
        ]
        for net in ("small.yaml", "residual.yaml")
        for depth in DEPTHS
    }
    solved = 0
    for _ in range(CONDITIONS):
        net, depth = generator.choice(list(every))
        table = every[net, depth]
        conditions = []
        for name in generator.sample(list(FIGURES), generator.choice([1, 1, 2])):
            amount = generator.choice(table)[FIGURES[name]] + generator.choice([0, 0, 1, -1, 7, -30])
            conditions.append((name, max(amount, 1)))
        which = generator.choice(["largest", "smallest", "every"])
        met = [
            width for width, row in zip(WIDTHS, table, strict=True)
            if all(meets(name, row[FIGURES[name]], amount) for name, amount in conditions)
        ]  # fmt: skip
        options = " ".join(
            f"--equals params={amount}" if name == "equals" else f"--{name} {amount}" for name, amount in conditions
        )
        end = run(
            f"cnncalc solve {net} --vary width=1..24 --set depth={depth} {options} --which {which} --format jsonl",
            folder,
        )
        widths = [json.loads(line)["width"] for line in end.stdout.splitlines()]
        if met:
            assert (end.code, widths) == (0, met if which == "every" else [met[-1 if which == "largest" else 0]]), (
                options
            )
        else:
            assert end.code == 1, options
            assert "no-solution" in end.stderr
        solved += bool(met)
    assert CONDITIONS // 4 < solved < CONDITIONS


def test_a_value_is_found_by_bisection_if_the_figure_is_proven_to_grow(folder: Path) -> None:
    end = run("cnncalc solve small.yaml --vary width=1..4096 --max-params 5M", folder)
    assert end.stdout == (
        "width     params\n"
        "----------------\n"
        "  643  4,999,978\n"
        "12 of 4,096 nets were computed.\n"
    )  # fmt: skip
    # 3*3*3*w + w, 3*3*w*w + w, and 14*14*w values that ten units read
    assert 28 * 643 + 9 * 643**2 + 643 + 1960 * 643 + 10 == 4_999_978
    assert 28 * 644 + 9 * 644**2 + 644 + 1960 * 644 + 10 > 5_000_000


def test_every_value_is_looked_at_if_a_figure_falls(folder: Path) -> None:
    # A stride makes the map smaller: more of it is less to multiply, and `units: 100 - width` are ever fewer.
    spec = "input: [8]\nvars: {width: 1}\nlayers: [Dense: {units: 100 - $width}]\n"
    (folder / "falling.yaml").write_text(spec)
    end = run("cnncalc solve falling.yaml --vary width=1..90 --max-params 450", folder)
    assert "   90" in end.stdout
    assert "90 of 90 nets were computed." in end.stdout
    end = run("cnncalc solve falling.yaml --vary width=1..90 --max-params 450 --which smallest", folder)
    assert "   50     450" in end.stdout  # (8 + 1)*50


def test_a_question_mark_stands_for_a_value(folder: Path) -> None:
    (folder / "net.yaml").write_text("input: [32, 32, 3]\nlayers:\n  - Conv2D: {filters: ?, kernel_size: 3}\n")
    end = run("cnncalc solve net.yaml --equals params=1,792 --format jsonl", folder)
    assert json.loads(end.stdout) == {"filters": 64, "params": 1792}  # 3*3*3*64 + 64
    end = run("cnncalc solve net.yaml --equals params=1,800 --format csv", folder)
    assert (end.code, end.stdout) == (1, "filters,params\n64,1792\n65,1820\n")
    end = run("cnncalc solve net.yaml --equals params=1,815 --which nearest --format csv", folder)
    assert (end.code, end.stdout) == (0, "filters,params\n65,1820\n")
    (folder / "two.yaml").write_text(
        "input: [64]\nlayers:\n  - Dense: {units: ?}\n  - Dense:\n      units: '?'  # a second one\n"
    )
    end = run("cnncalc solve two.yaml --vary units=1..4 --vary units_2=1..40 --max-params 300 --format csv", folder)
    # (64 + 1)*a + (a + 1)*b <= 300, and 1 with 40 is no better than 2 with 40 in either
    assert end.stdout == "units,units_2,params\n2,40,250\n3,26,299\n4,8,300\n"


def test_two_variables_give_the_front(folder: Path) -> None:
    end = run("cnncalc solve small.yaml --vary depth=1..4 --vary width=1..64 --max-macs 5M --format jsonl", folder)
    front = [(row["depth"], row["width"]) for row in map(json.loads, end.stdout.splitlines())]

    def macs(depth: int, width: int) -> int:
        found = cnncalc.load(folder / "small.yaml", set={"depth": depth, "width": width}).analyze().totals.exact.macs
        assert found is not None
        return found

    for depth, width in front:
        assert macs(depth, width) <= 5_000_000
        assert width == 64 or macs(depth, width + 1) > 5_000_000
    assert len(front) == 4


def test_the_limits_of_the_spec_are_the_conditions_if_none_is_given(folder: Path) -> None:
    (folder / "limited.yaml").write_text(nets.SMALL + "limits: {max_params: 20K}\n")
    end = run("cnncalc solve limited.yaml --vary width=1..64 --format csv", folder)
    assert end.stdout == "width,params\n9,18640\n"


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ("--max-params 5M", "bad-option"),
        ("--vary width=1..9", "bad-option"),
        ("--vary act=relu,tanh --max-params 5M", "bad-option"),
        ("--vary width=1..9 --equals params", "bad-option"),
        ("--vary width=1..9 --equals parms=3", "unknown-column"),
        ("--vary width=1..9 --max-params many", "bad-option"),
        ("--vary width=1,2 --vary depth=1,2 --vary input=8x8x3 --max-params 5M", "bad-option"),
    ],
)
def test_what_is_refused(options: str, id: str, folder: Path) -> None:
    end = run(f"cnncalc solve small.yaml {options} --error-format json", folder)
    assert end.code == 2
    assert [diagnostic["id"] for diagnostic in json.loads(end.stderr)] == [id]
