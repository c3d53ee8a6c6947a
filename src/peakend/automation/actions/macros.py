"""Keeping macros, and running one: every step through the action a hand would use, or none."""

from typing import Any
from uuid import UUID, uuid5

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist import actions as assist
from peakend.automation.actions.checking import checked_steps
from peakend.automation.events import MacroChanged, MacroRun
from peakend.automation.models import Macro
from peakend.automation.queries import Preview, Step, need_macro, plan
from peakend.automation.rules import MOST_MACROS, Steps, order
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.conversations.queries import ConversationRecord, RichTemplate, introduced
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.language.queries import typed
from peakend.routing import actions as routing


class NotYourMacro(Refused):
    """Only its owner, or who edits knowledge, may change a macro."""

    wording = "automation.not_your_macro"


class MacroStale(Conflict):
    """The macro was changed since it was looked at."""

    wording = "automation.macro_stale"


class MacroBlocked(Conflict):
    """A step is not possible or not allowed, so none is done."""

    wording = "automation.blocked"


class NothingToDo(Invalid):
    """Without its texts the macro would do nothing."""

    wording = "automation.nothing_to_do"


class SolvedNeeded(Invalid):
    """Whoever closes says whether it is solved."""

    wording = "automation.solved_needed"


class TooManyMacros(Invalid):
    """There are as many macros as there may be."""

    wording = "automation.too_many_macros"


async def add_macro(
    tx: Transaction,
    *,
    shortcut: str,
    title: str,
    steps: Steps,
    scope: str,
    team_id: UUID | None,
    language: str,
    by: Actor,
) -> UUID:
    """Add a macro for everybody, a team or oneself.

    Errors: NotYourMacro, WrongSteps, WrongTemplate, TooManyMacros, TeamNotFound, Invalid.
    """
    count = await tx.value(
        "SELECT count(*) FROM macro WHERE organisation_id = current_organisation()"
    )
    if count >= MOST_MACROS:
        raise TooManyMacros(most=MOST_MACROS)
    macro_id = new_id()
    await tx.run(
        """
        INSERT INTO macro (id, shortcut, title, typed, language, steps, scope, team_id, member_id,
                           updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        macro_id,
        *await _kept(tx, shortcut, title, language, steps, scope, team_id, None, by),
        tx.now,
    )
    await record(tx, MacroChanged(macro_id=macro_id, what="created"))
    return macro_id


async def change_macro(
    tx: Transaction, *, macro_id: UUID, changes: dict[str, Any], by: Actor, version: int | None
) -> None:
    """Change some of shortcut, title, steps, scope, team_id, language.

    Errors: MacroNotFound, NotYourMacro, MacroStale, WrongSteps, WrongTemplate, Invalid.
    """
    old = await _need_own(tx, macro_id, by)
    if version is not None and old.version != version:
        raise MacroStale(version=old.version)
    new = msgspec.structs.replace(old, **changes)
    changed = await tx.run(
        """
        UPDATE macro SET
            shortcut = $2, title = $3, typed = $4, language = $5, steps = $6, scope = $7,
            team_id = $8, member_id = $9, updated_at = $10, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1 AND version = $11
        """,
        macro_id,
        *await _kept(
            tx, new.shortcut, new.title, new.language, new.steps, new.scope, new.team_id,
            old.member_id, by,
        ),
        tx.now,
        old.version,
    )  # fmt: skip
    if not changed:
        raise MacroStale(version=old.version + 1)
    await record(tx, MacroChanged(macro_id=macro_id, what="updated"))


async def delete_macro(tx: Transaction, *, macro_id: UUID, by: Actor) -> None:
    """Delete a macro. Errors: MacroNotFound, NotYourMacro."""
    await _need_own(tx, macro_id, by)
    await tx.run(
        "DELETE FROM macro WHERE organisation_id = current_organisation() AND id = $1", macro_id
    )
    await record(tx, MacroChanged(macro_id=macro_id, what="deleted"))


async def _need_own(tx: Transaction, macro_id: UUID, by: Actor) -> Macro:
    old = await need_macro(tx, macro_id, by, to_edit=True)
    if old.scope != "own" and not by.may("knowledge.edit"):
        raise NotYourMacro
    return old


async def _kept(
    tx: Transaction,
    shortcut: str,
    title: str,
    language: str,
    steps: Steps,
    scope: str,
    team_id: UUID | None,
    owner_id: UUID | None,
    by: Actor,
) -> tuple[Any, ...]:
    """Return the columns of a macro, each checked."""
    if not await conversations.may_share(tx, by, scope, team_id):
        raise NotYourMacro
    name = conversations.checked_name(title, 80)
    return (
        conversations.checked_name(shortcut, 40),
        name,
        typed(name),
        language,
        msgspec.to_builtins(await checked_steps(tx, steps, scope, team_id, by)),
        scope,
        team_id if scope == "team" else None,
        (owner_id or by.id) if scope == "own" else None,
    )


async def run_macro(
    tx: Transaction,
    *,
    run_id: UUID,
    macro_id: UUID,
    conversation_id: UUID,
    by: Actor,
    macro_version: int,
    version: int,
    reply: str | None = None,
    card_version: int | None = None,
    note: str | None = None,
    reason_id: UUID | None = None,
    solved: bool | None = None,
) -> None:
    """Do every step of a macro, once for each run id, as it was previewed, or none of them.

    Texts that are given take the place of the macro's own; an empty one leaves its step out.
    Errors: MacroNotFound, MacroStale, MacroBlocked, NothingToDo, SolvedNeeded, ReasonNeeded,
    ConversationNotFound, ConversationStale, and those of the steps.
    """
    macro = await need_macro(tx, macro_id, by)
    await shown.need_conversation(tx, conversation_id, by)
    begun = await tx.run(
        "INSERT INTO macro_run (id, conversation_id, macro_id, member_id, at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        run_id,
        conversation_id,
        macro_id,
        by.id,
        tx.now,
    )
    if not begun:
        return
    steps = macro.steps
    await _hold(tx, steps, conversation_id, by)
    row = await shown.need_version(tx, conversation_id, by, version)
    preview = await plan(tx, macro, row, by)
    _need_seen(preview, macro_version, card_version)
    wanted = _as_wanted(steps, preview, reply, note, reason_id, solved)
    done = await _do_all(tx, wanted, preview, row, run_id, by)
    edited = (wanted.reply, wanted.note) != (preview.reply or "", preview.note or "")
    await record(
        tx,
        MacroRun(
            run_id=run_id,
            macro_id=macro_id,
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            agent_id=by.id or run_id,
            leg_id=row.leg_id if row.agent_id == by.id else None,
            steps=done,
            edited=edited,
        ),
    )


def _need_seen(preview: Preview, macro_version: int, card_version: int | None) -> None:
    """Make sure that macro and card are those that were looked at. Errors: MacroStale."""
    card = preview.card
    other = card is not None and card_version is not None and card.version != card_version
    if other or preview.macro_version != macro_version:
        raise MacroStale(version=preview.macro_version)


async def _hold(tx: Transaction, steps: Steps, conversation_id: UUID, by: Actor) -> None:
    """Lock whose load will change before the conversation, in the order that routing keeps."""
    if not steps.take and steps.end not in ("transfer", "assign"):
        return
    members = [by.id] if steps.take and by.id else []
    if steps.to is not None and steps.to.kind == "agent":
        members += [*(await accounts.member_briefs(tx, [steps.to.id]))]
    await routing.lock_hands(tx, conversation_id, members)


def _as_wanted(
    steps: Steps,
    preview: Preview,
    reply: str | None,
    note: str | None,
    reason_id: UUID | None,
    solved: bool | None,
) -> Steps:
    """Return the steps with what the person made of them. Errors: Invalid, and what is needed."""
    if (reply and not steps.reply) or (note and not steps.note and steps.end != "transfer"):
        raise Invalid(fields={"reply" if reply and not steps.reply else "note": "unexpected"})
    wanted = msgspec.structs.replace(
        steps,
        reply=(preview.reply or "") if reply is None else reply.strip(),
        note=(preview.note or "") if note is None else note.strip(),
        reason_id=(steps.reason_id or reason_id) if steps.end == "close" else steps.reason_id,
        solved=solved if preview.needs_solved else steps.solved,
    )
    if preview.needs_solved and solved is None:
        raise SolvedNeeded(fields={"solved": "required"})
    if preview.needs_reason and reason_id is None:
        raise conversations.ReasonNeeded(fields={"reason_id": "required"})
    if preview.needs_note and not wanted.note:
        raise routing.NoteNeeded(fields={"note": "routing.note_needed"})
    left = order(wanted)
    if not left:
        raise NothingToDo
    blocked = next((step for step in preview.steps if step.blocked and step.what in left), None)
    if blocked is not None:
        raise MacroBlocked(why=blocked.blocked)
    return wanted


async def _do_all(
    tx: Transaction,
    wanted: Steps,
    preview: Preview,
    row: ConversationRecord,
    run_id: UUID,
    by: Actor,
) -> tuple[str, ...]:
    """Do the steps in their order and return their names."""
    here = row.id
    planned = {step.what: step for step in preview.steps}
    if "take" in planned:
        await routing.pick(tx, conversation_id=here, by=by)
    card = preview.card if "card" in planned else None
    waits = preview.waits and bool(wanted.reply or card)
    if waits:
        await _ask(tx, wanted.reply, card, here, run_id, by)
    elif wanted.reply:
        await conversations.reply(
            tx, conversation_id=here, client_id=run_id, text=wanted.reply, by=by
        )
    if card is not None and not waits:
        await conversations.send_rich(
            tx,
            conversation_id=here,
            client_id=uuid5(run_id, "card"),
            content=card.content,
            template_id=card.id,
            by=by,
        )
    # The word for a colleague goes with the transfer, as it does by hand.
    if wanted.note and wanted.end != "transfer":
        note_id = uuid5(run_id, "note")
        await conversations.note(
            tx, conversation_id=here, client_id=note_id, text=wanted.note, by=by
        )
    if wanted.tag_ids:
        has = [tag.id for tag in (await shown.rows(tx, [here], None))[0].tags]
        await conversations.tag(tx, conversation_id=here, tag_ids=[*has, *wanted.tag_ids], by=by)
    # Who closes says the reason with it, as by hand.
    if wanted.reason_id is not None and wanted.end != "close":
        await conversations.set_reason(tx, conversation_id=here, reason_id=wanted.reason_id, by=by)
    if wanted.priority is not None:
        await conversations.set_priority(tx, conversation_id=here, priority=wanted.priority, by=by)
    await _end(tx, wanted, planned, here, by)
    return tuple(what for what in order(wanted) if what != "take" or what in planned)


async def _ask(
    tx: Transaction, reply: str, card: RichTemplate | None, here: UUID, run_id: UUID, by: Actor
) -> None:
    """Let reply and card wait for a senior as one: only one waits in a conversation."""
    given: dict[str, Any] = {"text": reply}
    if card is not None:
        content = introduced(card.content, reply)
        if content is None:
            raise Invalid(fields={"reply": "automation.reply_too_long"})
        given = {"content": content, "template_id": card.id}
    await assist.ask_approval(tx, conversation_id=here, client_id=run_id, by=by, **given)


async def _end(
    tx: Transaction, wanted: Steps, planned: dict[Any, Step], here: UUID, by: Actor
) -> None:
    if wanted.end == "transfer" and wanted.to is not None:
        await routing.transfer(
            tx,
            conversation_id=here,
            kind=wanted.to.kind,
            to_id=wanted.to.id,
            note=wanted.note,
            version=None,
            by=by,
        )
    elif wanted.end == "assign" and wanted.to is not None:
        await routing.assign(tx, conversation_id=here, agent_id=wanted.to.id, by=by)
    elif wanted.end == "snooze":
        until = planned["snooze"].at
        assert until is not None
        await conversations.snooze(tx, conversation_id=here, until=until, by=by)
    elif wanted.end == "close":
        await conversations.close(
            tx, conversation_id=here, by=by, reason_id=wanted.reason_id, solved=wanted.solved
        )
