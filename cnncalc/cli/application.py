"""`cnncalc` as a whole: its own options, the right command, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cnncalc import __version__
from cnncalc.cli.commands import COMMANDS, DEFAULT
from cnncalc.cli.error_output import ErrorOutput, from_typer
from cnncalc.cli.output import abandon_stdout, flush, refused
from cnncalc.errors import CnncalcError, Diagnostic, UsageError, nearest, quote

ENTRIES: Final = {entry.name: entry for entry in COMMANDS}


class _AsTyped:
    """Leaves a parameter as it was typed: ours are texts, lists of texts and flags.

    Typer reads even those with pydantic, which takes as long to import as everything else together.
    """

    def coerce(self, value: object, param: Any, ctx: object) -> object:
        return () if value is None and (param.multiple or param.nargs == -1) else value


def _keep_as_typed(command: TyperCommand | TyperGroup, context: typer.Context) -> None:
    for param in command.get_params(context):
        param._runtime_param = _AsTyped()  # type: ignore[attr-defined]
        if param.param_type_name == "argument":
            param.display_type_rich = lambda ctx: ""  # type: ignore[attr-defined]


class Command(TyperCommand):
    """A command: its values come as they were typed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        _keep_as_typed(self, ctx)
        return super().parse_args(ctx, args)


def load_command(name: str) -> TyperCommand:
    """Imports a command's module and makes a Typer command of its function."""
    function = getattr(import_module(f"cnncalc.cli.{name}"), name)
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, cls=Command, epilog=f"\b\nExample:\n  {ENTRIES[name].example}")(function)
    command = get_command(single)
    assert isinstance(command, TyperCommand)
    return command


class Application(TyperGroup):
    """The group of all commands. A command is known by its line in the table until it runs."""

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {
            entry.name: TyperCommand(entry.name, short_help=entry.does, rich_markup_mode=None) for entry in COMMANDS
        }
        super().__init__(**attributes)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            print(ctx.get_help(), file=sys.stderr)
            ctx.exit(2)
        _keep_as_typed(self, ctx)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str, TyperCommand, list[str]]:
        """The command that the first argument names, or else `summary` of all of them."""
        if args[0] in ENTRIES:
            name, rest = args[0], args[1:]
        else:
            name, rest = DEFAULT, args
            if not ctx.resilient_parsing:
                _refuse_misspelt_command(args[0])
        command = load_command(name)
        command.params.append(next(param for param in self.params if param.name == "error_format"))
        return name, command, rest

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command line and ends with its exit code.

        This is the one place where errors are caught: what is wrong with the user's files or command line is a
        `CnncalcError`; of an interrupt Typer makes an exit code; anything else is a mistake of ours.
        """
        arguments = list(sys.argv[1:] if args is None else args)
        errors = ErrorOutput()
        code = 0
        try:
            errors = ErrorOutput.for_arguments(arguments)
            code = super().main(arguments, "cnncalc", complete_var, False, windows_expand_args, obj=errors, **extra)
            flush()
        except CnncalcError as error:
            errors.report(error.diagnostics)
        except typer.TyperException as error:
            errors.report([from_typer(error)])
        except OSError as error:  # a full disk under --help, a folder that is gone: no file's and no layer's fault
            abandon_stdout()
            errors.report([refused(error)])
        errors.close()
        sys.exit(code or errors.exit_code)


def _refuse_misspelt_command(name: str) -> None:
    """Raises: UsageError: where `cnncalc NAME` was probably meant to be a command."""
    if name.startswith("-") or os.path.exists(name):
        return
    suggestion = nearest(name, ENTRIES)
    if suggestion is not None:
        from cnncalc.spec.library import is_shipped

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
        str,
        typer.Option(
            metavar="text|json",
            help="How errors are written to standard error.",
            expose_value=False,
            autocompletion=lambda: ["text", "json"],
        ),
    ] = "text",
) -> None:
    """What comes out of a CNN, layer by layer: shapes, parameters, neurons, receptive fields, operations.

    SPEC is a file, the name of a shipped spec, or - for standard input. `cnncalc SPEC` is `cnncalc summary SPEC`.
    """
