"""Very many facts of one transaction: the same rows as few of them, and their jobs with them."""

from uuid import UUID

import pytest

from peakend.conversations.events import ConversationTagged
from peakend.customers.events import CustomerAdded, IdentityAdded
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.events import (
    ENVELOPE_COLUMNS,
    REACTIONS,
    Envelope,
    Fact,
    Reacting,
    record,
)
from peakend.kernel.fact_rows import MANY_FACTS, MOST_AT_ONCE
from peakend.kernel.ids import new_id


@pytest.mark.parametrize("many", [MANY_FACTS - 1, MANY_FACTS, 2 * MOST_AT_ONCE + 3])
async def test_every_fact_is_there_as_it_was_and_its_job_too(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    async def react(tx: object, fact: Fact) -> None: ...

    monkeypatch.setitem(REACTIONS, "CustomerAdded", [Reacting("test.react", react, False, 5)])
    given: dict[UUID, Fact] = {}
    async with database.transaction(Actor.system(organisation)) as tx:
        for at in range(many):
            fact = _facts()[at % 3]
            given[await record(tx, fact)] = fact
    async with database.transaction(Actor.system(organisation)) as tx:
        held = await tx.all(Envelope, f"SELECT {ENVELOPE_COLUMNS} FROM event")
        jobs = await tx.value("SELECT array_agg(fact_id) FROM job WHERE name = 'test.react'")
    mine = {one.id: one.fact() for one in held if one.id in given}
    assert mine == given
    assert sorted(jobs) == sorted(id_ for id_, one in given.items() if type(one) is CustomerAdded)


def _facts() -> tuple[Fact, ...]:
    return (
        CustomerAdded(customer_id=new_id()),
        IdentityAdded(customer_id=new_id(), identity_id=new_id(), kind="phone", verified=False),
        ConversationTagged(conversation_id=new_id(), added=(new_id(),), removed=()),
    )
