"""From a secret to a person: sessions, credentials, invitation and set-up tokens.

Only these look-ups cross tenants, because nothing else is known yet; everything after them reads
inside the organisation they lead to. A session found is believed for at most one second.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from peakend.accounts.models import Credential, Invitation, OpenSession
from peakend.accounts.ports import provided
from peakend.accounts.queries.rights import OWN_ROLES_GIVE, held_rights
from peakend.accounts.rules import address_allowed, login_key, session_end_at
from peakend.accounts.rules.sights import levels
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Invalid, Refused
from peakend.kernel.secrets import token_hash

CACHE_S = 1.0
CACHE_ENTRIES = 10_000
TOUCH_S = 60
NAMESAKES = 4


class AddressRefused(Refused):
    """The organisation lets nobody in from this address."""

    wording = "accounts.address_refused"


class SignedInMember(msgspec.Struct, frozen=True):
    """The person behind a session cookie, and from which networks he may come (none named: all)."""

    actor: Actor
    session_id: UUID
    ends_at: datetime
    networks: tuple[str, ...] = ()


def may_come_from(member: SignedInMember, address: str) -> bool:
    """Say whether the organisation lets its members in from an address."""
    return not member.networks or address_allowed(address, member.networks)


class _Person(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    language: str
    role: str
    built_in: str | None
    own_roles: list[dict[str, Any]]
    team_ids: list[UUID]
    brand_ids: list[UUID]
    networks: list[str]
    role_keys: list[str]
    sights: dict[str, Any] | None


_Somebody = tuple[Actor, tuple[str, ...]]
_known: dict[bytes, tuple[float, SignedInMember]] = {}


async def actor_for_session(
    database: Database, token: str | None, now: datetime | None = None
) -> SignedInMember | None:
    """Return who a session token belongs to, or None; a moment's look keeps the session alive."""
    digest = _digest(token)
    if digest is None or token is None:
        return None
    cached = _known.get(digest)
    if (
        cached is not None
        and cached[0] > time.monotonic()
        and cached[1].ends_at > (now or clock.now())
    ):
        return cached[1]
    if now is not None:
        return (await actors_for_sessions(database, [token], now))[0]
    asking = _asking.get(database)
    if asking is None:
        asking = _asking[database] = _Asking(database)
    return await asking.ask(token)


class _Asking:
    """Gathers the sessions asked for while the database answers, and asks for all of them at once.

    Many desks forget in the same moment; one by one they would hold up everybody else's requests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, asyncio.Future[SignedInMember | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def ask(self, token: str) -> SignedInMember | None:
        """Return who a token belongs to, asked after this call began."""
        loop = asyncio.get_running_loop()
        answer = self._waiting.get(token)
        if answer is None:
            answer = self._waiting[token] = loop.create_future()
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._run(), name="sessions")
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await actors_for_sessions(self._database, list(asked))
            except BaseException as error:
                for answer in asked.values():
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # who asked may have gone: nobody need hear of it
                if not isinstance(error, Exception):
                    raise
                continue
            for answer, member in zip(asked.values(), found, strict=True):
                if not answer.done():
                    answer.set_result(member)


_asking: WeakKeyDictionary[Database, _Asking] = WeakKeyDictionary()


async def actors_for_sessions(
    database: Database, tokens: Sequence[str | None], now: datetime | None = None
) -> list[SignedInMember | None]:
    """Return who each session token belongs to now, asked in a few statements for all of them."""
    now = now or clock.now()
    digests = [_digest(token) for token in tokens]
    open_sessions = await _open_sessions(database, [d for d in digests if d is not None], now)
    people: dict[UUID, _Somebody] = {}
    for organisation_id in {found.organisation_id for found in open_sessions.values()}:
        members = {
            found.member_id
            for found in open_sessions.values()
            if found.organisation_id == organisation_id
        }
        async with database.transaction(Actor.system(organisation_id)) as tx:
            people |= await members_by_id(tx, list(members))
    answer = []
    for digest in digests:
        session = open_sessions.get(digest or b"")
        person = people.get(session.member_id) if session else None
        answer.append(_remembered(digest, session, person, now))
    return answer


def _remembered(
    digest: bytes | None, session: OpenSession | None, person: _Somebody | None, now: datetime
) -> SignedInMember | None:
    if digest is None or session is None or person is None:
        _known.pop(digest or b"", None)
        return None
    actor, networks = person
    # A role that grew since the sign-in is held to the stricter of the two limits.
    ends_at = min(
        session_end_at(role, session.created_at, now) for role in (session.role, actor.role)
    )
    member = SignedInMember(actor, session.id, ends_at, networks)
    if len(_known) >= CACHE_ENTRIES:
        _known.clear()
    _known[digest] = (time.monotonic() + CACHE_S, member)
    return member


async def _open_sessions(
    database: Database, digests: list[bytes], now: datetime
) -> dict[bytes, OpenSession]:
    """Return the sessions that have not ended, and keep those alive that were long not seen."""
    async with database.look(now) as tx:
        rows = await tx.all(
            OpenSession,
            """
            SELECT token_hash, organisation_id, id, member_id, role, created_at, last_seen_at
            FROM session
            WHERE token_hash = ANY($1::bytea[])
            """,
            digests,
        )
    found = [
        row for row in rows if session_end_at(row.role, row.created_at, row.last_seen_at) > now
    ]
    due = [row for row in found if (now - row.last_seen_at).total_seconds() >= TOUCH_S]
    if due:
        async with database.system(now) as tx:
            await tx.many(
                """
                UPDATE session SET last_seen_at = $3, expires_at = $4
                WHERE organisation_id = $1 AND id = $2
                """,
                [
                    (
                        row.organisation_id,
                        row.id,
                        now,
                        session_end_at(row.role, row.created_at, now),
                    )
                    for row in due
                ],
            )
    return {row.token_hash: row for row in found}


async def members_by_id(tx: Transaction, member_ids: list[UUID]) -> dict[UUID, _Somebody]:
    """Return the active ones of an organisation's members, each with what it may do."""
    people = await tx.all(
        _Person,
        f"""
        SELECT m.id, m.name, m.language, m.role, m.built_in, {OWN_ROLES_GIVE},
               ARRAY(SELECT t.team_id FROM team_member t
                     WHERE t.organisation_id = m.organisation_id AND t.member_id = m.id)
                   AS team_ids,
               ARRAY(SELECT b.id FROM brand b WHERE b.organisation_id = m.organisation_id)
                   AS brand_ids,
               coalesce((SELECT r.networks FROM sign_in_rule r
                         WHERE r.organisation_id = m.organisation_id), '{{}}') AS networks,
               ARRAY(SELECT p.role_id::text FROM member_role p
                     WHERE p.organisation_id = m.organisation_id AND p.member_id = m.id)
                   AS role_keys,
               (SELECT s.rules FROM field_sight s
                WHERE s.organisation_id = m.organisation_id) AS sights
        FROM member m
        WHERE m.organisation_id = current_organisation()
          AND m.id = ANY($1::uuid[])
          AND m.active
        """,  # noqa: S608 (a constant)
        member_ids,
    )
    queues = await provided.member_queues(tx, {one.id: one.team_ids for one in people})
    return {
        person.id: (
            _actor(tx.organisation_id, person, [queue_id for queue_id, _ in queues[person.id]]),
            tuple(person.networks),
        )
        for person in people
    }


def _actor(organisation_id: UUID, person: _Person, queue_ids: Sequence[UUID]) -> Actor:
    may = held_rights(person.built_in, person.own_roles)
    roles = (*filter(None, [person.built_in]), *person.role_keys)
    return Actor(
        organisation_id=organisation_id,
        kind="member",
        id=person.id,
        name=person.name,
        language=person.language,
        role=person.role,
        permissions=may.permissions,
        scope=may.scope,
        team_ids=frozenset(person.team_ids),
        queue_ids=frozenset(queue_ids),
        brand_ids=may.brands(person.brand_ids),
        seen_brand_ids=may.seen_brand_ids,
        every_brand=may.every_brand,
        levels=levels(person.sights, roles) if person.sights else (),
        roles=roles,
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


def forget_everybody() -> None:
    """Let this process ask the database again about every session."""
    _known.clear()


async def credentials(database: Database, key: str) -> list[Credential]:
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
            key,
            NAMESAKES,
        )


async def credentials_of(database: Database, login: str) -> list[Credential]:
    """Return what may open an account of a login as it was typed."""
    return await credentials(database, login_key(login))


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
            SELECT organisation_id, id, login, name, role, role_ids, capacity, team_ids,
                   queue_ids, skill_ids, member_id, invited_by, expires_at
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
    """Say whether a set-up link can be used: known, fresh, unused.

    The link of the first start ends once something is set up, one for another organisation not.
    """
    digest = _digest(token)
    if digest is None:
        return False
    async with database.system() as tx:
        return bool(
            await tx.value(
                """
                SELECT EXISTS (SELECT FROM set_up_token
                               WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
                                 AND (another OR NOT EXISTS (SELECT FROM organisation)))
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
