"""Telling a customer what is promised of his wait, and what he got because it took longer.

In the conversation, whoever holds it and also when it is over; who has left gets it by mail too,
where somebody vouched for his address.
"""

from uuid import UUID, uuid5

from peakend.accounts.queries import home_of
from peakend.cases.actions import mail_words
from peakend.complaints.models import WaitRow
from peakend.complaints.models.instruments import InstrumentRow
from peakend.complaints.rules.waits import spans, yuan
from peakend.conversations import actions as conversations
from peakend.conversations.queries import ConversationRecord
from peakend.kernel.db import Transaction
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language, word


async def tell_promise(tx: Transaction, talk: ConversationRecord, promise_s: int) -> None:
    """Say to who joins a line what is promised, once in a conversation."""
    await conversations.announce(
        tx, conversation_id=talk.id, code="wait_promised", line=True,
        client_id=uuid5(talk.id, "wait promised"),
        text=word(
            "complaints.wait.promise", talk.language,
            promised=spelled(promise_s, best_language(talk.language)),
        ),
    )  # fmt: skip


async def tell_granted(
    tx: Transaction,
    row: WaitRow,
    talk: ConversationRecord,
    *,
    instrument: InstrumentRow,
    amount: int,
    path: str,
) -> UUID:
    """Tell the customer what he got for a wait, with the link to its record; return the message."""
    language = best_language(talk.language)
    what = given_words(instrument, amount, language)
    key = "left" if row.outcome == "left" else "granted"
    waited, promised = (spelled(n or 0, language) for n in (row.waited_s, row.promised_s))
    words = word(f"complaints.wait.{key}", language, what=what, waited=waited, promised=promised)
    if url := await page_url(tx, row, path):
        words += "\n" + word("complaints.wait.record", language, link=url)
    told, _ = await conversations.announce(
        tx, conversation_id=talk.id, text=words, code="wait_compensated",
        client_id=uuid5(row.id, "wait compensated"),
    )  # fmt: skip
    if row.outcome in ("left", "closed"):
        await mail_words(tx, talk, about=row.id, words=words)
    return told.id


def given_words(instrument: InstrumentRow, amount: int, language: str) -> str:
    """Return what is given as customers call it: its name, and how much of it."""
    name = instrument.name_zh if language == "zh-CN" else instrument.name_en or instrument.name_zh
    if instrument.unit == "fen" or (instrument.unit == "piece" and instrument.face_fen == 1):
        return word("complaints.wait.what_money", language, name=name, sum=yuan(amount))
    if instrument.unit == "points":
        return word("complaints.wait.what_points", language, name=name, amount=f"{amount:,}")
    return name if amount == 1 else f"{name} × {amount:,}"


def spelled(seconds: int, language: str) -> str:
    """Return a duration as one says it to a customer."""
    return " ".join(word(f"complaints.wait.{unit}", language, n=n) for n, unit in spans(seconds))


async def page_url(tx: Transaction, row: WaitRow, path: str) -> str:
    """Return where a customer reads a record: at the brand's own host where it has one."""
    home = await home_of(tx, row.brand_id) if row.brand_id else None
    base = f"https://{home}" if home else settings.public_url
    return f"{base}{path}" if base else ""
