"""Fifty canaries and none left; four eyes, holds, and what the desk shows afterwards."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from peakend.kernel import logs
from peakend.kernel.files import path_of
from tests.privacy import planting
from tests.privacy.conftest import Place, erasure


async def _everything(place: Place) -> tuple[str, str]:
    visitor, conversation_id, customer_id = await planting.as_visitor(place)
    await planting.in_conversation(place, conversation_id, visitor)
    await planting.as_person(place, customer_id, conversation_id)
    await planting.afterwards(place, conversation_id, visitor)
    await planting.merged(place, customer_id)
    await place.works()
    await planting.on_a_signal(place, conversation_id)
    await planting.in_a_mail(place, conversation_id, customer_id)
    await planting.in_what_came(place, customer_id)
    return customer_id, conversation_id


async def test_of_fifty_canaries_none_is_left(place: Place) -> None:
    log = io.StringIO()
    logs.configure("info", stream=log)
    customer_id, conversation_id = await _everything(place)
    words = place.planted
    assert len(words) >= 50
    there = await place.found(words.values(), log.getvalue())
    assert {name for name, word in words.items() if word not in there} == set()
    assert {place_of for place_of in there.values() if "log" in place_of.split(", ")} == set()

    preview = await place.does("GET", f"/privacy/customers/{customer_id}/erasure")
    assert (preview["people"], preview["conversations"], preview["obstacles"]) == (2, 2, [])
    started = await place.does("POST", "/privacy/erasures", erasure(customer_id))
    assert started["state"] == "person"
    await place.works()
    done = await place.does("GET", f"/privacy/erasures/{started['id']}")
    assert (done["state"], done["cleared"]) == ("done", 2)
    left = await place.found(words.values(), log.getvalue())
    assert {name: left[word] for name, word in words.items() if word in left} == {}
    # The preview told what went, table by table, and more went than it counted only with it.
    for table, n in preview["removed"].items():
        if table not in ("conversation", "file", "mention"):
            assert done["removed"].get(table) == n, table

    page = (await place.boss.get(f"/privacy/erasures/{started['id']}/report")).text
    assert "个人数据删除报告" in page
    assert "Report of an erasure" in page
    assert not [word for word in words.values() if word in page]
    await _the_desk_goes_on(place, customer_id, conversation_id)


async def _the_desk_goes_on(place: Place, customer_id: str, conversation_id: str) -> None:
    """List, thread, search, customer, board: nothing breaks, and the thread says what happened."""
    lists = await place.does("GET", "/conversations?view=closed")
    assert len(lists["items"]) == 2
    thread = (await place.does("GET", f"/conversations/{conversation_id}"))["messages"]["items"]
    assert [one["code"] for one in thread] == ["staff_removed"]
    assert "客户的个人数据已于" in thread[0]["text"]
    card = await place.does("GET", f"/customers/{customer_id}")
    assert (card["identities"], card["attributes"], card["notes"]) == ([], [], [])
    found = await place.does("GET", f"/search?q={place.planted['first message']}")
    assert not json.dumps(found).count(conversation_id)
    await place.does("GET", "/wallboard")
    await place.does("GET", f"/conversations/{conversation_id}/profile")
    await place.does("GET", f"/customers/{customer_id}/profile")


async def test_two_people_where_the_house_wants_two(place: Place) -> None:
    _, conversation_id, customer_id = await planting.as_visitor(place)
    await planting.close(place, conversation_id)
    await place.does("PUT", "/two-person-rule", {"active": True})
    alone = await place.boss.send("POST", "/privacy/erasures", erasure(customer_id))
    assert alone.json()["error"]["code"] == "accounts.second_person_needed"
    asked = {"kind": "customer.erase", "body": erasure(customer_id)}
    reason = place.word("reason of a proposal")
    made = await place.does("POST", "/proposals", asked | {"reason": reason})
    assert await place.found([reason])
    path = f"/proposals/{made['id']}/confirmations"
    own = await place.boss.send("POST", path)
    assert own.json()["error"]["code"] == "accounts.not_by_yourself"
    await place.does("POST", path, by=place.mate)
    await place.works()
    assert await place.found(place.planted.values()) == {}
    [done] = await place.does("GET", "/privacy/erasures")
    assert (done["state"], done["asked_by"]) == ("done", str(place.mate.id))


async def test_a_hold_and_an_open_conversation_stand_in_the_way(place: Place) -> None:
    _, conversation_id, customer_id = await planting.as_visitor(place)
    asked = erasure(customer_id)
    refused = await place.boss.send("POST", "/privacy/erasures", asked)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "privacy.still_open")
    await planting.close(place, conversation_id)
    hold = {"subject": "conversation", "subject_id": conversation_id, "code": "lawsuit"}
    held = await place.does("POST", "/privacy/holds", hold)
    assert (await place.does("POST", "/privacy/holds", hold))["id"] == held["id"]
    refused = await place.boss.send("POST", "/privacy/erasures", asked)
    assert refused.json()["error"]["code"] == "privacy.on_hold"
    preview = await place.does("GET", f"/privacy/customers/{customer_id}/erasure")
    assert preview["obstacles"] == ["on_hold"]
    await place.does("DELETE", f"/privacy/holds/{held['id']}")
    await place.does("POST", "/privacy/erasures", asked)
    again = await place.boss.send("POST", "/privacy/erasures", asked)
    assert again.json()["error"]["code"] == "privacy.already_erasing"
    late = await place.boss.send("POST", "/privacy/holds", hold | {"subject_id": customer_id,
                                 "subject": "customer"})  # fmt: skip
    assert late.json()["error"]["code"] == "privacy.too_late_to_hold"
    await place.works()
    over = await place.boss.send("POST", "/privacy/erasures", asked)
    assert over.json()["error"]["code"] == "privacy.nothing_to_erase"


async def test_the_same_bytes_of_somebody_else_stay(place: Place) -> None:
    data = f"{place.word('bytes that two have')}\n".encode()
    theirs = await place.comes()
    kept_id = await planting.uploaded(theirs, "warranty.txt", data)
    await theirs.says("mine", file_ids=[kept_id])
    mine = await place.comes()
    file_id = await planting.uploaded(mine, "warranty.txt", data)
    said = (await mine.says("mine, too", file_ids=[file_id])).json()
    customer_id = await place.fetch(
        "SELECT customer_id FROM conversation WHERE id = $1", UUID(said["conversation"]["id"])
    )
    await planting.close(place, said["conversation"]["id"])
    await place.does("POST", "/privacy/erasures", erasure(customer_id))
    await place.works()
    sha256 = await place.fetch("SELECT sha256 FROM file WHERE id = $1", UUID(kept_id))
    assert path_of(sha256).read_bytes() == data
    assert await place.fetch("SELECT count(*) FROM file WHERE id = $1", UUID(file_id)) == 0
    assert await place.fetch("SELECT count(*) FROM file_gone") == 0


async def test_who_dies_between_two_portions_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, conversation_id, customer_id = await planting.as_visitor(place)
    await planting.close(place, conversation_id)
    started = await place.does("POST", "/privacy/erasures", erasure(customer_id))
    from peakend.privacy.actions import erasing

    real = erasing.conversations.clear_conversations
    tries: list[Any] = []

    async def dies(tx: Any, **more: Any) -> Any:
        tries.append(more)
        if len(tries) == 1:
            await real(tx, **more)
            raise RuntimeError("the machine stops here")
        return await real(tx, **more)

    monkeypatch.setattr(erasing.conversations, "clear_conversations", dies)
    await place.works()
    halfway = await place.does("GET", f"/privacy/erasures/{started['id']}")
    assert (halfway["state"], halfway["cleared"]) == ("conversations", 0)
    # Its job waits for its next try; time is what it waits for.
    await place.fetch("UPDATE job SET run_at = now() - $1::interval", timedelta(hours=1))
    await place.works()
    done = await place.does("GET", f"/privacy/erasures/{started['id']}")
    assert (done["state"], done["cleared"], len(tries)) == ("done", 1, 2)
    assert await place.found(place.planted.values()) == {}
