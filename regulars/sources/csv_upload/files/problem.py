"""What is wrong with a whole file, in words for the person who chose it."""

from __future__ import annotations


class FileProblem(ValueError):
    """A file cannot be read (on). ``text`` says what is wrong, ``remedy`` what to do; ``row`` and ``column`` where."""

    def __init__(self, code: str, text: str, remedy: str = "", *, row: int | None = None, column: str = "") -> None:
        super().__init__(f"{text} {remedy}".strip())
        self.code = code
        self.text = text
        self.remedy = remedy
        self.row = row
        self.column = column
