"""The Python API as a user meets it: what there is, what it takes, and what it shows of itself."""

from __future__ import annotations

import doctest
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import cnncalc
from tests.command_line import REPOSITORY, run

LENET = cnncalc.load("lenet5")


def results() -> dict[str, object]:
    """One result of each function."""
    return {
        "Report": LENET.analyze(),
        "Explanation": cnncalc.explain(LENET, "conv2d"),
        "FieldReport": cnncalc.rf(LENET, "conv2d_1"),
        "Comparison": cnncalc.compare(LENET, "lenet5_1998"),
        "Tallies": cnncalc.counters(LENET, ["fvcore", "thop"]),
        "Reconciliation": cnncalc.reconcile(LENET, "61,706"),
        "Marks": cnncalc.check(LENET, {"conv2d": {"params": 150}}),
    }


COMMANDS = {
    "Report": "cnncalc summary lenet5",
    "Explanation": "cnncalc explain lenet5 conv2d",
    "FieldReport": "cnncalc rf lenet5 conv2d_1",
    "Tallies": "cnncalc counters lenet5 --counter fvcore --counter thop",
    "Reconciliation": "cnncalc reconcile lenet5 61,706",
}
"""What prints the same on the command line."""


def test_dir_lists_what_there_is_and_all_of_it_is_there() -> None:
    names = dir(cnncalc)
    assert {"load", "loads", "from_dict", "explain", "rf", "compare", "counters", "reconcile", "check"} <= {*names}
    assert {"SpecError", "UsageError", "AnswersError", "CnncalcError", "Report", "Model"} <= {*names}
    for name in names:
        assert getattr(cnncalc, name) is not None
    assert not hasattr(cnncalc, "no_such_name")


def test_every_name_is_there_for_type_checkers_too() -> None:
    face = (REPOSITORY / "cnncalc" / "__init__.py").read_text()
    assert [name for name in dir(cnncalc) if f" import {name} as {name}\n" not in face] == ["__version__"]


def test_a_name_loads_what_it_needs() -> None:
    script = "import sys, cnncalc; cnncalc.load('xor_mlp').analyze('exact').to_dict(); print(*sys.modules)"
    environment = {"PYTHONPATH": str(REPOSITORY)}
    end = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True)
    packages = {name.split(".")[1] for name in end.stdout.split() if name.startswith("cnncalc.")}
    assert "analysis" in packages
    assert not packages & {"render", "notebook", "marking", "explaining", "comparing", "reconciling", "counting", "cli"}


@pytest.mark.parametrize("package", ["explaining", "comparing", "reconciling", "marking", "counting"])
def test_a_function_is_no_module_once_its_package_is_loaded(package: str) -> None:
    results()
    assert f"cnncalc.{package}" in sys.modules
    assert all(callable(getattr(cnncalc, name)) for name in dir(cnncalc) if name != "__version__")


@pytest.mark.parametrize("name", ["load", "explain", "rf", "compare", "counters", "reconcile", "check"])
def test_the_examples_of_the_docstrings_are_true(name: str) -> None:
    home = sys.modules[getattr(cnncalc, name).__module__]
    assert doctest.testmod(home) == (0, home.__doc__ is None or getattr(home, name).__doc__.count(">>>"))


# What they take -------------------------------------------------------------------------------------------------------


def test_input_and_set_override_the_file() -> None:
    """1,342,536 is what Keras 3's `MobileNet(alpha=0.5)` reports."""
    model = cnncalc.load("mobilenet_v1", input=(160, 160, 3), set={"alpha": 0.5})
    report = model.analyze()
    assert report["input"].output_shape == (160, 160, 3)
    assert report.totals.params == 1_342_536
    shapes: list[cnncalc.model.InputsLike] = ["160x160x3", [160, 160, 3], {"input": (160, 160, 3)}]
    for shape in shapes:
        assert cnncalc.load("mobilenet_v1", input=shape, set={"alpha": "1/2"}).analyze().totals == report.totals


def test_texts_and_dicts_take_them_too() -> None:
    spec = {"input": 8, "vars": {"n": 3}, "layers": [{"Dense": "$n"}]}
    assert cnncalc.from_dict(spec, input=10, set={"n": 4}).analyze().totals.params == 10 * 4 + 4
    assert cnncalc.loads("input: [a]\nlayers: [Flatten]", input=784).analyze()["input"].output_shape == (784,)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"input": (0, 32, 1)}, "a size is a positive integer, not 0"),
        ({"input": {"left": 3}}, 'there is no input "left"'),
        ({"set": {"width": 2}}, 'the spec has no variable "width" to set'),
        ({"set": {"width": object()}}, "is of type object"),
    ],
)
def test_what_is_wrong_with_them_is_said(keywords: dict[str, object], message: str) -> None:
    with pytest.raises(cnncalc.SpecError, match=message):
        cnncalc.load("lenet5", **keywords)  # type: ignore[arg-type]


def test_a_function_takes_a_model_a_path_or_a_shipped_name(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 4\nlayers: [{Dense: 2}]")
    for net in (cnncalc.load(path), path, str(path)):
        assert cnncalc.explain(net, 1, "params").layers[0].sections[0].parts[0].value == 4 * 2 + 2
    assert cnncalc.rf("lenet5", 3, at=(0, 9)).position == (0, 9)


def test_equal_nets_are_told_apart() -> None:
    other = cnncalc.load("lenet5", input=(40, 40, 1))
    assert cnncalc.compare(LENET, other).names == ("LeNet-5", "LeNet-5 (2)")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cnncalc.explain(LENET, "conv2"), 'no layer "conv2".*did you mean "conv2d"'),
        (lambda: cnncalc.explain(LENET, convention="neither"), 'no convention "neither"'),
        (lambda: cnncalc.compare(LENET, LENET, convention="neither"), 'no convention "neither"'),
        (lambda: cnncalc.rf(LENET, "conv2d", at=(99, 0)), "outside the output"),
        (lambda: cnncalc.counters(LENET, ["fvcor"]), "fvcore"),
        (lambda: cnncalc.reconcile(LENET, "many"), '"many" is no amount'),
    ],
)
def test_a_wrong_argument_is_a_usage_error(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(cnncalc.UsageError, match=message):
        call()


# Rows and frames ------------------------------------------------------------------------------------------------------


def test_rows_have_names() -> None:
    report = LENET.analyze()
    assert report["conv2d"].params == 156  # LeCun et al. 1998: C1 has 156 trainable parameters
    assert "conv2d" in report
    assert "conv3d" not in report
    assert report._ipython_key_completions_()[:2] == ["input", "conv2d"]
    with pytest.raises(KeyError, match=r'no layer .*"conv2".*did you mean "conv2d"'):
        report["conv2"]


def test_a_frame_has_the_columns_of_csv(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    frame = LENET.analyze().to_dataframe()
    header = run("cnncalc summary lenet5 --format csv", tmp_path).stdout.splitlines()[0]
    assert list(frame.columns) == header.split(",")
    assert frame["params"].sum() == 61_706
    assert frame.set_index("name").loc["conv2d", "output_shape"] == (28, 28, 6)
    assert str(frame["notes.ops"].dtype) == "Int64"
    assert frame["notes.ops"].isna().tolist() == [row.notes.ops is None for row in LENET.analyze().layers]


def test_a_frame_is_exact_beyond_64_bits() -> None:
    pytest.importorskip("pandas")
    long = 10**17
    frame = cnncalc.from_dict({"input": long, "layers": [{"Dense": long}]}).analyze().to_dataframe()
    assert frame["params"].iloc[-1] == long * long + long


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(cnncalc.UsageError, match=r"pandas, which is not installed \(pip install 'cnncalc\[pandas\]'\)"):
        LENET.analyze().to_dataframe()


# What they show -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", results())
def test_a_repr_is_one_short_line(name: str) -> None:
    text = repr(results()[name])
    assert text.startswith(f"<cnncalc.{name} ")
    assert "\n" not in text
    assert len(text) < 120


@pytest.mark.parametrize("name", COMMANDS)
def test_print_shows_what_the_command_prints(name: str, tmp_path: Path) -> None:
    assert f"{results()[name]}\n" == run(COMMANDS[name], tmp_path).stdout


class Page(HTMLParser):
    """Checks that every tag is closed, and gathers the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "br":
            self.open.append(tag)
        self.text += "" if tag == "span" else " "

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", results())
def test_a_notebook_shows_all_of_the_words_that_print_shows(name: str) -> None:
    result = results()[name]
    assert isinstance(result, cnncalc.results.Result)
    words = Page(result._repr_html_()).text.split()
    printed = [word for word in str(result).split() if set(word) - set("-_=")]
    assert [word for word in printed if word not in words] == []


def test_a_notebook_runs_nothing_of_a_name() -> None:
    evil = "<script>alert(1)</script>"
    model = cnncalc.from_dict({"name": evil, "input": 4, "layers": [{"Dense": 2}]})
    for result in (model.analyze(), cnncalc.explain(model), cnncalc.compare(model, model)):
        assert "<script" not in result._repr_html_()
