"""The columns that a table, a CSV file or `--columns` can have: the names of the JSON report, dotted where nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cnncalc.analysis.figures import FIGURES, Figure, added_figures
from cnncalc.analysis.report import Report, Row
from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.errors import Collector, Diagnostic, UsageError, nearest, quote
from cnncalc.render.numbers import MISSING, extent, grouped
from cnncalc.render.text import safe
from cnncalc.tensor import Shape, shape_text

if TYPE_CHECKING:
    from cnncalc.analysis.memory_figures import LayerMemory

Cell = Callable[[Row], str]


class Column(NamedTuple):
    """One column. `shown` gives its cell for people, `plain` for programs: no separators, empty for null.

    `note` gives what is to be said
    about a row's figure. A column of names may be `shortened` if a terminal is narrow; numbers never are.
    """

    name: str
    heading: str
    shown: Cell
    plain: Cell
    align: Literal["left", "right"] = "left"
    note: Callable[[Row], str | None] | None = None
    shortened: bool = False

    def title(self, convention: str) -> str:
        return CONVENTIONS[convention].headings.get(self.name, self.heading)


def parse_columns(text: str, counters: Sequence[str] = (), memory: bool = False) -> tuple[Column, ...]:
    """Returns the columns that a list such as `name,params,exact.macs` names.

    `counters` are the profilers that were asked for; `memory` says whether memory was: they have columns then.
    Raises:
        UsageError: `unknown-column`.
    """
    known = {column.name: column for column in (*all_columns(), *_columns_asked_for(counters, memory))}
    names = [name.strip() for name in text.split(",")]
    unknown = list(dict.fromkeys(name for name in names if name not in known))
    if unknown:
        raise UsageError([_unknown(name, list(known)) for name in unknown[: Collector.limit]])
    return tuple(known[name] for name in names)


def all_columns() -> tuple[Column, ...]:
    """Returns a column for every figure, in the order of a row's JSON."""
    return tuple(map(column, FIGURES.values()))


def column(figure: Figure) -> Column:
    """Returns the column of a figure."""
    return _SPECIAL.get(figure.key) or _plain_column(figure)


def default_columns(report: Report) -> tuple[Column, ...]:
    """Keras's columns, ours, and what was asked for; what a layer reads if the graph is not a plain chain."""
    columns = (LAYER, *(column(FIGURES[key]) for key in DEFAULT_FIGURES), *map(column, added_figures()))
    columns = (*columns, *added_columns(report))
    return columns if report.is_chain else (*columns, CONNECTED_TO)


def added_columns(report: Report) -> tuple[Column, ...]:
    """Returns the columns of what is in a report only if it was asked for: profilers' counts, memory."""
    return _columns_asked_for(tuple(report.totals.counters), report.totals.memory is not None)


def _columns_asked_for(counters: Sequence[str], memory: bool) -> tuple[Column, ...]:
    return (*map(_counter, counters), *(MEMORY_COLUMNS if memory else ()))


def _counter(name: str) -> Column:
    return _count(f"counters.{name}", name, lambda row: row.counters.get(name))


def _unknown(name: str, names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        "unknown-column",
        f"there is no column {quote(name)}",
        expected=f"names separated by commas, of {', '.join(names)}",
        found=quote(name),
        suggestion=nearest(name, names),
    )


def _text(name: str, heading: str, get: Callable[[Row], str | None]) -> Column:
    def shown(row: Row) -> str:
        return safe(get(row) or MISSING)

    def plain(row: Row) -> str:
        return safe(get(row) or "")

    return Column(name, heading, shown, plain, shortened=True)


def _names(name: str, heading: str, get: Callable[[Row], Sequence[str]], shown_joint: str, joint: str) -> Column:
    def shown(row: Row) -> str:
        return safe(shown_joint.join(get(row)) or MISSING)

    def plain(row: Row) -> str:
        return safe(joint.join(get(row)))

    return Column(name, heading, shown, plain, shortened=True)


def _count(name: str, heading: str, get: Callable[[Row], int | None]) -> Column:
    def shown(row: Row) -> str:
        return grouped(get(row))

    def plain(row: Row) -> str:
        value = get(row)
        return "" if value is None else str(value)

    return Column(name, heading, shown, plain, "right")


def _extent(
    name: str,
    heading: str,
    get: Callable[[Row], Sequence[int | Fraction | None] | None],
    note: Callable[[Row], str | None] | None = None,
) -> Column:
    def shown(row: Row) -> str:
        return extent(get(row))

    def plain(row: Row) -> str:
        return extent(get(row), missing="")

    return Column(name, heading, shown, plain, "right", note=note)


def _layer(row: Row) -> str:
    """Writes `conv2d (Conv2D)`, with what is special about the weights."""
    remarks = [row.type]
    if row.shared_with is not None:
        remarks.append(f"shared with {row.shared_with}")
    if row.params and row.trainable_params == 0:
        remarks.append("non-trainable")
    return safe(f"{row.name} ({', '.join(remarks)})")


def keras_shape(shape: Shape) -> str:
    """Writes `(None, 28, 28, 6)`: the batch in front, as Keras does."""
    return f"({', '.join(['None', *('None' if size is None else str(size) for size in shape)])})"


def _shape(row: Row) -> str:
    """Keras's shape, with how often it is there: `300 x (None, 7, 7, 256)`."""
    shape = keras_shape(row.output_shape)
    return shape if row.instances == 1 else f"{grouped(row.instances)} x {shape}"


def _plain_shape(row: Row) -> str:
    return shape_text(row.output_shape)


def _note_of_convention(row: Row) -> str | None:
    return row.exact.note if CONVENTIONS[row.convention].side == "exact" else None


def _plain_column(figure: Figure) -> Column:
    """Returns the column of a figure, its cells by the figure's form."""
    match figure.form:
        case "name" | "text" | "basis":
            return _text(figure.key, figure.heading, figure.of)
        case "names":
            return _names(figure.key, figure.heading, figure.of, "/", "/")
        case "count" | "number":
            return _count(figure.key, figure.heading, figure.of)
        case "shape":
            return Column(figure.key, figure.heading, _shape, _plain_shape)
        case "sizes" | "strides" | "offsets":
            return _extent(figure.key, figure.heading, figure.of, FIGURES[figure.note].of if figure.note else None)


def _memory(name: str, heading: str, get: Callable[[LayerMemory], int | None]) -> Column:
    return _count(f"memory.{name}", heading, lambda row: None if row.memory is None else get(row.memory))


LAYER = Column("layer", "Layer (type)", _layer, _layer, shortened=True)
OUTPUT_SHAPE = _plain_column(FIGURES["output_shape"])
CONNECTED_TO = _names("inputs", FIGURES["inputs"].heading, lambda row: row.inputs, ", ", " ")

_SPECIAL: Final = {
    "output_shape": OUTPUT_SHAPE,
    "inputs": CONNECTED_TO,
    "receptive_field": _extent("receptive_field", "RF", lambda row: row.receptive_field, _note_of_convention),
}
"""Columns that are not as their form has it."""

DEFAULT_FIGURES: Final = ("output_shape", "params", "neurons", "receptive_field", "ops")
"""What a table shows of each layer, unless other columns are asked for."""

MEMORY_COLUMNS = (
    _memory("parameters", "Param bytes", lambda memory: memory.parameters),
    _memory("output", "Output bytes", lambda memory: memory.output),
    _memory("kept", "Kept bytes", lambda memory: memory.kept),
)
"""Columns that are there only if memory was asked for."""
