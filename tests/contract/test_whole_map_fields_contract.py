"""Exact receptive fields of vectors and whole maps: size, effective stride and offset, worked out by hand."""

from __future__ import annotations

import pytest

from tests.contract.specs import Json, layer, rows

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
