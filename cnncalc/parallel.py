"""One function over many items in several processes, results in the items' order."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import Pipe, Process, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_STACK: Final = 256 * 1024
"""Bytes for the thread that watches the parent: the usual 8 MiB are much if memory is scarce."""


def in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int, lost: Callable[[Item], Result]
) -> Iterator[Result]:
    """Yields what `map(function, items)` does, from several processes; the function and its results can be pickled.

    If the system ends a process, `lost` gives the result for the item that the process had. No process outlives the
    iterator, nor the process that asked for it, however that ends.
    """
    results: dict[int, Result] = {}
    at_work: dict[object, tuple[_Worker, int]] = {}
    places = iter(range(len(items)))

    def give_work(worker: _Worker) -> None:
        place = next(places, None)
        if place is None:
            worker.end()
        else:
            at_work[worker.connection] = worker, place
            with suppress(OSError):  # the process is gone, as `wait` will say
                worker.connection.send(items[place])

    try:
        for _ in range(min(jobs, len(items))):
            give_work(_Worker(function))
        for turn in range(len(items)):
            while turn not in results:
                for connection in wait([worker.connection for worker, _ in at_work.values()]):
                    worker, place = at_work.pop(connection)
                    try:
                        results[place] = worker.connection.recv()
                    except (EOFError, OSError):
                        results[place] = lost(items[place])
                        worker.end()
                        worker = _Worker(function)
                    give_work(worker)
            yield results.pop(turn)
    finally:
        for worker, _ in at_work.values():
            worker.end()


class _Worker:
    """A process and the connection to it, over which items go and results come."""

    connection: Connection[Any, Any]

    def __init__(self, function: Callable[[Any], object]) -> None:
        self.connection, theirs = Pipe()
        self.process = Process(target=_work, args=(function, theirs), daemon=True)
        self.process.start()
        theirs.close()  # the process has its own: if that is closed, the process is gone

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(function: Callable[[Any], object], connection: Connection[object, Any]) -> None:
    """Answers every item with its result, until the parent ends this process or is gone itself."""
    for name in ("SIGINT", "SIGHUP"):  # that come to all processes of a terminal: what becomes of them the parent says
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        threading.stack_size(_STACK)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        while True:
            connection.send(function(connection.recv()))
    except (
        EOFError,
        OSError,
        MemoryError,
        RuntimeError,
    ):  # the parent is gone, or there is no memory, not for a thread
        os._exit(1)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
