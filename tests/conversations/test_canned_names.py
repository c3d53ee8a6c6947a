"""What a ready text calls a customer: by the name he gave, or by none."""

import httpx
import pytest

from tests.accounts.people import a_person
from tests.conversations.conftest import Centre


@pytest.mark.parametrize(
    ("body", "named", "nameless"),
    [
        ("{{ customer.name }}，请先换电池。", "刘洋，请先换电池。", "请先换电池。"),
        ("您好{{customer.name}}，请稍等", "您好刘洋，请稍等", "您好，请稍等"),
        ("您好，{{ customer.name }}，我是小林", "您好，刘洋，我是小林", "您好，我是小林"),
        ("Hello, {{ customer.name }}, it is us", "Hello, 刘洋, it is us", "Hello, it is us"),
        ("{{ customer.name }}, please wait", "刘洋, please wait", "Please wait"),
        ("Hello {{ customer.name }}, this is us", "Hello 刘洋, this is us", "Hello, this is us"),
        ('{{ customer.name | default: "您" }}，请稍等', "刘洋，请稍等", "您，请稍等"),
        ("，不含称呼", "，不含称呼", "，不含称呼"),
    ],
)
async def test_nobody_is_called_visitor(
    centre: Centre, client: httpx.AsyncClient, body: str, named: str, nameless: str
) -> None:
    agent = await a_person(centre.database, client, centre.organisation_id, "supervisor")
    conversation_id = await centre.served()
    made = {"shortcut": "hi", "title": "问候", "body": body}
    reply = (await agent.send("POST", "/canned-replies", made)).json()["id"]
    asked = {"conversation_id": str(conversation_id)}
    texts = []
    for name in ("", "刘洋"):
        await centre.value(
            "UPDATE customer SET name = $2 WHERE id = $1 RETURNING name",
            centre.visitor.customer_id,
            name,
        )
        shown = await agent.send("POST", f"/canned-replies/{reply}/renderings", asked)
        texts.append(shown.json()["text"])
    assert texts == [nameless, named]
