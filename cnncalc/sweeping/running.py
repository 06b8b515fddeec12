"""A sweep is run: in this process, in several, or on a cluster. The rows come in the order of the points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NoReturn

from cnncalc.conventions.convention import find_convention
from cnncalc.convert.loading import load_document
from cnncalc.errors import Diagnostic, UsageError
from cnncalc.model import Model, ModelLike
from cnncalc.parallel import in_processes
from cnncalc.sweeping.axes import Plain, axes_of
from cnncalc.sweeping.cluster import on_cluster
from cnncalc.sweeping.figures import DEFAULT
from cnncalc.sweeping.front import Front, Objective
from cnncalc.sweeping.sweep import CHUNK, Evaluator, Found, Sweep, compute_chunk, packed

Record = dict[str, Plain]
"""A point: its values, its figures, `error` and `layer`."""


def found_points(sweep: Sweep, first: int = 0, *, jobs: int = 1, scheduler: str | None = None) -> Iterator[list[Found]]:
    """Computes the points from a number on, and gives them chunk by chunk.

    Raises: UsageError: if a column or condition is wrong, the cluster is lost, or the system ends a process.
    """
    starts = range(first, len(sweep.points), CHUNK)
    if scheduler is not None:
        return on_cluster(packed(sweep), starts, scheduler)
    if jobs > 1 and len(starts) > 1:
        return in_processes(partial(compute_chunk, packed(sweep)), starts, jobs, _lost)
    return map(Evaluator(sweep).chunk, starts)


def _lost(start: int) -> NoReturn:
    message = f"the process that had the points from {start:,} on was ended by the system, probably for want of memory"
    raise UsageError(Diagnostic("worker-ended", message, suggestion="try fewer --jobs"))


def sweep(
    model: ModelLike,
    vary: Mapping[str, object],
    *,
    where: str | Sequence[str] = (),
    columns: Sequence[str] = DEFAULT,
    minimize: str | Sequence[str] = (),
    maximize: str | Sequence[str] = (),
    sample: int | None = None,
    seed: int = 0,
    convention: str = "notes",
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[Record]:
    """Computes many variants of a net, and gives a record of each as soon as it is known.

    >>> records = sweep("resnet20_cifar", {"blocks_per_stage": range(1, 10)}, where="params < 300K")
    >>> [record["params"] for record in records]
    [75290, 172506, 269722]

    `vary` has the values of vars, and the shapes of inputs (`input`, if there is one): `range(16, 129, 16)`, a list, or
    a text as `--vary` takes it. `columns` are figures called as in JSON, of a layer as `layers.dense.params`. `where`
    keeps the points that meet a condition; `minimize` and `maximize` keep the Pareto front alone. A record whose point
    breaks has the `error`'s id and the `layer`. `jobs` processes share the work, or the Dask cluster at `scheduler`.
    Raises: SpecError; UsageError: at once if something is wrong with the request.
    """
    if isinstance(model, Model):
        document, fixed, inputs = model.document, model.variables, model.inputs
    else:
        document, fixed, inputs = load_document(str(model)), {}, {}
    objectives = [Objective(name) for name in _texts(minimize)] + [Objective(name, True) for name in _texts(maximize)]
    request = Sweep(
        document,
        axes_of(vary, document),
        tuple(columns),
        _texts(where),
        tuple(objective.name for objective in objectives),
        sample,
        seed,
        find_convention(convention).name,
        fixed,
        inputs,
    )
    request.check()
    found = (each for chunk in found_points(request, jobs=jobs, scheduler=scheduler) for each in chunk)
    return _records(request.names, found, objectives)


def _texts(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _records(names: Sequence[str], found: Iterable[Found], objectives: Sequence[Objective]) -> Iterator[Record]:
    rows = (each.row for each in found)
    if objectives:
        front = Front(objectives)
        for each in found:
            front.add(each)
        rows = iter(front.rows())  # type: ignore[assignment]
    for row in rows:
        yield dict(zip(names, row, strict=True))
