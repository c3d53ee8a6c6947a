"""What the steps of a macro may name: texts that render, and things that are there."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.automation.rules import Steps, is_shared_as_wide, steps_fault
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.routing import queries as lines


class WrongSteps(Invalid):
    """The steps of a macro do not fit together, or name what is not there."""

    wording = "automation.wrong_steps"


class CardOfFewer(Invalid):
    """The card of a macro is shared with fewer people than the macro itself."""

    wording = "automation.card_of_fewer"


async def checked_steps(
    tx: Transaction, given: Steps, scope: str, team_id: UUID | None, by: Actor
) -> Steps:
    """Return the steps as they are kept. Errors: WrongSteps, WrongTemplate, and what is missing."""
    steps = msgspec.structs.replace(
        given,
        reply=conversations.checked_template(given.reply) if given.reply.strip() else "",
        note=conversations.checked_template(given.note) if given.note.strip() else "",
        tag_ids=list(dict.fromkeys(given.tag_ids)),
    )
    fault = steps_fault(steps)
    if fault is not None:
        raise WrongSteps(fields={fault: "invalid"})
    known = {tag.id for tag in await shown.tags(tx)}
    if any(tag_id not in known for tag_id in steps.tag_ids):
        raise WrongSteps(fields={"tag_ids": "unknown"})
    await _check_card(tx, steps, scope, team_id, by)
    if steps.reason_id is not None:
        nodes = (await shown.reason_tree(tx)).nodes
        if not any(node.id == steps.reason_id and node.active for node in nodes):
            raise WrongSteps(fields={"reason_id": "unknown"})
    if steps.to is not None and steps.to.kind == "queue":
        await lines.need_queue(tx, steps.to.id)
    elif steps.to is not None and steps.to.kind == "team":
        await accounts.need_team(tx, steps.to.id)
    elif steps.to is not None:
        await accounts.need_member(tx, steps.to.id)
    return steps


async def _check_card(
    tx: Transaction, steps: Steps, scope: Any, team_id: UUID | None, by: Actor
) -> None:
    if steps.rich_template_id is None:
        return
    try:
        card = await shown.rich_template(tx, steps.rich_template_id, by)
    except shown.RichTemplateNotFound:
        raise WrongSteps(fields={"rich_template_id": "unknown"}) from None
    if not is_shared_as_wide(scope, team_id, card.scope, card.team_id):
        raise CardOfFewer(fields={"rich_template_id": "automation.card_of_fewer"})
