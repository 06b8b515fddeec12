"""The hooks for pre-commit, and the workflow of docs/ci.md: what they run runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.command_line import REPOSITORY, run

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}
NET = "input: [8, 8, 3]\nlayers: [Conv2D: {filters: 4, kernel_size: 3}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fine.yaml").write_text(NET + "limits: {max_params: 1K}\n")
    (tmp_path / "large.yaml").write_text(NET + "limits: {max_params: 100}\n")
    (tmp_path / "wrong.yaml").write_text(NET.replace("Conv2D", "Conv"))
    return tmp_path


def test_the_hook_fails_where_a_limit_is_broken_or_a_spec_is_wrong(folder: Path) -> None:
    entry = HOOKS["cnncalc"]["entry"]
    assert run(f"{entry} fine.yaml fine.yaml", folder) == (0, "", "")
    assert run(f"{entry} fine.yaml large.yaml", folder).code == 1
    assert run(f"{entry} large.yaml wrong.yaml", folder).code == 2


def test_the_other_hook_looks_at_no_limits(folder: Path) -> None:
    entry = HOOKS["cnncalc-validate"]["entry"]
    assert run(f"{entry} fine.yaml large.yaml", folder) == (0, "", "")
    assert run(f"{entry} wrong.yaml", folder).code == 2


def test_hooks_take_specs_and_not_any_yaml() -> None:
    for hook in HOOKS.values():
        assert hook["language"] == "python"
        assert re.search(hook["files"], "nets/small.yaml")
        assert not re.search(hook["files"], ".pre-commit-config.yaml")


def test_the_workflow_of_the_page_runs(folder: Path) -> None:
    text = (REPOSITORY / "docs" / "ci.md").read_text()
    (spec,) = re.findall(r"```yaml nets/gate.yaml\n(.*?)```", text, re.DOTALL)
    (folder / "nets").mkdir()
    for name in ("before.yaml", "nets/gate.yaml"):
        (folder / name).write_text(spec)
    commands = re.findall(r"^    (cnncalc .*?)(?: > .*)?$", text, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert run(command.replace("*", "gate"), folder).code == 0, command
