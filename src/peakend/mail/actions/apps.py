"""As which client the house is known to a provider: registered once, for all its mailboxes."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.secrets import seal
from peakend.mail.events import MailAccessFailed, MailAppChanged
from peakend.mail.queries import app_place, mail_app, uses_of_apps
from peakend.mail.rules import MailProvider, is_line, is_tenant


class MailAppStale(Conflict):
    """The application was changed since it was looked at."""

    wording = "mail.app_stale"


class MailAppMissing(NotFound):
    """The house has no application at that provider."""

    wording = "mail.app_missing"


class MailAppUsed(Conflict):
    """Mailboxes or servers are signed in by it."""

    wording = "mail.app_used"


class MailAppSecretMissing(Invalid):
    """Without its secret an application is not known to the provider."""

    wording = "mail.app_secret_missing"


class WrongTenant(Invalid):
    """This names no tenant of Microsoft's."""

    wording = "mail.wrong_tenant"


class MailAppText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An application as the provider gave it; without a secret the one that is kept stays."""

    client_id: Annotated[str, Meta(min_length=1, max_length=300)]
    tenant: Annotated[str, Meta(max_length=100)] = ""
    secret: Annotated[str, Meta(max_length=1000)] = ""
    version: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class _Left(msgspec.Struct, frozen=True):
    brand_id: UUID
    mailbox_id: UUID | None


async def set_app(tx: Transaction, *, provider: MailProvider, app: MailAppText) -> None:
    """Register an application, or change it; as another client everybody has to sign in anew.

    Errors: MailAppStale, MailAppSecretMissing, WrongTenant, Invalid.
    """
    old = await mail_app(tx, provider, lock=True)
    if app.version != (old.version if old else 0):
        raise MailAppStale
    client_id, tenant, secret = app.client_id.strip(), app.tenant.strip(), app.secret.strip()
    for field, value in {"client_id": client_id, "secret": secret or "-"}.items():
        if not is_line(value):
            raise Invalid(fields={field: "kernel.invalid"})
    if tenant and (provider == "google" or not is_tenant(tenant)):
        raise WrongTenant(fields={"tenant": WrongTenant.wording})
    another = old is None or (old.client_id, old.tenant) != (client_id, tenant)
    if another and not secret:
        raise MailAppSecretMissing(fields={"secret": MailAppSecretMissing.wording})
    if another:
        await _leave_behind(tx, provider)
    sealed = seal(secret.encode(), app_place(tx, provider)) if secret else None
    await tx.run(_SET if sealed else _CHANGE, provider, client_id, tenant, tx.actor.id, tx.now,
                 *filter(None, [sealed]))  # fmt: skip
    await _tell(tx, provider, "created" if old is None else "changed")


async def remove_app(tx: Transaction, *, provider: MailProvider) -> None:
    """Forget an application that nothing is signed in by. Errors: MailAppMissing, MailAppUsed."""
    if await mail_app(tx, provider, lock=True) is None:
        raise MailAppMissing
    if (await uses_of_apps(tx)).get(provider):
        raise MailAppUsed
    await tx.run(
        "DELETE FROM mail_app WHERE organisation_id = current_organisation() AND provider = $1",
        provider,
    )
    await _tell(tx, provider, "removed")


async def _leave_behind(tx: Transaction, provider: MailProvider) -> None:
    """What was given to one client is of no use to another."""
    left = await tx.all(
        _Left,
        "UPDATE mail_access SET code = 'sign_in_again', said = '', failed_at = $2"
        " WHERE organisation_id = current_organisation() AND provider = $1 AND code = ''"
        " RETURNING brand_id, mailbox_id",
        provider,
        tx.now,
    )
    for one in left:
        await record(
            tx,
            MailAccessFailed(
                brand_id=one.brand_id, mailbox_id=one.mailbox_id, provider=provider,
                code="sign_in_again",
            ),
        )  # fmt: skip


async def _tell(tx: Transaction, provider: MailProvider, what: str) -> None:
    await record(tx, MailAppChanged(provider=provider, what=what))
    await audit(tx, f"mail_app.{what}", "organisation", tx.organisation_id, {"provider": provider})


_SET = """
INSERT INTO mail_app (provider, client_id, tenant, member_id, changed_at, secret_sealed)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organisation_id, provider) DO UPDATE SET client_id = $2, tenant = $3, member_id = $4,
    changed_at = $5, secret_sealed = $6, version = mail_app.version + 1
"""
_CHANGE = """
UPDATE mail_app SET client_id = $2, tenant = $3, member_id = $4, changed_at = $5,
    version = version + 1
WHERE organisation_id = current_organisation() AND provider = $1
"""
