"""A rule's text as tokens, and a reader that walks along them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from regulars.decisions.audiences.problems import RuleError

# Chinese brackets, commas and quotes count as ours: they are what a Chinese keyboard writes.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|“[^”]*”|[()（）,，%％]|[^\s()（）,，%％"“”]+', re.DOTALL)
_NARROW = str.maketrans("（），％", "(),%")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BARE = re.compile(r"[^\W\d_][\w.-]*")
RESERVED = frozenset({
    "and", "or", "not", "in", "is", "for", "to", "at", "least", "most", "exactly", "more", "less",
    "than", "between", "over", "within", "since", "before", "from", "ago", "contains", "containing", "times", "by",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. ``kind``: text (quoted), word, one of ``( ) , %``, or "" at the end."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """Return a word in small letters, "" for anything else: keywords are read so."""
        return self.text.lower() if self.kind == "word" else ""


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of ``text`` and one for its end. Raises RuleError where a quote is not closed."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            raise RuleError("quote_open", place, len(text))
        found.append(_token(match[0], place, match.end()))
        place = match.end()
    return [*found, Token("", "", len(text), len(text))]


def _token(said: str, start: int, end: int) -> Token:
    if said[0] in '"“':
        inner = said[1:-1]
        return Token("text", _ESCAPED.sub(r"\1", inner) if said[0] == '"' else inner, start, end)
    sign = said.translate(_NARROW)
    return Token(sign, sign, start, end) if sign in {"(", ")", ",", "%"} else Token("word", said, start, end)


def quoted(text: str) -> str:
    """Return a text as a rule writes it: bare if it is one plain word, else in quotes."""
    if _BARE.fullmatch(text) and text.lower() not in RESERVED:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(slots=True)
class Reader:
    """Walks along tokens."""

    tokens: list[Token]
    place: int = 0
    word: str = field(default="")

    @property
    def here(self) -> Token:
        """Return the token that comes next."""
        return self.tokens[self.place]

    def ahead(self, steps: int) -> Token:
        """Return the token so many steps ahead, the end beyond it."""
        return self.tokens[min(self.place + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Return the next token and step over it; the end stays."""
        token = self.here
        self.place += token.kind != ""
        return token

    def take(self, *words: str) -> bool:
        """Step over these words if they come next, all of them; return whether they did."""
        if all(self.ahead(n).low == word for n, word in enumerate(words)):
            self.place += len(words)
            return True
        return False

    def problem(self, code: str, token: Token | None = None, **facts: str) -> RuleError:
        """Return a problem with a token, by default the next one."""
        token = token or self.here
        facts.setdefault("found", token.text)
        facts.setdefault("word", self.word)
        return RuleError(code, token.start, max(token.end, token.start + 1), **facts)
