"""Exact receptive fields along a path and at a merge: size, effective stride and offset, worked out by hand."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import report, rows

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


# exact, one axis ------------------------------------------------------------------------------------------------------


def exact_of_one_axis(items: str, input: str = "64x3") -> list[tuple[object, object, object]]:
    """Size, effective stride and offset behind each item of a net with one spatial axis."""
    found = []
    for row in rows(f"layers: [{items}]", input).values():
        exact = row["exact"]
        found.append(
            tuple(
                None if exact[key] is None else exact[key][0]
                for key in ("receptive_field", "effective_stride", "offset")
            )
        )
    return found  # type: ignore[return-value]


CHAINS: dict[str, tuple[str, str, list[tuple[object, object, object]]]] = {
    "kernels and strides": (
        f"{conv(7, 2, padding=3)}, {{MaxPooling1D: {{pool_size: 3, strides: 2, padding: 1}}}}, {conv(3, padding=1)}",
        "64x3",
        [(7, 2, -3), (11, 4, -5), (19, 4, -9)],  # 7+2*2, -3-1*2; 11+2*4, -5-1*4
    ),
    "dilation": (
        f"{conv(3, dilation_rate=4, padding='valid')}, {conv(2, 3, padding='valid')}",
        "64x3",
        [(9, 1, 0), (10, 3, 0)],
    ),
    "same, stride 2, even size": (conv(3, 2), "8x3", [(3, 2, 0)]),  # total 3*2+3-8 = 1, before 0
    "same, stride 2, odd size": (conv(3, 2), "9x3", [(3, 2, -1)]),  # total 4*2+3-9 = 2, before 1
    "same, even kernels": (f"{conv(2)}, {conv(4)}", "8x3", [(2, 1, 0), (5, 1, -1)]),  # total 1 and 3, before 0 and 1
    "same, kernel below the stride": (conv(1, 3), "8x3", [(1, 3, 0)]),  # total max(2*3+1-8, 0) = 0
    "same, dilated": (conv(3, dilation_rate=3), "8x3", [(7, 1, -3)]),
    "same after an odd size": (
        f"{conv(3, 2)}, {conv(3, 2)}",
        "10x3",
        [(3, 2, 0), (7, 4, -2)],
    ),  # 5: total 2*2+3-5 = 2, before 1*2
    "causal": (f"{conv(3, padding='causal', dilation_rate=2)}", "8x3", [(5, 1, -4)]),
    "before and after": (conv(3, padding="[[2, 5]]"), "8x3", [(3, 1, -2)]),
    "a pool's same": ("{MaxPooling1D: {pool_size: 3, strides: 2, padding: same}}", "8x3", [(3, 2, 0)]),
    "padding and cropping move the map": (
        f"{conv(3, 2, padding='valid')}, {{ZeroPadding1D: [1, 4]}}, {conv(3, padding='valid')}, {{Cropping1D: [2, 0]}}",
        "64x3",
        [(3, 2, 0), (3, 2, -2), (7, 2, -2), (7, 2, 2)],
    ),
    "what is pointwise changes nothing": (
        f"{conv(3)}, BatchNormalization, LayerNormalization, {{GroupNormalization: 3}}, ReLU, Softmax, "
        f"{{Dropout: 0.5}}, {conv(1)}",
        "64x3",
        [(3, 1, -1)] * 8,
    ),
    "upsampling by 3, then a kernel of 2": (
        f"{{UpSampling1D: 3}}, {conv(2, padding='valid')}",
        "8x3",
        [(1, "1/3", 0), (2, "1/3", 0)],
    ),
    "upsampling by 2": (
        # windows of 3 over 0 0 1 1 2 2: two; of 4: 0 1 1 2, three; stride 2 on half steps is 1
        f"UpSampling1D, {conv(3, padding='valid')}, {conv(2, 2, padding='valid')}",
        "8x3",
        [(1, "1/2", 0), (2, "1/2", 0), (2, 1, 0)],  # from even positions only: 0 0 1 1
    ),
    "upsampling by 2, a kernel of 4": (
        f"UpSampling1D, {conv(4, padding='valid')}",
        "8x3",
        [(1, "1/2", 0), (3, "1/2", 0)],
    ),
    "upsampling what overlaps": (
        f"{conv(3, padding='valid')}, UpSampling1D, {conv(3, padding='valid')}",
        "8x3",
        [(3, 1, 0), (3, "1/2", 0), (4, "1/2", 0)],
    ),
    "up and down": (f"{conv(3, 2, padding='valid')}, {{UpSampling1D: 3}}", "17x3", [(3, 2, 0), (3, "2/3", 0)]),
    "transposed, kernel as the stride": (
        "{Conv1DTranspose: {filters: 3, kernel_size: 2, strides: 2}}",
        "8x3",
        [(1, "1/2", 0)],
    ),
    "transposed, overlapping": (
        "{Conv1DTranspose: {filters: 3, kernel_size: 4, strides: 2, padding: 1}}",
        "8x3",
        [(2, "1/2", -1)],
    ),
    "transposed, stride 1": ("{Conv1DTranspose: {filters: 3, kernel_size: 3}}", "8x3", [(3, 1, -2)]),
    "transposed, with holes": (
        # each input reaches two of three outputs: a a . b b . c c
        "{Conv1DTranspose: {filters: 3, kernel_size: 2, strides: 3}}, "
        f"{conv(2, padding='valid')}, {conv(2, padding='valid')}",
        "8x3",
        # a kernel of 2 sees aa, a., .b: one input; then the windows aa a. .b bb b. .c: a.|.b sees two
        [(1, "1/3", 0), (1, "1/3", 0), (2, "1/3", 0)],
    ),
}


@pytest.mark.parametrize("case", CHAINS)
def test_exact_along_a_path(case: str) -> None:
    items, input, expected = CHAINS[case]
    assert exact_of_one_axis(items, input) == expected


EXACT_MERGES: dict[str, tuple[str, tuple[object, object, object]]] = {
    "a residual": (f"a: [{conv(3)}, {conv(3)}], b: []", (5, 1, -2)),
    "the hull, offsets included": (
        f"a: [{conv(3, padding='[[0, 2]]')}], b: [{conv(3, padding='[[2, 0]]')}]",
        (5, 1, -2),
    ),
    "boxes apart": ("a: [{Cropping1D: [6, 0]}], b: [{Cropping1D: [0, 6]}]", (7, 1, 0)),  # positions 6 and 0
    "equal strides by other ways": (f"a: [{conv(3, 4)}], b: [MaxPooling1D, MaxPooling1D]", (4, 4, 0)),  # 0..2 and 0..3
    "fractions": ("a: [UpSampling1D], b: [{Conv1DTranspose: {filters: 3, kernel_size: 2, strides: 2}}]", (1, "1/2", 0)),
}


@pytest.mark.parametrize("case", EXACT_MERGES)
def test_exact_at_a_merge(case: str) -> None:
    branches, expected = EXACT_MERGES[case]
    assert exact_of_one_axis(f"{{Concatenate: {{branches: {{{branches}}}}}}}")[-1] == expected


def test_strides_that_differ_have_no_common_field_and_a_note_names_them() -> None:
    text = """
        layers:
          - Add: {branches: {a: [{MaxPooling1D: {name: pool}}], b: [{Cropping1D: {cropping: 16, name: crop}}]}}
          - Conv1D: {filters: 3, kernel_size: 3}
          - Flatten
          - Dense: 2
        """
    made = report(text, "64x3")
    by_name = {row["name"]: row for row in made["layers"]}
    add = by_name["add"]["exact"]
    assert (add["receptive_field"], add["effective_stride"], add["offset"]) == (None, None, None)
    assert re.search("pool.*crop|crop.*pool|2.*1|1.*2", add["note"])
    assert by_name["conv1d"]["exact"]["receptive_field"] is None
    assert by_name["conv1d"]["exact"]["note"]
    assert (by_name["pool"]["exact"]["note"], by_name["crop"]["exact"]["note"]) == (None, None)


# What has no field at all ---------------------------------------------------------------------------------------------


def test_an_input_without_spatial_axes_has_no_field() -> None:
    made = report("layers: [{Dense: 16}, {Reshape: [4, 4, 1]}, {Conv2D: {filters: 2, kernel_size: 3}}]", "5")
    for row in made["layers"]:
        assert row["receptive_field"] is row["exact"]["receptive_field"] is row["exact"]["effective_stride"] is None
    assert made["totals"]["receptive_field"] is made["totals"]["exact"]["receptive_field"] is None


def test_two_inputs_that_meet_have_none_and_one_alone_has() -> None:
    text = """
        input: {left: 8x8x3, right: 8x8x3, vector: 3}
        layers:
          - Conv2D: {filters: 3, kernel_size: 3, from: left, padding: same, name: a}
          - Conv2D: {filters: 3, kernel_size: 5, from: right, padding: same, name: b}
          - Add: {from: [a, b], name: both}
          - Add: {from: [a, left], name: one}
          - Multiply: {from: [b, vector], name: scaled}
          - Conv2D: {filters: 3, kernel_size: 3, name: after, from: both}
        outputs: [one, scaled, after]
        """
    made = {row["name"]: row for row in report(text)["layers"]}
    assert made["a"]["exact"]["receptive_field"] == made["one"]["exact"]["receptive_field"] == [3, 3]
    for name in ("both", "scaled", "after"):
        for figure in (made[name]["receptive_field"], made[name]["exact"]["receptive_field"]):
            assert figure is None, name
        assert made[name]["exact"]["note"], name
    assert [made[name]["exact"]["receptive_field"] for name in ("left", "right", "vector")] == [[1, 1], [1, 1], None]


# Inputs and totals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("input", "ones"), [("8x3", [1]), ("8x8x3", [1, 1]), ("8x8x8x3", [1, 1, 1])])
def test_the_input_sees_itself(input: str, ones: list[int]) -> None:
    row = report("layers: [ReLU]", input)["layers"][0]
    assert row["exact"]["receptive_field"] == row["exact"]["effective_stride"] == ones
    assert row["exact"]["offset"] == [0] * len(ones)
    assert row["notes"]["receptive_field"] is None


def test_the_total_is_the_largest_over_the_outputs() -> None:
    text = """
        layers:
          - Conv2D: {filters: 3, kernel_size: [3, 5], name: a, padding: same}
          - Conv2D: {filters: 3, kernel_size: [5, 3], name: b, from: input, padding: same}
          - Conv2D: {filters: 3, kernel_size: 9, name: unread, from: input, padding: same}
        outputs: [a, b]
        """
    totals = report(text, "[32, 32, 3]")["totals"]
    assert totals["exact"]["receptive_field"] == [5, 5]
    assert totals["notes"]["receptive_field"] == [5, 5]


def test_unknown_sizes_keep_fields_exact() -> None:
    made = rows("layers: [{Conv2D: {filters: 3, kernel_size: 3, strides: 2}}, {MaxPooling2D: 3}]", "[null, null, 3]")
    assert [row["exact"]["receptive_field"] for row in made.values()] == [[3, 3], [7, 7]]
    assert [row["exact"]["effective_stride"] for row in made.values()] == [[2, 2], [6, 6]]


def test_three_axes() -> None:
    made = rows(
        "layers: [{Conv3D: {filters: 3, kernel_size: [1, 3, 5], strides: [1, 2, 2]}}, {MaxPooling3D: 2}]",
        "[8, 20, 20, 3]",
    )
    assert [row["exact"]["receptive_field"] for row in made.values()] == [[1, 3, 5], [2, 5, 7]]
    # the first stride is forgotten: 1+1*2, 3+1*2, 5+1*2
    assert [row["notes"]["receptive_field"] for row in made.values()] == [[1, 3, 5], [3, 5, 7]]
