"""YAML that is rare and right is read; what a message says of it is true."""

from __future__ import annotations

import pytest

import cnncalc


@pytest.mark.parametrize(
    "text",
    [
        "input: 4\n\t\nlayers:\n  - Dense: 3\n",
        "input: 4\n  \t  \nlayers:\n \t\n  - Dense: 3\n\t\n",
        "\t\ninput: 4\nlayers: [{Dense: 3}]\n",
        "input: 4\nlayers:\n  - Dense:\n\t\n      units: 3\n",
    ],
)  # fmt: skip
def test_it_is_read(text: str) -> None:
    assert cnncalc.loads(text).analyze().totals.params == 15


@pytest.mark.parametrize("text", ["input: 4\nlayers:\n\t- Dense: 3\n", "input:\n\t4\nlayers: [ReLU]\n  \t- x\n"])
def test_a_tab_that_indents_is_still_refused(text: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="tab"):
        cnncalc.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "input: 4\nlayers:\n  - {Dense\n     : 3}\n",
        "input: 4\nlayers: [{Dense\n  : {units\n  : 3}}]\n",
        '{"input": 4,\n "layers"\n : [{"Dense": 3}]}',
    ],
)
def test_a_colon_in_the_line_below_its_key(text: str) -> None:
    """YAML allows it, the parser does not: what is said of it is true."""
    with pytest.raises(cnncalc.SpecError, match="this colon stands in another line than its key"):
        cnncalc.loads(text)


def test_what_is_never_closed_is_still_said_to_be() -> None:
    with pytest.raises(cnncalc.SpecError, match="never closed"):
        cnncalc.loads("input: 4\nlayers: [{Dense: 3}\n")
