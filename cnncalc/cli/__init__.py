"""The command line. Each command is a module of its own name: it reads options, calls the library, and hands the
result to a renderer. `commands.py` lists them; nothing of a command is imported before it runs.

What stands here is imported before Ctrl-C is heeded, and is little for that reason.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

STOP_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def main() -> None:
    """Runs the command `cnncalc`. Ends the process with its exit code."""
    _on_signal(_stop)
    sys.unraisablehook = _stop_soon
    # Modules and nets are objects that stay: looking through them for garbage takes a fifth of every command's time.
    gc.set_threshold(100_000, 50, 50)
    # We have no plugins of pydantic: looking for some among all that is installed would take a while.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from cnncalc.cli.application import run

        code = run(sys.argv[1:])
    except SystemExit as stop:
        # At once: Python's own ending would write what is left, and wait for a reader that has stopped reading.
        os._exit(int(stop.code or 0))
    _on_signal(signal.SIG_IGN)  # all is done
    gc.freeze()  # nor is there any need to look through them once more at the end
    sys.exit(code)


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends what runs, block by block: a half-written file is removed, the cursor shown. A second signal is too late."""
    _on_signal(signal.SIG_IGN)
    raise SystemExit(128 + number)


def _stop_soon(lost: sys.UnraisableHookArgs) -> None:
    """Stops what runs a moment later if a signal came while Python ran a callback, which loses what is raised."""
    if isinstance(lost.exc_value, SystemExit) and hasattr(signal, "setitimer"):
        code = lost.exc_value.code
        signal.signal(signal.SIGALRM, lambda number, frame: sys.exit(code))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    else:
        sys.__unraisablehook__(lost)


def _on_signal(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Says what happens on a signal to stop; one that is ignored, as under `nohup`, stays ignored."""
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
