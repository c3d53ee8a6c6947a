"""Routes of programs by which people write: their mails count as a person's."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post
from msgspec import Meta, Struct

from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.mail import actions, queries
from peakend.mail.api.screening import Made
from peakend.mail.models import PersonSender

Cursor = Annotated[str, Meta(max_length=200)]
Limit = Annotated[int, Meta(ge=1, le=100)]
_NEEDS = needs("channels.manage")


class PersonGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail whose sender is taken for a person from now on."""

    received_id: UUID


@get("/mail-persons", summary="Programs whose mails count as a person's", opt=_NEEDS)
async def list_persons(
    tx: Transaction, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[PersonSender]:
    return await queries.mail_persons(tx, cursor=cursor, limit=limit)


@post("/mail-persons", summary="Take a mail's sender for a person", opt=_NEEDS)
async def add_person(tx: Transaction, data: PersonGiven) -> Made:
    return Made(await actions.take_for_person(tx, received_id=data.received_id))


@delete("/mail-persons/{person_id:uuid}", summary="Take a sender for a program", opt=_NEEDS)
async def remove_person(tx: Transaction, person_id: UUID) -> None:
    await actions.take_for_program(tx, person_id=person_id)


routes: list[Any] = [list_persons, add_person, remove_person]
