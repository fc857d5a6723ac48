"""Whether a person who answered a text message said stop, or start again.

Only a message that is nothing but the word counts: "please stop sending so late" is for a person to read, and a single
letter inside a sentence is a letter. Full-width letters, case, spaces and punctuation do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# English, with Twilio's defaults; Chinese, with what its templates ask for ("拒收请回复R", "退订回T"); German, French,
# Spanish, Portuguese, Italian, Dutch; Polish, Turkish, Russian; Japanese, Korean.
_STOP_WORDS = """
stop stopall stop_all unsubscribe end quit cancel revoke optout opt_out remove stop_texts unsubscribe_me
td t n r tdtd 退订 退訂 退定 拒收 取消 取消订阅 取消訂閱 停 停止 停止发送 停止發送 不要再发 不要再发了 回t退订 退订回t
stopp stoppen abmelden abbestellen arret arrêt arreter arrêter désabonner desabonner désinscrire
alto baja parar detener cancelar pare sair cancelamento fermati annulla disiscrivi afmelden
rezygnuje rezygnuję wypisz dur iptal ret стоп отписка отписаться
配信停止 解除 登録解除 수신거부 거부 중지
"""
_START_WORDS = "start unstop subscribe resubscribe 订阅 訂閱 重新订阅 恢复订阅 恢復訂閱 再開 старт"
_NOT_WORD = re.compile(r"[\W_]+")


def _bare(text: str) -> str:
    """Return the letters and digits alone, in one width and case; accents stay composed."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


STOP = frozenset(map(_bare, _STOP_WORDS.split()))
START = frozenset(map(_bare, _START_WORDS.split()))
# A shorter text than this many characters is looked at; nobody says stop at greater length with nothing else in it.
_LONGEST = 64


def meaning(text: str) -> Literal["stopped", "started", "said"]:
    """Return what the message is: a wish to hear no more, to hear again, or something said."""
    if len(text) > _LONGEST:
        return "said"
    bare = _bare(text)
    if bare in STOP:
        return "stopped"
    return "started" if bare in START else "said"
