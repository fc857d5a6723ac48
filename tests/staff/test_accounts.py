"""Accounts: there is always an owner, an invitation serves once, guessing is slow, and leaving ends at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.base.actor import Actor
from regulars.staff import operations
from regulars.staff.models import Invitation, Role, SignInAttempt, Staff
from regulars.stream.models import Activity
from tests.conftest import PASSWORD

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BY = Actor("staff", 1)

pytestmark = pytest.mark.django_db


def test_the_first_account_is_the_owners_and_there_is_no_second_first() -> None:
    owner = operations.create_owner(email="Olive@Example.com", name="Olive", password=PASSWORD, at=AT)
    assert (owner.email, owner.role) == ("olive@example.com", Role.OWNER)
    with pytest.raises(operations.StaffRefused):
        operations.create_owner(email="x@example.com", password=PASSWORD, at=AT)
    assert Staff.objects.count() == Activity.objects.filter(kind="staff.joined").count() == 1


@pytest.mark.parametrize("password", ["short", "password12", "1234567890123", "olive@example"])
def test_a_weak_password_makes_no_account(password: str) -> None:
    with pytest.raises(operations.StaffRefused):
        operations.create_owner(email="olive@example.com", password=password, at=AT)
    assert not Staff.objects.exists()
    assert not Activity.objects.exists()


def test_an_invitation_serves_once_and_not_for_ever(olive: Staff) -> None:
    _row, token = operations.invite(email="sam@example.com", role="agent", by=BY, at=AT)
    assert operations.find_invitation(token, at=AT + timedelta(days=8)) is None
    sam = operations.accept_invitation(token=token, name="Sam", password=PASSWORD, at=AT)
    assert sam.role == "agent"
    with pytest.raises(operations.StaffRefused):
        operations.accept_invitation(token=token, name="Sam", password=PASSWORD, at=AT)
    assert token not in str(list(Invitation.objects.values()))


def test_a_second_invitation_replaces_the_first_and_one_taken_back_is_void(olive: Staff) -> None:
    _, first = operations.invite(email="sam@example.com", role="agent", by=BY, at=AT)
    row, second = operations.invite(email="sam@example.com", role="agent", by=BY, at=AT)
    assert operations.find_invitation(first, at=AT) is None
    assert operations.revoke_invitation(row.pk, by=BY, at=AT)
    assert not operations.revoke_invitation(row.pk, by=BY, at=AT)
    assert operations.find_invitation(second, at=AT) is None


def test_the_last_owner_can_neither_leave_nor_lose_the_role(olive: Staff, sam: Staff) -> None:
    before = Activity.objects.count()
    with pytest.raises(operations.StaffRefused):
        operations.leave(olive.pk, by=BY, at=AT)
    with pytest.raises(operations.StaffRefused):
        operations.change_role(olive.pk, role="agent", by=BY, at=AT)
    assert Activity.objects.count() == before
    operations.change_role(sam.pk, role="owner", by=BY, at=AT)
    assert operations.leave(olive.pk, by=BY, at=AT)
    assert not operations.leave(olive.pk, by=BY, at=AT)


def test_who_leaves_is_out_at_once_and_may_return(olive: Staff, sam: Staff, client_of: Callable[[Any], Client]) -> None:
    client = client_of(sam)
    assert client.get(reverse("staff:account")).status_code == 200
    operations.leave(sam.pk, by=BY, at=AT)
    assert client.get(reverse("staff:account")).status_code == 302
    assert operations.sign_in(email=sam.email, password=PASSWORD, address="1", at=AT) is None
    operations.rejoin(sam.pk, by=BY, at=AT)
    assert operations.sign_in(email=sam.email, password=PASSWORD, address="1", at=AT) == sam


def test_guessing_is_throttled_by_account_and_by_address(olive: Staff) -> None:
    for _ in range(5):
        assert operations.sign_in(email=olive.email, password="wrong", address="1", at=AT) is None
    with pytest.raises(operations.TooManyAttempts, match="15 minutes"):
        operations.sign_in(email=olive.email, password=PASSWORD, address="2", at=AT)
    later = AT + timedelta(minutes=16)
    assert operations.sign_in(email=olive.email, password=PASSWORD, address="2", at=later) == olive
    for n in range(20):
        operations.sign_in(email=f"{n}@example.com", password="wrong", address="3", at=later)
    with pytest.raises(operations.TooManyAttempts):
        operations.sign_in(email=olive.email, password=PASSWORD, address="3", at=later)
    assert "example" not in str(list(SignInAttempt.objects.values()))


def test_signing_in_goes_on_to_where_one_was_but_never_elsewhere(olive: Staff, client: Client) -> None:
    values = {"email": olive.email, "password": PASSWORD}
    there = client.post(reverse("staff:sign_in"), values | {"next": "/customers/"})
    assert there.headers["Location"] == "/customers/"
    client.post(reverse("staff:sign_out"))
    away = client.post(reverse("staff:sign_in"), values | {"next": "https://evil.example/"})
    assert away.headers["Location"] == "/"


def test_a_session_planted_before_sign_in_is_worth_nothing(olive: Staff, client: Client) -> None:
    client.get(reverse("staff:sign_in"))
    client.session.save()
    before = client.session.session_key
    client.post(reverse("staff:sign_in"), {"email": olive.email, "password": PASSWORD})
    assert client.session.session_key != before


def test_a_wrong_password_says_nothing_about_the_account(olive: Staff, client: Client) -> None:
    known = client.post(reverse("staff:sign_in"), {"email": olive.email, "password": "wrong"})
    unknown = client.post(reverse("staff:sign_in"), {"email": "nobody@example.com", "password": "wrong"})
    assert (known.status_code, unknown.status_code) == (200, 200)
    said = "E-mail and password do not belong together."
    assert said in known.content.decode()
    assert said in unknown.content.decode()


def test_another_password_ends_other_sessions(olive: Staff, client_of: Callable[[Any], Client]) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post(reverse("staff:sign_in"), {"email": olive.email, "password": PASSWORD})
    values = {"form": "password", "current": PASSWORD, "password": "another calm harbour"}
    assert here.post(reverse("staff:account"), values).status_code == 302
    assert here.get(reverse("staff:account")).status_code == 200
    assert there.get(reverse("staff:account")).status_code == 302


def test_the_first_start_asks_for_the_code_that_the_server_printed(client: Client) -> None:
    values = {"name": "Olive", "email": "olive@example.com", "password": PASSWORD}
    client.post(reverse("staff:first_start"), values | {"code": "00000000"})
    assert not Staff.objects.exists()
    answer = client.post(reverse("staff:first_start"), values | {"code": operations.setup_code()})
    assert answer.status_code == 302
    assert Staff.objects.get().role == Role.OWNER
    assert client.get(reverse("staff:first_start")).status_code == 302
