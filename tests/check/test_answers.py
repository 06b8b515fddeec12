"""Answer sheets: every way to write one, and a diagnostic with a place for whatever is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.errors import AnswersError, Source
from cnncalc.marking.answers import SHOWN_ANSWER, Sheet, read_sheet, sheet_from_value
from cnncalc.marking.layer_names import Layers

LAYERS = Layers(["input", "conv2d", "pool", "block/conv2d", "flatten"], inputs=1)


def read(text: str, file: str = "anna.yaml") -> Sheet:
    return read_sheet(Source(file, text), LAYERS)


def answers(sheet: Sheet) -> list[tuple[int | None, str, object]]:
    return [(answer.index, answer.quantity.name, answer.written) for answer in sheet.answers]


def refused(text: str, file: str = "anna.yaml") -> list[tuple[str, int | None, int | None]]:
    """The ids and places of what is wrong with a sheet."""
    with pytest.raises(AnswersError) as error:
        read(text, file)
    assert all(diagnostic.span and diagnostic.span.source.file == file for diagnostic in error.value.diagnostics)
    places = [diagnostic.to_dict() for diagnostic in error.value.diagnostics]
    return [(str(place["id"]), place["line"], place["column"]) for place in places]  # type: ignore[misc]


ONE_SHEET = [(1, "params", "156"), (1, "output_shape", "28x28x6"), (4, "neurons", "400"), (None, "params", "61,706")]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.yaml", "conv2d:\n  params: 156\n  output_shape: 28x28x6\nflatten: {neurons: 400}\n"
                   "totals:\n  params: 61,706"),
        ("a.yaml", "1:\n  params: 156\n  output_shape: 28x28x6\n4: {neurons: 400}\ntotals: {params: '61,706'}"),
        ("a.yaml", "layers:\n- {params: 156, output_shape: 28x28x6}\n-\n-\n- {neurons: 400}\n"
                   "totals: {params: '61,706'}"),
        (
            "a.yaml",
            "- {layer: conv2d, type: Conv2D, Params: 156, Output shape: 28x28x6}\n"
            "- {layer: 4, neurons: 400}\n- {layer: totals, params: '61,706'}",
        ),
        ("a.json", '{"conv2d": {"params": 156, "output_shape": "28x28x6"}, "4": {"neurons": 400},\n'
                   '\t"totals": {"params": "61,706"}}'),
        ("a.csv", 'layer,params,output_shape,neurons\nconv2d,156,28x28x6\n4,,,400\ntotals,"61,706",,\n'),
        ("a.csv", "layer;type;params;output_shape;neurons\nconv2d;Conv2D;156;28x28x6\nflatten;;;;400\ntotal;;61,706\n"),
        ("a.tsv", "number\tparams\toutput_shape\tneurons\n1\t156\t28x28x6\t\n4\t\t\t400\ntotals\t61,706\n"),
        ("answers", "layer,params,output_shape,neurons\nconv2d (Conv2D),156,28x28x6,\n4,,,400\nTOTALS,\"61,706\"\n"),
        (
            "a.md",
            "# My answers\n\nHere they are:\n\n| layer | params | output_shape | neurons |\n|---|---:|:--|---|\n"
            "| `conv2d` | 156 | 28x28x6 | |\n| **4** | | | 400 |\n| totals | 61,706 |\n\n"
            "| other | table |\n|--|--|\n| x | 1 |\n",
        ),
        ("answers.txt", "| layer | params | output_shape | neurons |\n| conv2d | 156 | 28x28x6 | |\n| 4 | | | 400 |\n"
                        "| totals | 61,706 | | |\n"),
    ],
)  # fmt: skip
def test_every_way_to_write_the_same_sheet(file: str, text: str) -> None:
    assert [answer for answer in answers(read(text, file)) if answer[2] is not None] == ONE_SHEET


def test_in_order_without_names() -> None:
    assert answers(read("- params: 1\n- params: 2\n- params: 3")) == [(n, "params", str(n)) for n in (1, 2, 3)]
    assert answers(read("params,ops\n1,\n\n3,4\n", "a.csv")) == [
        (1, "params", "1"), (1, "ops", None), (2, "params", "3"), (2, "ops", "4"),
    ]  # fmt: skip


def test_lists_are_shapes_and_empty_values_are_blank() -> None:
    sheet = read("conv2d:\n  output_shape: [None, 28, 28, 6]\n  params:\n  ops: ''\nflatten:\n")
    assert answers(sheet) == [(1, "output_shape", ("None", "28", "28", "6")), (1, "params", None), (1, "ops", None)]


def test_both_conventions_may_be_asked_side_by_side() -> None:
    sheet = read("conv2d:\n  exact: {macs: 5, receptive_field: 5}\n  notes.ops: 7")
    assert [name for _, name, _ in answers(sheet)] == ["exact.macs", "exact.receptive_field", "notes.ops"]


def test_places() -> None:
    sheet = read('layer,params\nconv2d,"61,\n706"\npool,5\n', "a.csv")
    assert [(a.span.line, a.span.column) for a in sheet.answers if a.span] == [(2, 8), (4, 6)]
    sheet = read("| layer | params |\n|--|--|\n| pool |  `5`  |", "a.md")
    assert [(a.span.line, a.span.column, a.span.end_column) for a in sheet.answers if a.span] == [(3, 11, 14)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("conv2d: {colour: 3}", [("unknown-quantity", 1, 10)]),
        ("stem: {params: 3}\nhead: {params: 1}", [("unknown-layer", 1, 1), ("unknown-layer", 2, 1)]),
        ("9: {params: 3}", [("unknown-layer", 1, 1)]),
        ("0: {params: 3}", [("unknown-layer", 1, 1)]),
        ("conv2d: {params: 61,706}", [("torn-number", 1, 18)]),
        ("conv2d: {output_shape: (28, 28, 6)}", [("torn-at-comma", 1, 24)]),
        ("conv2d: 156", [("answers-not-mapping", 1, 9)]),
        ("156", [("answers-not-mapping", 1, 1)]),
        ("totals: {output_shape: 5}", [("unknown-quantity", 1, 10)]),
        ("conv2d: {params: 1234567890123456789}", [("number-too-long", 1, 18)]),
        ("", [("empty-document", None, None)]),
        ("conv2d:\n\tparams: 1", [("tab-indentation", 2, 1)]),
    ],
)
def test_what_is_wrong_with_a_yaml_sheet_is_said_with_its_place(
    text: str, found: list[tuple[str, int | None, int | None]]
) -> None:
    assert refused(text) == found


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("a.csv", "layer,params\nconv2d,61,706\n", [("too-many-cells", 2, 11)]),
        ("a.csv", "layer,colour\nconv2d,1\npool,3\n", [("unknown-quantity", 1, 7)]),
        # No header at all is one mistake, however many lines there are.
        ("a.csv", "conv2d,28x28x6,156\npool,14x14x6,0\nflatten,400,0\n", [("no-header", 1, 1)]),
        ("a.csv", "layer,params\n,5\n", [("unknown-layer", 2, 2)]),
        ("a.csv", 'layer,params\nconv2d,"61', [("unclosed-quote", 2, 8)]),
        ("a.csv", "", [("no-answers", None, None)]),
        ("a.csv", "layer,params\n", [("no-answers", None, None)]),
        ("a.csv", "layer,params\nconv2d,\x00\n", [("control-character", 2, 8)]),
        ("a.md", "| a | b |\n|--|--|\n| 1 | 2 |", [("no-answers-table", None, None)]),
        ("a.md", "nothing here", [("no-answers-table", None, None)]),
    ],
)
def test_what_is_wrong_with_a_table_is_said_with_its_place(
    file: str, text: str, found: list[tuple[str, int | None, int | None]]
) -> None:
    assert refused(text, file) == found


def test_a_table_has_so_many_cells_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.marking.tables.MAX_VALUES", 1000)
    assert refused("," * 2000, "a.csv") == [("too-many-values", 1, 1001)]


def test_a_suggestion_for_a_near_miss() -> None:
    with pytest.raises(AnswersError, match='did you mean "params"'):
        read("conv2d: {paramount: 3}")
    with pytest.raises(AnswersError, match='did you mean "flatten"'):
        read("flat: {params: 3}")


@pytest.mark.parametrize(
    ("text", "answer", "note"),
    [
        ("convv2d: {params: 3}", (1, "params", "3"), '"convv2d" was read as the layer conv2d'),
        ("Conv2D: {params: 3}", (1, "params", "3"), '"Conv2D" was read as the layer conv2d'),
        ("fllaten: {params: 3}", (4, "params", "3"), '"fllaten" was read as the layer flatten'),
        ("conv2d: {parms: 3}", (1, "params", "3"), '"parms" was read as params'),
    ],
)
def test_a_misspelt_name_is_read_and_flagged_if_it_can_mean_one_thing_only(
    text: str, answer: tuple[int, str, str], note: str
) -> None:
    sheet = read(text)
    assert (answers(sheet), sheet.notes) == ([answer], (note,))


@pytest.mark.parametrize("name", ["Output Shape", "Param #", "RF", "shape", "Ops", "receptive-field"])
def test_headings_of_tables_and_usual_other_words_are_names_of_quantities(name: str) -> None:
    assert read(f"conv2d: {{'{name}': 5}}").notes == ()


def test_what_could_be_two_layers_or_is_another_number_is_not_guessed() -> None:
    layers = Layers(["input", "conv1", "conv2", "dense_a", "dense_b"], 1)
    for name in ("conv3", "dense", "convolution"):
        sheet = read_sheet(Source("a.yaml", f"{name}: {{params: 5}}\nconv1: {{params: 1}}"), layers)
        assert answers(sheet) == [(1, "params", "1")]
        assert [diagnostic.id for diagnostic in sheet.unread] == ["unknown-layer"]


def test_a_layer_that_the_sheet_names_already_is_not_meant_by_a_misspelt_name() -> None:
    sheet = read("convv2d: {params: 5}\nconv2d: {params: 1}")
    assert answers(sheet) == [(1, "params", "1")]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("conv2d: {params: 1}\n1: {params: 2}", "answered-twice"),
        ("conv2d: {params: {a: 1}}", "bad-answer"),
        ("conv2d: {params: [[1]]}", "bad-answer"),
    ],
)
def test_what_only_the_marker_can_settle_is_an_answer_with_a_problem(text: str, id: str) -> None:
    (answer,) = read(text).answers
    assert answer.problem is not None
    assert answer.problem.id == id


def test_the_same_answer_twice_is_one() -> None:
    (answer,) = read("conv2d: {params: 1}\n1: {params: 1}").answers
    assert answer.problem is None


def test_a_row_without_a_layer_is_set_aside_and_the_others_are_read() -> None:
    sheet = read("- {params: 1}\n" * 5)
    assert len(sheet.answers) == 4
    assert [(diagnostic.id, diagnostic.span and diagnostic.span.line) for diagnostic in sheet.unread] == [
        ("unknown-layer", 5)
    ]


def test_at_most_ten_things_are_reported() -> None:
    assert len(refused("".join(f"x{n}: {{params: 1}}\n" for n in range(1000)))) == 10


def test_a_layer_called_as_the_totals_is_answered_by_its_number() -> None:
    layers = Layers(["input", "totals"], 1)
    sheet = read_sheet(Source("a.yaml", "totals: {params: 5}\n1: {params: 6}"), layers)
    assert answers(sheet) == [(None, "params", "5"), (1, "params", "6")]


def test_plain_python_data() -> None:
    sheet = sheet_from_value({1: {"params": 156, "output_shape": (28, 28, 6)}, "pool": {"ops": None}}, LAYERS)
    assert answers(sheet) == [(1, "params", "156"), (1, "output_shape", ("28", "28", "6")), (2, "ops", "null")]


@pytest.mark.parametrize(
    "value",
    [
        None, 5, "text", {"conv2d": {"params": 10**5000}}, {"conv2d": object()}, {1.5: {}},
        {"conv2d": {"params": b"1"}},
    ],
)  # fmt: skip
def test_python_data_that_is_no_sheet(value: object) -> None:
    with pytest.raises(AnswersError):
        sheet_from_value(value, LAYERS)


def test_long_answers_are_shown_in_part() -> None:
    (answer,) = read(f"conv2d: {{params: '{'9' * 100_000}'}}").answers
    assert len(answer.shown) == SHOWN_ANSWER


NAMES = st.sampled_from(["a.yaml", "a.csv", "a.md", "a.json", "a"])


def problems(text: str, file: str) -> int:
    try:
        read(text, file)
    except AnswersError as error:
        return len(error.diagnostics)
    return 0


@pytest.mark.slow
@settings(max_examples=100)
@given(st.text(max_size=200), NAMES)
def test_any_text_is_a_sheet_or_refused(text: str, file: str) -> None:
    assert problems(text, file) <= 10


@settings(max_examples=100)
@given(st.text(alphabet="layerpms,;|\"'`*\n\t -:0123[]{}()#", max_size=200), NAMES)
def test_any_text_that_looks_like_a_sheet_is_one_or_refused(text: str, file: str) -> None:
    for start in ("", "layer,params\n", "| layer | params |\n|--|--|\n|", "conv2d: {params: "):
        assert problems(start + text, file) <= 10


def test_what_json_allows_and_yaml_does_not_is_read() -> None:
    """RFC 8259: space before a colon may be a line break, and a character may be written as two escapes."""
    text = '{"conv2d"\r\n\t:\n {"params"\n\n : "156", "neurons": "4704 \\ud83d\\ude00", "ops": "\\\\ud83d"}}'
    answers = read_sheet(Source("sheet.json", text), LAYERS).answers
    assert [answer.written for answer in answers] == ["156", "4704 \U0001f600", "\\ud83d"]
    # Behind such a character, columns are those of the shorter escape that YAML has.
    assert [(answer.span.line, answer.span.column) for answer in answers if answer.span] == [(5, 3), (5, 21), (5, 47)]


@pytest.mark.parametrize("text", ['{"a', '{"' + '\\"' * 200_000, "{" + '"a"\n' * 100_000, '{"a": "\\ud83d"}'])
def test_json_that_is_none_is_refused_soon(text: str) -> None:
    with pytest.raises(AnswersError):
        read_sheet(Source("sheet.json", text), LAYERS)
