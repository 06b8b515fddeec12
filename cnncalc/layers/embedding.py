"""A table of rows that are looked up by their number."""

from cnncalc.formula import Symbol
from cnncalc.layers.arguments import Positive, required
from cnncalc.layers.base import Layer, Term, Weight, unchanged
from cnncalc.layers.saved import INPUT
from cnncalc.receptive_fields.reach import Reach, Scrambled
from cnncalc.tensor import Shape


class Embedding(Layer):
    """A table with a row per word: every integer of the input becomes its row.

    Shape: (...) to (..., output_dim). Keras's Embedding.
    """

    family = "data movement"
    ignored = frozenset({"mask_zero", "weights", "input_length"})
    example = "{input_dim: 10000, output_dim: 64}"
    primary = "input_dim"
    saved_for_backward = INPUT

    input_dim: Positive = required("size of the vocabulary, the largest integer of the input plus 1")
    output_dim: Positive = required("size of a row")

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return (*unchanged(x), Term("output_dim", {"output_dim": self.output_dim}))

    def weights(self, x: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", "input_dim*output_dim"),)

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"input_dim": self.input_dim, "output_dim": self.output_dim}

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Scrambled("it makes positions of its input's channels")
