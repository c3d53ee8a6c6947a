"""Changes that need two people: proposing, confirming, refusing; and whether the house asks so."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post, put
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.proposals import GUARDED, alone_at
from peakend.accounts.api.cookies import device
from peakend.accounts.api.members import link_of
from peakend.accounts.models import ProposalRow, ProposalState
from peakend.accounts.rules import API_KEY_PREFIX
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs, signed_in


class NewProposal(Struct, forbid_unknown_fields=True):
    """What somebody would like to change, in the words of the route, and why."""

    kind: Annotated[str, Meta(min_length=1, max_length=60)]
    body: dict[str, Any]
    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class ProposalView(Struct, frozen=True):
    """A proposed change; `alone_at` is from when on its author may confirm it himself, if ever."""

    id: UUID
    kind: str
    body: dict[str, Any]
    reason: str
    proposed_by: UUID
    created_at: datetime
    expires_at: datetime
    state: ProposalState
    decided_by: UUID | None
    decided_at: datetime | None
    alone_at: datetime | None


class Confirmed(Struct, frozen=True):
    """What came of it: a link to hand on or a key, where one was made; it is shown once."""

    link: str | None
    key: str | None


class TwoPersonRule(Struct, frozen=True):
    """Whether dangerous changes need two people, and how many others could confirm."""

    active: bool
    others: int


class TwoPersonSwitch(Struct, forbid_unknown_fields=True):
    """Whether dangerous changes shall need two people."""

    active: bool


@get("/proposals", opt=signed_in())
async def list_proposals(actor: Actor, tx: Transaction) -> list[ProposalView]:
    """Return the changes that one proposed or could confirm, newest first."""
    return [
        await _view(tx, one)
        for one in await queries.proposals(tx)
        if one.proposed_by == actor.id or _may(actor, one.kind)
    ]


@post("/proposals", opt=signed_in())
async def propose(
    request: Request[Any, Any, Any], tx: Transaction, data: NewProposal
) -> ProposalView:
    """Ask a second person for a change that nobody does alone here."""
    address = device(request).address
    proposal_id = await actions.propose(
        tx, kind=data.kind, body=data.body, reason=data.reason, address=address
    )
    return await _view(tx, await queries.need_proposal(tx, proposal_id))


@post("/proposals/{proposal_id:uuid}/confirmations", status_code=200, opt=signed_in())
async def confirm(request: Request[Any, Any, Any], tx: Transaction, proposal_id: UUID) -> Confirmed:
    """Do what somebody else proposed."""
    secret = await actions.confirm(tx, proposal_id=proposal_id, address=device(request).address)
    if secret is not None and secret.startswith((API_KEY_PREFIX, "whsec_")):
        return Confirmed(None, secret)
    return Confirmed(link_of(secret).link if secret else None, None)


@post("/proposals/{proposal_id:uuid}/refusals", status_code=204, opt=signed_in())
async def decline(tx: Transaction, proposal_id: UUID) -> None:
    """Refuse what somebody proposed, or take one's own back."""
    await actions.decline(tx, proposal_id=proposal_id)


@get("/two-person-rule", opt=needs("settings.manage"))
async def read_rule(actor: Actor, tx: Transaction) -> TwoPersonRule:
    """Return whether dangerous changes need two people."""
    others = await queries.others_who_may(tx, "accounts.manage", actor.id)
    return TwoPersonRule(await queries.two_person_rule(tx), others)


@put("/two-person-rule", opt=needs("settings.manage"))
async def set_rule(actor: Actor, tx: Transaction, data: TwoPersonSwitch) -> TwoPersonRule:
    """Ask for two people, or no longer; turning it off is itself such a change."""
    await actions.set_two_person_rule(tx, active=data.active)
    others = await queries.others_who_may(tx, "accounts.manage", actor.id)
    return TwoPersonRule(await queries.two_person_rule(tx), others)


def _may(actor: Actor, kind: str) -> bool:
    return kind in GUARDED and actor.may(GUARDED[kind].permission)


async def _view(tx: Transaction, one: ProposalRow) -> ProposalView:
    alone = None
    if one.state == "open" and one.kind in GUARDED:
        others = await queries.others_who_may(tx, GUARDED[one.kind].permission, one.proposed_by)
        alone = None if others else alone_at(one)
    return ProposalView(**msgspec.structs.asdict(one), alone_at=alone)


routes: list[Any] = [list_proposals, propose, confirm, decline, read_rule, set_rule]
