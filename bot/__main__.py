"""The command `teleprinter`, and `python -m bot`: from the first moment on Ctrl-C ends it, and without a traceback.

Nothing is imported before that is seen to: what the commands need takes Python a second to load.
"""

from __future__ import annotations

import os
import signal

STOPPED = 130


def main() -> None:
    """Runs the command line."""
    # Only where Python listens: a shell has what it starts in the background ignore Ctrl-C.
    listens = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if listens:
        # Nothing is begun that would have to be ended, and an exception would be shown with all that was being imported.
        signal.signal(signal.SIGINT, _end)
    from bot.command_line import main as run

    if listens:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


def _end(_number: int, _frame: object) -> None:
    os._exit(STOPPED)


if __name__ == "__main__":
    main()
