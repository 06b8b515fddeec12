"""Imports go downward only, and nothing is imported at start-up that a command does not need."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import REPOSITORY

PACKAGE = REPOSITORY / "cnncalc"

ORDER: Final = (
    ("collector", "digits", "records"),
    ("analysis.figures", "errors", "formula", "memory.liveness", "tensor"),
    ("formula_text", "numbers_as_written", "memory.figures", "receptive_fields.reach"),
    ("layers", "receptive_fields.sliding"),
    ("conventions",),
    ("analysis.report",),
    ("receptive_fields", "spec"),
    ("analysis.counts", "expansion"),
    ("analysis.long_numbers", "diagnosis"),
    ("analysis",),
    ("model",),
    ("profile",),
    ("compare", "counting", "limits", "marking", "memory", "reconcile"),
    ("explain",),
    ("layer_reference",),
    ("render", "schema"),
    ("notebook",),
    ("cli",),
    ("__main__",),
)
"""From the bottom up. A module or package imports from rows below its own, and inside itself."""


def unit(module: str) -> str:
    """The entry of `ORDER` that a module belongs to; the module itself where there is none."""
    parts = module.removeprefix("cnncalc.").split(".")
    known = {name for row in ORDER for name in row}
    return next((name for name in (".".join(parts[:2]), parts[0]) if name in known), module)


def imported(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, those apart that only a type checker sees."""
    waiting: list[ast.AST] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "cnncalc":
            for alias in node.names:
                inner = PACKAGE.joinpath(*(node.module or "").split(".")[1:], alias.name)
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "cnncalc")
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: a relative import"


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downward(path: Path) -> None:
    rank = {name: index for index, row in enumerate(ORDER) for name in row}
    own = unit(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"))
    assert own in rank, f"{own} has no place in ORDER"
    for module in imported(path):
        other = unit(module)
        if other in ("cnncalc", own):
            continue
        assert rank[other] < rank[own], f"{own} imports {module}, which stands above it or beside it"


def loaded(command: str, tmp_path: Path) -> set[str]:
    """The modules that a command has imported when it ends, ours and the libraries', by their first two names."""
    script = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=open('modules', 'w')));"
        f"sys.argv = {['cnncalc', *command.split()]}; from cnncalc.cli import main; main()"
    )
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True, capture_output=True)
    return {".".join(name.split(".")[:2]) for name in (tmp_path / "modules").read_text().split()}


def test_help_imports_no_command_and_only_what_reads_options(tmp_path: Path) -> None:
    modules = loaded("--help", tmp_path)
    assert "cnncalc.cli" in modules
    assert not modules & {"cnncalc.spec", "cnncalc.layers", "cnncalc.render", "cnncalc.analysis.report"}
    assert not modules & {"yaml", "rich"}


@pytest.mark.parametrize("format", ["json", "table"])
def test_a_summary_that_is_piped_does_not_import_rich(format: str, tmp_path: Path) -> None:
    modules = loaded(f"summary resnet50 --format {format}", tmp_path)
    assert "cnncalc.render" in modules
    assert not modules & {"rich", "cnncalc.explain", "cnncalc.marking", "cnncalc.schema"}


def test_only_the_kinds_that_a_spec_uses_are_loaded(tmp_path: Path) -> None:
    script = "import sys, cnncalc; cnncalc.load('xor_mlp').analyze(); print(*sys.modules)"
    environment = {"PYTHONPATH": str(REPOSITORY)}
    end = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True)
    modules = end.stdout.split()
    assert "cnncalc.layers.dense" in modules
    assert "cnncalc.layers.convolution" not in modules


def test_errors_are_caught_in_one_place() -> None:
    """A net for every exception, or one that is not ours to catch, would hide mistakes."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{path}: a bare except"
                names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
                assert not names & {"Exception", "BaseException"}, f"{path}: catches everything"
                if "CnncalcError" in names:
                    assert path == PACKAGE / "cli" / "application.py"
