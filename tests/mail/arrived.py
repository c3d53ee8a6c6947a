"""A mail in the timeline of a conversation, read and kept as one that came."""

import base64
from email.message import EmailMessage
from uuid import UUID

from peakend.accounts.queries import brands
from peakend.adapters.mail.cell import summary
from peakend.kernel.db import Transaction
from peakend.mail.actions import MailboxText, add_mailbox
from peakend.mail.actions.keeping import keep_mail, prepare
from peakend.mail.queries import mailboxes, need_mailbox

OURS = "service@kuayue.example"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er"
    "kJggg=="
)
INVITATION = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:上门维修\\, 第二次\r\n"
    "DTSTART;TZID=China Standard Time:20261203T140000\r\nDTEND:20261203T070000Z\r\n"
    "LOCATION:杭州市西湖区\r\nORGANIZER;CN=李雷:mailto:lilei@customer.example\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def a_mail(html: str, *, text: str = "请看图。", invite: bool = False) -> bytes:
    """Return a mail with HTML, a picture inside (`cid:one@x`) and perhaps an invitation."""
    mail = EmailMessage()
    mail["From"] = "李雷 <lilei@customer.example>"
    mail["To"] = f"客服 <{OURS}>, 韩梅梅 <hanmei@customer.example>"
    mail["Cc"] = "boss@customer.example"
    mail["Subject"] = "灶台打不着火"
    mail["Message-ID"] = "<1@customer.example>"
    mail["Date"] = "Mon, 23 Nov 2026 12:00:00 +0800"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    part = mail.get_payload()[1]  # type: ignore[index]
    part.add_related(PNG, "image", "png", cid="<one@x>")  # type: ignore[union-attr]
    if invite:
        mail.add_attachment(
            INVITATION.encode(), maintype="text", subtype="calendar", filename="invite.ics"
        )
    return mail.as_bytes()


async def arrived(tx: Transaction, raw: bytes, message_id: UUID, trust: str = "") -> UUID:
    """Let a message be a mail; return the id of what came."""
    brand = (await brands(tx))[0]
    box = MailboxText(brand_id=brand.id, name="客服", email=OURS, way="smtp")
    known = [one.id for one in await mailboxes(tx) if one.email == OURS]
    mailbox = await need_mailbox(tx, known[0] if known else await add_mailbox(tx, mailbox=box))
    received_id = await keep_mail(tx, mailbox, await prepare(raw, summary(raw)))
    assert received_id is not None
    await tx.run(
        "UPDATE message SET code = 'mail', params = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        message_id,
        {"received_id": str(received_id)},
    )
    await tx.run(
        "UPDATE received_content SET trust = $2, checks = $3"
        " WHERE organisation_id = current_organisation() AND received_id = $1",
        received_id,
        trust,
        {"reason": "unsigned"} if trust else {},
    )
    return received_id
