"""How long a class takes: 200 sheets for VGG16, and a broken one among them. `python -m benchmarks.check_class`

Every sheet answers everything (output shape, neurons, parameters, receptive field, operations of each layer, and the
totals), with some answers wrong at random: by a factor, by a missing bias, by a shape that later ones follow.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cnncalc

STUDENTS = 200
SEED = 5


def sheet(report: cnncalc.Report, chance: random.Random) -> str:
    """A student's sheet as YAML."""
    lines: list[str] = []
    for row in report.layers[1:]:
        field = row.notes.receptive_field
        answers = {
            "output_shape": "x".join(map(str, row.output_shape)),
            "neurons": f"{row.neurons:,}",
            "params": f"{row.params:,}",
            "receptive_field": "-" if field is None else str(field[0]),
            "ops": "-" if row.notes.ops is None else f"{row.notes.ops:,}",
        }
        wrong = chance.choice(list(answers))
        if chance.random() < 0.4 and answers[wrong] != "-":
            if wrong == "output_shape":
                answers[wrong] = "x".join(str(size + 1) for size in row.output_shape if size is not None)
            elif wrong == "params" and row.type == "Conv2D":
                answers[wrong] = str((row.params or 0) - (row.output_shape[-1] or 0))
            else:
                answers[wrong] = str(int(answers[wrong].replace(",", "")) * chance.choice([2, 3, 7]))
        lines += [f"{row.name}:", *(f'  {quantity}: "{answer}"' for quantity, answer in answers.items())]
    return "\n".join([*lines, "totals:", f"  params: {report.totals.params}", ""])


def main() -> None:
    """Writes the sheets, and times the command that marks them."""
    report = cnncalc.load("vgg16").analyze()
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(STUDENTS):
            Path(folder, f"student{number:03}.yaml").write_text(sheet(report, chance), encoding="utf-8")
        Path(folder, "student100.yaml").write_text("block1_conv1: {params: 1,792}\n", encoding="utf-8")
        command = [sys.executable, "-m", "cnncalc", "check", "vgg16", folder, "--format", "csv"]
        start = time.perf_counter()
        end = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
    lines = end.stdout.splitlines()[1:]
    unread = sum(",,," in line for line in lines)
    print(f"{len(lines)} sheets, {unread} of them not readable: {seconds:.2f} s, exit code {end.returncode}")


if __name__ == "__main__":
    main()
