"""A member's own link to the provider: made and taken away by himself."""

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.sessions import need_password
from peakend.accounts.actions.sso_coming import SetOut, set_out
from peakend.accounts.events import SsoUnlinked
from peakend.accounts.queries.sso import NoSso, own_sso
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.events import record


class SsoLinkedAlready(Conflict):
    """The member is linked; another link begins with taking this one away."""

    wording = "accounts.sso_linked_already"


class SsoNotLinked(NotFound):
    """The member has no link to the provider."""

    wording = "accounts.sso_not_linked"


class SsoOnlyWay(Conflict):
    """Passwords open nothing here: without the link the member could not come in any more."""

    wording = "accounts.sso_only_way"


async def set_out_to_link(
    database: Database, *, actor: Actor, password: str, redirect: str, address: str
) -> SetOut:
    """Let the actor set out to the provider to be known there from now on.

    Errors: WrongPassword, NoSso, SsoLinkedAlready, TooMany, Outgoing, SsoBroken.
    """
    assert actor.id is not None
    async with database.transaction(actor) as tx:
        await need_password(tx, password)
        own = await own_sso(tx, actor.id)
        if own is None or not own.offered:
            raise NoSso
        if own.linked_at is not None:
            raise SsoLinkedAlready
    return await set_out(
        database, house_id=actor.organisation_id, redirect=redirect, address=address,
        member_id=actor.id,
    )  # fmt: skip


async def unlink(tx: Transaction, *, password: str) -> None:
    """Take the actor's own link away; his sessions stay.

    Errors: WrongPassword, NoSso, SsoNotLinked, SsoOnlyWay, TooMany.
    """
    assert tx.actor.id is not None
    await need_password(tx, password)
    # One after the other with turning passwords off.
    await tx.run("SELECT FROM sso_provider WHERE organisation_id = current_organisation()"
                 " FOR UPDATE")  # fmt: skip
    own = await own_sso(tx, tx.actor.id)
    if own is None:
        raise NoSso
    if own.linked_at is None:
        raise SsoNotLinked
    if own.only:
        raise SsoOnlyWay
    await tx.run(
        """
        DELETE FROM sso_link l USING sso_provider p
        WHERE l.organisation_id = current_organisation()
          AND p.organisation_id = l.organisation_id
          AND l.member_id = $1
          AND rtrim(l.issuer, '/') = rtrim(p.issuer, '/')
        """,
        tx.actor.id,
    )
    await record(tx, SsoUnlinked(member_id=tx.actor.id))
    await audit(tx, "sso.unlinked", "member", tx.actor.id)
