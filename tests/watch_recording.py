"""A recording of `cnncalc watch` as one SVG picture: the table, an edit, a mistake, one after the other.

`python -m tests.terminal_pictures` (`make pictures`) makes it of a real run in a pseudo-terminal.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.watch.terminal import PseudoTerminal

WIDTH: Final = 110
HEIGHT: Final = 27
SECONDS: Final = 4
"""How long each screen stands."""
NET: Final = """\
name: A net
input: [28, 28, 1]
layers:
  - Conv2D: {filters: 8, kernel_size: 3}
  - MaxPooling2D
  - Flatten
  - Dense: 10
"""
STEPS: Final = (("filters: 8", "filters: 16", "+13,600"), ("filters: 16", "filers: 16", "did you mean"))
"""What is typed, and what is on the screen afterwards."""


def screens() -> list[str]:
    """The screens of a run, one for each time that the file is saved."""
    with TemporaryDirectory() as folder:
        net = Path(folder, "net.yaml")
        net.write_text(NET)
        with PseudoTerminal("cnncalc watch net.yaml", Path(folder), WIDTH, HEIGHT) as terminal:
            found = [terminal.wait_for("Total params")]
            for before, after, shown in STEPS:
                net.write_text(net.read_text().replace(before, after))
                found.append(terminal.wait_for(shown))
            terminal.press("q")
            terminal.end()
    return found


def recording(frames: list[str]) -> str:
    """Draws the screens into one picture, in which they follow each other without a script."""
    line, letter, total = 17, 8.43, SECONDS * len(frames)
    width, height = round(WIDTH * letter) + 24, HEIGHT * line + 24
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="cnncalc watch: the table, an edit, a mistake" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
        f'<rect width="{width}" height="{height}" rx="8" fill="#292929"/>',
    ]
    for index, frame in enumerate(frames):
        turns = ";".join("visible" if turn == index else "hidden" for turn in range(len(frames)))
        pieces.append(
            f'<g visibility="{"hidden" if index else "visible"}"><animate attributeName="visibility" '
            f'calcMode="discrete" values="{turns}" dur="{total}s" repeatCount="indefinite"/>'
        )
        for row, text in enumerate(frame.splitlines()):
            if text.strip():
                shown = re.sub(
                    r"((?:[+-]\d[\d,]*\s?)+|changed|new)$", r'<tspan fill="#e5c07b">\1</tspan>', escape(text)
                )
                pieces.append(f'<text x="12" y="{28 + row * line}" xml:space="preserve" fill="#c5c8c6">{shown}</text>')
        pieces.append("</g>")
    return "\n".join([*pieces, "</svg>"]) + "\n"
