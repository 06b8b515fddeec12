"""A progress bar for whoever waits at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from cnncalc.cli.output import is_terminal

Result = TypeVar("Result")

PATIENCE: Final = 1.0
"""Seconds without a bar."""


def watched(results: Iterable[Result], total: int, shown: bool) -> Iterator[Result]:
    """The results; on standard error a bar, if it takes long, a terminal is there, and `shown` says so."""
    if not (shown and total > 1 and is_terminal(sys.stderr)):
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
        yield from _with_bar(iterator, done, total)


def _with_bar(results: Iterator[Result], done: int, total: int) -> Iterator[Result]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, completed=done)
        for result in results:
            yield result
            progress.advance(task)
