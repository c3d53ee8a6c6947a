"""Single sign-on: setting out to the provider, and coming back from it."""

import hmac
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.entering import Pending, admit, need_address
from peakend.accounts.actions.sessions import Device, Entry
from peakend.accounts.actions.sso_asking import discovered, vouched
from peakend.accounts.actions.sso_granting import SsoNoRole, take_granted
from peakend.accounts.actions.sso_sittings import keep_sitting
from peakend.accounts.events import SsoLinked
from peakend.accounts.models import SsoAttempt, SsoProvider
from peakend.accounts.queries.sso import (
    NoSso,
    attempt_by_state,
    is_linked,
    linked_member,
    member_to_link,
    sso_provider,
    sso_secret,
)
from peakend.accounts.rules.people import login_key
from peakend.accounts.rules.sso import ATTEMPT_LIFE, Person, authorisation_url, same_issuer
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import seal, token, token_hash, unseal


class SsoGone(NotFound):
    """A return from the provider that nobody here set out for, or too late, or a second time."""

    wording = "accounts.sso_gone"


class SsoUnknown(Refused):
    """The provider vouches for somebody who has no account here."""

    wording = "accounts.sso_unknown"


class SsoTaken(Conflict):
    """Whom the provider vouches for is another member here, or the member is another one there."""

    wording = "accounts.sso_taken"


class SetOut(msgspec.Struct, frozen=True):
    """Where the browser goes, and what it has to bring back."""

    url: str
    browser: str


class Linked(msgspec.Struct, frozen=True):
    """Nobody came in: a member linked himself."""

    member_id: UUID


async def set_out(
    database: Database, *, house_id: UUID, redirect: str, address: str,
    member_id: UUID | None = None,
) -> SetOut:  # fmt: skip
    """Begin a sign-in at the provider, or the way on which a member links himself.

    Errors: NoSso, TooMany, Outgoing, SsoBroken.
    """
    await spend(f"sso:address:{address}", rate=2, burst=100)
    actor = Actor.system(house_id)
    async with database.transaction(actor) as tx:
        provider = await sso_provider(tx)
    if provider is None or not provider.active:
        raise NoSso
    found = await discovered(provider.issuer)
    state, browser, nonce, verifier = token(), token(), token(), token()
    now = clock.now()
    async with database.transaction(actor) as tx:
        attempt_id = new_id()
        await tx.run(
            """
            INSERT INTO sso_attempt
                (id, state_hash, browser_hash, secrets_sealed, issuer, expires_at, member_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            attempt_id,
            token_hash(state),
            token_hash(browser),
            seal(f"{nonce} {verifier}".encode(), f"sso_attempt/{house_id}/{attempt_id}"),
            found.issuer,
            now + ATTEMPT_LIFE,
            member_id,
        )
        await tx.run(
            "DELETE FROM sso_attempt WHERE organisation_id = current_organisation()"
            " AND expires_at < $1",
            now,
        )
    url = authorisation_url(
        found, provider.client_id, redirect, state, nonce, verifier, provider.scope
    )
    return SetOut(url, browser)


async def come_back(
    database: Database,
    *,
    state: str,
    browser: str,
    code: str,
    issuer: str | None,
    redirect: str,
    device: Device,
    here: UUID | None = None,
) -> Entry | Pending | Linked:
    """Open a session for whom the provider vouches, ask for the second step, or link `here`.

    Errors: SsoGone, SsoUnknown, SsoNoRole, SsoTaken, SsoBroken, Outgoing, NoSso, AddressRefused,
    TooMany.
    """
    await spend(f"sso:address:{device.address}", rate=2, burst=100)
    found = await _need_attempt(database, state, browser, issuer)
    actor = Actor.system(found.organisation_id)
    async with database.transaction(actor) as tx:
        # Whatever comes of it: a state is good for one return.
        if not await tx.run(
            "DELETE FROM sso_attempt WHERE organisation_id = current_organisation() AND id = $1",
            found.id,
        ):
            raise SsoGone
        provider = await sso_provider(tx)
        if provider is None or not provider.active:
            raise NoSso
        if not same_issuer(provider.issuer, found.issuer):
            raise SsoGone
        secret = await sso_secret(tx)
    if found.member_id is not None and found.member_id != here:
        raise SsoGone
    place = f"sso_attempt/{found.organisation_id}/{found.id}"
    nonce, verifier = unseal(found.secrets_sealed, place).decode().split(" ")
    person = await vouched(
        provider, secret, code=code, redirect=redirect, nonce=nonce, verifier=verifier
    )
    if found.member_id is not None:
        async with database.transaction(actor) as tx:
            await _link_himself(tx, found.member_id, found.issuer, person)
        return Linked(found.member_id)
    return await _come_in(database, actor, provider, found.issuer, person, device)


async def _need_attempt(
    database: Database, state: str, browser: str, issuer: str | None
) -> SsoAttempt:
    """Return the sign-in on its way that this browser set out for. Errors: SsoGone."""
    found = await attempt_by_state(database, state, clock.now())
    if found is None or not browser or len(browser) > 128 or not browser.isascii():
        raise SsoGone
    if not hmac.compare_digest(token_hash(browser), found.browser_hash):
        raise SsoGone
    if issuer is not None and issuer != found.issuer:
        raise SsoGone
    return found


async def _come_in(
    database: Database, actor: Actor, provider: SsoProvider, issuer: str, person: Person,
    device: Device,
) -> Entry | Pending:  # fmt: skip
    async with database.transaction(actor) as tx:
        member_id = await _member(tx, provider, issuer, person)
    if member_id is None:
        raise SsoUnknown
    await need_address(database, actor, member_id=member_id, device=device)
    # Apart from the session, so that what the log says of a refusal stays.
    async with database.transaction(actor) as tx:
        there = await take_granted(tx, provider, member_id, person.claims)
    if not there:
        raise SsoNoRole
    async with database.transaction(actor) as tx:
        entry = await admit(tx, member_id=member_id, device=device, way="sso")
        if provider.sign_out:
            await keep_sitting(
                tx, entry.token if isinstance(entry, Pending) else entry, issuer, person.token
            )
        return entry


async def _member(
    tx: Transaction, provider: SsoProvider, issuer: str, person: Person
) -> UUID | None:
    """Return who it is here, linked now where the house finds people by their address."""
    known = await linked_member(tx, issuer, person.subject)
    if known is not None:
        await tx.run(
            "UPDATE sso_link SET last_used_at = $3 WHERE organisation_id ="
            " current_organisation() AND issuer = $1 AND subject = $2",
            issuer,
            person.subject,
            tx.now,
        )
        return known
    if not provider.by_email or not person.email:
        return None
    member_id = await member_to_link(tx, issuer, login_key(person.email))
    if member_id is not None:
        await _link(tx, member_id, issuer, person, by_himself=False)
    return member_id


async def _link_himself(tx: Transaction, member_id: UUID, issuer: str, person: Person) -> None:
    """Link a member to whom the provider vouches for; twice is harmless. Errors: SsoTaken."""
    known = await linked_member(tx, issuer, person.subject)
    if known is None and not await is_linked(tx, issuer, member_id):
        await _link(tx, member_id, issuer, person, by_himself=True)
    elif known != member_id:
        raise SsoTaken


async def _link(
    tx: Transaction, member_id: UUID, issuer: str, person: Person, *, by_himself: bool
) -> None:
    added = await tx.run(
        """
        INSERT INTO sso_link (id, member_id, issuer, subject, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT DO NOTHING
        """,
        new_id(),
        member_id,
        issuer,
        person.subject,
        tx.now,
    )
    if not added:
        raise SsoTaken
    await record(tx, SsoLinked(member_id=member_id, by_himself=by_himself))
    await audit(tx, "sso.linked", "member", member_id, {"by_himself": by_himself})
