"""The types of layers' arguments: what each may be, and the forms in which a spec may write it.

A type is an alias: what pydantic checks, a validator that reads the forms which people write, and `Expected`, the
words for messages. `cnncalc.layers.validation` makes messages of what pydantic finds.
"""

from fractions import Fraction
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BeforeValidator, Discriminator, Field, InstanceOf, Tag, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from cnncalc.errors import Problem, nearest
from cnncalc.layers.costs import ACTIVATION_ALIASES, ACTIVATION_COSTS
from cnncalc.layers.equation import parse_equation
from cnncalc.layers.values import MAX_INTEGER, compute, read_sizes, show_value


class Expected(NamedTuple):
    """What an argument must be, in words that end the sentence "... must be"."""

    words: str


class DefaultWords(NamedTuple):
    """How a default of null comes about, for the reference: `null: the pool_size`."""

    words: str


def argument(default: object, description: str) -> Any:
    """Declares an argument with a default, which is written as in a spec."""
    return Field(default, description=description)


def required(description: str) -> Any:
    """Declares an argument without a default."""
    return Field(description=description)


def refusal(value: object, expected: str, suggestion: str | None = None) -> PydanticCustomError:
    """Returns the error of a validator that does not take a value."""
    context = {"expected": expected, "found": show_value(value), "suggestion": suggestion}
    return PydanticCustomError("bad-value", "must be {expected}, not {found}", context)


def refused_inside(problem: Problem, kind: str) -> PydanticCustomError:
    """Returns the error of a validator that does not take a layer of this kind inside of another one."""
    return PydanticCustomError("inner-layer", "{problem}", {"problem": problem, "kind": kind})


# Numbers --------------------------------------------------------------------------------------------------------


def computed(value: object) -> object:
    """Computes arithmetic (`4*16`). Raises: PydanticCustomError: if an integer has more than 18 digits."""
    value = compute(value)
    if isinstance(value, int) and abs(value) >= MAX_INTEGER:
        raise refusal(value, "an integer of at most 18 digits")
    return value


def as_fraction(value: object) -> object:
    """Computes arithmetic, and makes a fraction of an integer."""
    value = compute(value)
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else value


Integer = Annotated[int, BeforeValidator(computed), Expected("an integer")]
FromMinusOne = Annotated[int, Field(ge=-1), BeforeValidator(computed), Expected("an integer of at least -1")]
NonNegative = Annotated[int, Field(ge=0), BeforeValidator(computed), Expected("an integer of at least 0")]
Positive = Annotated[int, Field(ge=1), BeforeValidator(computed), Expected("a positive integer")]
Boolean = Annotated[bool, BeforeValidator(computed), Expected("true or false")]

_Fraction = Annotated[InstanceOf[Fraction], BeforeValidator(as_fraction)]
Number = Annotated[_Fraction, WithJsonSchema({"type": "number"}), Expected("a number")]
"""No figure depends on one; it is checked so that a slip is seen."""
NonNegativeNumber = Annotated[
    _Fraction, Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0}), Expected("a number of at least 0")
]
PositiveNumber = Annotated[
    _Fraction, Field(gt=0), WithJsonSchema({"type": "number", "exclusiveMinimum": 0}), Expected("a number above 0")
]
Share = Annotated[
    _Fraction,
    Field(ge=0, le=1),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
    Expected("a number from 0 to 1"),
]

# Words ----------------------------------------------------------------------------------------------------------


def small_letters(value: object) -> object:
    """Reads a word in capitals or small letters."""
    return value.lower() if isinstance(value, str) else value


InterpolationName = Annotated[
    Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
    BeforeValidator(small_letters),
    Expected("nearest, bilinear, bicubic, lanczos3 or lanczos5"),
]
VolumeInterpolationName = Annotated[
    Literal["nearest", "trilinear"], BeforeValidator(small_letters), Expected("nearest or trilinear")
]


def activation_name(value: object) -> object:
    """Reads an activation by one of its names in Keras; null is `linear`. Raises: PydanticCustomError."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        name = ACTIVATION_ALIASES.get(value, value)
        if name in ACTIVATION_COSTS:
            return name
        if value == "glu":
            # Keras announces the unchanged shape for it, but what runs has half the channels.
            hint = "write it out: two ChannelSlice, a sigmoid behind the second, and Multiply"
            raise refusal(value, "an activation that keeps the shape (glu halves the channels)", hint)
        raise refusal(value, _ACTIVATION, nearest(value, [*ACTIVATION_COSTS, *ACTIVATION_ALIASES]))
    return value


_ACTIVATION: Final = "the name of an activation, such as relu, tanh or softmax"
ActivationName = Annotated[
    str,
    BeforeValidator(activation_name),
    WithJsonSchema({"enum": [*ACTIVATION_COSTS, *ACTIVATION_ALIASES, None]}),
    Expected(_ACTIVATION),
]


def equation(value: object) -> object:
    """Reads the equation of an Einstein sum. Raises: PydanticCustomError."""
    if isinstance(value, str) and parse_equation(value) is None:
        hint = "say what comes out: bqd,bkd->bqk" if "->" not in value else None
        raise refusal(value, _EQUATION, hint)
    return value


_EQUATION: Final = "an equation with different letters for the axes, such as bqd,bkd->bqk"
Equation = Annotated[str, BeforeValidator(equation), Expected(_EQUATION)]

# Lists ----------------------------------------------------------------------------------------------------------


def rank_of(info: ValidationInfo) -> int:
    """Returns the layer's number of spatial axes, which stands in the context of the validation."""
    assert info.context is not None
    return int(info.context["rank"])


def one_per_axis(value: object, info: ValidationInfo) -> object:
    """Reads one size for all axes, or one per axis: `3`, `[3, 5]`, `3x5`. Raises: PydanticCustomError."""
    rank = rank_of(info)
    sizes = read_sizes(value)
    if sizes is None:
        return value if isinstance(value, dict) or value is None else (value,) * rank
    if len(sizes) != rank:
        integers = "1 integer" if rank == 1 else f"{rank} integers"
        raise refusal(value, f"an integer or a list of {integers} (one per axis)")
    return tuple(sizes)


def before_and_after(value: object) -> object:
    """Reads an integer, or `[before, after]`. Raises: PydanticCustomError."""
    pair = read_sizes(value)
    if pair is None:
        return value, value
    if len(pair) != 2:
        raise refusal(value, "an integer or [before, after] on each axis")
    return tuple(pair)


def pair_per_axis(value: object, info: ValidationInfo) -> object:
    """Reads an integer, or one entry per axis, each an integer or a pair. Raises: PydanticCustomError."""
    rank = rank_of(info)
    entries = read_sizes(value)
    if entries is None:
        is_text = isinstance(value, str) and not isinstance(compute(value), int)
        return value if isinstance(value, dict) or value is None or is_text else (value,) * rank
    if len(entries) != rank:
        hint = f"write [{show_value(entries)}]" if rank == 1 and len(entries) == 2 else None
        if len(entries) == 2 * rank > 2:
            hint = f"write {show_value([entries[at : at + 2] for at in range(0, 2 * rank, 2)])}"
        entry = "1 entry" if rank == 1 else f"{rank} entries"
        raise refusal(value, f"an integer or a list of {entry} (one per axis)", hint)
    return tuple(entries)


def margin_per_axis(value: object, info: ValidationInfo) -> object:
    """Reads as `pair_per_axis` does, but a list of two integers on one axis is `[before, after]`, as in Keras."""
    entries = read_sizes(value)
    is_pair = entries is not None and len(entries) == 2 and not any(isinstance(n, (list, tuple)) for n in entries)
    return (entries,) if is_pair and rank_of(info) == 1 else pair_per_axis(value, info)


def listed(value: object) -> object:
    """Reads a list; a single value is a list of one."""
    sizes = read_sizes(value)
    return (value,) if sizes is None else tuple(sizes)


Sizes = Annotated[tuple[Positive, ...], BeforeValidator(one_per_axis), Expected("a positive integer, or one per axis")]
SizesOrNull = Annotated[
    tuple[Positive | None, ...],
    BeforeValidator(one_per_axis),
    Expected("a positive integer, or one per axis; null keeps an axis as it is"),
]
SizesFromZero = Annotated[
    tuple[NonNegative, ...], BeforeValidator(one_per_axis), Expected("an integer of at least 0, or one per axis")
]
Pair = Annotated[
    tuple[NonNegative, NonNegative],
    BeforeValidator(before_and_after),
    Expected("an integer or [before, after] on each axis"),
]
"""What is added (or cropped) before and after, on one axis."""
_PAIRS: Final = Expected("an integer of at least 0, or one entry per axis, each an integer or [before, after]")
Pairs = Annotated[tuple[Pair, ...], BeforeValidator(pair_per_axis), _PAIRS]
Margins = Annotated[tuple[Pair, ...], BeforeValidator(margin_per_axis), _PAIRS]
Integers = Annotated[tuple[Integer, ...], BeforeValidator(listed), Expected("a list, each entry an integer")]
IntegersFromMinusOne = Annotated[
    tuple[FromMinusOne, ...], BeforeValidator(listed), Expected("a list, each entry an integer of at least -1")
]
AnyShape = Annotated[
    tuple[Positive | None, ...],
    Field(min_length=1),
    BeforeValidator(listed),
    Expected("a shape of at least one size, such as [7, 7, 64]: positive integers, or null for a size that is unknown"),
]
KnownShape = Annotated[
    tuple[Positive, ...],
    Field(min_length=1),
    BeforeValidator(listed),
    Expected("a shape of at least one size, such as [1, 768]: positive integers"),
]
IntegersFromOne = Annotated[
    tuple[Positive, ...], BeforeValidator(listed), Expected("a list, each entry a positive integer")
]

# Padding --------------------------------------------------------------------------------------------------------


def padding_form(value: object) -> object:
    """Reads a word in any case, or the number that a text computes."""
    if not isinstance(value, str):
        return value
    number = compute(value)
    return (read_sizes(value) or value.lower()) if isinstance(number, str) else number


PaddingWord = Annotated[Literal["same", "valid"], BeforeValidator(padding_form), Expected("same or valid")]


def _is_word(value: object) -> str:
    return "word" if isinstance(value, str) else "amounts"


_PADDING: Final = Expected("same, valid, an integer, or one entry per axis (an integer or [before, after])")
_Amounts = Annotated[Pairs, Tag("amounts"), _PADDING]
Padding = Annotated[
    Annotated[Literal["same", "valid"], Tag("word"), _PADDING] | _Amounts,
    Discriminator(_is_word),
    BeforeValidator(padding_form),
    _PADDING,
]
"""`same`, `valid`, or a pair per axis."""
CausalPadding = Annotated[
    Annotated[Literal["same", "valid", "causal"], Tag("word"), _PADDING] | _Amounts,
    Discriminator(_is_word),
    BeforeValidator(padding_form),
    _PADDING,
]

# Arrays ---------------------------------------------------------------------------------------------------------

_ARRAY: Final = "a number, or a list of numbers"
_DEEPEST: Final = 8


def array_sizes(value: object) -> tuple[int, ...]:
    """Reads a number or a (nested) list of numbers as its sizes: no figure depends on the numbers.

    Raises: PydanticCustomError.
    """
    return _array_sizes(value, _DEEPEST)


def _array_sizes(value: object, depth: int) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        if not isinstance(as_fraction(value), Fraction):
            raise refusal(value, _ARRAY)
        return ()
    sizes = {_array_sizes(entry, depth - 1) for entry in value} if depth else set()
    if len(sizes) != 1:
        raise refusal(value, _ARRAY)
    return (len(value), *sizes.pop())


NumberArray = Annotated[
    tuple[int, ...],
    BeforeValidator(array_sizes),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "minItems": 1}]}),
    Expected(_ARRAY),
]
