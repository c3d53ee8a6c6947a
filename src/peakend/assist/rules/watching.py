"""When somebody should look at a conversation, and how urgently.

Everything is worked out anew from what stands there now, so that a signal is gone with its cause
whatever the order in which things became known.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import msgspec

from peakend.assist.rules.digital import intent

SignalKind = Literal["upset", "lost", "silent", "person", "late", "passed"]
Tone = Literal["grave", "upset", "person"]
Why = Literal["handled", "no_need", "mistaken", "other"]

NOTICE, URGENT = 1, 2
# A customer who said so many calm things in a row is no longer upset.
CALM_AFTER = 3
MOST_WORDS, LONGEST_WORD = 300, 40

UPSET_ZH = """
    太差 垃圾 骗子 骗人 忽悠 坑人 太慢 气死 生气 火大 无语 失望 恶心 烦死 受不了 什么态度 态度差
    不负责 推卸 踢皮球 敷衍 没人管 没人理 到底管不管 等了半天 第几次了 又坏了 差劲 糊弄 坑爹 黑心
    废物 有病吧
"""
UPSET_EN = """
    terrible|awful|useless|ridiculous|unacceptable|disgusting|pathetic|furious|angry|fed up
    |rip off|scam|liar|liars|worst|waste of time|nobody cares|no one cares|sick of|had enough|a joke
    |appalling|disappointed|outrageous|rubbish service
"""
GRAVE_ZH = """
    投诉 举报 曝光 起诉 律师 法院 消协 12315 12345 媒体 记者 微博 抖音 差评 赔偿 要报警 出人命 爆炸
    煤气味 燃气味 漏气 起火 失火 煤气中毒
"""
GRAVE_EN = """
    complaint|complain|lawyer|solicitor|sue|court|ombudsman|trading standards|newspaper
    |social media|bad review|compensation|police|explosion|gas leak|smell of gas|smell gas|on fire
"""


def _words(text: str, mark: str | None = None) -> Any:
    def made() -> list[str]:
        return [word.strip() for word in text.split(mark) if word.strip()]

    return msgspec.field(default_factory=made)


class WatchRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What calls a supervisor; each kind can be switched off."""

    upset: bool = True
    upset_zh: list[str] = _words(UPSET_ZH)
    upset_en: list[str] = _words(UPSET_EN, "|")
    grave_zh: list[str] = _words(GRAVE_ZH)
    grave_en: list[str] = _words(GRAVE_EN, "|")
    lost: bool = True
    lost_from: int = 3
    person: bool = True
    person_from: int = 2
    silent: bool = True
    silent_s: int = 300
    late: bool = True
    passed: bool = True
    passed_from: int = 2


class Line(msgspec.Struct, frozen=True):
    """What is looked at of a message."""

    kind: str
    at: datetime
    text: str = ""
    code: str | None = None
    asked: bool = False
    """The line of a hand-over that the customer asked for."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it stands now."""

    state: str
    lines: Sequence[Line]
    awaiting_since: datetime | None = None
    attended: bool = True
    """Somebody is due to be there: neither put aside nor outside business hours."""
    unsolved: int = 0
    transfers: int = 0
    here_since: datetime | None = None
    """Since when it is with whom or where it is now."""
    warn_at: datetime | None = None
    due_at: datetime | None = None


class Signal(msgspec.Struct, frozen=True):
    """A reason to look; `last_at` is its newest cause, which a dismissal must be younger than."""

    kind: SignalKind
    level: int
    times: int
    since: datetime
    last_at: datetime


class WordList(msgspec.Struct, frozen=True):
    """Words of one degree, ready to be looked for."""

    pattern: re.Pattern[str] | None

    def found(self, text: str) -> bool:
        """Say whether one of the words is in a text in small letters."""
        return self.pattern is not None and self.pattern.search(text) is not None


@lru_cache(maxsize=256)
def word_list(zh: tuple[str, ...], en: tuple[str, ...]) -> WordList:
    """Return lists of words as one pattern; English ones count as whole words only."""
    parts = [re.escape(word.lower()) for word in zh if word.strip()]
    english = [re.escape(word.lower()) for word in en if word.strip()]
    if english:
        parts.append(rf"(?<![a-z])(?:{'|'.join(english)})(?![a-z])")
    return WordList(re.compile("|".join(parts)) if parts else None)


def lists(rules: WatchRules) -> tuple[WordList, WordList]:
    """Return the grave words and the upset ones."""
    if not rules.upset:
        return WordList(None), WordList(None)
    return (
        word_list(tuple(rules.grave_zh), tuple(rules.grave_en)),
        word_list(tuple(rules.upset_zh), tuple(rules.upset_en)),
    )


_ASK_ZH = ("人工", "真人", "活人", "客服", "坐席", "专员", "接线员", "机器人", "智能")
_ASKED_EN = """
    human humans person persons people agent agents someone somebody anyone anybody rep
    representative representatives operator operators advisor advisors adviser advisers staff
    colleague colleagues manager supervisor support service care bot robot chatbot machine
"""
_ASK_EN = tuple(_ASKED_EN.split())
_MAY_ASK = re.compile("|".join([*_ASK_ZH, *_ASK_EN]))


class Ear(msgspec.Struct, frozen=True):
    """Rules made ready to hear every message: what is ordinary must cost a few microseconds."""

    rules: WatchRules
    words: re.Pattern[str]
    tokens: frozenset[str]


def ear(rules: WatchRules) -> Ear:
    """Return rules as they are used for hearing."""
    said = [*rules.upset_zh, *rules.grave_zh, *rules.upset_en, *rules.grave_en]
    words = {word.strip().lower() for word in [*said, *_ASK_ZH, *_ASK_EN] if word.strip()}
    return Ear(
        rules,
        re.compile(_trie(sorted(words))),
        frozenset(_apart(word)[0] for word in words if word.isascii() and _apart(word)),
    )


def _apart(text: str) -> list[str]:
    """Return the words of English text; a pattern would take five times as long."""
    for mark in ",.!?;:":
        text = text.replace(mark, " ")
    return text.split()


def _trie(words: Iterable[str]) -> str:
    """Return literals as one pattern that shares their beginnings: it skips most characters."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}

    def written(node: dict[str, Any]) -> str:
        if "" in node:
            return ""
        branches = [re.escape(letter) + written(below) for letter, below in node.items()]
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    return written(root)


def tone(text: str, ear: Ear) -> Tone | None:
    """Return how a customer's words sound; None for ordinary ones, which is nearly always."""
    plain = text.lower()
    if plain.isascii():
        if ear.tokens.isdisjoint(_apart(plain)):
            return None
    elif ear.words.search(plain) is None:
        return None
    grave, upset = lists(ear.rules)
    if grave.found(plain):
        return "grave"
    if upset.found(plain):
        return "upset"
    if ear.rules.person and _MAY_ASK.search(plain) and intent(text) == "person":
        return "person"
    return None


def signals(case: Case, rules: WatchRules, now: datetime) -> list[Signal]:
    """Return every reason to look at a conversation as it stands now."""
    if case.state == "closed":
        return []
    found = (
        _upset(case, rules),
        _lost(case, rules) if rules.lost else None,
        _person(case, rules) if rules.person else None,
        _silent(case, rules, now) if rules.silent else None,
        _late(case, now) if rules.late else None,
        _passed(case, rules) if rules.passed else None,
    )
    return [one for one in found if one is not None]


def _upset(case: Case, rules: WatchRules) -> Signal | None:
    grave, upset = lists(rules)
    said = [line for line in case.lines if line.kind == "customer" and line.text]
    degrees = [
        2 if grave.found(text) else 1 if upset.found(text) else 0
        for text in (line.text.lower() for line in said)
    ]
    if not any(degrees[-CALM_AFTER:]):
        return None
    heard = [line.at for line, degree in zip(said, degrees, strict=True) if degree]
    urgent = 2 in degrees or len(heard) > 1
    return _signal("upset", heard, URGENT if urgent else NOTICE)


def _lost(case: Case, rules: WatchRules) -> Signal | None:
    """The digital agent did not get on: it did not know, its answers did not help, it gave up."""
    if case.state not in ("digital", "waiting"):
        return None
    failed = [line.at for line in case.lines if line.code in ("unknown", "giving_up", "again")]
    spoken = [line.at for line in case.lines if line.kind == "digital"]
    times = sum(line.code in ("unknown", "giving_up") for line in case.lines) + case.unsolved
    if times < rules.lost_from:
        return None
    moments = failed or spoken or [line.at for line in case.lines][-1:]
    if not moments:
        return None
    return Signal("lost", NOTICE, times, moments[0], moments[-1])


def _person(case: Case, rules: WatchRules) -> Signal | None:
    """The customer wants a person, and has none yet."""
    if case.state not in ("digital", "waiting"):
        return None
    asked: list[datetime] = []
    before: Line | None = None
    for line in case.lines:
        if line.kind == "customer":
            before = line
            if _MAY_ASK.search(line.text.lower()) and intent(line.text) == "person":
                asked.append(line.at)
        elif line.asked and (before is None or before.at not in asked):
            # The button was used: no message of theirs said so.
            asked.append(line.at)
    if len(asked) < rules.person_from:
        return None
    return _signal("person", asked, NOTICE)


def _silent(case: Case, rules: WatchRules, now: datetime) -> Signal | None:
    since = case.awaiting_since
    if since is None or case.state not in ("waiting", "serving") or not case.attended:
        return None
    silent_for = now - since
    if silent_for < timedelta(seconds=rules.silent_s):
        return None
    urgent = silent_for >= timedelta(seconds=rules.silent_s * 2)
    return Signal("silent", URGENT if urgent else NOTICE, 1, since, since)


def _late(case: Case, now: datetime) -> Signal | None:
    if case.due_at is None or case.warn_at is None or now < case.warn_at:
        return None
    over = now >= case.due_at
    at = case.due_at if over else case.warn_at
    return Signal("late", URGENT if over else NOTICE, 1, at, at)


def _passed(case: Case, rules: WatchRules) -> Signal | None:
    """The customer is passed from hand to hand."""
    if case.transfers < rules.passed_from or case.here_since is None:
        return None
    moments = [line.at for line in case.lines if (line.code or "").startswith("transferred_to_")]
    # Of a long conversation only the end was read.
    moments = moments or [case.here_since]
    level = URGENT if case.transfers > rules.passed_from else NOTICE
    return Signal("passed", level, case.transfers, moments[0], moments[-1])


def _signal(kind: SignalKind, moments: Sequence[datetime], level: int) -> Signal:
    return Signal(kind, level, len(moments), moments[0], moments[-1])


def tidy(words: Iterable[str]) -> list[str]:
    """Return words as they are kept: trimmed, each once."""
    return list(dict.fromkeys(word.strip()[:LONGEST_WORD] for word in words if word.strip()))
