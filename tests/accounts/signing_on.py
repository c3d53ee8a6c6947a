"""Going the way of single sign-on in tests, and a provider whose answers a test writes."""

import asyncio
import contextlib
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

EMAIL = "lin.xi@example.com"
RETURN = "http://testserver/api/sso/return"


def given(issuer: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "公司账号",
        "issuer": issuer,
        "client_id": "peakend",
        "active": True,
        "by_email": True,
        **more,
    }


def browser_of(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=client._transport, base_url=client.base_url, headers=client.headers
    )


async def set_out(browser: httpx.AsyncClient) -> str:
    """Press the button; return where the browser is sent."""
    [way] = (await browser.get("/api/sso/ways")).json()
    answer = await browser.post("/api/sso/departures", json={"house_id": way["house_id"]})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


async def there(url: str) -> str:
    """Be at the provider, signed in already; return where it sends the browser back to."""
    async with httpx.AsyncClient() as outside:
        answer = await outside.get(url)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def come_in(browser: httpx.AsyncClient) -> httpx.Response:
    """Go the whole way."""
    return await browser.get(await there(await set_out(browser)))


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
KEYS = [KEY.as_dict(private=False)]
NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)


def claims(**more: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    return {
        "iss": "https://id.example.com", "aud": "peakend", "sub": "u1", "nonce": "n",
        "iat": at, "exp": at + 300, "email": EMAIL, "email_verified": True, **more,
    }  # fmt: skip


def signed(key: Any = KEY, alg: str = "RS256", head: dict[str, Any] | None = None,
           **more: Any) -> str:  # fmt: skip
    said = {name: value for name, value in claims(**more).items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one", **(head or {})}, said, key, algorithms=[alg])


class Liar:
    """A provider whose answers a test writes."""

    def __init__(self) -> None:
        self.issuer = ""
        self.keys: list[dict[str, Any]] = KEYS
        self.token = ""
        self.document: dict[str, Any] = {}
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            path = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
            self.asked.append(path)
            body = {
                "/.well-known/openid-configuration": {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/go",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    **self.document,
                },
                "/keys": {"keys": self.keys},
                "/token": {"id_token": self.token, "access_token": "x"},
            }.get(path, {})
            text = json.dumps(body).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
            await writer.drain()
        writer.close()


def token_for(liar: Liar, url: str, key: Any = KEY, **more: Any) -> str:
    nonce = parse_qs(urlsplit(url).query)["nonce"][0]
    at = int(time.time())
    return signed(key, **{"iss": liar.issuer, "nonce": nonce, "iat": at, "exp": at + 60, **more})


async def back_from(liar: Liar, browser: httpx.AsyncClient, **more: Any) -> str:
    url = await set_out(browser)
    liar.token = token_for(liar, url, **more)
    state = parse_qs(urlsplit(url).query)["state"][0]
    return (await browser.get(f"{RETURN}?code=c&state={state}")).headers["location"]
