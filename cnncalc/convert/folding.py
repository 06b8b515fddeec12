"""Layers that repeat become blocks with parameters, and blocks that follow each other one item with `repeat`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from cnncalc.convert.block_parameters import Parameters
from cnncalc.convert.graph import Block, Graph, GraphLayer, Reference
from cnncalc.convert.names import automatic_name, copy_names, unique_name
from cnncalc.convert.order import depth_first, in_order, name_in
from cnncalc.convert.runs import LayerList, Run, best_runs, common_prefix, has_own_name
from cnncalc.convert.short_forms import short_arguments
from cnncalc.expansion.scopes import snake_case

MAX_DEPTH: Final = 3
"""Blocks inside each other."""
MAX_BLOCKS: Final = 30
UNNAMED: Final = "\0"
"""What begins the name of a layer that is to have none in the spec."""
REORDER_GAIN: Final = 0.85
"""Branches are written one behind the other if the spec gets that much shorter."""
SHORT_NAMES: Final = {
    "Conv2D": "conv", "Conv1D": "conv", "BatchNormalization": "bn", "Activation": "act", "ReLU": "relu",
    "DepthwiseConv2D": "depthwise", "SeparableConv2D": "separable", "MaxPooling2D": "pool", "Dropout": "dropout",
    "LayerNormalization": "norm", "Dense": "dense",
}  # fmt: skip


def folded(graph: Graph) -> tuple[Graph, Graph]:
    """Returns the graph with its layers in the order that is best for blocks, and the same with blocks.

    Raises: ReadingProblem: as `in_order` does.
    """
    plain = replace(graph, layers=in_order(graph.layers, graph.inputs))
    deep = replace(graph, layers=depth_first(plain.layers))
    choices = [(each, _Folder(each).graph()) for each in (plain, deep)]
    lines = [_lines(folded) for _, folded in choices]
    return choices[1] if lines[1] < REORDER_GAIN * lines[0] else choices[0]


def _lines(graph: Graph) -> int:
    return len(graph.layers) + sum(len(block.layers) + 3 for block in graph.blocks.values())


class _Folder:
    """Makes blocks of a graph, one after the other, as long as they make it shorter."""

    def __init__(self, graph: Graph) -> None:
        self.given = graph
        self.lists = {"": LayerList(_copies(graph.layers), list(graph.inputs), graph.outputs)}
        for name, block in graph.blocks.items():
            self.lists[name] = LayerList(_copies(in_order(block.layers, block.inputs)), block.inputs, block.outputs)
        self.depth_of = dict.fromkeys(graph.blocks, 0)
        self.params: dict[str, Parameters] = {}

    def graph(self) -> Graph:
        """Folds the graph."""
        while len(self.params) < MAX_BLOCKS and (runs := best_runs(self.lists, self.depth_of, MAX_DEPTH)):
            self.fold(runs)
            for some in self.lists.values():
                some.layers = self.with_repeats(some)
        for some in self.lists.values():
            self.name_unnamed(some)
        defaults = {name: parameters.defaults(self.uses_of(name)) for name, parameters in self.params.items()}
        for name in defaults:
            self.drop_defaults(name, defaults[name])
        blocks = {
            name: Block(some.inputs, some.layers, some.outputs, defaults[name])
            if name in self.params
            else replace(self.given.blocks[name], layers=some.layers, outputs=some.outputs)
            for name, some in self.lists.items()
            if name
        }
        top = self.lists[""]
        return replace(self.given, layers=top.layers, outputs=top.outputs, blocks=self.inner_first(blocks))

    def fold(self, runs: Sequence[Run]) -> None:
        """Makes a block of runs that are alike, and a use of it of each run."""
        copies = [self.lists[run.block].layers[run.start : run.start + run.length] for run in runs]
        parameters = Parameters(copies)
        name, number = _block_name(copies[0]), 1
        while name in self.lists:
            number += 1
            name = f"{_block_name(copies[0])}{number}"
        self.params[name] = parameters
        self.depth_of[name] = 1 + max(self.depth_of.get(layer.kind, 0) for layer in copies[0])
        body, last = _body(copies, parameters)
        uses: dict[str, list[tuple[Run, GraphLayer]]] = {}
        for index, (run, copy) in enumerate(zip(runs, copies, strict=True)):
            some = self.lists[run.block]
            inside = {layer.name for layer in copy}
            source = next(each for layer in copy for each in layer.inputs if name_in(each) not in inside)
            own = common_prefix([layer.name for layer in copy]).rstrip("/._-")
            use = GraphLayer(copy[-1].name, name, parameters.arguments(index), [source], place=copy[-1].place)
            has_name = own and not own.startswith(UNNAMED) and has_own_name(some.layers, run)
            use.name = own if has_name else UNNAMED + copy[-1].name.lstrip(UNNAMED)
            uses.setdefault(run.block, []).append((run, use))
        for block, some_uses in uses.items():
            self.replace_runs(self.lists[block], some_uses)
        self.lists[name] = LayerList(body, ["x"], [last])

    def replace_runs(self, some: LayerList, uses: Sequence[tuple[Run, GraphLayer]]) -> None:
        """Puts the uses of a block in the place of its runs."""
        renamed: dict[str, str] = {}
        layers: list[GraphLayer] = []
        end = 0
        taken = {layer.name for layer in some.layers} | set(some.inputs)
        for run, use in uses:
            last = some.layers[run.start + run.length - 1].name
            layers += some.layers[end : run.start]
            if use.name != last:
                use.name = unique_name(use.name, taken, {})
                taken.add(use.name)
                renamed[last] = use.name
            layers.append(use)
            end = run.start + run.length
        layers += some.layers[end:]
        for layer in layers:
            layer.inputs = [_renamed(source, renamed) for source in layer.inputs]
        some.layers = layers
        some.outputs = [_renamed(output, renamed) for output in some.outputs]

    def with_repeats(self, some: LayerList) -> list[GraphLayer]:
        """Joins uses of a block that follow each other and are alike, the first apart, to one with `repeat`."""
        readers = Counter(name_in(source) for layer in some.layers for source in layer.inputs)
        readers.update(name_in(output) for output in some.outputs)
        layers: list[GraphLayer] = []
        renamed: dict[str, str] = {}
        run: list[GraphLayer] = []
        for layer in [*some.layers, None]:
            follows = (
                layer is not None and bool(run) and layer.kind in self.params and layer.kind == run[-1].kind
                and layer.repeat == run[-1].repeat == 1
                and layer.inputs == [run[-1].name] and readers[run[-1].name] == 1
                and (len(run) == 1 or layer.arguments == run[-1].arguments)
            )  # fmt: skip
            if not follows:
                layers += self.joined(run, some, renamed)
                run = []
            if layer is not None:
                run.append(layer)
        for layer in layers:
            layer.inputs = [_renamed(source, renamed) for source in layer.inputs]
        some.outputs = [_renamed(output, renamed) for output in some.outputs]
        return layers

    def joined(self, run: Sequence[GraphLayer], some: LayerList, renamed: dict[str, str]) -> Sequence[GraphLayer]:
        """Joins a run of uses of one block to one item."""
        if len(run) < 2:
            return run
        first, last = run[0], run[-1]
        taken = {layer.name for layer in some.layers} | set(some.inputs)
        name, number = _without_number([layer.name for layer in run]), 0
        while not name or name.startswith(UNNAMED) or not taken.isdisjoint(_names(name, len(run))):
            number += 1
            name = f"stage{number}"
        differs = {key: value for key, value in first.arguments.items() if value != last.arguments[key]}
        use = replace(last, name=name, inputs=first.inputs, repeat=len(run), first=differs)
        renamed[last.name] = name
        some.layers = [*some.layers, replace(use)]  # its name is taken
        return [use]

    def name_unnamed(self, some: LayerList) -> None:
        """Gives the layers that are to have no name the one that they have in a spec without it."""
        taken = set(some.inputs)
        for layer in some.layers:
            taken |= {layer.name, *copy_names(layer)}
        counters: Counter[str] = Counter()
        renamed: dict[str, str] = {}
        for layer in some.layers:
            if layer.name.startswith(UNNAMED):
                base = snake_case(layer.kind) if layer.repeat == 1 else "stage"
                name = automatic_name(base, counters)
                while not taken.isdisjoint(_names(name, layer.repeat)):
                    name = automatic_name(base, counters)
                taken.update([name, *copy_names(replace(layer, name=name))])
                renamed[layer.name] = name
        for layer in some.layers:
            layer.inputs = [_renamed(source, renamed) for source in layer.inputs]
            layer.name = renamed.get(layer.name, layer.name)
        some.outputs = [_renamed(output, renamed) for output in some.outputs]

    def uses_of(self, block: str) -> list[GraphLayer]:
        return [layer for some in self.lists.values() for layer in some.layers if layer.kind == block]

    def drop_defaults(self, block: str, defaults: Mapping[str, object]) -> None:
        """Leaves out what the uses of a block say as its defaults do."""
        for use in self.uses_of(block):
            use.arguments = {
                name: value for name, value in use.arguments.items() if value is None or value != defaults[name]
            }

    def inner_first(self, blocks: Mapping[str, Block]) -> dict[str, Block]:
        """Sorts blocks so that each stands behind those that it uses."""
        return {name: blocks[name] for name in sorted(blocks, key=lambda name: self.depth_of[name])}


def _copies(layers: Sequence[GraphLayer]) -> list[GraphLayer]:
    return [replace(layer, arguments=short_arguments(layer.kind, layer.arguments)) for layer in layers]


def _renamed(source: Reference, names: Mapping[str, str]) -> Reference:
    return names.get(source, source) if isinstance(source, str) else (names.get(source[0], source[0]), source[1])


def _names(name: str, repeat: int) -> list[str]:
    """Lists the names that an item with `repeat` takes."""
    return [name, *(f"{name}_{index}" for index in range(1, repeat + 1))]


def _without_number(names: Sequence[str]) -> str:
    """Returns what numbered names have in common: `conv2_block` of `conv2_block1` and `conv2_block2`."""
    stems = {name.rstrip("0123456789").rstrip("/._-") for name in names}
    return stems.pop() if len(stems) == 1 else ""


def _block_name(layers: Sequence[GraphLayer]) -> str:
    """Names a block after what it is made of."""
    kinds = [layer.kind for layer in layers]
    if "Add" in kinds:
        names = {layer.name for layer in layers}
        adds = [layer for layer in layers if layer.kind == "Add"]
        return "residual" if any(name_in(source) not in names for source in adds[-1].inputs) else "projection"
    if "Concatenate" in kinds:
        return "inception" if len(kinds) > 4 else "dense_layer"
    if len(kinds) <= 4:
        return "_".join(SHORT_NAMES.get(kind, snake_case(kind)) for kind in kinds)
    return "separable" if any(kind.startswith(("Depthwise", "Separable")) for kind in kinds) else "block"


def _body(copies: Sequence[Sequence[GraphLayer]], parameters: Parameters) -> tuple[list[GraphLayer], str]:
    """Writes the layers of a block; their names are those behind the prefixes of the copies, if all agree."""
    kept = []
    for copy in copies:
        names = [layer.name for layer in copy]
        prefix = common_prefix(names)
        kept.append([name.removeprefix(prefix) for name in names])
    is_named = not any(name.startswith(UNNAMED) for name in kept[0])
    if is_named and all(names == kept[0] for names in kept) and "x" not in kept[0]:
        names = kept[0]
    else:
        counters: Counter[str] = Counter()
        names = [UNNAMED + automatic_name(snake_case(layer.kind), counters) for layer in copies[0]]
    new = dict(zip((layer.name for layer in copies[0]), names, strict=True))
    body = [
        replace(
            layer, name=new[layer.name], arguments=parameters.written(index), first=parameters.first(index), shape=None,
            params=None,
            inputs=[new.get(name_in(source), "x") for source in layer.inputs],
        )
        for index, layer in enumerate(copies[0])
    ]  # fmt: skip
    return body, names[-1]
