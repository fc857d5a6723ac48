"""What visitors do, as activities. The visitor is a pseudonym; bodies hold no contact data and no money."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regulars.sources.tracker.words import channel_name
from regulars.stream.kinds import kind
from regulars.stream.sentences import says


def visited(body: Visited, facts: dict[str, str]) -> str:
    """Say what a visit came to: how many pages, and from where."""
    del facts
    said = ngettext("Visited the site (%(channel)s): one page", "Visited the site (%(channel)s): %(pages)s pages",
                    body.pages)  # fmt: skip
    return said % {"channel": channel_name(body.channel), "pages": body.pages}


@kind(
    "site.page_viewed",
    sentence=says(_("Looked at the page %(path)s")),
    help="A page (or an app's screen) was seen. Of its address only the path is kept.",
    icon="today",
)
@dataclass(frozen=True, slots=True)
class PageViewed:
    key: int
    host: str
    path: str
    title: str = ""
    referrer: str = ""  # host only
    source: str = ""
    medium: str = ""
    campaign: str = ""
    is_bot: bool = False
    click: str = ""  # the name of the click id its address bore, such as gclid; the id itself is not kept
    device: str = ""  # desktop, phone, tablet
    place: str = ""  # country code
    is_staff: bool = False


@kind("site.engaged", sentence=says(_("Stayed on the page %(path)s")), help="How long a page was in front and used.")
@dataclass(frozen=True, slots=True)
class Engaged:
    key: int
    path: str
    seconds: int
    scrolled: int = 0  # percent of the page's height
    is_bot: bool = False


@kind("site.product_viewed", sentence=says(_("Looked at %(name)s")), help="A product was looked at.", icon="tag")
@kind("site.product_added", sentence=says(_("Put %(name)s in the basket")), help="Into the basket.", icon="bag")
@kind(
    "site.product_removed", sentence=says(_("Took %(name)s out of the basket")), help="Out of the basket.", icon="bag"
)
@dataclass(frozen=True, slots=True)
class ProductSeen:
    key: int
    product: str
    name: str = ""
    sku: str = ""
    quantity: int = 1
    is_bot: bool = False


@kind("site.basket_viewed", sentence=says(_("Looked at the basket")), help="The basket was opened.", icon="bag")
@kind("site.checkout_started", sentence=says(_("Went to the till")), help="The check-out was begun.", icon="bag")
@kind(
    "site.order_hinted",
    sentence=says(_("The site said that an order was placed")),
    help="The site told of an order. A hint of where an order came from; the order itself comes from the shop's files.",
    icon="bag",
)
@dataclass(frozen=True, slots=True)
class BasketEvent:
    key: int
    order: str = ""
    items: int = 0
    is_bot: bool = False


@kind("site.searched", sentence=says(_("Searched the site")), help="The shop's own search was used.", icon="search")
@dataclass(frozen=True, slots=True)
class Searched:
    key: int
    is_bot: bool = False


@kind(
    "site.identified",
    sentence=says(_("Was recognised by the site")),
    help="A visitor gave an account, e-mail address or telephone number; which one is not kept here.",
    icon="people",
)
@dataclass(frozen=True, slots=True)
class Identified:
    key: int
    by_account: bool = False
    by_email: bool = False
    by_phone: bool = False


@kind(
    "site.custom",
    sentence=says(_("Did on the site: %(event)s")),
    help="An event of the shop's own name. Its properties are kept as JSON, without what looks like contact data.",
)
@dataclass(frozen=True, slots=True)
class Custom:
    key: int
    event: str
    properties: str = "{}"
    is_bot: bool = False


@kind(
    "site.visited",
    sentence=visited,
    help="A visit is over: no pause in it lasted half an hour, and it had one campaign. Dated by its start.",
    icon="today",
)
@dataclass(frozen=True, slots=True)
class Visited:
    """One visit. Counts are of events; ``first``: of this visitor, as far as known."""

    key: int
    seconds: int  # from the first event to the last
    engaged_seconds: int = 0  # the page was in front and used, as its script measured
    pages: int = 0
    products: int = 0  # different ones looked at
    added: int = 0
    checkouts: int = 0
    orders: int = 0  # as the site told: hints, never revenue
    searches: int = 0
    host: str = ""
    entry: str = ""  # paths of the first, second, third and last page
    second: str = ""
    third: str = ""
    exit: str = ""
    product: str = ""  # the first one looked at
    channel: str = "direct"
    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""  # host only
    place: str = ""  # country code, if a local database of addresses is configured
    device: str = ""  # desktop, phone, tablet or ""
    first: str = "unknown"  # new, returning; unknown of visitors without an id that lasts
    agent: str = "person"  # person, bot, staff


@kind("tracker.key_added", sentence=says(_("Site key added by %(by)s")), help="A write key was made.", icon="gear")
@kind("tracker.key_closed", sentence=says(_("Site key closed by %(by)s")), help="A write key was closed.", icon="gear")
@dataclass(frozen=True, slots=True)
class KeyChanged:
    key: int


@kind(
    "tracker.opted_out",
    sentence=says(_("Is not followed on the site any more")),
    help="A customer asked that her visits not be followed.",
    icon="gear",
)
@kind(
    "tracker.opted_in",
    sentence=says(_("May be followed on the site again")),
    help="A customer allowed her visits to be followed again.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class OptedOut:
    pass


@kind(
    "tracker.junk_found",
    sentence=says(_("An id was found to be nobody's")),
    help="An id of the site that so many gave that it is nobody's; it is not taken any more.",
    icon="gear",
)
@kind(
    "tracker.junk_lifted",
    sentence=says(_("An id is taken again, by %(by)s")),
    help="Staff said that an id is a person's after all.",
    icon="gear",
)
@dataclass(frozen=True, slots=True)
class JunkChanged:
    junk: int
