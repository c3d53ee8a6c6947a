"""What the digital agent decides: whether it knows, what a customer wants, when it steps aside.

The gate is a logistic regression over the measures of the nearest article. It was fitted on
example questions kept out of the index, questions of the other brand, and questions whose article
was taken away; tests/assist/evaluate_gate.py fits it anew and measures it.
"""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

# Order: question_sense, question_words, body_sense, body_words, covered_share, lead, words.
GATE_WEIGHTS = (1.68, -0.576, 5.092, -0.229, 1.287, 3.081, 0.454)
GATE_BIAS = -4.702
ANSWER_FROM = 0.33
MENTION_FROM = 0.15
MOST_WORDS = 8
MOST_TURNS = 12
TRIES = 2

Intent = Literal["person", "greeting", "thanks", "solved", "unsolved", "question"]
Step = Literal["answer", "unknown", "hand_over"]


class Measures(msgspec.Struct, frozen=True):
    """How near the best article is, and how far before the next one."""

    question_sense: float
    question_words: float
    body_sense: float
    body_words: float
    covered_share: float
    lead: float
    words: int


def trust(measures: Measures) -> float:
    """Return how probable it is that the nearest article answers, 0 to 1.

    A question without one telling word (什么意思) is never trusted.
    """
    if measures.words == 0:
        return 0.0
    values = (
        measures.question_sense,
        measures.question_words,
        measures.body_sense,
        measures.body_words,
        measures.covered_share,
        min(measures.lead, 1.0),
        min(measures.words, MOST_WORDS) / MOST_WORDS,
    )
    total = GATE_BIAS + sum(w * v for w, v in zip(GATE_WEIGHTS, values, strict=True))
    return 1 / (1 + math.exp(-total))


def next_step(*, trusted: float, unknown: int, unsolved: int, turns: int) -> Step:
    """Return what to do with a question, given what was tried in this conversation.

    Counts: `unknown` questions and `unsolved` answers so far, this one not among them.
    """
    if unsolved >= TRIES or turns >= MOST_TURNS:
        return "hand_over"
    if trusted >= ANSWER_FROM:
        return "answer"
    return "hand_over" if unknown + 1 >= TRIES else "unknown"


def why_handed_over(unsolved: int, turns: int) -> str:
    """Return why a turn that could not be answered ends with a person."""
    if unsolved >= TRIES:
        return "unsolved"
    return "turns" if turns >= MOST_TURNS else "unknown"


def after_judgement(*, solved: bool, unsolved: int) -> Literal["closing", "again", "hand_over"]:
    """Return what follows a judgement; `unsolved` counts this one when it is not solved."""
    if solved:
        return "closing"
    return "hand_over" if unsolved >= TRIES else "again"


_EDGES = re.compile(r"^[\s，。！？、,.!?~～…:：;；]+|[\s，。！？、,.!?~～…:：;；]+$")
_FILLER = (
    r"(?:请|麻烦|帮我|帮忙|给我|能不能|可以|能|我|要|想|需要|一下|一个|个|位|的|吗|吧|呢|啊|快|直接"
    r"|赶紧|你们|你|找|叫|接|转接|转|联系|换|来|跟|和|说话|聊|谈|服务|在线)"
)
_PERSON_WORD = r"(?:人工客服|人工|真人客服|真人|活人|客服人员|客服|坐席|专员|接线员)"
_PERSON_ALONE = re.compile(rf"(?:{_FILLER})*{_PERSON_WORD}(?:{_FILLER}|{_PERSON_WORD})*")
_PERSON_INSIDE = re.compile(
    r"(?:转|找|要|接|叫|换|联系|想和|想跟|有没有|给我)(?:到|个|一下|一个|接)?"
    r"(?:人工(?!费|智能|成本|安装)|真人|活人|客服(?!电话|微信)|坐席)"
    r"|不(?:要|想)(?:和|跟)?(?:机器人|智能)|机器人.{0,6}(?:没用|听不懂|不懂)"
)
_PERSON_EN = re.compile(
    r"\b(?:(?:speak|talk|chat)\s+(?:to|with)\s+(?:an?\s+|some)?"
    r"(?:real\s+|live\s+|actual\s+)?"
    r"(?:person|human|agent|someone|somebody|representative|operator)"
    r"|(?:real|live|actual)\s+(?:person|human|agent)|human\s+(?:agent|please|being)"
    r"|customer\s+service\s+(?:agent|representative))\b"
)
_PERSON_EN_ALONE = frozenset(
    {"human", "agent", "person", "operator", "representative", "real person", "human please"}
    | {"a human", "a person", "an agent", "agent please", "person please"}
)
_GREETING = re.compile(
    r"(?:你好|您好|在吗|在不在|有人吗|嗨|哈喽|早上好|上午好|中午好|下午好|晚上好|hi|hello|hey"
    r"|good (?:morning|afternoon|evening))(?:啊|呀|吗|客服|there)?"
)
_THANKS = re.compile(
    r"(?:好的?|嗯+|行|ok|okay|知道了|明白了|懂了|收到|可以了|没事了|解决了|好了)?[，, ]*"
    r"(?:谢谢|多谢|感谢|谢了|辛苦了|麻烦了|thanks|thank you|thx)"
    r"(?: ?(?:你|您|啊|了|very much|so much))?"
    r"|(?:好的|知道了|明白了|懂了|收到|不用了|ok|okay|got it)"
)
_SOLVED = re.compile(
    r"(?:已经?)?(?:解决|搞定|修好|弄好|点着|可以用?|没事|好|能用)了(?:谢谢|多谢|感谢)?(?:你|您)?"
    r"|(?:it )?(?:works|is solved|worked)(?: now)?|solved"
)
_UNSOLVED = re.compile(
    r"(?:还是|都|也|试了|试过了|按你说的)*[，, ]?(?:还是|都|也)?"
    r"(?:不行|没用|没有用|不管用|没解决|未解决|没有解决|不起作用|一样|没反应|没效果)(?:啊|呀|的|了)?"
    r"|(?:still )?(?:not solved|does ?n[o']t (?:work|help)|did ?n[o']t (?:work|help)|not working)"
)


def intent(text: str) -> Intent:
    """Return what a customer wants when it is not an answer to a question.

    人工费 (labour) is no wish for a person; a wish inside a longer sentence is one.
    """
    plain = _EDGES.sub("", text.strip().lower())
    if not plain:
        return "question"
    short = plain.replace(" ", "")
    if len(short) <= 20 and _PERSON_ALONE.fullmatch(short):
        return "person"
    if plain in _PERSON_EN_ALONE or _PERSON_EN.search(plain) or _PERSON_INSIDE.search(short):
        return "person"
    if _GREETING.fullmatch(plain):
        return "greeting"
    if _SOLVED.fullmatch(plain):
        return "solved"
    if _THANKS.fullmatch(plain):
        return "thanks"
    if _UNSOLVED.fullmatch(plain):
        return "unsolved"
    return "question"


def without_greeting(text: str) -> str:
    """Return a question without the good day before it."""
    rest = re.sub(r"^\s*(?:你好|您好|hi|hello)[，,。.!！~～\s]*", "", text, flags=re.IGNORECASE)
    return rest or text


def asked_summary(texts: Sequence[str], longest: int = 80) -> str:
    """Return what was asked, as one line: the last question, and the first when it differs."""
    lines = [re.sub(r"\s+", " ", text).strip() for text in texts if text.strip()]
    if not lines:
        return ""
    kept = lines[:1] if len(lines) == 1 else [lines[0], lines[-1]]
    return " … ".join(line if len(line) <= longest else line[: longest - 1] + "…" for line in kept)


def local_time(at: datetime, time_zone: str, now: datetime) -> str:
    """Return a moment as people there say it: 14:30, or 2026-11-23 09:00 on another day."""
    zone = ZoneInfo(time_zone)
    there = at.astimezone(zone)
    same = there.date() == now.astimezone(zone).date()
    return there.strftime("%H:%M" if same else "%Y-%m-%d %H:%M")
