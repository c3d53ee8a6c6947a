"""Which part of a message are the customer's own words.

What somebody else wrote (quoted mail, a forwarded letter, a sentence between quotation marks) and
what is addressed to a machine (ignore your instructions, set the priority) says nothing about what
the customer wants.
"""

import re
import unicodedata

LONGEST = 4_000
_UNSEEN = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# From here on a mail repeats what was written before.
_BEFORE = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|转发的?邮件|原始信息|original message|forwarded message)"
    r"|在.{4,60}写道[:：]?\s*$|on .{4,80} wrote:\s*$"
    r"|(?:发件人|from)\s*[:：].{0,120}@)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(r"^\s*[>＞|].*$", re.MULTILINE)
_QUOTED = re.compile(r"“[^“”]{1,400}”|「[^「」]{1,400}」|『[^『』]{1,400}』|\"[^\"\n]{1,400}\"")
# So short a quotation stresses a word, unless somebody is said to have said it.
_STRESSED = 8
_SAID = re.compile(
    r"(?:说|讲|回复|答复|告诉|写着|问|said|says|told|wrote)[^。！？.!?]{0,6}$", re.IGNORECASE
)
_SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?\n；;]*|[。！？!?\n；;]+")
_TO_MACHINE = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过|不要理会).{0,12}(?:指令|提示|规则|设定|要求|内容)"
    r"|(?:系统|开发者)\s*(?:提示|指令|消息)?\s*[:：]|你现在(?:是|扮演)|假装你是|扮演"
    r"|(?:标记|标注|归类|归为|设为|设置|判定|识别|升级|改)(?:成|为|到)?.{0,8}"
    r"(?:极限|普通|最高|一般|紧急|加急)(?:的)?(?:客诉|投诉|级|优先)"
    r"|(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instruction|prompt|rule|above|previous)"
    r"|^\s*(?:system|assistant|developer|user)\s*[:：>]|</?(?:system|assistant|user|instructions?)>"
    r"|\byou are now\b|\bpretend (?:to be|you)\b|\bact as\b"
    r"|\b(?:mark|classify|tag|label|set|treat)\b.{0,40}\b(?:as|to)\b.{0,20}"
    r"\b(?:extreme|urgent|critical|highest|complaint)\b",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what the customer says himself, in small letters and with nothing unseen in it.

    Counts: the first 4,000 signs.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))
    before = _BEFORE.search(plain)
    if before is not None:
        plain = plain[: before.start()]
    plain = _QUOTED_LINE.sub("", plain)
    plain = _QUOTED.sub(lambda found: _stressed(plain, found), plain)
    said = [part for part in _SENTENCE.findall(plain) if _TO_MACHINE.search(part) is None]
    return "".join(said).replace("’", "'").lower()


def _stressed(text: str, found: re.Match[str]) -> str:
    inside = found.group()[1:-1]
    reported = _SAID.search(text[max(0, found.start() - 12) : found.start()].rstrip(" :：,，"))
    return inside if len(inside) <= _STRESSED and reported is None else " "
