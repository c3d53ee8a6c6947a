"""API keys: made once and shown once, revoked for good."""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.granting import RoleTooHigh, need_seen
from peakend.accounts.actions.members import need_name
from peakend.accounts.actions.proposals import need_second, proposer, two_people
from peakend.accounts.actions.sign_in_rules import WrongNetwork
from peakend.accounts.events import ApiKeyMade, ApiKeyRevoked
from peakend.accounts.queries import ApiKeyNotFound, forget_keys, need_member, rights_of
from peakend.accounts.rules import (
    API_KEY_DAYS,
    API_KEY_PREFIX,
    API_KEYS,
    API_PER_MINUTE,
    PERMISSIONS,
    Rights,
    clean_networks,
    is_dangerous,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import token, token_hash


class TooManyKeys(Conflict):
    """The house has as many keys as it can oversee."""

    wording = "accounts.too_many_keys"


class KeyByKey(Refused):
    """A key makes no key."""

    wording = "accounts.key_by_key"


class KeyText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a key is for; without days it does not end by itself, without networks it is taken
    from where members may sign in.
    """

    name: str
    scopes: list[str]
    expires_days: int | None = 90
    networks: list[str] = []
    per_minute: int = 600


async def add_api_key(tx: Transaction, *, key: KeyText) -> tuple[UUID, str]:
    """Make a key of the actor's own, and return it: it is seen here and never again.

    One that was proposed is the proposer's and acts in their name; who confirms only lets it be,
    and both must have its rights. Errors: KeyByKey, MemberNotFound, RoleTooHigh, RoleSeesMore,
    WrongNetwork, TooManyKeys, SecondPersonNeeded, Invalid.
    """
    if tx.actor.key_id is not None or tx.actor.id is None:
        raise KeyByKey
    scopes = frozenset(key.scopes)
    if not scopes or scopes - PERMISSIONS:
        raise Invalid(fields={"scopes": "kernel.invalid"})
    owner_id = await _owner(tx, tx.actor.id, scopes)
    if key.expires_days is not None and not 1 <= key.expires_days <= API_KEY_DAYS:
        raise Invalid(fields={"expires_days": "kernel.invalid"})
    if not 1 <= key.per_minute <= API_PER_MINUTE:
        raise Invalid(fields={"per_minute": "kernel.invalid"})
    networks = clean_networks(key.networks)
    if networks is None:
        raise WrongNetwork(fields={"networks": "accounts.wrong_network"})
    if is_dangerous(scopes):
        await need_second(tx, "api_key.add")
    if await tx.value("SELECT count(*) >= $1 FROM api_key WHERE organisation_id = "
                      "current_organisation() AND revoked_at IS NULL", API_KEYS):  # fmt: skip
        raise TooManyKeys
    key_id, secret = new_id(), token()
    await tx.run(
        """
        INSERT INTO api_key (id, member_id, name, token_hash, ending, scopes, networks, per_minute,
                             created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        key_id,
        owner_id,
        need_name(key.name),
        token_hash(secret),
        secret[-4:],
        sorted(scopes),
        networks,
        key.per_minute,
        tx.now,
        tx.now + timedelta(days=key.expires_days) if key.expires_days is not None else None,
    )
    await record(tx, ApiKeyMade(key_id=key_id, member_id=owner_id, scopes=len(scopes)))
    await audit(tx, "api_key.made", "api_key", key_id,
                {"member_id": str(owner_id), "scopes": sorted(scopes), "networks": networks,
                 "days": key.expires_days or 0})  # fmt: skip
    return key_id, f"{API_KEY_PREFIX}{secret}"


async def _owner(tx: Transaction, maker_id: UUID, scopes: frozenset[str]) -> UUID:
    """Return in whose name a new key acts. Errors: RoleTooHigh, MemberNotFound."""
    if not scopes <= tx.actor.permissions:
        raise RoleTooHigh
    owner_id = proposer() or maker_id
    if owner_id != maker_id:
        # The proposer may have left, or lost rights, since then.
        owner = await need_member(tx, owner_id)
        has = (await rights_of(tx, [owner_id]))[owner_id]
        if not owner.active or not scopes <= has.permissions:
            raise RoleTooHigh
        # Who confirms gets the key to read, and it shows what its owner sees.
        roles = [*filter(None, [owner.built_in]), *map(str, owner.role_ids)]
        await need_seen(tx, roles, Rights(permissions=scopes))
    return owner_id


async def revoke_api_key(tx: Transaction, *, key_id: UUID) -> None:
    """End a key at once; doing it twice is harmless. Errors: ApiKeyNotFound."""
    known = await tx.value("SELECT revoked_at IS NULL FROM api_key WHERE organisation_id = "
                           "current_organisation() AND id = $1 FOR UPDATE", key_id)  # fmt: skip
    if known is None:
        raise ApiKeyNotFound
    if not known:
        return
    await tx.run(
        "UPDATE api_key SET revoked_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        key_id,
        tx.now,
    )
    forget_keys()
    await record(tx, ApiKeyRevoked(key_id=key_id))
    await audit(tx, "api_key.revoked", "api_key", key_id)


@two_people("api_key.add", "integrations.manage", KeyText)
async def _add(tx: Transaction, body: KeyText, address: str) -> str:
    _, secret = await add_api_key(tx, key=body)
    return secret
