"""What a spec's `vars` come to, and which nodes its `outputs` name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cnncalc.errors import Diagnostic, Problem, Span, nearest, quote
from cnncalc.expansion.scopes import Namespace, Scope
from cnncalc.expansion.state import State
from cnncalc.spec.document import Document
from cnncalc.spec.values import Bindings, Value, evaluate

_PARAMETER: Final = re.compile(r"\$(\w+)")


def variables(state: State, document: Document, given: Mapping[str, Value]) -> dict[str, Value]:
    """Evaluates the spec's vars; given values replace its own. Mistakes are noted."""
    for name in given:
        if name not in document.spec.vars:
            state.note(
                Diagnostic(
                    "unknown-variable", f"the spec has no variable {quote(name)} to set", Span(document.source),
                    expected="one of " + ", ".join(document.spec.vars) if document.spec.vars else "a spec with vars",
                    suggestion=nearest(name, document.spec.vars),
                )
            )  # fmt: skip
    values: dict[str, Value] = {}
    failed: set[str] = set()
    for name, written in document.spec.vars.items():
        if name in given:
            values[name] = given[name]
            continue
        if failed and not failed.isdisjoint(_PARAMETER.findall(getattr(written, "text", ""))):
            failed.add(name)  # the mistake is where the other var is
            continue
        try:
            values[name] = evaluate(written, Bindings(values), None)
        except Problem as problem:
            later = (problem.found or "").removeprefix("$")
            if problem.id == "unknown-parameter" and later in document.spec.vars:
                problem.suggestion = f"write {quote(later)} above {quote(name)}: a var uses those before it"
            state.note(problem.at(written.span or Span(document.source)))
            failed.add(name)
    return values


def named_outputs(
    state: State, document: Document, namespace: Namespace, last: int | None, dropped: set[str]
) -> tuple[int, ...]:
    """Finds the nodes that `outputs` names, without it the last one. Mistakes are noted."""
    if document.spec.outputs is None:
        return () if last is None else (last,)
    outputs: list[int] = []
    scope = Scope(namespace, names=namespace.references, dropped=dropped)
    for name in document.spec.outputs:
        try:
            if name.text == "prev":
                raise Problem("no-such-name", 'an output is the name of an item; "prev" has no meaning here')
            outputs.append(scope.find(name.text, None))
        except Problem as problem:
            state.note(problem.at(name.span or Span(document.source)))
    return tuple(dict.fromkeys(outputs))
