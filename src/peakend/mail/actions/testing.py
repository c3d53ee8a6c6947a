"""The test of a mail server: as far as the sender, or a whole mail, and exactly what came of it."""

import asyncio
import time
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Invalid
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.words import word
from peakend.mail.actions.posting import as_spoken_to, sender_of, written_by
from peakend.mail.actions.unlocking import handed_over, opener_of_server
from peakend.mail.ports import Letter, Outcome, Person, provided, wire_address
from peakend.mail.queries import brand_frame, need_server, signing_key
from peakend.mail.rules import Language, framed


class WrongRecipient(Invalid):
    """Where a test mail should go is no address."""

    wording = "mail.wrong_recipient"


class ServerTried(msgspec.Struct, frozen=True):
    """How a test ended, and how long it took."""

    outcome: Outcome
    lasted_ms: int


async def try_server(
    database: Database, *, brand_id: UUID, to: str, by: Actor, language: Language
) -> ServerTried:
    """Speak to a brand's mail server; with an address a test mail goes there.

    Counts: ten at once, then one in six seconds.
    Errors: BrandNotFound, MailServerNotFound, WrongRecipient, TooMany.
    """
    address = wire_address(to)
    if to.strip() and not address:
        raise WrongRecipient(fields={"to": "mail.wrong_recipient"})
    async with database.transaction(by) as tx:
        server = await need_server(tx, brand_id)
        opener = await opener_of_server(tx, server)
        key = await signing_key(tx, brand_id, server.sender_email)
        look, _ = await brand_frame(tx, brand_id, language, automatic=True)
        name = (await brand_names(tx)).get(brand_id, "")
    await spend(f"mail_test:{by.organisation_id}", rate=1 / 6, burst=10)
    began = time.monotonic()
    spoken = as_spoken_to(server)
    if opener.missing:
        outcome = Outcome(result="later", code=opener.missing, of_server=True)
    elif not address:
        outcome = await handed_over(
            database, by, spoken, opener, clock.now,
            lambda one: provided.post.knock(one, server.sender_email),
        )  # fmt: skip
    else:
        text = word("mail.test.body", language, brand=name)
        letter = Letter(
            message_id=f"{new_id()}@{server.sender_email.rpartition('@')[2]}",
            at=clock.now(),
            sender=sender_of(server, language),
            to=[Person(address)],
            subject=word("mail.test.subject", language, brand=name),
            text=text,
            html=framed(text, msgspec.structs.replace(look, logo="")),
            automatic="generated",
        )
        raw = await asyncio.to_thread(written_by, letter, key)
        outcome = await handed_over(
            database, by, spoken, opener, clock.now,
            lambda one: provided.post.send(one, server.sender_email, [address], raw),
        )  # fmt: skip
    return ServerTried(outcome, round((time.monotonic() - began) * 1000))
