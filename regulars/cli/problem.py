"""What a command says when it cannot go on."""

from __future__ import annotations


class Problem(Exception):
    """The command ends here with exit code 1; the text is one line: what is wrong and what to do."""
