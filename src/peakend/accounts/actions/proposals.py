"""Changes that need two people: one proposes, another one with the same right confirms.

An action that is dangerous asks `need_second` first; where the house wants two people it refuses,
and what was wanted can be proposed under the same name. A house in which nobody else could confirm
is not locked out: whoever proposed may confirm it himself after a day.
"""

import contextvars
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.events import ProposalDecided, ProposalMade, TwoPersonRuleChanged
from peakend.accounts.models import ProposalRow
from peakend.accounts.queries import need_proposal, others_who_may, two_person_rule
from peakend.accounts.rules import PROPOSAL_LIFE, PROPOSALS_OPEN, WAIT_ALONE, clean_name
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.personal import Held, holds

_confirmed: contextvars.ContextVar[str] = contextvars.ContextVar("confirmed", default="")
_proposer: contextvars.ContextVar[UUID | None] = contextvars.ContextVar("proposer", default=None)


class SecondPersonNeeded(Conflict):
    """The house lets nobody do this alone: it has to be proposed and confirmed."""

    wording = "accounts.second_person_needed"


class NotByYourself(Conflict):
    """Somebody else has to confirm what one proposed."""

    wording = "accounts.not_by_yourself"


class ProposalOver(Conflict):
    """A proposal was decided already, or its time is over."""

    wording = "accounts.proposal_over"


class TooManyProposals(Conflict):
    """So many proposals wait that another one would not be looked at."""

    wording = "accounts.too_many_proposals"


class ReasonMissing(Invalid):
    """A proposal says why."""

    wording = "accounts.reason_missing"


class Guarded(msgspec.Struct, frozen=True):
    """An act that needs two people: the right, what it is told, and how it is done."""

    permission: str
    body: type[Any]
    run: Callable[[Transaction, Any, str], Awaitable[str | None]]


GUARDED: dict[str, Guarded] = {}


def two_people(kind: str, permission: str, body: type[Any]) -> Callable[[Any], Any]:
    """Declare how an act is done once it was confirmed: `(tx, body, address of who confirms)`."""

    def declare(run: Any) -> Any:
        GUARDED[kind] = Guarded(permission, body, run)
        return run

    return declare


async def need_second(tx: Transaction, kind: str) -> None:
    """Refuse a member who would do alone what needs two people. Errors: SecondPersonNeeded."""
    if tx.actor.kind != "member" or _confirmed.get() == kind:
        return
    if await two_person_rule(tx):
        raise SecondPersonNeeded


def proposer() -> UUID | None:
    """Return who proposed what is being done; None for what one person does alone."""
    return _proposer.get()


async def propose(tx: Transaction, *, kind: str, body: Any, reason: str, address: str) -> UUID:
    """Keep a change for a second person, after a try that is undone showed that it works.

    Errors: Refused, Invalid, ReasonMissing, TooManyProposals, and those of the act itself.
    """
    guarded = _guarded(tx, kind)
    assert tx.actor.id is not None
    if len(why := clean_name(reason)) < 2:
        raise ReasonMissing(fields={"reason": "accounts.reason_missing"})
    given = _body(guarded, body)
    await _try(tx, kind, given, address)
    waiting = await tx.value(
        "SELECT count(*) FROM proposal WHERE organisation_id = current_organisation()"
        " AND state = 'open' AND expires_at > $1",
        tx.now,
    )
    if waiting >= PROPOSALS_OPEN:
        raise TooManyProposals
    proposal_id = new_id()
    await tx.run(
        """
        INSERT INTO proposal (id, kind, body, reason, proposed_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        proposal_id,
        kind,
        msgspec.to_builtins(given),
        why,
        tx.actor.id,
        tx.now,
        tx.now + PROPOSAL_LIFE,
    )
    await record(tx, ProposalMade(proposal_id=proposal_id, about=kind))
    await audit(tx, "proposal.made", "proposal", proposal_id, {"about": kind})
    return proposal_id


async def confirm(tx: Transaction, *, proposal_id: UUID, address: str) -> str | None:
    """Do what somebody else proposed, as oneself; the secret of a link, where one was made.

    Errors: ProposalNotFound, ProposalOver, NotByYourself, Refused, and those of the act itself.
    """
    found = await _need_open(tx, proposal_id)
    guarded = _guarded(tx, found.kind)
    if found.proposed_by == tx.actor.id:
        alone = not await others_who_may(tx, guarded.permission, tx.actor.id)
        if not alone or tx.now < alone_at(found):
            raise NotByYourself
    body = _body(guarded, found.body)
    secret = await _done(tx, found.kind, guarded.run, body, address, found.proposed_by)
    await _decide(tx, found, "confirmed")
    return secret


async def decline(tx: Transaction, *, proposal_id: UUID) -> None:
    """Refuse what somebody proposed, or take back what one proposed oneself.

    Errors: ProposalNotFound, ProposalOver, Refused.
    """
    found = await _need_open(tx, proposal_id)
    own = found.proposed_by == tx.actor.id
    if not own:
        _guarded(tx, found.kind)
    await _decide(tx, found, "withdrawn" if own else "refused")


def alone_at(proposal: ProposalRow) -> datetime:
    """Return from when on somebody may confirm his own proposal, if nobody else could."""
    return proposal.created_at + WAIT_ALONE


async def set_two_person_rule(tx: Transaction, *, active: bool) -> None:
    """Say whether dangerous changes need two people; turning it off is one of them.

    Errors: SecondPersonNeeded.
    """
    if await two_person_rule(tx) == active:
        return
    if not active:
        await need_second(tx, "two_person_rule.off")
    await tx.run(
        """
        INSERT INTO two_person_rule (active, changed_at) VALUES ($1, $2)
        ON CONFLICT (organisation_id) DO UPDATE SET active = $1, changed_at = $2
        """,
        active,
        tx.now,
    )
    await record(tx, TwoPersonRuleChanged(tenant_id=tx.organisation_id, active=active))
    await audit(tx, "two_person_rule.on" if active else "two_person_rule.off", "organisation",
                tx.organisation_id)  # fmt: skip


class OfMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom an act is about."""

    member_id: UUID


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An act that is told nothing."""


@two_people("two_person_rule.off", "settings.manage", Nothing)
async def _turn_off(tx: Transaction, body: Nothing, address: str) -> None:
    await set_two_person_rule(tx, active=False)


def _guarded(tx: Transaction, kind: str) -> Guarded:
    found = GUARDED.get(kind)
    if found is None:
        raise Invalid(fields={"kind": "kernel.invalid"})
    if not tx.actor.may(found.permission):
        raise Refused
    return found


def _body(guarded: Guarded, body: Any) -> Any:
    try:
        return msgspec.convert(body, guarded.body)
    except msgspec.ValidationError as error:
        raise Invalid(fields={"body": "kernel.invalid"}) from error


async def _done(
    tx: Transaction, kind: str, run: Any, body: Any, address: str, by: UUID | None
) -> str | None:
    token, whose = _confirmed.set(kind), _proposer.set(by)
    try:
        secret: str | None = await run(tx, body, address)
        return secret
    finally:
        _confirmed.reset(token)
        _proposer.reset(whose)


async def _try(tx: Transaction, kind: str, body: Any, address: str) -> None:
    """Do it and undo it: whoever is asked to confirm is not shown what cannot work."""
    facts, jobs = len(tx.records), len(tx.jobs)
    await tx.run("SAVEPOINT proposal")
    await _done(tx, kind, GUARDED[kind].run, body, address, tx.actor.id)
    await tx.run("ROLLBACK TO SAVEPOINT proposal")
    del tx.records[facts:], tx.jobs[jobs:]


async def _need_open(tx: Transaction, proposal_id: UUID) -> ProposalRow:
    found = await need_proposal(tx, proposal_id, lock=True)
    if found.state != "open" or found.expires_at <= tx.now:
        raise ProposalOver
    return found


async def _decide(tx: Transaction, found: ProposalRow, state: str) -> None:
    await tx.run(
        """
        UPDATE proposal SET state = $2, decided_by = $3, decided_at = $4
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        found.id,
        state,
        tx.actor.id,
        tx.now,
    )
    await record(tx, ProposalDecided(proposal_id=found.id, about=found.kind, outcome=state))
    detail = {"about": found.kind, "proposed_by": str(found.proposed_by)}
    await audit(tx, f"proposal.{state}", "proposal", found.id, detail)


_ABOUT = """
WHERE organisation_id = current_organisation()
  AND body ->> 'customer_id' = ANY($1::uuid[]::text[]) AND reason <> ''
"""

holds(
    Held(
        table="proposal",
        of="reasons",
        about="customer",
        empties=("reason",),
        stays=("kind", "body", "state"),
        copied=False,
        erase="UPDATE proposal SET reason = ''" + _ABOUT,
        find="SELECT organisation_id, reason FROM proposal" + _ABOUT,
    ),
)
