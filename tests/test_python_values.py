"""Plain Python data as a tree: the same as from YAML, and a path where something is wrong."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import Diagnostic, Source, SpecError
from cnncalc.spec.placed import MAX_DEPTH
from cnncalc.spec.python_values import read_python
from cnncalc.spec.yaml_text import read_yaml


def refusal(value: object) -> Diagnostic:
    with pytest.raises(SpecError) as error:
        read_python(value)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.span is not None
    assert diagnostic.span.source.file == "<dict>"
    return diagnostic


@pytest.mark.parametrize(
    ("value", "read", "text", "plain"),
    [
        (None, None, "null", True),
        (True, True, "true", True),
        (6, 6, "6", True),
        ("6", "6", "6", False),
        (0.1, Fraction(1, 10), "0.1", True),
        (1e300, Fraction(10**300), "1e+300", True),
        (-math.inf, -math.inf, "-.inf", True),
    ],
)
def test_scalars(value: object, read: object, text: str, plain: bool) -> None:
    placed = read_python(value)
    assert (placed.value, placed.text, placed.plain) == (read, text, plain)
    assert type(placed.value) is type(read)


def test_not_a_number() -> None:
    placed = read_python(math.nan)
    assert isinstance(placed.value, float)
    assert math.isnan(placed.value)
    assert placed.text == ".nan"


def test_there_are_never_more_than_ten_problems() -> None:
    with pytest.raises(SpecError) as error:
        read_python([{n: 1} for n in range(20)])

    assert len(error.value.diagnostics) == 10


def test_containers_of_every_kind() -> None:
    value = MappingProxyType({"a": [1, (2,)], "b": {}, "c": range(2)})
    assert read_python(value).plain_value() == {"a": [1, [2]], "b": {}, "c": [0, 1]}


def test_places_are_paths() -> None:
    placed = read_python({"layers": ["Flatten", {"Conv2D": {"filters": 6}}]})
    filters = placed.value["layers"].value[1].value["Conv2D"].value["filters"]  # type: ignore[index,call-overload,union-attr]
    assert filters.span.path == "layers[1].Conv2D.filters"


texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"))
scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))


@given(values)
def test_json_gives_the_same_tree_as_yaml_or_as_data(value: object) -> None:
    assert read_python(value).plain_value() == value
    assert read_yaml(Source("f", json.dumps(value, ensure_ascii=False))).plain_value() == value


def test_what_no_file_could_hold_is_refused_with_its_path() -> None:
    diagnostic = refusal({"layers": ["Flatten", {"Conv2D": {"filters": {1, 2}}}]})

    assert diagnostic.id == "unsupported-type"
    assert diagnostic.message == "the value at layers[1].Conv2D.filters is of type set, which a file could not hold"


def test_a_path_quotes_what_is_no_name_and_stays_short() -> None:
    assert 'the value at layers["a b"][0]' in refusal({"layers": {"a b": [object()]}}).message
    assert len(refusal({"x" * 1_000_000: object()}).message) < 200


def test_a_key_must_be_a_text() -> None:
    diagnostic = refusal({"layers": [{3: "x"}]})

    assert (diagnostic.id, diagnostic.message) == ("key-not-text", "a key at layers[0][3] is of type int")


def test_several_problems_come_together() -> None:
    with pytest.raises(SpecError) as error:
        read_python([object(), 1, {2: 3}, 10**18])

    assert [d.id for d in error.value.diagnostics] == ["unsupported-type", "key-not-text", "number-too-long"]


@pytest.mark.parametrize("value", [10**18, -(10**18), 10**5000], ids=["19 digits", "negative", "5001 digits"])
def test_a_long_integer_is_refused(value: int) -> None:
    diagnostic = refusal({"filters": value})

    assert diagnostic.id == "number-too-long"
    assert "at filters is too long" in diagnostic.message
    assert diagnostic.expected == "an integer of at most 18 digits"


def test_the_digits_of_a_huge_integer_are_counted_without_printing_it() -> None:
    assert refusal(10**5000).found == "5,001 digits"


def test_the_longest_integer_is_read() -> None:
    assert read_python(10**18 - 1).value == 10**18 - 1


def test_what_contains_itself_is_refused() -> None:
    options: dict[str, object] = {}
    options["branches"] = [options]

    diagnostic = refusal({"layers": [options]})

    assert diagnostic.id == "self-reference"
    assert diagnostic.message == "the value at layers[0].branches[0] contains itself"


def test_the_same_list_twice_is_no_self_reference() -> None:
    shared = [1]

    assert read_python([shared, shared]).plain_value() == [[1], [1]]


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_deep_nesting_is_refused_and_never_meets_a_recursion_limit() -> None:
    assert isinstance(read_python(nested(MAX_DEPTH)).value, list)
    assert refusal(nested(MAX_DEPTH + 1)).id == "nesting-too-deep"
    assert refusal(nested(100_000)).id == "nesting-too-deep"


@pytest.mark.slow
def test_lists_that_share_lists_do_not_explode() -> None:
    value: list[object] = []
    for _ in range(40):
        value = [value, value]  # 2**40 values if copied

    assert refusal(value).id == "too-many-values"


@pytest.mark.parametrize("text", ["\x1b[31m", "\0", "\ud800"])
def test_control_characters_are_refused_in_texts_and_keys(text: str) -> None:
    assert refusal({"name": text}).id == "control-character"
    assert refusal({text: 1}).id == "control-character"
