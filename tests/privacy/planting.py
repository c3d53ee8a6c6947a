"""Canaries: words that are nowhere else, planted wherever a person's data can land."""

import io
import os
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from peakend.kernel.kept_files import keep_bytes, save_kept
from peakend.mail import actions as mails
from peakend.mail.ports import Person
from tests.conversations.test_visitor_api import Visitor
from tests.privacy.conftest import Place

SEALED = """
SELECT coalesce(string_agg(encode({column}, 'hex'), ','), '') FROM {table}
"""


def picture() -> bytes:
    """Return a picture that nobody else has, large enough to get a small one beside it."""
    image = Image.frombytes("RGB", (30, 20), os.urandom(30 * 20 * 3)).resize((900, 600))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


async def uploaded(visitor: Visitor, name: str, data: bytes) -> str:
    answer = await visitor.client.post(
        f"/api/web/{visitor.key}/files",
        headers=visitor.headers,
        files={"file": (name, data, "application/octet-stream")},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def as_visitor(place: Place) -> tuple[Visitor, str, str]:
    """Plant what comes from the customer himself: trail, words, files, one never sent."""
    word = place.word
    await place.fetch("UPDATE channel SET look = look || '{\"visitors\": true}'")
    page = {"url": f"https://shop.example/{word('page address')}", "title": word("page title")}
    visitor = await place.comes(page=page)
    await visitor.send("pages", {"url": f"https://shop.example/{word('second page')}", "title": ""})
    looking = {"id": str(uuid4()), "url": "https://shop.example/", "title": word("tab title")}
    looking["referrer"] = f"https://{word('referrer')}.example/"
    await visitor.client.post(f"/api/web/{visitor.key}/visits", json=looking)
    said = (await visitor.says(word("first message"))).json()
    conversation_id = said["conversation"]["id"]
    text = f"{word('bytes of a file')}\n".encode()
    sent = await uploaded(visitor, f"{word('name of a file')}.txt", text)
    shot = await uploaded(visitor, f"{word('name of a picture')}.png", picture())
    await visitor.says(word("message with files"), file_ids=[sent, shot])
    unsent = f"{word('bytes never sent')}\n".encode()
    await uploaded(visitor, f"{word('name never sent')}.txt", unsent)
    for name, column in (("bytes of a picture", "sha256"), ("small picture", "thumb_sha256")):
        sql = f"SELECT {column} FROM file WHERE id = $1"
        place.planted[name] = await place.fetch(sql, UUID(shot))
    customer_id = await place.fetch(
        "SELECT customer_id::text FROM conversation WHERE id = $1", UUID(conversation_id)
    )
    return visitor, conversation_id, customer_id


async def as_person(place: Place, customer_id: str, conversation_id: str) -> None:
    """Plant what members write down about him: card, fields, company, objects, reasons."""
    word, does = place.word, place.does
    async with place.centre.tx() as tx:
        await customers.add_identity(
            tx, customer_id=UUID(customer_id), kind="phone", value="+8613912345678", verified=True
        )
        await customers.add_identity(
            tx, customer_id=UUID(customer_id), kind="email", value="li.he@example.com"
        )
    card = await place.boss.get(f"/customers/{customer_id}")
    attributes = [
        {"key": "open", "value": word("open attribute"), "label": "甲", "privacy": "internal"},
        {"key": "shut", "value": "锁", "label": word("label of an attribute"),
         "privacy": "sensitive"},
    ]  # fmt: skip
    change = {"version": card.json()["version"], "name": word("name"), "attributes": attributes,
              "preferences": {"call": word("preference")}}  # fmt: skip
    await does("PATCH", f"/customers/{customer_id}", change)
    await does("POST", f"/customers/{customer_id}/notes", {"text": word("note on the customer")})
    reveal = {"field": "phone", "reason": word("reason of a reveal")}
    await does("POST", f"/customers/{customer_id}/reveals", reveal)
    kinds = {"of": "customer", "label_zh": "甲", "label_en": "A", "kind": "text"}
    for key, privacy in (("plain", "internal"), ("secret", "sensitive")):
        field = await does("POST", "/profile-fields", kinds | {"key": key, "privacy": privacy})
        value = {"field_id": field["id"], "value": word(f"{privacy} field"), "version": 0}
        await does("PATCH", f"/customers/{customer_id}/fields", {"values": [value]})
    look = {"field_id": field["id"], "reason": word("reason of a look at a field")}
    await does("POST", f"/customers/{customer_id}/field-reveals", look)
    del place.planted["sensitive field"]
    of_talk = await does(
        "POST", "/profile-fields", kinds | {"of": "conversation", "key": "t", "privacy": "internal"}
    )
    value = {"field_id": of_talk["id"], "value": word("field of a conversation"), "version": 0}
    await does("PATCH", f"/conversations/{conversation_id}/fields", {"values": [value]})
    company = await does("POST", "/companies", {"name": "云帆"})
    place_of = {"title": word("title in a company")}
    await does("PUT", f"/companies/{company['id']}/customers/{customer_id}", place_of)
    kind = await does("POST", "/object-types", {"name_zh": "表", "name_en": "Meter"})
    of_object = await does(
        "POST",
        "/profile-fields",
        kinds | {"of": "object", "type_id": kind["id"], "key": "o", "privacy": "internal"},
    )
    given = {"type_id": kind["id"], "customer_id": customer_id, "title": word("object")}
    value = {"field_id": of_object["id"], "value": word("field of an object"), "version": 0}
    await does("POST", "/objects", given | {"values": [value]})
    for name, table, column in (
        ("phone or mail, sealed", "identity", "value"),
        ("phone or mail, blind", "identity", "blind"),
        ("sensitive field, sealed", "profile_value", "sealed"),
    ):
        found = (await place.fetch(SEALED.format(table=table, column=column))).split(",")
        for at, one in enumerate(found):
            place.planted[f"{name} {at}"] = one
    place.planted["sealed attribute"] = await place.fetch(
        "SELECT a ->> 'sealed' FROM customer, jsonb_array_elements(attributes) a WHERE a ? 'sealed'"
    )


async def in_conversation(place: Place, conversation_id: str, visitor: Visitor) -> None:
    """Plant what is said to him and about him: replies, notes, cards, drafts, whispers."""
    word, does, here = place.word, place.does, f"/conversations/{conversation_id}"
    async with place.centre.tx() as tx:
        from peakend.conversations import actions

        await actions.assign(
            tx,
            conversation_id=UUID(conversation_id),
            agent_id=place.boss.id,
            queue_id=place.centre.queue_id,
            leg_id=new_id(),
        )

    def said(kind: str, name: str) -> dict[str, Any]:
        return {"client_id": str(uuid4()), "kind": kind, "text": word(name)}

    await does("POST", f"{here}/messages", said("agent", "reply"))
    note = await does("POST", f"{here}/messages", said("note", "internal note"))
    back = await does("POST", f"{here}/messages", said("agent", "recalled reply"))
    await does("POST", f"/messages/{back['id']}/recalls", {})
    await does("POST", f"/messages/{back['id']}/looks", {"reason": word("reason of a look")})
    quoting = said("note", "note that quotes") | {"reply_to": note["id"]}
    await does("POST", f"{here}/messages", quoting)
    block = {"type": "cards", "cards": [{"title": word("card"), "text": word("text of a card"),
             "buttons": [{"label": "好"}]}]}  # fmt: skip
    content = {"intro": word("words before a card"), "block": block, "quick": [word("choice")]}
    rich = {"client_id": str(uuid4()), "content": content}
    card = await does("POST", f"{here}/rich-messages", rich)
    await visitor.send(f"messages/{card['id']}/choices", {"choice": "q0"})
    for kind in ("agent", "note"):
        draft: dict[str, Any] = {"text": word(f"draft of a {kind}"), "kind": kind}
        if kind == "agent":
            below = {"type": "step", "n": 1, "of": 1, "text": word("card in a draft")}
            draft["card"] = {"content": {"block": below}}
        await does("PUT", f"{here}/draft", draft)
    whisper = {"client_id": str(uuid4()), "text": word("whisper")}
    await does("POST", f"{here}/whispers", whisper, by=place.mate)
    asked = {"client_id": str(uuid4()), "member_ids": [str(place.mate.id)]}
    thread = await does("POST", f"{here}/side-threads", asked | {"text": word("question aside")})
    answer = {"client_id": str(uuid4()), "text": word("answer aside")}
    await does("POST", f"/side-threads/{thread['id']}/notes", answer, by=place.mate)


async def afterwards(place: Place, conversation_id: str, visitor: Visitor) -> None:
    """Plant what comes after the end: a comment, an answer of a receiver, a second matter."""
    word = place.word
    await place.does("POST", f"/conversations/{conversation_id}/closings", {"solved": True})
    await place.works()
    state = (await visitor.get("conversation")).json()
    survey = state.get("survey") or {}
    rating = {"token": survey.get("token", ""), "rating": 2, "comment": word("comment")}
    assert (await visitor.send("ratings", rating)).status_code == 200
    await place.fetch(
        """
        WITH hook AS (
            INSERT INTO webhook (organisation_id, id, name, url, kinds, state, secret_sealed,
                                 cursor_xid, cursor_id, created_at)
            VALUES ($1, $3, 'x', 'https://x.example', '{}', 'active', '', 0, $3, now())
        ), told AS (
            INSERT INTO webhook_delivery (organisation_id, id, webhook_id, fact_id, kind,
                                          occurred_at, created_at, state, next_at)
            SELECT $1, $3, $3, id, type, now(), now(), 'delivered', now() FROM event
            WHERE conversation_id = $2 LIMIT 1
        )
        INSERT INTO webhook_attempt (organisation_id, id, delivery_id, at, lasted_ms, answer)
        VALUES ($1, $3, $3, now(), 1, $4)
        """,
        place.centre.organisation_id,
        UUID(conversation_id),
        new_id(),
        word("answer of a receiver"),
    )


async def merged(place: Place, customer_id: str) -> str:
    """Plant somebody else who turns out to be him; return the visitor's old customer."""
    other = await place.comes()
    said = await other.says(place.word("message of who was merged"))
    conversation_id = said.json()["conversation"]["id"]
    other_id = str(
        await place.fetch(
            "SELECT customer_id::text FROM conversation WHERE id = $1", UUID(conversation_id)
        )
    )
    card = (await place.boss.get(f"/customers/{other_id}")).json()
    given = {"version": card["version"], "name": place.word("name of who was merged")}
    await place.does("PATCH", f"/customers/{other_id}", given)
    note = {"text": place.word("note on who was merged")}
    await place.does("POST", f"/customers/{other_id}/notes", note)
    versions = [
        (await place.boss.get(f"/customers/{one}")).json()["version"]
        for one in (customer_id, other_id)
    ]
    await place.does(
        "POST",
        f"/customers/{customer_id}/merges",
        {"absorbed_id": other_id, "version": versions[0], "absorbed_version": versions[1]},
    )
    await close(place, conversation_id)
    return other_id


async def close(place: Place, conversation_id: str) -> None:
    """End a conversation, whoever holds it."""
    from peakend.conversations import actions

    async with place.centre.tx() as tx:
        by = Actor.system(place.centre.organisation_id)
        await actions.close(tx, conversation_id=UUID(conversation_id), by=by, solved=True)


async def on_a_signal(place: Place, conversation_id: str) -> None:
    """Plant why nobody need have stepped in: the row stays for as long as its cause."""
    await place.fetch(
        "INSERT INTO watch_signal (organisation_id, conversation_id, kind, level, times, since,"
        " last_at, dismissed_at, dismissed_why, dismissed_note)"
        " VALUES ($1, $2, 'upset', 1, 1, now(), now(), now(), 'other', $3)",
        place.centre.organisation_id,
        UUID(conversation_id),
        place.word("note on a signal"),
    )


async def in_a_mail(place: Place, conversation_id: str, customer_id: str) -> None:
    """Plant a mail to him that waits in the outbox."""
    word = place.word
    async with place.centre.tx() as tx:
        from peakend.accounts.queries import brands

        brand_id = (await brands(tx))[0].id
        await mails.set_server(
            tx,
            server=mails.ServerText(
                brand_id=brand_id, host="mail.example.com", port=465, tls="implicit", login="x",
                sender_email="service@example.com", sender_name_zh="客服", sender_name_en="Us",
            ),
        )  # fmt: skip
        mail_id = await mails.queue_mail(
            tx,
            brand_id=brand_id,
            kind="reply",
            about=UUID(conversation_id),
            customer_id=UUID(customer_id),
            to=Person(f"{word('address of a mail')}@example.com", word("recipient of a mail")),
            language="zh-CN",
            values={"answer": word("words of a mail"), "conversation.subject": "邮"},
        )
    assert mail_id is not None
    del place.planted["words of a mail"]
    place.planted["sealed mail"] = await place.fetch(
        "SELECT encode(content_sealed, 'hex') FROM mail WHERE id = $1", mail_id
    )


async def in_what_came(place: Place, customer_id: str) -> None:
    """Plant a mail that he wrote, known to be his."""
    word = place.word
    raw = f"From: x@example.com\r\n\r\n{word('bytes of a mail that came')}".encode()
    async with place.centre.tx() as tx:
        from peakend.accounts.queries import brands

        await keep_bytes(raw)
        file_id = await save_kept(tx, raw, "mail.eml", "message/rfc822", "mail")
        received_id = new_id()
        await tx.run(
            "INSERT INTO received_mail (id, brand_id, mailbox_id, digest, state, automatic, whole,"
            " received_at, customer_id, message_id, from_email, from_name, subject, size, file_id)"
            " VALUES ($1, $2, $1, 'x', 'received', false, true, $3, $4, $5, $6, $7, $8, 1, $9)",
            received_id,
            (await brands(tx))[0].id,
            tx.now,
            UUID(customer_id),
            word("name of a mail that came"),
            f"{word('sender of a mail that came')}@example.com",
            word("sender's name"),
            word("subject of a mail that came"),
            file_id,
        )
        await tx.run(
            "INSERT INTO received_content (received_id, to_line, cc_line, text, reply_text, html,"
            " has_remote, version) VALUES ($1, $2, $3, $4, $4, $5, false, 1)",
            received_id,
            word("recipient of a mail that came"),
            word("copy of a mail that came"),
            word("words of a mail that came"),
            word("HTML of a mail that came"),
        )
        await tx.run(
            "INSERT INTO mail_block (id, kind, pattern, digest, reason, customer_id, created_at)"
            " VALUES ($1, 'address', $2, 'x', $3, $4, $5)",
            new_id(),
            word("sender that is blocked"),
            word("why he is blocked"),
            UUID(customer_id),
            tx.now,
        )
