"""The nets that the tests vary."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SMALL: Final = """\
name: Small
input: [32, 32, 3]
vars: {width: 16, depth: 2, act: relu}
layers:
  - Conv2D: {filters: $width, kernel_size: 3, activation: $act, repeat: $depth, name: c}
  - MaxPooling2D
  - Flatten
  - Dense: {units: 10, name: dense}
"""

RESIDUAL: Final = """\
name: Residual
input: [32, 32, 3]
vars: {width: 16, depth: 2, squeeze: false, ratio: 0.5, stride: 2, wide: 4*$width}
defaults: {Conv2D: {padding: same, use_bias: false}}
blocks:
  basic:
    params: {filters: null, stride: 1, project: false}
    layers:
      - Add:
          branches:
            main:
              - Conv2D: {filters: $filters, kernel_size: 3, strides: $stride}
              - BatchNormalization
              - ReLU
              - Conv2D: {filters: $filters, kernel_size: 3}
              - Dropout: {rate: $ratio}
            shortcut:
              - Conv2D: {filters: $filters, kernel_size: 1, strides: $stride, if: $project}
layers:
  - Conv2D: {filters: $width, kernel_size: 3}
  - basic: {filters: $width, repeat: $depth, name: one}
  - basic: {filters: "2*$width", repeat: $depth, name: two, first: {project: true, stride: $stride}}
  - SpaceToDepth: {block_size: 2, if: $squeeze}
  - Conv2D: {filters: $wide, kernel_size: 1, name: wide}
  - MaxPooling2D: {pool_size: $stride}
  - Flatten
  - Dense: {units: 10, name: dense}
"""


def write(folder: Path) -> None:
    """Writes the nets as small.yaml and residual.yaml."""
    (folder / "small.yaml").write_text(SMALL)
    (folder / "residual.yaml").write_text(RESIDUAL)
