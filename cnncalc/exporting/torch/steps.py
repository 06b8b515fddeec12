"""The steps of a function in PyTorch: modules one behind the other, expressions, and how many channels there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.analysis.analyze import Analysis
from cnncalc.exporting.program.calls import Lacking
from cnncalc.exporting.program.expressions import Code, Symbol, combined, constant, named
from cnncalc.exporting.program.expressions import call as call_text
from cnncalc.exporting.program.names import identifier
from cnncalc.exporting.program.programs import Program
from cnncalc.exporting.program.steps import (
    Channels,
    CopyStep,
    Function,
    IfStep,
    LayerStep,
    LoopStep,
    NotShared,
    Parameter,
    Step,
    UseStep,
    Value,
    all_steps,
    base_name,
    have_same_arguments,
    set_by,
)
from cnncalc.exporting.refusals import Refusals
from cnncalc.exporting.torch.calls import ANY, FIRST, LAST, TorchCall
from cnncalc.exporting.torch.chains import Chain, Element, Lines, Mark, filled, looped
from cnncalc.exporting.torch.channels import (
    Attribute,
    InChannels,
    Unknown,
    channels_after,
    constants,
    first_right,
    simplified,
)
from cnncalc.exporting.torch.kinds import TRANSLATORS


class Steps:
    """Follows the steps of one function: what each becomes, where channels are, and how many there are."""

    def __init__(
        self, analysis: Analysis, program: Program, function: Function, needed: set[str], refusals: Refusals,
        others: dict[int, Steps],
    ) -> None:  # fmt: skip
        self.analysis, self.function = analysis, function
        self.needed, self.refusals, self.others = needed, refusals, others
        self.kept: dict[str, str] = {}
        """The parameters that `forward` reads."""
        self.layouts: dict[str, int] = {}
        """Of each variable, where its channels are."""
        self.channels: dict[str, Code] = {}
        self.in_channels: list[InChannels] = []
        self.used: dict[int, Function] = {}
        """The function of each instance that is used here."""
        self.unseen: set[int] = set()
        """The nodes whose modules do not give out the layer's own shape."""
        self.node_layouts: dict[int, int] = {}
        self.chain_of: dict[LayerStep, Chain] = {}
        self.reads: dict[Value, int] = {}
        self.private: dict[str, bool] = {}
        """Of each variable, whether what it holds is read once."""
        self.same_as: dict[Chain, Chain] = {}
        """The chains that are earlier ones once more."""
        self.defaults: dict[Parameter, Code] = {}
        """The defaults of parameters, with what they read of the inputs."""
        self.inputs: list[Value]
        self.outputs: list[Value]
        if function is program.main:
            self.inputs, self.outputs = program.inputs, program.outputs[: len(analysis.expansion.outputs)]
        else:
            assert function.input is not None
            assert function.output is not None
            self.inputs, self.outputs = [function.input, *function.tensors.values()], [function.output]
        self.given_layouts: dict[Value, int] = {}

    def add_channels(self, value: Value) -> None:
        """Adds the parameter that tells the channels of an input."""
        values = tuple(None if shape is None else shape[-1] for shape in value.shapes)
        self.in_channels.append(InChannels("in_channels", values))

    def preferred_layout(self, value: Value) -> int:
        """Finds where the channels of an input should be: as the first layer wants it that has a wish."""
        rank = max(len(shape) for shape in value.shapes if shape is not None)
        if rank == 1:
            return LAST
        for step in all_steps(self.function.steps):
            if isinstance(step, UseStep) and step.inputs[0].variable.name == value.variable.name:
                return self.others[id(step.function)].input_layouts[0]
            if not isinstance(step, LayerStep) or not step.inputs or step.kind not in TRANSLATORS:
                continue
            shapes = [shape for shape in step.inputs[0].shapes if shape is not None]
            if len(shapes[0]) != rank:
                continue
            unknown = Code("name", (), None, Unknown())
            probe = TorchCall(step, self.function, set(), [unknown] * len(step.inputs), [ANY] * len(step.inputs))
            try:
                TRANSLATORS[step.kind](probe)
            except (Lacking, NotShared):
                continue
            if probe.layouts[0] != ANY:
                return probe.layouts[0]
        return FIRST

    @property
    def input_layouts(self) -> list[int]:
        """Where the channels of each input are expected."""
        return [self.given_layouts[value] for value in self.inputs]

    def count_reads(self, steps: Sequence[Step]) -> None:
        """Counts how often each value is read."""
        for step in all_steps(steps):
            read = step.inputs if isinstance(step, (LayerStep, UseStep)) else []
            for value in [step.source] if isinstance(step, CopyStep) else read:
                self.reads[value] = self.reads.get(value, 0) + 1
        for value in self.outputs:
            self.reads[value] = self.reads.get(value, 0) + 1

    def lines(self, steps: Sequence[Step]) -> Lines:
        """Makes chains and statements of steps."""
        lines = Lines()
        copy: CopyStep | None = None
        for step in steps:
            if isinstance(step, CopyStep):
                if copy is not None:
                    self._flush(lines, copy)
                copy = step
                continue
            source = None
            if copy is not None:
                if isinstance(step, (IfStep, LoopStep)) and copy.target.variable.name != copy.source.variable.name:
                    source = copy
                    self._take_over(copy)
                else:
                    self._flush(lines, copy)
                copy = None
            if isinstance(step, LayerStep):
                self._layer(step, lines)
            elif isinstance(step, UseStep):
                self._use(step, lines)
            elif isinstance(step, IfStep):
                self._if(step, lines, source)
            else:
                self._loop(step, lines, source)
        if copy is not None:
            self._flush(lines, copy)
        return lines

    def _take_over(self, copy: CopyStep) -> None:
        source, target = copy.source.variable.name, copy.target.variable.name
        self.layouts[target], self.channels[target] = self.layouts[source], self.channels[source]

    def _flush(self, lines: Lines, copy: CopyStep) -> None:
        source, target = copy.source.variable.name, copy.target.variable.name
        if source != target:
            self._take_over(copy)
            lines.entries.append(f"{target} = {source}")

    def _layer(self, step: LayerStep, lines: Lines) -> None:
        nodes = [node for node in step.target.nodes if node is not None]
        names = [value.variable.name for value in step.inputs]
        sources = names or [self.inputs[0].variable.name]
        channels = [self.channels[name] for name in names]
        layouts = [self.layouts[name] for name in names]
        made = self._call(step, channels, layouts, False)
        try:
            if step.kind not in TRANSLATORS:
                raise Lacking(f"PyTorch has no {step.kind}")
            TRANSLATORS[step.kind](made)
            written = made.written
            if written.expression:
                again = self._call(step, channels, layouts, True)
                TRANSLATORS[step.kind](again)
                written.expression = again.written.expression
        except Lacking as lacking:
            for node in nodes:
                self.refusals.note(self.analysis.expansion.nodes[node], str(lacking))
            self._set(step.target, LAST, constant(0))
            return
        texts = []
        for place, name in enumerate(sources):
            want = made.layouts[place] if names else LAST
            rank = len(made.read_shape(made.uses[0], place)) if names else 1
            is_moved = names and rank > 1 and layouts[place] != want
            texts.append(f"{name}.movedim({layouts[place]}, {want})" if is_moved else name)
        layout = written.layout if len(made.made_shape(made.uses[0])) > 1 else LAST
        for node in nodes:
            self.node_layouts[node] = layout
        target = step.target.variable.name
        if not written.modules:
            lines.entries.append(f"{target} = {filled(written.expression, texts)}")
        else:
            chain = self._chain(step, made, texts)
            self._append(lines, chain)
        self._set(step.target, layout, channels_after(step, channels, made, self.function.key))

    def _call(self, step: LayerStep, channels: Sequence[Code], layouts: Sequence[int], in_forward: bool) -> TorchCall:
        arguments = {name: self.resolved(code, in_forward) for name, code in step.arguments.items()}
        seen = [self.in_forward(code) if in_forward else code for code in channels]
        return TorchCall(replace(step, arguments=arguments), self.function, self.needed, seen, layouts)

    def _chain(self, step: LayerStep, made: TorchCall, texts: Sequence[str]) -> Chain:
        written = made.written
        source, target = step.inputs[0].variable.name if step.inputs else "", step.target.variable.name
        if step.owner is not None:
            if not have_same_arguments(step, step.owner):
                raise Lacking("it shares weights with a layer of other arguments")
            owner = self.chain_of[step.owner]
            chain = Chain(source, target, "", "", [], written.expression or "{m}({0})", tuple(texts), is_alone=True)
            chain.attribute = "same"
            self.same_as[chain] = owner
            return chain
        elements = []
        for place, text in enumerate(written.modules):
            is_weighted, is_last = place == written.weighted, place == len(written.modules) - 1
            if is_weighted and step.is_frozen and not text.startswith("nn.Parameter"):
                text += ".requires_grad_(False)"
            marks = [
                Mark(use, node, None, is_weighted, is_last) for use, node in enumerate(step.target.nodes)
                if node is not None and (is_weighted or is_last)
            ]  # fmt: skip
            elements.append(Element(text, marks))
        if written.expression not in ("", "{m}({0})", "{m}({0}.long())"):
            self.unseen |= {node for node in step.target.nodes if node is not None}
        is_plain = not written.expression and texts[0] == source and len(texts) == 1
        base = base_name(step) if step.is_named else ""
        hint = step.target.variable.running
        single = identifier(base_name(step).rpartition("/")[2], "layer")
        chain = Chain(
            source, target, base, single if base else hint, elements, written.expression or "{m}({0})", tuple(texts),
            is_alone=not is_plain or step.is_shared,
        )  # fmt: skip
        self.chain_of[step] = chain
        return chain

    def _use(self, step: UseStep, lines: Lines) -> None:
        callee = self.others[id(step.function)]
        names = [value.variable.name for value in step.inputs]
        texts = []
        for place, name in enumerate(names):
            want = callee.input_layouts[place]
            rank = len(next(shape for shape in step.inputs[place].shapes if shape is not None))
            is_moved = rank > 1 and self.layouts[name] != want
            texts.append(f"{name}.movedim({self.layouts[name]}, {want})" if is_moved else name)
        known: dict[Symbol, Code] = {}
        positional = []
        for in_channels, name in zip(callee.in_channels, names, strict=True):
            known[in_channels] = self.channels[name]
            if in_channels.is_written:
                positional.append(self.channels[name].text())
        keywords = []
        for parameter in step.function.used_parameters:
            code = step.arguments.get(parameter.spec_name)
            if code is None:
                continue
            code = self.resolved(code)
            known[parameter] = code
            if parameter.default is None:
                positional.append(code.text())
            else:
                keywords.append((parameter.name, code.text()))
        text = call_text(step.function.name, positional, keywords)
        instances = [None if use is None else step.function.instances[use] for use in step.uses]
        marks = [Mark(use, None, id(each)) for use, each in enumerate(instances) if each is not None]
        for each in instances:
            if each is not None:
                self.used[id(each)] = step.function
        base = base_name(step) if step.is_named else ""
        single = identifier(base_name(step).rpartition("/")[2], "block")
        hint = single if base else step.target.variable.running
        places = ", ".join(f"{{{place}}}" for place in range(len(texts)))
        is_plain = len(texts) == 1 and texts[0] == names[0]
        chain = Chain(
            names[0], step.target.variable.name, base, hint, [Element(text, marks)], f"{{m}}({places})", tuple(texts),
            is_alone=not is_plain,
        )  # fmt: skip
        self._append(lines, chain)
        output = callee.function.output
        assert output is not None
        channels = self._after_use(callee, known, step.target)
        self._set(step.target, callee.layouts[output.variable.name], channels)

    def _after_use(self, callee: Steps, known: dict[Symbol, Code], target: Value) -> Code:
        """Finds the channels that come out of a use: the function's, with this use's arguments put in."""
        output = callee.function.output
        assert output is not None

        def argument(symbol: Symbol) -> Code | None:
            if symbol in known:
                return known[symbol]
            if isinstance(symbol, Parameter) and symbol in callee.defaults:
                return callee.defaults[symbol].replaced(argument)
            return None

        found = simplified(callee.channels[output.variable.name].replaced(argument))
        candidates = [found, *constants(target)]
        return first_right(candidates, target, self.function.key)

    def _if(self, step: IfStep, lines: Lines, source: CopyStep | None) -> None:
        condition = self.resolved(step.condition)
        variable = set_by(step.steps)
        before = {name: (self.layouts.get(name), self.channels.get(name)) for name in variable}
        inside = self.lines(step.steps)
        for name, (layout, channels) in before.items():
            if layout is None or channels is None:
                continue
            if self.layouts[name] != layout:
                inside.entries.append(f"{name} = {name}.movedim({self.layouts[name]}, {layout})")
                self.layouts[name] = layout
            if self.channels[name] != channels:
                self.channels[name] = Code("if", (self.channels[name], condition, channels))
        uses = tuple(condition.value(use) is True for use in range(len(self.function.instances)))
        entries = inside.entries
        if len(entries) == 1 and isinstance(entries[0], Chain) and not entries[0].is_alone:
            chain = entries[0]
            if chain.source == chain.target and all(each.condition is None for each in chain.elements):
                element = Element(condition=condition, inside=chain.elements, uses=uses)
                start = source.source.variable.name if source is not None else chain.source
                hint = chain.hint
                made = Chain(start, chain.target, chain.base, hint, [element], "{m}({0})", (start,))
                self._append(lines, made)
                return
        if source is not None:
            lines.entries.append(f"{source.target.variable.name} = {source.source.variable.name}")
        lines.entries.append((condition, inside))

    def _loop(self, step: LoopStep, lines: Lines, source: CopyStep | None) -> None:
        bodies = [self.lines(copy) for copy in step.copies]
        chains = [body.entries[0] for body in bodies if len(body.entries) == 1 and isinstance(body.entries[0], Chain)]
        is_plain = len(chains) == len(bodies) and all(
            not chain.is_alone and len(chain.elements) == 1 and chain.source == chain.target for chain in chains
        )
        count = combined("-", self.resolved(step.stop), constant(step.start - 1))
        element = looped([chain.elements[0] for chain in chains], simplified(count)) if is_plain else None
        start = source.source.variable.name if source is not None else (chains[0].source if chains else "")
        if element is not None:
            first = chains[0]
            self._append(lines, Chain(start, first.target, first.base, first.hint, [element], "{m}({0})", (start,)))
            return
        counts = {count.value(use) for use in range(len(self.function.instances))}
        if len(counts) > 1 and self.function.key is not None:
            raise NotShared({self.function.key})
        if source is not None:
            lines.entries.append(f"{source.target.variable.name} = {source.source.variable.name}")
        for body in bodies:
            for entry in body.entries:
                if isinstance(entry, Chain):
                    self._append(lines, entry)
                else:
                    lines.entries.append(entry)

    def _append(self, lines: Lines, chain: Chain) -> None:
        """Adds a chain, behind the one before it if both can be one."""
        last = lines.entries[-1] if lines.entries else None
        if (
            isinstance(last, Chain)
            and not last.is_alone
            and not chain.is_alone
            and last.base == chain.base
            and last.target == chain.source
            and (chain.target == chain.source or self.private.get(chain.source, False))
        ):
            last.elements += chain.elements
            last.target = chain.target
            for step, known in list(self.chain_of.items()):
                if known is chain:
                    self.chain_of[step] = last
            return
        lines.entries.append(chain)

    def _set(self, value: Value, layout: int, channels: Code) -> None:
        name = value.variable.name
        self.layouts[name], self.channels[name] = layout, channels
        self.private[name] = self.reads.get(value, 0) == 1

    def resolved(self, code: Code, in_forward: bool = False) -> Code:
        """Puts the channels of tensors in place of what names them."""

        def known(symbol: Symbol) -> Code | None:
            return self.channels[symbol.of.variable.name] if isinstance(symbol, Channels) else None

        found = simplified(code.replaced(known))
        return self.in_forward(found) if in_forward else found

    def in_forward(self, code: Code) -> Code:
        """Makes attributes of the constructor's parameters."""
        own = {*self.function.parameters.values(), *self.in_channels}

        def known(symbol: Symbol) -> Code | None:
            return named(Attribute(symbol, self.kept)) if isinstance(symbol, Parameter) and symbol in own else None

        return code.replaced(known)
