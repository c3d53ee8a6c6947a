"""What is to be changed for good: written down, moved, checked; gaps and their workarounds; thanks.

An improvement is measured by the contacts of its reason before and after; whoever checks it may
name other days.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts import queries as accounts
from peakend.complaints.actions.exceptions import cleaned
from peakend.complaints.events.improvements import (
    CustomerThanked,
    ImprovementChecked,
    ImprovementMoved,
    ImprovementOpened,
    KnownGapChanged,
)
from peakend.complaints.models.improvements import ImprovementRow
from peakend.complaints.queries.improvements import (
    MANAGES,
    improvement_list,
    known_gaps,
    measured,
    need_gap,
    need_improvement,
    today,
)
from peakend.complaints.rules.improvements import (
    MOST_GAPS,
    MOST_IMPROVEMENTS,
    Kind,
    State,
    Window,
    is_window,
    may_move,
    usual_windows,
)
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_OPEN = """
INSERT INTO improvement (id, kind, title, words, reason_id, brand_id, complaint_id, policy_id,
    owner_id, due_on, before_from, before_until, made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_CHANGE = """
UPDATE improvement SET kind = $2, title = $3, words = $4, reason_id = $5, brand_id = $6,
    owner_id = $7, due_on = $8, state = $9, before_from = $10, before_until = $11, after_from = $12,
    after_until = $13, effect = $14, check_words = $15, done_at = $16, checked_at = $17,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $18
"""
_ADD_GAP = """
INSERT INTO known_gap (id, title, workaround, customer_words, reason_id, brand_id, improvement_id,
    until_on, made_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_CHANGE_GAP = """
UPDATE known_gap SET title = $2, workaround = $3, customer_words = $4, reason_id = $5,
    brand_id = $6, improvement_id = $7, until_on = $8, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $9 AND closed_at IS NULL
"""
_CLOSE_GAP = """
UPDATE known_gap SET closed_at = $2, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_THANK = """
INSERT INTO flaw_thanks (id, customer_id, conversation_id, brand_id, improvement_id, words, flaw,
    message_id, by_id, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING
"""


class ImprovementStale(Conflict):
    """It was changed since it was looked at."""

    wording = "complaints.improvement_stale"


class WrongMove(Conflict):
    """An improvement cannot go from the one state to the other."""

    wording = "complaints.wrong_move"


class NotYourImprovement(Refused):
    """Only its owner, or who manages improvements, may change it."""

    wording = "complaints.not_your_improvement"


class WrongImprovement(Invalid):
    """Something of it cannot be: a reason, a window, an owner."""

    wording = "complaints.wrong_improvement"


class TooManyOpen(Invalid):
    """There are as many as anybody looks after."""

    wording = "complaints.too_many_open"


Title = Annotated[str, Meta(min_length=1, max_length=120)]
Words = Annotated[str, Meta(max_length=4000)]


class ImprovementText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed, as somebody writes it down; where it came from."""

    title: Title
    words: Words = ""
    kind: Kind = "root_cause"
    reason_id: UUID | None = None
    brand_id: UUID | None = None
    complaint_id: UUID | None = None
    policy_id: UUID | None = None
    owner_id: UUID | None = None
    due_on: date | None = None


class ImprovementChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an improvement shall be; the windows are the days it is measured over, both whole."""

    title: Title
    words: Words = ""
    kind: Kind
    reason_id: UUID | None = None
    brand_id: UUID | None = None
    owner_id: UUID | None = None
    due_on: date | None = None
    state: State
    before_from: date
    before_until: date
    after_from: date | None = None
    after_until: date | None = None
    check_words: Words = ""


class GapText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known gap: what helps meanwhile, and what a customer may be told."""

    title: Title
    workaround: Annotated[str, Meta(min_length=1, max_length=4000)]
    customer_words: Words = ""
    reason_id: UUID
    brand_id: UUID | None = None
    improvement_id: UUID | None = None
    until_on: date | None = None


async def open_improvement(tx: Transaction, item: ImprovementText, *, by: Actor) -> UUID:
    """Write down what is to be changed, and return its id.

    Whoever does not manage improvements proposes: nobody owns it yet. Errors: WordsNeeded,
    WrongImprovement, TooManyOpen.
    """
    if len(await improvement_list(tx, Actor.system(tx.organisation_id))) >= MOST_IMPROVEMENTS:
        raise TooManyOpen(most=MOST_IMPROVEMENTS)
    title, words = cleaned(item.title, "title"), cleaned(item.words, "words", needed=False)
    owner_id = item.owner_id if by.may(MANAGES) or by.kind != "member" else None
    await _need_known(tx, item.reason_id, item.brand_id, owner_id)
    improvement_id = new_id()
    before, _ = usual_windows(await today(tx), None)
    await tx.run(
        _OPEN, improvement_id, item.kind, title, words, item.reason_id, item.brand_id,
        item.complaint_id, item.policy_id, owner_id, item.due_on, before.from_on,
        before.until_on, by.id if by.kind == "member" else None, tx.now,
    )  # fmt: skip
    await record(
        tx,
        ImprovementOpened(
            improvement_id=improvement_id, kind=item.kind, reason_id=item.reason_id,
            owner_id=owner_id, complaint_id=item.complaint_id, due_on=item.due_on,
        ),
    )  # fmt: skip
    return improvement_id


async def change_improvement(
    tx: Transaction, *, improvement_id: UUID, item: ImprovementChange, version: int, by: Actor
) -> None:
    """Change or move an improvement; done, it is measured over the days after; checked, judged.

    Errors: ImprovementNotFound, NotYourImprovement, ImprovementStale, WrongMove, WordsNeeded,
    WrongImprovement.
    """
    old = await need_improvement(tx, improvement_id, by, lock=True)
    if not by.may(MANAGES) and old.owner_id != by.id:
        raise NotYourImprovement
    if old.version != version:
        raise ImprovementStale(version=old.version)
    if item.state != old.state and not may_move(old.state, item.state):
        raise WrongMove
    if not by.may(MANAGES) and item.owner_id != old.owner_id:
        raise NotYourImprovement
    await _need_known(
        tx,
        item.reason_id if item.reason_id != old.reason_id else None,
        item.brand_id if item.brand_id != old.brand_id else None,
        item.owner_id if item.owner_id != old.owner_id else None,
    )
    new = await _moved(tx, old, item)
    await tx.run(
        _CHANGE, new.id, new.kind, new.title, new.words, new.reason_id, new.brand_id,
        new.owner_id, new.due_on, new.state, new.before_from, new.before_until, new.after_from,
        new.after_until, new.effect, new.check_words, new.done_at, new.checked_at, version,
    )  # fmt: skip
    if new.state != old.state:
        await record(tx, ImprovementMoved(**_about(new), state=new.state, previous=old.state))
    if new.state == "checked" and old.state != "checked":
        await _tell_checked(tx, new)


async def _moved(tx: Transaction, old: ImprovementRow, item: ImprovementChange) -> ImprovementRow:
    """Return the row as it shall be, with the days after named where it is done."""
    given = msgspec.structs.asdict(item)
    given |= {
        "title": cleaned(item.title, "title"),
        "words": cleaned(item.words, "words", needed=False),
        "check_words": cleaned(item.check_words, "check_words", needed=False),
    }
    row = msgspec.structs.replace(old, **given)
    if row.state == "done" and old.state != "done":
        _, after = usual_windows(old.before_until, await today(tx))
        assert after is not None
        row = msgspec.structs.replace(
            row, done_at=tx.now, after_from=row.after_from or after.from_on,
            after_until=row.after_until or after.until_on,
        )  # fmt: skip
    elif row.state in ("open", "doing") and old.state in ("done", "checked"):
        row = msgspec.structs.replace(
            row, done_at=None, checked_at=None, effect=None, after_from=None, after_until=None
        )
    _need_windows(row)
    if row.state == "checked":
        _, _, change = await measured(tx, row)
        row = msgspec.structs.replace(
            row, checked_at=old.checked_at or tx.now, effect=change.effect if change else None
        )
    return row


def _need_windows(row: ImprovementRow) -> None:
    if not is_window(Window(row.before_from, row.before_until)):
        raise WrongImprovement(fields={"before_until": "complaints.wrong_window"})
    if (row.after_from is None) != (row.after_until is None):
        raise WrongImprovement(fields={"after_until": "complaints.wrong_window"})
    if row.after_from is None or row.after_until is None:
        return
    if not is_window(Window(row.after_from, row.after_until)) or (
        row.after_from <= row.before_until
    ):
        raise WrongImprovement(fields={"after_until": "complaints.wrong_window"})


async def _tell_checked(tx: Transaction, row: ImprovementRow) -> None:
    before, after, change = await measured(tx, row)
    await record(
        tx,
        ImprovementChecked(
            **_about(row),
            effect=change.effect if change else "too_few",
            before_contacts=before.contacts if before else 0,
            before_all=before.all if before else 0,
            after_contacts=after.contacts if after else 0,
            after_all=after.all if after else 0,
        ),
    )


async def add_gap(tx: Transaction, gap: GapText, *, by: Actor) -> UUID:
    """Register what is missing with what helps meanwhile. Errors: WordsNeeded, WrongImprovement.

    Errors: TooManyOpen, ImprovementNotFound.
    """
    if len(await known_gaps(tx, Actor.system(tx.organisation_id))) >= MOST_GAPS:
        raise TooManyOpen(most=MOST_GAPS)
    columns = await _gap_columns(tx, gap, by)
    gap_id = new_id()
    await tx.run(_ADD_GAP, gap_id, *columns, tx.now, by.id)
    await record(tx, KnownGapChanged(gap_id=gap_id, reason_id=gap.reason_id, what="created"))
    return gap_id


async def change_gap(
    tx: Transaction, *, gap_id: UUID, gap: GapText, version: int, by: Actor
) -> None:
    """Change a known gap. Errors: GapNotFound, ImprovementStale, and those of `add_gap`."""
    old = await need_gap(tx, gap_id, by)
    columns = await _gap_columns(tx, gap, by)
    if not await tx.run(_CHANGE_GAP, gap_id, *columns, version):
        raise ImprovementStale(version=old.version)
    await record(tx, KnownGapChanged(gap_id=gap_id, reason_id=gap.reason_id, what="updated"))


async def close_gap(tx: Transaction, *, gap_id: UUID, by: Actor) -> None:
    """End a gap: it is filled. Errors: GapNotFound."""
    old = await need_gap(tx, gap_id, by)
    await tx.run(_CLOSE_GAP, gap_id, tx.now)
    await record(tx, KnownGapChanged(gap_id=gap_id, reason_id=old.reason_id, what="closed"))


async def thank(
    tx: Transaction,
    *,
    conversation_id: UUID,
    client_id: UUID,
    words: str,
    flaw: str,
    improvement_id: UUID | None = None,
    by: Actor,
) -> UUID:
    """Thank a customer who showed what is wrong: the words go to him, the flaw is kept.

    Once for each client id. Errors: those of `conversations.reply`, WordsNeeded,
    ImprovementNotFound.
    """
    row = await timeline.need_conversation(tx, conversation_id, by)
    found = cleaned(flaw, "flaw")
    if improvement_id is not None:
        await need_improvement(tx, improvement_id, by)
    sent = await conversations.reply(
        tx, conversation_id=row.id, client_id=client_id, text=cleaned(words, "words"), by=by
    )
    new = await tx.run(
        _THANK, client_id, row.customer_id, row.id, row.brand_id, improvement_id, sent.text, found,
        sent.id, by.id, tx.now,
    )  # fmt: skip
    assert by.id is not None
    if new:
        await record(
            tx,
            CustomerThanked(
                thanks_id=client_id, conversation_id=row.id, customer_id=row.customer_id,
                agent_id=by.id, leg_id=row.leg_id, improvement_id=improvement_id,
            ),
        )  # fmt: skip
    return client_id


async def _gap_columns(tx: Transaction, gap: GapText, by: Actor) -> tuple[Any, ...]:
    await _need_known(tx, gap.reason_id, gap.brand_id, None)
    if gap.improvement_id is not None:
        await need_improvement(tx, gap.improvement_id, by)
    return (
        cleaned(gap.title, "title"), cleaned(gap.workaround, "workaround"),
        cleaned(gap.customer_words, "customer_words", needed=False), gap.reason_id, gap.brand_id,
        gap.improvement_id, gap.until_on,
    )  # fmt: skip


async def _need_known(
    tx: Transaction, reason_id: UUID | None, brand_id: UUID | None, owner_id: UUID | None
) -> None:
    if reason_id is not None:
        tree = (await timeline.reason_tree(tx)).nodes
        if reason_id not in {one.id for one in tree}:
            raise WrongImprovement(fields={"reason_id": "complaints.unknown_reason"})
    if brand_id is not None:
        await accounts.need_brand(tx, brand_id)
    if owner_id is not None:
        owner = (await accounts.member_briefs(tx, [owner_id])).get(owner_id)
        if owner is None or not owner.active:
            raise WrongImprovement(fields={"owner_id": "complaints.unknown_owner"})


def _about(row: ImprovementRow) -> dict[str, Any]:
    return {
        "improvement_id": row.id,
        "kind": row.kind,
        "reason_id": row.reason_id,
        "owner_id": row.owner_id,
    }
