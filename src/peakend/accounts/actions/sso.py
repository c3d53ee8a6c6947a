"""Single sign-on as the house sets it: the provider, its secret, what its claims stand for."""

from typing import Annotated

import msgspec
from msgspec import Meta

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import need_givable
from peakend.accounts.actions.proposals import need_second, two_people
from peakend.accounts.events import SsoChanged, SsoSecretChanged
from peakend.accounts.models import SsoProvider
from peakend.accounts.queries import need_roles, need_teams, rights_of_actor
from peakend.accounts.queries.sso import SsoCeiling, has_sso_secret, is_linked, sso_provider
from peakend.accounts.rules.claims import SsoGrant, Unmapped
from peakend.accounts.rules.people import clean_name
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.outgoing import Outgoing, needed_target
from peakend.kernel.secrets import seal
from peakend.kernel.settings import settings


class SsoNotTried(Conflict):
    """Passwords stay until whoever turns them off has come in by the provider himself."""

    wording = "accounts.sso_not_tried"


class SsoSecretMissing(Invalid):
    """Without its secret a client is not known to the provider."""

    wording = "accounts.sso_secret_missing"


class SsoStale(Conflict):
    """The settings were changed since they were looked at."""

    wording = "accounts.sso_stale"


class SsoGrantsMissing(Invalid):
    """A claim from which roles follow needs values that stand for some."""

    wording = "accounts.sso_grants_missing"


class SsoRoleMissing(Invalid):
    """A value of the claim stands for at least one role."""

    wording = "accounts.sso_role_missing"


class SsoText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The provider of a house, without the client's secret, which is given apart."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    issuer: Annotated[str, Meta(min_length=1, max_length=500)]
    client_id: Annotated[str, Meta(min_length=1, max_length=300)]
    active: bool = False
    by_email: bool = False
    sso_only: bool = False
    scope: Annotated[str, Meta(max_length=200, pattern="^[!#-\\[\\]-~ ]*$")] = ""
    claim: Annotated[str, Meta(max_length=200)] = ""
    grants: Annotated[list[SsoGrant], Meta(max_length=100)] = []
    unmapped: Unmapped = "agent"
    sign_out: bool = False
    version: int | None = None


async def set_sso(tx: Transaction, *, given: SsoText) -> None:
    """Name the provider of the house, or change what is said of it.

    Links belong to an issuer: with another one nobody is linked. Errors: Outgoing, SsoStale,
    SsoNotTried, RoleTooHigh, RoleSeesMore, RoleNotFound, TeamNotFound, SecondPersonNeeded, Invalid.
    """
    # One after the other with members who take their links away.
    await tx.run("SELECT FROM sso_provider WHERE organisation_id = current_organisation()"
                 " FOR UPDATE")  # fmt: skip
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
    await _need_grantable(tx, given)
    await need_second(tx, "sso.change")
    await _keep(tx, given, name)
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


async def _keep(tx: Transaction, given: SsoText, name: str) -> None:
    await tx.run(
        """
        INSERT INTO sso_provider
            (id, name, issuer, client_id, active, by_email, sso_only, changed_at, scope, claim,
             grants, unmapped, ceiling, sign_out)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (organisation_id) DO UPDATE
            SET name = $2, issuer = $3, client_id = $4, active = $5, by_email = $6, sso_only = $7,
                changed_at = $8, scope = $9, claim = $10, grants = $11, unmapped = $12,
                ceiling = $13, sign_out = $14, version = sso_provider.version + 1
        """,
        new_id(),
        name,
        given.issuer,
        given.client_id,
        given.active,
        given.by_email,
        given.sso_only and given.active,
        tx.now,
        given.scope.strip(),
        given.claim.strip(),
        msgspec.to_builtins(given.grants),
        given.unmapped,
        msgspec.to_builtins(SsoCeiling(rights_of_actor(tx.actor), list(tx.actor.roles))),
        given.sign_out,
    )


async def _need_grantable(tx: Transaction, given: SsoText) -> None:
    """Make sure that whoever saves it could give each of these roles himself."""
    if given.claim.strip() and not given.grants:
        raise SsoGrantsMissing(fields={"grants": "accounts.sso_grants_missing"})
    wanted = {one for each in given.grants for one in each.role_ids}
    own = {one.id: one for one in await need_roles(tx, wanted)}
    await need_teams(tx, {one for each in given.grants for one in each.team_ids})
    for grant in given.grants:
        if not grant.built_in and not grant.role_ids:
            raise SsoRoleMissing(fields={"grants": "accounts.sso_role_missing"})
        await need_givable(tx, grant.built_in, [own[one] for one in grant.role_ids])
    if given.claim.strip() and given.unmapped == "agent":
        await need_givable(tx, "agent", ())


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
