"""The mail that invites somebody to the desk: what accounts ask of mail by their port."""

from datetime import datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from peakend.accounts.ports import MailAnswer
from peakend.accounts.queries import brand_names, member_names, organisation
from peakend.kernel.db import Transaction
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language
from peakend.mail.actions.queueing import queue_mail, withdraw_mails
from peakend.mail.ports import Person, wire_address
from peakend.mail.queries import sending_brand
from peakend.mail.rules import Language, moment_text


class Invitations:
    """Sends invitations by mail, in the language of the house, as its first brand that sends."""

    async def invite(
        self,
        tx: Transaction,
        *,
        invitation_id: UUID,
        login: str,
        name: str,
        path: str,
        until: datetime,
    ) -> MailAnswer:
        """Let an invitation be sent where the login is an address, and say what came of it."""
        address = wire_address(login)
        if not address or "." not in address.partition("@")[2]:
            return "no_address"
        brand_id = await sending_brand(tx)
        if brand_id is None:
            return "no_server"
        if not settings.public_url:
            return "no_link"
        house = await organisation(tx)
        language = best_language(house.language)
        inviter = tx.actor.id if tx.actor.kind == "member" else None
        names = await member_names(tx, [inviter] if inviter else [])
        queued = await queue_mail(
            tx,
            brand_id=brand_id,
            kind="invitation",
            about=invitation_id,
            to=Person(address, name),
            language=cast("Language", language),
            values={
                "member.name": name,
                "inviter.name": names.get(inviter, "") if inviter else "",
                "organisation.name": house.name,
                "brand.name": (await brand_names(tx)).get(brand_id, ""),
                "link": settings.public_url + path,
                "expires": moment_text(until.astimezone(ZoneInfo(house.time_zone)), language),
            },
        )
        return "queued" if queued else "no_server"

    async def withdraw(self, tx: Transaction, *, invitation_ids: list[UUID]) -> None:
        """Take back what waits to be sent of invitations that are over."""
        for invitation_id in invitation_ids:
            await withdraw_mails(tx, about=invitation_id)
