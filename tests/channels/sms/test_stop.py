"""Whoever says stop in her own way is heard; whoever says more is read by a person."""

from __future__ import annotations

import pytest

from regulars.channels.sms.stop import meaning


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop.", " Stop! ", "ＳＴＯＰ", "s t o p", "OPT-OUT", "opt out", "UNSUBSCRIBE", "TD", "Ｔ", "t", "N",
     "r。", "退订", "【退订】", "退 订", "拒收", "回T退订", "Arrêt", "СТОП", "配信停止", "TD\n"],
)  # fmt: skip
def test_stop(text: str) -> None:
    assert meaning(text) == "stopped"


@pytest.mark.parametrize("text", ["START", "unstop", "ＵＮＳＴＯＰ", "恢复订阅"])
def test_start(text: str) -> None:
    assert meaning(text) == "started"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "Please stop sending at night",
        "n-n",
        "Not now",
        "T恤退货吗",
        "我没有退订",
        "the end is near",
        "stop" * 40,
    ],
)
def test_said(text: str) -> None:
    assert meaning(text) == "said"
