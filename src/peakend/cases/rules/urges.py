"""What an urge does, when one counts, and in which words of a customer there is one."""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from peakend.cases.rules.cases import CasePriority, higher

UrgedBy = Literal["customer", "agent"]

LONGEST_URGE = 500
# A customer who presses twice has asked once; what he writes is kept all the same.
CUSTOMER_EVERY = timedelta(minutes=10)
SUPERVISOR_FROM = 3
# Of long texts only the beginning is looked at: who asks for speed says so early.
MOST_LOOKED_AT = 2_000


class Effect(msgspec.Struct, frozen=True):
    """What the nth urge does to a case: its priority from now on, and who is told."""

    priority: CasePriority
    supervisor: bool


class Said(msgspec.Struct, frozen=True):
    """Why words were taken for an urge: by which rule, and the very words."""

    rule: str
    words: str


def effect(times: int, priority: CasePriority) -> Effect:
    """Return what the nth urge does: high from the second, urgent from the third; never lower."""
    wanted: CasePriority = "urgent" if times >= 3 else "high" if times >= 2 else "normal"
    return Effect(higher(wanted, priority), supervisor=times >= SUPERVISOR_FROM)


def counts(by: UrgedBy, last_at: datetime | None, now: datetime) -> bool:
    """Return whether an urge counts: a customer's once in ten minutes, an agent's always.

    Units: `last_at` is the customer's last one that counted. A clock that was put back does not
    keep a customer silent.
    """
    if by == "agent" or last_at is None:
        return True
    return not timedelta() <= now - last_at < CUSTOMER_EVERY


# What sounds like an urge and is none: dunning, chemistry, and saying that there is no hurry.
_NOT_ZH = re.compile(
    r"催[款债收缴费租账帐婚眠化泪生产肥熟芽]|[被在]催(?:还|付|交|缴)"
    r"|(?:不用|不必|无需|不要|别|甭|不是(?:来|要)?|没(?:有)?(?:在)?|不想)(?:再|一直|老)?催"
    r"|不(?:着|用|必)?急|不急|慢慢来|(?:已经|都)(?:处理|解决|修)好了|不用(?:处理|管)了"
)
_NOT_EN = re.compile(
    r"\bno (?:rush|hurry)\b|\bnot urgent\b|\btake your time\b|\bnot in a (?:rush|hurry)\b"
    r"|\bno need to (?:rush|hurry|chase)\b|\b(?:software|firmware|app|system|os|address|profile)"
    r" update\b|\bupdate my\b|\bhow do i update\b"
)

_WHAT = (
    r"(?:处理|解决|回复|答复|联系|安排|上门|派人|发货|退款|到账|修|弄|好"
    r"|消息|结果|进展|人来|来|搞定|办)"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("hurry", re.compile(r"催(?:一?[下催]|个单|促|单|办|问|了|过|你们|他们|她|他|师傅|进度)?")),
    ("faster", re.compile(
        r"(?:能不能|可不可以|能否|麻烦|请|快点|可以)[^。！？!?\n]{0,6}?(?:快一?[点些]|尽快|加急|抓紧|赶紧)"
        r"|(?:快一?[点些]|尽快|抓紧|赶紧|赶快)(?:给我|帮我|帮忙|把)?[^。！？!?\n]{0,4}?" + _WHAT
        + r"|加急(?:处理|一下)?|等不及了|急用|很着急|急死"
    )),
    ("still_not", re.compile(
        r"(?:怎么|为什么|咋|为何|到现在|这么久|半天|至今|都)[^。！？!?\n]{0,8}?(?:还没|还未|还不|仍没|没有?人|都没)"
        r"|还(?:没有?|未|不)(?:给我|帮我|人)?[^。！？!?\n]{0,3}?" + _WHAT
        + r"(?!的话)[^。！？!?\n]{0,6}?(?:[吗么?？]|呢|啊)"
    )),
    ("how_long", re.compile(
        r"(?:还)?要(?:等|多)(?:多久|多长时间|到什么时候|久)|还要多久|等(?:了)?(?:多久|几天|好几天|好久|很久|这么久|半天)"
        r"|什么时候(?:才)?(?:能|会|可以)?[^。！？!?\n]{0,4}?" + _WHAT
    )),
    ("progress", re.compile(
        r"(?:进度|进展)(?:如何|怎么样|怎样|到哪|呢|了?[吗么?？])|到哪一?步|处理到哪|怎么样了"
        r"|有(?:消息|结果|进展|下文)(?:了)?[吗么没?？]|有没有(?:消息|结果|进展)"
    )),
    ("update", re.compile(
        r"\b(?:any|an|some|got an?)\s+(?:update|news|progress|word)\b|\bupdates?\s*\?"
        r"|\bwhat(?:'s| is) (?:the )?(?:status|progress|happening|going on)\b"
        r"|\bstatus (?:of|on) my\b"
        r"|\bwhere (?:is|are) (?:my|we|the (?:engineer|technician|repair|refund|parcel|order))\b"
    )),
    ("still_waiting", re.compile(
        r"\bstill (?:waiting|nothing|no (?:reply|answer|response|news|word|one|engineer|refund)"
        r"|have(?:n't| not)|has(?:n't| not)|not (?:fixed|done|resolved|solved|here|received))"
        r"|\b(?:have|has)(?:n't| not) (?:heard|received|been (?:fixed|resolved|contacted)|got)\b"
        r"[^.!?\n]{0,30}?\b(?:yet|back|anything|still)\b"
        r"|\bnobody (?:has )?(?:called|came|come|replied|answered|contacted)\b"
    )),
    ("how_much_longer", re.compile(
        r"\bhow (?:much )?long(?:er)? (?:will|do|does|must|is|until|am i|are you)\b"
        r"|\bhow much longer\b"
        r"|\bwhen (?:will|is|are|can) (?:it|this|you|someone|somebody|my|the|i)\b[^.!?\n]{0,40}?"
        r"\b(?:fixed|done|ready|resolved|solved|come|coming|arrive|call|reply|refunded|finished"
        r"|hear)\b"
    )),
    ("hurry_up", re.compile(
        r"\bhurry(?: up)?\b|\bas soon as possible\b|\basap\b|\bspeed (?:it|this|things) up\b"
        r"|\bchas(?:e|ing) (?:this|it|up|you|my)\b|\burgent(?:ly)?\b|\bexpedite\b"
    )),
)  # fmt: skip


def urge_in(text: str) -> Said | None:
    """Return why a customer's words ask for speed, with the words; None where they do not.

    Units: the first 2,000 characters. What says the opposite in the same sentence is no urge.
    """
    plain = unicodedata.normalize("NFKC", text[:MOST_LOOKED_AT]).casefold()
    for sentence in re.split(r"(?<=[。！!\n;；.])", plain):
        cleared = _NOT_EN.sub(" ", _NOT_ZH.sub(" ", sentence))
        denied = cleared != sentence
        for rule, pattern in _RULES:
            found = pattern.search(cleared)
            if found and not (denied and rule in ("hurry_up", "faster")):
                return Said(rule, found.group().strip()[:40])
    return None
