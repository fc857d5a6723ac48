"""Reviews: every star by one path, a hold ends by itself, what is not shown is counted in public."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from regulars.base.actor import SYSTEM
from regulars.desks.voice.opinions.models import Case, Earlier, Opinion, Pondering
from regulars.desks.voice.opinions.sealing import words_of
from regulars.desks.voice.ports import operations as ports
from regulars.desks.voice.ports.names import personal_name
from regulars.desks.voice.ports.operations import Came as CameToPort
from regulars.desks.voice.ports.rules import Given
from regulars.desks.voice.reviews import operations, queries
from regulars.desks.voice.reviews.models import Decision, Reply, Review, ReviewPhoto
from regulars.desks.voice.reviews.names import open_name, own_name
from regulars.desks.voice.reviews.operations import Came, DecisionError, NewReview, Settings
from regulars.desks.voice.reviews.rules import held_for
from regulars.people.exporting import everything
from regulars.people.operations import erase
from regulars.shop.models import Line
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, order, product

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLACE = {"REMOTE_ADDR": "198.51.100.7"}


def person(name: str) -> int:
    return customer(name).pk


def bought(who: int, what: Any, number: str = "A1") -> Any:
    """Return an order of a product."""
    found = order(who, number)
    Line.objects.create(order=found, position=1, title=what.title, product=what, quantity=1, total_minor=2_000)
    return found


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "my kitchen"
    Image.new("RGB", (80, 60), "brown").save(out, "JPEG", exif=exif)
    return out.getvalue()


def written(what: Any, link: str, at: datetime = NOON, **said: Any) -> Review:
    who = said.pop("customer", None)
    place = said.pop("place", "")
    said.setdefault("stars", 5)
    return operations.write(what.pk, Came(link=link, customer=who, place=place), NewReview(**said), at=at)


class Author:
    """Somebody without a cookie, and the clock of the pages."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = NOON
        self.client = Client(enforce_csrf_checks=True)
        monkeypatch.setattr("regulars.desks.voice.reviews.authors.now", lambda: self.at)

    def get(self, path: str) -> Any:
        return self.client.get(path, **PLACE)

    def post(self, path: str, **said: Any) -> Any:
        return self.client.post(path, said, **PLACE)

    def opens(self, what: Any) -> str:
        """Open the page that is open to everybody; return the name its form carries."""
        found = re.search(r'name="name" value="([^"]+)"', self.get(f"/r/{what.pk}/write").content.decode())
        assert found is not None
        return found[1]


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> Author:
    return Author(monkeypatch)


@pytest.mark.parametrize("stars", [1, 2, 3, 4, 5])
def test_every_star_is_shown_at_once_by_the_same_path(author: Author, stars: int) -> None:
    ada, tea = person("ada"), product()
    own = f"/r/{tea.pk}/write/{own_name(tea.pk, ada, order=bought(ada, tea).pk)}"
    answer = author.post(own, stars=str(stars), text="Weak after two cups.", author="Ada L.")
    assert answer.status_code == 200
    row = Review.objects.get()
    assert (row.state, row.stars, row.is_verified, row.customer_id) == ("shown", stars, True, ada)
    assert "Weak after two cups." in author.get(f"/r/{tea.pk}/").content.decode()
    # Only that low stars also call a person, which hides nothing.
    assert Case.objects.exists() is (stars <= 2)
    heard = Opinion.objects.get()
    assert (heard.source, heard.mark, heard.best, heard.product_id) == ("review", stars, 5, tea.pk)
    activity = Activity.objects.get(kind="review.written")
    assert activity.customer_id == ada
    assert activity.subject == f"review:{row.pk}"


def test_a_look_records_nothing_and_a_sent_page_sent_again_is_one_review(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    own = f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}"
    before = Activity.objects.count()
    for path in (own, f"/r/{tea.pk}/write", f"/r/{tea.pk}/", "/r/ledger", f"/r/{tea.pk}/reviews.json"):
        assert author.get(path).status_code == 200
    assert not Review.objects.exists()
    assert Activity.objects.count() == before
    for _time in range(2):
        author.post(own, stars="4", text="Good tea.")
    assert Review.objects.count() == Opinion.objects.count() == 1
    assert Activity.objects.filter(kind__in=["review.written", "review.changed"]).count() == 1


def test_her_link_changes_and_deletes_her_review_also_after_its_time(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    name = own_name(tea.pk, ada, until=NOON + 30 * DAY)
    own = f"/r/{tea.pk}/write/{name}"
    author.post(own, stars="5", text="Lovely.", author="Ada")
    author.at = NOON + 200 * DAY
    assert 'value="5" checked' in author.get(own).content.decode()
    author.post(own, stars="2", text="It went stale.", author="Ada")
    row = Review.objects.get()
    assert (row.stars, row.opinion.mark, row.state) == (2, 2, "shown")
    assert Earlier.objects.get().mark == 5
    assert "It went stale." in author.get(f"/r/{tea.pk}/").content.decode()
    author.post(own, do="delete")
    page = author.get(f"/r/{tea.pk}/").content.decode()
    assert "stale" not in page
    assert "Ada" not in page
    row.refresh_from_db()
    assert (row.state, row.author) == ("deleted", "")
    assert not words_of([Opinion.objects.get()])
    tally = queries.tally_of(tea.pk)
    assert (tally.collected, tally.shown, tally.deleted) == (1, 0, 1)


def test_after_deleting_she_may_write_anew(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    own = f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}"
    author.post(own, stars="1", text="Bad.")
    author.post(own, do="delete")
    author.post(own, do="delete")
    author.post(own, stars="4", text="The new lot is good.")
    assert queries.tally_of(tea.pk).by_star == [0, 0, 0, 1, 0]
    assert Activity.objects.filter(kind="review.deleted").count() == 1


def test_a_link_made_up_or_too_late_opens_nothing(author: Author) -> None:
    ada, tea, mug = person("ada"), product(), product("Mug", "mug")
    name = own_name(tea.pk, ada, until=NOON + DAY)
    assert author.get(f"/r/{mug.pk}/write/{name}").status_code == 404
    assert author.get(f"/r/{tea.pk}/write/{name[:-1]}0").status_code in {404}
    port_name = personal_name(tea.pk, ada)
    assert author.get(f"/r/{tea.pk}/write/{port_name}").status_code == 404
    author.at = NOON + 2 * DAY
    assert author.post(f"/r/{tea.pk}/write/{name}", stars="5").status_code == 404
    assert not Review.objects.exists()


def test_on_the_open_page_the_purchase_is_shown_by_number_and_address(author: Author) -> None:
    ada, tea = person("ada"), product()
    found = bought(ada, tea, "A77")
    page = f"/r/{tea.pk}/write"
    name = author.opens(tea)
    said = {"name": name, "stars": "4", "text": "Fine."}
    for wrong in (
        {},
        {"order": "A77"},
        {"order": "A77", "contact": "ben@example.com"},
        {"order": "B1", "contact": "ada@example.com"},
    ):
        answer = author.post(page, **said, **wrong)
        assert answer.status_code == 400
        assert "Fine." in answer.content.decode()  # nothing she wrote is lost
    assert not Review.objects.exists()
    assert author.post(page, **said, order="#A77", contact="Ada@Example.com").status_code == 200
    row = Review.objects.get()
    assert (row.is_verified, row.order_id, row.customer_id) == (True, found.pk, ada)
    # A label in the waste shows both; it opens nothing that is written.
    again = author.post(page, name=author.opens(tea), stars="1", order="A77", contact="ada@example.com")
    assert again.status_code == 400
    assert Review.objects.get().stars == 4
    # By the page's own name its author changes it.
    author.post(f"{page}/{name}", stars="3", text="Fine, on second thought.")
    assert Review.objects.get().stars == 3


def test_who_did_not_buy_writes_only_where_the_shop_lets_her_and_is_marked(author: Author) -> None:
    tea = product()
    page = f"/r/{tea.pk}/write"
    assert author.post(page, name=author.opens(tea), stars="5").status_code == 400
    operations.save_reviewing(Settings(takes_unverified=True), by=OLIVE, at=NOON)
    assert author.post(page, name=author.opens(tea), stars="5").status_code == 200
    assert not Review.objects.get().is_verified
    assert "Purchase not verified" in author.get(f"/r/{tea.pk}/").content.decode()


def test_a_machine_from_one_place_is_stopped_and_thanked_when_it_fills_the_hidden_field(author: Author) -> None:
    tea = product()
    operations.save_reviewing(Settings(takes_unverified=True), by=OLIVE, at=NOON)
    page = f"/r/{tea.pk}/write"
    assert author.post(page, name=author.opens(tea), stars="5", website="x").status_code == 200
    assert not Review.objects.exists()
    for _n in range(20):
        assert author.post(page, name=author.opens(tea), stars="5").status_code == 200
    assert author.post(page, name=author.opens(tea), stars="5").status_code == 429
    assert Review.objects.count() == 20
    author.at += timedelta(hours=2)
    assert author.post(page, name=author.opens(tea), stars="5").status_code == 200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Write to me: lena@example.com", "private_data"),
        ("Call 0170 123 45 67 89", "private_data"),
        ("加我微信 lena_2020 便宜", "private_data"),
        ("电话１３８００１３８０００", "private_data"),
        ("You asshole!", "abusive"),
        ("客服是傻逼", "abusive"),
        ("I will find you", "abusive"),
        ("cheaper at best-tea.shop", "links"),
        ("see https://example.org/x", "links"),
    ],
)
def test_content_is_held_for_its_reason_whatever_the_stars(text: str, reason: str) -> None:
    assert held_for("", text, "") == [reason]
    tea = product()
    rows = [written(tea, f"x{stars}", stars=stars, text=text) for stars in range(1, 6)]
    assert {row.state for row in rows} == {"held"}
    assert {row.decide_by for row in rows} == {NOON + 3 * DAY}


@pytest.mark.parametrize(
    "text",
    [
        "Rubbish. A fraud, never again!", "垃圾产品，骗子店家，再也不买了", "Bought 2024-05-01, broke 2024-06-11.",
        "Cost 1.299,00 and weighs 250 g", "订单号 12345678，等了九天", "Smells like a wet dog.", "5 of 5.Great",
    ],
)  # fmt: skip
def test_hard_words_about_goods_and_dates_and_prices_are_not_held(text: str) -> None:
    assert held_for("", text, "Ada") == []


def test_a_hold_ends_by_itself_and_a_decision_stands() -> None:
    tea = product()
    waits, down = written(tea, "a", text="mail me: a@b.de"), written(tea, "b", text="mail me: c@d.de", stars=1)
    assert operations.publish_overdue(at=NOON + 2 * DAY) == 0
    with pytest.raises(DecisionError):
        operations.remove(down.pk, reasons=[], by=OLIVE, at=NOON)
    with pytest.raises(DecisionError):
        operations.remove(down.pk, reasons=["too_few_stars"], by=OLIVE, at=NOON)
    assert Review.objects.get(pk=down.pk).state == "held"
    assert operations.remove(down.pk, reasons=["private_data"], by=OLIVE, at=NOON + DAY)
    assert not operations.remove(down.pk, reasons=["private_data"], by=OLIVE, at=NOON + DAY)
    assert operations.publish_overdue(at=NOON + 3 * DAY) == 1
    assert operations.publish_overdue(at=NOON + 3 * DAY) == 0
    assert {row.pk: row.state for row in Review.objects.all()} == {waits.pk: "shown", down.pk: "removed"}
    assert [(d.what, d.by) for d in Decision.objects.order_by("pk")] == [
        ("held", "system"), ("held", "system"), ("removed", "staff:1"), ("shown", "system"),
    ]  # fmt: skip
    assert operations.publish(down.pk, by=OLIVE, at=NOON + 4 * DAY)
    assert queries.tally_of(tea.pk).shown == 2


def test_whoever_mends_what_was_taken_down_is_looked_at_again() -> None:
    tea = product()
    row = written(tea, "a", text="mail me: a@b.de")
    operations.remove(row.pk, reasons=["private_data"], by=OLIVE, at=NOON)
    row = written(tea, "a", at=NOON + DAY, text="Good tea.")
    assert (row.state, row.reasons, row.decide_by) == ("held", ["changed"], NOON + 4 * DAY)
    # Changing it again does not push the day away.
    row = written(tea, "a", at=NOON + 3 * DAY, text="www.elsewhere.com")
    assert row.decide_by == NOON + 4 * DAY


def test_the_ledger_names_every_review_that_came_in(author: Author) -> None:
    tea, mug = product(), product("Mug", "mug")
    for n, stars in enumerate((5, 5, 1, 1, 3)):
        written(tea, f"t{n}", stars=stars, text=f"Said {n}")
    written(mug, "m", stars=2, text="mail me: a@b.de")
    gone, hidden = Review.objects.get(link="t1"), Review.objects.get(link="t2")
    operations.delete_own(gone.link, at=NOON)
    operations.remove(hidden.pk, reasons=["unrelated"], by=OLIVE, at=NOON)
    whole = queries.total(queries.tallies().values())
    assert (whole.collected, whole.shown, whole.held, whole.removed, whole.deleted) == (6, 3, 1, 1, 1)
    assert whole.by_star == [1, 0, 1, 0, 1]
    assert whole.hidden_by_star == [1, 1, 0, 0, 1]
    page = author.get("/r/ledger").content.decode()
    assert "not about the goods" in page
    stub = author.get(f"/r/{tea.pk}/").content.decode()
    assert "was taken down" in stub
    assert "Said 2" not in stub


def test_pictures_are_drawn_anew_and_seen_only_while_the_review_is_shown(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    own = f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}"
    broken = SimpleUploadedFile("x.jpg", b"\xff\xd8 no picture", "image/jpeg")
    refused = author.post(own, stars="5", text="Look", photos=broken)
    assert refused.status_code == 400
    assert "Look" in refused.content.decode()
    assert not Review.objects.exists()
    author.post(own, stars="5", text="Look", photos=SimpleUploadedFile("x.jpg", picture(), "image/jpeg"))
    photo = ReviewPhoto.objects.get()
    with default_storage.open(photo.file) as kept:
        assert b"my kitchen" not in kept.read()
    address = f"/r/photos/{photo.pk}.jpg"
    seen = author.get(address)
    assert b"".join(seen.streaming_content).startswith(b"\xff\xd8")
    operations.remove(photo.review_id, reasons=["fake"], by=OLIVE, at=NOON)
    assert author.get(address).status_code == 404
    six = [SimpleUploadedFile(f"{n}.jpg", picture(), "image/jpeg") for n in range(6)]
    assert author.post(own, stars="5", text="Look", photos=six).status_code == 400
    assert ReviewPhoto.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_goes_leaves_no_file(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    own = f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}"
    author.post(own, stars="5", text="Look", photos=SimpleUploadedFile("x.jpg", picture(), "image/jpeg"))
    photo = ReviewPhoto.objects.get()
    author.post(own, stars="5", text="Look", without=str(photo.pk))
    assert not ReviewPhoto.objects.exists()
    assert not default_storage.exists(photo.file)


def test_an_answer_is_public_dated_and_keeps_its_wordings(author: Author) -> None:
    tea = product()
    row = written(tea, "a", stars=1, text="The bag was open.")
    assert operations.reply(row.pk, "We are sorry; a new one leaves today.", by=OLIVE, at=NOON + DAY)
    assert not operations.reply(row.pk, "We are sorry; a new one leaves today.", by=OLIVE, at=NOON + DAY)
    assert not operations.reply(row.pk, "  ", by=OLIVE, at=NOON + DAY)
    operations.reply(row.pk, "We are sorry; it left today.", by=OLIVE, at=NOON + 2 * DAY)
    page = author.get(f"/r/{tea.pk}/").content.decode()
    assert "it left today" in page
    assert "a new one leaves" not in page
    assert Pondering.objects.get().how == "answered"
    assert Reply.objects.count() == 2
    assert operations.take_back_reply(row.pk, by=OLIVE, at=NOON + 3 * DAY)
    assert not operations.take_back_reply(row.pk, by=OLIVE, at=NOON + 3 * DAY)
    assert "it left today" not in author.get(f"/r/{tea.pk}/").content.decode()


def test_the_reward_is_flat_badged_and_of_its_time(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    written(tea, "before", stars=4)
    operations.save_reviewing(Settings(incentive="a voucher of 5 euros", thanks="THANKS5"), by=OLIVE, at=NOON)
    answer = author.post(f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}", stars="1", text="Bitter.")
    assert "THANKS5" in answer.content.decode()
    assert {row.link: row.incentive for row in Review.objects.all()} == {
        "before": "", f"{tea.pk}:c{ada}": "a voucher of 5 euros",
    }  # fmt: skip
    assert "Every author got: a voucher of 5 euros" in author.get(f"/r/{tea.pk}/").content.decode()


def test_what_she_answered_when_asked_is_offered_and_the_port_leads_here_for_every_mark(author: Author) -> None:
    ada, tea = person("ada"), product()
    found = bought(ada, tea)
    for mark in (1, 5):
        port = ports.port_of_scope(f"product:{tea.pk}", ready="product", about="product", at=NOON)
        name = personal_name(port.pk, ada, order=found.pk)
        answer = author.client.post(f"/p/{port.code}/{name}", {"a.stars": str(mark), "a.better": "Kept me awake."})
        link = re.search(rf'href="(/r/{tea.pk}/write/[^"]+)"', answer.content.decode())
        assert link is not None, answer.content.decode()
        page = author.get(link[1]).content.decode()
        assert f'value="{mark}" checked' in page
        assert "Kept me awake." in page


def test_search_engines_and_widgets_read_the_same_counts_and_no_word_breaks_out(author: Author) -> None:
    tea = product("Tea </script><b>")
    written(tea, "a", stars=5, text="</script><script>alert(1)</script>", title="<img src=x>", author='"><b>')
    written(tea, "b", stars=2, text="Weak")
    page = author.get(f"/r/{tea.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    said = json.loads(block[1])
    assert said["aggregateRating"]["ratingValue"] == 3.5
    assert said["aggregateRating"]["reviewCount"] == 2
    assert said["name"] == "Tea </script><b>"
    answer = author.get(f"/r/{tea.pk}/reviews.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    data = answer.json()
    assert (data["mean"], data["by_star"]) == (3.5, [0, 1, 0, 0, 1])
    assert {row["text"] for row in data["reviews"]} == {"Weak", "</script><script>alert(1)</script>"}
    assert "customer" not in answer.content.decode()


def test_erasing_her_takes_words_name_and_pictures_and_leaves_the_count(author: Author) -> None:
    ada, tea = person("ada"), product()
    bought(ada, tea)
    author.post(
        f"/r/{tea.pk}/write/{own_name(tea.pk, ada)}", stars="5", text="Mine", author="Ada",
        photos=SimpleUploadedFile("x.jpg", picture(), "image/jpeg"),
    )  # fmt: skip
    assert everything(ada)["reviews"][0]["text"] == "Mine"
    erase(ada, reason="asked", by=SYSTEM, at=NOON)
    row = Review.objects.get()
    assert (row.customer_id, row.order_id, row.author, row.state) == (None, None, "", "deleted")
    assert not ReviewPhoto.objects.exists()
    assert "Mine" not in author.get(f"/r/{tea.pk}/").content.decode()
    assert queries.tally_of(tea.pk).collected == 1


def test_what_is_suspicious_is_explained_and_hides_nothing(olive: Any) -> None:
    tea = product()
    herself = customer("Olive", email=olive.email).pk
    rows = [written(tea, f"s{n}", customer=person(f"c{n}"), place="203.0.113.9", text=f"Said {n}") for n in range(3)]
    own = written(tea, "own", customer=herself, stars=5)
    found = queries.suspicions([*rows, own])
    assert [s.code for s in found[own.pk]] == ["own_staff"]
    assert [s.code for s in found[rows[0].pk]] == ["same_place"]
    assert {row.state for row in Review.objects.all()} == {"shown"}


def test_two_posts_at_once_are_one_review_and_its_change() -> None:
    tea = product()
    first = written(tea, "a", stars=5, text="One")
    second = written(tea, "a", stars=4, text="Two")
    assert first.pk == second.pk
    assert Review.objects.get().stars == 4


def test_open_names_are_one_review_each() -> None:
    tea = product()
    assert open_name(tea.pk, at=NOON) != open_name(tea.pk, at=NOON)


def test_a_mark_at_a_port_is_no_review() -> None:
    # A mark without words at a port is no opinion; as a review it is one star more.
    tea = product()
    port = ports.port_of_scope(f"product:{tea.pk}", ready="product", about="product", at=NOON)
    ports.answer(port, CameToPort("o1"), Given({"stars": 4}, {}), at=NOON)
    assert not Opinion.objects.exists()
    written(tea, "a", stars=4)
    assert queries.tally_of(tea.pk).by_star[3] == 1
