"""Alignment of two sequences: what belongs together, and where what is inserted begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.comparing.alignment import SMALL, align, gaps, slide

letters = st.text("abcd", max_size=30)


@given(letters, letters)
def test_pairs_are_equal_and_in_order(a: str, b: str) -> None:
    pairs = align(a, b)
    assert all(a[left] == b[right] for left, right in pairs)
    assert pairs == sorted(pairs)
    assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs)


@given(letters)
def test_a_sequence_is_all_the_same_as_itself(text: str) -> None:
    assert align(text, text) == [(index, index) for index in range(len(text))]


@given(letters, letters, letters)
def test_what_is_inserted_into_a_sequence_is_all_that_differs(start: str, middle: str, end: str) -> None:
    assert len(align(start + end, start + middle + end)) == len(start + end)


@given(letters, letters)
def test_gaps_are_what_has_no_partner(a: str, b: str) -> None:
    pairs = align(a, b)
    lonely = list(gaps(pairs, len(a), len(b)))
    assert sorted(index for left, _ in lonely for index in left) == sorted(
        {*range(len(a))} - {pair[0] for pair in pairs}
    )
    assert sorted(index for _, right in lonely for index in right) == sorted(
        {*range(len(b))} - {pair[1] for pair in pairs}
    )


# Too long for difflib, which would compare everything with everything: the anchors do it.
def test_long_sequences_are_aligned_by_their_anchors() -> None:
    block = "abcdefgh" * SMALL
    before, after = f"{block}x{block}", f"y{block}z{block}w"
    pairs = align(before, after)
    assert len(pairs) == 2 * len(block)
    assert pairs[0] == (0, 1)
    assert pairs[-1] == (len(before) - 1, len(after) - 2)


# Of "ab ab ab" into "ab ab": which "ab" is the new one can't be told, but it may begin where a block does.
def test_what_is_inserted_begins_where_something_starts() -> None:
    blocks = "ababab"
    pairs = [(0, 0), (1, 3), (2, 4), (3, 5)]  # what is inserted is "ba", in the middle
    starts = [1, 0, 1, 0, 1, 0, 1]
    assert slide(pairs, blocks, starts) in (
        [(0, 2), (1, 3), (2, 4), (3, 5)],
        [(0, 0), (1, 1), (2, 4), (3, 5)],
    )


def test_what_cannot_move_stays() -> None:
    pairs = [(0, 0), (1, 2)]
    assert slide(pairs, "axb", [9, 0, 0, 9]) == pairs
