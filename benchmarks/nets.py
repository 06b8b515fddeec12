"""Specs that the benchmarks are run on, beside the shipped ones."""

from __future__ import annotations

import random


def chain(layers: int) -> str:
    """A chain of so many layers, nearly: convolutions, batch normalisations and activations, in copies of a block."""
    return f"""
name: chain
input: [224, 224, 3]
blocks:
  unit:
    layers:
      - Conv2D: {{filters: 8, kernel_size: 3, padding: same}}
      - BatchNormalization
      - ReLU
layers:
  - unit: {{repeat: {max(layers // 3, 1)}}}
"""


def small_spec(number: int) -> str:
    """A network of 20 layers like no other: its number makes the sizes."""
    dice = random.Random(number)
    lines = [f"name: net {number}", f"input: [{dice.randint(32, 256)}, {dice.randint(32, 256)}, 3]", "layers:"]
    for _ in range(5):
        lines += [
            f"  - Conv2D: {{filters: {dice.randint(8, 64)}, kernel_size: {dice.choice([1, 3, 5])}, padding: same}}",
            "  - BatchNormalization",
            "  - ReLU",
        ]
    lines += ["  - MaxPooling2D", "  - GlobalAveragePooling2D", f"  - Dense: {{units: {dice.randint(10, 500)}}}"]
    lines += ["  - Dropout: 0.5", "  - Dense: {units: 10, activation: softmax}"]
    return "\n".join(lines) + "\n"
