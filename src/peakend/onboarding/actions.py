"""Putting a sample in and taking it away, and putting the checklist away."""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.accounts.queries import organisation
from peakend.conversations import actions as conversations
from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.knowledge import actions as knowledge
from peakend.onboarding import queries
from peakend.onboarding.events import ChecklistPutAway, SampleAdded, SampleRemoved
from peakend.onboarding.models import SampleThing
from peakend.onboarding.ports import Thing, provided


class NoSample(Conflict):
    """Nobody makes samples here."""

    wording = "onboarding.no_sample"


async def put_away(tx: Transaction, *, away: bool) -> None:
    """Put the checklist away for everybody, or take it out again; twice is once."""
    changed = await tx.run(
        """
        INSERT INTO checklist AS c (away_at) VALUES ($1)
        ON CONFLICT (organisation_id) DO UPDATE SET away_at = $1
        WHERE (c.away_at IS NULL) <> ($1::timestamptz IS NULL)
        """,
        tx.now if away else None,
    )
    if changed:
        await record(tx, ChecklistPutAway(tenant_id=tx.organisation_id, away=away))


async def add_sample(tx: Transaction, *, by: Actor) -> None:
    """Put in a small believable set in the house's language; where there is one, nothing more.

    Errors: NoSample.
    """
    await _alone(tx)
    if await queries.things(tx):
        return
    if provided.make_sample is None:
        raise NoSample
    language = (await organisation(tx)).language
    now, sample_id = tx.now, new_id()
    made = await provided.make_sample(tx, by=by, language=language)
    await tx.flush()
    tx.actor, tx.now = by, now
    things = [
        SampleThing(sample_id=sample_id, kind=one.kind, thing_id=one.id, marks="", at=now)
        for one in made
    ]
    marked = await queries.current(tx, things)
    await tx.many(
        "INSERT INTO sample_thing (sample_id, kind, thing_id, marks, at)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(sample_id, one.kind, one.thing_id, marked[one.thing_id].marks, now) for one in things],
    )
    await record(tx, SampleAdded(sample_id=sample_id, things=len(things)))
    await audit(tx, "sample.added", "sample", sample_id, {"things": len(things)})


async def remove_sample(tx: Transaction, *, by: Actor) -> queries.Sample:
    """Take the sample away and return what stayed: what people changed, and what that needs.

    What stays is theirs from now on. Without a sample nothing happens.
    """
    await _alone(tx)
    made = await queries.things(tx)
    if not made:
        return queries.Sample(at=None, items=[])
    found = await queries.sample(tx)
    goes: dict[Thing, list[UUID]] = {}
    for one in found.items:
        if one.stays is None:
            goes.setdefault(one.kind, []).append(one.id)
    await conversations.remove_conversations(tx, ids=goes.get("conversation", []))
    await customers.remove_customers(tx, ids=goes.get("customer", []))
    system = Actor.system(tx.organisation_id)
    for article_id in goes.get("article", []):
        await knowledge.remove_article(tx, article_id=article_id, by=system)
    for canned_id in goes.get("canned_reply", []):
        await conversations.delete_canned_reply(tx, canned_reply_id=canned_id, by=system)
    for tag_id in goes.get("tag", []):
        await conversations.delete_tag(tx, tag_id=tag_id)
    await tx.run("DELETE FROM sample_thing WHERE organisation_id = current_organisation()")
    stayed = [one for one in found.items if one.stays is not None]
    gone = len(found.items) - len(stayed)
    await record(tx, SampleRemoved(sample_id=made[0].sample_id, things=gone, stayed=len(stayed)))
    detail = {"things": gone, "stayed": len(stayed)}
    await audit(tx, "sample.removed", "sample", made[0].sample_id, detail)
    return queries.Sample(at=None, items=stayed)


async def _alone(tx: Transaction) -> None:
    """Let one sample be put in or taken away at a time."""
    await tx.value(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 11))", str(tx.organisation_id)
    )
