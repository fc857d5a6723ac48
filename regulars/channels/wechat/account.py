"""What is set up in an account once: QR codes that say where somebody came from, and the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from regulars.channels.contract import Receipt
from regulars.channels.wechat.api import receipt_of
from regulars.channels.wechat.official import Official

LONGEST_SECONDS = 2_592_000  # 30 days; a permanent code is one of 100,000


class CallFailed(Exception):
    """WeChat did not do it; ``receipt`` says why."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(f"{receipt.outcome} {receipt.code}")
        self.receipt = receipt


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code: ``url`` is what it says, for one's own drawing; ``image_url`` is WeChat's picture of it."""

    ticket: str
    url: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Button:
    """An entry of the menu: a ``click`` with a key that comes back as the scene, or a page to ``view``."""

    name: str
    kind: Literal["click", "view"] = "click"
    key: str = ""
    url: str = ""
    children: Sequence[Button] = ()


def _done(answer: dict[str, Any] | Receipt) -> dict[str, Any]:
    receipt = answer if isinstance(answer, Receipt) else receipt_of(answer)
    if receipt.outcome != "accepted" or isinstance(answer, Receipt):
        raise CallFailed(receipt)
    return answer


def create_qr(settings: Mapping[str, str], scene: str, seconds: int | None = None) -> Qr:
    """Return a QR code for a scene of 1 to 64 characters, for ``seconds`` (at most 30 days) or for good.

    Raise ValueError for a scene or a time that WeChat does not take, CallFailed if it does not do it.
    """
    if not 1 <= len(scene) <= 64:
        raise ValueError("a scene has 1 to 64 characters")
    asked: dict[str, Any] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    if seconds is not None:
        if not 1 <= seconds <= LONGEST_SECONDS:
            raise ValueError("a QR code that ends lasts at most 30 days")
        asked |= {"action_name": "QR_STR_SCENE", "expire_seconds": seconds}
    with Official().open(settings) as line:
        answer = _done(line.api.post("/cgi-bin/qrcode/create", asked))
    ticket = str(answer.get("ticket", ""))
    image = f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"
    return Qr(ticket, str(answer.get("url", "")), image)


def _button(button: Button, *, is_top: bool) -> dict[str, Any]:
    longest = 16 if is_top else 60
    if not 1 <= len(button.name.encode()) <= longest:
        raise ValueError(f"the name {button.name!r} has to have 1 to {longest} bytes")
    if button.children:
        if not is_top or len(button.children) > 5:
            raise ValueError("an entry has at most 5 entries below it, and those have none")
        return {"name": button.name, "sub_button": [_button(b, is_top=False) for b in button.children]}
    if button.kind == "click":
        if not 1 <= len(button.key.encode()) <= 128:
            raise ValueError(f"the key of {button.name!r} has to have 1 to 128 bytes")
        return {"type": "click", "name": button.name, "key": button.key}
    if not button.url.startswith("https://") or len(button.url.encode()) > 1024:
        raise ValueError(f"the address of {button.name!r} has to begin with https:// and have at most 1024 bytes")
    return {"type": "view", "name": button.name, "url": button.url}


def set_menu(settings: Mapping[str, str], buttons: Sequence[Button]) -> None:
    """Set the account's menu: 1 to 3 entries with up to 5 below each.

    Raise ValueError for a menu that WeChat does not take, CallFailed if it does not do it.
    """
    if not 1 <= len(buttons) <= 3:
        raise ValueError("a menu has 1 to 3 entries")
    asked = {"button": [_button(b, is_top=True) for b in buttons]}
    with Official().open(settings) as line:
        _done(line.api.post("/cgi-bin/menu/create", asked))


# What WeChat says where no menu was ever set by this way.
_NO_MENU = 46003


def menu_of(settings: Mapping[str, str]) -> list[Button]:
    """Return the account's present menu; empty for none. Raise CallFailed if WeChat does not say.

    Entries of other kinds (a mini program, a picture to send) are left out; who sets the menu anew loses them.
    """
    with Official().open(settings) as line:
        answer = line.api.get("/cgi-bin/menu/get")
    if not isinstance(answer, Receipt) and answer.get("errcode") == _NO_MENU:
        return []
    found = _done(answer).get("menu")
    entries = found.get("button") if isinstance(found, dict) else None
    return [b for b in map(_button_of, entries if isinstance(entries, list) else []) if b is not None]


def _button_of(entry: Any) -> Button | None:
    if not isinstance(entry, dict):
        return None
    name, below = str(entry.get("name", "")), entry.get("sub_button")
    if isinstance(below, list) and below:
        return Button(name, children=[b for b in map(_button_of, below) if b is not None])
    if entry.get("type") == "view":
        return Button(name, "view", url=str(entry.get("url", "")))
    return Button(name, key=str(entry.get("key", ""))) if entry.get("type") == "click" else None
