"""A progress bar, drawn with rich, imported only if there is a terminal and work takes long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

Result = TypeVar("Result")


def with_bar(results: Iterator[Result], done: int, total: int) -> Iterator[Result]:
    """Passes results on and shows on standard error how many of `total` have come, `done` of them before."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=total, completed=done)
            for result in results:
                yield result
                progress.advance(task)
    finally:
        console.show_cursor()  # it is still hidden if a signal came while the bar was being started
