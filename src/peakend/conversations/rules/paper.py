"""A mail's cleaned HTML as the desk gets it: no address of a picture, links by way of ours."""

import re
from collections.abc import Callable
from email.utils import getaddresses
from html import escape, unescape
from typing import Literal
from urllib.parse import urlsplit

import msgspec

# What may be loaded for one mail; what comes after keeps its place and stays empty.
MOST_PICTURES = 100
MOST_PEOPLE = 200

# Cleaned HTML writes every value between double quotes, and no `<` that begins no tag.
_TAG = re.compile(r'<(a|img)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_VALUE = re.compile(r'\s+([a-z-]+)="([^"]*)"')
# Ids of mails have the form of addresses.
_IDS = re.compile(r"(?i)(?:resent-)?(?:message-id|in-reply-to|references|content-id)\s*:")
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,253}")


class Picture(msgspec.Struct, frozen=True):
    """A picture that HTML asks for: inside the mail by its `cid`, or at an address elsewhere."""

    kind: Literal["inside", "remote"]
    place: str


class Paper(msgspec.Struct, frozen=True):
    """HTML in which nothing loads; pictures are told by their numbers, from 1."""

    html: str
    pictures: list[Picture]


class Addressee(msgspec.Struct, frozen=True):
    """Somebody of a mail's head."""

    email: str
    name: str = ""


def paper(html: str, link: Callable[[str], str] = lambda address: address) -> Paper:
    """Return cleaned HTML as it is given to the desk; `link` says where an address leads to.

    Counts: 100 pictures.
    """
    pictures: list[Picture] = []

    def made(found: re.Match[str]) -> str:
        given = {name: unescape(value) for name, value in _VALUE.findall(found[2])}
        if found[1] == "a":
            if "href" in given:
                given["href"] = link(given["href"])
            return _tag("a", given)
        source, remote = given.pop("src", ""), given.pop("data-remote", "")
        picture = _picture(source, remote)
        if picture is not None and len(pictures) < MOST_PICTURES:
            pictures.append(picture)
            given[f"data-{picture.kind}"] = str(len(pictures))
        return _tag("img", given)

    return Paper(_TAG.sub(made, html), pictures)


def _picture(source: str, remote: str) -> Picture | None:
    if source.lower().startswith("cid:"):
        return Picture("inside", source[4:])
    return Picture("remote", remote) if remote else None


def _tag(name: str, values: dict[str, str]) -> str:
    given = "".join(f' {key}="{escape(value)}"' for key, value in values.items())
    return f"<{name}{given}>"


def people(line: str) -> list[Addressee]:
    """Return whom a line of a mail's head names."""
    found = getaddresses([line])[:MOST_PEOPLE]
    named = [Addressee(email.strip(), " ".join(name.split())) for name, email in found]
    return [one for one in named if one.email or one.name]


def shown_host(address: str) -> str:
    """Return the host of a web address as the network writes it; nothing for another address.

    What only looks like a known name is seen by that: `аpple.com` is `xn--pple-43d.com`.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        plain = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    return plain.lower() if parts.scheme.lower() in ("http", "https") else ""


def head_of(raw: bytes) -> str:
    """Return the head of a mail as text that can be shown, each byte that is none marked."""
    head = re.split(rb"\r?\n\r?\n", raw.lstrip(b"\r\n"), maxsplit=1)[0]
    text = re.sub(r"\r\n?", "\n", head.decode("utf-8", "replace"))
    return "".join(sign if sign in "\n\t" or sign.isprintable() else "\ufffd" for sign in text)


def hidden_in_head(head: str, hide: Callable[[str], str]) -> str:
    """Return a mail's head with its addresses hidden; what only reads like one is left."""
    fields = re.split(r"\n(?![ \t])", head)
    return "\n".join(one if _IDS.match(one) else hidden_addresses(one, hide) for one in fields)


def hidden_addresses(text: str, hide: Callable[[str], str]) -> str:
    """Return text whose mail addresses are as `hide` leaves them."""
    return _MAIL.sub(lambda found: hide(found[0]), text)
