"""How a reply sounds: what may hurt, mislead or endanger, and what would be better.

The desk looks while one types (`web/desk/src/contexts/assist/care/wording.ts` decides alike, and
both are held to `tests/assist/wording_cases.json`); the server looks only for what blocks.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

WordingKind = Literal[
    "danger", "blame", "not_mine", "jargon", "vague", "honorific", "greeting", "punctuation"
]
Level = Literal["off", "hint", "ask", "block"]

KINDS: tuple[WordingKind, ...] = (
    "danger", "blame", "not_mine", "jargon", "vague", "honorific", "greeting", "punctuation",
)  # fmt: skip
LISTED: tuple[WordingKind, ...] = ("danger", "blame", "not_mine", "jargon", "vague")
MOST_TERMS, LONGEST_TERM = 200, 120
ARROW = "→"
_GAP = "[^。！？.!?\\n]{0,8}?"

_DEFAULTS: dict[str, tuple[Level, str, str]] = {
    "danger": (
        "ask",
        """删…所有…邮件 清空…邮箱 格式化…硬盘 用打火机…试 用打火机…检查 用明火…检查
        用火…试…漏 自己拆…燃气 自己拆…煤气 自行拆…燃气 自己换…燃气 自己接…燃气
        关掉报警器 拔掉报警器 报警器…不用管 堵住…排烟 堵住…烟道 煤气味…不用管
        有味…没关系 把密码发 把验证码发 验证码告诉 密码告诉我""",
        """|delete all…mail|delete all…email|delete everything|format…hard drive
        |format your disk|use a lighter|use a match|with a naked flame|take the meter apart
        |switch off the alarm|turn off the alarm|ignore the alarm|ignore the smell
        |block the flue|send me your password|tell me your password|send me the code
        |tell me the code""",
    ),
    "blame": (
        "ask",
        """您没看清→可能是说明不够清楚 您没有看清→可能是说明不够清楚 您自己…的问题 您自己弄
        您弄错→这里容易弄混 您搞错→这里容易弄混 您理解错→我换个说法再说明一下
        您操作不当→这一步容易出错 您操作有误→这一步容易出错 您的操作问题 是您操作
        您怎么不 谁让您 早就跟您说 早跟您说 跟您说过了 不是说了吗 说了多少遍 您的责任 怪您""",
        """|your fault|your own fault|you should have→next time it helps to|you failed to
        |you didn't read|you did not read|as i already told you|as i told you
        |like i said→to put it another way|you must have done|you are wrong|you're wrong
        |you don't understand|that's on you""",
    ),
    "not_mine": (
        "hint",
        """不归我管→我来联系负责的同事 不归我们管→我来联系负责的同事
        不归我们部门→我来联系负责的同事 不归这边管→我来联系负责的同事
        不是我们部门→我来联系负责的同事 不是我的工作→我来联系负责的同事
        不是我们的事→我来联系负责的同事 不关我们的事→我来联系负责的同事 不关我的事
        跟我们没关系 与我们无关 我也没办法→我看看还有什么办法
        我们也没办法→我看看还有什么办法 您找别人 您自己联系→我帮您联系
        您自己去问→我帮您问 规定就是这样→我说明一下这样安排的原因
        公司规定就是→我说明一下这样安排的原因""",
        """|not my department→I will find the right colleague for you
        |not my job→I will see to it
        |not our department→I will find the right colleague for you|not our responsibility
        |not my problem|nothing i can do→let me see what else is possible
        |that's just the policy→let me explain why|that is the policy→let me explain why
        |you'll have to call→I can call for you, or you can call""",
    ),
    "jargon": (
        "hint",
        """SOP→处理步骤 SLA→答复时限 CRM→客户资料 二线→专门的同事 派单→安排工程师
        闭环→处理完成 话后→处理记录 走流程→按步骤办理 提工单→登记
        升级处理→交给专人处理 赋能 颗粒度""",
        """|SLA→time to answer|SOP→our steps|CRM→our records|tier 2→a specialist
        |second line→a specialist|RMA→return|escalate→pass on to a specialist
        |ticket has been raised→request has been noted""",
    ),
    "vague": (
        "hint",
        """尽快 过几天 改天 有空的时候 应该可以吧 可能吧 大概吧 差不多就行 随便弄 看情况""",
        """|asap|as soon as possible|at some point|a few days or so|should be fine
        |some time later|in due course|when we can""",
    ),
    "honorific": ("hint", "", ""),
    "greeting": ("hint", "", ""),
    "punctuation": ("hint", "", ""),
}


def _terms(text: str, mark: str | None = None) -> list[str]:
    return [" ".join(term.split()) for term in text.split(mark) if term.strip()]


class WordingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is looked for: how strictly, and by which words.

    A word may carry what would be better (`say→better`); `…` stands for up to eight characters.
    """

    level: Level = "hint"
    zh: list[str] = []
    en: list[str] = []


def _default(kind: str) -> Any:
    level, zh, en = _DEFAULTS[kind]
    return msgspec.field(
        default_factory=lambda: WordingRule(level=level, zh=_terms(zh), en=_terms(en, "|"))
    )


class WordingRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that replies are looked through for."""

    danger: WordingRule = _default("danger")
    blame: WordingRule = _default("blame")
    not_mine: WordingRule = _default("not_mine")
    jargon: WordingRule = _default("jargon")
    vague: WordingRule = _default("vague")
    honorific: WordingRule = _default("honorific")
    greeting: WordingRule = _default("greeting")
    punctuation: WordingRule = _default("punctuation")


class Finding(msgspec.Struct, frozen=True):
    """A place in a reply; `better` takes its place, empty where only the writer knows."""

    kind: WordingKind
    level: Level
    start: int
    end: int
    better: str | None


_HAN = "\u4e00-\u9fff"
_NOT = re.compile(
    r"(?:不要|不能|不可|不得|不是|并非|并不|千万|切勿|请勿|禁止|严禁|绝不|别|勿|never|not|n't|avoid)"
    rf"[\s{_HAN}a-z]{{0,6}}$"
)
_QUOTED = re.compile(r"「[^」]*」|“[^”]*”|\"[^\"]*\"")
_YOU = re.compile("你(?!们)")
_GREETED = re.compile(
    r"^.{0,12}?(?:您好|你好|早上好|上午好|中午好|下午好|晚上好|早安|"
    r"\b(?:hello|hi|hey|good (?:morning|afternoon|evening)|dear|welcome)\b)"
)
_HALF = re.compile(rf"(?<=[{_HAN}])[,;:?!](?!//)|(?<=[{_HAN}])\.(?=\s|$|[{_HAN}])")
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_IN_CHINESE = re.compile(f"[{_HAN}]")
_IN_JAPANESE = re.compile("[\u3040-\u30ff]")
# Words that other languages in Latin letters do not have.
_IN_ENGLISH = re.compile(r"\b(?:the|your?|please|this|that|our|with|and|it)\b")


class _Term(msgspec.Struct, frozen=True):
    pattern: re.Pattern[str]
    better: str | None


@lru_cache(maxsize=256)
def _compiled(zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[_Term, ...]:
    return tuple(
        _Term(re.compile(_pattern(say.strip(), english=english)), better.strip() or None)
        for terms, english in ((zh, False), (en, True))
        for term in terms
        for say, _, better in (term.partition(ARROW),)
        if say.strip(" …")
    )


def _pattern(say: str, *, english: bool) -> str:
    """Return a word as a pattern: nothing in it is special but the gap."""
    plain = _plain(say)
    body = _GAP.join(re.escape(part) for part in plain.split("…") if part)
    edged = english or plain.isascii()
    return rf"(?<![a-z0-9]){body}(?![a-z0-9])" if edged else body


def _plain(text: str) -> str:
    """Return a text in small letters and polite form, each character at its place."""
    small = text.lower()
    return (small if len(small) == len(text) else text).replace("你", "您")


def findings(text: str, rules: WordingRules, *, first: bool = False) -> list[Finding]:
    """Return what may be better in a reply, the strictest first, then in reading order.

    `first` says that nobody of the house has written before. Quoted words are not ours.
    """
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    plain = _plain(text)
    found: list[Finding] = []
    for kind in LISTED:
        rule: WordingRule = getattr(rules, kind)
        if rule.level != "off":
            found += _listed(kind, rule, plain, quoted)
    # Japanese has Han characters, too, and is looked at as little as German.
    chinese = len(_IN_CHINESE.findall(text)) > 3 * len(_IN_JAPANESE.findall(text))
    if chinese and rules.honorific.level != "off":
        level = rules.honorific.level
        found += [
            Finding("honorific", level, *match.span(), "您")
            for match in _YOU.finditer(text)
            if not _within(match.start(), quoted)
        ]
    said = text.strip().lower()
    ours = chinese or _IN_ENGLISH.search(said)
    if first and ours and rules.greeting.level != "off" and not _GREETED.search(said):
        better = "您好，" if chinese else "Hello, "
        found.append(Finding("greeting", rules.greeting.level, 0, 0, better))
    if chinese and rules.punctuation.level != "off":
        level = rules.punctuation.level
        found += [
            Finding("punctuation", level, *match.span(), _FULL[match.group()])
            for match in _HALF.finditer(text)
        ]
    strict = {"block": 0, "ask": 1, "hint": 2}
    return sorted(found, key=lambda one: (strict[one.level], KINDS.index(one.kind), one.start))


def _listed(
    kind: WordingKind, rule: WordingRule, plain: str, quoted: Sequence[tuple[int, int]]
) -> list[Finding]:
    found: list[Finding] = []
    for term in _compiled(tuple(rule.zh), tuple(rule.en)):
        for match in term.pattern.finditer(plain):
            start, end = match.span()
            if _within(start, quoted):
                continue
            if kind in ("danger", "blame") and _NOT.search(plain[max(0, start - 12) : start]):
                continue
            if any(one.start < end and start < one.end for one in found):
                continue
            found.append(Finding(kind, rule.level, start, end, term.better))
    return found


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < at < end for start, end in spans)


def blocking(rules: WordingRules) -> WordingRules | None:
    """Return only what blocks; None where nothing does, which is the house's own wish."""
    off = WordingRule(level="off")
    kept = {
        kind: rule if (rule := getattr(rules, kind)).level == "block" else off for kind in KINDS
    }
    # The greeting depends on what was said before, which the server does not look up for it.
    kept["greeting"] = off
    return WordingRules(**kept) if any(rule.level == "block" for rule in kept.values()) else None
