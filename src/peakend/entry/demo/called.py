"""Colleagues who call the demo's own people by name, so that there is something to follow."""

from uuid import UUID, uuid5

from peakend.accounts.queries import ROLES
from peakend.conversations import actions, queries
from peakend.entry.demo.cast import OWN_LOGINS, Cast, read_cast
from peakend.entry.demo.material import content, staff
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction

FOLLOWED = 5


async def call(database: Database, organisation_id: UUID) -> None:
    """Leave notes that name the agent and the supervisor of the demo, once for each note."""
    cast = await read_cast(database, organisation_id)
    texts = content("called")["note"]
    for role in ("agent", "supervisor"):
        async with database.transaction(Actor.system(organisation_id)) as tx:
            me = await _own(tx, cast, OWN_LOGINS[role], role)
            if me is not None:
                await _leave(tx, cast, me, [one for one in texts if one["to"] == role])


async def _own(tx: Transaction, cast: Cast, login: str, role: str) -> Actor | None:
    member_id = await tx.value(
        "SELECT id FROM member WHERE organisation_id = current_organisation() AND login = $1", login
    )
    person = next(one for one in staff() if one["login"] == login)
    if member_id is None:
        return None
    return Actor(
        organisation_id=tx.organisation_id,
        kind="member",
        id=member_id,
        name=person["name"],
        role="agent" if role == "agent" else "supervisor",
        permissions=ROLES[role],
        scope="queue" if role == "agent" else "all",
        queue_ids=frozenset(cast.queues[one] for one in person["queues"] if one in cast.queues),
    )


async def _leave(tx: Transaction, cast: Cast, me: Actor, texts: list[dict[str, str]]) -> None:
    by_id = {mate.id: mate for mate in cast.agents}
    page = await queries.conversation_list(tx, me, "closed", queries.Filters(), limit=60)
    held = [row for row in page.items if row.agent_id in by_id and row.agent_id != me.id]
    for row, given in zip(held, texts, strict=False):
        mate = by_id[row.agent_id]  # type: ignore[index]
        await actions.note(
            tx,
            conversation_id=row.id,
            client_id=uuid5(row.id, f"called.{given['to']}"),
            text=given["text"].format(name=me.name),
            by=mate.actor(tx.organisation_id),
            mentions=[me.id] if me.id else [],
        )
    for row in held[len(texts) : len(texts) + FOLLOWED]:
        await actions.follow(tx, conversation_id=row.id, by=me)
