"""Pure treatment of text: language, folding, words, bigrams, initials, masking.

The segmenter and the pinyin table are loaded on first use: they cost 26 and 50 MB.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]")
_HAN_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]+")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*|[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]+")
_LATIN_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_SPACE = re.compile(r"\s+")

# Words that carry no topic: they would make every question look like every other one.
_EMPTY_WORDS = """
    的 了 吗 呢 啊 吧 呀 嘛 哦 我 你 您 他 她 它 我们 你们 是 在 有 和 与 及 就 都 也 还 又
    把 被 给 这 那 这个 那个 哪 哪个 什么 怎么 怎样 如何 请 请问 一下 一个 想 要 能 会 可以
    可不可以 能不能 为什么 意思 什么意思 弄 怎么弄 在不在 明白 不太 嗯嗯 怎么办 怎么回事
    咋 咋办 咋回事 多少 几 不 没 没有 很 太 说 对 从 到
    a an the is are was were be been am do does did i you he she it we they my your our their
    of to in on at for with and or if can could would should will how what why when where which
    please this that there have has had not no
"""
STOP_WORDS = frozenset(_EMPTY_WORDS.split())


def detected_language(text: str) -> str:
    """Return zh-CN or en, whichever most of the text is written in; zh-CN when nothing tells.

    Counts: Han characters against Latin words, because one English word says as much as two Han.
    """
    han = len(HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    return "en" if latin > 0 and latin * 2 > han * 1.5 and han <= latin else "zh-CN"


def folded(text: str) -> str:
    """Return the text as it is compared: compatibility forms, lower case, single spaces."""
    normal = unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower()
    return _SPACE.sub(" ", normal).strip()


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import rjieba

    return rjieba


def segments(text: str) -> list[str]:
    """Return the words of a text, Han runs cut by dictionary, everything else at its edges."""
    found: list[str] = []
    for token in _TOKEN.findall(folded(text)):
        if HAN.match(token) and len(token) > 1:
            found.extend(_segmenter().cut(token))
        else:
            found.append(token)
    return found


def bigrams(text: str) -> list[str]:
    """Return each pair of neighbouring Han characters; Latin words and numbers stay whole.

    A Han character that stands alone is returned by itself.
    """
    found: list[str] = []
    for token in _TOKEN.findall(folded(text)):
        if HAN.match(token) and len(token) > 1:
            found.extend(token[at : at + 2] for at in range(len(token) - 1))
        else:
            found.append(token)
    return found


def _stem(word: str) -> str:
    """Return an English word without the endings that hide it from its relatives."""
    for ending, keep in (("ies", 4), ("ing", 5), ("ed", 4), ("es", 5), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= keep - 1 and word.isalpha():
            return word[: -len(ending)]
    return word


def terms(text: str) -> list[str]:
    """Return what a text is found by: its words without empty ones, and the bigrams inside Han.

    Bigrams reach over neighbouring words, because the dictionary cuts the same text differently
    in different company, but not over empty ones.
    """
    found: list[str] = []
    run = ""
    for word in segments(text):
        kept = word not in STOP_WORDS
        if kept:
            found.append(word if HAN.match(word) else _stem(word))
        if kept and HAN.match(word):
            run += word
            continue
        found += _pairs(run)
        run = ""
    found += _pairs(run)
    return list(dict.fromkeys(found))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def initials(text: str) -> str:
    """Return the first letters a Chinese text is typed by: 转接 gives zj; Latin is kept."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(folded(text), style=Style.FIRST_LETTER)).replace(" ", "")


def typed(text: str) -> str:
    """Return what a short text is typed by: its pinyin and its initials, no space inside either.

    转接 gives "zhuanjie zj"; a text without Chinese gives itself once.
    """
    plain = folded(text)
    if not HAN.search(plain):
        return plain.replace(" ", "")
    from pypinyin import lazy_pinyin

    return f"{''.join(lazy_pinyin(plain)).replace(' ', '')} {initials(plain)}"


_MOBILE = re.compile(
    r"(?<![0-9])(?:(?:\+|00)?86[- ]?)?(1[3-9][0-9])([- ]?)([0-9]{4})\2([0-9]{4})(?![0-9])"
)
_IDENTITY = re.compile(r"(?<![0-9])([1-9][0-9]{5})((?:19|20)[0-9]{6})([0-9]{3}[0-9Xx])(?![0-9])")
_CARD = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){14,18}(?![0-9])")
_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(number: str) -> bool:
    """Say whether 18 characters are a resident identity number.

    Source: GB 11643-1999, ISO 7064 MOD 11-2 check character.
    """
    if len(number) != 18 or not number[:17].isdigit():
        return False
    month, day = int(number[10:12]), int(number[12:14])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def is_card_number(number: str) -> bool:
    """Say whether digits are a bank card number. Source: ISO/IEC 7812-1 (Luhn)."""
    digits = [int(char) for char in number if char.isdigit()]
    if not 15 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def masked(text: str) -> str:
    """Return the text with mobile, identity and card numbers and mail addresses made unreadable.

    What only looks like one (an order number that fails the check digit) is left alone.
    """

    def identity(match: re.Match[str]) -> str:
        whole = match.group(0)
        return whole[:3] + "*" * 11 + whole[-4:] if is_identity_number(whole) else whole

    def card(match: re.Match[str]) -> str:
        whole = match.group(0)
        if not is_card_number(whole):
            return whole
        return "**** **** **** " + "".join(char for char in whole if char.isdigit())[-4:]

    if not any(char.isdigit() or char == "@" for char in text):
        return text
    text = _IDENTITY.sub(identity, text)
    text = _MOBILE.sub(lambda m: f"{m.group(1)}****{m.group(4)}", text)
    text = _CARD.sub(card, text)
    return _MAIL.sub(lambda m: f"{m.group(1)[:1]}***@{m.group(2)}", text)


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters on one line, with an ellipsis where some are left out."""
    line = _SPACE.sub(" ", text).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
