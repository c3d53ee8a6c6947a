"""Reading how far a new house is, and what its sample is made of."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.conversations import queries as conversations
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.personal import HELD, About, how_many
from peakend.knowledge import queries as knowledge
from peakend.onboarding.models import SampleThing
from peakend.onboarding.ports import Thing, provided
from peakend.onboarding.rules import Seen, Stays, Step, mark, stays, steps
from peakend.routing import queries as routing

# What other systems answer to a webhook comes without anybody here changing anything.
BY_ITSELF = frozenset({"webhook_attempt"})


class CheckStep(msgspec.Struct, frozen=True):
    """A step of a new house, and whether it is done."""

    code: Step
    done: bool


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """How far a new house is; `channel_id` and `key` are those of its first channel.

    `seen_on` is the site on which a channel's script was seen last.
    """

    steps: list[CheckStep]
    away: bool
    channel_id: UUID | None
    key: str
    seen_on: str
    sample: bool


class SampleItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the sample: what it is called, and why it would stay; null where it goes."""

    kind: Thing
    id: UUID
    name: str
    stays: Stays | None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The sample that is in; without `at` there is none."""

    at: datetime | None
    items: list[SampleItem]


async def things(tx: Transaction) -> list[SampleThing]:
    """Return what the sample is made of."""
    return await tx.all(
        SampleThing,
        "SELECT sample_id, kind, thing_id, marks, at FROM sample_thing"
        " WHERE organisation_id = current_organisation() ORDER BY kind, thing_id LIMIT 500",
    )


async def checklist(tx: Transaction, actor: Actor) -> Checklist:
    """Return how far the house is, worked out from what is there, without the sample."""
    made = await things(tx)
    channels = await conversations.channels(tx)
    sights = await conversations.sights(tx)
    done = steps(await _seen(tx, actor, made, channel_seen=bool(sights)))
    first = next((one for one in channels if one.active), None)
    away: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM checklist"
        " WHERE organisation_id = current_organisation() AND away_at IS NOT NULL)"
    )
    return Checklist(
        steps=[CheckStep(code, yes) for code, yes in done.items()],
        away=away,
        channel_id=first.id if first else None,
        key=first.key if first else "",
        seen_on=sights[0].host if sights else "",
        sample=bool(made),
    )


async def _seen(
    tx: Transaction, actor: Actor, made: list[SampleThing], *, channel_seen: bool
) -> Seen:
    own = {one.thing_id for one in made}
    served = {**await routing.serving_members(tx), **await routing.serving_teams(tx)}
    people = len(await accounts.members(tx, active_only=True))
    articles = await knowledge.article_page(tx, Actor.system(tx.organisation_id), state="published")
    canned = await conversations.canned_replies(tx, Actor.system(tx.organisation_id), to_edit=True)
    tree = await conversations.reason_tree(tx)
    talks = [one.thing_id for one in made if one.kind == "conversation"]
    step = await accounts.second_step(tx, actor.id, actor.role) if actor.id else None
    fresh = provided.fresh_backup
    return Seen(
        brands=[one.colour for one in await accounts.brands(tx)],
        hours=len(await routing.business_hours(tx)),
        queues_served=len(served),
        people=people + len(await accounts.open_invitations(tx)),
        channel_seen=channel_seen,
        articles=sum(one.id not in own for one in articles.items),
        canned=sum(one.scope != "own" and one.id not in own for one in canned),
        reasons=sum(one.active for one in tree.nodes),
        talked=await conversations.any_conversation(tx, talks),
        second_step=bool(step and step.on),
        backup=await fresh() if fresh is not None else None,
    )


class _Now(msgspec.Struct, frozen=True):
    name: str
    marks: str
    used: bool = False


async def sample(tx: Transaction) -> Sample:
    """Return the sample and what of it people have changed; what they deleted is left out."""
    made = await things(tx)
    now = await current(tx, made)
    held: set[UUID] = set()
    items: list[SampleItem] = []
    order: tuple[Thing, ...] = ("conversation", "customer", "article", "canned_reply", "tag")
    ours = {one.thing_id for one in made}
    for one in sorted(made, key=lambda thing: order.index(thing.kind)):
        found = now.get(one.thing_id)
        if found is None:
            continue
        used = found.used or one.thing_id in held
        if one.kind == "customer":
            theirs = (await conversations.standing(tx, [one.thing_id], erased=True)).ids
            used = used or bool(set(theirs) - ours)
        why = stays(one.marks, found.marks, used=used)
        if why and one.kind == "conversation":
            # Whose conversation stays, stays; and so does the tag that it carries.
            row = await conversations.need_conversation(
                tx, one.thing_id, Actor.system(tx.organisation_id)
            )
            held |= {row.customer_id, *(t.thing_id for t in made if t.kind == "tag")}
        items.append(SampleItem(kind=one.kind, id=one.thing_id, name=found.name, stays=why))
    return Sample(at=made[0].at if made else None, items=items)


async def current(tx: Transaction, made: list[SampleThing]) -> dict[UUID, _Now]:
    """Return how the things of a sample are now."""
    ids = {
        kind: [one.thing_id for one in made if one.kind == kind]
        for kind in ("customer", "conversation", "article", "canned_reply", "tag")
    }
    found = await _customers(tx, ids["customer"])
    found |= await _conversations(tx, ids["conversation"])
    found |= await _articles(tx, ids["article"])
    system = Actor.system(tx.organisation_id)
    for canned in await conversations.canned_replies(tx, system, to_edit=True):
        if canned.id in ids["canned_reply"]:
            found[canned.id] = _Now(canned.title, mark(canned.version, {}))
    others = set(ids["conversation"])
    for tag in await conversations.tags(tx):
        if tag.id in ids["tag"]:
            used = await conversations.tag_used(tx, tag.id, without=list(others))
            found[tag.id] = _Now(tag.name, mark(f"{tag.name} {tag.colour}", {}), used)
    return found


async def _customers(tx: Transaction, ids: list[UUID]) -> dict[UUID, _Now]:
    found = {}
    for one in ids:
        try:
            customer = await customers.need_customer(tx, one)
        except NotFound:
            continue
        # Merged into another one: that is not ours to take away.
        marks = mark(customer.version, await _counts(tx, "customer", one))
        found[one] = _Now(customer.name, marks if customer.id == one else f"in {customer.id}")
    return found


async def _conversations(tx: Transaction, ids: list[UUID]) -> dict[UUID, _Now]:
    found = {}
    rows = await conversations.rows(tx, ids, Actor.system(tx.organisation_id))
    names = {row.id: row.customer.name for row in rows}
    for one, outline in (await conversations.outlines(tx, ids)).items():
        counts = await _counts(tx, "conversation", one)
        # The house's own lines come by themselves; the outline counts what people wrote.
        counts = {name: n for name, n in counts.items() if name != "message"}
        found[one] = _Now(names.get(one, ""), mark(outline, counts))
    return found


async def _articles(tx: Transaction, ids: list[UUID]) -> dict[UUID, _Now]:
    system = Actor.system(tx.organisation_id)
    found = {}
    for one in ids:
        try:
            article = await knowledge.need_article(tx, one, system)
        except NotFound:
            continue
        found[one] = _Now(article.title, mark(f"{article.version} {article.state}", {}))
    return found


async def _counts(tx: Transaction, about: About, one: UUID) -> dict[str, int]:
    """Return how much each table holds about one customer or conversation."""
    return {
        held.table: await how_many(tx, held, [one])
        for held in HELD
        if held.about == about and held.table not in BY_ITSELF
    }
