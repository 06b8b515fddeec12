"""The text form of protocol buffers, without a schema: every field is a list of what stands behind its name."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.convert.graph import ReadingProblem

MAX_DEPTH: Final = 50
_TOKEN: Final = r'\s+|\#[^\n]*|[{}<>:;,\[\]]|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[\w.+-]+'


class Message(dict[str, "list[str | Message]"]):
    """A message: its fields by name."""

    def text(self, name: str, default: str = "") -> str:
        """Returns the first value of a field."""
        value = next(iter(self.get(name, ())), default)
        return value if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        return [value for value in self.get(name, ()) if isinstance(value, str)]

    def messages(self, name: str) -> list[Message]:
        return [value for value in self.get(name, ()) if isinstance(value, Message)]

    def message(self, name: str) -> Message:
        """Returns the first message of a field, or an empty one."""
        return next(iter(self.messages(name)), Message())


def parse(text: str) -> Message:
    """Reads a text. Raises: ReadingProblem: with its line."""
    top = Message()
    stack = [top]
    name: str | None = None
    place = 0
    for match in re.finditer(_TOKEN, text):
        token = match[0]
        if match.start() != place:
            raise _damaged(text, place)
        place = match.end()
        if token[0] in " \t\r\n\f\v#:;,[]":
            continue
        if token in "{<":
            if name is None or len(stack) > MAX_DEPTH:
                raise _damaged(text, match.start())
            inner = Message()
            stack[-1].setdefault(name, []).append(inner)
            stack.append(inner)
            name = None
        elif token in "}>":
            if name is not None or len(stack) == 1:
                raise _damaged(text, match.start())
            stack.pop()
        elif name is None:
            name = token
        else:
            stack[-1].setdefault(name, []).append(token[1:-1] if token[0] in "\"'" else token)
            name = None
    if place != len(text) or len(stack) > 1 or name is not None:
        raise _damaged(text, place)
    return top


def _damaged(text: str, place: int) -> ReadingProblem:
    line = text.count("\n", 0, place) + 1
    return ReadingProblem(
        "damaged-file", f"this is no text of a protocol buffer, at line {line}", place=f"line {line}",
        expected="name: value, or name { ... }", found=text[place : place + 20].strip() or "the end",
    )  # fmt: skip
