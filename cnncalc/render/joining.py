"""The texts of several reports as one, piece by piece: ten thousand of them need not wait for the last."""

from __future__ import annotations

from cnncalc.render.formats import Format


class Joiner:
    """Turns the text of each report, in one format, into what comes next in a text of all of them."""

    def __init__(self, format: Format) -> None:
        self.format = format
        self._count = 0

    def next(self, text: str) -> str:
        """What a report's text adds."""
        self._count += 1
        first = self._count == 1
        match self.format:
            case "json":  # an array, as json_text.indented would write it
                return ("[\n  " if first else ",\n  ") + text.rstrip("\n").replace("\n", "\n  ")
            case "jsonl":
                return text
            case "csv":  # one header for all
                return text if first else text.partition("\n")[2]
            case _:
                return text if first else f"\n{text}"

    def end(self) -> str:
        """What follows the last report."""
        if self.format != "json":
            return ""
        return "\n]\n" if self._count else "[]\n"
