"""A spec as it was written: names, blocks, items and options, each with its place. Nothing is computed yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cnncalc.errors import Diagnostic, Source, Span
from cnncalc.records import entity, record
from cnncalc.spec.limits import Limit
from cnncalc.spec.yaml_nodes import Scalar, Tree

ITEM_OPTIONS = ("name", "from", "trainable", "repeat", "first", "if", "share")
"""What every item takes beside its kind's own arguments."""
MODEL_ARGUMENTS = ("spec", "until", "frozen_until")
TOP_LEVEL = (
    "name", "description", "source", "year", "family",
    "input", "vars", "blocks", "defaults", "layers", "outputs", "limits",
)  # fmt: skip
IN_CHANNELS = "in_channels"
"""The parameter that no block declares: the channels of the tensor that an item reads."""


@record
class Written:
    """A value in a spec with the place of its key."""

    tree: Tree
    key: Span | None

    @property
    def span(self) -> Span | None:
        return self.tree.span or self.key


Arguments = Mapping[str, Written]
Defaults = Mapping[str, Arguments]
"""Arguments by layer kind."""


@entity
class Item:
    """One entry of a list of layers. `arguments` are the kind's own; the options stand beside them."""

    kind: str
    span: Span | None
    arguments: Arguments = field(default_factory=dict)
    name: Written | None = None
    from_: Written | None = None
    trainable: Written | None = None
    repeat: Written | None = None
    first: Arguments = field(default_factory=dict)
    if_: Written | None = None
    share: Written | None = None
    branches: Mapping[str, tuple[Item, ...]] | None = None
    mistaken: bool = False
    """Whether the reader refused something in it: what is right is looked through all the same, for other mistakes."""


@entity
class Block:
    """A block's definition: parameters with their defaults (null: must be given) and its list of items."""

    name: str
    span: Span | None
    params: Mapping[str, Written]
    items: tuple[Item, ...]
    defaults: Defaults


@entity
class Document:
    """One spec file. `folder` is where its relative paths start; `identity` tells two files apart."""

    source: Source
    identity: str
    folder: Path | None
    texts: Mapping[str, str]
    input: Written
    items: tuple[Item, ...]
    vars: Mapping[str, Written] = field(default_factory=dict)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=dict)
    outputs: tuple[Scalar, ...] | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    mistakes: tuple[Diagnostic, ...] = ()
    """What is wrong in single items; the expansion raises them together with those that it finds itself."""

    @property
    def stem(self) -> str:
        """The file's name without its ending: what a model made of it is called."""
        return Path(self.identity).stem

    @property
    def name(self) -> str:
        return self.texts.get("name") or ("model" if self.identity.startswith("<") else self.stem)
