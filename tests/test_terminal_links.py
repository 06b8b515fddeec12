"""The place of an error is a link to its file where the terminal has links (OSC 8)."""

from __future__ import annotations

import re
from pathlib import Path

from tests.command_line import on_terminal, run

COMMAND = "cnncalc summary 'a net.yaml'"
LINK = re.compile(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\")
"""ESC ] 8 ; parameters ; address ESC \\ text ESC ] 8 ; ; ESC \\"""


def net(folder: Path) -> Path:
    file = folder / "a net.yaml"
    file.write_text("input: [28, 28, 1]\nlayers:\n  - Conv2D: {filters: 6, kernel: 5}\n")
    return file


def test_a_place_is_a_link_to_its_file(tmp_path: Path) -> None:
    address = net(tmp_path).resolve().as_uri()
    assert LINK.findall(on_terminal(COMMAND, tmp_path, 80)) == [(address, "a net.yaml:3:26")]
    assert address.startswith("file:///")
    assert address.endswith("/a%20net.yaml")


def test_there_are_no_links_without_a_terminal_or_without_colour(tmp_path: Path) -> None:
    net(tmp_path)
    for settings in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_terminal(COMMAND, tmp_path, 80, **settings)
    assert "\x1b" not in run(COMMAND, tmp_path).stderr


def test_what_is_no_file_has_no_link(tmp_path: Path) -> None:
    assert not LINK.findall(on_terminal("cnncalc summary lenet5 --input 2x2x1", tmp_path, 80))
