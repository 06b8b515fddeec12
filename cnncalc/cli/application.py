"""`cnncalc` as a whole: its own options, the right command, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from typing import Annotated, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cnncalc import __version__
from cnncalc.cli.commands import COMMANDS, DEFAULT
from cnncalc.cli.error_output import ErrorFormat, ErrorOutput
from cnncalc.cli.output import abandon, flush, refused
from cnncalc.cli.usage_errors import usage_diagnostic
from cnncalc.errors import CnncalcError, Diagnostic, UsageError, nearest, quote

ENTRIES: Final = {entry.name: entry for entry in COMMANDS}
COMPLETION: Final = "_CNNCALC_COMPLETE"
"""The environment variable by which a shell asks for completions."""


class Application(TyperGroup):
    """The group of all commands. A command's module is imported if the command runs."""

    def list_commands(self, ctx: object) -> list[str]:
        """Lists the names of all commands."""
        return list(ENTRIES)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | None:
        """Describes a command for the list of `cnncalc --help`: what runs is what `resolve_command` gives."""
        if cmd_name not in ENTRIES:
            return None
        return TyperCommand(cmd_name, short_help=ENTRIES[cmd_name].does, rich_markup_mode=None)

    def resolve_command(self, ctx: object, args: list[str]) -> tuple[str, TyperCommand, list[str]]:
        """Loads the command that the first argument names, or else `summary` of all arguments."""
        if args[0] in ENTRIES:
            name, rest = args[0], args[1:]
        else:
            name, rest = DEFAULT, args
            if COMPLETION not in os.environ:
                _refuse_misspelt_command(args[0])
        command = load_command(name)
        command.params.append(next(param for param in self.params if param.name == "error_format"))
        return name, command, rest


def load_command(name: str) -> TyperCommand:
    """Imports a command's module and makes a Typer command of its function."""
    module = ENTRIES[name].module
    function = getattr(import_module(f"cnncalc.cli.{module}"), module)
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, epilog=f"\b\nExample:\n  {ENTRIES[name].example}")(function)
    command = get_command(single)
    assert isinstance(command, TyperCommand)
    return command


def run(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code.

    This is the one place where errors are caught: what is wrong with the user's files or command line is a
    `CnncalcError`; a signal is `SystemExit`, and passes; anything else is a mistake of ours.
    """
    errors = ErrorOutput.for_arguments(arguments)
    code = 0
    has_memory = True
    try:
        code = _run(arguments, errors)
        flush()
    except CnncalcError as error:
        errors.report(error.diagnostics)
    except typer.TyperException as error:
        errors.report([usage_diagnostic(error)])
    except OSError as error:  # a full disk under --help, a folder that is gone: no file's and no layer's fault
        abandon(sys.stdout)
        errors.report([refused(error)])
    except MemoryError:
        has_memory = False
    if not has_memory:  # Said only here: as long as the exception is there, so is all that took the memory.
        errors.report([Diagnostic("system-error", "there is too little memory", suggestion="is a repeat too large?")])
    errors.close()
    return max(code, errors.exit_code)


def _run(arguments: Sequence[str], errors: ErrorOutput) -> int:
    application = get_command(app)
    if not arguments and COMPLETION not in os.environ:
        with redirect_stdout(sys.stderr):
            application.main(["--help"], "cnncalc", standalone_mode=False)
        return 2
    code = application.main(arguments, "cnncalc", COMPLETION, standalone_mode=False, obj=errors)
    assert isinstance(code, int)
    return code


def _refuse_misspelt_command(name: str) -> None:
    """Raises: UsageError: if `cnncalc NAME` was probably meant to be a command."""
    if name.startswith("-") or os.path.exists(name):
        return
    suggestion = nearest(name, ENTRIES)
    if suggestion is None:
        return
    from cnncalc.spec.shipped import is_shipped

    if not is_shipped(name):
        what = f"{quote(name)} is neither a command nor a file nor a shipped spec"
        raise UsageError(Diagnostic("unknown-command", what, suggestion=suggestion))


def _show_version(asked: bool) -> None:
    if asked:
        print(f"cnncalc {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="cnncalc",
    cls=Application,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="COMMAND|SPEC ...",
    context_settings={"help_option_names": ["--help", "-h"], "ignore_unknown_options": True},
    epilog="\b\nExamples:\n" + "\n".join(f"  {entry.example}" for entry in COMMANDS),
)


@app.callback()
def cnncalc(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    error_format: Annotated[
        ErrorFormat, typer.Option(help="How errors are written to standard error.", expose_value=False)
    ] = "text",
) -> None:
    """What comes out of a CNN, layer by layer: shapes, parameters, neurons, receptive fields, operations.

    SPEC is a file, the name of a shipped spec, or - for standard input. `cnncalc SPEC` is `cnncalc summary SPEC`.
    """
