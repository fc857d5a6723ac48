"""From a rule's text to its tree."""

from __future__ import annotations

import difflib

from regulars.decisions.audiences.problems import RuleError
from regulars.decisions.audiences.reading import Reader, Token, tokens_of
from regulars.decisions.audiences.rules import EVERYBODY, All, Any, Fact, Not, Rule, Texts, facts_of
from regulars.decisions.audiences.slots import near
from regulars.decisions.audiences.words import Word, Words

MOST_CHARACTERS = 10_000
MOST_CONDITIONS = 100
MOST_DEPTH = 30
_LONGEST_NAME = 4


def parse(text: str, words: Words) -> Rule:
    """Return the rule that ``text`` writes; an empty text is everybody. Raises RuleError with the place and a remedy.

    ``not`` binds closest, then ``and``, then ``or``. Brackets group, and what they group stays a group of its own.
    """
    if len(text) > MOST_CHARACTERS:
        raise RuleError("too_long", MOST_CHARACTERS, len(text), most=f"{MOST_CHARACTERS:,}")
    reader = Reader(tokens_of(text))
    if reader.here.kind == "":
        return EVERYBODY
    rule = _Parser(reader, words).any_of(0)
    if reader.here.kind == ")":
        raise reader.problem("bracket_extra")
    if reader.here.kind:
        raise reader.problem("join_missing")
    if len(facts_of(rule)) > MOST_CONDITIONS:
        raise RuleError("too_many", 0, len(text), most=str(MOST_CONDITIONS))
    return rule


class _Parser:
    def __init__(self, reader: Reader, words: Words) -> None:
        self.reader, self.words = reader, words
        self.names = {tuple(word.name.lower().split()): word for word in words}

    def any_of(self, depth: int) -> Rule:
        parts = [self.all_of(depth)]
        while self.reader.take("or"):
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def all_of(self, depth: int) -> Rule:
        parts = [self.one(depth)]
        while self.reader.take("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Rule:
        reader = self.reader
        if depth > MOST_DEPTH:
            raise reader.problem("too_deep")
        if reader.take("not"):
            return Not(self.one(depth + 1))
        if reader.here.kind != "(":
            return self.fact()
        opened = reader.next()
        inner = self.any_of(depth + 1)
        if reader.here.kind == "":
            raise reader.problem("bracket_open", opened)
        if reader.here.kind != ")":
            raise reader.problem("join_missing")
        reader.next()
        return inner

    def fact(self) -> Rule:
        reader = self.reader
        word = self.word()
        reader.word = word.name
        args, is_not = [], False
        for slot in word.slots:
            # "country is not DE" says the same as "not country is DE".
            if slot.kind == "texts" and reader.here.low == "is" and reader.ahead(1).low == "not":
                is_not = True
                reader.tokens.pop(reader.place + 1)
            arg = slot.read(reader)
            args.append(arg)
            if isinstance(arg, Texts) and reader.here.kind == ",":
                raise reader.problem("join_missing")
        fact = Fact(word.name, tuple(args))
        return Not(fact) if is_not else fact

    def word(self) -> Word:
        reader = self.reader
        for count in range(_LONGEST_NAME, 0, -1):
            name = tuple(reader.ahead(n).low for n in range(count))
            if name in self.names:
                reader.place += count
                return self.names[name]
        raise self._unknown(reader.here)

    def _unknown(self, token: Token) -> RuleError:
        reader = self.reader
        if token.kind == ")" or token.kind == "" or token.low in {"and", "or"}:
            return reader.problem("condition_missing")
        said = [reader.ahead(n) for n in range(3) if reader.ahead(n).kind == "word"]
        names = [word.name for word in self.words]
        best, end, meant, phrase = 0.0, token.end, "", ""
        for count in range(1, len(said) + 1):
            tried = " ".join(t.text for t in said[:count])
            if found := near(tried, names):
                alike = difflib.SequenceMatcher(None, tried.lower(), found.lower()).ratio()
                if alike > best:
                    best, end, meant, phrase = alike, said[count - 1].end, found, tried
        if meant:
            return RuleError("unknown_word_near", token.start, end, found=phrase, near=meant)
        return reader.problem("unknown_word")
