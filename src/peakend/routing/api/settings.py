"""Queues and business hours."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get, patch, post, put
from msgspec import UNSET, Meta, Struct, UnsetType

from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.routing import actions, queries
from peakend.routing.actions import QueueSettings
from peakend.routing.queries import HoursRow, QueueRow

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
UpToDay = Annotated[int, Meta(ge=0, le=86_400)]
Ids = Annotated[list[UUID], Meta(max_length=500)]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]$")]
Spans = Annotated[
    list[Annotated[list[Clock], Meta(min_length=2, max_length=2)]], Meta(max_length=12)
]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Queue(Struct, frozen=True, kw_only=True):
    """A queue with its people and its line; `longest_s` is the age of who waits longest."""

    id: UUID
    name: str
    brand_id: UUID | None
    open: bool
    skills: list[UUID]
    team_ids: list[UUID]
    member_ids: list[UUID]
    waiting: int
    longest_s: int
    hours_id: UUID | None
    target_s: int
    priority: int
    offer_s: int
    transfer_limit_s: int
    promise_s: int
    silent_limit_s: int
    wrap_up_s: int
    position: int
    relax_after_s: int | None
    overflow_after_s: int | None
    overflow_over: int | None
    overflow_queue_id: UUID | None


class QueueForm(Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be decided about a queue; what is left out stays."""

    name: Name | UnsetType = UNSET
    brand_id: UUID | UnsetType | None = UNSET
    hours_id: UUID | UnsetType | None = UNSET
    skills: Ids | UnsetType = UNSET
    target_s: Seconds | UnsetType = UNSET
    priority: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    offer_s: Annotated[int, Meta(ge=5, le=600)] | UnsetType = UNSET
    transfer_limit_s: Annotated[int, Meta(ge=10, le=3600)] | UnsetType = UNSET
    promise_s: UpToDay | UnsetType = UNSET
    silent_limit_s: UpToDay | UnsetType = UNSET
    wrap_up_s: Annotated[int, Meta(ge=0, le=3600)] | UnsetType = UNSET
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET
    relax_after_s: Seconds | UnsetType | None = UNSET
    overflow_after_s: Seconds | UnsetType | None = UNSET
    overflow_over: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType | None = UNSET
    overflow_queue_id: UUID | UnsetType | None = UNSET

    def settings(self) -> QueueSettings:
        """Return the form as the action takes it."""
        return QueueSettings(**{name: getattr(self, name) for name in self.__struct_fields__})


class NewQueue(QueueForm, forbid_unknown_fields=True, kw_only=True):
    """A queue to be made; it needs a name."""

    name: Name


class QueuePeople(Struct, forbid_unknown_fields=True):
    """Exactly who serves a queue."""

    member_ids: Ids
    team_ids: Ids


class QueueState(Struct, forbid_unknown_fields=True):
    """Whether a queue takes live work."""

    open: bool


class Holiday(Struct, forbid_unknown_fields=True):
    """A date with hours of its own; none at all means closed."""

    on: Day
    name: Annotated[str, Meta(max_length=80)] = ""
    intervals: Spans = []


class HoursForm(Struct, forbid_unknown_fields=True, kw_only=True):
    """Business hours: days mon to sun, each with its intervals."""

    name: Name
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)]
    week: dict[str, Spans]
    holidays: Annotated[list[Holiday], Meta(max_length=400)] = []
    version: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {
            "name": self.name,
            "time_zone": self.time_zone,
            "week": self.week,
            "holidays": [
                {"on": day.on, "name": day.name, "intervals": day.intervals}
                for day in self.holidays
            ],
        }


@get("/queues", opt=needs("conversations.read"))
async def list_queues(tx: Transaction) -> list[Queue]:
    """Return every queue with its line."""
    return await _shown(tx, await queries.queues(tx))


@post("/queues", opt=needs("accounts.manage"))
async def add_queue(tx: Transaction, data: NewQueue) -> Queue:
    """Make a queue."""
    queue = await actions.add_queue(tx, data.settings())
    return (await _shown(tx, [queue]))[0]


@patch("/queues/{queue_id:uuid}", opt=needs("routing.manage"))
async def change_queue(tx: Transaction, queue_id: UUID, data: QueueForm) -> Queue:
    """Change a queue."""
    queue = await actions.change_queue(tx, queue_id, data.settings())
    return (await _shown(tx, [queue]))[0]


@put("/queues/{queue_id:uuid}/members", opt=needs("routing.manage"))
async def set_members(tx: Transaction, queue_id: UUID, data: QueuePeople) -> Queue:
    """Say exactly who serves a queue."""
    await actions.set_queue_members(
        tx, queue_id, member_ids=data.member_ids, team_ids=data.team_ids
    )
    return (await _shown(tx, [await queries.need_queue(tx, queue_id)]))[0]


@put("/queues/{queue_id:uuid}/state", opt=needs("routing.manage"))
async def set_state(tx: Transaction, queue_id: UUID, data: QueueState) -> Queue:
    """Open or close a queue."""
    queue = await actions.open_or_close(tx, queue_id, is_open=data.open)
    return (await _shown(tx, [queue]))[0]


async def _shown(tx: Transaction, rows: list[QueueRow]) -> list[Queue]:
    lines = await queries.lines(tx)
    members = await queries.serving_members(tx)
    teams = await queries.serving_teams(tx)
    return [
        Queue(
            **{
                name: getattr(row, name) for name in QueueRow.__struct_fields__ if name != "version"
            },
            member_ids=sorted(members.get(row.id, ())),
            team_ids=sorted(teams.get(row.id, ())),
            waiting=line.waiting if line else 0,
            longest_s=_age_s(line.oldest_at if line else None, tx.now),
        )
        for row in rows
        for line in [lines.get(row.id)]
    ]


def _age_s(since: datetime | None, now: datetime) -> int:
    return max(0, int((now - since).total_seconds())) if since else 0


@get("/business-hours", opt=needs("conversations.read"))
async def list_hours(tx: Transaction) -> list[HoursRow]:
    """Return all business hours."""
    return await queries.business_hours(tx)


@post("/business-hours", opt=needs("settings.manage"))
async def add_hours(tx: Transaction, data: HoursForm) -> HoursRow:
    """Make business hours."""
    return await actions.save_hours(tx, **data.fields())


@patch("/business-hours/{hours_id:uuid}", opt=needs("settings.manage"))
async def change_hours(tx: Transaction, hours_id: UUID, data: HoursForm) -> HoursRow:
    """Change business hours."""
    return await actions.save_hours(tx, **data.fields(), hours_id=hours_id, version=data.version)


routes = [
    list_queues,
    add_queue,
    change_queue,
    set_members,
    set_state,
    list_hours,
    add_hours,
    change_hours,
]
