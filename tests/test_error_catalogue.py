"""The catalogue of errors has exactly the ids that the code uses."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.error_catalogue import CATALOGUE

PACKAGE = Path(__file__).parent.parent / "cnncalc"
MAKERS = {"Diagnostic", "Problem", "ReadingProblem", "fail", "_file_error"}
"""What an id is given to, as the first argument."""
PASSED_ON = {
    ("error_output.py", "each.id"),
    ("errors.py", "self.id"),
    ("item_forms.py", "slip.id"),
    ("operations.py", "id"),
    ("source_text.py", "id"),
}
"""Where a maker passes on the id that it was given."""


@cache
def calls() -> tuple[tuple[Path, ast.Call], ...]:
    """Every call in the package that makes a diagnostic, with its file."""
    return tuple(
        (path, node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in MAKERS
    )


def test_every_id_is_in_the_catalogue_and_every_entry_is_used() -> None:
    used = {node.args[0].value for _, node in calls() if isinstance(node.args[0], ast.Constant)}
    assert used == set(CATALOGUE)


def test_every_id_is_written_out_where_it_is_used() -> None:
    computed = {(path.name, ast.unparse(node.args[0])) for path, node in calls() if node.args
                and not isinstance(node.args[0], ast.Constant)}  # fmt: skip
    assert computed == PASSED_ON
    assert all(node.args for _, node in calls())


def test_an_entry_explains_itself() -> None:
    for entry in CATALOGUE.values():
        assert entry.explanation.endswith((".", ")", "`"))
        assert len(entry.explanation.split()) >= 5
        assert not entry.title.endswith(".")
