"""Files of reviews from elsewhere: each row is a review or named with what is wrong; twice is once; undone is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage

from regulars.base.jobs import HANDLERS
from regulars.base.models import Job
from regulars.desks.voice.opinions.models import Opinion, Pondering
from regulars.desks.voice.reviews import formats, operations, queries
from regulars.desks.voice.reviews.formats import FormatError, Problem, Row
from regulars.desks.voice.reviews.models import Reply, Review, ReviewFile
from regulars.desks.voice.reviews.operations.files import JOB
from regulars.shop.models import Line
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, order, product

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
JUDGEME = (
    b"title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,reply_date\n"
    b"Great,Best tea,5,2025-03-01 10:00:00 UTC,web,ok,Ada L,ada@example.com,,green,Thank you!,2025-03-02 09:00:00 UTC\n"
    b',"Weak, and late",1,2025-03-03 10:00:00 UTC,web,ok,Ben,ben@example.com,,green,,\n'
    b"Buy,See https://spam.example.com,5,2025-03-04 10:00:00 UTC,web,spam,X,x@example.com,,green,,\n"
    b"?,No such thing,4,2025-03-05 10:00:00 UTC,web,ok,Cleo,,,oolong,,\n"
    b"?,No mark,six,2025-03-05 10:00:00 UTC,web,ok,Cleo,,,green,,\n"
    b"?,No date,4,05/03/2025,web,ok,Cleo,,,green,,\n"
)
TAOBAO = (
    "订单编号,宝贝标题,评价类型,评价内容,评价时间,买家昵称,追评内容,商家回复\r\n"
    '="123456789012345678",绿茶,好评,很香,2025/3/1 9:05,王**,又买了,谢谢惠顾\r\n'
    "123456789012345679,绿茶,差评,太苦,2025年3月2日 18:30:00,李**,,\r\n"
).encode("gb18030")
YOTPO = (
    "Product ID,Review Score,Review Title,Review Content,Display Name,Email,Date\n"
    "green,4.0,Good,Nice cup,Dan,dan@example.com,2025-04-01\n"
).encode("utf-8-sig")


def rows(raw: bytes, origin: str) -> list[Row | Problem]:
    return list(formats.read(raw, origin, BERLIN))


def test_a_file_of_judgeme_is_read_and_what_is_wrong_is_named_by_row_field_and_remedy() -> None:
    found = rows(JUDGEME, "judgeme")
    first = found[0]
    assert isinstance(first, Row)
    assert (first.stars, first.title, first.text, first.author, first.email) == (
        5, "Great", "Best tea", "Ada L", "ada@example.com",
    )  # fmt: skip
    assert first.products == ("green",)
    assert first.written_at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert (first.reply, first.reply_at) == ("Thank you!", datetime(2025, 3, 2, 9, tzinfo=UTC))
    assert [row.is_called_spam for row in found if isinstance(row, Row)] == [False, False, True, False]
    assert [(row.line, row.field) for row in found if isinstance(row, Problem)] == [(6, "stars"), (7, "date")]


def test_a_file_of_taobao_in_gbk_has_words_for_marks_a_second_word_and_local_times() -> None:
    found = rows(TAOBAO, "taobao")
    assert all(isinstance(row, Row) for row in found)
    first, second = (row for row in found if isinstance(row, Row))
    assert (first.stars, first.text, first.order, first.reply) == (
        5,
        "很香\n\n又买了",
        "123456789012345678",
        "谢谢惠顾",
    )
    assert first.written_at == datetime(2025, 3, 1, 9, 5, tzinfo=BERLIN)
    assert (second.stars, second.author) == (1, "李**")
    assert second.written_at == datetime(2025, 3, 2, 18, 30, tzinfo=BERLIN)


def test_a_file_of_yotpo_is_read_by_its_names_in_any_case() -> None:
    (row,) = rows(YOTPO, "yotpo")
    assert isinstance(row, Row)
    assert (row.stars, row.title, row.author) == (4, "Good", "Dan")


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00\x81", b"a,b,c\n1,2,3\n", JUDGEME.replace(b"rating", b"ratings")])
def test_another_file_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(FormatError):
        rows(raw, "judgeme")


@pytest.mark.django_db
def test_reviews_come_in_once_all_stars_alike_and_go_again() -> None:
    ada, tea = customer("ada"), product()
    found = order(ada.pk)
    Line.objects.create(order=found, position=1, title=tea.title, product=tea, quantity=1, total_minor=2_000)
    file = operations.read_file(JUDGEME, origin="judgeme", name="reviews.csv", by=OLIVE, at=NOON)
    assert (file.rows, file.unfit) == (6, 3)
    assert [problem[:2] for problem in file.problems] == [[5, "product"], [6, "stars"], [7, "date"]]
    assert not Review.objects.exists()

    assert operations.take_file(file.pk, by=OLIVE, at=NOON)
    assert not operations.take_file(file.pk, by=OLIVE, at=NOON)
    job = Job.objects.get(kind=JOB)
    HANDLERS[JOB].run(**job.args)
    file.refresh_from_db()
    assert (file.state, file.read, file.taken, file.file) == ("done", 6, 3, "")
    assert {row.author: (row.stars, row.state, row.is_verified) for row in Review.objects.all()} == {
        "Ada L": (5, "shown", True), "Ben": (1, "shown", False), "X": (5, "held", False),
    }  # fmt: skip
    assert Reply.objects.get().text == "Thank you!"
    assert Pondering.objects.get().how == "answered"
    assert Review.objects.get(author="Ada L").customer_id == ada.pk
    HANDLERS[JOB].run(**job.args)  # a job may run twice
    again = operations.read_file(JUDGEME, origin="judgeme", name="again.csv", by=OLIVE, at=NOON)
    operations.take_file(again.pk, by=OLIVE, at=NOON)
    operations.work_on_file(again.pk, by=OLIVE, at=NOON)
    again.refresh_from_db()
    assert again.taken == 0
    assert Review.objects.count() == Opinion.objects.count() == 3

    assert operations.undo_file(file.pk, by=OLIVE, at=NOON + DAY) == 3
    assert operations.undo_file(file.pk, by=OLIVE, at=NOON + DAY) == 0
    assert not Review.objects.exists()
    assert not Opinion.objects.filter(taken_back_at=None).exists()
    assert queries.tally_of(tea.pk).collected == 0
    assert Activity.objects.filter(kind="reviews.imported").count() == 3
    third = operations.read_file(JUDGEME, origin="judgeme", name="third.csv", by=OLIVE, at=NOON)
    operations.take_file(third.pk, by=OLIVE, at=NOON)
    operations.work_on_file(third.pk, by=OLIVE, at=NOON)
    assert Review.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_between_parts_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    product()
    lines = "".join(f"Tea {n},4,2025-04-01,green,C{n}\n" for n in range(50))
    raw = ("body,rating,review_date,product_handle,reviewer_name\n" + lines).encode()
    file = operations.read_file(raw, origin="judgeme", name="many.csv", by=OLIVE, at=NOON)
    kept = file.file
    operations.take_file(file.pk, by=OLIVE, at=NOON)
    monkeypatch.setattr("regulars.desks.voice.reviews.operations.files.PART", 20)
    real, calls = operations.files.record_written, []

    def dies(*args: object, **more: object) -> None:
        calls.append(1)
        if len(calls) == 31:
            raise MemoryError
        real(*args, **more)

    monkeypatch.setattr("regulars.desks.voice.reviews.operations.files.record_written", dies)
    with pytest.raises(MemoryError):
        operations.work_on_file(file.pk, by=OLIVE, at=NOON)
    assert Review.objects.count() == 20
    assert ReviewFile.objects.get().read == 20
    operations.work_on_file(file.pk, by=OLIVE, at=NOON)
    assert Review.objects.count() == 50
    assert ReviewFile.objects.get().state == "done"
    assert not default_storage.exists(kept)  # it held addresses
