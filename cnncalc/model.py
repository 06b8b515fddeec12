"""The Python API: a spec becomes a model, a model gives reports."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cnncalc.analysis.analyze import analyze
from cnncalc.analysis.report import Report
from cnncalc.collector import paused_collector
from cnncalc.conventions.convention import CONVENTIONS
from cnncalc.convert.loading import load_document
from cnncalc.diagnosis.shape_mistakes import shape_mistakes
from cnncalc.errors import Diagnostic, Source, SpecError, UsageError, quote
from cnncalc.expansion.expander import expand
from cnncalc.expansion.nodes import Expansion
from cnncalc.expansion.state import MAX_EXPANDED
from cnncalc.spec.document import Document
from cnncalc.spec.inner_specs import InnerSpecs
from cnncalc.spec.library import document_from_value, parse_document
from cnncalc.spec.values import Value
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
        """`inputs` and `variables` override the file's; the only input may be called "". Raises: SpecError."""
        self.document = document
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
        if convention not in CONVENTIONS:
            raise UsageError(Diagnostic("unknown-convention", f"there is no convention {quote(str(convention))}",
                                        expected=" or ".join(CONVENTIONS)))  # fmt: skip
        with paused_collector():
            return analyze(self.expansion, convention, partial)

    def __repr__(self) -> str:
        return f"<cnncalc.Model {self.name!r}, {len(self.expansion.nodes) - len(self.expansion.inputs):,} layers>"


def load(path_or_shipped_name: str | os.PathLike[str]) -> Model:
    """Loads the model of a file, a spec or one of another format, or of a shipped spec by name. Raises: SpecError."""
    return Model(load_document(os.fspath(path_or_shipped_name)))


def loads(yaml_text: str, folder: str | os.PathLike[str] | None = None) -> Model:
    """Reads a spec's text. Its `Model` items may name files in `folder`; without one, no file. Raises: SpecError."""
    return Model(parse_document(Source("<string>", yaml_text), "<string>", None if folder is None else Path(folder)))


def from_dict(mapping: Mapping[str, object], folder: str | os.PathLike[str] | None = None) -> Model:
    """Reads a spec that is plain Python data; `folder` is what it is for `loads`. Raises: SpecError."""
    return Model(document_from_value(mapping, None if folder is None else Path(folder)))
