"""What a card must hold before it is kept or sent, and whose pictures stand on it."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.conversations.queries.canned import need_canned_reply
from peakend.conversations.queries.rich import need_rich_template
from peakend.conversations.rules import rich as rules
from peakend.conversations.rules.filling import example, kept_faults, worded
from peakend.conversations.rules.rich import Rich, TooLong
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.files import copy_files, own_files
from peakend.kernel.kept_files import kept_pictures

TEMPLATE = "template"


class WrongRich(Invalid):
    """A part is empty, a link is not https, or a step is behind the last."""

    wording = "conversations.wrong_rich"


class CardTooLong(Invalid):
    """A part of a card is longer than it may be, perhaps only once it is filled in."""

    wording = "conversations.card_too_long_title"

    def __init__(self, about: TooLong) -> None:
        super().__init__(fields={about.part: "long"}, most=about.most, long=about.long)
        # Which part it is belongs into the sentence, in either language.
        self.wording = worded(about)[0]


class WrongCardTemplate(Invalid):
    """A card uses variables that there are not."""

    wording = "conversations.wrong_template"


def checked_rich(content: Rich, *, bare: bool = False, kept: bool = False) -> Rich:
    """Return the content tidied; `bare` has its words elsewhere, one that is `kept` has variables.

    Errors: WrongRich, CardTooLong, WrongCardTemplate.
    """
    tidied = rules.tidy(content)
    if bare:
        tidied = msgspec.structs.replace(tidied, intro="")
    wrong = kept_faults(tidied) if kept else rules.faults(tidied)
    if bare and wrong.get("intro") == "empty":
        del wrong["intro"]
    if "template" in wrong.values():
        raise WrongCardTemplate(fields=dict.fromkeys(wrong, "conversations.wrong_template"))
    if long := "long" in wrong.values() and rules.too_long(example(tidied) if kept else tidied):
        raise CardTooLong(long)
    if wrong:
        raise WrongRich(fields=dict.fromkeys(wrong, "conversations.wrong_rich"))
    return tidied


async def with_own_pictures(
    tx: Transaction,
    content: Rich,
    template_id: UUID | None,
    canned_reply_id: UUID | None,
    by: Actor,
    known: Collection[UUID],
) -> tuple[Rich, list[UUID]]:
    """Return the content with pictures that are the sender's: those kept elsewhere are copied.

    A picture that is taken back with its message must not vanish from where it is kept.
    """
    for one in await _lent(tx, template_id, canned_reply_id, by):
        wanted = set(rules.pictures(content))
        theirs = [picture for picture in rules.pictures(one) if picture in wanted]
        content = rules.with_pictures(content, await copy_files(tx, theirs, purpose="message"))
    files = rules.pictures(content)
    await _need_pictures(tx, [one for one in files if one not in known])
    return content, files


async def pictures_at_hand(
    tx: Transaction,
    content: Rich,
    template_id: UUID | None,
    canned_reply_id: UUID | None,
    by: Actor,
) -> list[UUID]:
    """Return the sender's own pictures; the others are lent by a template or a canned reply.

    Errors: FileNotFound, WrongRich, RichTemplateNotFound, CannedReplyNotFound.
    """
    lent = {
        picture
        for one in await _lent(tx, template_id, canned_reply_id, by)
        for picture in rules.pictures(one)
    }
    own = [one for one in rules.pictures(content) if one not in lent]
    await _need_pictures(tx, own)
    return own


async def _lent(
    tx: Transaction, template_id: UUID | None, canned_reply_id: UUID | None, by: Actor
) -> list[Rich]:
    lent: list[Rich | None] = []
    if template_id is not None:
        lent.append((await need_rich_template(tx, template_id, by)).content)
    if canned_reply_id is not None:
        lent.append((await need_canned_reply(tx, canned_reply_id, by)).card)
    return [one for one in lent if one is not None]


async def with_kept_pictures(tx: Transaction, content: Rich, old: Rich | None, by: Actor) -> Rich:
    """Return the content with its own pictures: what was kept stays, others are new.

    Who edits for everybody may also take what the house has kept already, as a table brings it.
    """
    known = set(rules.pictures(old)) if old is not None else set()
    new = [one for one in rules.pictures(content) if one not in known]
    house = await kept_pictures(tx, new, TEMPLATE) if by.may("knowledge.edit") else set()
    await _need_pictures(tx, [one for one in new if one not in house])
    return rules.with_pictures(content, await copy_files(tx, new, purpose=TEMPLATE))


async def _need_pictures(tx: Transaction, ids: list[UUID]) -> None:
    """Refuse files that are not this person's pictures. Errors: FileNotFound, WrongRich."""
    if any(file.kind != "image" for file in await own_files(tx, ids)):
        raise WrongRich(fields={"file_id": "conversations.wrong_rich"})
