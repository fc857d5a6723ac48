"""Who speaks: what the law of most countries wants to be read under an advertisement, and where answers go."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.models import Setting
from regulars.messages import kinds
from regulars.stream.operations import record


@dataclass(frozen=True, slots=True)
class Identity:
    """The sender as her readers see it.

    ``address`` of this installation begins the links of messages (``https://regulars.example``); links to the shop's
    own ``site`` are made personal, so that a visit by them is known to be hers. ``marks_for_china``:
    advertisements to people in China, or of a shop there, begin with AD or 广告 (Measures on e-mail services, 13).
    """

    company: str = ""
    postal_address: str = ""
    address: str = ""
    site: str = ""
    marks_for_china: bool = True
    customers_may_be_written_to: bool = False
    # So many of a hundred get nothing that sells, whatever the campaign: what all messages together change.
    held_out_of_all_percent: int = 0
    topics: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """Return the names of the fields without which nothing that sells may leave."""
        return [name for name in ("company", "postal_address", "address") if not getattr(self, name)]


class IdentityError(ValueError):
    """The sender cannot be described so. ``field`` names what to mend."""

    def __init__(self, field: str, says: str) -> None:
        super().__init__(says)
        self.field = field


def identity() -> Identity:
    """Return who speaks; empty fields where nobody has said."""
    row = Setting.objects.filter(name="identity").values_list("value", flat=True).first() or {}
    known = {f.name for f in fields(Identity)}
    values = {k: v for k, v in row.items() if k in known}
    return Identity(**values | {"topics": tuple(values.get("topics", ()))})


def save_identity(new: Identity, *, by: Actor, at: datetime) -> bool:
    """Keep who speaks. False if nothing differs; IdentityError for an address that no link can begin with."""
    for name in ("address", "site"):
        parts = urlsplit(getattr(new, name))
        is_web = parts.scheme in {"http", "https"} and parts.netloc and not (parts.query or parts.fragment)
        if getattr(new, name) and not is_web:
            raise IdentityError(name, _("Write it as in the browser's bar, such as https://shop.example."))
    if not 0 <= new.held_out_of_all_percent <= 20:
        raise IdentityError("held_out_of_all_percent", _("A number from 0 to 20."))
    if any(not topic.strip() or len(topic) > 40 for topic in new.topics):
        raise IdentityError("topics", _("A topic is a word or a few, at most 40 letters."))
    with transaction.atomic():
        before = asdict(identity())
        changed = sorted(name for name, value in asdict(new).items() if before[name] != value)
        if not changed:
            return False
        Setting.objects.update_or_create(
            name="identity", defaults={"value": asdict(new), "at": to_us(at), "by": str(by)}
        )
        body = kinds.IdentityChanged(fields=",".join(changed))
        record("identity.changed", f"identity.changed:{at.isoformat()}", body, by=by, at=at)
    return True
