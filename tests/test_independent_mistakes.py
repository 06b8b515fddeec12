"""Mistakes that have nothing to do with each other are said together; what follows from one is not said again."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from tests.language import mistakes

HEAD = "input: [32, 32, 3]\n"


def places(text: str) -> list[tuple[str, int]]:
    """Of each mistake, its id and line."""
    return [(diagnostic.id, diagnostic.span.line if diagnostic.span else 0) for diagnostic in mistakes(text)]


def test_those_of_reading_of_expansion_and_of_the_input_come_together() -> None:
    assert places(
        """
        input: [32, 32, 0]
        layers:
          - Conv2d: {filters: 6, kernel_size: 3}
          - Conv2D: {filters: -6, kernel_sise: 3, strides: 0}
          - Add: {from: [conv2d, somewhere]}
        """
    ) == [
        ("bad-shape", 2),
        ("unknown-kind", 4),
        ("bad-value", 5),
        ("unknown-argument", 5),
        ("bad-value", 5),
        ("no-such-name", 6),
    ]


def test_those_of_expansion_and_in_shapes_come_together() -> None:
    assert places(
        """
        input: [32, 32, 3]
        layers:
          - Conv2D: {filters: 6, kernel_size: 33}
          - Dense: {units: 0, from: input}
          - Conv2D: {filters: 6, kernel_size: 3, from: input, name: small}
          - Add: {from: [input, small]}
          - Conv2D: {filters: $in_channels, kernel_size: 31, from: small}
        """
    ) == [("size-below-one", 4), ("bad-value", 5), ("shapes-do-not-fit", 7), ("size-below-one", 8)]


def test_several_in_shapes_come_together_once_for_each_item() -> None:
    assert places(
        """
        input: [32, 32, 3]
        blocks: {b: {layers: [{Conv2D: {filters: 6, kernel_size: 33}}, ReLU]}}
        layers:
          - b: {name: one}
          - b: {name: two, from: input}
          - Dense: {units: 3, from: input}
          - Conv1D: {filters: 6, kernel_size: 3}
        """
    ) == [("size-below-one", 3), ("wrong-rank", 8)]


def test_there_are_ten_at_most() -> None:
    items = "".join(f"  - Add: {{from: [input, c{size}]}}\n" for size in range(1, 13))
    sources = "".join(
        f"  - Conv2D: {{filters: 6, kernel_size: {size + 1}, from: input, name: c{size}}}\n" for size in range(1, 13)
    )
    assert len(places(f"{HEAD}layers:\n{sources}{items}")) == 10


@pytest.mark.parametrize(
    "items",
    [
        # the automatic name, the given one, and those of copies
        "[{Conv2d: {filters: 3, kernel_size: 3}}, {ReLU: {from: conv2d}}]",
        "[{Conv2D: {filters: 3, kernel: 3, name: c}}, {Conv2D: {filters: $in_channels, kernel_size: 99, from: c}}]",
        "[{Conv2D: {filters: 3, kernel: 3, name: c, repeat: 3}}, {ReLU: {from: c_2}}, {ReLU: {from: c}}]",
        "[{name: c, Conv2D: {filters: 3, kernel_size: 3}}, {ReLU: {from: c}}]",
        # what is inside of it
        "[{head: {name: h}}, {ReLU: {from: h/conv2d}}]",
        "[{Model: {spec: vgg16, untill: fc1}}, {ReLU: {from: vgg16/fc1}}]",
        # its weights
        "[{Dense: {units: 3, bias: true, name: d}}, {Dense: {units: 3, from: input, share: d}}]",
        # what was missing is there, under a wrong name
        "[{Conv2D: {filter: 3, kernel_size: 3}}]",
        "[{Model: {specs: vgg16}}]",
        # shapes behind it
        "[{Dense: 0}, {Conv2D: {filters: 3, kernel_size: 99}}, {Conv1D: {filters: 3, kernel_size: 3}}]",
        "[{Add: {branches: {a: [{Dense: 0}], b: []}}}, {Conv2D: {filters: 3, kernel_size: 99}}]",
    ],
)  # fmt: skip
def test_what_follows_from_a_mistake_is_not_said_again(items: str) -> None:
    assert len(places(f"{HEAD}layers: {items}")) == 1


def test_a_block_with_a_mistake_has_it_once() -> None:
    text = "blocks: {b: {layers: [{Conv2D: {filter: 3, name: c}}, ReLU]}}\n"
    uses = "layers: [{b: {repeat: 3}}, {ReLU: {from: b_2/c}}, {b: {share: b_1}}]"
    assert places(HEAD + text + uses) == [("unknown-argument", 2)]


@pytest.mark.parametrize(
    ("lost", "id"),
    [("Conv2D: {filters: 3, kernel_size: 33}", "size-below-one"), ("ReLU: {from: nowhere}", "no-such-name")],
)
def test_a_parameter_that_waits_for_the_channels_of_a_mistake(lost: str, id: str) -> None:
    assert places(
        f"""
        input: [32, 32, 3]
        blocks:
          b:
            params: {{c: $in_channels, skip: null}}
            layers: [{{Conv2D: {{filters: $c, kernel_size: 99, from: $skip}}}}]
        layers:
          - ReLU: {{name: fine}}
          - {lost}
          - b: {{skip: fine}}
        """
    ) == [(id, 9)]


@pytest.mark.parametrize("cut", ["until", "frozen_until"])
def test_a_model_that_is_cut_at_a_mistake_keeps_what_stands_before_it(cut: str, tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        f"{HEAD}layers: [{{ReLU: {{name: x, from: nowhere}}}}, {{ReLU: {{name: y}}}}]\n"
    )
    (tmp_path / "net.yaml").write_text(
        f"{HEAD}layers: [{{ReLU: {{name: a}}}}, {{Model: {{spec: inner.yaml, {cut}: x, name: m}}}}, "
        "{Add: {from: [a, m]}}, {Conv2D: {filters: 3, kernel_size: 33, from: a}}]\n"
    )
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(tmp_path / "net.yaml")
    assert [diagnostic.id for diagnostic in caught.value.diagnostics] == ["size-below-one", "no-such-name"]


def test_all_copies_have_the_mistake_of_the_first() -> None:
    assert places(f"{HEAD}layers: [{{Conv2D: {{filters: 0, kernel_size: 3, repeat: 200000}}}}]") == [("bad-value", 2)]
