"""Leave for a mailbox or a mail server: setting out to its provider, coming back, taking it back.

Who comes back is who set out, in the same session, once, and for the same mailbox or server.
"""

from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import seal, token, token_hash, unseal
from peakend.mail.actions.providers import asked, authority_of, needed_authority, revoked
from peakend.mail.actions.queueing import hurry
from peakend.mail.events import MailAccessGranted, MailAccessWithdrawn
from peakend.mail.models import DEPARTURE_COLUMNS, Departure, Mailbox, MailServer
from peakend.mail.ports import BoxTrouble
from peakend.mail.queries import (
    MailAccessNotFound,
    access_place,
    app_secret,
    locked_access,
    mail_access,
    mail_app,
    need_mailbox,
    need_server,
    need_server_by_id,
)
from peakend.mail.rules import (
    DEPARTURE_LIFE,
    MailProvider,
    Tokens,
    account_of,
    covers,
    ends_in,
    in_words,
    way_there,
    why_denied,
)


class SignInNotChosen(Conflict):
    """The mailbox or server is opened by a password."""

    wording = "mail.sign_in_not_chosen"


class NoMailApp(Conflict):
    """The house has not registered its application at the provider yet."""

    wording = "mail.no_app"


class BrowserNeeded(Conflict):
    """Only somebody who is signed in in a browser can be led to a provider and back."""

    wording = "mail.browser_needed"


class SignInGone(NotFound):
    """A return from a provider that nobody here set out for, or too late, or a second time."""

    wording = "mail.sign_in_gone"


class Return(msgspec.Struct, kw_only=True, frozen=True):
    """What a browser brings back from a provider."""

    state: str
    code: str = ""
    error: str = ""
    error_description: str = ""


class Returned(msgspec.Struct, kw_only=True, frozen=True):
    """What came of it; with a `code` there is no leave, and `said` is the provider's word."""

    mailbox: Mailbox | None
    server: MailServer | None
    provider: MailProvider
    account: str = ""
    code: str = ""
    said: str = ""


async def set_out(
    database: Database, *, by: Actor, session_id: UUID, redirect: str,
    mailbox_id: UUID | None = None, brand_id: UUID | None = None,
) -> str:  # fmt: skip
    """Return where the browser goes to ask for leave, for a mailbox or a brand's mail server.

    Counts: twenty at once, then one in six seconds.
    Errors: MailboxNotFound, MailServerNotFound, SignInNotChosen, NoMailApp, Outgoing, TooMany.
    """
    await spend(f"mail_sign_in:{by.organisation_id}", rate=1 / 6, burst=20)
    async with database.transaction(by) as tx:
        mailbox = await need_mailbox(tx, mailbox_id) if mailbox_id else None
        server = await need_server(tx, brand_id) if brand_id else None
        whose = mailbox or server
        assert whose is not None
        if whose.auth == "password":
            raise SignInNotChosen
        app = await mail_app(tx, whose.auth)
        if app is None:
            raise NoMailApp
        found = needed_authority(whose.auth, app.tenant)
        state, verifier, departure_id = token(), token(), new_id()
        await tx.run(
            _SET_OUT,
            departure_id,
            token_hash(state),
            session_id,
            mailbox.id if mailbox else None,
            server.id if server else None,
            whose.auth,
            app.client_id,
            redirect,
            seal(verifier.encode(), access_place(tx, "verifier", departure_id)),
            tx.now + DEPARTURE_LIFE,
        )
        await tx.run(
            "DELETE FROM mail_departure WHERE organisation_id = current_organisation()"
            " AND expires_at < $1",
            tx.now,
        )
    return way_there(
        found, "imap" if mailbox else "smtp", client_id=app.client_id, redirect=redirect,
        state=state, verifier=verifier,
    )  # fmt: skip


async def come_back(database: Database, *, by: Actor, session_id: UUID, back: Return) -> Returned:
    """Keep what the provider gives for what was brought back; whatever comes, a state is used up.

    Errors: SignInGone, MailboxNotFound, MailServerNotFound.
    """
    async with database.transaction(by) as tx:
        gone = await tx.one(
            Departure,
            f"DELETE FROM mail_departure"  # noqa: S608 (names of columns only)
            " WHERE organisation_id = current_organisation() AND state_hash = $1"
            f" AND session_id = $2 AND expires_at > $3 RETURNING {DEPARTURE_COLUMNS}",
            token_hash(back.state),
            session_id,
            tx.now,
        )
        if gone is None:
            raise SignInGone
    async with database.transaction(by) as tx:
        mailbox, server = await _whose(tx, gone)
        app = await mail_app(tx, gone.provider)
        if app is None or app.client_id != gone.client_id:
            raise SignInGone
        secret = await app_secret(tx, gone.provider)
        place = access_place(tx, "verifier", gone.id)
        verifier = unseal(gone.verifier_sealed, place).decode()
    made = Returned(mailbox=mailbox, server=server, provider=gone.provider)
    if not back.code:
        said = in_words(back.error_description or back.error, back.state)
        code = "provider_declined" if back.error == "access_denied" else why_denied(back.error)
        return msgspec.structs.replace(made, code=code, said=said)
    found = authority_of(gone.provider, app.tenant)
    given = {
        "grant_type": "authorization_code",
        "code": back.code,
        "redirect_uri": gone.redirect,
        "client_id": app.client_id,
        "client_secret": secret,
        "code_verifier": verifier,
    }
    try:
        tokens = await asked(found, given, secrets=(back.code, secret, verifier))
    except BoxTrouble as trouble:
        return msgspec.structs.replace(made, code=trouble.code, said=trouble.said)
    if not covers(tokens, found, "imap" if mailbox else "smtp"):
        return msgspec.structs.replace(made, code="scope_missing")
    if not tokens.refresh_token:
        return msgspec.structs.replace(made, code="no_refresh")
    async with database.transaction(by) as tx:
        # As it is now: changed meanwhile, it is perhaps another one's.
        mailbox, server = await _whose(tx, gone, lock=True)
        await _keep(tx, mailbox, server, gone.provider, tokens)
    return msgspec.structs.replace(made, account=account_of(tokens.id_token))


async def withdraw(
    database: Database, *, by: Actor, mailbox_id: UUID | None = None,
    brand_id: UUID | None = None,
) -> None:  # fmt: skip
    """Take leave back: it is forgotten here, and the provider is told where it can be.

    Errors: MailboxNotFound, MailServerNotFound, MailAccessNotFound.
    """
    async with database.transaction(by) as tx:
        mailbox = await need_mailbox(tx, mailbox_id, lock=True) if mailbox_id else None
        server = await need_server(tx, brand_id, lock=True) if brand_id else None
        access = await mail_access(
            tx, mailbox_id=mailbox.id if mailbox else None, server_id=server.id if server else None
        )
        if access is None:
            raise MailAccessNotFound
        _, keys = await locked_access(tx, access.id)
        assert keys is not None
        refresh = unseal(keys.refresh_sealed, access_place(tx, "refresh", access.id)).decode()
        app = await mail_app(tx, access.provider)
        await forget_access(tx, mailbox=mailbox, server=server)
        # Of one account a provider takes everything back at once: not while another needs it.
        needed = await tx.value(
            "SELECT EXISTS (SELECT FROM mail_access WHERE organisation_id = current_organisation()"
            " AND provider = $1 AND account = $2)",
            access.provider,
            access.account,
        )
    if not needed:
        await revoked(authority_of(access.provider, app.tenant if app else ""), refresh)


async def forget_access(
    tx: Transaction, *, mailbox: Mailbox | None = None, server: MailServer | None = None
) -> bool:
    """Forget what a provider gave for a mailbox or a server, if it did; say whether it did."""
    column = "mailbox_id" if mailbox else "server_id"
    whose = mailbox or server
    assert whose is not None
    provider = await tx.value(
        f"DELETE FROM mail_access WHERE organisation_id = current_organisation()"  # noqa: S608
        f" AND {column} = $1 RETURNING provider",
        whose.id,
    )
    if provider is None:
        return False
    await record(
        tx,
        MailAccessWithdrawn(
            brand_id=whose.brand_id, mailbox_id=mailbox.id if mailbox else None, provider=provider
        ),
    )
    if mailbox:
        await audit(tx, "mailbox.withdrawn", "mailbox", mailbox.id, {"provider": provider})
    else:
        await audit(tx, "mail_server.withdrawn", "brand", whose.brand_id, {"provider": provider})
    return True


async def _whose(
    tx: Transaction, gone: Departure, *, lock: bool = False
) -> tuple[Mailbox | None, MailServer | None]:
    """Return for what somebody set out. Errors: SignInGone where it goes elsewhere now."""
    mailbox = await need_mailbox(tx, gone.mailbox_id, lock=lock) if gone.mailbox_id else None
    server = await need_server_by_id(tx, gone.server_id, lock=lock) if gone.server_id else None
    whose = mailbox or server
    if whose is None or whose.auth != gone.provider:
        raise SignInGone
    return mailbox, server


async def _keep(
    tx: Transaction,
    mailbox: Mailbox | None,
    server: MailServer | None,
    provider: MailProvider,
    tokens: Tokens,
) -> None:
    whose = mailbox or server
    assert whose is not None
    access_id = new_id()
    # The one before goes without a word: it is given anew, not taken back.
    await tx.run(_FORGET, mailbox.id if mailbox else None, server.id if server else None)
    await tx.run(
        _KEEP,
        access_id,
        whose.brand_id,
        mailbox.id if mailbox else None,
        server.id if server else None,
        provider,
        account_of(tokens.id_token),
        tx.actor.id,
        tx.now,
        seal(tokens.refresh_token.encode(), access_place(tx, "refresh", access_id)),
        seal(tokens.access_token.encode(), access_place(tx, "token", access_id)),
        tx.now + ends_in(tokens),
    )
    await record(
        tx,
        MailAccessGranted(
            brand_id=whose.brand_id, mailbox_id=mailbox.id if mailbox else None, provider=provider
        ),
    )
    if mailbox:
        await tx.run(_BOX_WELL, mailbox.id, tx.now)
        await audit(tx, "mailbox.granted", "mailbox", mailbox.id, {"provider": provider})
    else:
        await tx.run(_SERVER_WELL, whose.id)
        await hurry(tx, whose.brand_id)
        await audit(tx, "mail_server.granted", "brand", whose.brand_id, {"provider": provider})


_SET_OUT = """
INSERT INTO mail_departure (id, state_hash, session_id, mailbox_id, server_id, provider, client_id,
                            redirect, verifier_sealed, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_FORGET = """
DELETE FROM mail_access WHERE organisation_id = current_organisation()
  AND (mailbox_id = $1 OR server_id = $2)
"""
_KEEP = """
INSERT INTO mail_access (id, brand_id, mailbox_id, server_id, provider, account, member_id,
                         granted_at, refresh_sealed, token_sealed, token_ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_BOX_WELL = """
UPDATE mailbox SET failures = 0, failing_since = NULL, code = '', said = '', next_at = $2,
    attempt = attempt + 1, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_SERVER_WELL = """
UPDATE mail_server SET failures = 0, failing_since = NULL, rests_until = NULL, code = '',
    status = NULL, said = '', version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
