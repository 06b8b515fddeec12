"""Diagnostics for people, in the manner of rustc and ruff, and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cnncalc.errors import Diagnostic, Span
from cnncalc.render.document import Block, Part, line
from cnncalc.render.drawing import draw
from cnncalc.render.json_text import indented
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import ELLIPSIS, display_width, elide, safe

_EXCERPT: Final = 100
"""How much of a source line is shown, in characters."""
_LINE: Final = 1000
"""How much of any other text is shown, in characters."""
_ENDS: Final = 3
"""How many links of a long chain are shown at either end."""


def render_diagnostics(diagnostics: Iterable[Diagnostic], terminal: Terminal | None = None) -> str:
    """Writes each diagnostic in at most 20 lines, the first starts with `error: `; an empty line between them.

    On a terminal lines that are longer than its width take several.
    """
    return "\n".join(draw(_blocks(diagnostic, terminal), terminal) for diagnostic in diagnostics)


def render_diagnostics_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Writes the array of `--error-format json`."""
    return indented([diagnostic.to_dict() for diagnostic in diagnostics]) + "\n"


def _blocks(diagnostic: Diagnostic, terminal: Terminal | None) -> Iterator[Block]:
    span = diagnostic.span
    gutter = " " * max(len(str(span.line)) if span is not None else 0, 2)
    yield line(("error:", "error"), " ", (_line(diagnostic.message), "bold"), (f" [{diagnostic.id}]", "dim"), hang="  ")
    if span is not None:
        place = f":{span.line}:{span.column}" if span.line else f": {span.path}" if span.path else ""
        shown = f"{_line(span.source.file)}{_line(place)}"
        address = None if terminal is None else _address(span)
        linked: Part = (shown, f"link {address}") if address else shown
        yield line(("-->", "hint"), " ", linked, indent=gutter, hang=f"{gutter}    ")
        excerpt = _EXCERPT if terminal is None else max(min(_EXCERPT, terminal.width - len(gutter) - 3), 20)
        yield from _snippet(span, gutter, excerpt)
    if diagnostic.expected is not None:
        yield _remark(gutter, "expected:", _line(diagnostic.expected))
    if diagnostic.found is not None:
        yield _remark(gutter, "found:", _line(diagnostic.found))
    for link in _shortened(diagnostic.chain):
        yield line(("=", "hint"), f" {_line(link)}", indent=f"{gutter} ", hang=f"{gutter}   ")
    if diagnostic.suggestion is not None:
        yield _remark(gutter, "help:", _line(diagnostic.suggestion))


def _address(span: Span) -> str | None:
    """Makes the address of a file that is there, for terminals that open it at a click (OSC 8)."""
    try:
        path = Path(span.source.file)
        return path.resolve().as_uri() if span.line and path.is_file() else None
    except (OSError, ValueError):
        return None


def render_warnings(warnings: Iterable[Diagnostic], spec: str, terminal: Terminal | None = None) -> str:
    """Writes each warning in a line that starts with `warning: `, and with the name of its spec if there is one."""
    about = f" {safe(spec)}:" if spec else ""
    return draw(
        (
            line(("warning:", "warning"), f"{about} {_line(each.message)}", (f" [{each.id}]", "dim"), hang="  ")
            for each in warnings
        ),
        terminal,
    )


def _remark(gutter: str, title: str, text: str) -> Block:
    return line(("=", "hint"), " ", (title, "hint"), f" {text}", indent=f"{gutter} ", hang=f"{gutter}   ")


def _line(text: str) -> str:
    return elide(safe(text), _LINE)


def _shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    if len(chain) <= 2 * _ENDS:
        return chain
    return (*chain[:_ENDS], f"{ELLIPSIS} {len(chain) - 2 * _ENDS} more {ELLIPSIS}", *chain[-_ENDS:])


def _snippet(span: Span, gutter: str, excerpt: int) -> Iterator[Block]:
    """Yields the source line with carets under the span, under its first line's part if it has several."""
    lines = span.source.lines
    if not 0 < span.line <= len(lines):
        return
    text = lines[span.line - 1].rstrip("\r")
    if not text.strip():
        return
    start = min(max(span.column - 1, 0), len(text))
    end = min(max(span.end_column - 1, start), len(text)) if span.end_line <= span.line else len(text)
    before, marked, after = _excerpt(text, start, end, excerpt)
    number = f"{span.line:>{len(gutter)}}"
    carets = "^" * max(display_width(marked), 1)
    yield line((f"{gutter} |", "hint"), whole=True)
    yield line((f"{number} |", "hint"), f" {before}", (marked, "bold"), after, whole=True)
    yield line((f"{gutter} |", "hint"), " " * (display_width(before) + 1), (carets, "error"), whole=True)


def _excerpt(text: str, start: int, end: int, longest: int) -> tuple[str, str, str]:
    """Cuts out what is shown before, in and after a part of a line, together no longer than `longest`."""
    before = _visible(text[max(start - longest, 0) : start])
    marked = _visible(text[start : min(end, start + longest)])
    after = _visible(text[end : end + longest])
    if len(before) + len(marked) + len(after) <= longest:
        return before, marked, after
    if len(marked) > longest // 2:
        marked, after = marked[: longest // 2], ELLIPSIS
    side = (longest - len(marked)) // 2
    if len(before) > side:
        before = ELLIPSIS + before[len(before) - side + len(ELLIPSIS) :]
    if len(after) > side:
        after = after[: side - len(ELLIPSIS)] + ELLIPSIS
    return before, marked, after


def _visible(text: str) -> str:
    """Shows source text with a tab as four spaces."""
    return safe(text.replace("\t", "    "))
