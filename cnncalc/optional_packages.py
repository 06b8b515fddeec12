"""Packages that only a few functions need and that a plain installation does not bring."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from cnncalc.errors import Diagnostic, UsageError


def optional_package(name: str, purpose: str, extra: str | None = None) -> ModuleType:
    """Imports a package that is an extra of ours, called by the package's name unless told.

    Raises: UsageError: `missing-package`, if it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        message = f"{purpose} needs the package {name}, which is not installed"
        raise UsageError(
            Diagnostic("missing-package", message, suggestion=f"pip install 'cnncalc[{extra or name}]'")
        ) from None
