"""From a secret to a person: sessions, credentials, invitation and set-up tokens.

Only these look-ups cross tenants, because nothing else is known yet; everything after them reads
inside the organisation they lead to. A session found is believed for at most one second.
"""

import time
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.models import Credential, Invitation, OpenSession
from peakend.accounts.ports import provided
from peakend.accounts.rules import ROLES, SCOPES, session_end_at
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.secrets import token_hash

CACHE_S = 1.0
CACHE_ENTRIES = 10_000
TOUCH_S = 60
NAMESAKES = 4


class SignedInMember(msgspec.Struct, frozen=True):
    """The person behind a session cookie."""

    actor: Actor
    session_id: UUID
    ends_at: datetime


class _Person(msgspec.Struct, frozen=True):
    name: str
    language: str
    role: str
    team_ids: list[UUID]
    brand_ids: list[UUID]


_known: dict[bytes, tuple[float, SignedInMember]] = {}


async def actor_for_session(
    database: Database, token: str | None, now: datetime | None = None
) -> SignedInMember | None:
    """Return who a session token belongs to, or None; a moment's look keeps the session alive."""
    digest = _digest(token)
    if digest is None:
        return None
    now = now or clock.now()
    cached = _known.get(digest)
    if cached is not None and cached[0] > time.monotonic() and cached[1].ends_at > now:
        return cached[1]
    _known.pop(digest, None)
    found = await _session_by_digest(database, digest, now)
    if found is None:
        return None
    async with database.transaction(Actor.system(found.organisation_id)) as tx:
        person = await _person(tx, found.member_id)
        queues = await provided.member_queues(tx, found.member_id) if provided.member_queues else ()
    if person is None:
        return None
    actor = Actor(
        organisation_id=found.organisation_id,
        kind="member",
        id=found.member_id,
        name=person.name,
        language=person.language,
        role=person.role,
        permissions=ROLES.get(person.role, frozenset()),
        scope=SCOPES.get(person.role, "own"),
        team_ids=frozenset(person.team_ids),
        queue_ids=frozenset(queue_id for queue_id, _ in queues),
        brand_ids=frozenset(person.brand_ids),
    )
    # A role that grew since the sign-in is held to the stricter of the two limits.
    ends_at = min(session_end_at(role, found.created_at, now) for role in (found.role, person.role))
    member = SignedInMember(actor, found.id, ends_at)
    if len(_known) >= CACHE_ENTRIES:
        _known.clear()
    _known[digest] = (time.monotonic() + CACHE_S, member)
    return member


async def _session_by_digest(
    database: Database, digest: bytes, now: datetime
) -> OpenSession | None:
    async with database.look(now) as tx:
        found = await tx.one(
            OpenSession,
            """
            SELECT organisation_id, id, member_id, role, created_at, last_seen_at
            FROM session
            WHERE token_hash = $1
            """,
            digest,
        )
    if found is None:
        return None
    if session_end_at(found.role, found.created_at, found.last_seen_at) <= now:
        return None
    if (now - found.last_seen_at).total_seconds() >= TOUCH_S:
        async with database.system(now) as tx:
            await tx.run(
                """
                UPDATE session SET last_seen_at = $3, expires_at = $4
                WHERE organisation_id = $1 AND id = $2
                """,
                found.organisation_id,
                found.id,
                now,
                session_end_at(found.role, found.created_at, now),
            )
    return found


async def _person(tx: Transaction, member_id: UUID) -> _Person | None:
    return await tx.one(
        _Person,
        """
        SELECT m.name, m.language, m.role,
               coalesce((SELECT array_agg(t.team_id) FROM team_member t
                         WHERE t.organisation_id = m.organisation_id AND t.member_id = m.id), '{}')
                   AS team_ids,
               coalesce((SELECT array_agg(b.id) FROM brand b
                         WHERE b.organisation_id = m.organisation_id), '{}') AS brand_ids
        FROM member m
        WHERE m.organisation_id = current_organisation()
          AND m.id = $1
          AND m.active
        """,
        member_id,
    )


def forget_token(token: str | None) -> None:
    """Let this process ask the database again about a session."""
    digest = _digest(token)
    if digest is not None:
        _known.pop(digest, None)


def forget_member(member_id: UUID) -> None:
    """Let this process ask the database again about every session of a member."""
    for digest in [d for d, (_, known) in _known.items() if known.actor.id == member_id]:
        del _known[digest]


async def credentials(database: Database, login_key: str) -> list[Credential]:
    """Return what may open an account of this login, in any organisation, oldest first."""
    async with database.system() as tx:
        return await tx.all(
            Credential,
            """
            SELECT organisation_id, member_id, password_hash, active
            FROM credential
            WHERE login_key = $1
            ORDER BY created_at, member_id
            LIMIT $2
            """,
            login_key,
            NAMESAKES,
        )


async def login_of(tx: Transaction, member_id: UUID) -> Credential | None:
    """Return what a member's own password is checked against."""
    return await tx.one(
        Credential,
        """
        SELECT organisation_id, member_id, password_hash, active
        FROM credential
        WHERE organisation_id = current_organisation() AND member_id = $1
        """,
        member_id,
    )


async def invitation_by_token(database: Database, token: str, now: datetime) -> Invitation | None:
    """Return the invitation a link belongs to while it can be used."""
    digest = _digest(token)
    if digest is None:
        return None
    async with database.system() as tx:
        return await tx.one(
            Invitation,
            """
            SELECT organisation_id, id, login, name, role, capacity, team_ids, queue_ids,
                   skill_ids, member_id, invited_by, expires_at
            FROM invitation
            WHERE token_hash = $1
              AND used_at IS NULL
              AND revoked_at IS NULL
              AND expires_at > $2
            """,
            digest,
            now,
        )


async def known_set_up_token(database: Database, token: str, now: datetime) -> bool:
    """Say whether a set-up link can be used: known, fresh, unused, and nothing is set up yet."""
    digest = _digest(token)
    if digest is None:
        return False
    async with database.system() as tx:
        return bool(
            await tx.value(
                """
                SELECT EXISTS (SELECT FROM set_up_token
                               WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2)
                   AND NOT EXISTS (SELECT FROM organisation)
                """,
                digest,
                now,
            )
        )


def _digest(token: str | None) -> bytes | None:
    try:
        return token_hash(token or "")
    except Invalid:
        return None
