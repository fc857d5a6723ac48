"""Simplified Chinese is complete, says what it means with the same places, and is compiled."""

from __future__ import annotations

import shutil

import pytest

from tools import messages
from tools.catalogue import Message, placeholders, read

CATALOGUES = [messages.catalogue(messages.PACKAGE, language) for language in messages.LANGUAGES]


def _entries() -> list[Message]:
    return [m for path in CATALOGUES for m in read(path)]


def test_every_text_is_translated() -> None:
    assert [m.id for m in _entries() if not m.is_translated] == []


def test_nothing_is_a_guess() -> None:
    assert [m.id for m in _entries() if "fuzzy" in m.flags] == []


def test_translations_have_the_places_of_their_texts() -> None:
    wrong = []
    for message in _entries():
        asked = placeholders(message.id) | placeholders(message.plural)
        for text in message.texts.values():
            # A language without singular may leave the number out of no form; another place may not be invented.
            if not placeholders(text) <= asked or placeholders(message.plural or message.id) - placeholders(text):
                wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_is_translated_is_compiled(language: str) -> None:
    assert list(messages.stale(messages.PACKAGE, language)) == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed (apt-get install gettext)")
def test_every_text_of_the_product_is_collected() -> None:
    assert list(messages.problems()) == []


def test_a_catalogue_is_read_with_plurals_contexts_and_long_texts(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "x.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: zh\\n"\n\n'
        'msgctxt "verb"\nmsgid "order"\nmsgstr "订购"\n\n'
        '#, python-format\nmsgid "%(n)s order"\nmsgid_plural "%(n)s orders"\nmsgstr[0] "%(n)s "\n"个订单"\n\n'
        '#, fuzzy\nmsgid "doubt"\nmsgstr "疑"\n\n#~ msgid "gone"\n#~ msgstr "没了"\n',
        encoding="utf-8",
    )
    verb, orders, doubt = read(path)
    assert (verb.key, verb.texts) == ("verb\x04order", {0: "订购"})
    assert (orders.plural, orders.texts, orders.is_translated) == ("%(n)s orders", {0: "%(n)s 个订单"}, True)
    assert doubt.is_translated is False
