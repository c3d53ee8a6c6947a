"""A mailbox of a centre into which mails come; the fixture `box` stands in `conftest.py`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from peakend.accounts import queries as houses
from peakend.conversations import actions
from peakend.kernel.ids import new_id
from peakend.mail import actions as post
from peakend.mail import queries as boxes

if TYPE_CHECKING:
    from tests.conversations.conftest import Centre


class Box:
    """A mailbox of a centre into which mails come."""

    def __init__(self, centre: "Centre", mailbox_id: UUID) -> None:
        self.centre, self.mailbox_id = centre, mailbox_id
        self.number = 0

    async def come(
        self, text: str = "热水器坏了", *, sender: str = "liu@x.example", **more: Any
    ) -> UUID:
        """Let a mail come, and return what was made of it: the id of what was received."""
        self.number += 1
        heads = {"From": f"Liu <{sender}>", "Subject": "维修", "To": "service@mail.example.com"}
        heads["Message-ID"] = f"<m{self.number}@x.example>"
        heads |= {name.replace("_", "-"): value for name, value in more.items() if name != "raw"}
        head = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
        kind = "" if "Content-Type" in heads else "Content-Type: text/plain; charset=utf-8\r\n"
        prepared = await post.prepare(f"{head}{kind}\r\n{text}\r\n".encode())
        async with self.centre.tx() as tx:
            mailbox = await boxes.need_mailbox(tx, self.mailbox_id)
            received_id = await post.keep_mail(tx, mailbox, prepared)
        assert received_id is not None
        return received_id

    async def take(self, *args: Any, as_person: bool = False, **more: Any) -> UUID | None:
        """Let a mail come and be put where it belongs; return its conversation."""
        received_id = await self.come(*args, **more)
        async with self.centre.tx() as tx:
            return await actions.take_mail(tx, received_id=received_id, as_person=as_person)

    async def row(self, sql: str, *given: Any) -> dict[str, Any]:
        async with self.centre.tx() as tx:
            found: dict[str, Any] = await tx.value(f"SELECT to_jsonb(x) FROM ({sql}) x", *given)
            return found

    async def messages(self, conversation_id: UUID | None) -> list[dict[str, Any]]:
        async with self.centre.tx() as tx:
            found: list[dict[str, Any]] = await tx.value(
                "SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY seq), '[]') FROM message m"
                " WHERE conversation_id = $1",
                conversation_id,
            )
            return found

    async def conversation(self, conversation_id: UUID | None) -> dict[str, Any]:
        return await self.row("SELECT * FROM conversation WHERE id = $1", conversation_id)

    async def answered(self, conversation_id: UUID, header: str = "ours@mail.example.com") -> UUID:
        """Let one of our mails be part of a conversation, as if an agent had answered."""
        async with self.centre.tx() as tx:
            line = await actions.system_message(tx, conversation_id=conversation_id, code="queued")
            await actions.note_sent_mail(tx, message_id=line.id, mail_id=new_id(), header=header)
            return line.id

    async def sent(self) -> UUID:
        """Let a mail of ours have been taken by a server; return its id."""
        mail_id = new_id()
        async with self.centre.tx() as tx:
            await tx.run(
                "INSERT INTO mail (id, brand_id, kind, about, to_email, language, message_id,"
                " created_at, since_at, state, next_at)"
                " VALUES ($1, $2, 'reply', $1, 'x@x.example', 'en', $3, $4, $4, 'sent', $4)",
                mail_id,
                (await houses.brands(tx))[0].id,
                f"{mail_id}@mail.example.com",
                tx.now,
            )
        return mail_id

    async def close(self, conversation_id: UUID | None, days_ago: int = 0) -> None:
        async with self.centre.tx() as tx:
            await tx.run(
                "UPDATE conversation SET state = 'closed', closed_at = $2, closed_from = 'waiting'"
                " WHERE id = $1",
                conversation_id,
                tx.now - timedelta(days=days_ago),
            )
