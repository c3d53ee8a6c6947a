"""A visitor says yes to an invitation: the conversation begins with the agent's words.

It is the agent's who invited, unless that one has gone or has no room meanwhile: then it waits in
front of the queue, and a colleague goes on from those words.
"""

from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.routing.actions.passing import release
from peakend.routing.actions.taking import HeldByColleague, give
from peakend.routing.queries.seats import load_of, presence_of

SERVING = ("ready", "wrap_up")


async def open_tab(
    tx: Transaction, *, tab_id: UUID, channel_id: UUID, customer_id: UUID, language: str
) -> bool:
    """Note that a window was opened in a tab; say whether an invitation led into a conversation.

    Who is served by a colleague already stays there, and the invitation's words are not said.
    Errors: ChannelNotFound, TryAgain.
    """
    invitation = await conversations.open_tab(
        tx, tab_id=tab_id, channel_id=channel_id, customer_id=customer_id
    )
    if invitation is None:
        return False
    agent_id = invitation.member_id
    conversation_id = await conversations.start_conversation(
        tx, channel_id=channel_id, customer_id=customer_id, language=language
    )
    leg_id = None
    try:
        leg = await give(
            tx, conversation_id, agent_id, how="pick", may_exceed=True, may_take_over=False
        )
    except HeldByColleague:
        pass
    else:
        leg_id = leg.id
        await conversations.approved_reply(
            tx,
            conversation_id=conversation_id,
            client_id=invitation.id,
            text=invitation.text,
            writer_id=agent_id,
        )
    await conversations.accepted(
        tx, invitation, conversation_id=conversation_id, customer_id=customer_id, leg_id=leg_id
    )
    if leg_id is not None and not await _serves(tx, agent_id):
        agent = Actor(organisation_id=tx.organisation_id, kind="member", id=agent_id, scope="all")
        await release(tx, conversation_id=conversation_id, by=agent)
    return True


async def _serves(tx: Transaction, agent_id: UUID) -> bool:
    member = await accounts.need_member(tx, agent_id)
    if not member.active or (await presence_of(tx, agent_id)).state not in SERVING:
        return False
    return await load_of(tx, agent_id) <= member.capacity
