"""Whether the owner of a domain lets an address send for it: SPF, as RFC 7208 has it.

It asks for names by what the caller gives it, and for no more than the RFC allows; what a record
would have said to a refused sender (`exp`) is never fetched.
"""

import re
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal
from urllib.parse import quote

import msgspec

from peakend.mail.ports import NameKind, NamesUnknown
from peakend.mail.rules.spf_record import BadRecord, Mechanism, Record, is_spf, spf_record

Spf = Literal["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]
Ask = Callable[[str, NameKind], Awaitable[list[str]]]

MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_NAMES = 10
_LABEL = re.compile(r"[ -~]{1,63}")
_MACRO = re.compile(r"%(?:\{([a-zA-Z])(\d*)([rR]?)([.\-+,/_=]*)\}|([%_-]))")


class _Stop(Exception):
    def __init__(self, result: Spf) -> None:
        super().__init__(result)
        self.result: Spf = result


class Asker(msgspec.Struct, frozen=True):
    """Who connected, how he greeted, and for whom he sends."""

    address: IPv4Address | IPv6Address
    greeting: str
    sender: str


async def spf(ask: Ask, address: str, greeting: str, sender: str) -> tuple[Spf, str]:
    """Return what the sender's domain says of an address that connected, and that domain.

    Counts: ten questions that a record may ask, two without an answer. Errors: ValueError where
    the address is none.
    """
    peer = ip_address(address)
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    local, _, domain = (sender or f"postmaster@{greeting}").rpartition("@")
    whole = f"{local or 'postmaster'}@{domain}"
    try:
        result = await _Check(ask, Asker(peer, greeting, whole)).host(domain)
    except _Stop as stop:
        result = stop.result
    return result, domain.rstrip(".").lower()


def is_name(domain: str) -> bool:
    """Say whether a domain can be asked for."""
    labels = domain.removesuffix(".").split(".")
    plain = domain.isascii() and len(domain) <= 253
    return plain and len(labels) > 1 and all(_LABEL.fullmatch(one) for one in labels)


class _Check:
    def __init__(self, ask: Ask, asker: Asker) -> None:
        self._ask, self._asker = ask, asker
        self._lookups = self._voids = 0
        self._pointers: list[str] | None = None

    async def host(self, domain: str) -> Spf:
        """Return what a domain says. Errors: _Stop."""
        if not is_name(domain):
            return "none"
        record = await self._record(domain)
        if record is None:
            return "none"
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return mechanism.outcome
        if record.redirect is not None:
            self._count()
            result = await self.host(await self._expanded(record.redirect, domain))
            return "permerror" if result == "none" else result
        return "neutral"

    async def _record(self, domain: str) -> Record | None:
        texts = [text for text in await self._asked(domain, "TXT") if is_spf(text)]
        if not texts:
            return None
        if len(texts) > 1 or not texts[0].isascii():
            raise _Stop("permerror")
        try:
            return spf_record(texts[0])
        except BadRecord as error:
            raise _Stop("permerror") from error

    async def _matches(self, one: Mechanism, domain: str) -> bool:
        if one.kind == "all":
            return True
        if one.kind in ("ip4", "ip6"):
            network = ip_network(one.network, strict=False)
            return network.version == self._asker.address.version and self._asker.address in network
        self._count()
        name = await self._expanded(one.domain, domain) if one.domain else domain
        if one.kind == "include":
            return await self._included(name)
        if one.kind == "exists":
            return bool(await self._found(name, "A"))
        if one.kind == "ptr":
            named = await self._named()
            end = name.lower().rstrip(".")
            return any(found == end or found.endswith(f".{end}") for found in named)
        if one.kind == "a":
            return self._within(await self._found(name, self._family), one)
        exchangers = await self._found(name, "MX")
        if len(exchangers) > MOST_NAMES:
            raise _Stop("permerror")
        for exchanger in exchangers:
            if self._within(await self._asked(exchanger, self._family), one):
                return True
        return False

    async def _included(self, name: str) -> bool:
        result = await self.host(name)
        if result == "temperror":
            raise _Stop("temperror")
        if result in ("none", "permerror"):
            raise _Stop("permerror")
        return result == "pass"

    @property
    def _family(self) -> Literal["A", "AAAA"]:
        return "A" if self._asker.address.version == 4 else "AAAA"

    def _within(self, found: list[str], one: Mechanism) -> bool:
        length = one.cidr4 if self._asker.address.version == 4 else one.cidr6
        return any(
            self._asker.address in ip_network(f"{address}/{length}", strict=False)
            for address in found
        )

    async def _named(self) -> list[str]:
        """Return the names of the address that lead back to it; none where nobody answers."""
        if self._pointers is None:
            self._pointers = []
            try:
                names = await self._ask(self._asker.address.reverse_pointer, "PTR")
            except NamesUnknown:
                return []
            for name in names[:MOST_NAMES]:
                try:
                    found = await self._ask(name, self._family)
                except NamesUnknown:
                    continue
                if str(self._asker.address) in [str(ip_address(one)) for one in found]:
                    self._pointers.append(name.lower().rstrip("."))
        return self._pointers

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _Stop("permerror")

    async def _found(self, name: str, kind: NameKind) -> list[str]:
        """Ask for a name; few may lead nowhere. Errors: _Stop."""
        found = await self._asked(name, kind)
        self._voids += not found
        if self._voids > MOST_VOID:
            raise _Stop("permerror")
        return found

    async def _asked(self, name: str, kind: NameKind) -> list[str]:
        if not is_name(name):
            return []
        try:
            return await self._ask(name.rstrip("."), kind)
        except NamesUnknown as error:
            raise _Stop("temperror") from error

    async def _expanded(self, text: str, domain: str) -> str:
        """Return a name with its macros filled in, without its first labels where it is too long.

        Source: RFC 7208, 7.
        """
        named = ""
        if re.search(r"%\{[pP]", text):
            named = _best_name(await self._named(), domain)
        address = self._asker.address
        local, _, sender_domain = self._asker.sender.rpartition("@")
        long = isinstance(address, IPv6Address)
        values = {
            "s": self._asker.sender, "l": local, "o": sender_domain, "d": domain,
            "i": ".".join(address.exploded.replace(":", "")) if long else str(address),
            "p": named, "v": "ip6" if long else "in-addr", "h": self._asker.greeting,
        }  # fmt: skip

        def filled(match: re.Match[str]) -> str:
            if match[5]:
                return {"%": "%", "_": " ", "-": "%20"}[match[5]]
            parts = re.split(f"[{re.escape(match[4] or '.')}]", values[match[1].lower()])
            parts = parts[::-1] if match[3] else parts
            if match[2]:
                if not int(match[2]):
                    raise _Stop("permerror")
                parts = parts[-int(match[2]) :]
            made = ".".join(parts)
            return quote(made, safe="-._~") if match[1].isupper() else made

        made = _MACRO.sub(filled, text).removesuffix(".")
        while len(made) > 253 and "." in made:
            made = made.partition(".")[2]
        return made


def _best_name(names: list[str], domain: str) -> str:
    end = domain.lower().rstrip(".")
    fits = [name for name in names if name == end]
    fits += [name for name in names if name.endswith(f".{end}")]
    return (fits or names or ["unknown"])[0]
