#!/usr/bin/env python3
"""Presses Ctrl-C on a wine console, and shows the exit code of the program that runs there.

    python3 tests/wine/ctrl-c.py WINE PROGRAM ARGUMENT...

The program has to print `ready` first. It gets the key by way of a pseudo-terminal, which wine makes
a console of: `GenerateConsoleCtrlEvent` needs a console of Windows' own.
"""

import os
import pty
import select
import sys
import time

PATIENCE = 60


def main():
    """Runs the program, presses the key once, and prints how it ended."""
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    seen, pressed, start = b"", False, time.monotonic()
    while time.monotonic() - start < PATIENCE:
        readable, _, _ = select.select([terminal], [], [], 1)
        if readable:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                break  # The other end was closed: the program has ended.
        if b"ready" in seen and not pressed:
            os.write(terminal, b"\x03")
            pressed = True
    if not pressed:
        sys.exit(f"ctrl-c: {sys.argv[2]} never said `ready`, but {seen!r}")
    _, status = os.waitpid(process, 0)
    print(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
