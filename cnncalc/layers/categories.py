"""Layers that make categories of words and numbers, before any arithmetic: whole numbers, or an entry for each one."""

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, WithJsonSchema

from cnncalc.errors import Problem
from cnncalc.formula import Symbol
from cnncalc.layers.arguments import Boolean, Expected, NonNegative, NumberArray, Positive, argument, refusal, required
from cnncalc.layers.base import Layer, Term, unchanged
from cnncalc.layers.saved import NOTHING
from cnncalc.receptive_fields.reach import Everything, Pointwise, Reach, Scrambled
from cnncalc.tensor import Shape, Size, shown_shape

MORE_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}
"""Keras's older names of what comes out."""


def output_mode(value: object) -> object:
    """Reads the name of what comes out, an older one too."""
    return MORE_NAMES.get(value, value) if isinstance(value, str) else value


def number_of_words(value: object) -> object:
    """Reads a list of words, or of integers, as how many they are. Raises: PydanticCustomError."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(word, (str, int)) for word in value):
        return len(value)
    hint = "give max_tokens and pad_to_max_tokens: true" if isinstance(value, str) else None
    raise refusal(value, "a list of words", hint)


Encoding = Annotated[Literal["one_hot", "multi_hot", "count"], BeforeValidator(output_mode), Expected(
    "one_hot, multi_hot or count")]  # fmt: skip
EncodingOrInteger = Annotated[
    Literal["int", "one_hot", "multi_hot", "count"],
    BeforeValidator(output_mode),
    Expected("int, one_hot, multi_hot or count"),
]
EncodingOfWords = Annotated[
    Literal["int", "one_hot", "multi_hot", "count", "tf_idf"],
    BeforeValidator(output_mode),
    Expected("int, one_hot, multi_hot, count or tf_idf"),
]
Vocabulary = Annotated[
    int,
    BeforeValidator(number_of_words),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}}),
    Expected("a list of words"),
]


class Categorical(Layer):
    """What all of them share: a category for each element, as a whole number or as an entry of 1 among `depth`.

    `one_hot` gives every element a list of `depth` entries (of a last axis of size 1 it replaces that axis); the others
    gather the last axis in one list.
    """

    family = "data movement"
    saved_for_backward = NOTHING
    uncounted = "how a category is found is no arithmetic"
    profiled = {}

    def mode(self) -> str:
        """Returns what comes out: `int`, `one_hot`, or a list for the whole last axis."""
        raise NotImplementedError

    def depth(self) -> Size:
        """Returns the number of categories; `None` if it is not known."""
        raise NotImplementedError

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        if self.mode() == "int":
            return unchanged(x)
        lead = x if self.mode() == "one_hot" and x[-1] != 1 else x[:-1]
        return (*unchanged(lead), Term("depth", {"depth": self.depth()}))

    def symbols(self, x: Shape, y: Shape) -> dict[str, Symbol]:
        return super().symbols(x, y) | {"depth": self.depth()}

    def flops(self, x: Shape) -> None:
        return None

    def reach(self, x: Shape, y: Shape) -> Reach:
        if self.mode() == "int" or (len(x) == len(y) > 1):
            return Pointwise()
        return Everything() if len(y) == 1 else Scrambled("it makes positions of its input's channels")


class CategoryEncoding(Categorical):
    """Makes of whole numbers lists with an entry for each category.

    Shape: (..., n) to (..., num_tokens), or with `one_hot` to (..., n, num_tokens). Keras's CategoryEncoding.
    """

    example = "{num_tokens: 10, output_mode: one_hot}"
    primary = "num_tokens"
    ignored = frozenset({"sparse"})

    num_tokens: Positive = required("number of categories")
    output_mode: Encoding = argument("multi_hot", "what comes out: one_hot, multi_hot or count")

    def mode(self) -> str:
        return self.output_mode

    def depth(self) -> Size:
        return self.num_tokens


class Discretization(Categorical):
    """Finds the interval in which a number lies.

    Shape: unchanged with `output_mode: int`, otherwise as CategoryEncoding. Keras's Discretization.
    """

    example = "{bin_boundaries: [0, 1, 2]}"
    primary = "bin_boundaries"
    ignored = frozenset({"sparse"})

    bin_boundaries: NumberArray | None = argument(None, "where the intervals meet")
    num_bins: Positive | None = argument(None, "number of intervals, found in the data")
    output_mode: EncodingOrInteger = argument("int", "what comes out: int, one_hot, multi_hot or count")

    def check(self) -> None:
        if self.bin_boundaries is not None and len(self.bin_boundaries) > 1:
            raise Problem(
                "bad-value",
                "bin_boundaries of Discretization must be a list of numbers",
                expected="a list of numbers",
                found="lists in a list",
                argument="bin_boundaries",
                suggestion="bin_boundaries: [0, 1, 2] makes 4 intervals",
            )
        if (self.bin_boundaries is None) == (self.num_bins is None):
            both = self.num_bins is not None
            raise Problem(
                "bad-value",
                f"Discretization takes bin_boundaries or num_bins, {'not both' if both else 'and has neither'}",
                expected="one of bin_boundaries and num_bins",
                found="both" if both else "neither",
                argument="num_bins" if both else None,
                suggestion="Discretization: {bin_boundaries: [0, 1, 2]}",
            )

    def mode(self) -> str:
        return self.output_mode

    def depth(self) -> Size:
        return self.num_bins if self.bin_boundaries is None else prod(self.bin_boundaries) + 1


class Hashing(Categorical):
    """Puts words or numbers into bins, by a hash.

    Shape: unchanged with `output_mode: int`, otherwise (..., num_bins). Keras's Hashing.
    """

    example = "{num_bins: 100}"
    primary = "num_bins"
    ignored = frozenset({"mask_value", "salt", "sparse"})

    num_bins: Positive = required("number of bins")
    output_mode: EncodingOrInteger = argument("int", "what comes out: int, one_hot, multi_hot or count")

    def mode(self) -> str:
        return self.output_mode

    def depth(self) -> Size:
        return self.num_bins

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        return unchanged(x) if self.mode() == "int" else (*unchanged(x[:-1]), Term("depth", {"depth": self.depth()}))


class Lookup(Categorical):
    """What the layers with a vocabulary share: each word becomes its number, unknown ones one of a few."""

    known_oov_indices: ClassVar[int] = 1
    """Numbers for unknown words, if no argument says how many."""

    max_tokens: Positive | None = argument(None, "largest size of the vocabulary, unknown words included")
    vocabulary: Vocabulary | None = argument(None, "the words, if they are not found in the data")
    output_mode: EncodingOfWords = argument("int", "what comes out: int, one_hot, multi_hot, count or tf_idf")
    pad_to_max_tokens: Boolean = argument(False, "whether lists have max_tokens entries, however few words there are")

    def oov_indices(self) -> int:
        """Returns how many numbers stand for unknown words."""
        return self.known_oov_indices

    def check(self) -> None:
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise Problem(
                "bad-value",
                f"pad_to_max_tokens of {self.kind} needs max_tokens",
                expected="max_tokens beside it",
                found="none",
                argument="pad_to_max_tokens",
                suggestion=f"{self.kind}: {{max_tokens: 1000, pad_to_max_tokens: true, ...}}",
            )
        if self.output_mode != "int" and self.depth() is None:
            raise Problem(
                "bad-value",
                f"{self.kind} makes lists of as many entries as its vocabulary has, which is not known",
                expected="a vocabulary, or max_tokens and pad_to_max_tokens: true",
                found=f"output_mode: {self.output_mode} without them",
                argument="output_mode",
                suggestion="add pad_to_max_tokens: true" if self.max_tokens else "add vocabulary: [first, second]",
            )

    def mode(self) -> str:
        return self.output_mode

    def depth(self) -> Size:
        if self.pad_to_max_tokens:
            return self.max_tokens
        return None if self.vocabulary is None else self.vocabulary + self.oov_indices()


class StringLookup(Lookup):
    """Makes of each word its number in a vocabulary, or the other way round.

    Shape: unchanged with `output_mode: int`, otherwise as CategoryEncoding. Keras's StringLookup.
    """

    example = "{vocabulary: [cat, dog]}"
    primary = "vocabulary"
    ignored = frozenset({"mask_token", "oov_token", "idf_weights", "invert", "sparse", "encoding", "salt"})

    num_oov_indices: NonNegative = argument(1, "numbers for words that are not in the vocabulary")

    def oov_indices(self) -> int:
        return self.num_oov_indices


class IntegerLookup(Lookup):
    """Makes of each whole number its place in a vocabulary, or the other way round.

    Shape: unchanged with `output_mode: int`, otherwise as CategoryEncoding. Keras's IntegerLookup.
    """

    example = "{vocabulary: [10, 20]}"
    primary = "vocabulary"
    ignored = frozenset(
        {"mask_token", "oov_token", "idf_weights", "invert", "sparse", "vocabulary_dtype", "oov_method", "salt"}
    )

    num_oov_indices: NonNegative = argument(1, "numbers for those that are not in the vocabulary")

    def oov_indices(self) -> int:
        return self.num_oov_indices


class TextVectorization(Lookup):
    """Makes of a text the numbers of its words, or a list with an entry for each word of the vocabulary.

    Shape: one text, (1,), to (output_sequence_length,), unknown unless given; otherwise to a list of the vocabulary's
    size. Keras's TextVectorization.
    """

    example = "{max_tokens: 1000, output_sequence_length: 50}"
    example_inputs = ((1,),)
    primary = "max_tokens"
    ignored = frozenset({"standardize", "split", "ngrams", "idf_weights", "sparse", "ragged", "encoding"})

    output_sequence_length: Positive | None = argument(None, "how many words of a text are kept; null: all")

    def check_input(self, x: Shape) -> None:
        if x != (1,):
            raise Problem(
                "wrong-rank",
                f"TextVectorization reads one text, but its input has shape {shown_shape(x)}",
                expected="1",
                found=shown_shape(x),
                suggestion="a text is one element: input: 1",
            )

    def output_terms(self, x: Shape) -> tuple[Term, ...]:
        if self.mode() == "int":
            return (Term("target", {"target": self.output_sequence_length}),)
        return (Term("depth", {"depth": self.depth()}),)

    def reach(self, x: Shape, y: Shape) -> Reach:
        return Everything()
