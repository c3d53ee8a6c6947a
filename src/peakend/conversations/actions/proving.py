"""A customer shows in the chat that a mailbox is his: a code goes there, and he types it.

A link in a mail opens nothing by itself, as mails are forwarded: it says to which conversation, and
to which address, the code belongs. Whoever asks for a code is told the same, whether or not the
address is known here.
"""

import base64
import secrets
from datetime import timedelta
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from peakend.conversations.actions.continuing import go_on_in_chat
from peakend.conversations.actions.visiting import LinkNotGood, move_conversations
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import ConversationNotFound, need_conversation
from peakend.conversations.queries.continuing import linked_channel
from peakend.conversations.queries.settings import need_channel
from peakend.customers import actions as customers
from peakend.customers.queries import (
    current_customer,
    customer_briefs,
    customer_by_identity,
    customers_with,
    mail_identity,
    masked_address,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import blind, seal, unseal
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language
from peakend.mail.actions import queue_mail
from peakend.mail.ports import Person
from peakend.mail.queries import house_values, own_addresses, sending_brand

CODE_LIFE = timedelta(minutes=10)
LINK_LIFE = timedelta(days=30)

_OPEN = """
SELECT EXISTS (SELECT FROM conversation
               WHERE organisation_id = current_organisation() AND customer_id = $1
                 AND brand_id = $2 AND state <> 'closed')
"""
_KEEP = """
INSERT INTO mailbox_code (id, visitor_id, customer_id, conversation_id, address_sealed, code_digest,
                          until)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_TAKE = """
DELETE FROM mailbox_code
WHERE organisation_id = current_organisation() AND id = $1 AND visitor_id = $2
  AND code_digest = $3 AND until > $4
RETURNING customer_id, conversation_id, address_sealed
"""


class WrongCode(Conflict):
    """The code is another one, was used, or is too old."""

    wording = "conversations.wrong_code"


class CodeAsked(msgspec.Struct, frozen=True):
    """What the code is typed for; `seen` is a part of the address where a link names it."""

    id: UUID
    seen: str = ""


class _Target(msgspec.Struct, frozen=True):
    email: str
    customer_id: UUID
    conversation_id: UUID | None = None


class _Taken(msgspec.Struct, frozen=True):
    customer_id: UUID
    conversation_id: UUID | None
    address_sealed: bytes


async def ask_for_code(tx: Transaction, *, by: Actor, email: str = "", link: str = "") -> CodeAsked:
    """Send a code to the mailbox of a customer, named by himself or by a mail's link.

    Nothing is sent, and nothing said, where nobody with an open conversation of the brand is known
    by the address. Errors: LinkNotGood, ChannelNotHere.
    """
    assert by.channel_id is not None
    channel = await need_channel(tx, by.channel_id)
    brand_id = channel.brand_id or await sending_brand(tx)
    proof_id = new_id()
    if brand_id is None:
        return CodeAsked(proof_id)
    target = await (_linked(tx, link, by) if link else _named(tx, email, brand_id))
    if target is None:
        return CodeAsked(proof_id)
    code = f"{secrets.randbelow(10**6):06}"
    await tx.run(
        _KEEP, proof_id, by.id, target.customer_id, target.conversation_id,
        seal(target.email.encode(), _place(tx, proof_id)), _digest(proof_id, code),
        tx.now + CODE_LIFE,
    )  # fmt: skip
    await queue_mail(
        tx,
        brand_id=brand_id,
        kind="code",
        about=proof_id,
        to=Person(target.email),
        language="en" if best_language(by.language) == "en" else "zh-CN",
        values=await house_values(tx, brand_id) | {"code": code},
        customer_id=target.customer_id,
    )
    return CodeAsked(proof_id, masked_address(target.email) if link else "")


async def show_code(tx: Transaction, *, proof_id: UUID, code: str, by: Actor) -> Actor:
    """Take a code that was typed, once; return the visitor as whom he is now. Errors: WrongCode."""
    assert by.id is not None
    given = proof_id, by.id, _digest(proof_id, code.strip()), tx.now
    taken = await tx.one(_Taken, _TAKE, *given)
    if taken is None:
        raise WrongCode
    email = unseal(taken.address_sealed, _place(tx, proof_id)).decode()
    customer_id = await current_customer(tx, taken.customer_id, hold=True)
    found = await customers.prove_mailbox(
        tx, visitor_id=by.id, customer_id=customer_id, email=email
    )
    if found.joined and found.former_customer_id is not None:
        await move_conversations(tx, found.former_customer_id, customer_id)
    now = msgspec.structs.replace(by, customer_id=customer_id)
    if taken.conversation_id is not None:
        await go_on_in_chat(tx, conversation_id=taken.conversation_id, by=now)
    return now


async def mail_link(tx: Transaction, row: ConversationRecord, email: str) -> str:
    """Return the way from a mail to the brand's chat; empty where none is offered, or not safe."""
    channel = await linked_channel(tx, row.brand_id)
    if channel is None or not settings.public_url or not await _is_his(tx, row, email):
        return ""
    until = int((tx.now + LINK_LIFE).timestamp())
    sealed = seal(f"{until}.{row.id}.{email}".encode(), _link_place(tx, channel.id))
    link = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    # Behind the #: what stands there is sent to no server and stands in no log.
    return f"{settings.public_url}/w/{channel.key}#mail={link}"


async def _linked(tx: Transaction, link: str, by: Actor) -> _Target:
    assert by.channel_id is not None
    try:
        sealed = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
        text = unseal(sealed, _link_place(tx, by.channel_id)).decode()
        until, conversation_id, email = text.split(".", 2)
        row = await need_conversation(tx, UUID(conversation_id), Actor.system(tx.organisation_id))
    except (ValueError, InvalidTag, ConversationNotFound) as error:
        raise LinkNotGood from error
    if row.merged_into_id is not None:
        row = await need_conversation(tx, row.merged_into_id, Actor.system(tx.organisation_id))
    late = int(until) < tx.now.timestamp()
    if late or row.state == "closed" or not await _is_his(tx, row, email):
        raise LinkNotGood
    return _Target(email, row.customer_id, row.id)


async def _is_his(tx: Transaction, row: ConversationRecord, email: str) -> bool:
    return await _owner(tx, email) == await current_customer(tx, row.customer_id)


async def _named(tx: Transaction, email: str, brand_id: UUID) -> _Target | None:
    customer_id = await _owner(tx, email.strip())
    if customer_id is None or not await tx.value(_OPEN, customer_id, brand_id):
        return None
    return _Target(email.strip(), customer_id)


async def _owner(tx: Transaction, email: str) -> UUID | None:
    """Return who a mailbox shows somebody to be.

    An address that nobody proved leads to nobody who is known by something else: whoever typed it
    may have mistyped it, and its owner would see what is not his.
    """
    kind, value = mail_identity(email)
    if kind != "email" or email.lower() in {one.lower() for one in await own_addresses(tx)}:
        return None
    owner = await customer_by_identity(tx, kind, value)
    if owner is not None:
        return await current_customer(tx, owner)
    known = await customers_with(tx, kind, value)
    if len(known) != 1 or (await customer_briefs(tx, known))[known[0]].verified:
        return None
    return known[0]


async def sweep_codes(tx: Transaction) -> int:
    """Forget codes that are over."""
    return await tx.run(
        "DELETE FROM mailbox_code WHERE organisation_id = current_organisation() AND until < $1",
        tx.now,
    )


def address_key(email: str) -> str:
    """Return by what codes to one address are counted, without saying it."""
    return blind("mailbox/code/to", email.strip().lower()).hex()[:32]


def _digest(proof_id: UUID, code: str) -> bytes:
    return blind("mailbox/code", f"{proof_id}/{code}")


def _place(tx: Transaction, proof_id: UUID) -> str:
    return f"{tx.organisation_id}/mailbox_code/address/{proof_id}"


def _link_place(tx: Transaction, channel_id: UUID) -> str:
    return f"{tx.organisation_id}/mail-link/{channel_id}"
