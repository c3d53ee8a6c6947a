"""Helps for the agent: naming a feeling, making sure, and how the customer does it next time.

They are words to begin with, never a script: which fit is worked out from what was said last, and
the agent changes them as they please.
"""

import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from peakend.assist.rules.digital import Intent
from peakend.assist.rules.watching import Tone

HelpKind = Literal["feel", "confirm", "teach"]
Outcome = Literal["taken", "kept", "changed", "dismissed"]
KINDS: tuple[HelpKind, ...] = ("feel", "confirm", "teach")
MOST_TEXTS, LONGEST_TEXT = 20, 300
MOST_SHOWN = 3
PLACES = {"asked", "title", "link"}

_FEEL_ZH = """
让您等这么久，着急是应该的，换了谁都会。
反复出问题确实让人生气，我先把这件事弄清楚。
这样的结果您失望，我理解。我们一起看看怎么补上。
"""
_FEEL_EN = """
You have waited far too long, and anybody would be upset.
It is maddening when it keeps happening. Let me get to the bottom of it first.
I can see why this is a disappointment. Let us see how we can put it right.
"""
_CONFIRM_ZH = """
我再确认一下：您遇到的是「{asked}」，现在都解决了吗？
您说的「{asked}」，我这样处理合您的意思吗？还有没说到的，请告诉我。
"""
_CONFIRM_EN = """
Let me make sure: you asked about “{asked}”. Is all of it solved now?
About “{asked}”: is this what you had in mind? Please say if anything is still missing.
"""
_TEACH_ZH = """
下次再遇到，可以先照《{title}》里的步骤试试，一般几分钟就好：{link}
顺便告诉您：《{title}》里有图和步骤，不用等我们也能处理：{link}
"""
_TEACH_EN = """
Should it happen again, “{title}” shows the steps; it mostly takes a few minutes: {link}
By the way, “{title}” has pictures and steps, so next time you need not wait for us: {link}
"""


class HelpRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of help: whether it is offered, and with which words."""

    on: bool = True
    zh: list[str] = []
    en: list[str] = []


def _default(zh: str, en: str) -> Any:
    return msgspec.field(
        default_factory=lambda: HelpRule(zh=zh.strip().split("\n"), en=en.strip().split("\n"))
    )


class HelpRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is offered; in `confirm` {asked} is the question, in `teach` {title} and {link}."""

    feel: HelpRule = _default(_FEEL_ZH, _FEEL_EN)
    confirm: HelpRule = _default(_CONFIRM_ZH, _CONFIRM_EN)
    teach: HelpRule = _default(_TEACH_ZH, _TEACH_EN)


def fitting(
    *, tones: Sequence[Tone | None], wish: Intent, done: bool, replies: int
) -> list[HelpKind]:
    """Return which helps fit, the most urgent first.

    `tones` are those of the customer's words that nobody has answered, `wish` is what the last of
    them want, `done` says that a step was answered with done. Where there is danger or a court in
    the words, something is to be done first.
    """
    found: list[HelpKind] = []
    if "upset" in tones and "grave" not in tones:
        found.append("feel")
    if replies and (done or wish in ("thanks", "solved")):
        found += ["confirm", "teach"]
    return found


def texts_of(rule: HelpRule, language: str) -> list[str]:
    """Return the words of a rule in a language; none where it is off."""
    return (rule.en if language == "en" else rule.zh) if rule.on else []


def chosen(texts: Sequence[str], seq: int) -> str | None:
    """Return one of the texts, another one after the next message."""
    return texts[seq % len(texts)] if texts else None


def filled(text: str, **values: str) -> str:
    """Return a text with its places filled in; {link} stays for who knows the address."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def tidy_texts(texts: Sequence[str]) -> list[str] | None:
    """Return texts as they are kept; None where one is too long or has a place nobody fills."""
    kept = list(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
    places = {name for text in kept for name in re.findall(r"\{(\w*)\}", text)}
    if len(kept) > MOST_TEXTS or any(len(text) > LONGEST_TEXT for text in kept):
        return None
    return kept if places <= PLACES else None
