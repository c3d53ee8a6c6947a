"""Single sign-on: naming the provider, setting out to it, and coming back."""

import hmac
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.entering import Pending, admit, need_address
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.actions.sessions import Device, Entry
from peakend.accounts.actions.sso_asking import discovered, vouched
from peakend.accounts.events import SsoChanged, SsoLinked, SsoSecretChanged
from peakend.accounts.models import SsoProvider
from peakend.accounts.queries.sso import (
    NoSso,
    attempt_by_state,
    has_sso_secret,
    is_linked,
    linked_member,
    member_to_link,
    sso_provider,
    sso_secret,
)
from peakend.accounts.rules.people import clean_name, login_key
from peakend.accounts.rules.sso import ATTEMPT_LIFE, Person, authorisation_url, same_issuer
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.outgoing import Outgoing, needed_target
from peakend.kernel.secrets import seal, token, token_hash, unseal
from peakend.kernel.settings import settings


class SsoGone(NotFound):
    """A return from the provider that nobody here set out for, or too late, or a second time."""

    wording = "accounts.sso_gone"


class SsoUnknown(Refused):
    """The provider vouches for somebody who has no account here."""

    wording = "accounts.sso_unknown"


class SsoNotTried(Conflict):
    """Passwords stay until whoever turns them off has come in by the provider himself."""

    wording = "accounts.sso_not_tried"


class SsoSecretMissing(Invalid):
    """Without its secret a client is not known to the provider."""

    wording = "accounts.sso_secret_missing"


class SsoStale(Conflict):
    """The settings were changed since they were looked at."""

    wording = "accounts.sso_stale"


class SsoText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The provider of a house, without the client's secret, which is given apart."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    issuer: Annotated[str, Meta(min_length=1, max_length=500)]
    client_id: Annotated[str, Meta(min_length=1, max_length=300)]
    active: bool = False
    by_email: bool = False
    sso_only: bool = False
    version: int | None = None


class SetOut(msgspec.Struct, frozen=True):
    """Where the browser goes, and what it has to bring back."""

    url: str
    browser: str


async def set_sso(tx: Transaction, *, given: SsoText) -> None:
    """Name the provider of the house, or change what is said of it.

    Links belong to an issuer: with another one nobody is linked. Errors: Outgoing, SsoStale,
    SsoNotTried, SecondPersonNeeded, Invalid.
    """
    old = await sso_provider(tx)
    if given.version is not None and given.version != (old.version if old else 0):
        raise SsoStale
    try:
        needed_target(given.issuer, settings.outgoing_allowed)
    except Outgoing as error:
        raise type(error)(fields={"issuer": error.wording}, **error.params) from error
    if len(name := clean_name(given.name)) < 1:
        raise Invalid(fields={"name": "kernel.invalid"})
    if given.active and not await has_sso_secret(tx):
        raise SsoSecretMissing(fields={"secret": "accounts.sso_secret_missing"})
    await _need_tried(tx, given, old)
    await need_second(tx, "sso.change")
    await tx.run(
        """
        INSERT INTO sso_provider
            (id, name, issuer, client_id, active, by_email, sso_only, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (organisation_id) DO UPDATE
            SET name = $2, issuer = $3, client_id = $4, active = $5, by_email = $6, sso_only = $7,
                changed_at = $8, version = sso_provider.version + 1
        """,
        new_id(),
        name,
        given.issuer,
        given.client_id,
        given.active,
        given.by_email,
        given.sso_only and given.active,
        tx.now,
    )
    await _tell(tx, given.active, given.sso_only and given.active)


async def set_sso_secret(tx: Transaction, *, secret: str) -> None:
    """Keep the client's secret, sealed; by itself it leads nobody anywhere. Errors: Invalid."""
    if not secret or len(secret) > 1000:
        raise Invalid(fields={"secret": "kernel.invalid"})
    await tx.run(
        """
        INSERT INTO sso_secret (secret_sealed, changed_at) VALUES ($1, $2)
        ON CONFLICT (organisation_id) DO UPDATE SET secret_sealed = $1, changed_at = $2
        """,
        seal(secret.encode(), f"sso_provider/secret/{tx.organisation_id}"),
        tx.now,
    )
    await record(tx, SsoSecretChanged(tenant_id=tx.organisation_id))
    await audit(tx, "sso.secret", "organisation", tx.organisation_id)


async def let_passwords_in(tx: Transaction) -> None:
    """Let passwords open sessions again; the host's own shell does it for who is locked out."""
    changed = await tx.run(
        "UPDATE sso_provider SET sso_only = false, version = version + 1, changed_at = $1"
        " WHERE organisation_id = current_organisation() AND sso_only",
        tx.now,
    )
    if changed:
        await _tell(tx, True, False)


async def set_out(database: Database, *, house_id: UUID, redirect: str, address: str) -> SetOut:
    """Begin a sign-in at the provider. Errors: NoSso, TooMany, Outgoing, SsoBroken."""
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
                (id, state_hash, browser_hash, secrets_sealed, issuer, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            attempt_id,
            token_hash(state),
            token_hash(browser),
            seal(f"{nonce} {verifier}".encode(), f"sso_attempt/{house_id}/{attempt_id}"),
            found.issuer,
            now + ATTEMPT_LIFE,
        )
        await tx.run(
            "DELETE FROM sso_attempt WHERE organisation_id = current_organisation()"
            " AND expires_at < $1",
            now,
        )
    url = authorisation_url(found, provider.client_id, redirect, state, nonce, verifier)
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
) -> Entry | Pending:
    """Open a session for whom the provider vouches, or ask for the second step.

    Errors: SsoGone, SsoUnknown, SsoBroken, Outgoing, NoSso, AddressRefused, TooMany.
    """
    await spend(f"sso:address:{device.address}", rate=2, burst=100)
    found = await attempt_by_state(database, state, clock.now())
    if found is None or not browser or len(browser) > 128 or not browser.isascii():
        raise SsoGone
    if not hmac.compare_digest(token_hash(browser), found.browser_hash):
        raise SsoGone
    if issuer is not None and issuer != found.issuer:
        raise SsoGone
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
    place = f"sso_attempt/{found.organisation_id}/{found.id}"
    nonce, verifier = unseal(found.secrets_sealed, place).decode().split(" ")
    person = await vouched(
        provider, secret, code=code, redirect=redirect, nonce=nonce, verifier=verifier
    )
    async with database.transaction(actor) as tx:
        member_id = await _member(tx, provider, found.issuer, person)
    if member_id is None:
        raise SsoUnknown
    await need_address(database, actor, member_id=member_id, device=device)
    async with database.transaction(actor) as tx:
        return await admit(tx, member_id=member_id, device=device, way="sso")


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
    if member_id is None:
        return None
    await tx.run(
        """
        INSERT INTO sso_link (id, member_id, issuer, subject, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $5, $5)
        """,
        new_id(),
        member_id,
        issuer,
        person.subject,
        tx.now,
    )
    await record(tx, SsoLinked(member_id=member_id))
    await audit(tx, "sso.linked", "member", member_id)
    return member_id


async def _need_tried(tx: Transaction, given: SsoText, old: SsoProvider | None) -> None:
    """Make sure that nobody shuts the house out by a provider that lets nobody in."""
    if not (given.sso_only and given.active):
        return
    same = old is not None and old.issuer == given.issuer and old.client_id == given.client_id
    links = [given.issuer.rstrip("/"), given.issuer.rstrip("/") + "/"]
    tried = [await is_linked(tx, one, tx.actor.id) for one in links]
    if not same or not any(tried):
        raise SsoNotTried


async def _tell(tx: Transaction, active: bool, only: bool) -> None:
    await record(tx, SsoChanged(tenant_id=tx.organisation_id, active=active, only=only))
    await audit(tx, "sso.changed", "organisation", tx.organisation_id,
                {"active": active, "only": only})  # fmt: skip


@two_people("sso.change", "settings.manage", SsoText)
async def _change(tx: Transaction, body: SsoText, address: str) -> None:
    await set_sso(tx, given=body)
