"""Complaints of the demo that are being settled, and the drill of a crisis under way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints import actions, queries
from peakend.complaints.actions import CrisisText, PlaybookText
from peakend.complaints.rules.crises import PlaybookStep, PlaybookWords
from peakend.entry.demo.cast import OWN_LOGINS
from peakend.entry.demo.material import content
from peakend.entry.demo.rights import leading
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction

BEGAN = timedelta(minutes=50)
_CASES = """
SELECT c.id, c.owner_id FROM service_case c
WHERE c.organisation_id = current_organisation() AND c.state IN ('open', 'working', 'waiting')
  AND c.owner_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM complaint p
                  WHERE p.organisation_id = c.organisation_id AND p.case_id = c.id)
ORDER BY c.number LIMIT 10
"""


class _Open(msgspec.Struct, frozen=True):
    id: UUID
    owner_id: UUID


async def make_grave(database: Database, organisation_id: UUID) -> None:
    """File the complaints of the content for open cases, and begin the drill; told once."""
    told, now, system = content("grave"), clock.now(), Actor.system(organisation_id)
    async with database.transaction(system) as tx:
        lead_id = next(
            one.id
            for one in await accounts.members(tx, active_only=True)
            if one.login == OWN_LOGINS["supervisor"]
        )
        lead = leading(organisation_id, lead_id)
        if await queries.crises_seen(tx, lead, drill=True):
            return
        cases = await tx.all(_Open, _CASES)
    for given, case in zip(told["complaint"], cases, strict=False):
        at = now - timedelta(hours=given["ago_h"])
        owner = leading(organisation_id, case.owner_id)
        async with database.transaction(owner, now=at) as tx:
            await _complain(tx, given, case.id, owner)
    async with database.transaction(lead, now=now - BEGAN) as tx:
        await _drill(tx, told["drill"], lead)


async def _complain(tx: Transaction, given: dict[str, Any], case_id: UUID, by: Actor) -> None:
    filing = actions.Filing(
        tier="ordinary", kind=given["kind"], severity=given["severity"], title=given["title"],
        words=given["words"],
    )  # fmt: skip
    complaint_id = await actions.open_complaint(
        tx, conversation_id=None, case_id=case_id, filing=filing, by=by
    )
    judgement = actions.Judgement(
        tier="ordinary", kind=given["kind"], severity=given["severity"],
        liability=given["liability"], fault=given["fault"],
    )  # fmt: skip
    version = (await queries.complaint(tx, complaint_id, by)).version
    await actions.confirm(
        tx, complaint_id=complaint_id, judgement=judgement, by=by, version=version
    )
    for kind, words in given["steps"]:
        version = (await queries.complaint(tx, complaint_id, by)).version
        step = actions.StepGiven(kind=kind, words=words)
        await actions.take_step(tx, complaint_id=complaint_id, step=step, by=by, version=version)


async def _drill(tx: Transaction, given: dict[str, Any], by: Actor) -> None:
    steps = [PlaybookStep(title, role, minutes) for title, role, minutes in given["steps"]]
    first = PlaybookWords(given["statement_title"], given["statement"])
    text = PlaybookText(name=given["playbook"], kind="safety", steps=steps, statements=[first])
    book_id = await actions.add_playbook(tx, text=text)
    crisis_id = await actions.open_crisis(
        tx,
        text=CrisisText(kind="safety", title=given["title"], summary=given["summary"]),
        drill=True,
        by=by,
    )
    await actions.lay_playbook(tx, crisis_id=crisis_id, playbook_id=book_id, by=by)
    begun: datetime = tx.now
    for n, (source, words) in enumerate(given["events"], 1):
        tx.now = begun + timedelta(minutes=7 * n)
        await actions.add_crisis_entry(
            tx, crisis_id=crisis_id, kind="event", at=tx.now, source=source, words=words,
            answer_by=None, by=by,
        )  # fmt: skip
    file = await queries.crisis_file(tx, crisis_id, by)
    for n, step in enumerate(file.steps[:2], 1):
        tx.now = begun + timedelta(minutes=9 * n)
        await actions.set_crisis_step(
            tx, crisis_id=crisis_id, step_id=step.id, state="done", note="", by=by
        )
    await actions.add_crisis_entry(
        tx, crisis_id=crisis_id, kind="press", at=tx.now, source=given["asked_by"],
        words=given["asked"], answer_by=begun + timedelta(hours=3), by=by,
    )  # fmt: skip
