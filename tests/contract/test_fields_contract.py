"""Receptive fields in both conventions: size, effective stride, offset and notes, worked out by hand."""

from __future__ import annotations

import re

import pytest

from tests.contract.specs import Json, layer, report, rows

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


# exact, the whole map -------------------------------------------------------------------------------------------------


def whole(row: Json) -> tuple[object, object]:
    return row["exact"]["receptive_field"], row["exact"]["effective_stride"]


def test_dense_after_flatten_and_global_pooling_see_the_map_that_they_read() -> None:
    text = "layers: [{Conv2D: {filters: 3, kernel_size: 3}}, {MaxPooling2D: }, Flatten, {Dense: 4}, {Dense: 2}]"
    made = list(rows(text, "[9, 12, 3]").values())
    # 9: 7 after the kernel, 3 windows of 2: positions 0..7; 12: 10, 5 windows: 0..11
    assert whole(made[1]) == ([4, 4], [2, 2])
    assert whole(made[2]) == ([4, 4], None)
    assert whole(made[3]) == whole(made[4]) == ([8, 12], None)
    for item in ("GlobalAveragePooling2D", "{GlobalMaxPooling2D: {keepdims: true}}"):
        text = f"layers: [{{Conv2D: {{filters: 3, kernel_size: 3}}}}, MaxPooling2D, {item}]"
        assert whole(list(rows(text, "[9, 12, 3]").values())[-1]) == ([8, 12], None)


FLAT_BRANCHES = """
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same}
  - Flatten: {name: small}
  - Conv2D: {filters: 4, kernel_size: 7, padding: same, from: input}
  - Flatten: {name: large}
"""


@pytest.mark.parametrize("merge", ["Add", "Concatenate"])
def test_elements_of_flattened_maps_keep_what_they_saw(merge: str) -> None:
    """Element i of both vectors is the same position: 3 and 7 around one centre are 7, and -3 ... 24 all of them."""
    found = rows(FLAT_BRANCHES + f"  - {merge}: {{name: m, from: [small, large]}}\n  - Dense: 2\n", "[22, 22, 3]")
    sizes = {name: row["exact"]["receptive_field"] for name, row in found.items()}
    assert [sizes[name] for name in ("small", "large", "m", "dense")] == [[3, 3], [7, 7], [7, 7], [28, 28]]


DIFFERENT_CENTRES = """
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: c}
  - Cropping2D: [[0, 2], [0, 2]]
  - Flatten: {name: a}
  - Cropping2D: {cropping: [[2, 0], [2, 0]], from: c}
  - Flatten: {name: b}
"""


def test_elements_of_maps_with_different_centres_see_the_hull() -> None:
    """Cropping moves the 3 rows around position p by 2: p - 1 ... p + 1 and p + 1 ... p + 3 make p - 1 ... p + 3."""
    exact = rows(DIFFERENT_CENTRES + "  - Add: {name: m, from: [a, b]}\n", "[22, 22, 3]")["m"]["exact"]
    assert (exact["receptive_field"], exact["offset"]) == ([5, 5], [-1, -1])
    assert exact["note"] == "not aligned: a and b have different centres"


def test_elements_side_by_side_see_what_they_saw_whatever_their_centres() -> None:
    """Each is one of the 3 rows of a or of b; the first of a begins at -1, that of b at 1; all reach -1 ... 22."""
    text = DIFFERENT_CENTRES + "  - Concatenate: {name: m, from: [a, b]}\n  - Dense: 2\n"
    found = rows(text, "[22, 22, 3]")
    assert (found["m"]["exact"]["receptive_field"], found["m"]["exact"]["offset"]) == ([3, 3], [-1, -1])
    assert found["m"]["exact"]["note"] is None
    assert found["dense"]["exact"]["receptive_field"] == [24, 24]


def test_the_largest_counts_axis_by_axis_where_vectors_stand_side_by_side() -> None:
    """3 rows and 7 columns, 5 rows and 1 column: no element sees more than 5 rows, and none more than 7 columns."""
    text = """
    layers:
      - Conv2D: {filters: 4, kernel_size: [3, 7], padding: same}
      - Flatten: {name: wide}
      - Conv2D: {filters: 4, kernel_size: [5, 1], padding: same, from: input}
      - Flatten: {name: high}
      - Concatenate: {name: m, from: [wide, high]}
    """
    assert rows(text, "[22, 22, 3]")["m"]["exact"]["receptive_field"] == [5, 7]


@pytest.mark.parametrize("input", ["[22, 22, 3]", "[null, 22, 3]"])
@pytest.mark.parametrize("merge", ["Add", "Concatenate"])
def test_what_elements_of_flattened_maps_see_is_the_same_at_every_size(merge: str, input: str) -> None:
    """3 rows from -1 on and 7 from -3 on, of a map that may be as long as it will: only all together are not known."""
    text = FLAT_BRANCHES + f"  - {merge}: {{name: m, from: [small, large]}}\n  - Softmax: {{name: all}}\n"
    found = {name: row["exact"] for name, row in rows(text, input).items()}
    assert [found[name]["receptive_field"] for name in ("small", "large", "m")] == [[3, 3], [7, 7], [7, 7]]
    assert [found[name]["offset"] for name in ("small", "large", "m")] == [[-1, -1], [-3, -3], [-3, -3]]
    assert [found[name]["effective_stride"] for name in ("small", "large", "m")] == [None] * 3
    sees_all = found["all"]["receptive_field"], found["all"]["note"]
    assert sees_all == (
        ([28, 28], "larger than the input")
        if "null" not in input
        else (None, "it sees a whole map whose size is unknown")
    )


def test_the_first_element_of_a_map_that_pads_by_its_size() -> None:
    """A stride of 2 with `same` pads 1 row before an odd size and none before an even one."""
    text = "layers: [{Conv2D: {filters: 4, kernel_size: 3, strides: 2, padding: same}}, Flatten]"
    exact = rows(text, "[null, null, 3]")["flatten"]["exact"]
    assert (exact["receptive_field"], exact["offset"]) == ([3, 3], None)
    assert [rows(text, f"[{n}, {n}, 3]")["flatten"]["exact"]["offset"] for n in (21, 22)] == [[-1, -1], [0, 0]]


@pytest.mark.parametrize("input", ["[null, null, 3]", "[22, 22, 3]"])
def test_elements_that_may_come_from_different_positions(input: str) -> None:
    """A row more and a column more are equally many elements of a square map: (1, 0) is position 22 of one and 23
    of the other. All of them see rows and columns 0 ... 22, where these are known."""
    text = """
    layers:
      - ZeroPadding2D: [[0, 1], [0, 0]]
      - Flatten: {name: a}
      - ZeroPadding2D: {padding: [[0, 0], [0, 1]], from: input}
      - Flatten: {name: b}
      - Add: {name: m, from: [a, b]}
      - Softmax: {name: all}
    """
    found = {name: row["exact"] for name, row in rows(text, input).items()}
    assert found["m"]["receptive_field"] is None
    assert found["m"]["note"] == "the same element of its inputs may come from different positions"
    assert found["all"]["receptive_field"] == (None if "null" in input else [23, 23])


def test_a_flattened_map_beside_a_vector_that_sees_all() -> None:
    """The elements of Dense see rows -1 ... 22, all 24 that the map's 22 positions see together."""
    items = "  - Dense: {units: 5, from: small, name: d}\n  - Concatenate: {name: m, from: [d, small]}\n"
    assert rows(FLAT_BRANCHES + items, "[22, 22, 3]")["m"]["exact"]["receptive_field"] == [24, 24]


def test_a_box_that_comes_again_only_after_a_thousand_positions() -> None:
    """1025 positions for each row, so that 1024 of them lie over two rows at most: 3 + 1 are seen; 1024/1025 a step."""
    text = "layers: [{Conv1D: {filters: 1, kernel_size: 3, padding: same}}, {UpSampling1D: 1025}, {MaxPooling1D: 1024}]"
    exact = rows(text, "1024x1")["max_pooling1d"]["exact"]
    assert exact["receptive_field"] == [4]
    assert exact["effective_stride"] == ["1024/1025"]


def test_a_resizing_by_one_row() -> None:
    """Position p lies at (p + 1/2)*1024/1025 - 1/2, never a whole number: it sees 2 rows. Three positions in a row lie
    2048/1025 apart, over up to 2 steps of a row: 2 + 2 rows."""
    text = """
    layers:
      - Resizing: {height: 1025, width: 1025, interpolation: bilinear}
      - Conv2D: {filters: 1, kernel_size: 3, padding: same}
    """
    found = [row["exact"] for row in rows(text, "[1024, 1024, 3]").values()]
    assert [exact["receptive_field"] for exact in found] == [[2, 2], [4, 4]]
    assert [exact["effective_stride"] for exact in found] == [["1024/1025"] * 2] * 2


def test_a_field_larger_than_the_input_is_shown_and_marked() -> None:
    made = list(
        rows(
            "layers: [{Conv2D: {filters: 3, kernel_size: 5, padding: same}}, Flatten, {Dense: 4}]", "[6, 3, 3]"
        ).values()
    )
    # 5x5 on 6x3: wider than the input; the whole map reaches from -2 to 7 and to 4
    assert made[0]["exact"]["receptive_field"] == [5, 5]
    assert "larger than the input" in made[0]["exact"]["note"]
    assert made[2]["exact"]["receptive_field"] == [10, 7]
    assert "larger than the input" in made[2]["exact"]["note"]
    fitting = layer("Conv2D: {filters: 3, kernel_size: 5, padding: same}", "[6, 5, 3]")
    assert fitting["exact"]["note"] is None


def test_squeeze_and_excitation_sees_the_whole_map() -> None:
    text = """
        layers:
          - Conv2D: {filters: 4, kernel_size: 3, padding: same}
          - Multiply:
              branches:
                excite:
                  - GlobalAveragePooling2D: {keepdims: true}
                  - Dense: 2
                  - Dense: {units: 4, activation: sigmoid}
                keep: []
          - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: after}
          - Add: {from: [prev, conv2d]}
        """
    made = rows(text, "[8, 8, 3]")
    # each output of the 3x3 kernel sees 3, all of them together -1..8
    for name in ("global_average_pooling2d", "dense", "dense_1", "multiply", "after", "add"):
        assert whole(made[name]) == ([10, 10], None), name
    assert whole(made["conv2d"]) == ([3, 3], [1, 1])


def test_dense_on_a_map_is_pointwise() -> None:
    made = list(
        rows("layers: [{Conv2D: {filters: 3, kernel_size: 3}}, {Dense: 5}, MaxPooling2D]", "[9, 9, 3]").values()
    )
    assert [whole(row) for row in made] == [([3, 3], [1, 1]), ([3, 3], [1, 1]), ([4, 4], [2, 2])]


# exact, reshaping -----------------------------------------------------------------------------------------------------


def test_a_permute_of_spatial_axes_keeps_track_of_them() -> None:
    text = """
        layers:
          - Conv2D: {filters: 3, kernel_size: [3, 1], strides: [2, 1]}
          - Permute: [2, 1, 3]
          - Conv2D: {filters: 3, kernel_size: [1, 2], strides: [1, 2]}
        """
    made = list(rows(text, "[9, 10, 3]").values())
    # the input's height is the second axis now: 3 + 1*2
    assert [row["exact"]["receptive_field"] for row in made] == [[3, 1], [3, 1], [5, 1]]
    assert [row["exact"]["effective_stride"] for row in made] == [[2, 1], [2, 1], [4, 1]]
    assert [row["output_shape"] for row in made] == [[4, 10, 3], [10, 4, 3], [10, 2, 3]]


@pytest.mark.parametrize(
    "item", ["Permute: [3, 1, 2]", "Permute: [1, 3, 2]", "Reshape: [4, 16, 3]", "Reshape: [8, 4, 6]"]
)
def test_what_regroups_space_has_no_field_and_a_note(item: str) -> None:
    made = list(rows(f"layers: [{{{item}}}, {{Conv2D: {{filters: 3, kernel_size: 1}}}}]").values())
    for row in made:
        assert row["exact"]["receptive_field"] is None
        assert row["exact"]["note"]


def test_a_reshape_that_keeps_the_shape_keeps_the_field() -> None:
    made = list(rows("layers: [{Conv2D: {filters: 3, kernel_size: 3}}, {Reshape: [6, 6, 3]}]").values())
    assert whole(made[1]) == ([3, 3], [1, 1])


def test_a_vector_made_a_map_again_sees_everything() -> None:
    text = """
        layers:
          - Conv2D: {filters: 3, kernel_size: 3}
          - Flatten
          - Dense: 16
          - Reshape: [4, 4, 1]
          - Conv2D: {filters: 2, kernel_size: 3}
        """
    made = list(rows(text, "[8, 8, 3]").values())
    assert [whole(row) for row in made[2:]] == [([8, 8], None)] * 3


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


def test_the_notes_total_is_the_last_value_carried_to_an_output() -> None:
    assert report("layers: [{Conv2D: {filters: 3, kernel_size: 3}}, ReLU, Flatten, {Dense: 2}]")["totals"][
        "receptive_field"
    ] == [3, 3]
    assert report("layers: [ReLU, Flatten, {Dense: 2}]")["totals"]["receptive_field"] is None


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
