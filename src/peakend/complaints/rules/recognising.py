"""What a customer's words and history amount to: which tier of complaint, and of which kind.

A machine suggests and says why; a person decides. Each reason is a code with the words it rests
on, so that both languages can say it. Words count only as the customer's own (`own_words`), and
not where they are denied (不是要投诉) or only asked about (会不会漏气).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from peakend.complaints.rules.own_words import own_words

Tier = Literal["inquiry", "business", "ordinary", "extreme"]
Kind = Literal["attitude", "outcome", "timeliness"]
Severity = Literal[1, 2, 3, 4]

TIERS: tuple[Tier, ...] = ("inquiry", "business", "ordinary", "extreme")
KINDS: tuple[Kind, ...] = ("attitude", "outcome", "timeliness")
HARD: tuple[Tier, ...] = ("ordinary", "extreme")
MOST_WORDS = 6
OFTEN_COMPLAINED, OFTEN_BROKEN, OFTEN_REPEATED = 2, 2, 2
LONG_WAIT_MIN = 30

# What each reason rests on. Chinese words stand anywhere, English ones are whole words.
EXTREME: Mapping[str, str] = {
    "regulator": (
        r"12315|12345|12300|12378|12321|消协|消费者协会|消保委|市场监管|市监局|工商局|工信部|质监局"
        r"|银保监|金融监管|信访|纪委|315晚会|3·15|举报"
        r"|\b(?:ombudsman|trading standards|regulator|consumer (?:association|council|protection)"
        r"|bbb|better business bureau|ftc|ofcom|ofgem)\b|\breport you to\b"
    ),
    "exposure": (
        r"曝光(?!率|度|过度|不足|时间)|爆料|媒体|记者|电视台|热搜|发(?:到|在|上)?(?:个|条)?(?:微博"
        r"|抖音|小红书|朋友圈|快手|知乎|b站|网上)"
        r"|(?:挂|放|传|捅)(?:到|在|上)(?:微博|抖音|小红书|网上|网络)|(?:微博|抖音|小红书)(?:见"
        r"|上见|上说|@|投诉|维权)"
        r"|上(?:微博|热搜|抖音|新闻)"
        r"|\b(?:go(?:ing)? (?:public|viral)|newspapers?|journalists?|reporters?|the press|the media"
        r"|(?:post|put|share)\b.{0,20}\b(?:twitter|facebook|tiktok|youtube|instagram|weibo|online"
        r"|social media)|all over social media|expose you)\b"
    ),
    "legal": (
        r"起诉|上诉|法院|打官司|(?:找|请|委托|咨询|联系|我的)(?:了|个|一个|过|的)?律师|律师(?:函"
        r"|会|找|见)"
        r"|仲裁|法律途径|法律手段|走法律|追究.{0,4}责任|报警"
        r"|\b(?:sue|suing|lawsuit|solicitors?|attorneys?|my lawyer|a lawyer|lawyers|legal action"
        r"|take you to court|small claims|see you in court|call(?:ing)? the police)\b"
    ),
    "boycott": (
        r"抵制|集体维权|维权群|联名|拉横幅|业主群里?(?:都|一起)|\b(?:boycott|class action"
        r"|petition)\b"
    ),
    "safety": (
        r"(?:燃气|煤气|天然气|瓦斯)(?:泄漏|泄露|中毒)|漏(?:气|煤气|燃气|电)|(?:煤气|燃气|天然气)味"
        r"|一氧化碳|爆炸|炸了|炸裂|起火|失火|(?<![点打不没能])着火|冒烟|触电|电到|被电|烧伤|烫伤"
        r"|受伤|伤到|割伤|砸伤"
        r"|住院|进医院|去医院|急诊|出人命|死人|人身安全|安全隐患|生命危险|食物中毒|中毒"
        r"|\b(?:gas (?:is )?leak(?:s|ing)?|leak(?:s|ing) gas|smell(?:s|ing)? (?:of )?gas"
        r"|carbon monoxide"
        r"|explo(?:sion|ded|des)|(?:on|caught) fire|smok(?:e|ing) (?:from|came)|electric shock"
        r"|electrocuted|burn(?:t|ed) (?:my|his|her|me)|injur(?:y|ed|ies)|hospital|safety hazard"
        r"|dangerous|poison(?:ed|ing))\b"
    ),
}
ORDINARY: Mapping[str, str] = {
    "complains": (
        r"投诉|客诉|差评|要(?:个|一个)?说法|讨(?:个|一个)?说法|给(?:我)?(?:个|一个)?(?:说法|交代)"
        r"|维权|赔偿|赔钱|赔我"
        r"|假一赔|退一赔"
        r"|\b(?:complaint|complain(?:ing)?|bad review|one star|1 star|compensat(?:e|ion)"
        r"|demand (?:a |an )?(?:refund|apology|explanation)|unacceptable)\b"
    ),
    "anger": (
        r"太差|差劲|垃圾|骗子|骗人|欺骗|忽悠|坑人|坑爹|黑心|气死|生气|火大|愤怒|失望|恶心|受不了"
        r"|忍无可忍"
        r"|不满意|很不满|太过分|过分了|无语|糊弄"
        r"|\b(?:terrible|awful|useless|ridiculous|disgusting|pathetic|furious|angry|fed up|scam"
        r"|rip-?off"
        r"|liars?|worst|sick of|had enough|appalling|outrageous|disappointed|not satisfied"
        r"|dissatisfied|unhappy)\b"
    ),
}
BUSINESS = (
    r"办理|办个|申请|报修|维修|上门|安装|预约|取消|改(?:期|约|地址|签|名|成|到)|换货|退货|退款"
    r"|退订|退换|更换|开发票|开票"
    r"|补(?:发|寄|开)|续费|充值|过户|注销|解绑|下单"
    r"|\b(?:book(?:ing)?|appointment|install(?:ation)?|repair|cancel|reschedule|refund"
    r"|return(?:ing)?"
    r"|exchange|replace(?:ment)?|invoice|renew|change my|update my|order)\b"
)
OF_KIND: Mapping[Kind, str] = {
    "attitude": (
        r"态度|不耐烦|骂人|骂我|辱骂|凶我|吼我|冷漠|傲慢|不礼貌|没礼貌|阴阳怪气|爱答不理|嘲讽|讽刺"
        r"|挂(?:我|了我的?|断我?的?)电话"
        r"|挂电话|敷衍|推卸|踢皮球|推来推去|不尊重|看不起|威胁我"
        r"|\b(?:rude(?:ly|ness)?|attitude|hung up|impolite|disrespect(?:ful|ed)?|insult(?:ed|ing)?"
        r"|shout(?:ed|ing)|yell(?:ed|ing)|arrogant|dismissive|condescending|brush(?:ed)? off"
        r"|passed around)\b"
    ),
    "timeliness": (
        r"太慢|好慢|等了|等到|一直等|还没(?:来|到|有|处理|回|收|退|发)|迟迟|拖(?:了|着|到|延|拉"
        r"|这么)|超时|逾期|没人(?:管|理|来|联系|回|接)"
        r"|多久了|几天了|这么久|半天了|说好.{0,12}(?:没|不|又)|答应.{0,12}(?:没|不)|放(?:我)?鸽子"
        r"|爽约|没(?:来|按时)|催了"
        r"|\b(?:late|delay(?:ed|s)?|slow|still waiting|been waiting|wait(?:ed|ing) for|no show"
        r"|never (?:came|arrived|called|showed)|nobody (?:came|called|replied|answered)"
        r"|no one (?:came"
        r"|called|replied|answered)|overdue|take(?:s|n)? (?:so|too) long|(?:days|weeks"
        r"|hours) ago)\b"
    ),
    "outcome": (
        r"没(?:有)?解决|解决不了|不解决|还是(?:不行|坏|一样|没好)|又(?:坏|出问题|漏|不行)|没修好"
        r"|修不好|没用|不管用|不同意"
        r"|不接受|不认可|结果|处理(?:方案|意见)|少退|不给退|不退|不赔|拒绝|质量|坏了|多扣|乱扣"
        r"|扣(?:了我)?费"
        r"|\b(?:not (?:solved|fixed|resolved|working)|still (?:broken|not|doesn't)"
        r"|broke(?:n)? again"
        r"|doesn't work|does not work|refused|won't (?:refund|replace|pay)|not accept|overcharged"
        r"|charged twice|faulty|defective|quality|wrong (?:item|answer|decision|amount))\b"
    ),
}
_DENIED = re.compile(
    r"(?:不是|不想|不要|不用|没有?|并非|无意|不会|不打算|不必|没必要)(?:要|想|打算|是|去|来"
    r"|再)*[^,，。！？就再才又]{0,2}$"
    r"|(?:not|n't|never|no|without)(?:\s+(?:a|an|to|going|want|wish|trying|here|any|about|making"
    r"|to\s+make))*\s*$"
)
# A danger that is only thought of; a threat (如果不处理我就起诉) is meant all the same.
_ASKED = re.compile(
    r"(?:会不会|是否会?|怎么(?:防|避免|预防|检查)|如何(?:防|避免|预防|检查|判断)|防止|预防|避免"
    r"|以防|担心会?|万一|如果"
    r"|有没有可能|would it|could it|can it|how (?:do|can) i (?:prevent|avoid|check)|in case|what if"
    r"|prevent|avoid)[^,，。！？!?]{0,12}$"
)


# A smell or a leak that is reported: what to do at once is said by the answer to it, and before a
# person could.
_REPORTED = re.compile(r"漏|味|泄|一氧化碳|冒烟|gas|leak|smell|carbon|smok", re.IGNORECASE)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a complaint is judged: the customer's messages and his history."""

    texts: Sequence[str]
    complaints: int = 0
    """Complaints of the customer in the 90 days before."""
    repeats: int = 0
    waited_min: int = 0
    broken_promises: int = 0


class Why(msgspec.Struct, frozen=True):
    """One reason: its code, the words it rests on, or the number."""

    code: str
    words: list[str] = []
    count: int | None = None


class Recognised(msgspec.Struct, frozen=True):
    """What a machine would make of it; a person confirms or corrects."""

    tier: Tier
    kind: Kind | None
    severity: Severity
    why: list[Why]

    @property
    def hard(self) -> bool:
        """Say whether this is a complaint that no machine may keep."""
        return self.tier in HARD


class Words(msgspec.Struct, frozen=True):
    """Words of the house's own beside the built-in ones."""

    extreme: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()


def recognised(heard: Heard, words: Words | None = None) -> Recognised:
    """Return the tier, the kind and the severity of what a customer says, and why."""
    own = words or Words()
    said = [text for text in (own_words(one) for one in heard.texts) if text.strip()]
    extreme = _found(EXTREME, said) + _house("house_extreme", own.extreme, said)
    ordinary = _found(ORDINARY, said) + _house("house_ordinary", own.ordinary, said)
    kinds = {kind: _hits(OF_KIND[kind], said) for kind in KINDS}
    history = _history(heard)
    business = _hits(BUSINESS, said)
    tier = _tier(bool(extreme), bool(ordinary), kinds, bool(business), history)
    why = [*extreme, *ordinary]
    if tier == "business" and business:
        why.append(Why("business", business[:MOST_WORDS]))
    if tier not in HARD:
        return Recognised(tier, None, 1, why)
    kind = _kind(kinds, heard)
    if kinds[kind]:
        why.append(Why(kind, kinds[kind][:MOST_WORDS]))
    return Recognised(tier, kind, _severity(tier, extreme, history), [*why, *history])


def _tier(
    extreme: bool,
    ordinary: bool,
    kinds: Mapping[Kind, list[str]],
    business: bool,
    history: Sequence[Why],
) -> Tier:
    if extreme:
        return "extreme"
    rude = bool(kinds["attitude"])
    # Being late or not done is a complaint once there is a history; alone it is a wish.
    pressed = bool(kinds["timeliness"] or kinds["outcome"]) and bool(history)
    if ordinary or rude or pressed:
        return "ordinary"
    return "business" if business or kinds["outcome"] or kinds["timeliness"] else "inquiry"


def _kind(kinds: Mapping[Kind, list[str]], heard: Heard) -> Kind:
    late = heard.broken_promises > 0 or heard.waited_min >= LONG_WAIT_MIN
    weight = {
        "attitude": len(kinds["attitude"]) * 3,
        "timeliness": len(kinds["timeliness"]) * 2 + late,
        "outcome": len(kinds["outcome"]) * 2 + (heard.repeats > 0),
    }
    best = max(weight.values())
    if best == 0:
        return "outcome"
    return next(kind for kind in KINDS if weight[kind] == best)


def _severity(tier: Tier, extreme: Sequence[Why], history: Sequence[Why]) -> Severity:
    if tier == "extreme":
        return 4 if any(one.code == "safety" for one in extreme) or len(extreme) > 1 else 3
    return 3 if history else 2


def _history(heard: Heard) -> list[Why]:
    measured = (
        ("often_complained", heard.complaints, OFTEN_COMPLAINED),
        ("often_broken", heard.broken_promises, 1),
        ("often_repeated", heard.repeats, OFTEN_REPEATED),
        ("long_wait", heard.waited_min, LONG_WAIT_MIN),
    )
    return [Why(code, count=count) for code, count, least in measured if count >= least]


def _found(table: Mapping[str, str], said: Sequence[str]) -> list[Why]:
    hits = ((code, _hits(pattern, said, code == "safety")) for code, pattern in table.items())
    return [Why(code, found[:MOST_WORDS]) for code, found in hits if found]


def _house(code: str, words: Sequence[str], said: Sequence[str]) -> list[Why]:
    some = [re.escape(one.strip().lower()) for one in words if one.strip()]
    found = _hits("|".join(some), said) if some else []
    return [Why(code, found[:MOST_WORDS])] if found else []


def _hits(pattern: str, said: Sequence[str], asked_apart: bool = False) -> list[str]:
    """Return the words found, each once, without those denied or only asked about."""
    found: dict[str, None] = {}
    for text in said:
        for hit in re.finditer(pattern, text):
            before = text[max(0, hit.start() - 24) : hit.start()]
            if _DENIED.search(before) or (asked_apart and _ASKED.search(before)):
                continue
            found.setdefault(hit.group().strip())
    return list(found)


def only_reported(found: "Recognised") -> bool:
    """Say whether a danger is reported and nothing complained of; who is hurt is no such case."""
    return {one.code for one in found.why} == {"safety"} and all(
        _REPORTED.search(word) for one in found.why for word in one.words
    )
