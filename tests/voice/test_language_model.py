"""The optional language model: off by default, told nothing personal, believed in nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from regulars.base.models import Setting
from regulars.desks.voice.needs import language_model, operations
from regulars.desks.voice.needs.models import Need
from regulars.desks.voice.opinions.operations import take_back
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, said

pytestmark = pytest.mark.django_db
GOOD = {"en": "Lids break", "zh-hans": "盖子易碎", "summary": "The lids do not survive the journey."}


class Server:
    """A server on this machine that speaks the chat interface, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.status, self.content = 200, "```json\n" + json.dumps(GOOD) + "\n```"
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.told.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                answer = json.dumps({"choices": [{"message": {"content": server.content}}]}).encode()
                self.send_response(server.status)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server that runs."""
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever)
    thread.start()
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()


def need() -> Need:
    """Return a need with two voices, one of them taken back."""
    row = operations.make_need({"en": "Something"}, by=OLIVE, at=NOON)
    ada = customer("Ada")
    one = said("The lid broke. Call me: +44 20 7946 0958, ada@example.com, order TB-20260612-77.", customer=ada.pk)
    gone = said("I should not have said this about the lid.", customer=ada.pk)
    for opinion in (one, gone):
        operations.confirm(opinion.pk, [row.pk], by=OLIVE, at=NOON)
    take_back(gone.pk, by=OLIVE, at=NOON)
    return row


def switch_on(server: Server, **about: Any) -> None:
    """Keep the server as the shop's own model."""
    values = {"address": server.address, "model": "small", "key": "s3cret", "is_own": True, "is_on": True} | about
    language_model.save_config(by=OLIVE, at=NOON, **values)


def test_off_until_switched_on(server: Server) -> None:
    row = need()
    with pytest.raises(language_model.Unwilling, match="off"):
        language_model.ask(row)
    switch_on(server, is_on=False)
    with pytest.raises(language_model.Unwilling, match="off"):
        language_model.ask(row)
    assert server.told == []


def test_it_is_told_masked_texts_and_nothing_of_people(server: Server) -> None:
    row = need()
    switch_on(server)
    found = language_model.ask(row)
    assert (found.names, found.summary) == ({"en": "Lids break", "zh-hans": "盖子易碎"}, GOOD["summary"])
    path, headers, body = server.told[0]
    assert (path, headers["authorization"]) == ("/v1/chat/completions", "Bearer s3cret")
    assert body == language_model.request_of(row, language_model.config()), "what the page shows is what is sent"
    sent = json.dumps(body, ensure_ascii=False)
    assert "The lid broke" in sent
    for personal in ("7946", "ada@", "20260612", "Ada", "should not have said"):
        assert personal not in sent
    row.refresh_from_db()
    assert row.names == {"en": "Something"}, "what it says is a proposal"
    assert "s3cret" not in json.dumps(Setting.objects.get(name="language_model").value)


@pytest.mark.parametrize("content", ["no idea", "{", '{"en": 5}', "[]", '{"en": ""}', "{" * 5_000 + "}"])
def test_what_cannot_be_read_is_no_proposal(server: Server, content: str) -> None:
    row = need()
    switch_on(server)
    server.content = content
    with pytest.raises(language_model.Unwilling, match="unreadable"):
        language_model.ask(row)
    server.status = 500
    with pytest.raises(language_model.Unwilling, match="500"):
        language_model.ask(row)


def test_an_address_inside_is_asked_only_where_it_is_said_to_be_the_shops_own(server: Server) -> None:
    row = need()
    with pytest.raises(ValueError, match="https"):
        switch_on(server, is_own=False)
    switch_on(server, is_own=False, address=server.address.replace("http:", "https:"))
    with pytest.raises(language_model.Unwilling, match="private-address"):
        language_model.ask(row)
    assert server.told == []


def test_a_key_goes_to_no_other_server(server: Server) -> None:
    switch_on(server)
    switch_on(server, key=None)
    assert language_model.config().key == "s3cret"
    switch_on(server, key=None, address="http://127.0.0.1:1/v1")
    assert language_model.config().key == ""


def test_the_pages(server: Server, olive: Any, sam: Any, client_of: Callable[[Any], Any]) -> None:
    row, client = need(), client_of(olive)
    assert client_of(sam).get("/settings/language-model/").status_code == 403
    refused = client.post("/settings/language-model/", {"address": "ftp://x", "model": "m", "is_on": "on"})
    assert refused.status_code == 400
    given = {"address": server.address, "model": "small", "key": "k", "is_own": "on", "is_on": "on"}
    client.post("/settings/language-model/", given)
    before = client.get(f"/needs/{row.pk}/ask").content.decode()
    assert "The lid broke" in before
    assert server.told == [], "to look is not to send"
    after = client_of(sam).post(f"/needs/{row.pk}/ask").content.decode()
    assert "Lids break" in after
    assert len(server.told) == 1
    server.status = 401
    assert "did not answer" in client.post(f"/needs/{row.pk}/ask").content.decode()
