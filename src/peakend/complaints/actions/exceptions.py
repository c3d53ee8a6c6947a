"""Breaking a policy for a customer: asked, let pass by somebody else, and what came of it."""

import re
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.cases import actions as cases
from peakend.cases.ports import Asked
from peakend.complaints.events.exceptions import (
    ExceptionAsked,
    ExceptionClosed,
    ExceptionSettled,
    PolicyChanged,
)
from peakend.complaints.models.exceptions import ExceptionRow
from peakend.complaints.queries.exceptions import (
    exception_row,
    need_exception,
    need_policy,
    policies,
)
from peakend.complaints.rules.exceptions import MOST_FEN, MOST_POLICIES, Outcome, State, over
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")
_ADD = """
INSERT INTO policy_rule (id, name, words, limit_fen, made_at) VALUES ($1, $2, $3, $4, $5)
"""
_CHANGE = """
UPDATE policy_rule SET name = $2, words = $3, limit_fen = $4, active = true, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $5
"""
_END = """
UPDATE policy_rule SET active = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND active
"""
_ASK = """
INSERT INTO policy_exception (id, policy_id, customer_id, conversation_id, case_id, brand_id,
    reason, cost_fen, limit_fen, request_id, asked_by, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_SETTLE = """
UPDATE policy_exception SET state = $2, settled_at = $3, answer = $4
WHERE organisation_id = current_organisation() AND id = $1
"""
_CLOSE = """
UPDATE policy_exception SET state = 'closed', real_fen = $2, saved_fen = $3, outcome = $4,
    outcome_words = $5, closed_at = $6, closed_by = $7
WHERE organisation_id = current_organisation() AND id = $1
"""


class PolicyStale(Conflict):
    """The policy was changed since it was looked at."""

    wording = "complaints.policy_stale"


class TooManyPolicies(Invalid):
    """There are as many policies as there may be."""

    wording = "complaints.too_many_policies"


class WordsNeeded(Invalid):
    """A name or a reason is missing."""

    wording = "complaints.words_needed"


class PolicyEnded(Conflict):
    """The policy is no longer in the catalogue."""

    wording = "complaints.policy_ended"


class NotGranted(Conflict):
    """Only what was granted, and was not closed before, has an outcome."""

    wording = "complaints.exception_not_granted"


class PolicyText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy as somebody writes it down. Units: fen; no limit means that none is usual."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    words: Annotated[str, Meta(max_length=2000)] = ""
    limit_fen: Annotated[int, Meta(ge=0, le=MOST_FEN)] | None = None


def cleaned(text: str, field: str, *, needed: bool = True) -> str:
    """Return words without control characters. Errors: WordsNeeded."""
    kept = _CONTROL.sub("", text).strip()
    if needed and not kept:
        raise WordsNeeded(fields={field: "complaints.words_needed"})
    return kept


async def add_policy(tx: Transaction, policy: PolicyText) -> UUID:
    """Add a policy to the catalogue. Errors: WordsNeeded, TooManyPolicies."""
    if len(await policies(tx)) >= MOST_POLICIES:
        raise TooManyPolicies(most=MOST_POLICIES)
    policy_id = new_id()
    name, words = cleaned(policy.name, "name"), cleaned(policy.words, "words", needed=False)
    await tx.run(_ADD, policy_id, name, words, policy.limit_fen, tx.now)
    await _tell_policy(tx, policy_id, policy.limit_fen, "created")
    return policy_id


async def change_policy(
    tx: Transaction, *, policy_id: UUID, policy: PolicyText, version: int
) -> None:
    """Change a policy; what was asked before keeps its limit. Errors: PolicyNotFound, PolicyStale.

    Errors: WordsNeeded.
    """
    old = await need_policy(tx, policy_id)
    name, words = cleaned(policy.name, "name"), cleaned(policy.words, "words", needed=False)
    if not await tx.run(_CHANGE, policy_id, name, words, policy.limit_fen, version):
        raise PolicyStale(version=old.version)
    await _tell_policy(tx, policy_id, policy.limit_fen, "updated")


async def end_policy(tx: Transaction, policy_id: UUID) -> None:
    """Take a policy out of the catalogue; what was asked stays. Errors: PolicyNotFound."""
    old = await need_policy(tx, policy_id)
    if await tx.run(_END, policy_id):
        await _tell_policy(tx, policy_id, old.limit_fen, "removed")


async def ask_exception(
    tx: Transaction,
    *,
    policy_id: UUID,
    conversation_id: UUID,
    reason: str,
    cost_fen: int,
    by: Actor,
) -> UUID:
    """Ask to break a policy for the customer of a conversation, and return the exception's id.

    Units: fen. Errors: ConversationNotFound, PolicyNotFound, PolicyEnded, WordsNeeded, and those
    of `cases.ask`.
    """
    row = await conversations.need_conversation(tx, conversation_id, by)
    policy = await need_policy(tx, policy_id)
    if not policy.active:
        raise PolicyEnded
    words = cleaned(reason, "reason")
    exception_id = new_id()
    request_id = await cases.ask(
        tx,
        kind="exception",
        subject_id=exception_id,
        words=f"{policy.name}\n{words}",
        amount_fen=cost_fen,
        conversation_id=row.id,
        customer_id=row.customer_id,
        brand_id=row.brand_id,
        by=by,
    )
    await tx.run(
        _ASK, exception_id, policy.id, row.customer_id, row.id, None, row.brand_id, words,
        cost_fen, policy.limit_fen, request_id, by.id, tx.now,
    )  # fmt: skip
    kept = await exception_row(tx, exception_id)
    await record(
        tx,
        ExceptionAsked(
            **_about(kept), request_id=request_id, over=over(policy.limit_fen, cost_fen)
        ),
    )
    return exception_id


async def withdraw_exception(tx: Transaction, *, exception_id: UUID, by: Actor) -> None:
    """Take back what one asked for. Errors: ExceptionNotFound, and those of `cases.withdraw`."""
    row = await need_exception(tx, exception_id, by)
    assert row.request_id is not None
    await cases.withdraw(tx, request_id=row.request_id, by=by)


async def exception_decided(tx: Transaction, request: Asked, approved: bool) -> None:
    """Note what became of an exception; the port of approvals calls it as it is decided."""
    row = await exception_row(tx, request.subject_id, lock=True)
    state: State = request.state
    await tx.run(_SETTLE, row.id, state, tx.now, request.answer)
    await record(tx, ExceptionSettled(**_about(row), state=state))


async def close_exception(
    tx: Transaction,
    *,
    exception_id: UUID,
    cost_fen: int,
    saved_fen: int,
    outcome: Outcome,
    words: str,
    by: Actor,
) -> None:
    """Write down what breaking a policy did cost and save. Units: fen.

    Errors: ExceptionNotFound, NotGranted.
    """
    row = await need_exception(tx, exception_id, by, lock=True)
    if row.state != "granted":
        raise NotGranted
    kept = cleaned(words, "words", needed=False)
    await tx.run(_CLOSE, row.id, cost_fen, saved_fen, outcome, kept, tx.now, by.id)
    about = _about(row) | {"cost_fen": cost_fen}
    await record(tx, ExceptionClosed(**about, saved_fen=saved_fen, outcome=outcome))


def _about(row: ExceptionRow) -> dict[str, Any]:
    return {
        "exception_id": row.id,
        "policy_id": row.policy_id,
        "conversation_id": row.conversation_id,
        "case_id": row.case_id,
        "customer_id": row.customer_id,
        "agent_id": row.asked_by,
        "leg_id": None,
        "cost_fen": row.cost_fen,
    }


async def _tell_policy(tx: Transaction, policy_id: UUID, limit_fen: int | None, what: str) -> None:
    await record(tx, PolicyChanged(policy_id=policy_id, limit_fen=limit_fen, what=what))
    detail = {"outcome": what, "limit_fen": limit_fen}
    await audit(tx, "policy.changed", "policy", policy_id, detail)
