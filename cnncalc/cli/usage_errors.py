"""What Typer and pydantic find wrong with a command line, as a diagnostic."""

from __future__ import annotations

from pydantic import ValidationError
from typer import BadParameter, TyperException
from typer.core import TyperArgument, TyperOption

from cnncalc.errors import Diagnostic, nearest, quote


def usage_diagnostic(error: TyperException) -> Diagnostic:
    """Says what is wrong with a command line, and suggests the nearest option or choice."""
    if isinstance(error, BadParameter) and isinstance(error.__cause__, ValidationError):
        return _bad_value(error, error.__cause__)
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    message = error.format_message().rstrip(".")
    suggestion = f"`{context.command_path if context else 'cnncalc'} --help` says what it takes"
    if hasattr(error, "possibilities"):
        message = f"there is no option {quote(str(option))}"
        suggestion = nearest(str(option), error.possibilities or ()) or suggestion
    return Diagnostic("usage", message[:1].lower() + message[1:], suggestion=suggestion)


def _bad_value(error: BadParameter, cause: ValidationError) -> Diagnostic:
    """Says what a value should be: one of the choices of its option, or a whole number."""
    first, param = cause.errors()[0], error.param
    found, expected, suggestion = str(first["input"]), first["msg"], None
    name = "the value"
    if isinstance(param, TyperOption | TyperArgument):
        name = param.opts[0] if isinstance(param, TyperOption) else (param.name or name).upper()
        if first["type"] == "value_error" and error.ctx is not None:
            choices = [item.value for item in param.shell_complete(error.ctx, "")]
            expected, suggestion = f"one of {', '.join(choices)}", nearest(found, choices)
        elif param.min is not None:
            expected = f"a whole number of at least {param.min}"
    message = f"{name} must be {expected}, not {quote(found)}"
    return Diagnostic("bad-option", message, None, expected, quote(found), suggestion=suggestion)
