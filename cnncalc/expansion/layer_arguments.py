"""An item's arguments become its layer; each one that is wrong is refused at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnncalc.errors import Problem, Problems, SpecError, shorten
from cnncalc.expansion.nodes import Instance, LateLayer
from cnncalc.expansion.scopes import Namespace
from cnncalc.layers import registry
from cnncalc.layers.base import Layer
from cnncalc.spec.document import Arguments, Item
from cnncalc.spec.values import Bindings, Channels, Value, evaluate, is_late, missing_dollar, not_arithmetic
from cnncalc.spec.yaml_nodes import Scalar, Sequence, Tree

if TYPE_CHECKING:
    from cnncalc.expansion.expander import Expander


class LayerArguments:
    """The part of an item's builder that reads arguments."""

    expander: Expander
    item: Item
    namespace: Namespace
    instance: Instance
    defaults: Arguments
    file_defaults: Arguments

    def build(self, inputs: tuple[int, ...], is_first: bool) -> Layer | LateLayer | None:
        """The layer, from the item's arguments over the block's, the file's and the kind's defaults."""
        first = self.item.first if is_first else {}
        bindings = self.namespace.bindings
        key = (id(self.item), bool(first))
        known = bindings.layers.get(key)
        if isinstance(known, Layer):
            return known
        arguments = {**self.defaults, **self.item.arguments, **first}
        arguments.pop("trainable", None)
        values = self.evaluated(arguments, Channels(inputs[0]))
        if len(values) < len(arguments):
            self.look_through_values(values, arguments)
            return None
        try:
            layer = self.expander.layer(self.item.kind, values)
        except Problems as wrong:
            for problem in wrong.problems:
                self.refuse(problem, arguments)
            return None
        if isinstance(layer, Layer):
            bindings.layers[key] = layer
        return layer

    def evaluated(self, arguments: Arguments, channels: Channels | None) -> dict[str, Value]:
        """What the arguments come to; those that come to nothing are refused and left out."""
        bindings = self.namespace.bindings
        file_bindings = Bindings(bindings.vars)
        values: dict[str, Value] = {}
        for name, written in arguments.items():
            # A parameter of the block hides a var, but not from what stands outside of the block.
            of_file = written is self.file_defaults.get(name)
            try:
                values[name] = evaluate(written.tree, file_bindings if of_file else bindings, channels)
            except Problem as problem:
                problem.argument = name
                self.refuse(problem, arguments)
        return values

    def look_through(self) -> None:
        """Refuses what else is wrong in an item that the reader refused something in."""
        if registry.is_kind(self.item.kind):
            arguments = {**self.item.arguments, **self.item.first}
            self.look_through_values(self.evaluated(arguments, Channels(0)), arguments)

    def look_through_values(self, values: Mapping[str, Value], arguments: Arguments) -> None:
        """Refuses each argument that is wrong by itself."""
        known = {name: value for name, value in values.items() if not is_late(value)}
        for problem in registry.wrong_arguments(self.item.kind, known):
            self.refuse(problem, arguments)

    def by_name(self, tree: Tree) -> str | None:
        """`Conv2D: {filters: 6, kernel_size: 3}` for `Conv2D: [6, 3]`: a bare value is one argument's."""
        values = [entry.text for entry in tree.items if isinstance(entry, Scalar)] if isinstance(tree, Sequence) else []
        if isinstance(tree, Scalar):
            values = [value.strip() for value in tree.text.split(",")]
        arguments = registry.layer_class(self.item.kind).arguments
        names = [name for name, argument in arguments.items() if argument.required]
        names += [name for name in ("strides", "padding") if name in arguments]
        if not 1 < len(values) <= len(names):
            return None
        pairs = ", ".join(f"{name}: {shorten(value)}" for name, value in zip(names, values, strict=False))
        return f"name each argument: {self.item.kind}: {{{pairs}}}"

    def refuse(self, problem: Problem, arguments: Arguments) -> None:
        """Notes what is wrong with the layer, at the argument that it is about or at the item."""
        written = arguments.get(problem.argument or "")
        if written is not None and problem.suggestion is None:
            problem.suggestion = missing_dollar(written.tree, self.namespace.bindings) or not_arithmetic(written.tree)
            known = registry.layer_class(self.item.kind).arguments.get(problem.argument or "")
            if known is not None and not known.required and (problem.found or "").lower() == '"none"':
                problem.suggestion = f"leave {problem.argument} out"
            bare = written.key is not None and written.key is self.item.span
            if problem.suggestion is None and bare:
                problem.suggestion = self.by_name(written.tree)
        span = (written.span if written else None) or self.item.span
        self.expander.note(SpecError(problem.at(span, self.instance.chain())))
