"""What somebody wrote now, apart from the history quoted below it.

The history is found and folded, never deleted: a mail's text stays whole beside it.
"""

import re

from peakend.adapters.mail.tongues import (
    FIELDS,
    FIRST_FIELDS,
    FORWARDED,
    MOBILE,
    ORIGINAL,
    TELL,
    WROTE,
)

Lines = list[tuple[str, bool]]

# How many lines of a mail are looked through for where history begins.
_MOST_LINES = 5000
_LONGEST = 400

_DASHED = re.compile(
    rf"[-_=*—–\s]{{0,60}}(?:{ORIGINAL}|{FORWARDED})\s*[:：]?[-_=*—–\s]{{2,60}}|[-—–_]{{2,60}}\s*(?:{ORIGINAL}|{FORWARDED})\s*[:：]?",
    re.IGNORECASE,
)
_FIELD = re.compile(rf"[\s*|]{{0,6}}({FIELDS})[\s*]{{0,4}}[:：|]", re.IGNORECASE)
_FIRST = re.compile(rf"[\s*|]{{0,6}}({FIRST_FIELDS})[\s*]{{0,4}}[:：|]\s*\S?", re.IGNORECASE)
_ONE_LINE = re.compile(
    r"发件人[:：].{1,150}(?:发送时间|日期|时间)[:：].{1,150}(?:收件人|主题)[:：]"
)
_MOBILE = re.compile(rf"[\s*_\[（(—-]{{0,6}}(?:{MOBILE})", re.IGNORECASE)
_WROTE = re.compile(rf"(?:{WROTE})[\s*_\"”'」]{{0,4}}[:：]?\s*-{{0,6}}\s*", re.IGNORECASE)
_ENDS = re.compile(r"[:：]\s*-{0,6}\s*$")
_WHEN = re.compile(
    r"\d{1,2}[:.：时時h]\s?\d{2}|\d{4}[-/年.]\s?\d{1,2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\b(?:19|20)\d\d\b|星期|周[一二三四五六日]|上午|下午"
)
_WHO = re.compile(r"[^\s<>@]+@[^\s<>@]+|<mailto:|\[mailto:")
_OPENS = re.compile(
    r"(?:on|at|le|am|il|el|em|den|op|in data|w dniu|dnia|pe|在|于|於)\b|[在于於]", re.IGNORECASE
)
_SIGNATURE = re.compile(r"--\s?|—{2,}\s?")
_RULE = re.compile(r"[\s=_\-*~—–─·.#|]{3,}")


def reply(lines: Lines, own: tuple[str, str] = ("", "")) -> str:
    """Return what was written on top; everything where nothing else was written.

    `own` is the writer's address and name, as programs put them below the text by themselves.
    """
    lines = [(line.replace("\xa0", " ").rstrip(), quoted) for line, quoted in lines]
    looked = lines[:_MOST_LINES]
    start = 0
    while start < len(looked):
        found = _history(looked, start)
        if found is None:
            return _trimmed(_unquoted(looked[start:])) or _trimmed(_whole(lines))
        at, after = found
        if text := _trimmed(_without_card(_unquoted(looked[start:at]), own)):
            return text
        # Nothing stands above: an answer may follow below what is quoted.
        below = after
        while below < len(looked) and (_is_quote(looked[below]) or not looked[below][0].strip()):
            below += 1
        if below == after or not any(_is_quote(line) for line in looked[after:below]):
            break
        start = below
    return _trimmed(_whole(lines))


def _whole(lines: Lines) -> list[str]:
    return [line for line, _ in lines]


def _is_quote(line: tuple[str, bool]) -> bool:
    return line[1] or line[0].lstrip().startswith((">", "＞"))


def _unquoted(lines: Lines) -> list[str]:
    return [line[0] for line in lines if not _is_quote(line)]


def _history(lines: Lines, start: int) -> tuple[int, int] | None:
    """Return where history begins and where its heading ends."""
    for at in range(start, len(lines)):
        line = lines[at][0].strip().lstrip(">＞").strip()
        if not line:
            continue
        if _SIGNATURE.fullmatch(line) and at > start:
            return at, len(lines)
        if len(line) <= 120 and line.strip("-_=*—– ") and _DASHED.fullmatch(line):
            return at, at + 1
        if _is_header_block(lines, at, line):
            return at, len(lines)
        if end := _attribution(lines, at):
            return at, end
        if len(line) <= 90 and _MOBILE.match(line) and _lonely(lines, at):
            return at, at + 1
    return None


def _lonely(lines: Lines, at: int) -> bool:
    """Say whether a mobile's signature stands where one stands, not inside a sentence."""
    return at == 0 or not lines[at][0].strip().endswith(("，", ",", "。", "and", "or"))


def _is_header_block(lines: Lines, at: int, line: str) -> bool:
    if _ONE_LINE.search(line[:_LONGEST]):
        return True
    if not _FIRST.match(line):
        return False
    seen = set()
    for following, _ in lines[at : at + 12]:
        if match := _FIELD.match(following.lstrip(">＞ ")):
            seen.add(match[1].lower())
    return len(seen) >= 3 or (
        len(seen) == 2 and bool(_WHO.search(line) or _WHEN.search(_next(lines, at)))
    )


def _next(lines: Lines, at: int) -> str:
    return next((line for line, _ in lines[at + 1 : at + 4] if line.strip()), "")


def _attribution(lines: Lines, at: int) -> int:
    """Return where an attribution (“on … wrote:”) that begins here ends; 0 where none does."""
    joined = ""
    for end in range(at, min(at + 5, len(lines))):
        line = lines[end][0].strip().lstrip(">＞").strip()
        if not line:
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > _LONGEST:
            return 0
        if _names_somebody(joined):
            return end + 1
        if end == at and not (_OPENS.match(line) or _WHO.search(line) or _WHEN.search(line)):
            return 0
        if _ends_a_sentence(line):
            return 0
    return 0


def _ends_a_sentence(line: str) -> bool:
    return line.endswith(("。", "！", "？", "!", "?")) or (line.endswith(".") and len(line) > 60)


def _names_somebody(text: str) -> bool:
    who, when = bool(_WHO.search(text)), bool(_WHEN.search(text))
    if not (who or when):
        return False
    match = max(_WROTE.finditer(text), key=lambda one: one.start(), default=None)
    if match and match.end() == len(text):
        return bool(_ENDS.search(text)) or (who and when) or text.startswith("----")
    # Norwegian, German and Dutch put the verb before the name.
    if match and _ENDS.search(text) and len(text) - match.end() < 160:
        return True
    if not _ENDS.search(text):
        return False
    return (
        who and when and (bool(TELL.search(text)) or text.rstrip(" :：").endswith((">", ")", "）")))
    )


def _without_card(lines: list[str], own: tuple[str, str]) -> list[str]:
    """Drop the writer's own address where a program set it below the text (Foxmail, 163)."""
    end, ruled, found = len(lines), False, False
    while end:
        line = lines[end - 1].strip("|* \t")
        ruled |= "|" in lines[end - 1]
        if line and line.lower() != own[0] and not (ruled and line == own[1]):
            break
        found |= bool(line)
        end -= 1
    return lines[:end] if found else lines


def _trimmed(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _RULE.fullmatch(lines[-1])):
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
