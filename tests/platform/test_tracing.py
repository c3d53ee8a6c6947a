"""Chains of causes, and who has to do with a fact."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from peakend.kernel import tracing
from peakend.kernel.actors import Actor
from peakend.kernel.events import FACTS, REACTION_BY_NAME, REACTIONS, Fact, reacts_to, record
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker


@dataclass(frozen=True, kw_only=True)
class StoneThrown(Fact):
    """A fact of these tests."""

    conversation_id: UUID


@dataclass(frozen=True, kw_only=True)
class RippleSpread(Fact):
    """What comes of it."""

    conversation_id: UUID


@pytest.fixture
def ripples():
    async def spread(tx, fact):
        await record(tx, RippleSpread(conversation_id=fact.conversation_id))

    async def rest(tx, fact):
        raise RuntimeError("not yet")

    for run, kind in ((spread, StoneThrown), (rest, RippleSpread)):
        run.__module__ = "peakend.kernel.test"
        reacts_to(kind)(run)
    yield
    for kind in ("StoneThrown", "RippleSpread"):
        REACTIONS.pop(kind)
        FACTS.pop(kind)
    REACTION_BY_NAME.pop("kernel.spread")
    REACTION_BY_NAME.pop("kernel.rest")


async def test_a_chain_is_found_from_any_of_its_facts(database, organisation, ripples):
    async with database.transaction(Actor.system(organisation)) as tx:
        first = await record(tx, StoneThrown(conversation_id=new_id()))
    await Worker(database).drain_once()
    async with database.system() as tx:
        last = await tx.value("SELECT id FROM event WHERE type = 'RippleSpread'")
        for asked in (first, last):
            links, waiting = await tracing.chain(tx, asked)
            assert [(link.type, link.depth) for link in links] == [
                ("StoneThrown", 0),
                ("RippleSpread", 1),
            ]
            assert [job.name for job in waiting] == ["kernel.rest"]


async def test_an_unknown_fact_has_no_chain(database):
    async with database.system() as tx:
        assert await tracing.chain(tx, new_id()) == ([], [])


def test_recorders_are_found_in_the_code():
    found = tracing.recorders("OrganisationCreated")
    assert [place.function for place in found] == ["create_organisation"]
    assert found[0].file.startswith("peakend/accounts/")
