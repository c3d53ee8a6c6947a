"""The customer's progress page: its link made, sent and revoked, and what he adds there."""

from uuid import UUID

from peakend.accounts.queries import home_of, organisation
from peakend.cases.actions.entries import add_entry
from peakend.cases.actions.urges import Urged, followed, urge
from peakend.cases.events.urges import (
    ProgressLinkMade,
    ProgressLinkRevoked,
    ProgressLinkSent,
)
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import CaseIsClosed, need_case
from peakend.cases.queries.progress import ProgressLink, link_url, need_link, standing_link
from peakend.cases.rules.cases import shown_number
from peakend.cases.rules.progress import LINK_LIFE, LONGEST_ADDED, MOST_PICTURES
from peakend.conversations import actions as conversations
from peakend.conversations.queries import need_conversation
from peakend.customers.queries import current_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.files import save_file
from peakend.kernel.filetypes import SHOWN, mime_of
from peakend.kernel.ids import new_id
from peakend.kernel.words import LANGUAGES, word


class LinkForOther(Invalid):
    """The conversation is another customer's."""

    wording = "cases.other_customer"


class NotAPicture(Invalid):
    """Only pictures are taken here."""

    wording = "cases.not_a_picture"


class TooManyPictures(Conflict):
    """No more pictures are taken with this link."""

    wording = "cases.too_many_pictures"


class NothingAdded(Invalid):
    """There is neither a picture nor a word."""

    wording = "cases.nothing_added"


async def make_link(
    tx: Transaction, *, case_id: UUID, by: Actor, language: str | None = None
) -> ProgressLink:
    """Return the link to a case's progress page, a new one where none holds.

    Errors: CaseNotFound, CaseIsClosed.
    """
    row = await need_case(tx, case_id, by, lock=True)
    if row.state == "closed":
        raise CaseIsClosed
    known = await standing_link(tx, case_id)
    if known is not None:
        return known
    link_id = new_id()
    tongue = language if language in LANGUAGES else (await organisation(tx)).language
    await tx.run(
        "INSERT INTO progress_link (id, case_id, language, made_at, made_by, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        link_id, case_id, tongue, tx.now, by.id, tx.now + LINK_LIFE,
    )  # fmt: skip
    await record(tx, ProgressLinkMade(**followed(row), link_id=link_id))
    made = await standing_link(tx, case_id)
    assert made is not None
    return made


async def send_link(
    tx: Transaction,
    *,
    case_id: UUID,
    conversation_id: UUID,
    by: Actor,
    client_id: UUID,
    words: str = "",
) -> UUID:
    """Send the link into a conversation of the same customer, as a message of who holds it.

    Errors: CaseNotFound, CaseIsClosed, ConversationNotFound, LinkForOther, and those of
    `reply`.
    """
    row = await need_case(tx, case_id, by)
    talk = await need_conversation(tx, conversation_id, by)
    if not await _same(tx, talk.customer_id, row.customer_id):
        raise LinkForOther(fields={"conversation_id": "cases.other_customer"})
    link = await make_link(tx, case_id=case_id, by=by, language=talk.language)
    home = await home_of(tx, row.brand_id) if row.brand_id else None
    text = words.strip() or word(
        "cases.progress_message", talk.language, number=shown_number(row.number)
    )
    message = await conversations.reply(
        tx,
        conversation_id=conversation_id,
        client_id=client_id,
        text=f"{text}\n{link_url(link.token, home)}",
        by=by,
    )
    await tx.run(
        "UPDATE progress_link SET sent_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        link.id, tx.now,
    )  # fmt: skip
    await record(tx, ProgressLinkSent(**followed(row, conversation_id), link_id=link.id))
    return message.id


async def revoke_link(tx: Transaction, *, case_id: UUID, by: Actor) -> None:
    """Let the links of a case lead nowhere from now on. Errors: CaseNotFound."""
    row = await need_case(tx, case_id, by, lock=True)
    known = await standing_link(tx, case_id)
    if known is None:
        return
    await tx.run(
        "UPDATE progress_link SET revoked_at = $2, revoked_by = $3"
        " WHERE organisation_id = current_organisation() AND case_id = $1 AND revoked_at IS NULL",
        case_id, tx.now, by.id,
    )  # fmt: skip
    await record(tx, ProgressLinkRevoked(**followed(row), link_id=known.id))


async def urge_on_page(tx: Transaction, *, link_id: UUID, words: str = "") -> Urged:
    """Take a customer's urge from his page. Errors: LinkOver, CaseIsClosed."""
    _, row = await need_link(tx, link_id)
    return await urge(tx, case_id=row.id, by="customer", channel="progress", words=words)


async def add_on_page(
    tx: Transaction, *, link_id: UUID, words: str, picture: bytes, name: str
) -> UUID:
    """Take a picture, or words, from a customer's page into the case.

    Counts: six pictures with one link. Errors: LinkOver, CaseIsClosed, NothingAdded, NotAPicture,
    TooManyPictures, FileTooLarge, FileBroken.
    """
    link, row = await need_link(tx, link_id, lock=True)
    if row.state == "closed":
        raise CaseIsClosed
    words = words.replace("\x00", "").strip()[:LONGEST_ADDED]
    if not picture and not words:
        raise NothingAdded
    files: list[UUID] = []
    if picture:
        files.append(await _picture(tx, row, link.pictures, picture, name))
        await tx.run(
            "UPDATE progress_link SET pictures = pictures + 1"
            " WHERE organisation_id = current_organisation() AND id = $1",
            link_id,
        )
    return await add_entry(tx, row.id, "customer", words, "customer", files=files)


async def _picture(tx: Transaction, row: CaseRow, known: int, picture: bytes, name: str) -> UUID:
    if known >= MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    if SHOWN.get(mime_of(picture)) != "image":
        raise NotAPicture
    return (await save_file(tx, picture, name, purpose="case")).id


async def _same(tx: Transaction, one: UUID, other: UUID) -> bool:
    return one == other or await current_customer(tx, one) == await current_customer(tx, other)
