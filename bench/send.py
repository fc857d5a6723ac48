"""``send``: messages handed over to a mail server: guard-checked, personalised, settled in the ledger.

One worker and one connection, to a sink in a process of its own that takes every mail and keeps none. Beside it, over
the same kind of connection to the same sink: a plain smtplib loop that puts two words into a ready mail and sends it
(no queue, no check, no record), and django-post_office sending its queue with one process.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.framework import ROUNDS, Outcome, in_child, say

NAME = "send"
HELP = "mails handed over a second, weighed by the guard and settled, beside a plain smtplib loop and post_office"
TEXT = "Dear {first_name|friend},\n\nthe first spring tea is in, fewer than forty tins.\n\nhttps://tea.example/spring\n"


async def _take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    answers = {b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n", b"DATA": b"354 go on\r\n"}
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(answers.get(verb, b"250 ok\r\n") if verb != b"QUIT" else b"221 bye\r\n")
        if verb == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 ok\r\n")
        if verb == b"QUIT":
            break
    writer.close()


def sink(port: int) -> None:
    """Take every mail until killed."""

    async def serve() -> None:
        server = await asyncio.start_server(_take, "127.0.0.1", port, limit=2**22)
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def _sink() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-c", f"from bench.send import sink; sink({port})"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        child.kill()
        child.wait()


def ours(port: int, count: int) -> float:
    """Return messages a second of one worker, from ready in the ledger to settled."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["REGULARS_HOME"] = home
        os.environ.pop("REGULARS_BENCH_ROWS", None)  # no setting of the product
        from regulars.cli.start import start_django

        start_django()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from regulars.base.actor import SYSTEM
        from regulars.base.clock import now
        from regulars.messages.identity import Identity, save_identity
        from regulars.messages.models import Touch
        from regulars.messages.operations import NewSending, add_sender, open_sending, plan
        from regulars.messages.sending import hand_over

        at = now()
        people = _people(count)
        save_identity(Identity("Tea", "1 Mill Lane, Bath", "https://regulars.example"), by=SYSTEM, at=at)
        settings = {"host": "127.0.0.1", "port": str(port), "security": "none", "from_address": "olive@tea.example"}
        sender = add_sender(channel="email", adapter="smtp", name="Sink", settings=settings, by=SYSTEM, at=at)
        content = {"en": {"subject": "Spring tea for {first_name|you}", "text": TEXT}}
        new = NewSending("bench:1", "email", content, at + timedelta(days=2))
        plan(open_sending(new, by=SYSTEM, at=at), people, by=SYSTEM, at=at)
        clock = (at + timedelta(days=1)).replace(hour=12)
        Touch.objects.update(state="ready", release_at=clock)  # whatever hour of the night it is
        began = time.perf_counter()
        left = hand_over(sender, until=lambda: False, clock=lambda: clock)
        seconds = time.perf_counter() - began
        if left != count:
            raise RuntimeError(f"{left} of {count} left")
        return count / seconds


def _people(count: int) -> list[int]:
    from django.db import transaction

    from regulars.base import secrets
    from regulars.base.clock import now
    from regulars.people.models import Consent, Customer, Identifier

    at, ids = now(), range(1, count + 1)
    with transaction.atomic():
        keys = {pk: secrets.new_key() for pk in ids}
        Customer.objects.bulk_create(
            Customer(pk=pk, root_id=pk, name=f"Ada {pk}", created_at=at, wrapped_key=keys[pk][1]) for pk in ids
        )
        Identifier.objects.bulk_create(
            Identifier(
                customer_id=pk, kind="email", digest=secrets.digest("email", "", f"a{pk}@example.com"),
                sealed=secrets.seal(keys[pk][0], f"a{pk}@example.com"), created_at=at,
            )
            for pk in ids
        )  # fmt: skip
        Consent.objects.bulk_create(
            Consent(customer_id=pk, channel="email", state="granted", source="form", at=at, by="system") for pk in ids
        )
    return list(ids)


def plain(port: int, count: int) -> float:
    """Return mails a second of a loop that knows nothing but a template."""
    head = "From: olive@tea.example\r\nTo: {to}\r\nSubject: Spring tea for {name}\r\nMIME-Version: 1.0\r\n"
    body = TEXT.replace("{first_name|friend}", "{name}").replace("\n", "\r\n")
    html = f"<html><body><p>{body}</p></body></html>"
    mail = (
        f'{head}Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
    )
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in range(count):
            to = f"a{number}@example.com"
            server.sendmail("olive@tea.example", [to], mail.format(to=to, name=f"Ada {number}").encode())
    return count / (time.perf_counter() - began)


def post_office(port: int, count: int) -> float:
    """Return mails a second of django-post_office's queue, filled beforehand, on SQLite."""
    with tempfile.TemporaryDirectory() as home:
        import django
        from django.conf import settings

        settings.configure(
            INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{home}/db.sqlite3"}},
            EMAIL_BACKEND="post_office.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.AutoField", LOGGING_CONFIG=None,
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            POST_OFFICE={"BATCH_SIZE": count, "SENDING_ORDER": ["id"]},
        )  # fmt: skip
        django.setup()
        from django.core.management import call_command
        from post_office import mail
        from post_office.mail import send_queued

        call_command("migrate", verbosity=0)
        text = TEXT.replace("{first_name|friend}", "{{ name }}")
        batch = [
            {
                "recipients": [f"a{number}@example.com"], "sender": "olive@tea.example", "message": text,
                "subject": "Spring tea for {{ name }}", "html_message": f"<p>{text}</p>",
                "context": {"name": f"Ada {number}"},
            }
            for number in range(count)
        ]  # fmt: skip
        mail.send_many(batch)
        began = time.perf_counter()
        sent, *_ = send_queued(processes=1, log_level=0)
        seconds = time.perf_counter() - began
        if sent != count:
            raise RuntimeError(f"post_office sent {sent} of {count}")
        return count / seconds


def run() -> Outcome:
    """Measure in turns; REGULARS_BENCH_ROWS makes the batch smaller for a trial."""
    count = int(os.environ.get("REGULARS_BENCH_ROWS", "4000"))
    found: dict[str, list[float]] = {"ours": [], "plain": [], "post_office": []}
    peak = 0.0
    with _sink() as port:
        for number in range(ROUNDS):
            for work in (ours, plain, post_office) if number % 2 else (post_office, plain, ours):
                rate, memory = in_child(work, port, count)
                found[work.__name__].append(rate)
                peak = max(peak, memory) if work is ours else peak
                say(f"  {work.__name__}: {rate:,.0f} a second")
    median = {name: statistics.median(rates) for name, rates in found.items()}
    ratios = {
        "per_second": median["ours"],
        "vs_plain_loop": median["ours"] / median["plain"],
        "vs_post_office": median["ours"] / median["post_office"],
    }
    return Outcome(ratios, peak, {"messages": count, **{name: round(rate) for name, rate in median.items()}})
