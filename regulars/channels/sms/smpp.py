"""SMPP 3.4: the wire to a telephone company or an aggregator that has no HTTP.

Receipts and answers come over a session that stays open (:meth:`Smpp.listen`), beside those that send. A long text
leaves as parts with a header that lets the telephone join them; only the last part asks for a receipt, and its id
stands for the message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _
from smpplib import consts

from regulars.channels.contract import Answer, Blame, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.http import TIMEOUT
from regulars.channels.sms import parts
from regulars.channels.sms.smpp_session import HAS_HEADER, UNREAD, Account, Bind, BindRefused, Hear, Session
from regulars.channels.values import checked, is_on

_LATER = {consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RMSGQFUL, consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RX_T_APPN}
_BLAME: Mapping[int, Blame] = {
    consts.SMPP_ESME_RINVDSTADR: "address",
    consts.SMPP_ESME_RINVDSTTON: "address",
    consts.SMPP_ESME_RINVDSTNPI: "address",
    consts.SMPP_ESME_RINVMSGLEN: "message",
    consts.SMPP_ESME_RINVSRCADR: "sender",
    consts.SMPP_ESME_RINVSRCTON: "sender",
    consts.SMPP_ESME_RINVSRCNPI: "sender",
    consts.SMPP_ESME_RBINDFAIL: "sender",
    consts.SMPP_ESME_RINVPASWD: "sender",
    consts.SMPP_ESME_RINVSYSID: "sender",
    consts.SMPP_ESME_RINVSYSTYP: "sender",
}
# smpplib cuts off what is longer than the field, which would reach somebody else.
_NUMBER = re.compile(r"\+?[0-9]{3,20}")


def _refused(status: int) -> Receipt:
    code = f"{status:#010x}"
    if status in _LATER:
        return Receipt("later", code=code)
    return Receipt("refused", code=code, blame=_BLAME.get(status, "provider"))


def pieces(text: str, message_id: str) -> tuple[int, int, list[bytes]]:
    """Return (data_coding, esm_class, the octets of each part). Raise ValueError for more than 255 parts."""
    cut = parts.split(text)
    coding = consts.SMPP_ENCODING_ISO10646 if cut.encoding == "ucs2" else consts.SMPP_ENCODING_DEFAULT
    octets = [parts.encode(t, cut.encoding) for t in cut.texts]
    if len(octets) == 1:
        return coding, 0, octets
    # The reference joins the parts on the telephone; two long messages in flight should not share one.
    reference = hashlib.sha256(message_id.encode()).digest()[0]
    head = [bytes((5, 0, 3, reference, len(octets), i)) for i in range(1, len(octets) + 1)]
    return coding, HAS_HEADER, [h + o for h, o in zip(head, octets, strict=True)]


def _type_of(address: str) -> tuple[int, int]:
    """Return (type of number, numbering plan) of a sender."""
    if not address.lstrip("+").isdigit():
        return consts.SMPP_TON_ALNUM, consts.SMPP_NPI_UNK
    if address.startswith("+"):
        return consts.SMPP_TON_INTL, consts.SMPP_NPI_ISDN
    return consts.SMPP_TON_NWSPEC, consts.SMPP_NPI_UNK


class SmppLine:
    """A session that is bound when the first message needs it, and again after it broke."""

    def __init__(self, account: Account, sender: str, bind: Bind) -> None:
        self._account, self._sender, self._bind = account, sender, bind
        self._session: Session | None = None

    def close(self) -> None:
        """Unbind, if bound."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _drop(self) -> None:
        if self._session is not None:
            self._session.drop()
            self._session = None

    def _bound(self) -> Session | Receipt:
        if self._session is not None:
            try:
                self._session.settle()
                return self._session
            except UNREAD:
                self._drop()
        try:
            self._session = Session(self._account, None, self._bind)
        except BindRefused as refused:
            return _refused(refused.status)
        except UNREAD as error:
            return Receipt("later", code="no-connection", detail=type(error).__name__)
        return self._session

    def deliver(self, message: Outgoing) -> Receipt:
        """Submit one message, in parts if it is long."""
        try:
            coding, esm_class, octets = pieces(message.text, message.id)
        except ValueError:
            return Receipt("refused", code="too-long", blame="message")
        if not _NUMBER.fullmatch(message.to):
            return Receipt("refused", code="no-number", blame="address")
        session = self._bound()
        if isinstance(session, Receipt):
            return session
        last = Receipt("unknown")
        for i, data in enumerate(octets):
            last = self._submit(session, message, data, coding, esm_class, is_last=i == len(octets) - 1)
            if last.outcome != "accepted":
                # What the telephone already has of a message cannot be called back.
                return last if i == 0 else Receipt("unknown", code="partial", detail=last.code)
        return last

    def _submit(
        self, session: Session, message: Outgoing, data: bytes, coding: int, esm_class: int, *, is_last: bool
    ) -> Receipt:
        ton, npi = _type_of(self._sender)
        try:
            sequence = session.submit(
                source_addr_ton=ton,
                source_addr_npi=npi,
                source_addr=self._sender.lstrip("+"),
                dest_addr_ton=consts.SMPP_TON_INTL,
                dest_addr_npi=consts.SMPP_NPI_ISDN,
                destination_addr=message.to.lstrip("+"),
                short_message=data,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=1 if is_last else 0,
            )
        except UNREAD as error:
            self._drop()
            return Receipt("later", code="no-connection", detail=type(error).__name__)
        try:
            status, provider_id = session.answer(sequence)
        except UNREAD as error:
            self._drop()
            return Receipt("unknown", code="no-answer", detail=type(error).__name__)
        return Receipt("accepted", provider_id) if status == consts.SMPP_ESME_ROK else _refused(status)


class Smpp:
    """Text messages over SMPP 3.4."""

    channel = "sms"
    name = "smpp"
    title = _("SMPP")
    remembers_seconds = 0
    country = ""
    settings: Sequence[Setting] = (
        Setting("host", _("Server"), is_required=True),
        Setting("port", _("Port"), kind="number", default="2775"),
        Setting("uses_tls", _("Encrypted (TLS)"), kind="flag"),
        Setting("system_id", _("System ID"), is_required=True),
        Setting("password", _("Password"), _("At most 8 characters, as SMPP 3.4 has it."), kind="secret"),
        Setting("system_type", _("System type"), _("Only if the provider gave you one.")),
        Setting(
            "sessions",
            _("Receipts and answers"),
            _("A session stays open for them. If the provider allows only one session at a time, hear nothing."),
            kind="choice",
            default="separate",
            choices=(
                ("separate", _("Over a session of their own (receiver)")),
                ("transceiver", _("Over a session that also sends (transceiver)")),
                ("none", _("Hear nothing")),
            ),
        ),
        Setting("sender", _("Sender"), _("A number, a short code, or a name of at most 11 letters."), is_required=True),
        TIMEOUT,
    )

    def _account(self, settings: Mapping[str, str]) -> Account:
        found = checked(self.settings, settings)
        if not found["port"].isdigit() or int(found["port"]) > 65535:
            raise SettingsError("port", _("A port is a number from 1 to 65535."))
        if len(found["password"]) > 8:
            raise SettingsError("password", _("SMPP 3.4 takes at most 8 characters."))
        if len(found["system_id"]) > 15:
            raise SettingsError("system_id", _("SMPP 3.4 takes at most 15 characters."))
        for name in ("system_id", "password", "system_type", "sender"):
            if not found[name].isascii():
                raise SettingsError(name, _("SMPP takes only plain Latin letters, digits and signs here."))
        if len(found["sender"]) > (20 if found["sender"].lstrip("+").isdigit() else 11):
            raise SettingsError("sender", _("A number has at most 20 digits, a name at most 11 letters."))
        return Account(
            found["host"],
            int(found["port"]),
            found["system_id"],
            found["password"],
            found["system_type"],
            is_on(found["uses_tls"]),
            float(found["timeout_seconds"]),
        )

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[SmppLine]:
        """Open a line; it binds with the first message. Raise SettingsError for settings that cannot work."""
        account, bind = self._account(settings), self._bind(settings, "transmitter")
        line = SmppLine(account, settings["sender"].strip(), bind)
        try:
            yield line
        finally:
            line.close()

    def _bind(self, settings: Mapping[str, str], alone: Bind) -> Bind:
        """Return for what to bind: ``alone`` for one thing only, where sessions are separate."""
        return "transceiver" if checked(self.settings, settings)["sessions"] == "transceiver" else alone

    def is_listening(self, settings: Mapping[str, str]) -> bool:
        """Return whether receipts and answers are wanted. Raise SettingsError for settings that cannot work."""
        self._account(settings)
        return checked(self.settings, settings)["sessions"] != "none"

    def listen(self, settings: Mapping[str, str], hear: Hear, goes_on: Callable[[], bool]) -> None:
        """Stay bound and hand every receipt and message to ``hear``, as long as ``goes_on()`` says so.

        A report is confirmed to the provider after ``hear`` has returned; if it raises, the provider brings it again.
        Raise BindRefused or ConnectionError when the session ends otherwise; the caller binds again, after a pause.
        """
        account = self._account(settings)
        try:
            session = Session(account, hear, self._bind(settings, "receiver"))
            try:
                while goes_on():
                    session.wait(goes_on)
            finally:
                session.close()
        except BindRefused:
            raise
        except UNREAD as error:
            raise ConnectionError(f"the SMPP session ended: {type(error).__name__}") from error

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer 404: nothing of SMPP comes over HTTP."""
        self._account(settings)
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Bind and unbind."""
        try:
            Session(self._account(settings), None, self._bind(settings, "transmitter")).close()
        except BindRefused:
            remedy = _("Check the system ID, the password and the system type with the provider.")
            return [Finding("bind", False, _("The server does not let us in."), remedy)]
        except UNREAD:
            remedy = _(
                "Check the server, the port and whether it wants TLS; many providers admit known addresses only."
            )
            return [Finding("bind", False, _("The server does not answer."), remedy)]
        return [Finding("bind", True, _("The server lets us in."))]
