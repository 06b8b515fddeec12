"""A progress bar for whoever waits at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from cnncalc.render.terminal import terminal_of

Result = TypeVar("Result")

PATIENCE: Final = 1.0
"""Seconds without a bar."""


@contextmanager
def watched(results: Iterable[Result], total: int, shown: bool) -> Iterator[Iterator[Result]]:
    """Passes results on; shows a bar on standard error if it takes long, a terminal is there, and `shown` says so.

    However the block ends, the bar is gone and the cursor is back.
    """
    if shown and total > 1 and terminal_of(sys.stderr):
        passing = _with_bar(iter(results), total)
        try:
            yield passing
        finally:
            passing.close()
    else:
        yield iter(results)


def _with_bar(results: Iterator[Result], total: int) -> Generator[Result, None, None]:
    start, done = time.monotonic(), 0
    for result in results:
        yield result
        done += 1
        if time.monotonic() - start > PATIENCE:
            break
    if done < total:
        from cnncalc.render.progress_bar import with_bar

        yield from with_bar(results, done, total)
