"""The table of commands. Adding one is a line here and a module `cnncalc.cli.NAME` with a function `NAME`."""

from __future__ import annotations

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A command in `cnncalc --help`: what it does in one line, and an example of it."""

    name: str
    does: str
    example: str

    @property
    def module(self) -> str:
        """The name of the command's module and of its function: `import` is none to Python."""
        return "import_file" if self.name == "import" else self.name


COMMANDS: Final = (
    Entry("summary", "The table: shapes, parameters, neurons, receptive fields, operations.", "cnncalc summary lenet5"),
    Entry("explain", "Where every figure of a layer comes from: formula, numbers, result.",
          "cnncalc explain lenet5 conv2d_1"),
    Entry("rf", "The receptive field: size, effective stride, offset, what the border cuts.",
          "cnncalc rf resnet50 conv4_1/add --at 0,7"),
    Entry("draw", "The net as a picture: SVG, PNG, PDF, HTML, Mermaid, Graphviz, TikZ.",
          "cnncalc draw resnet50 -o resnet50.svg"),
    Entry("check", "Marks answers, of one student or of a class, and says why one is wrong.",
          "cnncalc check lenet5 answers.yaml"),
    Entry("worksheet", "A blank answer sheet, or the key.", "cnncalc worksheet lenet5 > answers.yaml"),
    Entry("exercise", "Exercises with their keys: a fresh net per student.",
          "cnncalc exercise --level 2 --count 30 --seed 2026 -o homework"),
    Entry("compare", "Nets side by side: totals, and the layers that differ.",
          "cnncalc compare resnet50 resnet50_v1_5"),
    Entry("counters", "What every profiler counts, and why they differ.", "cnncalc counters resnet50_v1_5"),
    Entry("reconcile", "Which quantity, counter and variant gives a number.", "cnncalc reconcile resnet50_v1_5 3.8G"),
    Entry("plot", "How figures grow from layer to layer.", "cnncalc plot resnet50 --y rf,macs -o plot.svg"),
    Entry("report", "All about a net on one HTML page, or about two side by side.",
          "cnncalc report resnet50 -o report.html"),
    Entry("sweep", "Many variants of a net, a row for each.",
          "cnncalc sweep mobilenet_v1 --vary alpha=0.25..1:0.25 --where 'exact.macs < 300M'"),
    Entry("watch", "The table, again whenever the spec is saved.", "cnncalc watch net.yaml"),
    Entry("solve", "The value of a var with which a net meets its conditions.",
          "cnncalc solve mobilenet_v1 --vary alpha=0.05..2:0.05 --max-params 3M"),
    Entry("import", "The spec of a net that Keras, PyTorch or another framework saved.",
          "cnncalc import model.keras -o net.yaml"),
    Entry("export", "A net as something that other programs run, read or draw.",
          "cnncalc export resnet50 --to dot -o resnet50.dot"),
    Entry("specs", "The shipped specs, or the text of one.", "cnncalc specs resnet50"),
    Entry("layers", "The layer reference: arguments, defaults, formulas.", "cnncalc layers Conv2D"),
    Entry("schema", "JSON Schema, so that editors complete and check specs.", "cnncalc schema spec > spec.schema.json"),
    Entry("validate", "Says what is wrong with specs, and nothing else.", "cnncalc validate nets/*.yaml"),
    Entry("errors", "What an error or a warning means, with an example.", "cnncalc errors torn-at-comma"),
    Entry("new", "A commented spec to start from.", "cnncalc new net.yaml"),
    Entry("help", "The documentation: a tutorial, the language, the formulas, every command.",
          "cnncalc help tutorial"),
)  # fmt: skip

DEFAULT: Final = "summary"
"""What `cnncalc FILE` is."""
