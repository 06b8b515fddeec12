"""YAML text as a tree with places: what is read, where it stands, and what is refused in which words."""

from __future__ import annotations

import gc
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import Diagnostic, Source, Span, SpecError
from cnncalc.spec import yaml_text
from cnncalc.spec.placed import MAX_ALIASED_VALUES, MAX_DEPTH, MAX_VALUES, Placed
from cnncalc.spec.source_text import MAX_SOURCE_BYTES, decode
from cnncalc.spec.yaml_text import read_yaml

SPEC = """\
name: LeNet-5   # a comment
input: [32, 32, 1]
layers:
  - Conv2D: {filters: 6, kernel_size: 5, activation: tanh}
  - Flatten
"""


def parse(text: str) -> Placed:
    return read_yaml(Source("spec.yaml", text))


def refusals(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecError) as error:
        parse(text)
    return error.value.diagnostics


def refusal(text: str) -> Diagnostic:
    (diagnostic,) = refusals(text)
    return diagnostic


def plain(placed: Placed) -> object:
    """The value as Python data."""
    return placed.plain_value()


def place(span: Span | None) -> tuple[int, int, int, int]:
    assert span is not None
    return span.line, span.column, span.end_line, span.end_column


def shown(span: Span | None) -> str:
    """What a span of one line covers in its source."""
    assert span is not None
    assert span.line == span.end_line
    return span.source.lines[span.line - 1][span.column - 1 : span.end_column - 1]


def scalars(placed: Placed) -> list[Placed]:
    """The scalars that are no keys, in their order."""
    if placed.is_scalar:
        return [placed]
    entries = placed.value if isinstance(placed.value, list) else placed.value.values()  # type: ignore[union-attr]
    return [scalar for entry in entries for scalar in scalars(entry)]


def keys(placed: Placed) -> dict[str, Span | None]:
    """Every key with its place, those inside included."""
    if isinstance(placed.value, list):
        return {name: span for entry in placed.value for name, span in keys(entry).items()}
    if not isinstance(placed.value, dict):
        return {}
    own = {name: entry.key for name, entry in placed.value.items()}
    return own | {name: span for entry in placed.value.values() for name, span in keys(entry).items()}


# What is read


def test_a_spec() -> None:
    assert plain(parse(SPEC)) == {
        "name": "LeNet-5",
        "input": [32, 32, 1],
        "layers": [{"Conv2D": {"filters": 6, "kernel_size": 5, "activation": "tanh"}}, "Flatten"],
    }


def test_what_yaml_1_1_would_misread_is_read_as_yaml_1_2_says() -> None:
    text = "[no, on, 017, 12:30, 1e-3, 0x1F, 0o17, 1.5, ~, true]"

    assert plain(parse(text)) == ["no", "on", 17, "12:30", Fraction(1, 1000), 31, 15, Fraction(3, 2), None, True]


def test_what_is_quoted_is_a_text() -> None:
    tree = parse("""[6, "6", '6', "null", ""]""")

    assert [(scalar.value, scalar.text, scalar.plain) for scalar in scalars(tree)] == [
        (6, "6", True),
        ("6", "6", False),
        ("6", "6", False),
        ("null", "null", False),
        ("", "", False),
    ]


def test_texts_over_several_lines() -> None:
    assert plain(parse("a: |\n  x\n  y\nb: >\n  x\n  y\nc: x\n  y\n")) == {"a": "x\ny\n", "b": "x y\n", "c": "x y"}


def test_a_key_is_known_by_its_text() -> None:
    assert plain(parse("1: a\nno: b\nnull: c\n0x1: d\n")) == {"1": "a", "no": "b", "null": "c", "0x1": "d"}


def test_json_is_yaml() -> None:
    assert plain(parse('{\n\t"a": [1, null, true],\n\t"b":{"c":"\\u00e9\\/"}\n}\n')) == {
        "a": [1, None, True],
        "b": {"c": "é/"},
    }


def test_one_document_may_have_its_markers() -> None:
    assert plain(parse("%YAML 1.2\n---\na: 1\n...\n")) == {"a": 1}


def test_text_that_runs_from_right_to_left_is_read() -> None:
    assert plain(parse("name: \u202eteNeL\u202c שלום")) == {"name": "\u202eteNeL\u202c שלום"}


def test_the_parser_without_libyaml_gives_the_same_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SPEC + "\"é\": |\n  😀\n  x\n? 'k'\n: &a [1, 2]\nagain: *a\n"
    placed = parse(text)
    monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)

    assert plain(parse(text)) == plain(placed)
    assert [scalar.span for scalar in scalars(parse(text))] == [scalar.span for scalar in scalars(placed)]
    assert keys(parse(text)) == keys(placed)
    assert refusal('a: "\\UFFFFFFFF"').id == "invalid-yaml"
    assert refusal("a: {b: 1").id == "unclosed-bracket"


def test_collecting_cycles_goes_on_as_before() -> None:
    parse(SPEC)
    assert gc.isenabled()
    refusal("a: {")
    assert gc.isenabled()


# Where it stands


def test_keys_and_scalars_know_their_place() -> None:
    # Counted by hand in SPEC: lines and columns from 1, the end exclusive.
    places = {scalar.text: place(scalar.span) for scalar in scalars(parse(SPEC))}

    assert place(keys(parse(SPEC))["name"]) == (1, 1, 1, 5)
    assert place(keys(parse(SPEC))["Conv2D"]) == (4, 5, 4, 11)
    assert places["LeNet-5"] == (1, 7, 1, 14)
    assert places["tanh"] == (4, 54, 4, 58)
    assert places["Flatten"] == (5, 5, 5, 12)


def test_lists_and_mappings_know_where_they_start() -> None:
    entries = parse(SPEC).value
    assert isinstance(entries, dict)
    layers = entries["layers"]
    assert isinstance(layers.value, list)

    assert place(entries["input"].span) == (2, 8, 2, 19)
    assert shown(entries["input"].span) == "[32, 32, 1]"
    assert place(layers.span)[:2] == (4, 3)
    assert place(layers.value[0].span)[:2] == (4, 5)


@pytest.mark.parametrize(
    "text",
    ["é: 日本\n😀: [ab, c😀d]\n'ü': \"ß\"\n", "\ufeffé: ab\nc: 1\n", "é: ab\r\nc: 1\r\n", "# é😀\ra: b\r\rc: 1\r"],
    ids=["other scripts", "byte order mark", "Windows line ends", "old Macintosh line ends"],
)
def test_places_count_characters_as_an_editor_does(text: str) -> None:
    for source in (Source("f", text), decode(text.encode(), "f")):
        for scalar in scalars(read_yaml(source)):
            assert shown(scalar.span).strip("'\"") == scalar.text


def test_a_quoted_text_is_placed_with_its_quotes() -> None:
    assert [shown(scalar.span) for scalar in scalars(parse("[ab, 'ab', \"ab\"]"))] == ["ab", "'ab'", '"ab"']


# Aliases


def test_an_alias_repeats_plain_data() -> None:
    tree = parse("a: &shape [3, 3]\nb: *shape\n? &k c\n: 1\nd: *k\n")

    assert plain(tree) == {"a": [3, 3], "b": [3, 3], "c": 1, "d": "c"}


def test_aliases_are_counted_as_if_they_were_copied() -> None:
    nine = ", ".join("x" * 9)  # A list of nine: ten nodes; nine such lists: 91 nodes; nine of those: 820.
    text = f"a: &a [{nine}]\nb: &b [{', '.join(['*a'] * 9)}]\nc: &c [{', '.join(['*b'] * 9)}]\nd: "
    # 9 * 10 + 9 * 91 = 909 nodes are repeated up to here, so that 9,091 are left: eleven times 820 are 9,020.
    assert MAX_ALIASED_VALUES == 10_000
    parse(text + f"[{', '.join(['*c'] * 11)}]")

    diagnostic = refusal(text + f"[{', '.join(['*c'] * 12)}]")

    assert diagnostic.id == "too-many-aliases"
    assert diagnostic.expected == "at most 10,000 repeated values, lists and mappings"
    assert place(diagnostic.span)[0] == 4


def test_a_billion_laughs_are_not_funny() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]

    assert refusal("\n".join(lines)).id == "too-many-aliases"


def test_aliases_do_not_nest_deeper_than_brackets() -> None:
    half = MAX_DEPTH // 2 + 1

    diagnostic = refusal(f"- &a {'[' * half}{']' * half}\n- {'[' * half}*a{']' * half}\n")

    assert diagnostic.id == "nesting-too-deep"


# Whatever a file holds


def test_nesting_up_to_the_limit() -> None:
    assert plain(parse("[" * MAX_DEPTH + "]" * MAX_DEPTH))
    assert refusal("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).id == "nesting-too-deep"


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[{a: ", "{a: [", "- a:\n"])
def test_deep_nesting_never_meets_a_recursion_limit(opening: str) -> None:
    text = opening * 200_000
    if opening == "- a:\n":
        text = "".join(" " * (2 * depth) + opening for depth in range(1000))

    diagnostic = refusal(text)

    assert diagnostic.id == "nesting-too-deep"
    assert diagnostic.expected == f"at most {MAX_DEPTH} lists and mappings inside each other"


@pytest.mark.slow
def test_fifty_thousand_layers_one_by_one_are_read() -> None:
    text = "layers:\n" + "  - Conv2D: {filters: 6, kernel_size: 5}\n" * 50_000

    entries = parse(text).value

    assert isinstance(entries, dict)
    assert len(entries["layers"].value) == 50_000  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("item", ["- a\n", "[],"])
def test_more_values_than_the_limit_are_refused(item: str) -> None:
    text = item * (MAX_VALUES + 1)

    diagnostic = refusal("[" + text + "]" if item.endswith(",") else text)

    assert diagnostic.id == "too-many-values"
    assert diagnostic.found == "more than 600,000"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "end", "id"),
    [
        (": ", "", "invalid-yaml"),
        ("&a ", "", "invalid-yaml"),
        ('"', "", "invalid-yaml"),
        ("''", "'", "unclosed-quote"),
        ("%", "", "invalid-yaml"),
        ("%TAG ! x\n", "", "tag"),
        ("\t", "", "empty-document"),
        ("#\n", "", "empty-document"),
        ("\n", "", "empty-document"),
        ("---\n", "", "several-documents"),
        ("]", "", "unclosed-bracket"),
        ("- *x\n", "", "undefined-alias"),
        ("a: b\n", "c: d: e", "too-many-values"),
        ("#\n", "a: b: c", "second-colon"),
        ("x", ": 1", "invalid-yaml"),
        ("x ", "\n  y: 1", "indentation"),
    ],
    ids=ascii,
)
def test_megabytes_of_the_same_end_in_a_short_diagnostic(unit: str, end: str, id: str) -> None:
    text = unit * ((MAX_SOURCE_BYTES - len(end)) // len(unit)) + end

    for diagnostic in refusals(text):
        assert diagnostic.id == id
        assert len(diagnostic.message) + len(diagnostic.found or "") + len(diagnostic.suggestion or "") < 400


def test_a_text_beyond_the_limit_is_refused_wherever_it_comes_from() -> None:
    assert refusal(" " * (MAX_SOURCE_BYTES + 1)).id == "file-too-large"


def test_names_of_a_million_characters_are_shortened() -> None:
    long = "x" * 1_000_000

    for text in (
        f"a: *{long}",
        f"a: !{long} 1",
        f"? {long}\n: 1\n? {long}\n: 2\n",
        f"{{{long}:1}}",
        f"{{a: ({long}, 1)}}",
    ):
        diagnostic = refusal(text)
        assert len(diagnostic.message) + len(diagnostic.found or "") + len(diagnostic.suggestion or "") < 400


MARKS = ["- ", "? ", ": ", ":", "{", "}", "[", "]", ",", "'", '"', "&a ", "*a", "!x ", "!%C0%80 ", "%TAG !", "> ", "@"]
WORDS = ["#c", "(3, 3)", "61,706", "a", "Conv2D", "x: 6", "<<: ", '"\\ud800"', "é"]
CONTROLS = ["\n", "\n  ", "---\n", "|\n", "\t", "\r\n", "\u00a0", "\0"]


def diagnostics_of(text: str) -> tuple[Diagnostic, ...]:
    try:
        parse(text)
    except SpecError as error:
        return error.diagnostics
    return ()


@given(st.lists(st.sampled_from(MARKS + WORDS + CONTROLS), max_size=15).map("".join) | st.text(max_size=30))
def test_any_text_is_a_tree_or_diagnostics_that_point_into_it(text: str) -> None:
    diagnostics = diagnostics_of(text)

    assert len(diagnostics) <= 10
    for diagnostic in diagnostics:
        line, column, end_line, end_column = place(diagnostic.span)
        assert diagnostic.span is not None
        lines = [*diagnostic.span.source.lines, ""]
        assert line == 0 or column <= len(lines[line - 1]) + 1
        assert (line, column) <= (end_line, end_column)
