"""Plain Python data as a tree: the same as from YAML, and a path where something is wrong."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import Diagnostic, Source, SpecError
from cnncalc.spec.yaml_tree import MAX_DEPTH, Mapping, Scalar, Sequence, Tree, parse_yaml, tree_from_value


def refusal(value: object) -> Diagnostic:
    with pytest.raises(SpecError) as error:
        tree_from_value(value)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.span is not None
    assert diagnostic.span.source.file == "<dict>"
    return diagnostic


def test_scalars() -> None:
    assert tree_from_value(None) == Scalar(None, "null", True, None)
    assert tree_from_value(True) == Scalar(True, "true", True, None)
    assert tree_from_value(6) == Scalar(6, "6", True, None)
    assert tree_from_value("6") == Scalar("6", "6", False, None)
    assert tree_from_value(0.1) == Scalar(Fraction(1, 10), "0.1", True, None)
    assert tree_from_value(1e300) == Scalar(Fraction(10**300), "1e+300", True, None)
    assert tree_from_value(-math.inf) == Scalar(-math.inf, "-.inf", True, None)


def test_not_a_number() -> None:
    tree = tree_from_value(math.nan)

    assert isinstance(tree, Scalar)
    assert isinstance(tree.value, float)
    assert math.isnan(tree.value)
    assert tree.text == ".nan"


def test_there_are_never_more_than_ten_problems() -> None:
    with pytest.raises(SpecError) as error:
        tree_from_value([{n: 1} for n in range(20)])

    assert len(error.value.diagnostics) == 10


def test_containers() -> None:
    assert tree_from_value({"a": [1, (2,)], "b": {}}) == Mapping(
        (
            (
                Scalar("a", "a", False, None),
                Sequence(
                    (Scalar(1, "1", True, None), Sequence((Scalar(2, "2", True, None),), False, None)), False, None
                ),
            ),
            (Scalar("b", "b", False, None), Mapping((), False, None)),
        ),
        False,
        None,
    )


def plain(tree: Tree) -> object:
    """The tree as Python data, with the texts of the keys."""
    if isinstance(tree, Scalar):
        return tree.value
    if isinstance(tree, Sequence):
        return [plain(item) for item in tree.items]
    return {key.text: plain(value) for key, value in tree.entries}


texts = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"))
scalars = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))


@given(values)
def test_json_gives_the_same_tree_as_yaml_or_as_data(value: object) -> None:
    tree = tree_from_value(value)

    assert plain(tree) == value
    assert plain(parse_yaml(Source("f", json.dumps(value, ensure_ascii=False)))) == value


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
        tree_from_value([object(), 1, {2: 3}, 10**18])

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
    assert tree_from_value(10**18 - 1) == Scalar(10**18 - 1, "9" * 18, True, None)


def test_what_contains_itself_is_refused() -> None:
    options: dict[str, object] = {}
    options["branches"] = [options]

    diagnostic = refusal({"layers": [options]})

    assert diagnostic.id == "self-reference"
    assert diagnostic.message == "the value at layers[0].branches[0] contains itself"


def test_the_same_list_twice_is_no_self_reference() -> None:
    shared = [1]

    assert plain(tree_from_value([shared, shared])) == [[1], [1]]


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_deep_nesting_is_refused_and_never_meets_a_recursion_limit() -> None:
    assert isinstance(tree_from_value(nested(MAX_DEPTH)), Sequence)
    assert refusal(nested(MAX_DEPTH + 1)).id == "nesting-too-deep"
    assert refusal(nested(100_000)).id == "nesting-too-deep"


def test_lists_that_share_lists_do_not_explode() -> None:
    value: list[object] = []
    for _ in range(40):
        value = [value, value]  # 2**40 values if copied

    assert refusal(value).id == "too-many-values"


@pytest.mark.parametrize("text", ["\x1b[31m", "\0", "\ud800"])
def test_control_characters_are_refused_in_texts_and_keys(text: str) -> None:
    assert refusal({"name": text}).id == "control-character"
    assert refusal({text: 1}).id == "control-character"
