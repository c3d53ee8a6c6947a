"""Whether a mail comes from whom it says: asked when it came, outside of every transaction.

Whatever goes wrong on the way leaves a mail unverified; it never holds one up.
"""

import asyncio
import re
from ipaddress import ip_address
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.mail.events import MailboxChanged
from peakend.mail.models import Mailbox
from peakend.mail.ports import Heads, NamesUnknown, Peer, ReadMail, provided
from peakend.mail.queries import need_mailbox
from peakend.mail.rules.spf import Ask, spf
from peakend.mail.rules.trusting import (
    Checks,
    Dmarc,
    Found,
    Reason,
    Trust,
    by_ourselves,
    by_server,
    dmarc_record,
    organisational,
    spf_of,
    stated,
    worth_proving,
)

# All questions about one mail together.
WHOLE_S = 8.0


class UnknownServer(Invalid):
    """This is no name of a server."""

    wording = "mail.wrong_trusted"


async def judged(raw: bytes, read: ReadMail, mailbox: Mailbox, peer: Peer | None = None) -> Trust:
    """Return whether a mail comes from whom it says. Never raises for what is in it.

    Units: eight seconds at most for all that is asked of the name system.
    """
    if not raw or read.code:
        return Trust()
    heads = await provided.checker.heads(raw)
    if heads is None or not heads.from_domain:
        return _unsure("too_hard" if heads is None else "from_unclear")
    statement = stated(heads.statements, mailbox.trusted_servers)
    settled = by_server(statement, heads.from_domain)
    if settled is not None:
        return settled
    try:
        async with asyncio.timeout(WHOLE_S):
            found = await _found(raw, heads, spf_of(statement, heads.from_domain), peer)
    except TimeoutError:
        return _unsure("names_silent", heads.from_domain)
    return by_ourselves(heads, found)


def _unsure(reason: Reason, domain: str = "") -> Trust:
    return Trust("unverified", Checks(reason=reason, domain=domain))


async def _found(raw: bytes, heads: Heads, told: tuple[str, str], peer: Peer | None) -> Found:
    names, silent = provided.names, False
    keys: dict[int, str] = {}
    tried = worth_proving(heads.signatures, heads.from_domain)
    for one in tried:
        try:
            texts = await names.ask(f"{one.selector}._domainkey.{one.domain}", "TXT")
        except NamesUnknown:
            silent = True
            continue
        if texts:
            keys[one.place] = texts[0]
    places = await provided.checker.signed(raw, keys) if keys else []
    if not told[0] and peer is not None and _of_the_world(peer.address):
        told = await spf(names.ask, peer.address, peer.greeting, peer.mail_from)
    signed = [one.domain for one in tried if one.place in places]
    dmarc: Dmarc | None = None
    # Where it changes nothing it is not asked for.
    if told[0] or any(domain != heads.from_domain for domain in signed):
        try:
            dmarc = await dmarc_of(names.ask, heads.from_domain)
        except NamesUnknown:
            silent = True
    return Found(
        signed=signed,
        signatures=len(heads.signatures),
        spf=told[0],
        spf_domain=told[1],
        dmarc=dmarc,
        silent=silent,
    )


def _of_the_world(address: str) -> bool:
    """Say whether an address is one that a record can name; a relay of the house is none."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


async def dmarc_of(ask: Ask, domain: str) -> Dmarc | None:
    """Return what the owner of a domain asks for. Errors: NamesUnknown."""
    found = dmarc_record(await ask(f"_dmarc.{domain}", "TXT"), of_parent=False)
    parent = organisational(domain)
    if found is not None or parent == domain:
        return found
    return dmarc_record(await ask(f"_dmarc.{parent}", "TXT"), of_parent=True)


async def trust_servers(tx: Transaction, *, mailbox_id: UUID, servers: list[str]) -> list[str]:
    """Name the servers that are believed about who sends to a mailbox; return them as kept.

    Errors: MailboxNotFound, Invalid.
    """
    mailbox = await need_mailbox(tx, mailbox_id, lock=True)
    names = list(dict.fromkeys(name.strip().lower() for name in servers))
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,252}", name) for name in names):
        raise UnknownServer(fields={"servers": "mail.wrong_trusted"})
    await tx.run(
        "UPDATE mailbox SET trusted_servers = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        mailbox_id,
        names,
    )
    await record(tx, MailboxChanged(mailbox_id=mailbox_id, brand_id=mailbox.brand_id, what="trust"))
    await audit(tx, "mailbox.trust", "mailbox", mailbox_id, {"servers": names})
    return names
