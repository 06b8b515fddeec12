"""The Python API: a spec becomes a model, a model gives reports."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from cnncalc.analysis.analyze import analyze
from cnncalc.analysis.report import Report
from cnncalc.collector import paused_collector
from cnncalc.conventions.convention import find_convention
from cnncalc.convert.loading import load_document
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Problem, Source, SpecError
from cnncalc.expansion.expander import expand
from cnncalc.expansion.inputs import read_shape
from cnncalc.expansion.nodes import Expansion
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.spec.document import Document
from cnncalc.spec.inner_specs import InnerSpecs
from cnncalc.spec.library import document_from_value, parse_document
from cnncalc.spec.placed import Placed
from cnncalc.spec.python_values import read_python
from cnncalc.spec.values import Bindings, Value, evaluate
from cnncalc.tensor import Shape


class Model:
    """A net read from a spec: every block and repeat spelled out, ready to be analysed."""

    def __init__(
        self,
        document: Document,
        *,
        inputs: Mapping[str, Shape] | None = None,
        variables: Mapping[str, Value] | None = None,
        max_expanded: int = MAX_EXPANDED,
    ) -> None:
        """Takes `inputs` and `variables` that override the file's; the only input may be called . Raises: SpecError."""
        self.document = document
        self.inputs, self.variables = dict(inputs or {}), dict(variables or {})
        with paused_collector():
            self.expansion: Expansion = expand(document, InnerSpecs().load, inputs, variables, max_expanded)
            if self.expansion.mistakes:
                raise SpecError(shape_mistakes(self.expansion, self.expansion.mistakes))

    @property
    def name(self) -> str:
        return self.document.name

    def analyze(self, convention: str = "notes", *, partial: bool = False) -> Report:
        """Computes every figure of every layer.

        Raises: SpecError: if a shape does not fit; if `partial`, the report ends before that layer, and its `error`
            says what is wrong. UsageError: if there is no such convention.
        """
        with paused_collector():
            return analyze(self.expansion, find_convention(convention).name, partial)

    def __repr__(self) -> str:
        return f"<cnncalc.Model {self.name!r}, {len(self.expansion.nodes) - len(self.expansion.inputs):,} layers>"


ModelLike: TypeAlias = Model | str | os.PathLike[str]
"""A model, the path of a spec, or the name of a shipped one."""
ShapeLike: TypeAlias = Sequence[int | None] | str | int
"""A shape without the batch: `(224, 224, 3)`, `"224x224x3"`, or `784` for a vector. `None` is an unknown size."""
InputsLike: TypeAlias = ShapeLike | Mapping[str, ShapeLike]
"""The shape of the only input, or the shapes of several by their names."""


def load(
    path_or_shipped_name: str | os.PathLike[str],
    *,
    input: InputsLike | None = None,
    set: Mapping[str, object] | None = None,
) -> Model:
    """Loads the model of a file, a spec or one of another format, or of a shipped spec by name.

    >>> load("mobilenet_v1", input=(160, 160, 3), set={"alpha": 0.5}).analyze().totals.params
    1342536

    `input` gives it another input shape, `set` gives its `vars` other values. Raises: SpecError.
    """
    return _model(load_document(os.fspath(path_or_shipped_name)), input, set)


def loads(
    yaml_text: str,
    folder: str | os.PathLike[str] | None = None,
    *,
    input: InputsLike | None = None,
    set: Mapping[str, object] | None = None,
) -> Model:
    """Reads a spec's text. Its `Model` items may name files in `folder`; without one, no file. Raises: SpecError."""
    return _model(parse_document(Source("<string>", yaml_text), "<string>", _path(folder)), input, set)


def from_dict(
    mapping: Mapping[str, object],
    folder: str | os.PathLike[str] | None = None,
    *,
    input: InputsLike | None = None,
    set: Mapping[str, object] | None = None,
) -> Model:
    """Reads a spec that is plain Python data; `folder` is what it is for `loads`. Raises: SpecError."""
    return _model(document_from_value(mapping, _path(folder)), input, set)


def model_of(net: ModelLike) -> Model:
    """Loads the model, if it is not one already. Raises: SpecError."""
    return net if isinstance(net, Model) else load(net)


def _model(document: Document, input: InputsLike | None, set: Mapping[str, object] | None) -> Model:
    return Model(document, inputs=_inputs(input), variables=_variables(set or {}))


def _path(folder: str | os.PathLike[str] | None) -> Path | None:
    return None if folder is None else Path(folder)


def _inputs(given: InputsLike | None) -> dict[str, Shape]:
    """Reads the shapes of inputs by their names; the only input is called "". Raises: SpecError."""
    if given is None:
        return {}
    placed = read_python(given if isinstance(given, Mapping) else {"": given}, "<input>")
    assert isinstance(placed.value, dict)
    shapes = {}
    for name, part in placed.value.items():
        try:
            shapes[name] = read_shape(_value(part))
        except Problem as problem:
            raise SpecError(problem.at(part.span)) from None
    return shapes


def _variables(given: Mapping[str, object]) -> dict[str, Value]:
    """Reads the values of variables by their names. Raises: SpecError."""
    placed = read_python(given, "<set>")
    assert isinstance(placed.value, dict)
    return {name: _value(part) for name, part in placed.value.items()}


def _value(placed: Placed) -> Value:
    """Evaluates a value of Python data. Raises: SpecError."""
    try:
        return evaluate(placed, Bindings({}), None)
    except Problem as problem:
        raise SpecError(problem.at(placed.span)) from None
