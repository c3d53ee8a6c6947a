"""Pictures of members: whose they are, what is kept of them, who sees them."""

import io
from uuid import UUID

import httpx
import pytest
from PIL import Image

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.files import MAX_PORTRAIT_BYTES
from tests.accounts.people import Person, a_person


def a_picture(shape: str = "PNG", size: tuple[int, int] = (600, 400)) -> bytes:
    """A picture that is red in the middle and blue at the sides."""
    out = io.BytesIO()
    picture = Image.new("RGB", size, "blue")
    width, height = size
    picture.paste("red", (width // 4, 0, width - width // 4, height))
    picture.save(out, shape)
    return out.getvalue()


async def sends(person: Person, path: str, data: bytes, field: str = "file") -> httpx.Response:
    return await person.browser.post(f"/api{path}", files={field: ("me.png", data)})


async def test_ones_own_picture_is_seen_by_all_and_goes_again(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    colleague = await a_person(database, client, organisation, login="other@example.com")
    answer = await sends(person, "/session/picture", a_picture())
    assert answer.status_code == 200, answer.text
    url = answer.json()["member"]["avatar_url"]
    shown = {m["id"]: m["avatar_url"] for m in (await colleague.get("/members")).json()}
    assert shown == {str(person.id): url, str(colleague.id): None}
    kept = await client.get(url)  # also a customer without any session
    assert (kept.status_code, kept.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(kept.content)) as square:
        assert square.size == (256, 256)
        red, _, blue = square.convert("RGB").getpixel((128, 128))
        assert red > 200
        assert blue < 60
    async with database.transaction(Actor.system(organisation)) as tx:
        facts = await tx.value("SELECT count(*) FROM event WHERE type = 'MemberChanged'")
        assert facts == 1

    second = (await sends(person, "/session/picture", a_picture("JPEG"))).json()
    assert second["member"]["avatar_url"] != url
    assert (await client.get(url)).status_code == 404
    gone = await person.send("DELETE", "/session/picture")
    assert gone.json()["member"]["avatar_url"] is None
    assert (await client.get(second["member"]["avatar_url"])).status_code == 404


async def test_who_manages_members_gives_and_takes_pictures(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    agent = await a_person(database, client, organisation)
    path = f"/members/{agent.id}/picture"
    assert (await sends(boss, path, a_picture())).json()["avatar_url"]
    assert (await boss.send("DELETE", path)).json()["avatar_url"] is None
    assert (await sends(agent, f"/members/{boss.id}/picture", a_picture())).status_code == 403
    nobody = f"/members/{organisation}/picture"
    assert (await sends(boss, nobody, a_picture())).status_code == 404


@pytest.mark.parametrize(
    ("data", "field", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file", 422, "kernel.file_broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "file", 422, "kernel.file_broken"),
        (b"%PDF-1.7", "file", 422, "kernel.file_broken"),
        (b"", "file", 422, "kernel.file_broken"),
        (a_picture(), "picture", 422, "accounts.no_picture"),
        (b"\xff\xd8\xff" + b"x" * MAX_PORTRAIT_BYTES, "file", 413, "kernel.file_too_large"),
    ],
    ids=["svg", "torn", "pdf", "empty", "no file", "too large"],
)
async def test_what_is_no_picture_is_refused_in_words(
    database: Database,
    client: httpx.AsyncClient,
    organisation: UUID,
    data: bytes,
    field: str,
    status: int,
    code: str,
) -> None:
    person = await a_person(database, client, organisation)
    answer = await sends(person, "/session/picture", data, field)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert (await person.get("/session")).json()["member"]["avatar_url"] is None
