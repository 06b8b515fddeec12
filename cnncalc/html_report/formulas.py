"""The explanations of a net as JSON for the page's script: what several layers share is written once."""

from __future__ import annotations

import json

from cnncalc.analysis.report import Json
from cnncalc.explaining.explanation import Part, Section
from cnncalc.explaining.field_report import seen_from_the_middle
from cnncalc.html_report.net import ReportedNet
from cnncalc.receptive_fields.field import Field
from cnncalc.render.explanation_words import part_title, section_title, steps, telling_lines
from cnncalc.render.numbers import extent, grouped
from cnncalc.render.text import safe


def script_data(net: ReportedNet) -> str:
    """Writes the data of a net for a `<script type="application/json">`, in ASCII and without a `<`."""
    return json.dumps(_Data(net).to_dict(), separators=(",", ":")).replace("<", "\\u003c")


class _Data:
    """The data under construction: texts, sections and profilers' counts are lists without repetitions."""

    def __init__(self, net: ReportedNet) -> None:
        self.net = net
        self.texts: dict[str, int] = {}
        self.sections: dict[Section, int] = {}
        self.section_entries: list[list[object]] = []
        self.counts: dict[tuple[str, ...], int] = {}

    def to_dict(self) -> Json:
        layers = [self.layer(index) for index in range(len(self.net.report.layers))]
        totals = [self.section(section) for section in self.net.totals]
        counters = [(tally.counter.name, tally.counter.calls) for tally in self.net.tallies.tallies]
        return {
            "layers": layers,
            "totals": totals,
            "sections": self.section_entries,
            "counters": counters,
            "counts": list(self.counts),
            "texts": list(self.texts),
        }

    def text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def layer(self, index: int) -> Json:
        explained = self.net.explain(index)
        entry: Json = {
            "within": [self.text(safe(link)) for link in explained.chain],
            "reads": [[self.text(safe(name)), self.text(extent(shape))] for name, shape in explained.inputs],
            "sections": [self.section(section) for section in explained.sections],
        }
        counted = tuple(grouped(tally.layers[index]) for tally in self.net.tallies.tallies)
        if counted:
            entry["counts"] = self.counts.setdefault(counted, len(self.counts))
        return {**entry, **self.field(index)}

    def section(self, section: Section) -> int:
        """Returns the number of a section: its title, its parts, and why the conventions differ."""
        if section not in self.sections:
            self.sections[section] = len(self.sections)
            difference = None if section.difference is None else self.text(safe(section.difference))
            parts = [self.part(part) for part in section.parts]
            self.section_entries.append([self.text(section_title(section)), parts, difference])
        return self.sections[section]

    def part(self, part: Part) -> list[object]:
        """Returns a part's title, lines, symbols and remarks."""
        title = part_title(part) + (f" ({part.basis})" if part.basis and part.convention else "")
        return [
            self.text(title),
            [[self.text(step) for step in ([line.subject] if line.subject else []) + steps(line)]
             for line in telling_lines(part)],
            [[self.text(safe(text)) for text in (given.symbol, given.value, given.derivation or "", given.origin)]
             for given in part.given],
            [self.text(safe(remark)) for remark in part.remarks],
        ]  # fmt: skip

    def field(self, index: int) -> Json:
        """Returns what the position in the middle of the layer sees: the input's number and sizes, and a box in it."""
        field, row = self.net.analysis.fields[index], self.net.report.layers[index]
        seen = seen_from_the_middle(self.net.analysis, index)
        if seen is None or not isinstance(field, Field):
            return {}
        position, axes = seen
        sizes = self.net.analysis.figures[field.source].output.shape[:-1]
        if None in sizes or any(axis.span is None for axis in axes):
            return {}
        return {"input": sizes, "at": position, "sees": [axis.span for axis in axes],
                "notes": row.notes.receptive_field}  # fmt: skip
