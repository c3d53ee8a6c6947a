"""Links that go by mail: an outsider's to his step, and the customer's to his progress page."""

from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from peakend.accounts.queries import home_of, organisation
from peakend.cases.actions.progress import make_link
from peakend.cases.actions.urges import followed
from peakend.cases.events import GuestLinkSent
from peakend.cases.events.urges import ProgressLinkSent
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import case_row, need_case
from peakend.cases.queries.guests import GuestNotFound, good_guest, guest_token
from peakend.cases.queries.progress import link_url
from peakend.cases.queries.steps import leads, step_row
from peakend.cases.rules.cases import shown_number
from peakend.customers.queries import mail_addresses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.settings import settings
from peakend.mail.actions import queue_mail
from peakend.mail.ports import Person, wire_address
from peakend.mail.queries import house_values, moment_text, sending_brand

_SENT = """
UPDATE progress_link SET sent_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class WrongEmail(Invalid):
    """No mail can go to that address."""

    wording = "cases.wrong_email"


class NoMail(Conflict):
    """No mail server of the brand works, or its template says nothing."""

    wording = "cases.no_mail"


class NoCustomerEmail(Conflict):
    """Nobody knows an address of the customer."""

    wording = "cases.no_customer_email"


async def mail_guest(tx: Transaction, *, guest_id: UUID, email: str, by: Actor) -> None:
    """Send an outsider the link to his step. Errors: GuestNotFound, WrongEmail, NoMail."""
    guest = await good_guest(tx, guest_id)
    if not await leads(tx, guest.case_id, by):
        raise GuestNotFound
    step, case = await step_row(tx, guest.step_id), await case_row(tx, guest.case_id)
    if step is None or case is None:
        raise GuestNotFound
    address = wire_address(email.strip()) or ""
    if "." not in address.partition("@")[2]:
        raise WrongEmail(fields={"email": "cases.wrong_email"})
    house = await organisation(tx)
    brand_id, language = await _brand(tx, case), _language(house.language)
    home = await home_of(tx, case.brand_id) if case.brand_id else None
    sent = await queue_mail(
        tx,
        brand_id=brand_id,
        kind="guest",
        about=guest_id,
        to=Person(address, guest.name),
        language=language,
        values=await house_values(tx, brand_id)
        | {
            "step.title": step.title(language),
            "guest.name": guest.called,
            "case.number": shown_number(case.number),
            "due": _moment(step.due_at or guest.expires_at, house.time_zone, language),
            "expires": _moment(guest.expires_at, house.time_zone, language),
            "link": f"{home or settings.public_url}/g/{guest_token(tx.organisation_id, guest_id)}",
        },
    )
    if sent is None:
        raise NoMail
    await record(tx, GuestLinkSent(guest_id=guest_id, step_id=guest.step_id, case_id=guest.case_id))


async def mail_progress(tx: Transaction, *, case_id: UUID, by: Actor) -> None:
    """Send the customer the link to his progress page, made where none holds.

    Errors: CaseNotFound, CaseIsClosed, NoCustomerEmail, NoMail.
    """
    row = await need_case(tx, case_id, by)
    known = await mail_addresses(tx, row.customer_id)
    if not known:
        raise NoCustomerEmail
    link = await make_link(tx, case_id=case_id, by=by)
    house = await organisation(tx)
    brand_id, language = await _brand(tx, row), _language(house.language)
    home = await home_of(tx, row.brand_id) if row.brand_id else None
    sent = await queue_mail(
        tx,
        brand_id=brand_id,
        kind="progress",
        about=link.id,
        to=Person(known[0].email),
        language=language,
        values=await house_values(tx, brand_id)
        | {
            "case.number": shown_number(row.number),
            "expires": _moment(link.expires_at, house.time_zone, language),
            "link": link_url(link.token, home),
        },
        customer_id=row.customer_id,
    )
    if sent is None:
        raise NoMail
    await tx.run(_SENT, link.id, tx.now)
    await record(tx, ProgressLinkSent(**followed(row), link_id=link.id))


async def _brand(tx: Transaction, case: CaseRow) -> UUID:
    found = case.brand_id or await sending_brand(tx)
    if found is None or not settings.public_url:
        raise NoMail
    return found


def _language(of_house: str) -> Literal["zh-CN", "en"]:
    return "en" if of_house == "en" else "zh-CN"


def _moment(at: datetime, zone: str, language: str) -> str:
    return moment_text(at.astimezone(ZoneInfo(zone)), language)
