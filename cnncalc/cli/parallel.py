"""One function over many items in several processes, results in the items' order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import TypeVar

from cnncalc.errors import Diagnostic, UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_processes(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """`map(function, items)`; the function and what it takes and gives can be pickled.

    Raises: UsageError: `worker-ended`, where the system ended a process.
    """
    chunk = max(1, min(32, len(items) // (4 * jobs)))
    executor = ProcessPoolExecutor(min(jobs, len(items)), initializer=_end_when_interrupted)
    finished = False
    try:
        yield from executor.map(function, items, chunksize=chunk)
        finished = True
    except BrokenProcessPool as error:
        message = "the system ended one of the processes, probably for want of memory"
        raise UsageError(Diagnostic("worker-ended", message, suggestion="try fewer --jobs")) from error
    finally:
        if not finished:  # interrupted, or one of them failed: nobody waits for what the others do
            for process in active_children():
                process.terminate()
        executor.shutdown(wait=finished)


def _end_when_interrupted() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
