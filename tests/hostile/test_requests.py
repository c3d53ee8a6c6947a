"""Hostile requests: each is answered with a refusal, quickly, and leaves nothing behind."""

import io
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from tests.hostile.served import Served, send

QUICK_S = 10
CANARY = f"金丝雀{uuid4().hex}"


WRITE = "/api/web/{key}/messages"
REPLY = "/api/conversations/{conversation}/messages"
DEEP = b'{"identity":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
BODIES = {
    "ten thousand deep": DEEP,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "not closed": b'{"client_id": "',
    "not JSON": b"\x00\xff\xfe",
    "invalid UTF-8": b'{"text": "\xff\xfe\xfd"}',
    "lone surrogate": b'{"client_id":"%s","text":"\\ud800"}' % str(uuid4()).encode(),
    "NaN": b'{"seq": NaN}',
    "a huge number": b'{"seq": ' + b"9" * 5_000 + b"}",
    "a float": b'{"seq": 1e400}',
    "a list": b"[]",
    "null": b"null",
    "a string": b'"x"',
    "doubled keys": b'{"seq":1,"seq":{}}',
    "a million elements": b"[" + b"1," * 400_000 + b"1]",
    "prototype": b'{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}',
    "empty": b"",
}
PLACES = [
    ("visitor", "POST", WRITE),
    ("visitor", "POST", "/api/web/{key}/identities"),
    ("visitor", "POST", "/api/web/{key}/reads"),
    ("anonymous", "POST", "/api/web/{key}/sessions"),
    ("anonymous", "POST", "/api/session"),
    ("admin", "POST", REPLY),
    ("admin", "PATCH", "/api/session/preferences"),
    ("admin", "PATCH", "/api/organisation"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda p: p[2])
@pytest.mark.parametrize("body", BODIES)
def test_malformed_bodies_are_refused(site: Served, body: str, place: Any) -> None:
    who, method, path = place
    began = time.monotonic()
    answer = send(
        site, who, method, path, content=BODIES[body], headers={"Content-Type": "application/json"}
    )
    harmless = body in ("prototype", "empty") or path.endswith(("preferences", "organisation"))
    assert answer.status_code in ((413, 422, 401, 429) if not harmless else (200, 201, 413, 422))
    assert time.monotonic() - began < QUICK_S


EXTRA = [
    ("visitor", "POST", WRITE, {"client_id": str(uuid4()), "text": "x"},
     ("kind", "author_kind", "sender_type", "state", "agent_id", "note", "seq", "organisation_id")),
    ("agent", "POST", REPLY, {"client_id": str(uuid4()), "kind": "note", "text": "x"},
     ("author_id", "seq", "at", "organisation_id", "id")),
    ("admin", "PATCH", "/api/members/{member}", {"name": "x"},
     ("is_admin", "id", "organisation_id", "created_at", "password_hash", "scope")),
    ("admin", "PATCH", "/api/customers/{customer}", {"version": 1},
     ("verified", "organisation_id", "id", "tier", "balance", "csat_score")),
    ("admin", "POST", "/api/tags", {"name": "x", "colour": "#000000"}, ("id", "organisation_id")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "field"),
    [(w, m, p, b, f) for w, m, p, b, fields in EXTRA for f in fields],
)
def test_fields_that_nobody_asked_for_are_refused(
    site: Served, who: str, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = send(site, who, method, path, json={**body, field: "admin"})
    assert answer.status_code == 422, answer.text


def test_an_agent_cannot_raise_itself(site: Served) -> None:
    for change in ({"role": "admin"}, {"active": True}, {"capacity": 99}):
        assert send(site, "agent", "PATCH", "/api/members/{agent}", json=change).status_code == 403
    invited = {"login": "boss@example.com", "name": "x", "role": "admin"}
    assert send(site, "agent", "POST", "/api/members/invitations", json=invited).status_code == 403


TEXTS = [
    "a\0b", "＝cmd|x", "\ufeff", "\u202eabc", "\u200b", "𠮷👨\u200d👩\u200d👧", "' OR 1=1 --",
    "%_*", "a" * 20_000, "\r\nSet-Cookie: a=b", "{{7*7}}", "{% include 'x' %}",
    "../../etc/passwd", "\x1b[31m",
]  # fmt: skip
QUERIES = ["/api/conversations?view={}", "/api/conversations?cursor={}", "/api/search?q={}",
           "/api/customers?q={}", "/api/articles?q={}", "/api/knowledge/search?q={}",
           "/help/search?q={}", "/api/audit?action={}", "/api/audit?cursor={}",
           "/api/search?q=x&cursor={}", "/api/conversations?agent={}", "/files/x/{}",
           "/desk/{}", "/help/a/{}", "/r/{}", "/w/{}", "/api/web/{}/config", "/widget-assets/{}",
           "/shop/static/{}", "/api/metrics/{}/explanation", "/api/setup/{}",
           "/api/invitations/{}"]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("query", QUERIES)
def test_odd_texts_in_addresses_are_no_fault(site: Served, query: str, text: str) -> None:
    address = query.replace("{}", quote(text[:6000], safe=""))
    answer = site.browser.get(address, headers=site.headers["admin"])
    assert answer.status_code < 500, answer.text[:300]
    assert "set-cookie" not in answer.headers
    if "{{7*7}}" in text:
        assert ">49<" not in answer.text


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_odd_texts_are_kept_or_refused(site: Served, text: str) -> None:
    answer = send(site, "admin", "POST", REPLY,
                  json={"client_id": str(uuid4()), "kind": "note", "text": text})  # fmt: skip
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        assert "\0" not in answer.json()["text"]


PATHS = ["..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "/etc/passwd",
         "..\\..\\windows", "%00", "%5c..%5c", "..;/", "%252e%252e%252f", "con",
         "a" * 300]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("where", ["/desk/assets/", "/widget-assets/", "/shop/static/", "/help/"])
def test_paths_stay_inside(site: Served, where: str, path: str) -> None:
    answer = _raw(
        site, f"GET {where}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    assert b"root:x:0" not in answer
    assert b" 500 " not in answer.split(b"\r\n")[0]


def _raw(site: Served, request: bytes) -> bytes:
    host, _, port = site.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(request)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
        return b"".join(parts)


def test_a_body_of_a_hundred_megabytes_is_refused_early(site: Served) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(1600):
            yield b"x" * 65536

    began = time.monotonic()
    try:
        answer = send(site, "visitor", "POST", WRITE, content=endless(),
                      headers={"Content-Type": "application/json"})  # fmt: skip
        assert answer.status_code == 413
    except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
        pass
    assert time.monotonic() - began < QUICK_S


def test_ten_thousand_parameters_are_no_fault(site: Served) -> None:
    query = "&".join(f"a{i}=1" for i in range(5_000))
    answer = send(site, "admin", "GET", f"/api/conversations?{query}")
    assert answer.status_code < 500


ORIGINS = ["https://evil.example", "null", "http://127.0.0.1.evil.example", "https://evil-127.0.0.1",
           "http://127.0.0.1:1", "file://", "http://127.0.0.1@evil.example"]  # fmt: skip


@pytest.mark.parametrize("origin", ORIGINS)
def test_other_sites_cannot_write(site: Served, origin: str) -> None:
    body = {"client_id": str(uuid4()), "kind": "note", "text": "x"}
    answer = send(site, "admin", "POST", REPLY, json=body, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    login = send(site, "anonymous", "POST", "/api/session", headers={"Origin": origin},
                 json={"login": "admin", "password": "whatever-it-is"})  # fmt: skip
    assert login.status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_forms_of_other_sites_cannot_write(site: Served, kind: str) -> None:
    body = json.dumps({"client_id": str(uuid4()), "kind": "note", "text": "x"})
    cookie = {"Cookie": site.headers["admin"]["Cookie"], "Content-Type": kind}
    path = REPLY.format(**site.ids)
    answer = site.browser.post(path, content=body, headers=cookie)
    assert answer.status_code == 403


@pytest.mark.parametrize("origin", [*ORIGINS[:2], None])
@pytest.mark.parametrize("who", ["admin", "anonymous"])
def test_sockets_look_at_origin_and_session(site: Served, origin: str | None, who: str) -> None:
    from websockets.exceptions import ConnectionClosed, InvalidStatus
    from websockets.sync.client import connect

    url = site.url.replace("http", "ws") + "/api/live?cursor=%25"
    headers = {k: v for k, v in site.headers[who].items() if k == "Cookie"}
    if origin is None and who == "admin":
        with connect(url, additional_headers=headers) as line:
            assert json.loads(line.recv(timeout=10))["t"] in ("hello", "resync")
        return
    refused = pytest.raises((InvalidStatus, ConnectionClosed))
    with refused, connect(url, additional_headers=headers, origin=origin) as line:
        line.recv(timeout=10)


FRAMES = [
    "x", "[]", "null", "[" * 5000, '{"t":1}', '{"t":"looking","conversation_id":"%"}',
    '{"t":"auth","token":[],"cursor":{}}', "x" * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES, ids=range(len(FRAMES)))
def test_odd_frames_close_or_are_ignored(site: Served, frame: str) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    base = site.url.replace("http", "ws")
    cookie = {"Cookie": site.headers["admin"]["Cookie"]}
    with connect(f"{base}/api/live", additional_headers=cookie) as line:
        try:
            line.send(frame)
            line.send('{"t":"ping"}')
            while json.loads(line.recv(timeout=10))["t"] != "pong":
                pass
        except ConnectionClosed:
            assert line.protocol.close_code in (1008, 1009, 1012)
    with connect(f"{base}/api/web/{site.key}/live") as line:
        line.send(frame)
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=15)


def _written(site: Served, body: dict[str, Any]) -> str:
    """Write as the visitor, whose budget the requests before may have spent."""
    for _ in range(30):
        answer = send(site, "visitor", "POST", WRITE, json=body)
        if answer.status_code != 429:
            break
        time.sleep(1)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["message"]["id"])


def test_the_same_message_is_kept_once(site: Served) -> None:
    body = {"client_id": str(uuid4()), "text": "只说一次"}
    seen = {_written(site, body) for _ in range(5)}
    assert len(seen) == 1


def test_the_host_header_is_not_believed(site: Served) -> None:
    body = {"login": "host@example.com", "name": "x", "role": "agent"}
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        body["login"] = f"{uuid4().hex[:8]}@example.com"
        answer = send(site, "admin", "POST", "/api/members/invitations", json=body, headers=headers)
        assert "evil.example" not in answer.text


def test_pages_say_that_nobody_may_frame_them(site: Served) -> None:
    for path in ("/desk/", "/help", "/api/session", "/health", "/nowhere"):
        headers = site.browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers.get("content-security-policy", "")
        # Only our own pages may hold the help centre in a frame.
        assert f"frame-ancestors '{'self' if path == '/help' else 'none'}'" in policy, path
        assert "unsafe-eval" not in policy


def test_the_cookie_is_shut_away(site: Served) -> None:
    made = site.run(_with_password(site))
    answer = send(site, "anonymous", "POST", "/api/session", json=made)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie or "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "domain=" not in cookie


async def _with_password(site: Served) -> dict[str, str]:
    from peakend.accounts.actions import add_member
    from peakend.accounts.actions.passwords import hash_password

    login = f"{uuid4().hex[:8]}@example.com"
    hashed = await hash_password(CANARY, login)
    async with site.people.floor.tx() as tx:
        await add_member(tx, login=login, name="x", role="agent", password_hash=hashed)
    return {"login": login, "password": CANARY}


def test_canaries_are_in_no_log_job_or_fact(
    site: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    from peakend.kernel import logs

    out = io.StringIO()
    logs.configure(stream=out)
    send(site, "anonymous", "POST", "/api/session", json={"login": CANARY, "password": CANARY})
    send(site, "visitor", "POST", WRITE, json={"client_id": str(uuid4()), "text": CANARY})
    send(site, "admin", "POST", REPLY,
         json={"client_id": str(uuid4()), "kind": "note", "text": CANARY})  # fmt: skip
    send(site, "admin", "GET", f"/api/search?q={CANARY}")
    send(site, "admin", "GET", f"/api/customers?q={CANARY}")
    send(site, "visitor", "POST", WRITE, json={"client_id": CANARY, "text": CANARY, "x": CANARY})
    site.browser.get(f"/r/{CANARY}")
    site.browser.get(f"/api/setup/{CANARY}")
    kept = site.run(_kept(site))
    told = out.getvalue() + "".join(capfd.readouterr())
    token = site.headers["visitor"]["Authorization"].split()[1]
    cookie = site.headers["admin"]["Cookie"].partition("=")[2]
    for canary in (CANARY, token, cookie):
        assert canary not in told
        assert canary not in kept


async def _kept(site: Served) -> str:
    """Return every fact, job and audit line as text."""
    found = ""
    async with site.people.floor.tx() as tx:
        for table in ("event", "job", "audit_entry"):
            found += str(await tx.value(f"SELECT jsonb_agg(to_jsonb(t)) FROM {table} t"))
    return found
