"""Three first days with cnncalc, in the order in which things come up. What is shown is what comes out.

`pytest --update-golden` writes the outputs anew: read them as the student, the marker or the engineer would.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.test_docs import folder_with_program, written_anew
from tests.test_docs_python import printed_anew

TOURS = sorted(Path(__file__).parent.glob("*.md"))


@pytest.mark.slow
@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.stem)
def test_a_tour_shows_what_comes_out(tour: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if "jq " in tour.read_text() and shutil.which("jq") is None:
        pytest.skip("no jq")
    if "```python" in tour.read_text():
        pytest.importorskip("pandas")
    fresh = printed_anew(written_anew(tour, folder_with_program(tmp_path)))
    if request.config.getoption("--update-golden"):
        tour.write_text(fresh)
    assert fresh == tour.read_text(), "pytest --update-golden writes it anew"
