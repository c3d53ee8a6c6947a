"""Single sign-on: with a real provider (Canaille), and with one that lies in every way it can."""

import base64
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from joserfc.jwk import ECKey, RSAKey

from peakend.accounts import queries
from peakend.accounts.actions import sso_asking
from peakend.accounts.actions.rescuing import rescue
from peakend.accounts.rules.sso import NotBelieved, believed, usable_keys
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.secrets import challenge
from tests.accounts.people import PASSWORD, Person, a_person
from tests.accounts.signing_on import (
    EMAIL,
    KEY,
    KEYS,
    NOW,
    OTHER,
    RETURN,
    Liar,
    back_from,
    browser_of,
    claims,
    come_in,
    given,
    set_out,
    signed,
    there,
    token_for,
)
from tests.databases import make_organisation

pytestmark = pytest.mark.usefixtures("fresh")


async def test_the_whole_way_with_a_real_provider(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, canaille: str
) -> None:
    assert (await browser_of(client).get("/api/sso/ways")).json() == []
    answer = await boss.send("PUT", "/sso", given(canaille))
    assert answer.status_code == 200, answer.text
    assert answer.json()["redirect"] == RETURN
    assert "s3cret" not in answer.text
    checked = (await boss.send("POST", "/sso/checks")).json()
    assert checked == {"issuer": canaille, "signs_out": True}
    async with database.system() as tx:
        assert "s3cret" not in await tx.value("SELECT row_to_json(p)::text FROM sso_provider p")
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        assert "s3cret" not in await tx.value("SELECT row_to_json(s)::text FROM sso_secret s")
    browser = browser_of(client)
    url = await set_out(browser)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == RETURN
    assert len(asked["state"]) >= 40
    assert len(asked["nonce"]) >= 40
    back = await there(url)
    answer = await browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (302, "/desk/"), answer.headers
    me = (await browser.get("/api/session")).json()
    assert me["member"]["id"] == str(linxi.id)
    # The same return opens nothing a second time, nor in another browser.
    again = browser_of(client)
    again.cookies.set("peakend-sso", "x")
    assert (await again.get(back)).headers["location"] == "/desk/login?sso=gone"
    assert (await again.get("/api/session")).status_code == 401
    # Known by its subject from now on, whatever the address here is called.
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        assert await queries.links_to(tx, canaille) == 1
        await tx.run("UPDATE credential SET login_key = 'else@example.com' WHERE member_id = $1",
                     linxi.id)  # fmt: skip
    other = browser_of(client)
    assert (await come_in(other)).headers["location"] == "/desk/"
    audit = (await boss.get("/audit")).json()["items"]
    assert {"sso.changed", "sso.linked", "session.opened"} <= {one["action"] for one in audit}
    out = await other.request("DELETE", "/api/session")
    assert out.status_code == 204
    assert (await other.get("/api/session")).status_code == 401


async def test_who_has_no_account_or_no_link_stays_outside(
    database: Database, client: httpx.AsyncClient, boss: Person, canaille: str, organisation: UUID
) -> None:
    await boss.send("PUT", "/sso", given(canaille))
    answer = await come_in(browser_of(client))
    assert answer.headers["location"] == "/desk/login?sso=unknown"
    person = await a_person(database, client, organisation, "agent", login=EMAIL)
    await boss.send("PUT", "/sso", given(canaille, by_email=False))
    answer = await come_in(browser_of(client))
    assert answer.headers["location"] == "/desk/login?sso=unknown"
    await boss.send("PUT", "/sso", given(canaille))
    assert (await come_in(browser_of(client))).headers["location"] == "/desk/"
    await boss.send("PATCH", f"/members/{person.id}", {"active": False})
    answer = await come_in(browser_of(client))
    assert answer.headers["location"] == "/desk/login?sso=unknown"


async def test_the_second_step_is_asked_for_all_the_same(
    client: httpx.AsyncClient, boss: Person, linxi: Person, canaille: str
) -> None:
    await boss.send("PUT", "/sso", given(canaille))
    rules = {"password_least": 10, "second_step_roles": ["agent"], "networks": []}
    assert (await boss.send("PUT", "/sign-in-rules", rules)).status_code == 200
    browser = browser_of(client)
    answer = await come_in(browser)
    assert answer.headers["location"].startswith("/desk/login#set_up.")
    assert (await browser.get("/api/session")).status_code == 401


async def test_passwords_end_only_for_whoever_can_come_in_otherwise(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, canaille: str
) -> None:
    await boss.send("PUT", "/sso", given(canaille))
    answer = await boss.send("PUT", "/sso", given(canaille, sso_only=True))
    assert answer.json()["error"]["code"] == "accounts.sso_not_tried"
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        await tx.run("UPDATE credential SET login_key = 'x' WHERE member_id = $1", linxi.id)
        await tx.run("UPDATE credential SET login_key = $2 WHERE member_id = $1", boss.id, EMAIL)
    assert (await come_in(browser_of(client))).headers["location"] == "/desk/"
    answer = await boss.send("PUT", "/sso", given(canaille, sso_only=True))
    assert answer.status_code == 200, answer.text
    entry = {"login": EMAIL, "password": PASSWORD}
    refused = await browser_of(client).post("/api/session", json=entry)
    assert refused.json()["error"]["code"] == "accounts.sso_only"
    wrong = await browser_of(client).post("/api/session", json={**entry, "password": "nonsense-1"})
    assert wrong.json()["error"]["code"] == "accounts.wrong_login"
    # The way out, from the host's shell.
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        await rescue(tx, member_id=boss.id, any_network=False)
    assert (await browser_of(client).post("/api/session", json=entry)).status_code == 200


async def test_changing_it_may_need_a_second_person_and_a_fresh_look(
    boss: Person, canaille: str
) -> None:
    first = (await boss.send("PUT", "/sso", given(canaille, version=0))).json()
    stale = await boss.send("PUT", "/sso", given(canaille, version=0))
    assert stale.json()["error"]["code"] == "accounts.sso_stale"
    for issuer in ("http://example.com", "https://u:p@example.com", "file:///x"):
        answer = await boss.send("PUT", "/sso", given(issuer))
        assert answer.json()["error"]["fields"].keys() == {"issuer"}
    await boss.send("PUT", "/two-person-rule", {"active": True})
    body = given(canaille, version=first["provider"]["version"])
    answer = await boss.send("PUT", "/sso", body)
    assert answer.json()["error"]["code"] == "accounts.second_person_needed"


def look(token: str, keys: list[dict[str, Any]] | None = None) -> Any:
    return believed(
        token, keys or KEYS, issuer="https://id.example.com", client_id="peakend", nonce="n",
        now=NOW,
    )  # fmt: skip


def forged(alg: str) -> str:
    """Make a token as whoever knows the public key alone can: unsigned, or with it as a secret."""
    parts = ({"alg": alg, "kid": "one"}, claims())
    text = b".".join(_plain(json.dumps(part).encode()) for part in parts)
    secret = KEY.as_pem(private=False)
    seal = b"" if alg == "none" else _plain(hmac.digest(secret, text, "sha256"))
    return (text + b"." + seal).decode()


def _plain(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def test_a_good_token_is_believed() -> None:
    person = look(signed())
    assert (person.subject, person.email) == ("u1", EMAIL)
    assert look(signed(aud=["peakend", "x"], azp="peakend")).subject == "u1"
    assert look(signed(email_verified=False)).email == ""
    assert look(signed(email_verified="true")).email == ""
    assert look(signed(email=None)).email == ""
    other = ECKey.generate_key("P-256", {"kid": "one"})
    assert look(signed(other, "ES256"), [other.as_dict(private=False)]).subject == "u1"


LIES = {
    "alg": [forged("none"), forged("HS256"), forged("None")],
    "signature": [signed(OTHER), signed()[:-8] + "AAAAAAAA"],
    "kid": [signed(head={"kid": "../../etc/passwd"}), signed(head={"kid": "https://evil/x"})],
    "iss": [signed(iss="https://evil.example.com"), signed(iss=None),
            signed(iss="https://id.example.com/")],
    "aud": [signed(aud="other"), signed(aud=["other"]), signed(aud=["peakend", "x"]),
            signed(aud=None)],
    "azp": [signed(azp="other")],
    "exp": [signed(exp=int(NOW.timestamp()) - 61), signed(exp=None), signed(exp="soon"),
            signed(exp=True)],
    "iat": [signed(iat=int(NOW.timestamp()) + 61), signed(iat=None)],
    "nbf": [signed(nbf=int(NOW.timestamp()) + 61)],
    "nonce": [signed(nonce="other"), signed(nonce=None), signed(nonce=1)],
    "sub": [signed(sub=""), signed(sub=None), signed(sub="x" * 256)],
    "token": ["", "x", "a.b.c"],
}  # fmt: skip


@pytest.mark.parametrize(("what", "token"), [(k, t) for k, ts in LIES.items() for t in ts])
def test_a_lie_is_not_believed(what: str, token: str) -> None:
    with pytest.raises(NotBelieved) as refused:
        look(token)
    assert str(refused.value) in (what, "token", "alg")


def test_only_public_signing_keys_are_keys() -> None:
    secret = {"kty": "oct", "k": "x", "kid": "one"}
    sealing = {**KEYS[0], "use": "enc"}
    assert usable_keys({"keys": [secret, sealing, "x", None, *KEYS]}) == KEYS
    assert usable_keys([]) == usable_keys({"keys": {}}) == []


def test_the_challenge_is_that_of_the_rfc() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_keys_turn_and_made_up_ids_do_not_make_us_ask(
    client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    await boss.send("PUT", "/sso", given(liar.issuer))
    assert await back_from(liar, browser_of(client)) == "/desk/"
    assert liar.asked.count("/keys") == 1
    new = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    liar.keys = [new.as_dict(private=False)]
    for _ in range(3):
        location = await back_from(liar, browser_of(client), key=new, head={"kid": "two"})
        assert location == "/desk/login?sso=broken"
    assert liar.asked.count("/keys") == 1
    monkeypatch.setattr(sso_asking, "KEYS_AGAIN_S", 0.0)
    assert await back_from(liar, browser_of(client), key=new, head={"kid": "two"}) == "/desk/"
    assert liar.asked.count("/keys") == 2


async def test_a_lying_provider_lets_nobody_in(
    client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer))
    browser = browser_of(client)
    for more in ({"aud": "x"}, {"nonce": "other"}, {"key": OTHER}):
        if "nonce" in more:
            url = await set_out(browser)
            liar.token = token_for(liar, url, nonce="other")
            state = parse_qs(urlsplit(url).query)["state"][0]
            answer = await browser.get(f"{RETURN}?code=c&state={state}")
            location = answer.headers["location"]
        else:
            location = await back_from(liar, browser, **more)
        assert location == "/desk/login?sso=broken", more
    now = int(time.time())
    for more in ({"iat": now + 600}, {"exp": now - 600}, {"nbf": now + 600}):
        assert await back_from(liar, browser, **more) == "/desk/login?sso=clock", more
    assert await back_from(liar, browser, email_verified=False) == "/desk/login?sso=unknown"
    assert (await browser.get("/api/session")).status_code == 401
    for document in (
        {"issuer": "https://evil.example.com"},
        {"token_endpoint": "http://169.254.169.254/"},
        {"jwks_uri": "file:///etc/passwd"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ):
        liar.document = document
        answer = await boss.send("POST", "/sso/checks")
        assert answer.status_code in (403, 422), document
        assert answer.json()["error"]["message"]


async def test_another_house_is_another_matter(
    database: Database, client: httpx.AsyncClient, boss: Person, liar: Liar
) -> None:
    other = await a_person(
        database, client, await make_organisation(database), "admin", login="other@example.com"
    )
    await boss.send("PUT", "/sso", given(liar.issuer))
    assert (await other.get("/sso")).json()["provider"] is None
    missing = await other.send("PUT", "/sso", given(liar.issuer))
    assert missing.json()["error"]["code"] == "accounts.sso_secret_missing"
    house = {"house_id": str(other.organisation_id)}
    answer = await browser_of(client).post("/api/sso/departures", json=house)
    assert answer.json()["error"]["code"] == "accounts.no_sso"
    found = await browser_of(client).get(f"/api/sso/ways?house={other.organisation_id}")
    assert found.json() == []


async def test_a_return_belongs_to_the_browser_that_set_out(
    client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer))
    mine, theirs = browser_of(client), browser_of(client)
    url = await set_out(mine)
    liar.token = token_for(liar, url)
    back = f"{RETURN}?code=c&state={parse_qs(urlsplit(url).query)['state'][0]}"
    await set_out(theirs)
    assert (await theirs.get(back)).headers["location"] == "/desk/login?sso=gone"
    assert (await theirs.get("/api/session")).status_code == 401
    held = mine.cookies.get("peakend-sso")
    for wrong in (
        RETURN,
        f"{RETURN}?state=&code=x",
        f"{RETURN}?state={'x' * 43}&code=x",
        f"{RETURN}?error=access_denied&state=x",
        f"{back}&iss=https://evil.example.com",
    ):
        mine.cookies.set("peakend-sso", held)
        answer = await mine.get(wrong)
        assert answer.headers["location"].startswith("/desk/login?sso="), wrong
        assert (await mine.get("/api/session")).status_code == 401
    mine.cookies.set("peakend-sso", held)
    assert (await mine.get(f"{back}&iss={liar.issuer}")).headers["location"] == "/desk/"
    mine.cookies.set("peakend-sso", held)
    assert (await mine.get(back)).headers["location"] == "/desk/login?sso=gone"


async def test_a_return_too_late_opens_nothing(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer))
    browser = browser_of(client)
    url = await set_out(browser)
    liar.token = token_for(liar, url)
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        await tx.run("UPDATE sso_attempt SET expires_at = now() - interval '1 second'")
    state = parse_qs(urlsplit(url).query)["state"][0]
    answer = await browser.get(f"{RETURN}?code=c&state={state}")
    assert answer.headers["location"] == "/desk/login?sso=gone"
