"""A progress bar for whoever waits at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from cnncalc.render.terminal import terminal_of

Result = TypeVar("Result")

PATIENCE: Final = 1.0
"""Seconds without a bar."""


def watched(results: Iterable[Result], total: int, shown: bool) -> Iterator[Result]:
    """Passes results on; shows a bar on standard error if it takes long, a terminal is there, and `shown` says so."""
    if not (shown and total > 1 and terminal_of(sys.stderr)):
        yield from results
        return
    start, done = time.monotonic(), 0
    iterator = iter(results)
    for result in iterator:
        yield result
        done += 1
        if time.monotonic() - start > PATIENCE:
            break
    if done < total:
        from cnncalc.render.progress_bar import with_bar

        yield from with_bar(iterator, done, total)
