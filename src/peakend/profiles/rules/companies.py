"""Companies: their mail domains, and how their names are found."""

import re
import unicodedata
from typing import Literal

Attached = Literal["customer", "company", "both"]

MOST_DOMAINS = 20
MOST_COMPANIES = 20
MOST_CUSTOMERS = 1_000
MOST_TYPES = 20
MOST_OBJECTS = 200
TIERS = ("standard", "silver", "gold", "platinum", "vip")

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Everybody may have an address there: it says nothing about where somebody works.
PUBLIC_DOMAINS = frozenset(
    {
        "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn",
        "sohu.com", "139.com", "189.cn", "wo.cn", "aliyun.com", "tom.com", "21cn.com",
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "ymail.com", "icloud.com", "me.com", "proton.me", "protonmail.com",
        "gmx.com", "gmx.de", "mail.com", "mail.ru", "yandex.com", "zoho.com", "naver.com",
    }
)  # fmt: skip


def domain_of(text: str) -> str | None:
    """Return a mail domain as it is compared; None where it is none, or anybody's."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold().rpartition("@")[2].rstrip(".")
    try:
        plain = plain.encode("idna").decode() if not plain.isascii() else plain
    except UnicodeError:
        return None
    if len(plain) > 253 or _DOMAIN.fullmatch(plain) is None or plain in PUBLIC_DOMAINS:
        return None
    return plain


def folded(text: str) -> str:
    """Return a name as it is searched: width and case do not matter, spaces are single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(name: str) -> set[str]:
    """Return what a name is found by: each character and each pair of neighbours."""
    plain = folded(name)[:200]
    return {char for char in plain if char != " "} | {
        pair for pair in (plain[at : at + 2] for at in range(len(plain) - 1)) if " " not in pair
    }


def sought(query: str) -> list[str]:
    """Return the grams a name must have to hold the query. Counts: at most four."""
    plain = folded(query)
    pairs = [plain[at : at + 2] for at in range(len(plain) - 1)]
    pairs = [pair for pair in dict.fromkeys(pairs) if " " not in pair]
    found = pairs or [char for char in dict.fromkeys(plain) if char != " "]
    return found[:: max(1, len(found) // 4)][:4]
