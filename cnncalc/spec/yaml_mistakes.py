"""What is valid YAML and still not what anybody meant: values that flow style tears apart at a comma, missing spaces.

In braces and brackets a comma separates, whatever stands around it: `{kernel_size: (3, 3)}` has the keys
`kernel_size` and `3)`, `{params: 61,706}` has the keys `params` and `706`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as AbstractSequence
from dataclasses import replace
from itertools import pairwise, takewhile

from cnncalc.errors import Diagnostic, shorten
from cnncalc.spec.placed import Placed
from cnncalc.spec.yaml_refusals import space_after_colon

Pair = tuple[Placed, Placed]

_MAX_PARTS = 20
"""A value torn into more parts than this was not torn; the bound keeps a search through a long list linear."""

_LAST_DIGITS = r"[0-9]+(?:\.[0-9]*)?"
_WHOLE_NUMBER = r"[-+]?[0-9]+"
_THOUSANDS = r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"
_CALL = r"\w\s*\("
_NAME_AND_VALUE = r"(?s)(?P<name>[A-Za-z_][\w.-]*):(?P<value>(?!//)[^ :].*)"


def mend_mapping(pairs: AbstractSequence[Pair]) -> tuple[list[Diagnostic], list[Pair]]:
    """Finds what is torn in a mapping in braces; returns its pairs without the keys that are only torn off parts."""
    diagnostics: list[Diagnostic] = []
    mended: list[Pair] = []
    at = 0
    while at < len(pairs):
        key, value = pairs[at]
        mended.append(pairs[at])
        at += 1
        if _is_empty(value):
            if match := _name_and_value(key):
                diagnostics.append(space_after_colon(match["name"], match["value"], key.span))
            continue
        following = [part for part, _ in takewhile(_has_no_value, pairs[at : at + _MAX_PARTS])]
        if parts := _torn_parts(value, following) or _torn_number(value, following):
            diagnostics.append(_torn(parts, key.text))
            at += len(parts) - 1
    return diagnostics, mended


def torn_items(items: AbstractSequence[Placed]) -> list[Diagnostic]:
    """Finds what is torn in a list in brackets: `[min($a, 64), 3]`. Numbers between commas are what they look like."""
    diagnostics: list[Diagnostic] = []
    at = 0
    while at < len(items):
        parts = _torn_parts(items[at], items[at + 1 : at + 1 + _MAX_PARTS])
        if parts:
            diagnostics.append(_torn(parts, None))
        at += len(parts) or 1
    return diagnostics


def missing_space(node: Placed) -> Diagnostic | None:
    """Makes the diagnostic for an item such as `Dense:10`, which is a text and no mapping."""
    match = _name_and_value(node)
    return space_after_colon(match["name"], match["value"].split(" ")[0], node.span) if match else None


def missing_space_after_dash(tree: Placed) -> str | None:
    """Suggests what to write in place of `-ReLU`, a text, or `-Dense: 10`, a mapping, where a list is meant."""
    first = next(iter(tree.value), "") if isinstance(tree.value, dict) else tree.text if tree.plain else ""
    match = re.match(r"-(\w+)", first)
    return f"put a space after the dash: `- {shorten(match[1])}`" if match else None


def missing_space_in_key(key: Placed) -> Diagnostic | None:
    """Makes the diagnostic for `Conv2D:{filters: 6}`, which has the key `Conv2D:{filters`."""
    match = _name_and_value(key)
    if not match or match["value"][0] not in "{[":
        return None
    return space_after_colon(match["name"], match["value"] + ": ...", key.span)


def _name_and_value(node: Placed) -> re.Match[str] | None:
    return re.fullmatch(_NAME_AND_VALUE, node.text) if node.plain else None


def _is_empty(node: Placed) -> bool:
    return node.plain and not node.text


def _has_no_value(pair: Pair) -> bool:
    return _is_empty(pair[1])


def _torn_parts(first: Placed, following: AbstractSequence[Placed]) -> list[Placed]:
    """Finds the parts from one with an open parenthesis to the one that closes it; empty if nothing is torn."""
    parts: list[Placed] = []
    depth = 0
    for part in (first, *following):
        if not part.plain:
            return []
        depth += part.text.count("(") - part.text.count(")")
        parts.append(part)
        if depth <= 0:
            return parts if len(parts) > 1 else []
    return []


def _torn_number(first: Placed, following: AbstractSequence[Placed]) -> list[Placed]:
    """Finds `61,706` or `3, 3`: a number and the digits behind its commas; empty if nothing is torn."""
    if not first.plain or not re.fullmatch(_WHOLE_NUMBER, first.text):
        return []
    parts = [first]
    for part in following:
        if not part.plain or not re.fullmatch(_LAST_DIGITS, part.text):
            break
        parts.append(part)
    return parts if len(parts) > 1 else []


def _torn(parts: AbstractSequence[Placed], key: str | None) -> Diagnostic:
    span = replace(parts[0].span, end_line=parts[-1].span.end_line, end_column=parts[-1].span.end_column)
    label = f"{shorten(key)}: " if key is not None else ""
    found = shorten(" and ".join(f'"{part.text}"' for part in parts))
    digits = ",".join(part.text for part in parts)
    spaced = ", ".join(part.text for part in parts)
    brackets = shorten(f"[{spaced}]")
    if re.fullmatch(_THOUSANDS, digits):
        return Diagnostic(
            "torn-number",
            f"inside braces YAML splits {shorten(digits)} at the comma",
            span,
            expected="one value",
            found=found,
            suggestion=f'write {label}"{shorten(digits)}" with quotes, or {label}{shorten(digits.replace(",", ""))}'
            + ("" if _touching(parts) else f"; a list is written {label}{brackets}"),
        )
    if "(" not in spaced:
        written = brackets
    elif re.search(_CALL, spaced) or not spaced.startswith("(") or not spaced.endswith(")"):
        written = f'"{shorten(spaced)}"'
    else:
        written = shorten(re.sub(r",\s*\]", "]", spaced.replace("(", "[").replace(")", "]")))
    return Diagnostic(
        "torn-at-comma",
        f"inside braces and brackets YAML splits {shorten(spaced)} at the comma",
        span,
        expected="a list in brackets, or a text in quotes",
        found=found,
        suggestion=f"write {label}{written}",
    )


def _touching(parts: AbstractSequence[Placed]) -> bool:
    """Tells whether no space follows a comma: `61,706` is meant as one number, `224, 224` rather as a list."""
    return all(
        (left.span.end_line, left.span.end_column + 1) == (right.span.line, right.span.column)
        for left, right in pairwise(parts)
    )
