"""The command line. Each command is a module of its own name: it reads options, calls the library, and hands the
result to a renderer. `commands.py` lists them; nothing of a command is imported before it runs.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import Final

INTERRUPTED: Final = 130


def main() -> None:
    """The command `cnncalc`. Ends the process with its exit code."""
    if hasattr(signal, "SIGPIPE"):
        # Whoever reads our output and has seen enough ends us, quietly, as it ends `cat`.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # Modules and nets are objects that stay: looking through them for garbage takes a fifth of every command's time.
    gc.set_threshold(100_000, 50, 50)
    # We have no plugins of pydantic: looking for some among all that is installed would take a while.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from cnncalc.cli.application import run

        code = run(sys.argv[1:])
        if code == INTERRUPTED:
            # At once: Python's own ending would wait for worker processes, and is interrupted by a second Ctrl-C.
            os._exit(INTERRUPTED)
        sys.exit(code)
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
    finally:
        gc.freeze()  # nor is there any need to look through them once more at the end
