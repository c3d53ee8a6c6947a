"""Domains of brands: wanted, proven by a TXT record or a file, looked at again, removed."""

from datetime import datetime
from uuid import UUID

import asyncpg

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.events import DomainAdded, DomainLost, DomainRemoved, DomainVerified
from peakend.accounts.queries import need_brand
from peakend.accounts.queries.domains import (
    brand_domains,
    has_own_name,
    need_domain,
    own_host,
)
from peakend.accounts.rules.brands import (
    DOMAINS_MOST,
    FILE_PATH,
    RECORD_NAME,
    Proof,
    Serves,
    host_name,
    is_proven,
    is_this_machine,
    state_after,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.outgoing import NamesSilent, Outgoing, safe_fetch, txt_records
from peakend.kernel.secrets import token
from peakend.kernel.settings import settings

FILE_S = 6.0
FILE_BYTES = 4096


class WrongHost(Invalid):
    """The text is no whole host name."""

    wording = "accounts.wrong_host"


class OwnHost(Invalid):
    """The host is the desk's own."""

    wording = "accounts.own_host"


class HostKnown(Conflict):
    """The organisation has the host on its list already."""

    wording = "accounts.host_known"


class HostTaken(Conflict):
    """Another organisation has proven that the host is its own."""

    wording = "accounts.host_taken"


class DomainsNeedName(Conflict):
    """The desk has no host name of its own, so that a brand could take it away."""

    wording = "accounts.domains_need_name"


class TooManyDomains(Conflict):
    """A brand has as many domains as it may."""

    wording = "accounts.most_domains"


async def add_domain(tx: Transaction, *, brand_id: UUID, host: str, serves: Serves) -> UUID:
    """Put a host on a brand's list; nothing is shown there before it is proven.

    Errors: BrandNotFound, WrongHost, OwnHost, HostKnown, TooManyDomains, DomainsNeedName.
    """
    await need_brand(tx, brand_id)
    name = host_name(host)
    # A name of one's own machine has no owner who could prove it: the demo shows itself by it.
    local = name is not None and is_this_machine(name) and settings.demo
    if name is None or (is_this_machine(name) and not local):
        raise WrongHost(fields={"host": "invalid"})
    if name == own_host():
        raise OwnHost(fields={"host": "invalid"})
    if not local and not has_own_name():
        raise DomainsNeedName
    if len(await brand_domains(tx, brand_id)) >= DOMAINS_MOST:
        raise TooManyDomains(most=DOMAINS_MOST)
    domain_id = new_id()
    added = await tx.run(
        """
        INSERT INTO brand_domain (id, brand_id, host, serves, token, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (organisation_id, host) DO NOTHING
        """,
        domain_id,
        brand_id,
        name,
        serves,
        token()[:32],
        tx.now,
    )
    if not added:
        raise HostKnown(fields={"host": "taken"})
    await record(tx, DomainAdded(domain_id=domain_id, brand_id=brand_id))
    await audit(tx, "domain.added", "brand", brand_id)
    if local:
        await settle_domain(tx, domain_id=domain_id, proof="record")
    return domain_id


async def remove_domain(tx: Transaction, *, domain_id: UUID) -> None:
    """Take a host off the list; its pages end at once. Errors: DomainNotFound."""
    row = await need_domain(tx, domain_id)
    await tx.run(
        "DELETE FROM brand_domain WHERE organisation_id = current_organisation() AND id = $1",
        domain_id,
    )
    await record(tx, DomainRemoved(domain_id=domain_id, brand_id=row.brand_id))
    await audit(tx, "domain.removed", "brand", row.brand_id)


async def look_for_proof(host: str, secret: str) -> Proof:
    """Ask the name system, then the host itself, whether the proof stands there."""
    if is_this_machine(host):
        return "record"
    silent = False
    try:
        if is_proven(await txt_records(f"{RECORD_NAME}.{host}"), secret):
            return "record"
    except NamesSilent:
        silent = True
    try:
        answer = await safe_fetch(
            f"https://{host}{FILE_PATH}", timeout_s=FILE_S, most_bytes=FILE_BYTES, cut=True
        )
    except Outgoing:
        return "silent" if silent else "none"
    lines = answer.body.decode("utf-8", "replace").splitlines()
    if answer.status == 200 and is_proven(lines, secret):
        return "file"
    return "silent" if silent else "none"


async def check_domain(
    database: Database, actor: Actor, *, domain_id: UUID, now: datetime | None = None
) -> None:
    """Look for the proof of a domain now; no transaction is open while others are asked.

    Errors: DomainNotFound, HostTaken.
    """
    async with database.transaction(actor, now) as tx:
        row = await need_domain(tx, domain_id)
    proof = await look_for_proof(row.host, row.token)
    async with database.transaction(actor, now) as tx:
        await settle_domain(tx, domain_id=domain_id, proof=proof)


async def settle_domain(tx: Transaction, *, domain_id: UUID, proof: Proof) -> None:
    """Write down what a look for a proof brought. Errors: DomainNotFound, HostTaken."""
    row = await need_domain(tx, domain_id)
    state, missing = state_after(row.state, proof, row.missing_since, tx.now)
    try:
        await tx.run(
            """
            UPDATE brand_domain SET state = $2, proof = $3, checked_at = $4, missing_since = $5,
                verified_at = CASE WHEN $2 = 'verified' THEN coalesce(verified_at, $4) END
            WHERE organisation_id = current_organisation() AND id = $1
            """,
            domain_id,
            state,
            proof,
            tx.now,
            missing,
        )
    except asyncpg.UniqueViolationError as error:
        raise HostTaken from error
    if state == row.state:
        return
    kind = DomainVerified if state == "verified" else DomainLost
    await record(tx, kind(domain_id=domain_id, brand_id=row.brand_id))
    await audit(tx, f"domain.{state}", "brand", row.brand_id)
