"""A session of SMPP 3.4: what is submitted, what is answered, and what comes in between.

smpplib knows the bytes; this says what they mean for a message. A report is confirmed to the provider only after
somebody has taken it: where nobody listens, or taking it failed, the provider is asked to bring it again.
"""

from __future__ import annotations

import hashlib
import logging
import re
import select
import socket
import ssl
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from smpplib import client as smpp_client
from smpplib import consts, exceptions, smpp

from regulars.base.clock import now
from regulars.channels.contract import LineRefused, Report, Severity
from regulars.channels.sms import parts
from regulars.channels.sms.stop import meaning

# It logs every PDU, and with it numbers and texts.
logging.getLogger("smpp").setLevel(logging.CRITICAL)
logging.getLogger("smpplib").setLevel(logging.CRITICAL)

BROKEN = (exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, OSError)
GARBLED = (struct.error, KeyError, ValueError, AttributeError, TypeError, IndexError)
UNREAD = (*BROKEN, *GARBLED)
RECEIPT = 0x04  # esm_class: this deliver_sm is a delivery receipt
HAS_HEADER = 0x40  # esm_class: the user data begins with a header
_FIELD = re.compile(rb"\b(id|stat|err):(\S*)", re.IGNORECASE)
Hear = Callable[[Report], None]
# For what a session is bound: to send, to listen, or both in one.
Bind = Literal["transmitter", "receiver", "transceiver"]
# Seconds after which somebody who waits is asked whether she still wants to.
SLICE = 0.5


@dataclass(frozen=True, slots=True)
class Account:
    """How to bind: 3.4 allows 15 characters of system id and 8 of password."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str
    uses_tls: bool
    timeout: float


class _Client(smpp_client.Client):  # type: ignore[misc]
    """smpplib's client, over IPv6 too, with the provider's name checked under TLS."""

    def connect(self) -> None:
        raw = socket.create_connection((self.host, self.port), self.timeout)
        try:
            context = self._ssl_context
            self._socket = context.wrap_socket(raw, server_hostname=self.host) if context else raw
        except BaseException:
            raw.close()
            raise
        self.state = consts.SMPP_CLIENT_STATE_OPEN


class BindRefused(LineRefused):
    """The provider does not let us in; ``status`` is its command_status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"bind refused: {status:#x}")
        self.status = status


def text_of(value: Any) -> str:
    """Return a parsed field of smpplib, bytes or nothing, as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")


class Session:
    """One bound connection. Not for several threads."""

    def __init__(self, account: Account, hear: Hear | None, bind: Bind = "transceiver") -> None:
        """Connect and bind; raise BindRefused, or one of BROKEN or GARBLED if the line does not hold."""
        self.hear = hear
        self._timeout = account.timeout
        context = ssl.create_default_context() if account.uses_tls else None
        self._client = _Client(
            account.host, account.port, timeout=account.timeout, ssl_context=context, allow_unknown_opt_params=True
        )
        self._client.connect()
        try:
            pdu = smpp.make_pdu(
                f"bind_{bind}",
                client=self._client,
                system_id=account.system_id,
                password=account.password,
                system_type=account.system_type,
            )
            self._client.send_pdu(pdu)
            answer = self._answer(pdu.sequence)
            if answer.is_error():
                raise BindRefused(int(answer.status))
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Close the connection without a word."""
        if self._client._socket is not None:
            self._client.state = consts.SMPP_CLIENT_STATE_OPEN
            self._client.disconnect()

    def close(self) -> None:
        """Unbind and close; a provider that does not answer is left alone."""
        try:
            pdu = smpp.make_pdu("unbind", client=self._client)
            self._client.send_pdu(pdu)
            self._answer(pdu.sequence)
        except UNREAD:
            pass
        finally:
            self.drop()

    def settle(self) -> None:
        """Answer whatever has come in meanwhile. Raise BROKEN if the provider has closed: better now than after."""
        while self._has_come(0):
            self._handle(self._client.read_pdu())

    def _has_come(self, seconds: float) -> bool:
        """Return whether there is something to read within so many seconds."""
        line = self._client._socket
        # What TLS has decrypted already is not seen by select.
        return bool(isinstance(line, ssl.SSLSocket) and line.pending()) or bool(
            select.select([line], [], [], seconds)[0]
        )

    def submit(self, **fields: Any) -> int:
        """Send one submit_sm; return its sequence number. What is raised here was surely not taken."""
        pdu = smpp.make_pdu("submit_sm", client=self._client, **fields)
        self._client.send_pdu(pdu)
        return int(pdu.sequence)

    def answer(self, sequence: int) -> tuple[int, str]:
        """Return the (status, message id) of the response. Raise BROKEN or GARBLED if there is none."""
        pdu = self._answer(sequence)
        return int(pdu.status), text_of(getattr(pdu, "message_id", ""))

    def wait(self, goes_on: Callable[[], bool]) -> None:
        """Take what comes next, or return when ``goes_on()`` is false.

        Ask whether the provider is alive if nothing comes within the timeout.
        """
        until = time.monotonic() + self._timeout
        while goes_on():
            left = until - time.monotonic()
            if self._has_come(max(0.0, min(left, SLICE))):
                self._handle(self._client.read_pdu())
                return
            if left <= SLICE:
                pdu = smpp.make_pdu("enquire_link", client=self._client)
                self._client.send_pdu(pdu)
                self._answer(pdu.sequence)
                return

    def _answer(self, sequence: int) -> Any:
        until = time.monotonic() + self._timeout
        while True:
            pdu = self._client.read_pdu()
            if pdu.is_response() and pdu.sequence == sequence:
                return pdu
            self._handle(pdu)
            if time.monotonic() > until:
                raise exceptions.ConnectionError("no answer in time")

    def _reply(self, command: str, sequence: int, status: int = consts.SMPP_ESME_ROK) -> None:
        pdu = smpp.make_pdu(command, client=self._client, status=status)
        pdu.sequence = sequence
        self._client.send_pdu(pdu)

    def _handle(self, pdu: Any) -> None:
        if pdu.command == "enquire_link":
            self._reply("enquire_link_resp", pdu.sequence)
        elif pdu.command == "deliver_sm":
            self._reply("deliver_sm_resp", pdu.sequence, self._take(pdu))
        elif pdu.command == "unbind":
            self._reply("unbind_resp", pdu.sequence)
            raise exceptions.ConnectionError("the provider has unbound")

    def _take(self, pdu: Any) -> int:
        if self.hear is None:
            return int(consts.SMPP_ESME_RX_T_APPN)
        report = report_of(pdu)
        if report is not None:
            try:
                self.hear(report)
            except Exception as error:
                # The provider only has to bring it again. The error's text may hold what somebody wrote.
                kind = type(error).__name__
                logging.getLogger(__name__).warning("a report could not be taken, it will be repeated: %s", kind)
                return int(consts.SMPP_ESME_RX_T_APPN)
        return int(consts.SMPP_ESME_ROK)


def report_of(pdu: Any) -> Report | None:
    """Return what a deliver_sm says; None for states that are not final."""
    data: bytes = pdu.short_message or pdu.message_payload or b""
    source = text_of(pdu.source_addr)
    address = f"+{source}" if source.isdigit() and pdu.source_addr_ton == consts.SMPP_TON_INTL else source
    if pdu.esm_class & 0x3C == RECEIPT:
        return _receipt(pdu, data, address)
    if pdu.esm_class & HAS_HEADER and data:
        data = data[1 + data[0] :]
    if pdu.data_coding == consts.SMPP_ENCODING_ISO10646:
        text = parts.decode(data, "ucs2")
    elif pdu.data_coding == consts.SMPP_ENCODING_ISO88591:
        text = data.decode("latin-1")
    else:
        text = parts.decode(data, "gsm")
    # SMPP names no message of a person; a repetition comes with the same sequence number and the same words.
    known = f"{pdu.sequence}\x1f{source}\x1f{text_of(pdu.destination_addr)}\x1f{text}"
    return Report(meaning(text), hashlib.sha256(known.encode()).hexdigest()[:40], now(), address=address, text=text)


# By message_state of the receipt (SMPP 3.4, 5.2.28), as the seven letters that providers write into its text.
_STATES = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 8: "REJECTD"}


def _receipt(pdu: Any, data: bytes, address: str) -> Report | None:
    fields = {name.decode().lower(): value.decode("latin-1") for name, value in _FIELD.findall(data)}
    message = text_of(pdu.receipted_message_id) or fields.get("id", "")
    state = _STATES.get(pdu.message_state or 0) or fields.get("stat", "").upper()
    event = f"{message}:{state}"
    if not message:
        return None
    if state == "DELIVRD":
        return Report("delivered", event, now(), provider_id=message, address=address)
    if state in ("EXPIRED", "DELETED", "UNDELIV", "REJECTD"):
        # The codes are each provider's own, so nobody can tell a dead number from a phone that is off.
        severity: Severity = "block" if state == "REJECTD" else "soft"
        code = fields.get("err", "") or state
        return Report("bounced", event, now(), "", message, address, severity=severity, code=code)
    return None
