"""Other ways to answer a port: with pictures, and by a word at the beginning of a message."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Report
from regulars.desks.voice.opinions.models import Case, Opinion
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports import operations
from regulars.desks.voice.ports.models import Answer, AnswerPhoto, AnswerVersion, Port
from regulars.desks.voice.ports.names import personal_name
from regulars.desks.voice.ports.operations import KeywordTaken
from regulars.desks.voice.ports.rules import keyword_of, read_questions, read_reply
from regulars.messages.operations import hear
from regulars.people.exporting import everything
from regulars.people.operations import erase
from tests.messages.shop import NOON, customer, provider
from tests.voice.shop import OLIVE, product

DAY = timedelta(days=1)
ASKS: list[dict[str, Any]] = [
    {"id": "stars", "kind": "stars", "text": {"en": "How is it?"}},
    {"id": "words", "kind": "text", "text": {"en": "What else?"}},
    {"id": "look", "kind": "photo", "text": {"en": "Show us"}},
]


def port(**more: Any) -> Port:
    return operations.add_port(name="Mugs", about="insert", questions=ASKS, texts={}, by=SYSTEM, at=NOON, **more)


def with_keyword(word: str, **more: Any) -> Port:
    made = port(**more)
    change(made, word)
    made.refresh_from_db()
    return made


def change(made: Port, word: str) -> bool:
    return operations.change_port(
        made.pk, name=made.name, questions=made.questions, texts={}, is_personal_only=False, edit_days=14,
        expires_at=made.expires_at, keyword=word, by=OLIVE, at=NOON,
    )  # fmt: skip


def picture(name: str = "x.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "brown").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue() + b"<script>after the end</script>", "image/jpeg")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return somebody without a cookie, at noon."""
    for room in ("public", "views.answers"):
        monkeypatch.setattr(f"regulars.desks.voice.ports.{room}.now", lambda: NOON)
    return Client(enforce_csrf_checks=True)


@pytest.mark.django_db
def test_pictures_come_with_an_answer_drawn_anew_and_only_the_shop_sees_them(reader: Client, olive: Any) -> None:
    ada, made = customer("Ada"), port()
    own = f"/p/{made.code}/{personal_name(made.pk, ada.pk)}"
    assert 'enctype="multipart/form-data"' in reader.get(own).content.decode()
    sent = {"a.stars": "2", "a.words": "The lid leaks.", "a.look": [picture(), picture()]}
    assert reader.post(own, sent).status_code == 200
    photo = AnswerPhoto.objects.order_by("pk")[0]
    with default_storage.open(photo.file) as kept:
        assert b"after the end" not in kept.read()
    assert AnswerPhoto.objects.count() == 2
    address = f"/ports/photos/{photo.pk}.jpg"
    assert reader.get(address).status_code == 302  # to sign in
    staff = Client()
    staff.force_login(olive)
    assert b"".join(staff.get(address).streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    opinion = Opinion.objects.get()
    assert address in staff.get(f"/opinions/{opinion.pk}/").content.decode()
    assert address in staff.get(f"/ports/{made.pk}/answers").content.decode()


@pytest.mark.django_db
def test_what_is_no_picture_is_refused_and_nothing_else_is_lost(reader: Client) -> None:
    made = port()
    own = f"/p/{made.code}/{personal_name(made.pk, customer('Ada').pk)}"
    for wrong in (
        [SimpleUploadedFile("x.jpg", b"\xff\xd8 nothing", "image/jpeg")],
        [SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")],
        [picture(str(n)) for n in range(4)],
    ):
        refused = reader.post(own, {"a.stars": "4", "a.words": "Lovely mug.", "a.look": wrong})
        assert refused.status_code == 400
        assert "Lovely mug." in refused.content.decode()
    assert not Answer.objects.exists()
    assert not AnswerPhoto.objects.exists()
    reader.post(own, {"a.stars": "4", "a.look": [picture(), picture()]})
    assert reader.post(own, {"a.stars": "4", "a.look": [picture(), picture()]}).status_code == 400
    assert AnswerPhoto.objects.count() == 2
    # A picture alone is an answer and its change; the same page sent again without one changes nothing.
    assert reader.post(own, {"a.stars": "4", "a.look": picture()}).status_code == 200
    assert reader.post(own, {"a.stars": "4"}).status_code == 200
    assert AnswerPhoto.objects.count() == 3
    assert AnswerVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_erasing_her_takes_her_pictures(reader: Client) -> None:
    ada, made = customer("Ada"), port()
    reader.post(f"/p/{made.code}/{personal_name(made.pk, ada.pk)}", {"a.stars": "5", "a.look": picture()})
    file = AnswerPhoto.objects.get().file
    assert everything(ada.pk)["answers_to_questions"][0]["pictures"] == 1
    erase(ada.pk, reason="asked", by=SYSTEM, at=NOON)
    assert not AnswerPhoto.objects.exists()
    assert not default_storage.exists(file)
    assert Answer.objects.get().values == {"stars": 5}


@pytest.mark.django_db
def test_a_message_that_begins_with_the_keyword_answers_once_and_is_heard_once() -> None:
    _kept, sender = provider()
    ada, made = customer("Ada"), with_keyword("Tea")
    said = Report(kind="said", at=NOON, event_id="m1", address="ada@example.com", text="TEA! 2 the bag was open")
    hear(sender, [said, said], at=NOON)
    answer = Answer.objects.get()
    assert (answer.port_id, answer.customer_id, answer.values) == (made.pk, ada.pk, {"stars": 2})
    opinion = Opinion.objects.get()
    assert (opinion.source, opinion.mark, opinion.customer_id) == ("answer", 2, ada.pk)
    assert words_of([opinion])[opinion.pk].text == "the bag was open"
    assert Case.objects.get().reason == "low_mark"
    later = Report(kind="said", at=NOON + DAY, event_id="m2", address="ada@example.com", text="tea 5 all is well now")
    hear(sender, [later], at=NOON + DAY)
    assert Answer.objects.get().values == {"stars": 5}
    assert Opinion.objects.count() == 1
    # When the days to change it are over, it is a message like any other.
    late = Report(kind="said", at=NOON + 30 * DAY, event_id="m3", address="ada@example.com", text="tea 1 broken")
    hear(sender, [late], at=NOON + 30 * DAY)
    assert Answer.objects.get().values == {"stars": 5}
    assert Opinion.objects.filter(source="reply").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["teapot 5", "Do you sell tea?", "tea", "5 lovely tea", ""])
def test_other_words_stay_messages(text: str) -> None:
    _kept, sender = provider()
    customer("Ada")
    with_keyword("tea")
    with_keyword("old")
    operations.retire_port(Port.objects.get(keyword="old").pk, by=SYSTEM, at=NOON)
    hear(sender, [Report(kind="said", at=NOON, event_id="m", address="ada@example.com", text=text)], at=NOON)
    hear(sender, [Report(kind="said", at=NOON, event_id="n", address="ada@example.com", text="old 5")], at=NOON)
    assert not Answer.objects.exists()
    assert Opinion.objects.filter(source="reply").count() == (2 if text else 1)


@pytest.mark.django_db
def test_a_keyword_is_one_ports() -> None:
    with_keyword("Tea")
    other = port()
    with pytest.raises(KeywordTaken):
        change(other, " T-E-A ")
    other.refresh_from_db()
    assert other.keyword is None


@pytest.mark.parametrize(
    ("asks", "text", "values", "words"),
    [
        (ASKS, "5", {"stars": 5}, {}),
        (ASKS, "5 lovely", {"stars": 5}, {"words": "lovely"}),
        (ASKS, "5分 不错", {}, {"words": "5分 不错"}),
        (ASKS, "９ out of ten", {}, {"words": "９ out of ten"}),
        (ASKS, "lovely", {}, {"words": "lovely"}),
        ([{"id": "ok", "kind": "yes_no", "text": {"en": "?"}}], "否", {"ok": "no"}, {}),
        ([{"id": "ok", "kind": "yes_no", "text": {"en": "?"}}], "Yes!", {"ok": "yes"}, {}),
        (
            [{"id": "c", "kind": "choice", "text": {"en": "?"}, "options": [{"en": "a"}, {"en": "b"}]}],
            "2",
            {"c": "1"},
            {},
        ),
        ([{"id": "c", "kind": "choice", "text": {"en": "?"}, "options": [{"en": "a"}, {"en": "b"}]}], "3", {}, {}),
    ],
)
def test_what_follows_the_keyword_is_a_mark_and_words(
    asks: list[dict[str, Any]], text: str, values: dict[str, Any], words: dict[str, str]
) -> None:
    given = read_reply(read_questions(asks), text)
    assert (dict(given.values), dict(given.words)) == (values, words)


def test_keywords_are_compared_without_case_width_and_signs() -> None:
    assert keyword_of("ＴＥＡ！") == keyword_of("tea") == "tea"
    assert keyword_of("好茶：") == "好茶"


@pytest.mark.django_db
def test_products_have_ports_without_keywords() -> None:
    made = operations.port_of_scope(f"product:{product().pk}", ready="product", about="product", at=NOON)
    assert made.keyword is None


@pytest.mark.django_db
def test_the_widget_asks_without_a_trace_and_takes_one_answer_by_one_page(reader: Client) -> None:
    made = port()
    address = f"/p/{made.code}.json"
    asked = reader.get(f"{address}?lang=zh-CN")
    assert asked["Access-Control-Allow-Origin"] == "*"
    assert not asked.cookies
    said = asked.json()
    assert [question["id"] for question in said["questions"]] == ["stars", "words"]  # pictures are for the page
    assert said["questions"][0]["choices"] == [[str(n), str(n)] for n in range(1, 6)]
    assert not Answer.objects.exists()
    values = {"name": said["name"], "a.stars": "1", "a.words": "Cold."}
    for _time in range(2):
        assert reader.post(address, values).json() == {"state": "done", "problems": []}
    answer = Answer.objects.get()
    assert (answer.values, answer.customer_id) == ({"stars": 1}, None)
    assert Case.objects.count() == 1
    assert reader.post(address, {"name": said["name"]}).json()["state"] == "empty"
    assert reader.post(address, values | {"a.stars": "9"}).json() == {"state": "problems", "problems": ["stars"]}
    assert Answer.objects.get().values == {"stars": 1}


@pytest.mark.django_db
def test_the_widgets_door_is_closed_where_the_port_is(reader: Client) -> None:
    ada, personal, gone = customer("Ada"), port(is_personal_only=True), port()
    own = personal_name(gone.pk, ada.pk)
    assert reader.post(f"/p/{gone.code}.json", {"name": own, "a.stars": "5"}).status_code == 404
    assert reader.post(f"/p/{gone.code}.json", {"name": "x", "a.stars": "5"}).status_code == 404
    operations.retire_port(gone.pk, by=SYSTEM, at=NOON)
    for made in (personal, gone):
        assert reader.get(f"/p/{made.code}.json").status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_the_widget_is_small_and_fresh() -> None:
    for path in ("/p/port.js", "/r/reviews.js"):
        sent = Client().get(path, headers={"accept-encoding": "gzip"})
        assert sent["Content-Encoding"] == "gzip"
        assert len(sent.content) <= 8 * 1024
        assert Client().get(path, headers={"accept-encoding": "gzip", "if-none-match": sent["ETag"]}).status_code == 304
