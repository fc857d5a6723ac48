"""Corner Coffee with something on every page: a crowd with cohorts, imports in each state, work that waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core import signing
from PIL import Image

from regulars.base.actor import Actor
from regulars.base.clock import now, to_us
from regulars.base.models import Job
from regulars.desks.outreach.audiences import operations as audiences
from regulars.desks.outreach.campaigns import operations as campaigns
from regulars.desks.outreach.journeys import operations as journeys
from regulars.desks.outreach.journeys.ready import plan_of
from regulars.desks.outreach.journeys.rules import Entry
from regulars.desks.outreach.journeys.steps import Exit, Split, WaitUntil
from regulars.desks.outreach.signup.names import name_of
from regulars.desks.outreach.signup.operations import add_form, ask_to_join
from regulars.desks.voice.needs import operations as needs
from regulars.desks.voice.opinions import operations as opinions
from regulars.desks.voice.opinions.sealing import Words
from regulars.desks.voice.ports import operations as ports
from regulars.desks.voice.ports.names import personal_name
from regulars.desks.voice.ports.ready import READY
from regulars.desks.voice.ports.rules import Given
from regulars.desks.voice.quality import operations as quality
from regulars.desks.voice.reviews import operations as reviews
from regulars.desks.voice.reviews.models import ReviewPhoto
from regulars.desks.voice.reviews.names import own_name
from regulars.messages.identity import Identity, identity, save_identity
from regulars.messages.models import Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import add_sender
from regulars.messages.sending import hand_over
from regulars.people.drafts import BuyerDraft
from regulars.people.operations import suggest_merges
from regulars.shop import operations as goods
from regulars.shop.accounts import account_scope
from regulars.shop.operations import add_store
from regulars.sources.answers.operations import keep_mailbox
from regulars.sources.csv_upload import operations as imports
from regulars.sources.csv_upload.models import Batch
from regulars.sources.tracker.following import follow
from regulars.sources.tracker.messages import take as take_message
from regulars.sources.tracker.models import Junk
from regulars.sources.tracker.operations import add_key
from regulars.sources.tracker.rules import Key, Taken
from regulars.sources.tracker.writer import Writer
from regulars.staff import operations as staff
from regulars.stream.models import Activity
from tests.messages.shop import IDENTITY
from tests.web.cast import ADA, BY, Cast, open_shop, order, take

NUMBERS = ("revenue", "own_share", "lapsing", "time_between_orders", "rfm", "visits")
ROWS = (
    "order,email,date,total\n"
    "T1,ada@example.com,2026-01-05,10.00\n"
    "T2,ben@example.com,2026-01-06,20.50\n"
    "T3,cleo@example.com,soon,5.00\n"
)


@dataclass(frozen=True)
class Shop:
    """The cast, and with what arguments the pages of single things are opened."""

    cast: Cast
    places: dict[str, list[dict[str, Any]]]


def furnish(folder: Path, owner: Actor) -> Shop:
    """Make the shop. The numbers of its pages are worked out by whoever calls this."""
    cast, at = open_shop(), now()
    counter = add_store(name="Counter", platform="", currency="CNY", timezone="Asia/Shanghai", by=BY, at=at)
    crowd = []
    for n in range(40):
        who = BuyerDraft(account=f"g{n}", email=f"guest{n}@example.com", name=f"Guest {n:02d}", city="Bern")
        crowd += [order(f"G{n}-{k}", who, 400 - 30 * k) for k in range(1 + n % 2 * (n % 5))]
    late = BuyerDraft(account="late", name="Lena Late", city="Bern", country="CH")
    take(cast.store, *crowd, *[order(f"L{n}", late, 40 + 14 * n) for n in range(6)], batch=91)
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=at - timedelta(days=3))
    Job.objects.create(
        kind="stream.write_lake", state="dead", run_at=at, created_at=at, attempts=5, finished_at=at,
        error="Traceback (most recent call last):\n  …\nOSError: [Errno 28] No space left on device",
    )  # fmt: skip
    batches = [_batch(folder, counter, owner, steps) for steps in range(4)]
    _invitation, token = staff.invite(email="nora@example.com", role="agent", by=owner, at=at)
    return Shop(cast, _places(cast, counter.pk, batches, token))


def _batch(folder: Path, store: Any, by: Actor, steps: int) -> Batch:
    """Return an import that went so many steps: uploaded, checked, imported, failed."""
    path, at = folder / f"till-{steps}.csv", now()
    path.write_text(ROWS.replace("T", f"T{steps}-"), encoding="utf-8")
    batch, proposal = imports.start_draft(path=path, name=path.name, store=store, by=by, at=at)
    if steps >= 1:
        imports.set_plan(batch.pk, proposal.plan, store=store, by=by, at=at)
        imports.request_check(batch.pk, by=by, at=at)
        assert imports.run_here(batch.pk)
    if steps == 2:
        imports.confirm(batch.pk, by=by, at=at)
        assert imports.run_here(batch.pk)
    if steps == 3:
        Batch.objects.filter(pk=batch.pk).update(state="failed", problem="The file is not here any more.")
    return batch


def _site(store: Any) -> int:
    """Return a write key that brought visits and had an event refused; an id of its site is nobody's."""
    at = now()
    key = add_key(name="Own site", store=store, use="browser", by=BY, at=at)
    taken = Taken(Key(key.pk, store.pk, account_scope("tmall", store.pk), "CN"))
    for days in range(40):
        for n in range(3):
            _walk(taken, f"v{days % 17}-{n}", at - timedelta(days=days, hours=n + 1), ADA.account if n == 2 else "")
    _walk(taken, "here", at - timedelta(minutes=1), "")
    take_message(taken, b'{"event": "Product Viewed"}', context={}, sent_us=None, received_us=to_us(at), kind="track")
    Writer()._commit([taken])
    Junk.objects.create(visitor="terminal", seen_with=70, at=at)
    follow(at=at)
    return key.pk


def _walk(taken: Taken, visitor: str, at: Any, user: str) -> None:
    """Look at two pages and a product, and put it in the basket."""
    said = {"anonymousId": visitor} | ({"userId": user} if user else {})
    product = {"product_id": "espresso", "name": "Espresso"}
    for n, more in enumerate((
        {"type": "page", "context": {"page": {"path": "/", "url": "https://x.example/", "referrer": "https://weibo.com/"}}},
        {"type": "page", "context": {"page": {"path": "/espresso", "url": "https://x.example/espresso"}}},
        {"type": "track", "event": "Product Viewed", "properties": product},
        {"type": "track", "event": "Product Added", "properties": product},
    )):  # fmt: skip
        raw = json.dumps(said | more | {"messageId": f"{visitor}{at}{n}"}).encode()
        take_message(taken, raw, context={}, sent_us=None, received_us=to_us(at) + n * 20_000_000, kind="")


def _audience() -> tuple[int, int]:
    """Return an audience whose rule has every kind of field, with its course of a week, and a frozen list of it."""
    at = now()
    row = audiences.save_audience(
        name="Back again", by=BY, at=at,
        rule='orders at least 1 in 400 days and (bought product Espresso or not agreed to email for marketing) and '
             'last order within 90 days and not random 1% "spring"',
    )  # fmt: skip
    for days in range(7):
        audiences.take_sizes(at=at - timedelta(days=6 - days))
    frozen = audiences.freeze(row.pk, by=BY, at=at)
    audiences.change_audience(row.pk, name="Back again", rule=f"{row.rule} and name known", by=BY, at=now())
    return row.pk, frozen.pk


def _speaking() -> dict[str, list[dict[str, Any]]]:
    """Return the places of a draft, of a campaign that left in two texts, of a sender, and of a message's way out."""
    at = (now() - timedelta(days=3)).replace(hour=3)  # before noon in Shanghai
    save_identity(
        Identity("Corner Coffee", "1 Mill Lane, Bath", "https://regulars.example", topics=("Harvests",)), by=BY, at=at
    )
    given = {"folder": "outbox", "from_address": "olive@corner.example"}
    sender = add_sender(channel="email", adapter="folder", name="Outbox", settings=given, by=BY, at=at)
    everybody = audiences.save_audience(name="Everybody", rule="everybody", by=BY, at=at)
    save_identity(replace(identity(), customers_may_be_written_to=True), by=BY, at=at)
    text = {"en": {"subject": "Beans for {first_name|you}", "text": "They are in: https://corner.example/"}}
    made = {"audience_id": everybody.pk, "channels": ["email"], "by": BY, "at": at}
    draft = campaigns.draft_campaign(name="Next", variants=[{"en": {"subject": "LAST CHANCE!!", "text": "x"}}], **made)
    ready = campaigns.draft_campaign(name="Soon", variants=[text], **made)
    done = campaigns.draft_campaign(name="Beans", variants=[text, text], holdout_percent=40, **made)
    campaigns.start(done.pk, by=BY, at=at)
    campaigns.plan_campaign(done.pk, at=at)
    hand_over(sender, until=lambda: False, clock=lambda: at + timedelta(hours=1))
    left = Touch.objects.filter(left_at__isnull=False).first()
    assert left is not None
    one = [{"campaign": row.pk} for row in (draft, ready, done)]
    name = [{"name": touch_name(left.pk)}]
    return {
        "campaigns:campaign": one, "campaigns:edit": one[:2], "campaigns:preview": one[1:],
        "campaigns:forecast": one[1:], "campaigns:people": one[2:], "campaigns:people_export": one[2:],
        "campaigns:customer": [{"customer": left.customer_id}],
        "senders:add": [{"channel": channel, "adapter": adapter} for channel, adapter in
                        (("email", "smtp"), ("sms", "twilio"), ("wechat", "official"))],
        "wayout:choices": name, "ports:message": name,
        "wayout:data": [name[0] | {"token": signing.dumps([left.customer_id, "data"], salt="regulars.wayout")}],
        "wayout:erasure": [name[0] | {"token": signing.dumps([left.customer_id, "erasure"], salt="regulars.wayout")}],
    }  # fmt: skip


def _journey(cast: Cast) -> int:
    """Return a journey that Ada and Ben are in, with a step that parts."""
    at = now()
    save_identity(IDENTITY, by=BY, at=at)
    plan = plan_of("first_order", at=at)
    waiting = WaitUntil("s2", "order.paid", days=14, then=(Exit("s4"),), other=(Split("s5", "name known"),))
    plan = replace(plan, entry=Entry(rule="orders at least 1"), steps=(plan.steps[0], waiting, plan.steps[2]))
    row = journeys.draft_journey(name="Thanks", plan=plan, by=BY, at=at)
    journeys.start(row.pk, by=BY, at=at, takes_present=True)
    journeys.ask_audiences(at=at)
    journeys.advance(at=at)
    return row.pk


def _places(cast: Cast, store: int, batches: list[Batch], token: str) -> dict[str, list[dict[str, Any]]]:
    key = _site(cast.store)
    audience, frozen = _audience()
    one: dict[str, list[dict[str, Any]]] = {
        "web:number": [{"name": name} for name in NUMBERS],
        "web:number_course": [{"name": "revenue"}],
        "web:number_people": [{"name": "revenue"}],
        "web:retention_cell": [{"month": now().strftime("%Y-%m"), "age": 0}],
        "web:retention_class": [{"name": "champions"}],
        "web:order": [{"order": cast.order("A1").pk}, {"order": cast.order("W1").pk}],
        "web:product": [{"product": cast.espresso.pk}],
        "web:store_change": [{"store": store}],
        "web:rates_example": [{}],
        **{f"audiences:{name}": [{"audience": audience}] for name in ("show", "edit", "export")},
        "audiences:export_frozen": [{"freeze": frozen}],
        "tracking:customer": [{"customer": cast.ada.pk}],
        "tracking:events": [{"key": key}],
        "staff:accept_invitation": [{"token": token}],
        "tracking:visit": [{"activity": Activity.objects.filter(kind="site.visited").latest("id").pk}],
        "web:visits_stopped": [{"step": 1}],
        "web:visits_returned": [{"since": "first_visit"}, {"since": "first_order"}],
        "web:visits_list": [{"name": name} for name in ("looked-today", "baskets-left", "wanted-in-vain")],
    }
    journey = _journey(cast)
    one |= {f"journeys:{name}": [{"journey": journey}] for name in ("journey", "trial", "edit", "begin", "people")}
    one["journeys:step"] = [{"journey": journey, "step": name} for name in ("s1", "s2", "s3")]
    one["journeys:preview"] = [{"journey": journey, "step": "s1"}]
    people = {
        f"web:customer{rest}": [{"customer": person.pk} for person in (cast.ada, cast.wang)]
        for rest in ("", "_older", "_edit", "_export", "_erase", "_merge")
    }
    files = {f"imports:{name}": [{"pk": batch.pk} for batch in batches] for name in ("batch", "columns", "progress")}
    return (
        one
        | people
        | files
        | _opinions(cast)
        | _lots(cast)
        | _reviews(cast)
        | _needs(cast)
        | _speaking()
        | _ways()
        | {"imports:rejected": [{"pk": batches[2].pk}]}
    )


def _opinions(cast: Cast) -> dict[str, list[dict[str, Any]]]:
    """Return the places of opinions in each state: waiting, a case, changed and answered, taken back."""
    at = now() - timedelta(days=2)

    def said(key: str, text: str, **about: Any) -> int:
        new = opinions.NewOpinion(source="noted", key=key, words=Words(text), said_at=at, place="Weibo", **about)
        row = opinions.hear(new, by=BY, at=at)
        assert row is not None
        return row.pk

    ada = {"customer": cast.ada.pk, "product": cast.espresso.pk, "best": 5}
    rows = [
        said("waits", "The beans are good, but the bag does not close any more.", mark=4, **ada),
        said("same", "the beans are good but the bag does not close any more"),
        said("case", "包裹破了,豆子撒了一地。", mark=1, case="low_mark", language="zh-hans", **ada),
        said("changed", "Too bitter for us.", mark=2, **ada),
        said("gone", "I should not have written this.", **ada),
    ]
    opinions.revise(rows[3], words=Words("With less heat it is fine."), mark=4, by=BY, at=at)
    opinions.ponder(rows[3:4], how="answered", by=BY, at=at)
    opinions.take_back(rows[4], by=BY, at=at)
    port = ports.add_port(
        name="Parcels", about="insert", questions=list(READY["delivery"].questions), texts=READY["delivery"].texts,
        by=BY, at=at,
    )  # fmt: skip
    for n in range(7):
        given = Given({"in_time": "yes" if n % 3 else "no", "satisfied": 1 + n % 5}, {"words": f"Parcel {n} came."})
        ports.answer(port, ports.Came(f"o{n}", place=f"198.51.100.{n}"), given, at=at)
    asks = [{"id": "look", "kind": "photo", "text": {"en": "Show us", "zh-hans": "给我们看看"}}]
    look = ports.add_port(name="Look", about="shop", questions=asks, texts={}, by=BY, at=at)
    out = BytesIO()
    Image.new("RGB", (60, 40), "brown").save(out, "JPEG")
    sent = Given({}, {}, {}, {"look": [out.getvalue()]})
    photo = ports.answer(look, ports.Came("o9", place="198.51.100.9"), sent, at=at).photos.get()
    own = personal_name(port.pk, cast.ada.pk)
    asked: dict[str, list[dict[str, Any]]] = {
        f"ports:{name}": [{"port": port.pk}, {"port": look.pk}] for name in ("port", "edit", "code", "card", "answers")
    }
    asked |= {
        "ports:data": [{"code": port.code}], "ports:answers_export": [{"port": port.pk}],
        "ports:open": [{"code": port.code}, {"code": look.code}], "ports:photo": [{"photo": photo.pk}],
        "ports:personal": [{"code": port.code, "name": own}],
    }  # fmt: skip
    return asked | {
        "opinions:opinion": [{"opinion": pk} for pk in rows],
        "opinions:customer": [{"customer": cast.ada.pk}],
    }


def _lots(cast: Cast) -> dict[str, list[dict[str, Any]]]:
    """Return the places of a lot in doubt with checks and orders, of one that was stopped, and of one taken out."""
    at, tea = now() - timedelta(days=1), cast.espresso.pk
    made: dict[str, Any] = {"product": tea, "by": BY, "at": at}
    doubt = goods.add_lot(code="2026-05 Huila", supplier="Finca Alta", quantity=80, **made)
    stopped, gone = goods.add_lot(code="2026-04", **made), goods.add_lot(code="2026-03", **made)
    goods.assign(lot=doubt.pk, order=cast.order("A1").pk, by=BY, at=at)
    out = BytesIO()
    Image.new("RGB", (60, 40), "brown").save(out, "JPEG")
    seen: dict[str, Any] = {"lot": doubt.pk, "stage": "dispatch", "by": BY, "at": at}
    failed = goods.add_check(what="Smell", result="fail", photo=out.getvalue(), **seen)
    wrong = goods.add_check(what="Weight", result="pass", value=Decimal("251.5"), unit="g", **seen)
    goods.take_back_check(wrong.pk, by=BY, at=at)
    goods.stop_sale(product=tea, lot=stopped.pk, reason="mould", by=BY, at=at)
    goods.withdraw_lot(gone.pk, by=BY, at=at)
    quality.work_out(at=now())
    one = [{"lot": lot.pk} for lot in (doubt, stopped, gone)]
    return {
        "quality:product": [{"product": tea}], "quality:add": [{"product": tea}], "quality:lot": one,
        "quality:edit": one[:1], "quality:orders_export": one[:1], "quality:photo": [{"check": failed.pk}],
    }  # fmt: skip


def _reviews(cast: Cast) -> dict[str, list[dict[str, Any]]]:
    """Return the places of a review that is held, one taken down, one with picture and answer; and of files."""
    at, tea = now() - timedelta(days=1), cast.espresso.pk
    out = BytesIO()
    Image.new("RGB", (60, 40), "brown").save(out, "JPEG")
    seen = [out.getvalue()]

    def wrote(
        link: str, stars: int, text: str, *, customer: int | None = None, photos: list[bytes] | None = None
    ) -> int:
        came = reviews.Came(link=link, customer=customer, place="203.0.113.5")
        new = reviews.NewReview(stars=stars, text=text, title="So", author="Ada L.", photos=photos or [])
        return reviews.write(tea, came, new, at=at).pk

    rows = [
        wrote(f"{tea}:c{cast.ada.pk}", 2, "The bag opens by itself.", customer=cast.ada.pk, photos=seen),
        wrote("held", 1, "Write to me: lena@example.com", photos=seen), wrote("down", 5, "买就送，看 www.example.com"),
        wrote("wang", 5, "很香，第二次买了。", customer=cast.wang.pk), wrote("gone", 3, "I take this back."),
    ]  # fmt: skip
    reviews.reply(rows[0], "We are sorry; a clip is on its way.", by=BY, at=at)
    reviews.reply(rows[0], "We are sorry; a clip is on its way today.", by=BY, at=now())
    reviews.remove(rows[2], reasons=["unrelated"], note="an advertisement", by=BY, at=now())
    reviews.delete_own("gone", at=now())
    reviews.save_reviewing(reviews.Settings(incentive="a voucher of 5 euros", thanks="THANKS5"), by=BY, at=at)
    head = b"rating,body,review_date,product_handle,reviewer_name\n"
    raw = head + f"5,Good,2025-01-02,{cast.espresso.external_id},Cleo\n".encode() + b"9,Bad,2025-01-02,oolong,Dan\n"
    files = [reviews.read_file(raw, origin="judgeme", name=f"{n}.csv", by=BY, at=at).pk for n in range(2)]
    reviews.take_file(files[1], by=BY, at=at)
    reviews.work_on_file(files[1], by=BY, at=at)
    mine = own_name(tea, cast.ada.pk)
    photos = [photo.pk for photo in ReviewPhoto.objects.order_by("pk")]
    return {
        **{f"reviews:{name}": [{"product": tea}] for name in ("public", "data", "write")},
        "reviews:own": [{"product": tea, "name": mine}], "reviews:photo": [{"photo": photos[0]}],
        "reviews:review": [{"review": pk} for pk in rows], "reviews:staff_photo": [{"photo": photos[1]}],
        "reviews:file": [{"file": pk} for pk in files],
    }  # fmt: skip


def _needs(cast: Cast) -> dict[str, list[dict[str, Any]]]:
    """Return the places of needs with and without a deed, of deeds in each state, and of a programme."""
    at = now() - timedelta(days=1)
    bag = needs.make_need({"en": "The bag does not close", "zh-hans": "袋子关不紧"}, by=BY, at=at)
    grinds = needs.need_of_theme("quality", by=BY, at=at)
    for n in range(4):
        new = opinions.NewOpinion(
            source="noted", key=f"bag{n}", words=Words(f"The bag opens by itself, for the {n}th time."), said_at=at,
            customer=cast.ada.pk, product=cast.espresso.pk,
        )  # fmt: skip
        row = opinions.hear(new, by=BY, at=at)
        assert row is not None
        needs.confirm(row.pk, [bag.pk, grinds.pk][: 1 + n % 2], by=BY, at=at)
    split = needs.split_need(bag.pk, [row.pk], names={"en": "Zips"}, by=BY, at=at)
    assert split is not None
    new_deed = needs.NewDeed(need=bag.pk, action="A clip on each bag", owner=BY.id or 1, due=at.date())
    done, planned = needs.plan_deed(new_deed, by=BY, at=at), needs.plan_deed(new_deed, by=BY, at=at)
    needs.do_deed(done.pk, by=BY, at=at)
    needs.show_deed(done.pk, {"en": "Each bag has a clip.", "zh-hans": "每个袋子都有夹子。"}, by=BY, at=at)
    program = needs.begin_program(
        name="First hundred", store=cast.store.pk, product=None, begins_at=at - timedelta(days=400), by=BY, at=at
    )
    each = [{"need": bag.pk}, {"need": grinds.pk}]
    return {
        "needs:need": each, "needs:people": each[:1], "needs:people_export": each[:1], "needs:plan": each[:1],
        "needs:ask": each[:1],
        "needs:deed": [{"deed": done.pk}, {"deed": planned.pk}], "needs:program": [{"program": program.pk}],
    }  # fmt: skip


def _ways() -> dict[str, list[dict[str, Any]]]:
    """Make ways to speak and a form to sign up by; nobody answers at their addresses."""
    at = now()
    here = {"host": "127.0.0.1", "port": "1"}
    mail, sms, wechat = (
        add_sender(channel=channel, adapter=adapter, name=adapter, settings=settings, by=BY, at=at)
        for channel, adapter, settings in (
            ("email", "smtp", {**here, "security": "none", "from_address": "hello@shop.example"}),
            ("sms", "smpp", {**here, "system_id": "shop", "sender": "Coffee"}),
            ("wechat", "official", {"app_id": "wx1", "app_secret": "s", "token": "t"}),
        )
    )
    box = {"imap_host": "127.0.0.1", "imap_port": "1", "imap_security": "none", "imap_username": "shop"}
    keep_mailbox(mail.pk, box, by=BY, at=at)
    wording = "Corner Coffee writes to you once a month. Every mail has a link to stop."
    form = add_form(name="Coffee news", wording=wording, topics=["espresso"], by=BY, at=at)
    ask_to_join(form, email="nia@example.com", place="::1", agent="", language="en", link=str, at=at)
    return {
        "senders:sender": [{"sender": row.pk} for row in (mail, wechat)],
        "senders:check": [{"sender": sms.pk}],
        "senders:account": [{"sender": wechat.pk}],
        "answers:hook": [],  # no page, and closed to whoever is no provider
        "answers:mailbox": [{"sender": mail.pk}],
        "answers:mailbox_check": [{"sender": mail.pk}],
        "signup:join": [{"slug": form.slug}],
        "signup:confirm": [{"slug": form.slug, "name": name_of(form.asked_set.get().pk)}],
        "signup:form": [{"form": form.pk}],
        "signup:code": [{"form": form.pk}],
    }
