"""Whose mails are kept aside: addresses and domains that are blocked, and marks of spam."""

import hashlib
from typing import Literal

Blocked = Literal["address", "domain"]

# Whoever blocks one of these blocks half of all customers.
EVERYBODYS = frozenset(
    {
        "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "foxmail.com", "gmail.com",
        "hotmail.com", "icloud.com", "live.com", "me.com", "msn.com", "outlook.com", "proton.me",
        "qq.com", "sina.cn", "sina.com", "sohu.com", "vip.163.com", "vip.qq.com", "wo.cn",
        "yahoo.com", "yeah.net",
    }
)  # fmt: skip
MOST_LABELS = 8


def block_digest(pattern: str) -> str:
    """Return by what a blocked address or domain is known again."""
    return hashlib.sha256(pattern.strip().lower().encode()).hexdigest()


def blocking(email: str) -> list[str]:
    """Return the digests of every pattern that would block a sender: himself, his domains."""
    address = email.strip().lower()
    local, at, host = address.rpartition("@")
    if not at or not local or not host:
        return []
    labels = host.split(".")[-MOST_LABELS:]
    domains = [".".join(labels[n:]) for n in range(len(labels) - 1)] or [host]
    return [block_digest(one) for one in (address, *domains)]


def block_of(pattern: str) -> tuple[Blocked, str] | None:
    """Return what a written pattern means: `a@b.example`, `@b.example` or `b.example`."""
    plain = pattern.strip().lower().removeprefix("@")
    if "@" in plain:
        return "address", plain
    return ("domain", plain) if "." in plain else None
