"""A visitor of the web channel: coming, being recognised, coming back by a signed link."""

import base64
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from peakend.conversations.actions.closing import close
from peakend.conversations.queries.visitor import KeyedChannel, identity_secret
from peakend.customers import actions as customers
from peakend.customers.queries import customer_briefs, verify_identity
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound, Refused
from peakend.kernel.secrets import seal, unseal

LINK_LIFE = timedelta(days=7)

_CLOSE_DOUBLE = """
SELECT theirs.id
FROM conversation mine
JOIN conversation theirs
    ON theirs.organisation_id = mine.organisation_id
    AND theirs.channel_id = mine.channel_id AND theirs.customer_id = $2
    AND theirs.state <> 'closed' AND NOT theirs.beside
WHERE mine.organisation_id = current_organisation()
  AND mine.customer_id = $1 AND mine.state <> 'closed'
  AND NOT mine.beside
"""


class LinkNotGood(NotFound):
    """The link is not ours, or too old."""

    wording = "conversations.link_not_good"


class IdentityRequired(Refused):
    """This channel is for signed-in customers of the host page only."""

    wording = "conversations.identity_required"


class VisitBegun(msgspec.Struct, frozen=True):
    """What a new or resumed session knows."""

    token: str
    actor: Actor
    identified: bool


class _Double(msgspec.Struct, frozen=True):
    id: UUID


async def begin_visit(
    tx: Transaction,
    *,
    channel: KeyedChannel,
    language: str,
    token: str | None = None,
    identity: dict[str, Any] | None = None,
) -> VisitBegun:
    """Begin or resume a visit; a good signature of the host page makes the customer known."""
    visit = await customers.start_visit(tx, channel_id=channel.id, language=language, token=token)
    actor = Actor(
        organisation_id=channel.organisation_id,
        kind="visitor",
        id=visit.visitor_id,
        language=language,
        customer_id=visit.customer_id,
        channel_id=channel.id,
    )
    if identity is None:
        return VisitBegun(visit.token, actor, identified=False)
    customer_id, verified = await identify(tx, by=actor, channel_id=channel.id, identity=identity)
    known = msgspec.structs.replace(actor, customer_id=customer_id)
    return VisitBegun(visit.token, known, identified=verified)


async def identify(
    tx: Transaction, *, by: Actor, channel_id: UUID, identity: dict[str, Any]
) -> tuple[UUID, bool]:
    """Believe who a visitor says to be as far as the signature goes; return whose visit it is.

    What the visitor wrote before signing in goes along; another person's conversations never show.
    """
    assert by.id is not None
    secret = await identity_secret(tx, channel_id)
    claim = verify_identity(secret.decode() if secret else "", identity, tx.now)
    found = await customers.identify(tx, visitor_id=by.id, claim=claim)
    if found.joined and found.former_customer_id is not None:
        await move_conversations(tx, found.former_customer_id, found.customer_id)
    return found.customer_id, claim.verified


async def move_conversations(tx: Transaction, former_id: UUID, customer_id: UUID) -> None:
    """Let an anonymous customer's conversations be those of the customer it turned out to be.

    A customer has one open conversation a channel: the one that is being written goes on.
    """
    system = Actor.system(tx.organisation_id)
    doubles = await tx.all(_Double, _CLOSE_DOUBLE, former_id, customer_id)
    for double in doubles:
        await close(tx, conversation_id=double.id, by=system)
    await tx.run(
        "UPDATE conversation SET customer_id = $2, version = version + 1 "
        "WHERE organisation_id = current_organisation() AND customer_id = $1",
        former_id,
        customer_id,
    )


async def need_identified(tx: Transaction, customer_id: UUID) -> None:
    """Let only customers pass for whom the host page vouched. Errors: IdentityRequired."""
    brief = (await customer_briefs(tx, [customer_id])).get(customer_id)
    if brief is None or not brief.verified:
        raise IdentityRequired


def resume_link(channel: KeyedChannel, visitor_token: str, now: datetime) -> str:
    """Return what stands behind a link with which the visit goes on elsewhere.

    The token is sealed in it together with its end, so the link is no token after its week.
    """
    expires = int((now + LINK_LIFE).timestamp())
    sealed = seal(f"{expires}.{visitor_token}".encode(), _link_place(channel))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def resumed_token(channel: KeyedChannel, link: str, now: datetime) -> str:
    """Return the visitor token of a link. Errors: LinkNotGood."""
    try:
        sealed = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
        expires, _, token = unseal(sealed, _link_place(channel)).decode().partition(".")
    except (ValueError, InvalidTag) as error:
        raise LinkNotGood from error
    if int(expires) < now.timestamp():
        raise LinkNotGood
    return token


def _link_place(channel: KeyedChannel) -> str:
    return f"{channel.organisation_id}/resume/{channel.id}"
