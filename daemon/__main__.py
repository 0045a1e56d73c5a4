"""`hotfolder`, also as `python -m daemon`: the first of ours that runs, and the last.

Ctrl-C ends it without a traceback at every moment: while Python is still importing, nothing of ours
is begun yet and the process just leaves.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from functools import partial
from types import FrameType

INTERRUPTED = 130


def main() -> int:
    """Run the verb of this process's arguments; returns its exit code."""
    # One that is ignored (`nohup`, a script's `&`) stays ignored.
    answers = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if answers:
        _leave_at_once(INTERRUPTED)
    # Pydantic would look through all that is installed for plugins of others.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()  # hundreds of modules and classes are made, and none of them is garbage
    from daemon import cli

    code = cli.main(begin=partial(_begin, answers=answers))
    if answers:
        _leave_at_once(code)  # all is done; what Python still tidies up may be cut short
    return code


def _leave_at_once(code: int) -> None:
    """From here on Ctrl-C ends the process with this exit code, and without a word."""

    def leave(_: int, __: FrameType | None) -> None:
        os._exit(code)

    signal.signal(signal.SIGINT, leave)


def _begin(*, answers: bool) -> None:
    """All is imported: from here on there is garbage, and Ctrl-C, where it is heard, is a
    KeyboardInterrupt, so that what is begun is tidied up."""
    gc.freeze()
    gc.enable()
    if answers:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main())
