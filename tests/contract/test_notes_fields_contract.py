"""Receptive fields by the notes: along a path and at a merge, worked out by hand."""

from __future__ import annotations

import pytest

from tests.contract.specs import layer, report, rows

Axes = list[int] | None


def notes_fields(text: str, input: str = "[32, 32, 3]") -> list[Axes]:
    return [row["notes"]["receptive_field"] for row in rows(text, input).values()]


def notes_of_one_axis(items: str, input: str = "64x3") -> list[int | None]:
    """The values behind each item of a net with one spatial axis."""
    return [field[0] if field else None for field in notes_fields(f"layers: [{items}]", input)]


C3 = "Conv1D: {filters: 3, kernel_size: 3, padding: same}"


def conv(kernel: int, stride: int = 1, **more: object) -> str:
    options = {"filters": 3, "kernel_size": kernel, "strides": stride, "padding": "same"} | more
    return "{Conv1D: {" + ", ".join(f"{key}: {value}" for key, value in options.items()) + "}}"


# notes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([conv(5)], [5]),
        ([conv(5), conv(3), conv(3)], [5, 7, 9]),
        # k, then (k - 1) * (all strides but the first one's, its own too)
        ([conv(5, 4), conv(3), conv(3, 2), conv(3)], [5, 7, 11, 15]),  # +2*1, +2*2, +2*2
        ([conv(5, 2), "{MaxPooling1D: {pool_size: 3, strides: 2}}", conv(3)], [5, 9, 13]),  # +2*2, +2*2
        (["{MaxPooling1D: {pool_size: 3, strides: 2}}", conv(3)], [3, 5]),  # a pooling is a first layer with a window
        (["{AveragePooling1D: 2}", "{AveragePooling1D: 2}"], [2, 4]),  # +1*2
        # what has no entry passes the running value on
        ([conv(5), "BatchNormalization", "ReLU", "{Dropout: 0.5}", conv(3, 2)], [5, None, None, None, 9]),
        (["BatchNormalization", "ReLU", conv(3, 2), conv(3)], [None, None, 3, 5]),
        ([conv(3), "Flatten", "{Dense: 5}"], [3, None, None]),
        ([conv(3), "GlobalAveragePooling1D", "{Dense: 5}"], [3, None, None]),
        # extensions: k_eff, transposed, and what has no entry
        ([conv(3), conv(3, 1, dilation_rate=2)], [3, 7]),  # k_eff 5
        ([conv(3, 1, dilation_rate=4)], [9]),
        ([conv(3), "{Conv1DTranspose: {filters: 3, kernel_size: 4, strides: 2}}", conv(3)], [3, 9, 13]),  # +3*2, +2*2
        (["{Conv1DTranspose: {filters: 3, kernel_size: 4, strides: 2}}", conv(3)], [4, 6]),
        ([conv(3, 2), "UpSampling1D", conv(3)], [3, None, 5]),
        ([conv(3), "{ZeroPadding1D: 1}", "{Cropping1D: 1}", conv(3)], [3, None, None, 5]),
        (
            ["{SeparableConv1D: {filters: 3, kernel_size: 3}}", "{DepthwiseConv1D: {kernel_size: 3, strides: 2}}"],
            [3, 7],
        ),
        ([conv(1), conv(3)], [1, 3]),  # a kernel of 1 is a window too
        ([conv(3, padding=7), conv(3, padding="valid"), conv(3, padding="causal")], [3, 5, 7]),  # every padding
    ],
)
def test_notes_along_a_path(items: list[str], expected: list[int | None]) -> None:
    assert notes_of_one_axis(", ".join(items)) == expected


def test_notes_per_axis() -> None:
    text = """
        layers:
          - Conv2D: {filters: 3, kernel_size: [3, 5], strides: [2, 1]}
          - MaxPooling2D: {pool_size: [2, 3], strides: [1, 2]}
          - Conv2D: {filters: 3, kernel_size: [1, 3], dilation_rate: [1, 2], strides: [2, 1]}
        """
    # 3, 5; +1*1, +2*2; +0, +(k_eff 5 - 1)*2
    assert notes_fields(text) == [[3, 5], [4, 9], [4, 17]]


def test_notes_of_the_networks_that_the_notes_show() -> None:
    alexnet = """
        layers:
          - Conv2D: {filters: 96, kernel_size: 11, strides: 4}
          - MaxPooling2D: {pool_size: 3, strides: 2}
          - Conv2D: {filters: 256, kernel_size: 5, padding: same}
        """
    assert notes_fields(alexnet, "[227, 227, 3]") == [[11, 11], [15, 15], [23, 23]]
    exact = [row["exact"]["receptive_field"] for row in rows(alexnet, "[227, 227, 3]").values()]
    assert exact == [[11, 11], [19, 19], [51, 51]]


MERGES: dict[str, tuple[str, int, int]] = {
    # branches, the merge's value, the value of a kernel of 3 behind it
    "the largest": (f"a: [{conv(3)}], b: [{conv(5)}]", 5, 7),
    "carries that input's product": (
        f"a: [{conv(3, 2)}, {conv(3, 2)}], b: [{conv(9, 4)}]",
        9,
        11,
    ),  # 3+2*2=7, product 2; 9, 1
    "or the other's": (f"a: [{conv(3, 2)}, {conv(5, 2)}], b: [{conv(9, 4)}]", 11, 15),  # 3+4*2=11, product 2
    "equal values, the larger product": (
        f"a: [{conv(5, 2)}, {conv(3, 2)}], b: [{conv(9, 4)}]",
        9,
        13,
    ),  # 5+2*2=9, product 2
    "the identity has none": (f"a: [{conv(3)}, {conv(3)}], b: []", 5, 7),
}


@pytest.mark.parametrize("case", MERGES)
def test_notes_at_a_merge(case: str) -> None:
    branches, merged, behind = MERGES[case]
    values = notes_of_one_axis(f"{{Concatenate: {{branches: {{{branches}}}}}}}, {conv(3)}")
    assert values[-2:] == [merged, behind]


def test_notes_at_a_merge_of_nothing_yet() -> None:
    assert notes_of_one_axis(f"{{Add: {{from: [prev, prev]}}}}, {conv(3, 2)}, {conv(3)}") == [None, 3, 5]


def test_a_merge_s_row_shows_its_value_whatever_stands_before_it() -> None:
    values = notes_of_one_axis(
        f"{conv(3)}, {{Add: {{branches: {{a: [{conv(3)}, BatchNormalization, ReLU], b: []}}}}}}, ReLU"
    )
    assert values == [3, 5, None, None, 5, None]


@pytest.mark.parametrize(
    ("item", "basis"),
    [
        ("Conv2D: {filters: 3, kernel_size: 3}", "documented"),
        ("Conv2D: {filters: 3, kernel_size: 3, padding: same, strides: 2}", "documented"),
        ("MaxPooling2D", "documented"),
        ("BatchNormalization", "documented"),
        ("ReLU", "documented"),
        ("Flatten", "documented"),
        ("GlobalAveragePooling2D", "documented"),
        ("Dense: 3", "documented"),
        ("Conv2DTranspose: {filters: 3, kernel_size: 3}", "extension"),
        ("Conv2D: {filters: 3, kernel_size: 3, dilation_rate: 2}", "extension"),  # k_eff in place of k
        ("UpSampling2D", "extension"),
        ("AdaptiveAveragePooling2D: 2", "extension"),
        ("ZeroPadding2D", "extension"),
        ("Add: {from: [prev, prev]}", "extension"),
        ("DepthwiseConv2D: 3", "extension"),
    ],
)
def test_what_the_notes_document_of_receptive_fields(item: str, basis: str) -> None:
    assert layer(item)["notes"]["basis"]["receptive_field"] == basis


def test_the_notes_total_is_the_last_value_carried_to_an_output() -> None:
    assert report("layers: [{Conv2D: {filters: 3, kernel_size: 3}}, ReLU, Flatten, {Dense: 2}]")["totals"][
        "receptive_field"
    ] == [3, 3]
    assert report("layers: [ReLU, Flatten, {Dense: 2}]")["totals"]["receptive_field"] is None
