"""How many points of a sweep are counted per second, beside a loop over the Python API, and in how much memory.

`python -m benchmarks.sweep [POINTS] [JOBS]`: 10,000 points of a ResNet template in one process unless told.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cnncalc

TEMPLATE: Final = """\
name: ResNet template
vars: {width: 64, d1: 3, d2: 4, d3: 6, d4: 3, classes: 1000}
input: [224, 224, 3]
blocks:
  bottleneck:
    params: {filters: null, stride: 1, project: false}
    layers:
      - Add:
          branches:
            main:
              - Conv2D: {filters: $filters, kernel_size: 1, strides: $stride}
              - BatchNormalization
              - ReLU
              - Conv2D: {filters: $filters, kernel_size: 3, padding: same}
              - BatchNormalization
              - ReLU
              - Conv2D: {filters: 4*$filters, kernel_size: 1}
              - BatchNormalization
            shortcut:
              - Conv2D: {filters: 4*$filters, kernel_size: 1, strides: $stride, if: $project}
              - BatchNormalization: {if: $project}
      - ReLU
layers:
  - Conv2D: {filters: $width, kernel_size: 7, strides: 2, padding: 3}
  - BatchNormalization
  - ReLU
  - MaxPooling2D: {pool_size: 3, strides: 2, padding: 1}
  - bottleneck: {filters: $width, name: conv2, repeat: $d1, first: {project: true}}
  - bottleneck: {filters: 2*$width, name: conv3, repeat: $d2, first: {project: true, stride: 2}}
  - bottleneck: {filters: 4*$width, name: conv4, repeat: $d3, first: {project: true, stride: 2}}
  - bottleneck: {filters: 8*$width, name: conv5, repeat: $d4, first: {project: true, stride: 2}}
  - GlobalAveragePooling2D
  - Dense: {units: $classes, activation: softmax}
"""
LOOPED: Final = 100
"""Points that the loop computes: each takes as long as all others."""


def main(points: int = 10_000, jobs: int = 1) -> None:
    """Measures and prints: processor time, which what else the machine does changes least, if there is one process."""
    clock = time.process_time if jobs == 1 else time.perf_counter
    with TemporaryDirectory() as folder:
        spec = Path(folder, "resnet.yaml")
        spec.write_text(TEMPLATE)
        cnncalc.load(spec).analyze()
        vary = {
            "width": range(16, 130, 2), "d2": range(1, 7), "d3": range(1, 13),
            "input": ["128x128x3", "160x160x3", "224x224x3"],
        }  # fmt: skip
        start = clock()
        known = []
        for number, record in enumerate(cnncalc.sweep(spec, vary, sample=points, jobs=jobs), 1):
            if number <= LOOPED:
                known.append(record)
            if number % max(points // 4, 1) == 0:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(f"{number:,} points: {number / (clock() - start):,.0f} a second, {peak} MiB at most", flush=True)
        swept = points / (clock() - start)
        start = time.process_time()
        for record in random.Random(1).sample(known, LOOPED):
            values = {name: record[name] for name in vary if name != "input"}
            totals = cnncalc.load(spec, set=values, input=record["input"]).analyze().to_dict()["totals"]
            assert isinstance(totals, dict)
            for name in ("params", "neurons", "receptive_field", "ops"):
                assert totals[name] == record[name], (record, name)
        looped = LOOPED / (time.process_time() - start)
        print(f"sweep {swept:,.0f}, loop {looped:,.1f} a second: {swept / looped:.1f} times as many")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
