"""Who plays in the demo: ids of what was seeded, read back once, and actors to act as."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.rules import ROLES
from peakend.conversations import queries as conversations
from peakend.conversations.models import ChannelRecord
from peakend.conversations.queries.visitor import identity_secret
from peakend.customers.queries import customer_by_identity
from peakend.entry.demo.material import content, customers, role, staff
from peakend.entry.demo.seed import ZONE, reason_id
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.routing import queries as routing

OWN_LOGINS = {"agent": "wang.haitao", "supervisor": "li.wenbin", "admin": "fang.li"}
"""Kept for whoever visits the demo: the simulation never acts as these people."""


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """An agent who is simulated."""

    id: UUID
    name: str
    login: str
    queues: tuple[str, ...]
    capacity: int

    def actor(self, organisation_id: UUID) -> Actor:
        """Return the agent as the past knows him: nobody's hands are too full there."""
        return Actor(
            organisation_id=organisation_id,
            kind="member",
            id=self.id,
            name=self.name,
            role="agent",
            permissions=ROLES["supervisor"],
            scope="all",
        )


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """What was seeded, by the names of the content."""

    organisation_id: UUID
    channels: dict[str, ChannelRecord]
    secrets: dict[str, bytes]
    queues: dict[str, UUID]
    agents: tuple[Colleague, ...]
    customers: dict[str, UUID]
    tags: dict[str, UUID]

    def reason(self, key: str) -> UUID:
        """Return the id of a contact reason."""
        return reason_id(self.organisation_id, key)

    def serving(self, queue: str) -> list[Colleague]:
        """Return who serves a queue."""
        return [agent for agent in self.agents if queue in agent.queues]


async def read_cast(database: Database, organisation_id: UUID) -> Cast:
    """Read back what was seeded; what an admin has renamed since is left out."""
    async with database.transaction(Actor.system(organisation_id)) as tx:
        brands = {brand.id: brand.slug for brand in await accounts.brands(tx)}
        channels: dict[str, ChannelRecord] = {}
        for channel in await conversations.channels(tx):
            if channel.active and channel.brand_id in brands:
                channels.setdefault(brands[channel.brand_id], channel)
        secrets = {slug: await identity_secret(tx, c.id) for slug, c in channels.items()}
        names = {queue["zh"]: queue["slug"] for queue in content("people")["queue"]}
        queues = {names[q.name]: q.id for q in await routing.queues(tx) if q.name in names}
        tags = {tag["zh"]: tag["key"] for tag in content("tags")["tag"]}
        return Cast(
            organisation_id=organisation_id,
            channels=channels,
            secrets={slug: secret for slug, secret in secrets.items() if secret},
            queues=queues,
            agents=await _agents(tx),
            customers=await _customers(tx),
            tags={tags[t.name]: t.id for t in await conversations.tags(tx) if t.name in tags},
        )


async def _agents(tx: Transaction) -> tuple[Colleague, ...]:
    known = {member.login: member for member in await accounts.members(tx, active_only=True)}
    return tuple(
        Colleague(
            id=known[person["login"]].id,
            name=person["name"],
            login=person["login"],
            queues=tuple(person["queues"]),
            capacity=person["capacity"],
        )
        for person in staff()
        if role(person) == "agent" and person["login"] in known
    )


async def _customers(tx: Transaction) -> dict[str, UUID]:
    found = {key: await customer_by_identity(tx, "login", key) for key in customers()}
    return {key: customer_id for key, customer_id in found.items() if customer_id is not None}


def business(at: datetime) -> float:
    """Return how busy a moment of the day is, 0 to 1, by the clock in Shanghai."""
    hour = at.astimezone(ZoneInfo(ZONE)).hour
    return DAY_CURVE[hour]


DAY_CURVE = (
    *(0.08, 0.05, 0.04, 0.03, 0.04, 0.08, 0.2, 0.45),
    *(0.8, 1.0, 1.0, 0.9, 0.55, 0.7, 0.85, 0.85),
    *(0.8, 0.8, 0.85, 0.95, 0.8, 0.55, 0.35, 0.18),
)


def chosen(weights: dict[Any, float], by: random.Random) -> Any:
    """Return a key by its weight."""
    return by.choices(list(weights), list(weights.values()))[0]
