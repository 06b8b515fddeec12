"""Aligns two sequences as a text diff does, in time that grows about linearly with their lengths."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
Pair = tuple[int, int]

SMALL: Final = 400
"""Up to so many entries, difflib compares what lies between two anchors: its time may grow with their square."""


def align(a: Sequence[Key], b: Sequence[Key]) -> list[Pair]:
    """Finds pairs of indices of equal entries, increasing in both sequences.

    Equal beginnings and ends are cut off first. In the rest, two equal entries are an anchor if both are the n-th of
    their kind and anchors keep their order; between anchors difflib finds the other pairs.
    """
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    stop_a, stop_b = len(a) - end, len(b) - end
    pairs = [(index, index) for index in range(start)]
    if max(stop_a, stop_b) - start > SMALL:
        pairs += _anchors(a, b, range(start, stop_a), range(start, stop_b))
    for left, right in list(gaps(pairs, stop_a, stop_b)):
        if left and right and max(len(left), len(right)) <= SMALL:
            pairs += _matched(a, b, left, right)
    pairs.sort()
    return pairs + [(stop_a + index, stop_b + index) for index in range(end)]


def gaps(pairs: Sequence[Pair], length_a: int, length_b: int) -> Iterator[tuple[range, range]]:
    """Lists what lies between pairs, before the first and behind the last, if anything does."""
    previous = (-1, -1)
    for pair in [*pairs, (length_a, length_b)]:
        gap = range(previous[0] + 1, pair[0]), range(previous[1] + 1, pair[1])
        if gap[0] or gap[1]:
            yield gap
        previous = pair


def slide(pairs: Sequence[Pair], b: Sequence[Key], starts: Sequence[int]) -> list[Pair]:
    """Moves every run of entries that only `b` has to a better beginning in `b`, if it can move there.

    A run can move by one if the entry that it takes in is equal to the one that it leaves behind: the same is inserted,
    but it begins elsewhere. `starts` says of every index of `b`, and of its end, how good it is as a
    beginning and an end of a run: the higher, the better.
    """
    partner = {right: left for left, right in pairs}
    length_a = max((left for left, _ in pairs), default=-1) + 1
    for left, right in list(gaps(pairs, length_a, len(b))):
        if left or not right:
            continue
        shift = _best_shift(right, b, partner, starts)
        for taken in _taken(right, shift):
            partner[taken + (len(right) if shift < 0 else -len(right))] = partner.pop(taken)
    return sorted((left, right) for right, left in partner.items())


def _best_shift(run: range, b: Sequence[Key], partner: Mapping[int, int], starts: Sequence[int]) -> int:
    """Finds how far a run moves, up (negative) or down: to the nearest of the places that suit it best."""
    shifts = [0]
    for step in (-1, 1):
        shift = step
        while True:
            taken = _taken(run, shift)[-1]
            if taken not in partner or b[taken] != b[taken - step * len(run)]:
                break
            shifts.append(shift)
            shift += step
    return max(shifts, key=lambda shift: (starts[run.start + shift] + starts[run.stop + shift], -abs(shift)))


def _taken(run: range, shift: int) -> range:
    """Lists the entries that a run takes in when it moves, one by one."""
    return range(run.start - 1, run.start + shift - 1, -1) if shift < 0 else range(run.stop, run.stop + shift)


def _common(a: Sequence[Key], b: Sequence[Key]) -> int:
    """Counts the equal entries that two sequences begin with."""
    differing = (index for index, (left, right) in enumerate(zip(a, b, strict=False)) if left != right)
    return next(differing, min(len(a), len(b)))


def _matched(a: Sequence[Key], b: Sequence[Key], left: range, right: range) -> Iterator[Pair]:
    """Finds the pairs in two stretches by difflib."""
    matcher = SequenceMatcher(None, a[left.start : left.stop], b[right.start : right.stop], autojunk=False)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            yield left[block.a + offset], right[block.b + offset]


def _anchors(a: Sequence[Key], b: Sequence[Key], left: range, right: range) -> list[Pair]:
    """Finds the longest increasing run of pairs of which both are the n-th of their kind, by patience sorting."""
    places = dict(_numbered(b, right))
    candidates = [(index, places[entry]) for entry, index in _numbered(a, left) if entry in places]
    ends: list[int] = []  # the smallest last place of an increasing run of each length
    last: list[int] = []
    before: list[int | None] = []
    for candidate, (_, place) in enumerate(candidates):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else None)
        if length == len(ends):
            ends.append(place)
            last.append(candidate)
        else:
            ends[length] = place
            last[length] = candidate
    chain: list[Pair] = []
    current = last[-1] if last else None
    while current is not None:
        chain.append(candidates[current])
        current = before[current]
    return chain[::-1]


def _numbered(entries: Sequence[Key], within: range) -> Iterator[tuple[tuple[Key, int], int]]:
    """Lists each entry with the number of equal ones before it, and its index."""
    seen: Counter[Key] = Counter()
    for index in within:
        entry = entries[index]
        yield (entry, seen[entry]), index
        seen[entry] += 1
