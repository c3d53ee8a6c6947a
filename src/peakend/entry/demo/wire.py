"""How simulated people speak with the server: plain HTTP, as a browser would."""

import asyncio
from typing import Any
from uuid import UUID

import httpx


class Refused(Exception):
    """The server said no."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Wire:
    """One person's requests."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.headers = {"X-Peakend": "1", "Accept-Language": "zh-CN"}

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Return what is answered; a busy server is asked again a little later. Errors: Refused."""
        for attempt in range(4):
            found = await self.client.request(method, path, json=body, headers=self.headers, **more)
            if attempt == 3 or not _comes_again(found):
                break
            await asyncio.sleep(2 * attempt + 0.5)
        if found.status_code >= 400:
            raise Refused(found.status_code, _code(found))
        if "set-cookie" in found.headers:
            self.headers["Cookie"] = found.headers["set-cookie"].split(";")[0]
        return found.json() if found.content else None

    async def get(self, path: str, **params: Any) -> Any:
        """Read. Errors: Refused."""
        return await self.ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """Do. Errors: Refused."""
        return await self.ask("POST", path, body if more or body is not None else {}, **more)


def path_of(*parts: str | UUID) -> str:
    """Return a path of the API."""
    return "/api/" + "/".join(str(part) for part in parts)


def _comes_again(answer: httpx.Response) -> bool:
    return answer.status_code in (429, 503)


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
