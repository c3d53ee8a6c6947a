"""How mailboxes and servers are opened that a provider gave leave for.

Tokens are renewed before they end, by one of us at a time: providers that give a new refresh token
each time take two uses of the old one for theft.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.events import record
from peakend.kernel.secrets import seal, unseal
from peakend.mail.actions.providers import asked, authority_of
from peakend.mail.events import MailAccessFailed
from peakend.mail.models import AccessKeys, MailAccess, MailApp, Mailbox, MailServer
from peakend.mail.ports import BoxTrouble, Inbox, OpenBox, Outcome, Server, provided
from peakend.mail.queries import (
    access_place,
    app_secret,
    box_password,
    locked_access,
    mail_access,
    mail_app,
    password_of,
)
from peakend.mail.rules import EARLY, RENEWAL_LEASE, MailAuth, ends_in

# Somebody else renews it: so often, and so long apart, it is looked whether he is done.
STEP_S = 0.2
MOST_STEPS = 150
_TAKE = """
UPDATE mail_access SET attempt = attempt + 1, renewing_until = $3
WHERE organisation_id = current_organisation() AND id = $1
  AND (renewing_until IS NULL OR renewing_until <= $2)
RETURNING attempt
"""
_KEEP = """
UPDATE mail_access SET token_sealed = $3, token_ends_at = $4, renewing_until = NULL,
    refresh_sealed = coalesce($5, refresh_sealed)
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2
"""
_LET_GO = """
UPDATE mail_access SET renewing_until = NULL
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2
"""
_END = """
UPDATE mail_access SET renewing_until = NULL, code = $3, said = $4, failed_at = $5
WHERE organisation_id = current_organisation() AND id = $1 AND attempt = $2
"""


class Opener(msgspec.Struct, frozen=True):
    """By what a mailbox or server is opened: a password, or what a provider gave."""

    auth: MailAuth
    password: str = ""
    access_id: UUID | None = None
    asked: bool = True

    @property
    def missing(self) -> str:
        """Return what is missing, as a code; nothing where all is there."""
        if self.auth == "password":
            return "" if self.password or not self.asked else "no_password"
        return "" if self.access_id else "no_access"


async def opener_of_box(tx: Transaction, mailbox: Mailbox) -> Opener:
    """Return by what a mailbox is opened."""
    if mailbox.auth == "password":
        return Opener("password", password=await box_password(tx, mailbox.id))
    access = await mail_access(tx, mailbox_id=mailbox.id)
    return Opener(mailbox.auth, access_id=access.id if access else None)


async def opener_of_server(tx: Transaction, server: MailServer) -> Opener:
    """Return by what one makes oneself known to a mail server; no password where it asks none."""
    if server.auth == "password":
        password = await password_of(tx, server)
        return Opener("password", password=password, asked=bool(server.login))
    access = await mail_access(tx, server_id=server.id)
    return Opener(server.auth, access_id=access.id if access else None)


async def opened_box(
    database: Database, actor: Actor, inbox: Inbox, opener: Opener, now: Callable[[], datetime]
) -> OpenBox:
    """Open a mailbox; where its server no longer takes the token, once more with a new one.

    Errors: BoxTrouble.
    """
    if opener.auth == "password":
        return await provided.postbox.open(msgspec.structs.replace(inbox, password=opener.password))
    token = await token_for(database, actor, opener.access_id, now)
    try:
        return await provided.postbox.open(msgspec.structs.replace(inbox, token=token))
    except BoxTrouble as trouble:
        if trouble.code != "token_refused":
            raise
    token = await token_for(database, actor, opener.access_id, now, refused=token)
    return await provided.postbox.open(msgspec.structs.replace(inbox, token=token))


async def handed_over(
    database: Database,
    actor: Actor,
    server: Server,
    opener: Opener,
    now: Callable[[], datetime],
    say: Callable[[Server], Awaitable[Outcome]],
) -> Outcome:
    """Say something to a server; where it no longer takes the token, once more with a new one."""
    if opener.auth == "password":
        return await say(msgspec.structs.replace(server, password=opener.password))
    try:
        token = await token_for(database, actor, opener.access_id, now)
        outcome = await say(msgspec.structs.replace(server, token=token))
        if outcome.code != "token_refused":
            return outcome
        token = await token_for(database, actor, opener.access_id, now, refused=token)
    except BoxTrouble as trouble:
        return Outcome(result="later", code=trouble.code, said=trouble.said, of_server=True)
    return await say(msgspec.structs.replace(server, token=token))


async def token_for(
    database: Database,
    actor: Actor,
    access_id: UUID | None,
    now: Callable[[], datetime],
    *,
    refused: str = "",
) -> str:
    """Return a token that is good for a while, and is not the one that a server refused.

    Errors: BoxTrouble, whose code says whether somebody has to sign in again.
    """
    if access_id is None:
        raise BoxTrouble("no_access")
    for _ in range(MOST_STEPS):
        async with database.transaction(actor, now()) as tx:
            held = await _hold(tx, access_id, refused)
        if isinstance(held, str):
            return held
        if held is not None:
            return await _renewed(database, actor, held, now)
        await asyncio.sleep(STEP_S)
    raise BoxTrouble("provider_silent")


class _Held(msgspec.Struct, frozen=True):
    """What is renewed by us alone; `token` is still good for a little while, or empty."""

    access: MailAccess
    app: MailApp
    secret: str
    refresh: str
    token: str
    attempt: int


async def _hold(tx: Transaction, access_id: UUID, refused: str) -> _Held | str | None:
    """Return a token that will do, or the right to renew it; None where somebody else has that.

    Errors: BoxTrouble.
    """
    access, keys = await locked_access(tx, access_id)
    if access is None or keys is None:
        raise BoxTrouble("no_access")
    if access.code:
        raise BoxTrouble(access.code, access.said)
    token = _opened(tx, access, keys, "token")
    left = keys.token_ends_at - tx.now
    good = token if token != refused and left > timedelta() else ""
    if good and left > EARLY:
        return good
    app = await mail_app(tx, access.provider)
    if app is None:
        raise BoxTrouble("no_app")
    attempt = await tx.value(_TAKE, access_id, tx.now, tx.now + RENEWAL_LEASE)
    if attempt is None:
        return good or None
    secret = await app_secret(tx, access.provider)
    return _Held(access, app, secret, _opened(tx, access, keys, "refresh"), good, attempt)


async def _renewed(
    database: Database, actor: Actor, held: _Held, now: Callable[[], datetime]
) -> str:
    given = {
        "grant_type": "refresh_token",
        "refresh_token": held.refresh,
        "client_id": held.app.client_id,
        "client_secret": held.secret,
    }
    found = authority_of(held.app.provider, held.app.tenant)
    access_id = held.access.id
    try:
        tokens = await asked(found, given, secrets=(held.refresh, held.secret))
    except BoxTrouble as trouble:
        async with database.transaction(actor, now()) as tx:
            await _failed(tx, held, trouble)
        if held.token and trouble.code != "sign_in_again":
            return held.token
        raise
    async with database.transaction(actor, now()) as tx:
        new = tokens.refresh_token
        kept = await tx.run(
            _KEEP,
            access_id,
            held.attempt,
            seal(tokens.access_token.encode(), access_place(tx, "token", access_id)),
            tx.now + ends_in(tokens),
            seal(new.encode(), access_place(tx, "refresh", access_id)) if new else None,
        )
    if not kept:
        # It was taken back, or given anew, while the provider thought about it.
        raise BoxTrouble("no_access")
    return tokens.access_token


async def _failed(tx: Transaction, held: _Held, trouble: BoxTrouble) -> None:
    """Write down that somebody has to sign in again, or let the next one try."""
    access = held.access
    if trouble.code != "sign_in_again":
        await tx.run(_LET_GO, access.id, held.attempt)
        return
    if await tx.run(_END, access.id, held.attempt, trouble.code, trouble.said, tx.now):
        await record(
            tx,
            MailAccessFailed(
                brand_id=access.brand_id, mailbox_id=access.mailbox_id,
                provider=access.provider, code=trouble.code,
            ),
        )  # fmt: skip


def _opened(tx: Transaction, access: MailAccess, keys: AccessKeys, kind: str) -> str:
    sealed = keys.token_sealed if kind == "token" else keys.refresh_sealed
    return unseal(sealed, access_place(tx, kind, access.id)).decode()
