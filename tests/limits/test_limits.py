"""Limits: which are broken, by how much, and what costs most; as options and in a spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import run

NET = """
input: [16, 16, 3]
layers:
  - Conv2D: {filters: 8, kernel_size: 3, padding: same, name: first}
  - BatchNormalization: {name: norm}
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: second, trainable: false}
  - Flatten: {name: flatten}
  - Dense: {units: 10, name: last}
"""
# By hand: 3*3*3*8 + 8, 4*8, 3*3*8*4 + 4, 1024*10 + 10 parameters; 16*16 positions of the two kernels, and 1024*10.
PARAMS = 224 + 32 + 292 + 10_250
TRAINABLE = 224 + 16 + 10_250
MACS = 256 * 216 + 256 * 288 + 10_240
FLOPS = 2 * MACS + 256 * 8 + 256 * 4 + 10 + 2 * 256 * 8
# float32: the parameters, and at most a map of 16x16x8 with the one behind it
INFERENCE = 4 * (PARAMS + 256 * (8 + 8))
# the parameters, their gradients, Adam's two moments, and what convolutions, normalisation and dense layer keep
TRAINING = 4 * (PARAMS + 3 * TRAINABLE) + 4 * (256 * (3 + 8 + 8 + 4) + 2 * 8)

FIGURES = {
    "max-params": PARAMS,
    "max-trainable-params": TRAINABLE,
    "max-macs": MACS,
    "max-flops": FLOPS,
    "max-memory": INFERENCE,
    "max-layers": 5,
    "max-rf": 20,  # two windows of 3 see 5; behind Flatten all 16 positions with 2 of padding on either side
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


@pytest.mark.parametrize("limit", FIGURES)
def test_a_limit_is_kept_to_the_last_unit(folder: Path, limit: str) -> None:
    figure = FIGURES[limit]
    assert run(f"cnncalc net.yaml --{limit} {figure}", folder).code == 0
    end = run(f"cnncalc net.yaml --{limit} {figure - 1}", folder)
    assert end.code == 1
    assert end.stdout == run("cnncalc net.yaml", folder).stdout  # the table is there all the same
    name = limit.replace("-", "_")
    unit = " bytes" if limit == "max-memory" else ""
    assert f"is {figure:,}{unit}, 1 above {name} ({figure - 1:,})" in end.stderr


def test_a_receptive_field_must_not_be_smaller(folder: Path) -> None:
    assert run("cnncalc net.yaml --min-rf 20", folder).code == 0
    end = run("cnncalc net.yaml --min-rf 200", folder)
    assert end.code == 1
    assert "is 20, 180 below min_rf (200)" in end.stderr


def test_with_an_optimizer_memory_is_that_of_training(folder: Path) -> None:
    assert run(f"cnncalc net.yaml --optimizer adam --max-memory {TRAINING}", folder).code == 0
    end = run(f"cnncalc net.yaml --optimizer adam --max-memory {TRAINING - 1}", folder)
    assert end.code == 1
    assert f'the memory of training of "net" is {TRAINING:,} bytes, 1 above' in end.stderr


def test_the_layers_that_cost_most_are_named(folder: Path) -> None:
    end = run("cnncalc net.yaml --max-params 1k --max-macs 1k --max-layers 1", folder)
    first, second, third = end.stderr.split("\n\n")
    assert 'the layers that cost most are "last" (10,250, 95 %), "second" (292, 3 %), "first" (224, 2 %)' in first
    assert 'the layers that cost most are "second" (73,728, 53 %), "first" (55,296, 40 %)' in second
    assert "cost most" not in third


def test_amounts_are_written_as_people_write_them(folder: Path) -> None:
    assert run("cnncalc net.yaml --max-params 10.8K --max-macs 0.2M --max-memory 60KiB", folder).code == 0
    assert run("cnncalc net.yaml --max-params 10.7K", folder).code == 1
    end = run("cnncalc net.yaml --max-params lots", folder)
    assert end.code == 2
    assert end.stderr.startswith('error: --max-params: "lots" is no amount [bad-option]\n')


# In a spec ------------------------------------------------------------------------------------------------------------


def test_a_spec_says_its_limits(folder: Path) -> None:
    (folder / "tight.yaml").write_text(NET + "limits: {max_params: 10K, max_macs: 1M, min_rf: 100}\n")
    end = run("cnncalc tight.yaml", folder)
    assert end.code == 1
    assert end.stderr.count("error: ") == 2
    assert "--> tight.yaml:9:" in end.stderr
    assert "max_params: 10K" in end.stderr


def test_an_option_overrides_the_spec(folder: Path) -> None:
    (folder / "tight.yaml").write_text(NET + "limits: {max_params: 10K}\n")
    assert run("cnncalc tight.yaml --max-params 11K", folder).code == 0
    assert run("cnncalc tight.yaml --max-macs 1M", folder).code == 1


def test_programs_get_broken_limits_as_data(folder: Path) -> None:
    end = run("cnncalc net.yaml --max-params 5 --format json --error-format json", folder)
    assert end.code == 1
    (entry,) = json.loads(end.stderr)
    assert (entry["id"], entry["expected"], entry["found"]) == ("broken-limit", "at most 5 (max_params)", f"{PARAMS:,}")
    assert json.loads(end.stdout)["totals"]["params"] == PARAMS


def test_what_could_not_be_read_weighs_more(folder: Path) -> None:
    (folder / "bad.yaml").write_text("input: [8, 8, 3]\nlayers: [Flaten]\n")
    assert run("cnncalc summary net.yaml bad.yaml --max-params 5", folder).code == 2
    assert run("cnncalc summary net.yaml net.yaml --max-params 5", folder).code == 1
    assert run("cnncalc summary net.yaml lenet5 --max-params 20K --jobs 2", folder).code == 1


# A figure that is not known keeps no limit: a gate must not open by itself.
def test_what_is_not_known_does_not_pass(folder: Path) -> None:
    (folder / "open.yaml").write_text("input: [null, null, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3}]\n")
    end = run("cnncalc open.yaml --max-macs 1G", folder)
    assert end.code == 1
    assert "can't be said: it is not known" in end.stderr
    assert run("cnncalc open.yaml --max-params 1G --max-rf 3", folder).code == 0


def test_shared_weights_cost_once_but_compute_twice(folder: Path) -> None:
    text = """
    input: [4, 4, 8]
    layers:
      - Conv2D: {filters: 8, kernel_size: 1, name: a, use_bias: false}
      - Conv2D: {filters: 8, kernel_size: 1, name: b, share: a, use_bias: false}
    """
    (folder / "shared.yaml").write_text(text)
    end = run("cnncalc shared.yaml --max-params 1 --max-macs 1", folder)
    params, macs = end.stderr.split("\n\n")
    assert 'most are "a" (64, 100 %)\n' in params + "\n"
    assert '"a" (1,024, 50 %), "b" (1,024, 50 %)' in macs


def test_in_training_a_layer_costs_its_gradients_and_the_optimizer_s_state_too(folder: Path) -> None:
    """LeNet-5's first Dense layer: (400 * 120 + 120) parameters, each with a gradient and two moments, 4 bytes each,
    and its 120 outputs: 48,120 * 16 + 480.
    """
    end = run("cnncalc lenet5 --max-memory 1MB --optimizer adam", folder)
    assert 'the layers that cost most are "dense" (770,400, 75 %)' in end.stderr


def test_limits_that_are_no_whole_numbers(folder: Path) -> None:
    end = run("cnncalc lenet5 --max-layers 2.5 --max-rf 0.333", folder)
    assert "is 8, 5.5 above max_layers (2.5)" in end.stderr
    assert "is 32, 31.667 above max_rf (0.333)" in end.stderr


def test_figures_of_any_size_have_limits(folder: Path) -> None:
    (folder / "huge.yaml").write_text(f"input: [{', '.join([str(10**17)] * 20)}, 4]\nlayers: [Dense: 10]\n")
    end = run("cnncalc huge.yaml --max-macs 0.5 --columns name", folder)
    assert end.code == 1
    assert "is a number of 342 digits, a number of 342 digits above max_macs (0.5)" in end.stderr
