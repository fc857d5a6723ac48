"""Ports: a look records nothing, one link is one answer, a low mark is a case at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from regulars.base.actor import SYSTEM
from regulars.base.clock import local_midnight, now
from regulars.base.installation import shop_settings
from regulars.desks.voice.opinions.models import Case, Earlier, Opinion
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports import operations, queries
from regulars.desks.voice.ports.models import Answer, AnswerVersion, Port
from regulars.desks.voice.ports.names import open_name, personal_name, read_name
from regulars.desks.voice.ports.operations import Came
from regulars.desks.voice.ports.ready import READY
from regulars.desks.voice.ports.rules import Given, QuestionError, read_given, read_questions, way
from regulars.desks.voice.ports.scores import nps
from regulars.insight.rates import wilson
from regulars.messages.models import Said
from regulars.messages.names import touch_name
from regulars.messages.operations import plan
from regulars.people.exporting import everything
from regulars.people.operations import erase
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider, sending
from tests.voice.shop import order, product

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLACE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def owner(olive: Any) -> Client:
    """Return the owner's browser."""
    client = Client()
    client.force_login(olive)
    return client


def port(ready: str = "delivery", about: str = "insert", **more: Any) -> Port:
    """Return a port of a ready set."""
    found = READY[ready]
    return operations.add_port(
        name="Parcels", about=about, questions=list(found.questions), texts=found.texts, by=SYSTEM, at=NOON, **more
    )


class Reader:
    """Somebody without a cookie, and the clock of the pages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = NOON
        self.client = Client(enforce_csrf_checks=True)
        monkeypatch.setattr("regulars.desks.voice.ports.public.now", lambda: self.at)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers, **PLACE)

    def post(self, path: str, **said: str) -> Any:
        return self.client.post(path, {key.replace("__", "."): value for key, value in said.items()}, **PLACE)

    def opens(self, path: str) -> str:
        """Open a page and return the name its form carries."""
        found = re.search(r'name="name" value="([^"]+)"', self.get(path).content.decode())
        assert found is not None
        return found[1]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(monkeypatch)


def rows() -> tuple[int, ...]:
    """Return how much of everything there is."""
    return tuple(model.objects.count() for model in (Port, Answer, Opinion, Case, Said, Activity))


def test_what_only_looks_changes_nothing(reader: Reader) -> None:
    ada, made = customer("Ada"), port()
    _kept, sender = provider()
    plan(sending("campaign:3"), [ada.pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    touch = sending("campaign:3").touch_set.get()
    before = rows()
    for path in (
        f"/p/{made.code}",
        f"/p/{made.code.upper()}",
        f"/p/{made.code}/{personal_name(made.pk, ada.pk)}",
        f"/p/{made.code}/{personal_name(made.pk, ada.pk)}?a.satisfied=1&a.in_time=no",
        f"/f/{touch_name(touch.pk)}?a.satisfied=5",
    ):
        for method in (reader.client.get, reader.client.head):
            for agent in ("Mozilla/5.0", "GoogleImageProxy", "Barracuda Sentinel (EE)"):
                assert method(path, headers={"user-agent": agent, "purpose": "prefetch"}).status_code == 200
    assert rows() == before


def test_an_answer_by_the_code_on_a_card(reader: Reader) -> None:
    made = port()
    name = reader.opens(f"/p/{made.code}")
    done = reader.post(f"/p/{made.code}", name=name, a__in_time="yes", a__satisfied="5", a__words="Well packed.")
    assert done.status_code == 200
    answer = Answer.objects.get()
    assert (answer.values, answer.customer_id) == ({"in_time": "yes", "satisfied": 5}, None)
    assert answer.opinion is not None
    opinion = answer.opinion
    assert (opinion.source, opinion.scope, opinion.mark, opinion.best) == ("answer", made.named, 5, 5)
    assert words_of([opinion])[opinion.pk].text == "Well packed."
    assert not Case.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute('SELECT "values" FROM ports_answer')
        assert "packed" not in str(cursor.fetchall())


def test_sent_twice_is_one_answer_and_a_change_keeps_what_was(reader: Reader) -> None:
    ada, made = customer("Ada"), port()
    path = f"/p/{made.code}/{personal_name(made.pk, ada.pk, order=order(ada.pk).pk)}"
    for _ in range(2):
        assert reader.post(path, a__satisfied="2", a__words="The bag was open.").status_code == 200
    assert (Answer.objects.count(), Opinion.objects.count(), AnswerVersion.objects.count()) == (1, 1, 0)
    reader.at = NOON + 3 * DAY
    assert reader.post(path, a__satisfied="5", a__words="They sent another at once.").status_code == 200
    answer = Answer.objects.get()
    assert (answer.version, answer.values, answer.customer_id) == (2, {"satisfied": 5}, ada.pk)
    assert AnswerVersion.objects.get().values == {"satisfied": 2}
    assert (Opinion.objects.get().mark, Earlier.objects.count()) == (5, 1)
    reader.at = NOON + 20 * DAY
    assert reader.post(path, a__satisfied="1").status_code == 410
    answer.refresh_from_db()
    assert (answer.values, Opinion.objects.get().mark) == ({"satisfied": 5}, 5)
    assert Activity.objects.filter(kind="port.answered").count() == 2


def test_two_links_are_two_answers(reader: Reader) -> None:
    made, ada = port(), customer("Ada")
    for number in ("A1", "A2"):
        name = personal_name(made.pk, ada.pk, order=order(ada.pk, number).pk)
        assert reader.post(f"/p/{made.code}/{name}", a__satisfied="4").status_code == 200
    assert Answer.objects.count() == 2
    assert not Opinion.objects.exists(), "a good mark without words is no opinion to read"


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"a__satisfied": "2"}, "low_mark"), ({"a__in_time": "no", "a__satisfied": "5"}, "not_in_time")],
)
def test_who_is_let_down_is_a_case_at_once(reader: Reader, said: dict[str, str], reason: str) -> None:
    ada, made = customer("Ada"), port()
    done = reader.post(f"/p/{made.code}/{personal_name(made.pk, ada.pk)}", **said)
    assert done.status_code == 200
    case = Case.objects.select_related("opinion").get()
    assert (case.reason, case.opinion.customer_id) == (reason, ada.pk)


def test_the_foot_of_a_message_leads_to_its_campaigns_port(reader: Reader) -> None:
    ada = customer("Ada")
    _kept, sender = provider()
    plan(sending("campaign:7"), [ada.pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    touch = sending("campaign:7").touch_set.get()
    path = f"/f/{touch_name(touch.pk)}"
    assert reader.post(path, a__satisfied="4", a__words="Do you have it in red?").status_code == 200
    made = Port.objects.get()
    assert (made.scope, made.about, made.about_id) == ("campaign:7", "campaign", 7)
    opinion = Opinion.objects.get()  # one, though the ledger keeps what answers a message as well
    assert (opinion.source, opinion.scope, opinion.customer_id, opinion.mark) == ("page", "campaign:7", ada.pk, 4)
    assert Said.objects.get().touch_id == touch.pk


def test_links_that_we_did_not_make_or_whose_time_is_over(reader: Reader) -> None:
    ada, made, other = customer("Ada"), port(), port("product")
    name = personal_name(made.pk, ada.pk, until=NOON + DAY)
    own = f"/p/{made.code}/{name}"
    assert reader.post(own, a__satisfied="5").status_code == 200
    before = rows()
    for path in (
        f"/p/{made.code}/{name[:-1]}0",
        f"/p/{other.code}/{name}",
        f"/p/{made.code}/c{ada.pk:x}.0.0.{'0' * 24}",
        "/p/nothing",
        f"/p/{made.code}/{'x' * 3000}",
    ):
        assert reader.get(path).status_code == 404
        assert reader.post(path, a__satisfied="1").status_code == 404
    reader.at = NOON + 2 * DAY
    assert reader.post(own, a__satisfied="1").status_code == 404
    page = open_name(made.pk, at=NOON - 40 * DAY)
    assert reader.post(f"/p/{made.code}", name=page, a__satisfied="1").status_code == 404
    assert rows() == before


def test_what_is_put_away_or_only_personal_is_not_open(reader: Reader) -> None:
    made = port(is_personal_only=True)
    assert reader.get(f"/p/{made.code}").status_code == 404
    own = f"/p/{made.code}/{personal_name(made.pk, customer('Ada').pk)}"
    assert reader.get(own).status_code == 200
    operations.retire_port(made.pk, by=SYSTEM, at=NOON)
    assert reader.get(own).status_code == 410
    assert "not asked any more" in reader.post(own, a__satisfied="1").content.decode()
    assert not Answer.objects.exists()


def test_after_its_last_day_a_port_takes_nothing_and_says_so(reader: Reader, owner: Client) -> None:
    made = port()
    form = {
        "name": "Parcels",
        "edit_days": "14",
        "q0.text.en": "In time?",
        "q1.text.en": "Satisfied?",
        "q2.text.en": "More?",
    }
    for wrong in ("31.12.2026", "2026-02-30", "9999-12-31"):
        refused = owner.post(f"/ports/{made.pk}/edit", form | {"last_day": wrong})
        assert refused.status_code == 400
        assert wrong in refused.content.decode()
    made.refresh_from_db()
    assert made.expires_at is None
    day = NOON.date()
    assert owner.post(f"/ports/{made.pk}/edit", form | {"last_day": day.isoformat()}).status_code == 302
    made.refresh_from_db()
    assert made.expires_at == local_midnight(day + DAY, shop_settings().zone)
    assert f'value="{day.isoformat()}"' in owner.get(f"/ports/{made.pk}/edit").content.decode()
    page = f"/p/{made.code}"
    assert reader.get(page).status_code == 200
    reader.at = made.expires_at
    assert reader.get(page).status_code == reader.post(page, a__satisfied="5").status_code == 410
    assert not Answer.objects.exists()


def test_a_figure_leads_to_the_answers_and_the_people_behind_it(reader: Reader, owner: Client) -> None:
    made, ada = port(), customer("Ada Lovelace")
    reader.at = now()
    reader.post(f"/p/{made.code}/{personal_name(made.pk, ada.pk)}", a__satisfied="1", a__words="Broken.")
    for _n in range(3):
        reader.post(f"/p/{made.code}", name=reader.opens(f"/p/{made.code}"), a__satisfied="5")
    page = owner.get(f"/ports/{made.pk}/").content.decode()
    link = re.search(r'href="(/ports/\d+/answers\?q=satisfied&amp;v=1)">1<', page)
    assert link is not None
    found = owner.get(link[1].replace("&amp;", "&")).content.decode()
    assert "Ada Lovelace" in found
    assert "Broken." in found
    assert found.count("<tr>") == 2
    file = b"".join(owner.get(f"/ports/{made.pk}/answers/export?q=satisfied&v=5").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(file.strip().splitlines()) == 4
    # Whatever else the address asks for, all answers are shown.
    assert owner.get(f"/ports/{made.pk}/answers?q=values__x&v=1").content.decode().count("<tr>") == 5


def test_machines_are_thanked_and_not_kept_and_many_from_one_place_are_stopped(reader: Reader) -> None:
    made = port()
    name = reader.opens(f"/p/{made.code}")
    assert reader.post(f"/p/{made.code}", name=name, website="x", a__satisfied="5").status_code == 200
    assert not Answer.objects.exists()
    for _ in range(operations.PER_PLACE):
        again = reader.opens(f"/p/{made.code}")
        assert reader.post(f"/p/{made.code}", name=again, a__satisfied="5").status_code == 200
    more = reader.opens(f"/p/{made.code}")
    assert reader.post(f"/p/{made.code}", name=more, a__satisfied="5").status_code == 429
    assert Answer.objects.count() == operations.PER_PLACE
    reader.at = NOON + timedelta(hours=2)
    assert reader.post(f"/p/{made.code}", name=more, a__satisfied="5").status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"a__satisfied": "6"}, {"a__satisfied": "-1"}, {"a__satisfied": "५"}, {"a__in_time": "maybe"},
        {"a__satisfied": "5" * 4000}, {}, {"a__unknown": "1"}, {"a__words": "\0  "},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_nothing_kept(reader: Reader, said: dict[str, str]) -> None:
    made = port()
    name = reader.opens(f"/p/{made.code}")
    assert reader.post(f"/p/{made.code}", name=name, **said).status_code == 400
    assert not Answer.objects.exists()


def test_words_are_shown_as_words(reader: Reader) -> None:
    made = port()
    name = reader.opens(f"/p/{made.code}")
    page = reader.post(f"/p/{made.code}", name=name, a__satisfied="9", a__words="</textarea><script>x</script>")
    assert b"<script>x" not in page.content
    assert b"&lt;/textarea&gt;" in page.content


def test_the_page_speaks_chinese(reader: Reader) -> None:
    page = reader.get(f"/p/{port().code}", **{"accept-language": "zh-CN"}).content.decode()
    assert "按时送到了吗？" in page
    assert 'lang="zh-hans"' in page


def test_an_erased_persons_link_is_dead_and_her_answer_is_nobodys(reader: Reader) -> None:
    ada, made = customer("Ada"), port()
    own = f"/p/{made.code}/{personal_name(made.pk, ada.pk)}"
    reader.post(own, a__satisfied="1", a__words="Broken.")
    assert everything(ada.pk)["answers_to_questions"][0]["values"] == {"satisfied": 1}
    erase(ada.pk, reason="asked", by=SYSTEM, at=NOON)
    assert reader.get(own).status_code == 404
    answer = Answer.objects.select_related("opinion").get()
    assert answer.customer_id is None
    assert answer.opinion is not None
    assert bytes(answer.opinion.sealed) == b""
    assert answer.values == {"satisfied": 1}


def test_a_products_port_gives_its_opinions_the_product(reader: Reader) -> None:
    tea = product()
    made = port("product", "product", about_id=tea.pk)
    name = reader.opens(f"/p/{made.code}")
    reader.post(f"/p/{made.code}", name=name, a__stars="3", a__better="A smaller bag.")
    assert Opinion.objects.get().product_id == tea.pk


def test_figures_say_how_sure_they_are() -> None:
    assert [round(wilson(*pair)[0], 3) for pair in ((1, 1), (2, 2), (5, 5), (10, 10), (19, 20), (45, 50))] == [
        0.207, 0.342, 0.566, 0.722, 0.764, 0.786,
    ]  # fmt: skip
    assert [round(nps(n // 2, n // 5, n)[1], 1) for n in (50, 100, 400, 1000)] == [21.6, 15.3, 7.7, 4.8]
    made = port("opinion")
    for n in range(4):
        operations.answer(made, Came(f"o{n}"), Given({"satisfied": 5}), at=NOON)
    (few,) = queries.scores(made, at=NOON)
    assert (few.n, few.value) == (4, None)
    for n in range(4, 10):
        operations.answer(made, Came(f"o{n}"), Given({"satisfied": 1 + n % 2 * 4}), at=NOON)
    (score,) = queries.scores(made, at=NOON)
    assert (score.n, score.value, score.is_grey, score.change) == (10, 0.7, True, None)


def test_questions_that_cannot_be_asked() -> None:
    stars = {"id": "s", "kind": "stars", "text": {"en": "How?"}}
    for wrong, code in (
        ([], "none"),
        ([{**stars, "kind": "magic"}], "unknown_kind"),
        ([{**stars, "text": {"en": " "}}], "no_text"),
        ([stars, stars], "same_id"),
        ([{**stars, "id": f"s{n}"} for n in range(5)], "too_many_taps"),
        ([{"id": "c", "kind": "choice", "text": {"en": "Which?"}, "options": [{"en": "one"}]}], "options"),
        ([stars, {**stars, "id": "t", "jumps": [{"up_to": 2, "go_to": "s"}]}], "backwards"),
    ):
        with pytest.raises(QuestionError) as error:
            read_questions(wrong)
        assert error.value.code == code
    for ready in READY.values():
        assert read_questions(list(ready.questions))


def test_an_answer_leads_past_what_does_not_concern_her() -> None:
    questions = read_questions(
        [
            {"id": "s", "kind": "stars", "text": {"en": "How?"}, "jumps": [{"up_to": 3, "go_to": "why"}]},
            {"id": "like", "kind": "text", "text": {"en": "What do you like?"}},
            {"id": "why", "kind": "text", "text": {"en": "What went wrong?"}},
        ]
    )
    assert [q.id for q in way(questions, {"s": 2})] == ["s", "why"]
    given = read_given(questions, {"a.s": "2", "a.like": "left over", "a.why": "Late"})
    assert given.words == {"why": "Late"}


def test_names_are_of_one_port_only() -> None:
    until = datetime.fromisoformat("2026-07-01T00:00+00:00")
    link = read_name(4, personal_name(4, 99, order=7, until=until))
    assert link is not None
    assert (link.who, link.order, link.until, link.key) == (99, 7, until, "c99.7")
    assert read_name(5, personal_name(4, 99)) is None
