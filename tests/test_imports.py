"""Imports go one way, those for a type checker and inside functions too; no command loads what it does not need."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import REPOSITORY

PACKAGE: Final = REPOSITORY / "cnncalc"

FLOORS: Final = (
    ("collector", "digits", "parallel", "records", "results"),
    ("errors", "formula", "tensor"),
    ("documentation", "formula_text", "numbers_as_written", "optional_packages", "receptive_fields"),
    ("layers",),
    ("conventions", "spec"),
    ("expansion",),
    ("diagnosis", "warnings"),
    ("analysis",),
    ("convert",),
    ("limits", "model", "profile"),
    ("comparing", "counting", "frameworks", "marking", "memory", "reconciling"),
    ("explaining", "sweeping"),
    ("exercise", "solving"),
    ("error_reference", "layer_reference", "schema"),
    ("render",),
    ("pictures",),
    ("exporting", "plotting"),
    ("html_report",),
    ("notebook",),
    ("cli",),
    ("__main__",),
)
"""From the ground up: a module imports from its own package and from the floors below."""

LAZY: Final = {
    "cnncalc.analysis.analyze": "families of layers, for sizes that are not known",
    "cnncalc.cli": "all that a command is made of, after the garbage collector was told to wait",
    "cnncalc.cli.application": "the library of specs, for a name that is no command",
    "cnncalc.cli.error_output": "what draws errors, if there is one",
    "cnncalc.cli.progress": "rich",
    "cnncalc.cli.summary": "processes, if there are several",
    "cnncalc.cli.summary_options": "families of layers, for profilers' counts and for memory",
    "cnncalc.convert.loading": "the readers of other formats, for a file that has one",
    "cnncalc.render.drawing": "rich",
}
"""The modules with an import inside a function, and what is imported there on its first use."""


def name_of(path: Path) -> str:
    """The dotted name of a module's file."""
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


MODULES: Final = {name_of(path): ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
FACE: Final = "cnncalc"
"""The package's own module hands on names of every floor, each when it is first asked for."""


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module of ours that a piece of code imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_imports(module: str) -> set[str]:
    """The modules of ours that a module imports, the package's face apart."""
    return {name for name in imported(MODULES[module]) if name in MODULES} - {FACE}


@pytest.mark.parametrize("module", sorted(set(MODULES) - {FACE}))
def test_imports_go_downward(module: str) -> None:
    floor_of = {name: floor for floor, names in enumerate(FLOORS) for name in names}
    own = module.split(".")[1]
    assert own in floor_of, f"{own} has no floor"
    for other in own_imports(module):
        package = other.split(".")[1]
        assert package == own or floor_of[package] < floor_of[own], f"{module} imports {other}, which is not below it"


def test_no_module_imports_itself_by_a_detour() -> None:
    TopologicalSorter({module: own_imports(module) for module in MODULES if module != FACE}).prepare()


def test_few_imports_stand_inside_functions_and_each_has_a_reason() -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    lazy = [
        module
        for module, tree in MODULES.items()
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert len(lazy) <= 10
    assert set(lazy) == set(LAZY)


def loaded(command: str, tmp_path: Path) -> set[str]:
    """The modules that a command has imported when it ends, ours and the libraries', by their first two names."""
    script = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=open('modules', 'w')));"
        f"sys.argv = {['cnncalc', *command.split()]}; from cnncalc.cli import main; main()"
    )
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=True, capture_output=True)
    return {".".join(name.split(".")[:2]) for name in (tmp_path / "modules").read_text().split()}


def test_help_imports_no_command(tmp_path: Path) -> None:
    modules = loaded("--help", tmp_path)
    assert "cnncalc.cli" in modules
    assert not modules & {"cnncalc.spec", "cnncalc.layers", "cnncalc.render", "cnncalc.analysis", "yaml", "rich"}


@pytest.mark.parametrize("format", ["json", "table"])
def test_a_summary_in_a_pipe_imports_no_rich(format: str, tmp_path: Path) -> None:
    modules = loaded(f"summary resnet50 --format {format}", tmp_path)
    assert "cnncalc.render" in modules
    assert not modules & {
        "rich",
        "cnncalc.counting",
        "cnncalc.explaining",
        "cnncalc.marking",
        "cnncalc.memory",
        "cnncalc.schema",
    }


def test_only_the_kinds_that_a_spec_uses_are_loaded() -> None:
    script = "import sys, cnncalc; cnncalc.load('xor_mlp').analyze(); print(*sys.modules)"
    environment = {"PYTHONPATH": str(REPOSITORY)}
    end = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True)
    modules = end.stdout.split()
    assert "cnncalc.layers.dense" in modules
    assert "cnncalc.layers.convolution" not in modules


def test_errors_are_caught_in_one_place() -> None:
    """A net for every exception, or one that is not ours to catch, would hide mistakes."""
    for module, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{module}: a bare except"
                names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)}
                assert not names & {"Exception", "BaseException"}, f"{module}: catches everything"
                if "CnncalcError" in names:
                    assert module == "cnncalc.cli.application"
