"""A provider of mailboxes on loopback: it gives leave and renews it, or does what a test wants."""

import asyncio
import base64
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from peakend.kernel.settings import settings

CLIENT, SECRET, ACCOUNT = "peakend-client", "app/secret+Ж", "service@mail.example.com"


@dataclass
class Giver:
    """What a provider knows, how it answers, and what it was asked."""

    port: int = 0
    lasts_s: Any = 3600
    # Each renewal brings another refresh token, and the one before is good for nothing.
    rotates: bool = True
    gives_refresh: bool = True
    scope: str | None = None
    # Instead of an answer: a status and a body.
    instead: tuple[int, bytes] | None = None
    # Answers nothing until it is set.
    hold: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    number: int = 0

    def consent(self, url: str) -> dict[str, str]:
        """Let somebody say yes who was sent here, and return what the browser brings back."""
        asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}
        self.number += 1
        code = f"code-{self.number}"
        self.codes[code] = asked
        return {"state": asked["state"], "code": code}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Answer at the token endpoint."""
        self.forms.append(form)
        if self.instead:
            return self.instead
        if path.endswith("/revoke"):
            self.revoked.append(form["token"])
            return 200, b"{}"
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return _no(401, "invalid_client", f"AADSTS7000222 {form.get('client_secret')}")
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], {})
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            fits = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if (asked.get("code_challenge"), asked.get("redirect_uri")) != (
                fits, form["redirect_uri"],
            ):  # fmt: skip
                return _no(400, "invalid_grant", "bad code")
            return self._given(asked["scope"])
        old = form["refresh_token"]
        if old not in self.refresh:
            # Twice the same is theft to those who give a new one each time: all of it ends.
            if old in self.used:
                self.refresh.clear()
            return _no(400, "invalid_grant", f"Token has been expired or revoked: {old}")
        if self.rotates:
            self.refresh.discard(old)
            self.used.add(old)
        return self._given("", renewed=True)

    def _given(self, scope: str, *, renewed: bool = False) -> tuple[int, bytes]:
        self.number += 1
        made: dict[str, Any] = {
            "access_token": f"access-{self.number}",
            "token_type": "Bearer",
            "expires_in": self.lasts_s,
            "scope": scope if self.scope is None else self.scope,
        }
        # The newest alone opens anything.
        self.tokens.clear()
        self.tokens.add(made["access_token"])
        if self.gives_refresh and (self.rotates or not renewed):
            made["refresh_token"] = f"refresh-{self.number}"
            self.refresh.add(made["refresh_token"])
        if not renewed:
            told = base64.urlsafe_b64encode(json.dumps({"email": ACCOUNT}).encode()).decode()
            made["id_token"] = f"e30.{told.rstrip('=')}.x"
        return 200, json.dumps(made).encode()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, IndexError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, target = head.split(" ", 2)[:2]
            size = [int(line[15:]) for line in head.lower().split("\r\n")
                    if line.startswith("content-length:")]  # fmt: skip
            body = await reader.readexactly(size[0] if size else 0)
            if method == "GET":
                asked = parse_qs(urlsplit(target).query)
                back = f"{asked['redirect_uri'][0]}?{urlencode(self.consent(target))}"
                writer.write(f"HTTP/1.1 302 ok\r\nlocation: {back}\r\n".encode())
                writer.write(b"content-length: 0\r\nconnection: close\r\n\r\n")
            else:
                form = {k: v[0] for k, v in parse_qs(body.decode(), keep_blank_values=True).items()}
                self.asked.set()
                if self.hold is not None:
                    await self.hold.wait()
                status, answer = self.answer(urlsplit(target).path, form)
                writer.write(
                    f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n"
                    f"content-length: {len(answer)}\r\nconnection: close\r\n\r\n".encode()
                )
                writer.write(answer)
            await writer.drain()
        writer.close()


def _no(status: int, error: str, description: str) -> tuple[int, bytes]:
    return status, json.dumps({"error": error, "error_description": description}).encode()


@contextlib.asynccontextmanager
async def a_giver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Giver]:
    """Listen on loopback as every provider, as the operator set it."""
    giver = Giver()
    server = await asyncio.start_server(giver.talk, "127.0.0.1", 0)
    giver.port = server.sockets[0].getsockname()[1]
    place = f"http://127.0.0.1:{giver.port}"
    monkeypatch.setattr(
        settings, "mail_sign_in", dict.fromkeys(("google", "microsoft", "microsoft_cn"), place)
    )
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    try:
        yield giver
    finally:
        server.close()
