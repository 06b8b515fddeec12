"""The shapes of a model's inputs, as written or as given on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cnncalc.errors import Diagnostic, Problem, Span, nearest, quote
from cnncalc.expansion.nodes import Node
from cnncalc.expansion.state import State
from cnncalc.layers import registry
from cnncalc.layers.values import MAX_INTEGER, compute, read_sizes, show_value
from cnncalc.spec.document import Document
from cnncalc.spec.placed import Placed
from cnncalc.spec.values import Bindings, evaluate, need_value
from cnncalc.tensor import Shape, shown_shape


def written_inputs(document: Document) -> dict[str, Placed]:
    """Lists each input's shape as it is written; an input without a name of its own is `input`."""
    written = document.spec.input
    return written.value if isinstance(written.value, dict) else {"input": written}


def read_inputs(
    document: Document, bindings: Bindings, overrides: Mapping[str, Shape], state: State
) -> dict[str, Shape]:
    """Reads each input's shape; `overrides` come first, one without a name is for the only input.

    Mistakes are noted.
    """
    named: dict[str, Shape] = {}
    parts = written_inputs(document)
    if not parts:
        expected = "a shape such as [32, 32, 3], or a mapping from names to shapes"
        state.note(Diagnostic("bad-value", "input names no input", document.spec.input.span, expected))
    for name, part in parts.items():
        if name in overrides:
            named[name] = overrides[name]
            continue
        if "" in overrides and len(parts) == 1:
            named[name] = overrides[""]
            continue
        try:
            value = evaluate(part, bindings, None)
            need_value(value)
            named[name] = read_shape(value)
        except Problem as problem:
            state.note(problem.at(part.span or Span(document.source)))
    for name in overrides:
        if name not in parts and not (name == "" and len(parts) == 1):
            what = f"there is no input {quote(name)}" if name else "the model has several inputs: say which"
            expected = "one of " + ", ".join(parts)
            hint = nearest(name, parts) if name else f"--input {next(iter(parts), 'NAME')}=..."
            place = Span(document.source)
            state.note(Diagnostic("unknown-input", what, place, expected, suggestion=hint))
    return named


def read_shape(value: object) -> Shape:
    """Reads a shape as people write it: `[28, 28, 1]`, `28x28x1`, `784`; null for an unknown spatial size.

    Raises: Problem.
    """
    value = compute(value)
    sizes = [value] if isinstance(value, int) and not isinstance(value, bool) else read_sizes(value)
    expected = "sizes such as [224, 224, 3], 224x224x3, or 784 for a vector"
    if not sizes:
        raise Problem("bad-shape", f"an input's shape can't be {show_value(value)}", expected=expected,
                      suggestion=_brackets(value))  # fmt: skip
    shape: list[int | None] = []
    for entry in sizes:
        size = compute(entry)
        if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
            message = f"a size is a positive integer, not {show_value(size)}"
            raise Problem("bad-shape", message, expected=expected, found=show_value(size),
                          suggestion=_brackets(size))  # fmt: skip
        if isinstance(size, int) and not 0 < size < MAX_INTEGER:
            limit = " of at most 18 digits" if size > 0 else ""
            message = f"a size is a positive integer{limit}, not {show_value(size)}"
            raise Problem("bad-shape", message, expected=expected, found=show_value(size))
        shape.append(size)
    if shape[-1] is None and len(shape) > 1:
        raise Problem("bad-shape", "the number of channels must be known", expected=expected, found=show_value(shape),
                      suggestion="the channels come last, 1 for a grey image and 3 for a coloured one")  # fmt: skip
    return tuple(shape)


def misplaced_null(shape: Shape, nodes: Sequence[Node]) -> Problem | None:
    """Returns the problem of an input's first size that is unknown, if no layer takes it for the number of frames or
    words.
    """
    if shape[0] is not None or None in shape[1:] or len(shape) in (2, 3):
        return None
    kinds = {registry.layer_class(node.kind) for node in nodes if registry.is_kind(node.kind)}
    if any(kind.has_steps or (kind.rank == 3 and len(shape) > 1) for kind in kinds):
        return None
    if len(shape) == 1:
        return Problem(
            "bad-shape",
            "the number of elements must be known",
            expected="a positive integer",
            found="[null]",
            suggestion="an unknown number of words stands before an Embedding: input: [null]",
        )
    return Problem(
        "batch-in-shape",
        "the batch is not written: a shape starts with its first spatial axis",
        found=show_value(shape),
        suggestion=f"write {shown_shape(shape[1:])}; for an unknown height write every spatial size as null",
    )


def _brackets(value: object) -> str | None:
    """Suggests `write [28, 28, 1]` for `28,28,1` and `28 28 1`."""
    if not isinstance(value, str) or not re.fullmatch(r"\s*\d{1,18}(?:[\s,;*]+\d{1,18}){1,3}\s*", value):
        return None
    return f"write [{', '.join(re.findall(r'[0-9]+', value))}]"
