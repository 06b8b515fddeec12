"""What a terminal shows, as SVG pictures by rich's own export.

`python -m tests.terminal_pictures` (`make pictures`) draws those of docs/pictures anew.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.text import Text

from tests.command_line import REPOSITORY, on_terminal
from tests.watch_recording import recording, screens

FOLDER: Final = REPOSITORY / "docs" / "pictures"
WIDTHS: Final = (80, 140)
CHECKING: Final = REPOSITORY / "docs" / "checking.md"
FILE_OF_PAGE: Final = re.compile(r"```(?:yaml|csv) (\S+)\n(.*?)```", re.DOTALL)
"""A file that a page shows: its name and its text."""
_WEB_FONT: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)

FILES: Final = {
    "net.yaml": (
        "name: LeNet-5\ninput: [32, 32, 1]\nlayers:\n  - Conv2D: {filters: 6, kernal_size: 5, activation: tanh}\n"
        "  - AveragePooling2D: 2\n  - Dense: ten\n"
    ),
    "stopped.yaml": (
        "name: Too deep\ninput: [12, 12, 1]\nlayers:\n  - Conv2D: {filters: 6, kernel_size: 5}\n"
        "  - AveragePooling2D: 2\n  - Conv2D: {filters: 16, kernel_size: 5}\n  - Dense: 10\n"
    ),
    "class/anna.yaml": "conv2d: {output_shape: 28x28x6, params: 150}\ndense: {params: 48120}\n",
    "class/ben.yaml": "conv2d: {output_shape: 28x28x6, params: 156}\ndense: {params: 48000}\n",
    "class/carla.yaml": "conv2d: {output_shape: 32x32x6, params: 150}\ndense: {params: 48120}\n",
    "class/dora.yaml": "conv2d: [28, 28\n",
}
"""What the commands read, beside the files that the page on checking shows."""

COMMANDS: Final = {
    "summary": "cnncalc summary lenet5",
    "graph": "cnncalc summary inception_module",
    "explain": "cnncalc explain lenet5 conv2d_1",
    "diagnostic": "cnncalc summary net.yaml",
    "culprit": "cnncalc summary stopped.yaml",
    "class": "cnncalc check lenet5 class",
    "checking": "cnncalc check lenet5 anna.yaml",
}


def picture(command: str, shown: str, width: int) -> str:
    """Draws a command, and what a terminal shows of it, as SVG."""
    console = Console(file=io.StringIO(), record=True, width=width, force_terminal=True, color_system="truecolor")
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(shown), soft_wrap=True)
    svg = _WEB_FONT.sub("", console.export_svg(title=command, unique_id="terminal"))
    return svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas") + "\n"


def drawn(name: str, width: int) -> str:
    """Runs a command of `COMMANDS` among its files and draws what a terminal of that width shows."""
    files = FILES | dict(FILE_OF_PAGE.findall(CHECKING.read_text(encoding="utf-8")))
    with TemporaryDirectory() as folder:
        for file, text in files.items():
            path = Path(folder, file)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return picture(COMMANDS[name], on_terminal(COMMANDS[name], Path(folder), width), width)


def main() -> None:
    """Draws every command at every width into docs/pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in COMMANDS:
        for width in WIDTHS:
            (FOLDER / f"{name}_{width}.svg").write_text(drawn(name, width), encoding="utf-8")
    (FOLDER / "watch.svg").write_text(recording(screens()), encoding="utf-8")


if __name__ == "__main__":
    main()
