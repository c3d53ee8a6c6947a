"""Saved views: which there are for a person, what they show, and how much there is in each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names, member_briefs, teams
from peakend.conversations.models import VIEW_COLUMNS, ViewRecord
from peakend.conversations.ports import provided
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.conversations.queries.settings import channels, reason_tree, tags
from peakend.conversations.queries.sieve import Base, Sieve, looks, walk
from peakend.conversations.queries.tallies import tallies
from peakend.conversations.rules.views import (
    MOST_OWN,
    MOST_SHARED,
    FieldCondition,
    Order,
    Scope,
    ViewFilter,
    filter_fault,
    in_order,
    with_branches,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound, Refused
from peakend.kernel.paging import WrongCursor, cursor_decode, cursor_encode
from peakend.profiles.queries import (
    Condition,
    Field,
    FieldTest,
    field_tests,
    sifting_fields,
    unseen_fields,
)

COUNTED_TO = 99
# How many rows a page or a count reads before it says where it stopped, with what it must look up.
READ_FOR_A_PAGE = 1_000
READ_FOR_A_COUNT = 500

# Who shares views sees what every team has, too, but nobody else's own.
_VIEWS = f"""
SELECT {VIEW_COLUMNS} FROM conversation_view
WHERE organisation_id = current_organisation()
  AND (scope = 'all' OR member_id = $2 OR (scope = 'team' AND ($1 OR team_id = ANY($3::uuid[]))))
"""  # noqa: S608 (names of columns only)
_PLACES = """
SELECT view_id, position FROM conversation_view_place
WHERE organisation_id = current_organisation() AND member_id = $1
ORDER BY position LIMIT $2
"""


class ViewNotFound(NotFound):
    """There is no such view for this person."""

    wording = "conversations.view_not_found"


class ViewNamesGone(Conflict):
    """The filter names something that is there no longer; its rows would be wrong ones."""

    wording = "conversations.view_names_gone"


class ViewFieldUnseen(Refused):
    """The filter asks for a field that this person's roles do not see."""

    wording = "conversations.view_field_unseen"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view; `gone` names the fields whose tag, queue or person is there no longer.

    `unseen` are custom fields in it that the reader's roles do not see: what is asked of them is
    left out, and nothing is found or counted.
    """

    id: UUID
    name: str
    scope: Scope
    team_id: UUID | None
    filter: ViewFilter
    order: Order
    columns: list[str]
    field_ids: list[UUID]
    version: int
    gone: list[str]
    unseen: list[UUID]
    editable: bool


class ViewCount(msgspec.Struct, frozen=True):
    """How much is in a view: up to 99, and whether there may be more."""

    view_id: UUID
    count: int
    more: bool


class FoundPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what fits; it may be short while `next` says where to look on.

    `agent_ids` and `reason_ids` are those that the filter means for this reader.
    """

    items: list[ConversationRow]
    next: str | None
    agent_ids: list[UUID]
    reason_ids: list[UUID]


class _Place(msgspec.Struct, frozen=True):
    view_id: UUID
    position: int


def may_share_views(actor: Actor) -> bool:
    """Say whether somebody may keep views for a team or for everybody."""
    return actor.may("routing.manage")


async def views(tx: Transaction, actor: Actor) -> list[View]:
    """Return the views of a person in their own order."""
    return await _views(tx, await _records(tx, actor), actor)


async def need_view(tx: Transaction, view_id: UUID, actor: Actor) -> View:
    """Return a view of a person. Errors: ViewNotFound."""
    return (await _views(tx, [await need_view_record(tx, view_id, actor)], actor))[0]


async def _views(tx: Transaction, found: Sequence[ViewRecord], actor: Actor) -> list[View]:
    gone = await _gone(tx, [one.filter for one in found], actor)
    asked = {one.field_id for record in found for one in record.filter.fields}
    unseen = await unseen_fields(tx, asked, actor)
    return [_view(one, missing, unseen, actor) for one, missing in zip(found, gone, strict=True)]


async def need_view_record(tx: Transaction, view_id: UUID, actor: Actor) -> ViewRecord:
    """Return a view as it is stored. Errors: ViewNotFound."""
    found = await tx.one(
        ViewRecord,
        _VIEWS + " AND id = $4",
        may_share_views(actor),
        actor.id,
        list(actor.team_ids),
        view_id,
    )
    if found is None:
        raise ViewNotFound
    return _whole(found)


async def _records(tx: Transaction, actor: Actor) -> list[ViewRecord]:
    most = MOST_OWN + MOST_SHARED
    found = await tx.all(
        ViewRecord,
        _VIEWS + " ORDER BY scope = 'own' DESC, scope = 'team' DESC, name, id LIMIT $4",
        may_share_views(actor),
        actor.id,
        list(actor.team_ids),
        most,
    )
    placed = {one.view_id: one.position for one in await tx.all(_Place, _PLACES, actor.id, most)}
    by_id = {one.id: _whole(one) for one in found}
    return [by_id[one] for one in in_order(list(by_id), placed)]


def _whole(record: ViewRecord) -> ViewRecord:
    """Return a view with its filter, which a row brings as plain JSON."""
    return msgspec.structs.replace(record, filter=msgspec.convert(record.filter, ViewFilter))


def _view(record: ViewRecord, gone: list[str], unseen: set[UUID], actor: Actor) -> View:
    hidden = [one.field_id for one in record.filter.fields if one.field_id in unseen]
    # Which values of the field there are is not said either.
    fields = [
        FieldCondition(field_id=one.field_id) if one.field_id in unseen else one
        for one in record.filter.fields
    ]
    return View(
        id=record.id,
        name=record.name,
        scope=record.scope,
        team_id=record.team_id,
        filter=msgspec.structs.replace(record.filter, fields=fields),
        order=record.ordering,
        columns=record.columns,
        field_ids=record.field_ids,
        version=record.version,
        gone=gone,
        unseen=hidden,
        editable=record.scope == "own" or may_share_views(actor),
    )


async def _gone(tx: Transaction, filters: Sequence[ViewFilter], actor: Actor) -> list[list[str]]:
    """Return for each filter the fields that name what is there no longer, or not for this one."""

    def named(field: str) -> set[UUID]:
        return {one for given in filters for one in getattr(given, field)}

    known: dict[str, set[UUID]] = {}
    if named("tag_ids"):
        known["tag_ids"] = {one.id for one in await tags(tx)}
    if named("channel_ids"):
        known["channel_ids"] = {one.id for one in await channels(tx)}
    if named("brand_ids"):
        known["brand_ids"] = set(await brand_names(tx))
    if named("agent_ids"):
        known["agent_ids"] = set(await member_briefs(tx, named("agent_ids")))
    if named("reason_ids"):
        known["reason_ids"] = {node.id for node in (await reason_tree(tx)).nodes}
    if named("queue_ids") and provided.directory is not None:
        known["queue_ids"] = await provided.directory.known_queues(tx, named("queue_ids"))
    fields = set(await _fields(tx, filters, actor))
    return [
        [field for field, there in known.items() if set(getattr(given, field)) - there]
        + (["fields"] if {one.field_id for one in given.fields} - fields else [])
        for given in filters
    ]


async def _fields(
    tx: Transaction, filters: Iterable[ViewFilter], actor: Actor
) -> Mapping[UUID, Field]:
    """Return the custom fields that filters ask for and this one may sift by."""
    asked = {one.field_id for given in filters for one in given.fields}
    return await sifting_fields(tx, asked, actor) if asked else {}


async def checked_filter(tx: Transaction, given: ViewFilter, actor: Actor) -> ViewFilter:
    """Return a filter that can be used. Errors: Invalid, ViewNamesGone, ViewFieldUnseen."""
    fault = filter_fault(given)
    if fault is not None:
        raise Invalid(fields={fault: "unfitting"})
    if await unseen_fields(tx, {one.field_id for one in given.fields}, actor):
        raise ViewFieldUnseen(fields={"fields": "unseen"})
    gone = (await _gone(tx, [given], actor))[0]
    if gone:
        raise ViewNamesGone(fields=dict.fromkeys(gone, "gone"))
    if _tests(await _fields(tx, [given], actor), given) is None:
        raise Invalid(fields={"fields": "unfitting"})
    return given


def _tests(known: Mapping[UUID, Field], given: ViewFilter) -> list[FieldTest] | None:
    asked = [Condition(**msgspec.structs.asdict(one)) for one in given.fields]
    return field_tests(known, asked)


async def _sieves(tx: Transaction, actor: Actor, filters: Sequence[ViewFilter]) -> list[Sieve]:
    """Return filters as they are for one reader; what several of them name is read once."""
    team: set[UUID] = set()
    if actor.team_ids and any("my_team" in one.holders for one in filters):
        mine = [one for one in await teams(tx) if one.id in actor.team_ids]
        team = {member_id for one in mine for member_id in one.member_ids}
    parents: dict[UUID, UUID | None] = {}
    if any(one.reason_ids for one in filters):
        parents = {node.id: node.parent_id for node in (await reason_tree(tx)).nodes}
    known = await _fields(tx, filters, actor)

    def sieve(given: ViewFilter) -> Sieve:
        agents = set(given.agent_ids)
        if "me" in given.holders and actor.id is not None:
            agents.add(actor.id)
        if "my_team" in given.holders:
            agents |= team
        return Sieve(
            filter=given,
            now=tx.now,
            me=actor.id,
            agent_ids=sorted(agents),
            reason_ids=with_branches(given.reason_ids, parents),
            fields=_tests(known, given) or [],
        )

    return [sieve(one) for one in filters]


async def found_conversations(
    tx: Transaction,
    actor: Actor,
    given: ViewFilter,
    *,
    order: Order = "recent",
    cursor: str | None = None,
    limit: int = 50,
) -> FoundPage:
    """Return a page of what fits a filter, of those that the actor may see.

    Counts: each page reads some 1,000 rows at most.

    Errors: Invalid, ViewNamesGone, ViewFieldUnseen, WrongCursor.
    """
    (sieve,) = await _sieves(tx, actor, [await checked_filter(tx, given, actor)])
    parts = _parts(given, order)
    at = 0
    after: tuple[datetime, UUID] | None = None
    if cursor:
        at, after = _after(cursor, len(parts))
    ids: list[UUID] = []
    looked = looks(sieve, READ_FOR_A_PAGE)
    stop: str | None = None
    while at < len(parts) and stop is None:
        base, rest = parts[at]
        spots = await walk(
            tx, actor, sieve, base, upwards=base == "due" or order == "oldest", after=after,
            most=limit + 1 - len(ids) + 1, looked=looked, rest=rest,
        )  # fmt: skip
        fitting = [one for one in spots if one.fits][: limit + 1 - len(ids)]
        room = limit - len(ids)
        ids += [one.id for one in fitting[:room]]
        if len(fitting) > room:
            last = fitting[room - 1] if room else None
            stop = _cursor(at, (last.at, last.id) if last else after)
        elif spots and spots[-1].place == looked:
            stop = _cursor(at, (spots[-1].at, spots[-1].id))
        at, after = at + 1, None
    return FoundPage(
        items=await rows(tx, ids, actor),
        next=stop,
        agent_ids=sieve.agent_ids,
        reason_ids=sieve.reason_ids,
    )


def _parts(given: ViewFilter, order: Order) -> list[tuple[Base, bool]]:
    """Return what is walked one after the other; by time left, the others come after."""
    if "closed" in given.stages:
        return [("closed", False)]
    if order == "due":
        return [("due", False)] if given.sla else [("due", False), ("open", True)]
    return [("open", False)]


def _cursor(part: int, after: tuple[datetime, UUID] | None) -> str:
    return cursor_encode(part, after[0].isoformat() if after else None, after[1] if after else None)


def _after(cursor: str, parts: int) -> tuple[int, tuple[datetime, UUID] | None]:
    part, at, identifier = cursor_decode(cursor, 3)
    if not isinstance(part, int) or not 0 <= part < parts:
        raise WrongCursor
    if at is None:
        return part, None
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise WrongCursor
        return part, (moment.astimezone(UTC), UUID(str(identifier)))
    except (ValueError, OverflowError) as error:
        raise WrongCursor from error


async def view_counts(tx: Transaction, actor: Actor) -> list[ViewCount]:
    """Return how much is in each view; one that names what is gone has none.

    Counts: up to 99 of the newest 500 rows, of fewer where tiers, tags or custom fields are
    looked up; `more` where there may be others.
    """
    found = await _records(tx, actor)
    gone = await _gone(tx, [one.filter for one in found], actor)
    there = [record for record, missing in zip(found, gone, strict=True) if not missing]
    sieves = await _sieves(tx, actor, [record.filter for record in there])
    held = await tallies(tx, actor, sieves, most=COUNTED_TO, reads=READ_FOR_A_COUNT)
    return [
        ViewCount(record.id, tally.fitting, tally.more)
        for record, tally in zip(there, held, strict=True)
    ]
