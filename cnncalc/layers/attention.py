"""Attention: each query is answered by a mean of values, weighted by how well their keys fit it."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Annotated, ClassVar, Literal

from cnncalc.digits import shown
from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers import costs
from cnncalc.layers.arguments import Boolean, Expected, Integers, IntegersFromOne, Positive, argument, required
from cnncalc.layers.axes import axis_indices, rearranged
from cnncalc.layers.base import Term, Weight, unchanged
from cnncalc.layers.groups import does_not_divide
from cnncalc.layers.merging import Merge
from cnncalc.layers.merging_remedies import Names, numbered
from cnncalc.layers.saved import Saved
from cnncalc.receptive_fields.reach import PerAxis, Pointwise, Reach, SameAxis, WholeAxis, Window
from cnncalc.tensor import Shape, shown_shape

ScoreMode = Annotated[Literal["dot", "concat"], Expected("dot or concat")]
SCORES = "apart*queries*keys"
"""How many pairs of a query and a key there are."""


class AttentionLayer(Merge):
    """What all attention layers share: a query, values, and keys, which are the values if they are not given.

    `from: [query, value]` or `from: [query, value, key]`, in Keras's order.
    """

    family = "other"
    most_inputs = 3
    ignored = frozenset({"dropout", "flash_attention"})

    def attended(self, query: Shape) -> tuple[int, ...]:
        """Returns the axes along which positions attend to one another, counted from 0."""
        return (len(query) - 2,)

    def window(self) -> int | None:
        """Returns how far positions attend to either side, plus 1; `None`: to all."""
        return None

    def merged_terms(self, shapes: Sequence[Shape], names: Names = numbered) -> tuple[Term, ...]:
        query, value, key = roles(shapes)
        if len(query) < 2 or not len(query) == len(value) == len(key):
            raise Problem(
                "wrong-rank",
                f"{self.kind} reads sequences or maps with as many axes, but its inputs are "
                f"{', '.join(map(shown_shape, shapes))}",
                expected="at least 2 sizes, positions and channels",
                found=" and ".join(f"{len(shape)}" for shape in shapes),
                suggestion="a map becomes a sequence by Reshape: [-1, channels]",
            )
        attended = self.attended(query)
        for index in range(len(query) - 1):
            known = {shape[index] for shape in (query, value, key)} - {None}
            among = {shape[index] for shape in (value, key)} - {None} if index in attended else known
            if len(among) > 1:
                second = 1 if index not in attended and value[index] != query[index] else len(shapes) - 1
                first = len(shapes) - 2 if second == 2 else 0
                what = "positions of keys and values" if index in attended else "axes that are not attended to"
                raise self.misfit(shapes, first, second, f"{what} differ", names)
        return self.answer_terms(query, value, key, shapes, names)

    def answer_terms(
        self, query: Shape, value: Shape, key: Shape, shapes: Sequence[Shape], names: Names
    ) -> tuple[Term, ...]:
        """Returns one term per size of the output. Raises: Problem: if the channels do not fit."""
        raise NotImplementedError

    def merged_symbols(self, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
        query, value, key = roles(shapes)
        attended = self.attended(query)
        positions = [index for index in range(len(query) - 1) if index not in attended]
        return super().merged_symbols(shapes, y) | {
            "queries": _product([query[index] for index in attended]),
            "keys": _product([key[index] for index in attended]),
            "apart": _product([query[index] for index in positions]),
            "C_key": key[-1],
            "C_value": value[-1],
        }

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        query, *others = shapes
        attended = self.attended(query)
        rank = len(query) - 1
        size = (*query[:-1], y[-1])
        near = self._near(rank)
        yield (near if near and not others else Pointwise()), size
        for shape in others:
            if near and shape[:-1] == query[:-1]:
                yield near, size
                continue
            sources = [None if index in attended else index for index in range(rank)]
            sizes = tuple(1 if source is None else shape[source] for source in sources)
            yield rearranged([*sources, rank], shape), (*sizes, y[-1])

    def _near(self, rank: int) -> PerAxis | None:
        """Returns the band of keys that a query of a sequence attends to; `None`: it attends to all."""
        window = self.window()
        return PerAxis((Window(2 * window - 1, 1, 1, window - 1),)) if window and rank == 1 else None

    def reach(self, x: Shape, y: Shape) -> Reach:
        if self._near(len(x) - 1):
            return Pointwise()
        attended = self.attended(x)
        return PerAxis(tuple(WholeAxis() if index in attended else SameAxis() for index in range(len(x) - 1)))


class ProjectedAttention(AttentionLayer):
    """What attention with trained projections shares: one input attends to itself."""

    fewest_inputs = 1
    heads: ClassVar[str] = "heads"
    """The name of the number of heads of the queries in formulas."""
    key_heads: ClassVar[str] = "heads"
    """That of the keys and values."""

    use_bias: Boolean = argument(True, "whether the projections have biases")
    sliding_window: Positive | None = argument(
        None, "how far positions of a sequence attend to either side, plus 1; null: to all"
    )
    use_gate: Boolean = argument(False, "whether a gate, computed from the queries, is multiplied with the answers")

    def window(self) -> int | None:
        return self.sliding_window

    def projections(self) -> dict[str, tuple[str, str]]:
        """Returns the inputs' channels and the outputs of each projection, as formulas."""
        found = {
            "query": ("C", f"{self.heads}*key_dim"),
            "key": ("C_key", f"{self.key_heads}*key_dim"),
            "value": ("C_value", f"{self.key_heads}*value_dim"),
        }
        gate = {"gate": ("C", f"{self.heads}*value_dim")} if self.use_gate else {}
        return found | gate | {"attention_output": (f"{self.heads}*value_dim", "F")}

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        found = []
        for name, (channels, outputs) in self.projections().items():
            found.append(Weight(f"{name}_kernel", f"{channels}*{outputs}"))
            if self.use_bias:
                found.append(Weight(f"{name}_bias", outputs))
        return tuple(found)

    def _positions(self, name: str) -> str:
        return "keys" if name in ("key", "value") else "queries"

    def macs(self) -> str:
        projected = [
            f"{self._positions(name)}*{channels}*{outputs}" for name, (channels, outputs) in self.projections().items()
        ]
        return f"apart*({' + '.join(projected)} + queries*keys*{self.heads}*(key_dim + value_dim))"

    def flops(self, x: Shape) -> str:
        biases = [f"{self._positions(name)}*{outputs}" for name, (_, outputs) in self.projections().items()]
        added = f" + apart*({' + '.join(biases)})" if self.use_bias else ""
        gate = f" + 2*apart*queries*{self.heads}*value_dim" if self.use_gate else ""
        return f"2*macs{added} + apart*queries*{self.heads}*key_dim + {costs.SOFTMAX}*{self.heads}*{SCORES}{gate}"


class MultiHeadAttention(ProjectedAttention):
    """Several heads attend at once, each with projections of its own to `key_dim` and `value_dim` channels.

    Shape: query (..., N, C), value and key (..., M, C') to (..., N, C), or `output_shape` channels; with one input it
    attends to itself. Keras's MultiHeadAttention. Vaswani et al., "Attention Is All You Need" (2017).
    """

    example = "{num_heads: 4, key_dim: 16}"
    primary = "num_heads"
    example_inputs = ((64, 64),)
    # PyTorch's module runs as one fused operation at inference; measured with as many channels as heads times key_dim.
    profiled = {
        "torchinfo": "0",
        "torchinfo-1.8.0": "0",
        "fvcore": "apart*heads*(queries*key_dim*(C + F) + keys*(key_dim*C_key + value_dim*C_value))",
        "calflops": "2*apart*heads*(queries*key_dim*(C + F) + keys*(key_dim*C_key + value_dim*C_value))",
        "calflops-macs": "apart*heads*(queries*key_dim*(C + F) + keys*(key_dim*C_key + value_dim*C_value))",
        "thop": "0",
    }
    saved_for_backward = Saved(
        inputs=True,
        numbers="apart*heads*(queries*(key_dim + value_dim + 1) + keys*(key_dim + value_dim))",
    )

    num_heads: Positive = required("number of heads")
    key_dim: Positive = required("channels of each head's queries and keys")
    value_dim: Positive | None = argument(None, "channels of each head's values; null: key_dim")
    output_shape: IntegersFromOne | None = argument(None, "channels of the output, or several sizes; null: the query's")
    attention_axes: Integers | None = argument(None, "axes that are attended along, as in Keras; null: all positions")

    def attended(self, query: Shape) -> tuple[int, ...]:
        if self.attention_axes is None:
            return tuple(range(len(query) - 1))
        found = axis_indices(self.kind, self.attention_axes, query)
        if len(query) - 1 in found:
            raise Problem(
                "no-such-axis",
                f"attention_axes of {self.kind} names the channels: attention is along positions",
                expected=f"axes from 1 to {len(query) - 1}",
                found=str(list(self.attention_axes)),
                suggestion=f"attention_axes: {list(range(1, len(query)))} are all positions",
                argument="attention_axes",
            )
        return found

    def answer_terms(
        self, query: Shape, value: Shape, key: Shape, shapes: Sequence[Shape], names: Names
    ) -> tuple[Term, ...]:
        if self.output_shape is None:
            return unchanged(query)
        return (*unchanged(query[:-1]), *(Term("target", {"target": size}) for size in self.output_shape))

    def merged_symbols(self, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
        outputs = shapes[0][-1] if self.output_shape is None else prod(self.output_shape)
        own = {"heads": self.num_heads, "key_dim": self.key_dim, "value_dim": self.value_dim or self.key_dim}
        return super().merged_symbols(shapes, y) | own | {"F": outputs}

    def operands(self, shapes: Sequence[Shape], y: Shape, alone: bool) -> Iterator[tuple[Reach, Shape]]:
        return super().operands(shapes, (*y[: len(shapes[0]) - 1], y[-1]), alone)


class GroupedQueryAttention(ProjectedAttention):
    """Heads of queries share heads of keys and values, `num_query_heads // num_key_value_heads` each.

    Shape: query (N, C), value and key (M, C') to (N, C); with one input it attends to itself. Keras's
    GroupQueryAttention. Ainslie et al., "GQA" (2023).
    """

    example = "{head_dim: 16, num_query_heads: 4, num_key_value_heads: 2}"
    primary = "head_dim"
    example_inputs = ((64, 64),)
    heads = "heads"
    key_heads = "key_heads"
    profiled = {}
    saved_for_backward = Saved(inputs=True, numbers="apart*heads*key_dim*(2*queries + 2*keys)")

    head_dim: Positive = required("channels of each head")
    num_query_heads: Positive = required("number of heads of the queries")
    num_key_value_heads: Positive = required("number of heads of keys and values; divides those of the queries")

    def check(self) -> None:
        if self.num_query_heads % self.num_key_value_heads:
            problem = does_not_divide(
                self.num_key_value_heads, self.num_query_heads, "num_query_heads", self.num_query_heads
            )
            problem.message = problem.message.replace("groups", "num_key_value_heads", 1)
            problem.suggestion = (problem.suggestion or "").replace("groups", "num_key_value_heads") or None
            problem.argument = "num_key_value_heads"
            raise problem

    def answer_terms(
        self, query: Shape, value: Shape, key: Shape, shapes: Sequence[Shape], names: Names
    ) -> tuple[Term, ...]:
        if len(query) != 2:
            raise self.wrong_rank(query, 2)
        if query[-1] != value[-1]:
            raise self.misfit(shapes, 0, 1, "the channels of query and value differ", names)
        return unchanged(query)

    def merged_symbols(self, shapes: Sequence[Shape], y: Shape) -> dict[str, Symbol]:
        own = {"heads": self.num_query_heads, "key_heads": self.num_key_value_heads}
        return super().merged_symbols(shapes, y) | own | {"key_dim": self.head_dim, "value_dim": self.head_dim}


class PlainAttention(AttentionLayer):
    """What Attention and AdditiveAttention share: no projections, one head."""

    profiled = {"torch": "2*macs", "fvcore": "macs", "calflops": "2*macs", "calflops-macs": "macs", "ptflops": "macs"}
    example = "{from: [query, value]}"
    primary = "use_scale"
    example_inputs = ((64, 64), (32, 64))
    saved_for_backward = Saved(inputs=True, numbers=SCORES)

    def answer_terms(
        self, query: Shape, value: Shape, key: Shape, shapes: Sequence[Shape], names: Names
    ) -> tuple[Term, ...]:
        if query[-1] != key[-1]:
            found = f"the channels of query and key differ, {shown(query[-1] or 0)} and {shown(key[-1] or 0)}"
            raise self.misfit(shapes, 0, len(shapes) - 1, found, names)
        return unchanged((*query[:-1], value[-1]))


class Attention(PlainAttention):
    """Weights the values by the softmax of products of queries and keys.

    Shape: query (..., N, C), value (..., M, C'), key (..., M, C) to (..., N, C'). Keras's Attention. Luong et
    al. (2015).
    """

    use_scale: Boolean = argument(False, "whether scores are multiplied by a trained number")
    score_mode: ScoreMode = argument(
        "dot", "dot: products; concat: the sum of tanh(query + key), times a trained number"
    )

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        names = [
            *(["scale"] if self.use_scale else []),
            *(["concat_score_weight"] if self.score_mode == "concat" else []),
        ]
        return tuple(Weight(name, "1") for name in names)

    def macs(self) -> str:
        return f"{SCORES}*(C + F)" if self.score_mode == "dot" else f"{SCORES}*F"

    def flops(self, x: Shape) -> str:
        softmax = f"2*macs + {costs.SOFTMAX}*{SCORES}"
        if self.score_mode == "dot":
            return f"{softmax} + {SCORES}" if self.use_scale else softmax
        # A sum, its tanh, the sum over channels, and the trained factors.
        return f"{softmax} + {SCORES}*({4 if self.use_scale else 3}*C + 1)"


class AdditiveAttention(PlainAttention):
    """Weights the values by the softmax of scores from a layer of tanh over query and key.

    Shape: query (..., N, C), value (..., M, C'), key (..., M, C) to (..., N, C'). Keras's AdditiveAttention. Bahdanau
    et al. (2014).
    """

    use_scale: Boolean = argument(True, "whether each channel of a score has a trained factor")

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("scale", "C"),) if self.use_scale else ()

    def macs(self) -> str:
        return f"{SCORES}*F"

    def flops(self, x: Shape) -> str:
        return f"2*macs + {costs.SOFTMAX}*{SCORES} + {SCORES}*{4 if self.use_scale else 3}*C"


def roles(shapes: Sequence[Shape]) -> tuple[Shape, Shape, Shape]:
    """Returns query, value and key among one to three inputs."""
    query, value = shapes[0], shapes[min(1, len(shapes) - 1)]
    return query, value, shapes[-1] if len(shapes) == 3 else value


def _product(sizes: Sequence[int | None]) -> int | None:
    return None if None in sizes else prod(size for size in sizes if size is not None)
