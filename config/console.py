"""What the programs around the desk say to the person at the terminal."""

import sys
from typing import TextIO


def say(text: str = "", *, to: TextIO | None = None) -> None:
    """Write one line at once, so that it stands in order beside the lines of other processes."""
    stream = to or sys.stdout
    stream.write(f"{text}\n")
    stream.flush()


def complain(text: str) -> None:
    """Write one line to standard error."""
    say(text, to=sys.stderr)
