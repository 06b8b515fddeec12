"""The texts of several reports as one, piece by piece: ten thousand of them need not wait for the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.render.formats import Format


class Joiner:
    """Turns the text of each report, in one format, into what comes next in a text of all of them."""

    def __init__(self, format: Format) -> None:
        self.format = format
        self._count = 0

    def next(self, pieces: Iterable[str]) -> Iterator[str]:
        """Yields what the pieces of a report's text add, as `render_pieces` gives them for one of several."""
        self._count += 1
        first = self._count == 1
        match self.format:
            case "json":  # an array
                yield "[\n  " if first else ",\n  "
            case "csv" if not first:  # one header for all
                pieces = ["".join(pieces).partition("\n")[2]]
            case "table" | "markdown" | "latex" | "html" if not first:
                yield "\n"
        yield from pieces

    def end(self) -> str:
        """Returns what follows the last report."""
        if self.format != "json":
            return ""
        return "\n]\n" if self._count else "[]\n"
