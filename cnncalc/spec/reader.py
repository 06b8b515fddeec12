"""The values of a YAML text or of Python data become a document, or diagnostics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cnncalc.errors import Diagnostic, Problem, Source, SpecError, in_order
from cnncalc.layers.values import read_sizes
from cnncalc.spec.block_cycles import block_cycles
from cnncalc.spec.document import Document, Item, Layers, Spec
from cnncalc.spec.names import TOP_LEVEL
from cnncalc.spec.placed import Placed
from cnncalc.spec.reading import MAX_SHOWN, EnoughMistakes, Reading, diagnostics_of, unknown_key


def read_document(root: Placed, source: Source, identity: str, folder: Path | None) -> Document:
    """Validates the values of a spec.

    Raises: SpecError: if something else than single items is wrong; with every independent mistake, at most ten.
    """
    if not isinstance(root.value, dict):
        message = f"a spec is a mapping with the keys input and layers, not {root.describe()}"
        problem = Problem("not-a-spec", message, suggestion="`cnncalc new` prints a spec to start from")
        raise SpecError(problem.at(root.span))
    blocks = root.value["blocks"].value if "blocks" in root.value else {}
    reading = Reading(source, frozenset(blocks if isinstance(blocks, dict) else ()), _input_rank(root.value))
    strange = islice((key for key in root.value if key not in TOP_LEVEL), MAX_SHOWN)
    unknown = [unknown_key((key,)).at(root.value[key].key) for key in strange]
    if len(unknown) == MAX_SHOWN:
        raise SpecError(unknown)
    try:
        spec = Spec.model_validate(root.value, context=reading)
    except ValidationError as error:
        raise _together(islice(diagnostics_of(error, root), MAX_SHOWN), reading, source) from None
    except EnoughMistakes:
        raise _together(unknown, reading, source) from None
    if isinstance(blocks, dict) and (cycles := block_cycles(spec.blocks, blocks)):
        raise _together(cycles, reading, source)
    return Document(spec, source, identity, folder, tuple(reading.mistakes.diagnostics))


def read_items(placed: Placed, document: Document) -> list[Item]:
    """Validates a list of items that stands within an argument. Raises: SpecError."""
    reading = Reading(document.source, frozenset(document.spec.blocks), _input_rank({"input": document.spec.input}))
    try:
        items = _items().validate_python(placed, context=reading)
    except ValidationError as error:
        raise _together(islice(diagnostics_of(error, placed), MAX_SHOWN), reading, document.source) from None
    except EnoughMistakes:
        items = []
    if reading.mistakes.diagnostics:
        raise SpecError(reading.mistakes.diagnostics)
    return items


@cache
def _items() -> TypeAdapter[list[Item]]:
    return TypeAdapter(Layers)


def _input_rank(entries: Mapping[str, Placed]) -> int:
    """Guesses the number of spatial axes of the input, for suggestions: 2 if it does not say."""
    sizes = read_sizes(entries["input"].plain_value()) if "input" in entries else None
    return len(sizes) - 1 if sizes is not None and 2 <= len(sizes) <= 4 else 2


def _together(found: Iterable[Diagnostic], reading: Reading, source: Source) -> SpecError:
    """Joins what was found with the mistakes in items, in the order of the text."""
    return SpecError(in_order([*found, *reading.mistakes.diagnostics], source)[:MAX_SHOWN])
