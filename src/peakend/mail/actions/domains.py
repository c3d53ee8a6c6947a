"""The test of a sender's domain: what its records say to others about mails of the brand."""

from ipaddress import ip_address
from uuid import UUID

import msgspec

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.limits import spend
from peakend.mail.actions.trusting import dmarc_of
from peakend.mail.models import MailKey
from peakend.mail.ports import NameKind, NamesUnknown, provided
from peakend.mail.queries import mail_keys, need_server
from peakend.mail.rules.domains import (
    DomainFinding,
    dkim_finding,
    dmarc_finding,
    is_everybodys,
    mx_finding,
    spf_finding,
    unknown,
)
from peakend.mail.rules.spf import spf

MOST_ADDRESSES = 4


class DomainChecked(msgspec.Struct, frozen=True):
    """What was found about a domain; one where everybody has a mailbox is another's to change."""

    domain: str
    everybodys: bool
    findings: list[DomainFinding]


async def check_domain(database: Database, *, brand_id: UUID, by: Actor) -> DomainChecked:
    """Look at the records of the domain from which a brand writes.

    Counts: ten at once, then one in six seconds.
    Errors: BrandNotFound, MailServerNotFound, TooMany.
    """
    async with database.transaction(by) as tx:
        server = await need_server(tx, brand_id)
        keys = await mail_keys(tx, brand_id)
    await spend(f"mail_test:{by.organisation_id}", rate=1 / 6, burst=10)
    domain = server.sender_email.rpartition("@")[2]
    everybodys = is_everybodys(domain)
    found = [await _mx(domain), await _spf(domain, server.host)]
    if not everybodys:
        found.append(await _dkim(domain, [one for one in keys if one.domain == domain]))
    found.append(await _dmarc(domain))
    if everybodys:
        found = [msgspec.structs.replace(one, record=None) for one in found]
    return DomainChecked(domain, everybodys, found)


async def _ask(name: str, kind: NameKind) -> list[str]:
    """Ask anew: somebody may have changed it a minute ago. Errors: NamesUnknown."""
    return await provided.names.ask(name, kind, fresh=True)


async def _mx(domain: str) -> DomainFinding:
    try:
        return mx_finding(domain, await _ask(domain, "MX"))
    except NamesUnknown:
        return unknown("mx")


async def _spf(domain: str, host: str) -> DomainFinding:
    try:
        texts = await _ask(domain, "TXT")
        addresses = [one for one in await _addresses(host) if ip_address(one).is_global]
        results = {
            one: (await spf(_ask, one, domain, f"postmaster@{domain}"))[0]
            for one in addresses[:MOST_ADDRESSES]
        }
    except NamesUnknown:
        return unknown("spf")
    return spf_finding(domain, host, texts, results)


async def _addresses(host: str) -> list[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        kinds: tuple[NameKind, ...] = ("A", "AAAA")
        return [one for kind in kinds for one in await _ask(host, kind)]


async def _dkim(domain: str, keys: list[MailKey]) -> DomainFinding:
    active = next((one for one in keys if one.active), None)
    texts: list[str] = []
    if active is not None:
        try:
            texts = await _ask(f"{active.selector}._domainkey.{domain}", "TXT")
        except NamesUnknown:
            return unknown("dkim")
    key = (active.selector, active.record) if active else None
    return dkim_finding(domain, key, waits=bool(keys), texts=texts)


async def _dmarc(domain: str) -> DomainFinding:
    try:
        texts = await _ask(f"_dmarc.{domain}", "TXT")
        return dmarc_finding(domain, await dmarc_of(_ask, domain), texts)
    except NamesUnknown:
        return unknown("dmarc")
