"""A sweep on a Dask cluster: chunks of points are its tasks. Dask is what runs where there are several machines.

A worker that dies loses nothing, as its tasks are given to another one. If the scheduler is lost, so is the sweep; what
was written stays.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from cnncalc.errors import Diagnostic, UsageError, quote
from cnncalc.optional_packages import optional_package
from cnncalc.sweeping.sweep import Found, compute_chunk

if TYPE_CHECKING:
    from types import ModuleType

AHEAD: Final = 4
"""Tasks for each thread of the cluster that are handed out before the first of them is back."""
PATIENCE: Final = 30
"""Seconds to wait for a scheduler, and for its first worker."""


class Future(Protocol):
    """The result of a task, once it is there."""

    def result(self) -> list[Found]: ...


def on_cluster(sweep: bytes, starts: Sequence[int], address: str) -> Iterator[list[Found]]:
    """Computes the chunks of a packed sweep on a cluster, in their order.

    Raises: UsageError: if the scheduler can't be reached or is lost, or the workers have no cnncalc.
    """
    dask = optional_package("distributed", "--scheduler", extra="dask")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is lost is said once, by us
    with _losses(dask, address):
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    try:
        with _losses(dask, address):
            client.wait_for_workers(1, timeout=PATIENCE)
            waiting: deque[Future] = deque()
            ahead = AHEAD * sum(client.nthreads().values())
        for start in starts:
            with _losses(dask, address):
                waiting.append(client.submit(compute_chunk, sweep, start, pure=False))
            if len(waiting) >= ahead:
                with _losses(dask, address):
                    found = waiting.popleft().result()
                yield found
        while waiting:
            with _losses(dask, address):
                found = waiting.popleft().result()
            yield found
    finally:
        client.close(timeout=1)


@contextmanager
def _losses(dask: ModuleType, address: str) -> Iterator[None]:
    """Says in words that a cluster is lost."""
    lost = (OSError, TimeoutError, ValueError, dask.client.FutureCancelledError)
    try:
        yield
    except (dask.scheduler.KilledWorker, ImportError) as error:
        message = f"a worker of the cluster at {quote(address)} can't compute points: {error}"
        hint = "do the workers have this version of cnncalc, and memory enough?"
        raise UsageError(Diagnostic("cluster-lost", message, suggestion=hint)) from None
    except lost as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        message = f"the cluster at {quote(address)} can't be reached: {reason}"
        hint = "start it, and go on with --resume; `dask scheduler` prints its address, tcp://HOST:8786"
        raise UsageError(Diagnostic("cluster-lost", message, suggestion=hint)) from None
