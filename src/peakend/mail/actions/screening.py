"""Which mails are kept aside instead of becoming messages, and how they are let in after all.

Nothing is thrown away: what was kept aside is listed with what did it, and goes with its age.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.mail.events import MailBlockChanged, MailLetIn, MailMarkedSpam, MailScreeningChanged
from peakend.mail.ports import ReadMail, wire_address
from peakend.mail.queries import (
    believes_marks,
    is_blocked,
    is_person,
    need_block,
    need_brand_of_own,
    need_received,
)
from peakend.mail.rules import AS_PERSON, EVERYBODYS, ReceivedState, block_digest, block_of

_BLOCK = """
INSERT INTO mail_block (id, brand_id, kind, pattern, digest, reason, member_id, conversation_id,
                        customer_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (organisation_id, (coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid)),
             digest) DO UPDATE SET
    pattern = excluded.pattern, reason = excluded.reason, expires_at = excluded.expires_at,
    member_id = excluded.member_id, created_at = excluded.created_at
RETURNING id
"""
_MARK = """
UPDATE received_mail SET state = $2, code = $3
WHERE organisation_id = current_organisation() AND id = ANY($1) AND state = $4
RETURNING id
"""


class WrongBlock(Invalid):
    """What should be blocked is neither an address nor a domain."""

    wording = "mail.wrong_block"


class BlocksEverybody(Invalid):
    """That domain is a provider's at which half of all customers write."""

    wording = "mail.blocks_everybody"


class ExpiredAlready(Invalid):
    """A block that ends before now."""

    wording = "mail.block_expired"


class NotKeptAside(Conflict):
    """The mail was not kept aside, or is let in already."""

    wording = "mail.not_kept_aside"


class BlockText(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An address or a domain whose mails are not wanted, by one brand or by all (None)."""

    pattern: Annotated[str, Meta(min_length=1, max_length=254)]
    brand_id: UUID | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""
    expires_at: datetime | None = None


async def screened(tx: Transaction, *, brand_id: UUID, read: ReadMail) -> tuple[ReceivedState, str]:
    """Return as what a mail is kept, and why."""
    if read.code:
        return "attention", read.code
    if await is_blocked(tx, brand_id=brand_id, email=read.from_email):
        return "blocked", "blocked"
    if read.spam and await believes_marks(tx, brand_id):
        return "spam", "spam_marked"
    # What reports on a mail of ours is a program's, whoever sends it.
    told = read.automatic and read.bounce is None
    if told and await is_person(tx, brand_id=brand_id, email=read.from_email):
        return "received", AS_PERSON
    return "received", ""


async def block(
    tx: Transaction,
    *,
    block: BlockText,
    conversation_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> UUID:
    """Keep mails of an address or domain aside from now on; once more renews it.

    Errors: BrandNotFound, WrongBlock, BlocksEverybody, ExpiredAlready.
    """
    if block.brand_id is not None:
        await need_brand_of_own(tx, block.brand_id)
    kind, pattern = block_of(block.pattern) or ("", "")
    whole = wire_address(pattern if kind == "address" else f"x@{pattern}").lower()
    if kind not in ("address", "domain") or not whole:
        raise WrongBlock(fields={"pattern": "mail.wrong_block"})
    pattern = whole if kind == "address" else whole.removeprefix("x@")
    if kind == "domain" and pattern in EVERYBODYS:
        raise BlocksEverybody(fields={"pattern": "mail.blocks_everybody"})
    if block.expires_at is not None and block.expires_at <= tx.now:
        raise ExpiredAlready(fields={"expires_at": "mail.block_expired"})
    reason = " ".join(block.reason.split())
    member_id = tx.actor.id if tx.actor.kind == "member" else None
    block_id: UUID = await tx.value(
        _BLOCK, new_id(), block.brand_id, kind, pattern, block_digest(pattern), reason, member_id,
        conversation_id, customer_id, tx.now, block.expires_at,
    )  # fmt: skip
    await _tell(tx, block_id, "blocked")
    return block_id


async def lift_block(tx: Transaction, *, block_id: UUID) -> None:
    """Take mails of somebody again; what was kept aside stays there. Errors: BlockNotFound."""
    await need_block(tx, block_id)
    await _lift(tx, block_id)


async def lift_blocks_of(tx: Transaction, *, conversation_id: UUID) -> int:
    """Lift what was blocked out of a conversation, and return how much that was."""
    found: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(id), '{}') FROM mail_block"
        " WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
    )
    for block_id in found:
        await _lift(tx, block_id)
    return len(found)


async def _lift(tx: Transaction, block_id: UUID) -> None:
    await tx.run(
        "DELETE FROM mail_block WHERE organisation_id = current_organisation() AND id = $1",
        block_id,
    )
    await _tell(tx, block_id, "lifted")


async def _tell(tx: Transaction, block_id: UUID, what: str) -> None:
    await record(tx, MailBlockChanged(block_id=block_id, what=what))
    await audit(tx, f"mail_block.{what}", "mail_block", block_id)


async def believe_marks(tx: Transaction, *, brand_id: UUID, believes: bool) -> None:
    """Say whether a brand believes its mail server's marks of spam. Errors: BrandNotFound."""
    await need_brand_of_own(tx, brand_id)
    await tx.run(
        "INSERT INTO mail_screening (brand_id, believes) VALUES ($1, $2)"
        " ON CONFLICT (organisation_id, brand_id) DO UPDATE SET believes = $2",
        brand_id,
        believes,
    )
    await record(tx, MailScreeningChanged(brand_id=brand_id, believes=believes))
    await audit(tx, "mail_screening.changed", "brand", brand_id, {"believes": believes})


async def let_in(tx: Transaction, *, received_id: UUID) -> None:
    """Let a mail become a message that was kept aside, or that a program wrote.

    Errors: ReceivedNotFound, NotKeptAside.
    """
    found = await need_received(tx, received_id, lock=True)
    if not found.may_enter:
        raise NotKeptAside
    code = AS_PERSON if found.state == "received" else ""
    await _marked(tx, [received_id], "received", code, found.state)
    await record(tx, MailLetIn(received_id=received_id, brand_id=found.brand_id))
    await audit(tx, "received_mail.let_in", "received_mail", received_id)


async def mark_spam(tx: Transaction, *, received_ids: list[UUID], spam: bool = True) -> None:
    """Note of mails that somebody found them to be spam, or that they are none after all."""
    to: ReceivedState = "spam" if spam else "received"
    code = "spam_found" if spam else ""
    for received_id in await _marked(tx, received_ids, to, code, "received" if spam else "spam"):
        await record(tx, MailMarkedSpam(received_id=received_id, spam=spam))


async def _marked(
    tx: Transaction, ids: list[UUID], to: ReceivedState, code: str, was: str
) -> list[UUID]:
    rows = await tx.all(_Id, _MARK, ids, to, code, was)
    return [one.id for one in rows]


class _Id(msgspec.Struct, frozen=True):
    id: UUID
