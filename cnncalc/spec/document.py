"""A spec as it was written: names, blocks, items and options, each value with its place. Nothing is computed yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from cnncalc.errors import Diagnostic, Problem, Problems, Source, Span, nearest, quote, shorten
from cnncalc.layers import registry
from cnncalc.spec.hints import kind_hint
from cnncalc.spec.item_forms import Fields, has_argument, item_fields, not_a_list
from cnncalc.spec.limits import LIMITS, Limit, read_limit
from cnncalc.spec.names import IN_CHANNELS, ITEM_OPTIONS, MAX_NAME_LENGTH, NAME, WARNINGS, bad_name
from cnncalc.spec.placed import Placed
from cnncalc.spec.reading import MAX_SHOWN, AsItIs, mapping, reading_of, refused, unknown_key

_STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

Arguments = dict[str, Placed]
Defaults = dict[str, Arguments]
"""Arguments by layer kind."""


# How each part is read -----------------------------------------------------------------------------------------------


def _text(placed: object, info: ValidationInfo) -> str:
    assert isinstance(placed, Placed)
    if placed.is_scalar and placed.value is not None:
        return placed.text
    message = f"{info.field_name} is a text, not {placed.describe()}"
    raise refused(Problem("bad-value", message, suggestion=f'{info.field_name}: "..."').placed(placed.span))


def _parameters(placed: object, info: ValidationInfo) -> Arguments:
    """Reads the names and values of `vars` or of a block's `params`."""
    entries = mapping(placed, info.field_name or "")
    for name, value in entries.items():
        wrong = None
        if name == IN_CHANNELS:
            wrong = f"{quote(name)} is there already: what an item reads has as many channels"
        elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            wrong = f"{quote(name)} is no name for a parameter: it has letters, digits and _, no digit first"
        elif info.field_name == "params" and name in ITEM_OPTIONS:
            wrong = f"a parameter may not be called {quote(name)}: every item takes that already"
        if wrong is not None:
            problem = Problem("bad-parameter-name", wrong, suggestion="choose another name")
            raise refused(problem.placed(value.key))
        if isinstance(value.value, dict):
            message = f"{quote(name)} must be a single value or a list, not a mapping"
            hint = "make each entry a parameter of its own"
            raise refused(Problem("bad-value", message, suggestion=hint).placed(value.span))
    return entries


def _defaults(placed: object, info: ValidationInfo) -> Defaults:
    reading = reading_of(info)
    defaults: Defaults = {}
    for written, value in mapping(placed, "defaults").items():
        kind = registry.kind_named(written)
        if kind is None:
            what = "a block: its params hold its defaults" if written in reading.blocks else "no layer kind"
            message = f"defaults are given by layer kind, and {quote(written)} is {what}"
            hint = _by_kind(written, value) or kind_hint(written, registry.kinds(), reading.rank)
            raise refused(Problem("unknown-kind", message, suggestion=hint).placed(value.key))
        if kind in defaults:
            message = f"the defaults of {kind} are there twice"
            hint = "put them together under one key"
            raise refused(Problem("duplicate-key", message, suggestion=hint).placed(value.key))
        defaults[kind] = {}
        for name, argument in mapping(value, f"the defaults of {kind}").items():
            try:
                if name == "trainable" or has_argument(kind, name, argument):
                    defaults[kind][name] = argument
            except Problem as problem:
                raise refused(problem) from None
    return defaults


def _by_kind(name: str, value: Placed) -> str | None:
    """Suggests `defaults: {Conv2D: {padding: same}}` for an argument that stands there without its kind."""
    if not value.is_scalar:
        return None
    for kind in ("Conv2D", "Dense", *registry.kinds()):
        if name in registry.layer_class(kind).arguments() and not registry.wrong_arguments(kind, {name: value.value}):
            return f"defaults: {{{kind}: {{{name}: {shorten(value.text)}}}}}"
    return None


def _layers(placed: object, info: ValidationInfo) -> list[Placed]:
    assert isinstance(placed, Placed)
    if problem := not_a_list(placed, "layers"):
        raise refused(problem)
    assert isinstance(placed.value, list)
    return placed.value


def _blocks(placed: object, info: ValidationInfo) -> dict[str, Placed]:
    entries = mapping(placed, "blocks")
    for name, value in entries.items():
        if registry.kind_named(name) or name == registry.MODEL:
            message = f"a block may not be called {quote(name)}: that is a layer kind"
            problem = Problem("block-named-like-kind", message, suggestion="choose another name")
            raise refused(problem.placed(value.key))
        if not NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
            raise refused(bad_name(name).placed(value.key))
    return entries


def _outputs(placed: object, info: ValidationInfo) -> list[Placed]:
    assert isinstance(placed, Placed)
    if not isinstance(placed.value, list) or not placed.value:
        name = placed.text if placed.is_scalar and placed.value is not None else "NAME"
        message = f"outputs is a list of names, not {placed.describe()}"
        raise refused(Problem("bad-value", message, suggestion=f"outputs: [{name}]").placed(placed.span))
    for entry in placed.value:
        if not entry.is_scalar or entry.value is None:
            message = f"an output is the name of an item, not {entry.describe()}"
            hint = "without outputs the last item is the output"
            raise refused(Problem("bad-value", message, suggestion=hint).placed(entry.span))
    return placed.value


def _ignore(placed: object, info: ValidationInfo) -> frozenset[str]:
    """Reads the ids of the warnings that a spec, or an item, does not want: a list, or a single one."""
    assert isinstance(placed, Placed)
    wrong: list[Problem] = []
    entries = placed.value if isinstance(placed.value, list) else [placed]
    for entry in entries:
        if not entry.is_scalar or entry.text not in WARNINGS:
            message = f"there is no warning {entry.describe()}"
            hint = nearest(entry.text, WARNINGS) or "`cnncalc errors` lists the ids of the warnings"
            wrong.append(Problem("unknown-warning", message, suggestion=hint).placed(entry.span))
    if wrong:
        raise refused(Problems(wrong[:MAX_SHOWN]))
    return frozenset(entry.text for entry in entries)


def _limits(placed: object, info: ValidationInfo) -> dict[str, Limit]:
    limits: dict[str, Limit] = {}
    wrong: list[Problem] = []
    for name, amount in mapping(placed, "limits").items():
        if len(wrong) == MAX_SHOWN:
            break
        if name not in LIMITS:
            wrong.append(unknown_key(("limits", name)).placed(amount.key))
            continue
        try:
            if not amount.is_scalar or isinstance(amount.value, (bool, type(None))):
                raise Problem(
                    "bad-amount", f"{amount.describe()} is no amount", expected="an amount such as 5000 or 5M"
                )
            limits[name] = read_limit(name, amount.text, amount.span)
        except Problem as problem:
            problem.message = f"{name}: {problem.message}"
            wrong.append(problem.placed(amount.span))
    if wrong:
        raise refused(Problems(wrong))
    return limits


Value = Annotated[Placed, AsItIs]
Ignored = Annotated[frozenset[str], AsItIs, BeforeValidator(_ignore)]
Text = Annotated[str, AsItIs, BeforeValidator(_text)]
Parameters = Annotated[Arguments, AsItIs, BeforeValidator(_parameters)]
KindDefaults = Annotated[Defaults, AsItIs, BeforeValidator(_defaults)]


# The models ----------------------------------------------------------------------------------------------------------


class Item(BaseModel):
    """One entry of a list of layers. `arguments` are the kind's own; the options stand beside them."""

    model_config = _STRICT

    kind: str
    span: Annotated[Span, AsItIs]
    arguments: Annotated[Arguments, AsItIs] = Field(default_factory=dict)
    name: Value | None = None
    from_: Value | None = None
    trainable: Value | None = None
    repeat: Value | None = None
    first: Annotated[Arguments, AsItIs] = Field(default_factory=dict)
    if_: Value | None = None
    share: Value | None = None
    ignore: Ignored = frozenset()
    branches: dict[str, list[Item]] | None = None
    defaults: KindDefaults = Field(default_factory=dict)
    mistaken: bool = False
    """Whether something in it was refused."""

    @model_validator(mode="before")
    @classmethod
    def _fields(cls, placed: object, info: ValidationInfo) -> Fields:
        assert isinstance(placed, Placed)
        return item_fields(placed, reading_of(info))


Layers = Annotated[list[Item], BeforeValidator(_layers)]


class Block(BaseModel):
    """A block's definition: parameters with their defaults (null: must be given) and its list of items."""

    model_config = _STRICT

    params: Parameters = Field(default_factory=dict)
    layers: Layers
    defaults: KindDefaults = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _entries(cls, placed: object) -> Arguments:
        assert isinstance(placed, Placed)
        if isinstance(placed.value, dict):
            return placed.value
        message = f"a block is a mapping with the keys params and layers, not {placed.describe()}"
        raise refused(Problem("not-a-mapping", message, suggestion="{layers: [...]}").placed(placed.span))


class Spec(BaseModel):
    """What a spec file says."""

    model_config = _STRICT

    name: Text = ""
    description: Text = ""
    source: Text = ""
    year: Text = ""
    family: Text = ""
    input: Value
    vars: Parameters = Field(default_factory=dict)
    blocks: Annotated[dict[str, Block], BeforeValidator(_blocks)] = Field(default_factory=dict)
    defaults: KindDefaults = Field(default_factory=dict)
    layers: Layers
    outputs: Annotated[list[Placed] | None, AsItIs, BeforeValidator(_outputs)] = None
    limits: Annotated[dict[str, Limit], AsItIs, BeforeValidator(_limits)] = Field(default_factory=dict)
    ignore: Ignored = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A spec with where it comes from. `folder` is where its relative paths start; `identity` tells files apart.

    `mistakes` are in single items: the expansion says them together with those that it finds itself. `warnings` are
    those of the reader, of a file of another format for instance.
    """

    spec: Spec
    source: Source
    identity: str
    folder: Path | None
    mistakes: tuple[Diagnostic, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The file's name without its ending: what a model made of it is called."""
        return Path(self.identity).stem

    @property
    def name(self) -> str:
        return self.spec.name or ("model" if self.identity.startswith("<") else self.stem)
