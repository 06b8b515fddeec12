"""Diagnostics for people, in the manner of rustc and ruff, and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, east_asian_width

from cnncalc.errors import Diagnostic, Span
from cnncalc.render.text import ELLIPSIS, elide, paint, safe

_EXCERPT = 100
"""How much of a source line is shown, in characters."""
_LINE = 1000
"""How much of any other text is shown, in characters."""
_ENDS = 3
"""How many links of a long chain are shown at either end."""


def render_diagnostics(diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """Each diagnostic in at most 20 lines, the first of which starts with `error: `; an empty line between them."""
    return "\n".join("\n".join(_lines(diagnostic, color)) + "\n" for diagnostic in diagnostics)


def render_diagnostics_json(diagnostics: Iterable[Diagnostic]) -> str:
    """The array of `--error-format json`."""
    from cnncalc.render.json_text import indented

    return indented([diagnostic.to_dict() for diagnostic in diagnostics]) + "\n"


def _lines(diagnostic: Diagnostic, color: bool) -> list[str]:
    span = diagnostic.span
    gutter = " " * max(len(str(span.line)) if span is not None else 0, 2)
    lines = [f"{paint('error:', 'error', color)} {paint(_line(diagnostic.message), 'bold', color)}"]
    if span is not None:
        place = f":{span.line}:{span.column}" if span.line else f": {span.path}" if span.path else ""
        lines.append(f"{gutter}{paint('-->', 'hint', color)} {_line(span.source.file)}{place}")
        lines += _snippet(span, gutter, color)
    if diagnostic.expected is not None:
        lines.append(f"{gutter} = expected: {_line(diagnostic.expected)}")
    if diagnostic.found is not None:
        lines.append(f"{gutter} = found: {_line(diagnostic.found)}")
    lines += [f"{gutter} = {_line(link)}" for link in _shortened(diagnostic.chain)]
    if diagnostic.suggestion is not None:
        lines.append(f"{gutter} = {paint('help:', 'hint', color)} {_line(diagnostic.suggestion)}")
    return lines


def _line(text: str) -> str:
    return elide(safe(text), _LINE)


def _shortened(chain: tuple[str, ...]) -> tuple[str, ...]:
    if len(chain) <= 2 * _ENDS:
        return chain
    return (*chain[:_ENDS], f"{ELLIPSIS} {len(chain) - 2 * _ENDS} more {ELLIPSIS}", *chain[-_ENDS:])


def _snippet(span: Span, gutter: str, color: bool) -> list[str]:
    """The source line with carets under the span, its first line's part where it has several."""
    lines = span.source.lines
    if not 0 < span.line <= len(lines):
        return []
    line = lines[span.line - 1].rstrip("\r")
    if not line.strip():
        return []
    start = min(max(span.column - 1, 0), len(line))
    end = min(max(span.end_column - 1, start), len(line)) if span.end_line <= span.line else len(line)
    before, marked, after = _excerpt(line, start, end)
    carets = " " * _cells(before) + paint("^" * max(_cells(marked), 1), "error", color)
    return [f"{gutter} |", f"{span.line:>{len(gutter)}} | {before}{marked}{after}", f"{gutter} | {carets}"]


def _excerpt(line: str, start: int, end: int) -> tuple[str, str, str]:
    """What is shown before, in and after a part of a line, together no longer than an excerpt may be."""
    before = _visible(line[max(start - _EXCERPT, 0) : start])
    marked = _visible(line[start : min(end, start + _EXCERPT)])
    after = _visible(line[end : end + _EXCERPT])
    if len(before) + len(marked) + len(after) <= _EXCERPT:
        return before, marked, after
    if len(marked) > _EXCERPT // 2:
        marked, after = marked[: _EXCERPT // 2], ELLIPSIS
    side = (_EXCERPT - len(marked)) // 2
    if len(before) > side:
        before = ELLIPSIS + before[len(before) - side + len(ELLIPSIS) :]
    if len(after) > side:
        after = after[: side - len(ELLIPSIS)] + ELLIPSIS
    return before, marked, after


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a Chinese character, none for an accent by itself."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 0 if combining(letter) else 1 for letter in text)


def _visible(text: str) -> str:
    """Source text with a tab as four spaces."""
    return safe(text.replace("\t", "    "))
