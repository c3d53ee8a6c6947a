"""What visitors see of waiting, and what other contexts ask of routing through their ports."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from peakend.conversations.ports import SeenConversation
from peakend.kernel.db import Transaction
from peakend.kernel.words import word
from peakend.routing.queries.hours import hours_exist, opening
from peakend.routing.queries.queues import need_queue, queue_exists, queue_names
from peakend.routing.queries.work import active_leg, place_in_line
from peakend.routing.rules.hours import is_open, next_open


async def visitor_view(
    tx: Transaction, *, conversation: SeenConversation, channel_id: UUID
) -> Mapping[str, Any]:
    """Return place and range of the wait, or when people are there; and the other ways."""
    if conversation.state != "waiting":
        return {}
    leg = await active_leg(tx, conversation.id)
    if leg is None or leg.state == "serving":
        return {}
    ways = other_ways(conversation.language)
    if conversation.channel_kind == "mail":
        return ways
    if not leg.live:
        return {"out_of_hours": await _out_of_hours(tx, leg.queue_id, leg.promised_at)} | ways
    place = await place_in_line(tx, conversation.id)
    if place is None:
        return {}
    waiting = {
        "position": place.position,
        "low_s": place.low_s,
        "high_s": place.high_s,
        "updated_at": tx.now,
    }
    return {"waiting": waiting} | ways


async def _out_of_hours(
    tx: Transaction, queue_id: UUID | None, promised_at: datetime | None
) -> dict[str, Any]:
    hours = None
    if queue_id is not None:
        hours = await opening(tx, (await need_queue(tx, queue_id)).hours_id)
    return {
        "next_open_at": next_open(hours, tx.now) if hours else None,
        "promised_at": promised_at,
    }


def other_ways(language: str) -> dict[str, Any]:
    """Return what else a waiting customer may do; offered, never forced."""
    return {
        "others": [
            {
                "kind": "callback_message",
                "label": word("routing.leave_message", language),
                "href": None,
            },
            {"kind": "help", "label": word("routing.look_in_help", language), "href": "/help"},
        ]
    }


async def opening_view(
    tx: Transaction, *, hours_id: UUID | None, language: str
) -> Mapping[str, Any]:
    """Return whether people are there, and a sentence that says so."""
    hours = await opening(tx, hours_id) if hours_id and await hours_exist(tx, hours_id) else None
    if hours is None or is_open(hours, tx.now):
        return {
            "open_now": True,
            "next_open_at": None,
            "text": word("routing.people_are_there", language),
        }
    opens = next_open(hours, tx.now)
    return {
        "open_now": False,
        "next_open_at": opens,
        "text": word("routing.people_are_away", language),
    }


async def openings(
    tx: Transaction, *, queue_id: UUID | None
) -> Callable[[datetime], datetime | None]:
    """Return what finds the first open moment of a queue's hours; None where it has none."""
    queue = (
        await need_queue(tx, queue_id) if queue_id and await queue_exists(tx, queue_id) else None
    )
    hours = await opening(tx, queue.hours_id) if queue else None
    return lambda at: next_open(hours, at) if hours else None


class Directory:
    """Says which queues and business hours there are."""

    async def queue_exists(self, tx: Transaction, queue_id: UUID) -> bool:
        """Return whether the organisation has this queue."""
        return await queue_exists(tx, queue_id)

    async def known_queues(self, tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
        """Return those of the ids that are queues of the organisation."""
        return set(await queue_names(tx, ids))

    async def hours_exist(self, tx: Transaction, hours_id: UUID) -> bool:
        """Return whether the organisation has these business hours."""
        return await hours_exist(tx, hours_id)
