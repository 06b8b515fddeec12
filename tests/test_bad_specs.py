"""Everything that can be wrong, as a user sees it: what is said of each file in `specs/bad`.

`specs/bad_specs.txt` has the exit code, and of each diagnostic its id, place and suggestion; a case with a `.txt` file
beside it has the whole text there, some of each family.
A case is called by the id of its first diagnostic, with `--` and a word behind where there are several. What is run is
`cnncalc summary` on the file, unless a first line `# $ cnncalc ...` says otherwise; a `.command` file is nothing but
such a command, a `.python` file an expression of the Python API. `pytest --update-golden` writes the texts anew.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.render.diagnostics import render_diagnostics, render_diagnostics_json
from tests.command_line import Outcome, run, run_process
from tests.error_catalogue import CATALOGUE, SECTIONS

FOLDER = Path(__file__).parent / "specs" / "bad"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".yaml", ".bin", ".command", ".python"))
WHOLE_TEXTS = [case for case in CASES if case.with_suffix(".txt").exists()]
GOLDEN = FOLDER.parent / "bad_specs.txt"
LARGE = ("too-many-values", "names-too-long", "numbers-too-long", "torn-at-comma")
"""Cases that take seconds."""
MAX_LINES = 20
"""The most that one diagnostic may take."""
ELSEWHERE = {
    **dict.fromkeys(
        (
            "damaged-file",
            "dangling-reference",
            "declared-otherwise",
            "graph-cycle",
            "no-architecture",
            "unsupported-layer",
        ),
        "needs a file of another format: tests/convert",
    ),
    "missing-package": "needs a package that is not there: tests/test_python.py",
    "answered-twice": "a mark, which is shown with the others",
    "bad-answer": "a mark, which is shown with the others",
    "no-such-student": "needs exercises: tests/exercise",
    "no-such-question": "needs exercises: tests/exercise",
    "unread-sheets": "for people only: programs get what is wrong with each sheet",
    "rounded-answer": "a mark, which is shown with the others",
    "unreadable-answer": "a mark, which is shown with the others",
    "cluster-lost": "needs a cluster: tests/search",
    "no-solution": "an answer of solve: tests/solve",
    "not-a-terminal": "needs a pipe: tests/watch",
    "not-exportable": "needs a format of export: tests/exporting",
    "system-error": "needs a system that fails",
    "worker-ended": "needs a process that is ended from outside",
}
"""What has no case here, and why."""


def command_of(case: Path) -> str:
    """The command that a case is about."""
    if case.suffix == ".command":
        return case.read_text().strip()
    first = case.read_bytes().partition(b"\n")[0]
    return first.decode()[4:] if first.startswith(b"# $ cnncalc ") else f"cnncalc summary {case.name}"


@cache
def outcome(case: Path, json_errors: bool = False) -> Outcome:
    """What comes of a case: of a command, or of an expression of the Python API, rendered as a command does it."""
    if case.suffix != ".python":
        return run(command_of(case) + (" --error-format json" if json_errors else ""), FOLDER)
    with pytest.raises(CnncalcError) as caught:
        exec(case.read_text(), {"cnncalc": cnncalc})
    rendered = render_diagnostics_json if json_errors else render_diagnostics
    return Outcome(2, "", rendered(caught.value.diagnostics))


@cache
def expected() -> dict[str, str]:
    """What the file of all cases has of each."""
    return {text.partition(":")[0]: text for text in re.split(r"^(?=\S)", GOLDEN.read_text(), flags=re.MULTILINE)[1:]}


def in_short(case: Path) -> str:
    """The exit code of a case, and the id, place and suggestion of each diagnostic."""
    end = outcome(case, json_errors=True)
    lines = [f"{case.name}: exit {end.code}"]
    for found in json.loads(end.stderr):
        place = ":".join(str(found[key]) for key in ("line", "column", "end_line", "end_column") if found[key])
        lines.append(f"  {found['id']} {place or found.get('path') or '-'}")
        if found["suggestion"]:
            lines.append(f"    {found['suggestion']}")
    return "\n".join(lines) + "\n"


def test_every_case_has_its_place_in_the_file(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text("".join(map(in_short, CASES)))
    assert [*expected()] == [case.name for case in CASES], "pytest --update-golden writes it anew"


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.slow) if case.stem in LARGE else case for case in CASES],
    ids=lambda case: case.stem,
)
def test_what_is_said_of_a_case(case: Path) -> None:
    end, as_data = outcome(case), outcome(case, json_errors=True)
    assert in_short(case) == expected()[case.name], "pytest --update-golden writes it anew"
    assert end.code == as_data.code == (1 if case.stem in ("broken-limit", "unknown-limit") else 2)
    found = json.loads(as_data.stderr)
    assert found[0]["id"] == case.stem.partition("--")[0]
    assert len(found) <= 10
    for diagnostic in found:
        assert diagnostic["id"] in CATALOGUE
        assert diagnostic["suggestion"] or diagnostic["expected"], "says neither what to write nor what to try"
    assert all(line.isprintable() for text in (end.stdout, end.stderr) for line in text.split("\n"))
    diagnostics = end.stderr.split("\nerror: ")
    assert end.stderr.startswith("error: ")
    assert max(diagnostic.count("\n") + 1 for diagnostic in diagnostics) <= MAX_LINES
    assert "Traceback" not in end.stderr


@pytest.mark.parametrize("case", WHOLE_TEXTS, ids=lambda case: case.stem)
def test_the_whole_text(case: Path, request: pytest.FixtureRequest) -> None:
    expected, end = case.with_suffix(".txt"), outcome(case)
    if request.config.getoption("--update-golden"):
        expected.write_bytes(end.stderr.encode())
    assert end.stderr == expected.read_bytes().decode(), "pytest --update-golden writes it anew"


def test_every_kind_of_mistake_has_a_case() -> None:
    shown = {case.stem.partition("--")[0] for case in CASES}
    assert shown | set(ELSEWHERE) == set(CATALOGUE)
    assert not shown & set(ELSEWHERE)
    assert len(CASES) >= 150


def test_some_of_each_family_have_their_whole_text() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {case.stem for case in WHOLE_TEXTS}
    shown = {CATALOGUE[case.stem.partition("--")[0]].about for case in WHOLE_TEXTS}
    assert shown | {"Files of other formats"} == set(SECTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case.suffix != ".python"][::25], ids=lambda case: case.stem)
def test_a_process_says_the_same(case: Path) -> None:
    assert run_process(command_of(case), FOLDER) == outcome(case)


@pytest.mark.parametrize("case", [FOLDER / "shapes-do-not-fit.yaml", FOLDER / "unknown-kind.yaml"])
def test_the_python_api_raises_the_same_as_data(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.load(case.name).analyze()
    assert render_diagnostics(caught.value.diagnostics) == case.with_suffix(".txt").read_text()
