"""A message that begins with a port's keyword answers it."""

from __future__ import annotations

from regulars.base.clock import now
from regulars.desks.voice.ports.models import Port
from regulars.desks.voice.ports.operations import Came, TooLate, answer
from regulars.desks.voice.ports.rules import read_keyword, read_questions, read_reply
from regulars.messages.models import Said
from regulars.messages.operations.hearing import words_of


def answer_by_word(said: Said) -> bool:
    """Take a message as the answer to the port whose keyword it begins with; False if it is none.

    A word more of the same person is the change of her answer, as by a link of her own; of somebody unknown each one
    is an answer.
    """
    word, rest = read_keyword(words_of(said)["text"])
    port = Port.objects.filter(keyword=word, retired_at=None).first() if word and said.sender_id else None
    if port is None or (port.expires_at is not None and said.at >= port.expires_at):
        return False
    given = read_reply(read_questions(port.questions), rest)
    if given.is_empty:
        return False
    root = said.customer.root_id if said.customer is not None else None
    came = Came(f"k{root}" if root else f"s{said.pk}", customer=root)
    try:
        answer(port, came, given, at=min(said.at, now()))
    except TooLate:
        return False  # it is heard like any other message
    return True
