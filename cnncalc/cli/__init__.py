"""The command line. Each command is a module of its own name: it reads options, calls the library, and hands the
result to a renderer. `commands.py` lists them; nothing of a command is imported before it runs.
"""

from __future__ import annotations

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """The command `cnncalc`. Ends the process with its exit code."""
    if hasattr(signal, "SIGPIPE"):
        # Whoever reads our output and has seen enough ends us, quietly, as it ends `cat`.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        from cnncalc.cli.application import app

        app()
    except KeyboardInterrupt:
        os._exit(INTERRUPTED)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # At once: Python's own ending would wait for worker processes, and is interrupted by a second Ctrl-C.
            os._exit(INTERRUPTED)
        raise
