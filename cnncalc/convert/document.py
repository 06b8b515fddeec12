"""The parts of a spec become a document whose diagnostics name the layers of the file that it was read from."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cnncalc.convert.spec_items import SpecItem, SpecParts
from cnncalc.errors import Source, Span, SpecError
from cnncalc.spec.document import Document
from cnncalc.spec.placed import Placed
from cnncalc.spec.reader import read_document
from cnncalc.spec.source_text import character_diagnostic, unreadable_character


def document_of(parts: SpecParts, source: Source, identity: str) -> Document:
    """Makes the document. Raises: SpecError: if an item of it is refused."""
    top = Span(source)
    entries: dict[str, object] = {"input": parts.input, "layers": parts.layers}
    if parts.name:
        entries["name"] = parts.name
    if parts.outputs is not None:
        entries["outputs"] = parts.outputs
    if parts.blocks:
        entries["blocks"] = {
            name: {"params": block.params, "layers": block.layers} for name, block in parts.blocks.items()
        }
    return read_document(_placed(entries, top), source, identity, None)


def _placed(value: object, span: Span) -> Placed:
    """Gives a value, and all that is in it, the place of the layer that it belongs to."""
    match value:
        case SpecItem():
            span = Span(span.source, path=value.place)
            options = _placed(value.options, span) if value.options else Placed(None, span, "null", True)
            options.key = span
            return Placed({value.kind: options}, span)
        case dict():
            entries = {name: _placed(entry, span) for name, entry in value.items()}
            for entry in entries.values():
                entry.key = entry.key or span
            return Placed(entries, span)
        case str():
            if character := unreadable_character(value):
                raise SpecError(character_diagnostic(character, span, "in a name or argument"))
            return Placed(value, span, value)
        case Sequence():
            return Placed([_placed(entry, span) for entry in value], span)
        case None:
            return Placed(None, span, "null", True)
        case bool():
            return Placed(value, span, "true" if value else "false", True)
        case float() if value - value == 0:
            return Placed(Fraction(repr(value)), span, repr(value), True)
        case float() | int() | Fraction():
            return Placed(value, span, str(value), True)
    raise TypeError(f"a spec has no values of type {type(value).__name__}")
