"""What simulated customers and agents share: the time they take, and who talks with whom."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from peakend.entry.demo.cast import Cast
from peakend.entry.demo.material import content, dialogues, staff
from peakend.entry.demo.seed import DAYS, ZONE
from peakend.entry.demo.wire import Wire, path_of

if TYPE_CHECKING:
    from peakend.entry.demo.deskmate import Deskmate
    from peakend.entry.demo.scene import Scene

PEOPLE_KNOWN_S = 3


@dataclass
class Stage:
    """One simulation; `pace` stretches or shortens every pause."""

    cast: Cast
    site: str
    http: httpx.AsyncClient
    by: random.Random
    pace: float = 1.0
    sockets: bool = True
    scenes: dict[str, "Scene"] = field(default_factory=dict)
    mates: dict[UUID, "Deskmate"] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    # Ready people at the desk who are not simulated, with their load; looked at again after
    # seconds.
    people: list[tuple[str, int]] = field(default_factory=list)
    people_seen_at: float = float("-inf")
    # A reply of somebody waits for a real senior at the desk.
    approving: bool = False

    async def pause(self, low_s: float, high_s: float) -> None:
        """Let time pass."""
        await asyncio.sleep(self.by.uniform(low_s, high_s) * self.pace)

    def is_simulated(self, name: str | None) -> bool:
        """Say whether an agent of this name is one of ours."""
        return any(mate.who.name == name for mate in self.mates.values())

    async def real_people(self, wire: Wire, queue_id: str | None) -> list[int]:
        """Return the loads of real people who are ready at the desk for a queue."""
        now = asyncio.get_running_loop().time()
        if now - self.people_seen_at > PEOPLE_KNOWN_S:
            self.people_seen_at = now
            found = await wire.get(path_of("transfer-targets"))
            self.people = [
                (seat["name"], seat["load"])
                for seat in found["agents"]
                if seat["state"] == "ready" and not self.is_simulated(seat["name"])
            ]
        slugs = {str(value): slug for slug, value in self.cast.queues.items()}
        slug = slugs.get(queue_id or "")
        serving = {person["name"]: person["queues"] for person in staff()}
        return [load for name, load in self.people if slug in serving.get(name, [slug])]

    def reason_for(self, article_slug: str | None, queue_id: str | None) -> UUID:
        """Return a contact reason that fits an article, else a queue."""
        slugs = {str(value): slug for slug, value in self.cast.queues.items()}
        told = next((d for d in dialogues() if d.article == article_slug), None)
        told = told or next((d for d in dialogues() if d.queue == slugs.get(queue_id or "")), None)
        return self.cast.reason((told or dialogues()[0]).reason)


def is_open(hours: str, at: datetime) -> bool:
    """Say whether people are there at a moment, by the hours of the content."""
    there = at.astimezone(ZoneInfo(ZONE))
    day = list(DAYS.values())[there.weekday()]
    minute = f"{there.hour:02d}:{there.minute:02d}"
    spans = (span.split("-") for span in content("people")["hours"][hours][day])
    return any(start <= minute < end for start, end in spans)


def is_queue_open(queue: str, at: datetime) -> bool:
    """Say whether the people of a queue are there."""
    return is_open("gas" if queue == "gas" else "home", at)
