"""What the digital agent decides: whether it knows, what a customer wants, when it steps aside.

The gate is a logistic regression over the measures of the nearest article, with weights of its own
where article and question are in different languages. It was fitted on example questions kept out
of the index, questions of the other brand, and questions whose article was taken away;
tests/assist/evaluate_gate.py fits it anew, chooses the threshold and measures both
on other questions.
"""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

# Order: question_sense, second_sense, body_sense, lead, words; then, where article and question
# are in one language, question_words, body_words, covered_share.
GATE_WEIGHTS = (-0.694, 8.589, 1.55, 3.43, 0.272, -2.205, 0.198, 1.329)
GATE_BIAS = -6.243
ACROSS_WEIGHTS = (8.087, 3.712, -0.883, 10.595, -0.712)
ACROSS_BIAS = -7.63
ANSWER_FROM = 0.33
MENTION_FROM = 0.15
MOST_WORDS = 8
MOST_TURNS = 12
LONGEST_QUESTION = 40
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
    second_sense: float | None = None
    """None where the article has a single question: it speaks for itself."""
    across: bool = False
    """The article has nothing in the language of the question, so that words tell nothing."""


def trust(measures: Measures) -> float:
    """Return how probable it is that the nearest article answers, 0 to 1.

    A question without one telling word (什么意思) is never trusted.
    """
    if measures.words == 0:
        return 0.0
    bias, weights = (ACROSS_BIAS, ACROSS_WEIGHTS) if measures.across else (GATE_BIAS, GATE_WEIGHTS)
    total = bias + sum(w * v for w, v in zip(weights, values(measures), strict=True))
    return 1 / (1 + math.exp(-total))


def values(measures: Measures) -> tuple[float, ...]:
    """Return what the gate weighs, in the order of its weights."""
    second = measures.second_sense
    meaning = (
        measures.question_sense,
        measures.question_sense if second is None else second,
        measures.body_sense,
        min(measures.lead, 1.0),
        min(measures.words, MOST_WORDS) / MOST_WORDS,
    )
    if measures.across:
        return meaning
    return (*meaning, measures.question_words, measures.body_words, measures.covered_share)


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
_WHO = (
    r"(?:(?:an?|the|some|your|any|one of your|another)\s+)?(?:(?:real|live|actual|human)\s+)*"
    r"(?:persons?|humans?|human beings?|people|agents?|someone|somebody|anyone|anybody"
    r"|representatives?|rep|operators?|advis[eo]rs?|staff|colleagues?|manager|supervisor"
    r"|customer (?:service|support|care)|support team)\b(?!'s|\s+else)"
)
_PERSON_EN = re.compile(
    rf"\b(?:speak|speaking|talk|talking|chat|chatting)\s+(?:to|with)\s+{_WHO}"
    rf"|\b(?:connect|transfer|put|pass|switch|hand)\s+(?:me\s+)?(?:(?:through|over|on)\s+)?"
    rf"(?:to|with)\s+{_WHO}"
    r"|\b(?:get|give|find|bring)\s+me\s+(?:an?\s+|the\s+|some\s+)?(?:real\s+|live\s+|actual\s+)*"
    r"(?:person|human|agent|representative|rep|operator|someone real)\b"
    r"|\b(?:want|need|prefer|like)\s+(?:an?\s+|the\s+|some\s+)?(?:real\s+|live\s+|actual\s+)*"
    r"(?:person|human being|human|agent|representative|operator)\b"
    r"(?!\s+(?:to|who|that|for|with|in|on)\b(?!\s+(?:talk|speak|chat|help|answer|reply|assist)))"
    r"|\b(?:real|live|actual)\s+(?:person|human|agent)\b"
    r"|\bhuman\s+(?:agent|please|being|support|service|operator)\b"
    r"|\bcustomer\s+service\s+(?:agent|representative)\b"
    r"|\b(?:don't|do not|not|stop|no more|hate|sick of)\b[^.?!]{0,30}"
    r"\b(?:talk|talking|speak|speaking|chat|chatting)\b[^.?!]{0,12}\b(?:bot|robot|chatbot|machine)\b"
    r"|\b(?:stupid|useless|dumb)\s+(?:ro|chat)?bot\b"
    r"|\b(?:bot|robot|chatbot)\s+(?:is|does|can|doesn't|can't|cannot)\b[^.?!]{0,20}"
    r"\b(?:useless|help|understand|stupid)\b"
)
# A message of these words alone, one of the last group among them: agent; a human now, please.
_FILLER_EN = """
    a an the real live actual to me with i i'd want need get give transfer connect switch speak
    talk chat can could may let just please now some your any is there would like have hi hello
    service support help desk for
"""
_PERSON_EN_FILLER = frozenset(_FILLER_EN.split())
_PERSON_WORD_EN = """
    human humans person agent agents operator representative representatives rep staff
    somebody someone advisor adviser
"""
_PERSON_EN_ALONE = frozenset(_PERSON_WORD_EN.split())
_SUPPORT_ALONE = re.compile(
    r"(?:(?:live|human) )?(?:customer )?(?:service|support|care)(?: please)?"
)
_GREETING = re.compile(
    r"(?:你好|您好|在吗|在不在|有人吗|嗨|哈喽|早上好|上午好|中午好|下午好|晚上好|hi|hello|hey|hiya"
    r"|good (?:morning|afternoon|evening|day))(?:啊|呀|吗|客服|,? (?:there|all|everyone))?"
    r"|(?:(?:hi|hello|hey)[,!.]? )?(?:(?:is )?(?:anyone|anybody|somebody|someone) (?:there|here)"
    r"|are you there|how are you)"
)
_THANKS = re.compile(
    r"(?:好的?|嗯+|行|ok|okay|知道了|明白了|懂了|收到|可以了|没事了|解决了|好了)?[，, ]*"
    r"(?:谢谢|多谢|感谢|谢了|辛苦了|麻烦了|thanks|thank you|thx)"
    r"(?: ?(?:你|您|啊|了|very much|so much))?"
    r"|(?:好的|知道了|明白了|懂了|收到|不用了|ok|okay|got it)"
    r"|(?:(?:ok|okay|great|perfect|cool|lovely|no|got it|i see|that's all|all good)[,.!]? )*"
    r"(?:thanks|thank you|thx|many thanks|cheers)"
    r"(?: (?:a lot|a million|again|very much|so much|for (?:your|the) help|all good))*"
    r"|i see|understood|great|perfect|all good|that's all|that is all|nothing else|never ?mind"
)
_SOLVED = re.compile(
    r"(?:(?:洗|换|试|弄|清理|重启|照做|这样)[了完]?(?:以?后|之后)?)?(?:现在|已经?|果然|这下)*"
    r"(?:解决|搞定|修好|弄好|点着|可以用?|没事|好(?:很?多|些)?|能用|正常|没问题)了"
    r"(?:谢谢|多谢|感谢)?(?:你|您)?"
    r"|(?:(?:yes|great|ok|okay|oh)[,.!]? )?(?:(?:it|that|this)(?:'s| is| has)? )?(?:now )?"
    r"(?:works|working|worked|solved|fixed|sorted|done it|did it|did the trick|helped)"
    r"(?: it| that)?(?: now| again)?(?:[,.!]? (?:thanks|thank you)(?: (?:so|very) much)?)?"
    r"|problem (?:is )?solved"
)
_NOT_SOLVED = re.compile(
    r"[?？吗呢]|怎么|但|不过|只是|还是|又|以为|说是|昨天|以前|之前|希望|什么时候|要是|如果"
)
_UNSOLVED = re.compile(
    r"(?:还是|都|也|试了|试过了|按你说的)*[，, ]?(?:还是|都|也)?"
    r"(?:不行|没用|没有用|不管用|没解决|未解决|没有解决|不起作用|一样|没反应|没效果)(?:啊|呀|的|了)?"
    r"|(?:(?:no|sorry|i tried|tried that|i tried that)[,.]? )?(?:but )?"
    r"(?:(?:it|that|this)(?:'s| is)? )?"
    r"(?:still )?(?:(?:not|isn't|is not) (?:solved|working|fixed|helping|helpful)"
    r"|(?:doesn't|does not|didn't|did not|won't|doesnt|didnt) (?:work|help)(?: either| at all)?"
    r"|no (?:luck|use|good|change|help)|the same)"
)


def intent(text: str) -> Intent:
    """Return what a customer wants when it is not an answer to a question.

    人工费 (labour) is no wish for a person; a wish inside a longer sentence is one.
    """
    plain = _EDGES.sub("", text.strip().lower().replace("’", "'"))
    if not plain:
        return "question"
    short = plain.replace(" ", "")
    if len(short) <= 20 and _PERSON_ALONE.fullmatch(short):
        return "person"
    if _person_in_english(plain) or _PERSON_INSIDE.search(short):
        return "person"
    if _GREETING.fullmatch(plain):
        return "greeting"
    if _SOLVED.fullmatch(plain) or _solved_at_last(plain):
        return "solved"
    if _THANKS.fullmatch(plain):
        return "thanks"
    if _UNSOLVED.fullmatch(plain):
        return "unsolved"
    return "question"


def _solved_at_last(plain: str) -> bool:
    """Say whether a short report of what was done ends with: it helped."""
    *before, last = re.split(r"[，,。；;！!\n]+", plain)
    return (
        0 < len(before) <= 2
        and len(plain) <= 40
        and _NOT_SOLVED.search(plain) is None
        and _SOLVED.fullmatch(last.replace(" ", "")) is not None
    )


def _person_in_english(plain: str) -> bool:
    """Say whether a person is asked for; to need a person for the door (a technician) is not."""
    said = re.findall(r"[a-z']+", plain)
    alone = said and not _PERSON_EN_ALONE.isdisjoint(said)
    if alone and set(said) <= _PERSON_EN_ALONE | _PERSON_EN_FILLER and plain.isascii():
        return True
    return bool(_SUPPORT_ALONE.fullmatch(plain) or _PERSON_EN.search(plain))


def without_greeting(text: str) -> str:
    """Return a question without the good day before it."""
    rest = re.sub(
        r"^\s*(?:你好|您好|(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?\b)"
        r"[，,。.!！~～\s]*",
        "",
        text,
        flags=re.IGNORECASE,
    )
    return rest or text


def short_question(text: str) -> str:
    """Return a question as it stands on a button."""
    plain = re.sub(r"\s+", " ", text).strip()
    return plain if len(plain) <= LONGEST_QUESTION else plain[: LONGEST_QUESTION - 1] + "…"


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
