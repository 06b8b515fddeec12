"""The text of a file of Python code or of a notebook, as a syntax tree, and where each piece of it stands."""

from __future__ import annotations

import ast
import json
import warnings
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from cnncalc.convert.files import read_bytes
from cnncalc.convert.graph import ReadingProblem
from cnncalc.errors import Source, Span

LARGEST: Final = 16 * 2**20
"""Of a file, in bytes: a notebook holds its pictures too."""
LARGEST_CODE: Final = 2_000_000
"""Of the code in it, in characters."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or a cell of a notebook: its text, and the line of the whole code behind which it begins."""

    source: Source
    before: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A syntax tree with the texts that it comes from. `advice` is what errors suggest."""

    tree: ast.Module
    parts: tuple[Part, ...]
    advice: str

    def span(self, node: ast.AST) -> Span:
        """Finds where a piece of code stands."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        part = _part_of(self.parts, line)
        end_line, end = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column)
        return Span(part.source, line - part.before, column + 1, end_line - part.before, end + 1)

    def place(self, node: ast.AST) -> str:
        """Names the line of a piece of code: `line 12`, `cell 3, line 2`."""
        line = getattr(node, "lineno", 1)
        part = _part_of(self.parts, line)
        return f"{part.label}line {line - part.before}"

    def problem(self, node: ast.AST, message: str, advice: str | None = None) -> ReadingProblem:
        """Makes the problem of a piece of code that can't be followed."""
        problem = ReadingProblem("unsupported-layer", message, suggestion=advice or self.advice)
        problem.span = self.span(node)
        return problem

    def stop(self, node: ast.AST, message: str, advice: str | None = None) -> NoReturn:
        """Raises: ReadingProblem: at the place of a piece of code."""
        raise self.problem(node, message, advice)


def _part_of(parts: tuple[Part, ...], line: int) -> Part:
    return parts[max(bisect_right(parts, line - 1, key=lambda part: part.before) - 1, 0)]


def read_code(path: Path, advice: str) -> Code:
    """Reads a file of code, or a notebook. Raises: ReadingProblem: if it is no Python, or too large."""
    data = read_bytes(path, LARGEST).decode("utf-8", "replace")
    if path.suffix.lower() == ".ipynb":
        cells = notebook_cells(data)
        texts = [(text, f"{path}[cell {number}]", f"cell {number}, ") for number, text in cells]
    else:
        texts = [(data.removeprefix("\ufeff"), str(path), "")]
    parts: list[Part] = []
    lines = 0
    for text, name, label in texts:
        parts.append(Part(Source(name, text), lines, label))
        lines += text.count("\n") + 1
    whole = "\n".join(text for text, _, _ in texts)
    if len(whole) > LARGEST_CODE:
        message = f"the code has {len(whole):,} characters"
        raise ReadingProblem("file-too-large", message, expected=f"at most {LARGEST_CODE:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a file that is not ours: Python's advice on it is no matter
            tree = ast.parse(whole)
    except (SyntaxError, ValueError, MemoryError) as error:
        problem = ReadingProblem("damaged-file", f"this is no Python: {error.args[0] if error.args else error}")
        line, column = getattr(error, "lineno", None) or 1, getattr(error, "offset", None) or 1
        part = _part_of(tuple(parts), line)
        problem.span = Span(part.source, line - part.before, column, line - part.before, column + 1)
        raise problem from None
    return Code(tree, tuple(parts), advice)


def notebook_cells(text: str) -> list[tuple[int, str]]:
    """Finds the cells of code in a notebook, with their numbers from 1. Lines that are no Python are left empty.

    Raises: ReadingProblem: if it is no notebook.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        found: list[tuple[int, str]] = []
        for number, cell in enumerate(cells, 1):
            if cell["cell_type"] == "code":
                lines = cell.get("source", cell.get("input", ""))
                found.append((number, plain_python(lines if isinstance(lines, str) else "".join(lines))))
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ReadingProblem(
            "damaged-file", f"this is no notebook: {type(error).__name__} {error}", expected="a file that Jupyter wrote"
        ) from None
    return found


def plain_python(cell: str) -> str:
    """Takes out what is not Python in a cell: `%matplotlib inline`, `!pip install keras`, `model.summary?`."""
    if cell.lstrip().startswith("%%"):
        return ""
    lines = cell.split("\n")
    for number, line in enumerate(lines):
        plain = line.strip()
        if plain.startswith(("%", "!", "?")) or (plain.endswith("?") and "#" not in plain):
            lines[number] = f"{line[: len(line) - len(line.lstrip())]}pass"
    return "\n".join(lines)
