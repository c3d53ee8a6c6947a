"""What other skills of one agent would mean for those who wait now, by the rules that route."""

import dataclasses
from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.db import Transaction
from peakend.routing.queries.queues import queues
from peakend.routing.queries.seats import seats
from peakend.routing.queries.work import MATCHED_AT_ONCE, as_waiting, rings_of, teams_of, waiting
from peakend.routing.rules.choice import is_asked, who_is_asked


class SkillEffect(msgspec.Struct, frozen=True):
    """Of those who wait now: how many the agent could be offered, as it is and then.

    `alone` are those whom only this agent could take of all who are ready, and then could not.
    """

    waiting: int
    now: int
    then: int
    alone: int


async def skill_effect(
    tx: Transaction, member_id: UUID, skill_ids: Collection[UUID]
) -> SkillEffect:
    """Return what these skills would change. Errors: MemberNotFound."""
    await accounts.need_member(tx, member_id)
    staff = await seats(tx)
    lines = {queue.id: queue for queue in await queues(tx)}
    firm = frozenset(one.id for one in await accounts.skills(tx) if one.authority)
    teams = teams_of(staff)
    asked = [
        who_is_asked(
            as_waiting(leg, teams, rings_of(lines, leg.queue_id), firm, leg.in_line - leg.place),
            tx.now,
        )
        for leg in await waiting(tx, MATCHED_AT_ONCE)
    ]
    own = next((one.ready() for one in staff if one.agent_id == member_id), None)
    others = [
        one.ready() for one in staff if one.agent_id != member_id and one.presence.state == "ready"
    ]
    if own is None:
        return SkillEffect(len(asked), 0, 0, 0)
    new = dataclasses.replace(own, skills=frozenset(skill_ids))
    lost = [one for one in asked if is_asked(one, own) and not is_asked(one, new)]
    return SkillEffect(
        waiting=len(asked),
        now=sum(is_asked(one, own) for one in asked),
        then=sum(is_asked(one, new) for one in asked),
        alone=sum(not any(is_asked(one, each) for each in others) for one in lost),
    )
