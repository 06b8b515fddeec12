"""What libyaml takes and YAML does not allow, or reads otherwise: documents of the YAML test suite, as specs meet them.

The names are those of the suite (github.com/yaml/yaml-test-suite).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import run

SPEC = "input: [8, 8, 1]\nlayers:\n  - Conv2D: {filters: 2, kernel_size: 3}\n"

REFUSED = {
    # the text in place of the spec's line with the name, the id, line and column, what to try
    "SU5Z": ('name: "net"# mine\n', "invalid-yaml", "1:12", 'put a space before the "#"'),
    "9JBA": ("outputs: [conv2d]# mine\n", "invalid-yaml", "1:18", 'put a space before the "#"'),
    "CVW2": ("outputs: [conv2d,# mine\n  ]\n", "invalid-yaml", "1:18", 'put a space before the "#"'),
    "X4QW": ("description: ># mine\n  text\n", "invalid-yaml", "1:15", 'put a space before the "#"'),
    "YJV2": ("outputs: [-]\n", "invalid-yaml", "1:11", 'quote it if it is a text: "-"'),
    "G5U8": ("outputs: [conv2d, -]\n", "invalid-yaml", "1:19", 'quote it if it is a text: "-"'),
    "652Z": ("vars: {?a: 1}\n", "invalid-yaml", "1:8", 'quote it: "?a"'),
    "HM87": ("outputs: [?conv2d]\n", "invalid-yaml", "1:11", 'quote it: "?conv2d"'),
    "Y2GN": ("name: &an:chor value\n", "invalid-yaml", "1:7", "leave the colon out of the name"),
    "W5VH": ("name: &a one\nfamily: *a:\n", "invalid-yaml", "2:9", "leave the colon out of the name"),
    "9C9N": ("outputs: [\nconv2d]\n", "indentation", "2:1", "indent it by two spaces more"),
    "QB6E": ('name: "a\nb"\n', "indentation", "2:1", "indent it by two spaces more"),
    "DK95": ('name: "a\n\tb"\n', "tab-indentation", "2:1", "replace each tab by two spaces"),
    "Y79Y": ("outputs: [\n\tconv2d]\n", "tab-indentation", "2:1", "replace each tab by two spaces"),
    "R4YG": ("description: |\n  a\n \t\n  b\n", "tab-indentation", "3:2", "leave the line empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_place_and_advice(name: str, tmp_path: Path) -> None:
    text, id, place, advice = REFUSED[name]
    (tmp_path / "net.yaml").write_text(text + SPEC)
    end = run("cnncalc summary net.yaml", tmp_path)
    assert (end.code, end.stdout) == (2, "")
    first, where = end.stderr.splitlines()[:2]
    assert first.endswith(f"[{id}]")
    assert where == f"  --> net.yaml:{place}"
    assert advice in end.stderr


@pytest.mark.parametrize(
    "text",
    [
        'name: "a # b"  # mine\n',
        "name: a#b\n",
        "name: 'C#'  # a language\n",
        "outputs: [conv2d,  # mine\n  ]\n",
        "outputs: [conv2d\n]\n",
        "outputs: [\n  conv2d,\n]\n",
        "description: |  # mine\n  50 %, 3#4\n\n  - #5\n",
        "description: >-\n  ->#\n  text\n",
        "description: what is it? [a,# b]\n",
        "name: &a one\nfamily: *a\n",
        'name: "-"\nfamily: "?"\n',
        "description: a\n  b\n",
        "# [1, 2]# 3\n",
    ],
)
def test_what_only_looks_like_it_is_taken(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(text + SPEC)
    end = run("cnncalc summary net.yaml", tmp_path)
    assert (end.code, end.stderr) == (0, "")
