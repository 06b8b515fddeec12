"""What may come of any input: a report that holds together, or diagnostics that are short and harmless."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from cnncalc.analysis.report import Report
from cnncalc.errors import CnncalcError
from cnncalc.model import Model
from cnncalc.render.diagnostics import render_diagnostics, render_diagnostics_json
from cnncalc.render.formats import render
from cnncalc.spec.library import parse_document
from cnncalc.spec.source_text import decode
from tests.error_catalogue import CATALOGUE

Json = dict[str, Any]

MAX_EXPANDED: Final = 2_000
MAX_SECONDS: Final = 2.0
"""Of processor time, for inputs of a few hundred bytes that come to a few thousand layers."""
FOLDER: Final = Path(__file__).parent


class TooSlow(BaseException):
    """A case took too long. Nothing that is made for errors of users catches it."""


@contextmanager
def soon(limit: float = MAX_SECONDS) -> Iterator[None]:
    """Ends what takes longer than so many seconds of processor time. Raises: TooSlow."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"took more than {limit:.0f} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(action: Callable[[], Report]) -> Json | list[str]:
    """The report's JSON, or the ids of the diagnostics; anything else that an input leads to is a failure."""
    with soon():
        try:
            report = action()
        except CnncalcError as error:
            check_error(error)
            return [diagnostic.id for diagnostic in error.diagnostics]
        if report.error is None:
            return check_report(report)
        check_error(CnncalcError(report.error))
        check_json(report)  # its totals are not those of the net
        return [report.error.id]


def of_bytes(data: bytes) -> Json | list[str]:
    """What comes of the bytes of a spec."""

    def analyze() -> Report:
        document = parse_document(decode(data, "<fuzz>"), "<fuzz>", FOLDER)
        return Model(document, max_expanded=MAX_EXPANDED).analyze(partial=True)

    return outcome(analyze)


def check_error(error: CnncalcError) -> None:
    """A diagnostic is known, at most twenty lines long, and has nothing in it that a terminal would obey."""
    assert 1 <= len(error.diagnostics) <= 10
    for diagnostic in error.diagnostics:
        assert diagnostic.id in CATALOGUE
        text = render_diagnostics([diagnostic])
        assert text.startswith("error: ")
        assert text.count("\n") <= 20
        assert all(line.isprintable() for line in text.split("\n")), text
        assert max(map(len, text.split("\n"))) < 1_200
    assert json.loads(render_diagnostics_json(error.diagnostics))


def check_report(report: Report) -> Json:
    """The rows add up, names are different, every format can be written."""
    made = check_json(report)
    names = [row["name"] for row in made["layers"]]
    assert len(set(names)) == len(names)
    counted = [row for row in made["layers"] if row["type"] != "Opaque"]  # a warning says that it is not
    own = [row for row in made["layers"] if row["shared_with"] is None]
    assert made["totals"]["params"] == total([row["params"] for row in own])
    assert made["totals"]["exact"]["macs"] == total([row["exact"]["macs"] for row in counted])
    for row in made["layers"]:
        assert all(size is None or size > 0 for size in row["output_shape"]), row
        if None not in (row["params"], row["trainable_params"]):
            assert 0 <= row["trainable_params"] <= row["params"]
    if len(names) < 100:
        for format in ("table", "csv", "markdown", "latex", "html"):
            text = render(format, [("net", report)])
            if format == "table":
                assert all(line.isprintable() for line in text.split("\n")), text
    return made


def check_json(report: Report) -> Json:
    """The JSON is of plain values, and says what the report says."""
    made: Json = report.to_dict()
    assert plain(made)
    if len(made["layers"]) < 100:
        text = render("json", [("net", report)])
        if len(max(re.findall(r"\d+", text), key=len)) < 4_000:  # which Python's own json reads
            assert json.loads(text) == made
    return made


def plain(value: object) -> bool:
    """Whether a value is of lists, dicts, texts, integers, booleans and None."""
    if isinstance(value, dict):
        return all(type(key) is str and plain(entry) for key, entry in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, bool)


def total(values: list[int | None]) -> int | None:
    """The sum, unknown where a part is."""
    return None if None in values else sum(value for value in values if value is not None)
