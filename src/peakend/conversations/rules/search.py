"""What a text is found by: pairs of neighbouring Han characters, words of everything else.

Index and query use the same lexemes, so a two-character Chinese word is found by the index alone.
A word stands in the index with its beginnings too: looking for the beginning of a common word
among a million messages would otherwise gather every word that begins so.
"""

import re
import unicodedata
from typing import NamedTuple

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_TOKEN = re.compile(f"[{_HAN}]+|[^\\W_{_HAN}]+")
_QUOTED = re.compile('["“”「」『』]([^"“”「」『』]{1,200})["“”「」『』]')
_SPACE = re.compile(r"\s+")

MOST_LEXEMES = 2_000
LONGEST_LEXEME = 64
BEGINNINGS = range(2, 8)
MOST_QUERY_TERMS = 24
MOST_PHRASES = 4


class SearchQuery(NamedTuple):
    """A question to the index: the tsquery, and phrases that the text itself must contain."""

    tsquery: str
    phrases: list[str]
    number: int | None


def folded(text: str) -> str:
    """Return the text as it is compared: compatibility forms, lower case, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower()).strip()


def lexemes(text: str) -> list[str]:
    """Return the distinct lexemes of a text, at most MOST_LEXEMES.

    The last character of a Han run stands alone too, so that a prefix finds every single character.
    Whole words come before their beginnings, which a very long text may lose.
    """
    found: dict[str, None] = {}
    starts: dict[str, None] = {}
    for token in _TOKEN.findall(folded(text)):
        if _HAN_RUN.match(token):
            for at in range(len(token)):
                found[token[at : at + 2]] = None
        else:
            found[token[:LONGEST_LEXEME]] = None
            starts |= {token[:length]: None for length in BEGINNINGS if length < len(token)}
        if len(found) >= MOST_LEXEMES:
            break
    return list(found | starts)[:MOST_LEXEMES]


def search_query(text: str) -> SearchQuery | None:
    """Return the question for what somebody typed; None where there is nothing to look for."""
    plain = folded(text)[:400]
    phrases = [found.strip() for found in _QUOTED.findall(plain) if found.strip()]
    terms: dict[str, None] = {}
    for token in _TOKEN.findall(plain):
        if _HAN_RUN.match(token):
            if len(token) == 1:
                terms[f"'{token}':*"] = None
            else:
                for at in range(len(token) - 1):
                    terms[f"'{token[at : at + 2]}'"] = None
            if len(token) > 2:
                # Pairs alone would also find a text that has them apart.
                phrases.append(token)
        else:
            terms[_term(token[:LONGEST_LEXEME])] = None
    if not terms:
        return None
    kept = list(terms)[:MOST_QUERY_TERMS]
    distinct = list(dict.fromkeys(phrases))[:MOST_PHRASES]
    return SearchQuery(" & ".join(kept), distinct, _number(plain))


def _term(token: str) -> str:
    """Return the question for words that begin so: their beginnings of usual length are indexed."""
    return f"'{token}'" if len(token) in BEGINNINGS else f"'{token}':*"


def _number(plain: str) -> int | None:
    digits = plain.lstrip("#").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None


def highlights(text: str, asked: str, most: int = 20) -> list[tuple[int, int]]:
    """Return where in the text the words of the question stand, as ranges of UTF-16 units.

    Units: UTF-16 code units, because the reader is a browser.
    """
    spans: list[tuple[int, int]] = []
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose lower case is longer: positions would be off
        lowered = text
    for token in dict.fromkeys(_TOKEN.findall(folded(asked)[:400])):
        at = lowered.find(token)
        while at >= 0 and len(spans) < most:
            spans.append((at, at + len(token)))
            at = lowered.find(token, at + len(token))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [(_units(text[:start]), _units(text[:end])) for start, end in merged]


def _units(text: str) -> int:
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)
