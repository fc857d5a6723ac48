"""What the world's name servers say about the shop's mail: whether large providers will take it.

Looks at SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489, with the walk up the tree that followed it, so that no list
of public suffixes is needed), at whether they speak of the same domain, and at the mail server's reverse name.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from regulars.channels.contract import Finding, SettingsError
from regulars.channels.email.addresses import AddressUnusable, ascii_domain
from regulars.channels.email.dkim import KeyUnusable, load_key, public_part
from regulars.channels.email.smtp import head_of

# RFC 7208, 4.6.4: with more look-ups a record is in error for everybody.
_MOST_LOOKUPS = 10
_COUNTED = ("include:", "a:", "mx:", "ptr:", "exists:", "redirect=")


class LookupFailed(Exception):
    """The name servers gave no answer, so nothing is known."""


class Resolver(Protocol):
    """Asks name servers. A name that does not exist has no records; no answer is :class:`LookupFailed`."""

    def txt(self, name: str) -> Sequence[str]: ...

    def a(self, name: str) -> Sequence[str]: ...

    def ptr(self, ip: str) -> Sequence[str]: ...


class SystemResolver:
    """The name servers of this machine."""

    def __init__(self, seconds: float = 5.0) -> None:
        """Wait at most so many seconds for each answer. Raises LookupFailed if the machine knows no name servers."""
        import dns.resolver

        try:
            self._resolver = dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration as problem:
            raise LookupFailed("no name servers") from problem
        self._resolver.lifetime = seconds

    def _records(self, name: str, kind: str) -> list[bytes]:
        import dns.exception
        import dns.resolver

        try:
            answer = self._resolver.resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as problem:
            raise LookupFailed(type(problem).__name__) from problem
        return [b"".join(r.strings) if kind == "TXT" else r.to_text().encode() for r in answer]

    def txt(self, name: str) -> Sequence[str]:
        """Return the texts at a name, each with its pieces joined."""
        return [record.decode(errors="replace") for record in self._records(name, "TXT")]

    def a(self, name: str) -> Sequence[str]:
        """Return the addresses of a name, of both kinds."""
        return [record.decode() for kind in ("A", "AAAA") for record in self._records(name, kind)]

    def ptr(self, ip: str) -> Sequence[str]:
        """Return the names of an address."""
        return [r.decode().rstrip(".") for r in self._records(ipaddress.ip_address(ip).reverse_pointer, "PTR")]


def findings(settings: Mapping[str, str], resolver: Resolver) -> list[Finding]:
    """Return what is well and what is not with the sender's domain. Raises SettingsError."""
    head_of(settings)
    domain = ascii_domain(settings["from_address"].strip().rpartition("@")[2])
    bounce = settings.get("bounce_address", "").strip().rpartition("@")[2]
    bounce = ascii_domain(bounce) if bounce else domain
    signing = ascii_domain(settings.get("dkim_domain", "").strip() or domain) if settings.get("dkim_key") else ""
    found: list[Finding] = []
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _spf(bounce, resolver),
        lambda: _dkim(settings, signing, resolver),
        lambda: _dmarc(domain, (signing, bounce), resolver),
        lambda: _reverse(settings.get("host", "").strip(), resolver),
    )
    for look in looks:
        try:
            found.extend(look())
        except LookupFailed:
            found.append(Finding("dns", False, _("The name servers do not answer."), _("Try again in a few minutes.")))
    return found


# -- SPF


def _spf(domain: str, resolver: Resolver) -> Iterator[Finding]:
    records = _spf_records(domain, resolver)
    if not records:
        yield Finding(
            "spf", False, _("The domain of the address for returned mail names no mail servers (SPF)."),
            _("Publish the SPF record that your mail provider gives you."),
        )  # fmt: skip
    elif len(records) > 1:
        yield Finding("spf", False, _("There are several SPF records, so none counts."), _("Join them to one."))
    elif any(word in {"all", "+all"} for word in records[0].lower().split()):
        yield Finding(
            "spf", False, _("The SPF record allows every server in the world to send."), _("End it with ~all or -all.")
        )
    elif _lookups(domain, resolver, _MOST_LOOKUPS + 1) > _MOST_LOOKUPS:
        yield Finding(
            "spf", False, _("The SPF record asks for more than ten others, so it does not count."),
            _("Take out services that send no mail for you any more."),
        )  # fmt: skip
    else:
        yield Finding("spf", True, _("The domain names the servers that may send its mail (SPF)."))


def _spf_records(domain: str, resolver: Resolver) -> list[str]:
    return [text for text in resolver.txt(domain) if text.lower().split(" ")[0] == "v=spf1"]


def _lookups(domain: str, resolver: Resolver, left: int) -> int:
    """Return how many look-ups a record takes, its inclusions' with it; counts no further than ``left``."""
    count = 0
    for record in _spf_records(domain, resolver)[:1]:
        for word in record.lower().split()[1:]:
            word = word.lstrip("+-~?")
            if not (word.startswith(_COUNTED) or word.split("/")[0] in {"a", "mx", "ptr"}):
                continue
            count += 1
            inner = word.partition(":")[2] if word.startswith("include:") else word.partition("redirect=")[2]
            if inner and "%" not in inner and count < left:
                count += _lookups(inner, resolver, left - count)
            if count >= left:
                return count
    return count


# -- DKIM


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()}


def _dkim(settings: Mapping[str, str], domain: str, resolver: Resolver) -> Iterator[Finding]:
    if not domain:
        return
    try:
        key = load_key(settings["dkim_key"])
        name = f"{ascii_domain(settings.get('dkim_selector', '').strip())}._domainkey.{domain}"
    except (KeyUnusable, AddressUnusable) as problem:
        raise SettingsError("dkim_key", _("Paste the private key in PEM form.")) from problem
    published = [tags for tags in map(_tags, resolver.txt(name)) if "p" in tags]
    if not published:
        yield Finding(
            "dkim", False, _("The DKIM key is not published."), _("Publish the record that belongs to the private key.")
        )
    elif len(published) > 1:
        yield Finding("dkim", False, _("There are several DKIM records under one name."), _("Leave one of them."))
    elif published[0]["p"] != base64.b64encode(public_part(key)).decode():
        yield Finding(
            "dkim", False, _("The published DKIM key is not the one that signs."),
            _("Publish the record that belongs to the private key, or enter the key that belongs to the record."),
        )  # fmt: skip
    elif "y" in published[0].get("t", "").split(":"):
        yield Finding(
            "dkim", False, _("The DKIM record says that it is only a test."), _("Take t=y out of the record.")
        )
    else:
        yield Finding("dkim", True, _("The published DKIM key is the one that signs."))


# -- DMARC


def _dmarc(domain: str, proven: Sequence[str], resolver: Resolver) -> Iterator[Finding]:
    at, tags = _policy(domain, resolver)
    if tags is None:
        yield Finding(
            "dmarc", False, _("The sender's domain has no DMARC record."),
            _("Publish a text at _dmarc and your domain: v=DMARC1; p=none"),
        )  # fmt: skip
    elif tags.get("p", "").lower() not in {"none", "quarantine", "reject"}:
        yield Finding(
            "dmarc", False, _("The DMARC record names no policy."), _("It needs p=none, p=quarantine or p=reject.")
        )
    else:
        yield Finding("dmarc", True, _("The sender's domain has a DMARC record."))
    tags = tags or {}
    home = at or domain
    names = ("adkim", "aspf")
    strict = [tags.get(name, "r").lower() == "s" for name in names]
    if any(d and _is_aligned(d, domain, home, s) for d, s in zip(proven, strict, strict=True)):
        yield Finding("alignment", True, _("What is proven is the domain that customers see."))
    else:
        yield Finding(
            "alignment", False, _("Neither the signature nor the address for returned mail is of the sender's domain."),
            _("Sign with the domain of the sender's address, or take one under it for returned mail."),
        )  # fmt: skip


def _policy(domain: str, resolver: Resolver) -> tuple[str, dict[str, str] | None]:
    """Return where the DMARC record is that holds for a domain, and its tags."""
    labels = domain.split(".")
    for start in range(min(len(labels) - 1, 8) or 1):
        name = ".".join(labels[start:])
        records = [text for text in resolver.txt(f"_dmarc.{name}") if text.replace(" ", "").startswith("v=DMARC1")]
        if len(records) == 1:  # several count as none
            return name, _tags(records[0])
    return "", None


def _is_aligned(proven: str, domain: str, home: str, is_strict: bool) -> bool:
    """Return whether a proven domain speaks for the sender's: the same, or under the same home if that is enough."""
    if is_strict or proven == domain:
        return proven == domain
    return proven == home or proven.endswith(f".{home}") or domain.endswith(f".{proven}")


# -- The reverse name


def _reverse(host: str, resolver: Resolver) -> Iterator[Finding]:
    try:
        addresses: Sequence[str] = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = resolver.a(host)
    if not addresses:
        yield Finding("ptr", False, _("The mail server's name has no address."), _("Look at the spelling of its name."))
        return
    if all(not ipaddress.ip_address(address).is_global for address in addresses):
        return  # from inside; what the world sees of it is another address
    for address in addresses:
        if not any(_same(address, back) for name in resolver.ptr(address) for back in resolver.a(name)):
            yield Finding(
                "ptr", False, _("The mail server's address has no name that leads back to it (PTR)."),
                _("Ask whoever gave you the address to set its reverse name. Does mail leave by another server? Then "
                  "look there."),
            )  # fmt: skip
            return
    yield Finding("ptr", True, _("The mail server's address has a name that leads back to it (PTR)."))


def _same(first: str, second: str) -> bool:
    return ipaddress.ip_address(first) == ipaddress.ip_address(second)
