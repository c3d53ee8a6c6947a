"""The first start from an empty directory, a warm start, and the memory of what then rests."""

import asyncio
import contextlib
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bench.cluster import a_folder, cpu_of, memory_of
from bench.figures import Figure, console
from bench.processes import ROOT, answers, environment, free_port

REST_S = 4
WARM = 3


async def start() -> list[Figure]:
    """Start the real command; it has started when it answers that it is ready."""
    with a_folder() as folder:
        took, used, memory, loaded = [], [], 0.0, None
        for turn in range(1 + WARM):
            console.print(f"  start {turn + 1} of {1 + WARM}", style="dim")
            began = time.perf_counter()
            async with _serving(folder) as (child, port, log):
                took.append(time.perf_counter() - began)
                used.append(cpu_of(child.pid))
                if turn == 0:
                    founder = await _set_up(port, log)
                    await asyncio.sleep(REST_S)
                    memory = memory_of(child.pid)
                    if founder is not None and await _retrieve(port, founder):
                        await asyncio.sleep(REST_S)
                        loaded = memory_of(child.pid)
    detail = {"starts": WARM, "CPU s": sorted(used[1:])[WARM // 2]}
    return [
        Figure("first start from an empty directory", took[0], "s", 6, "less", {"CPU s": used[0]}),
        Figure("warm start", sorted(took[1:])[WARM // 2], "s", 3, "less", detail),
        Figure("idle memory of app and PostgreSQL", memory, "MB", 300, "less"),
        Figure("the same with retrieval loaded", loaded, "MB", 450, "less"),
    ]


@contextlib.asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[tuple[subprocess.Popen[bytes], int, Path]]:
    port = free_port()
    log = folder / "serve.log"
    env = environment("", folder) | {"COLUMNS": "200"}
    del env["PEAKEND_DATABASE_URL"]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "peakend", "serve", "--data-dir", str(folder), "--port",
             str(port)],
            env=env, stdout=out, stderr=out, cwd=ROOT,
        )  # fmt: skip
    try:
        await answers(port, child, log)
        yield child, port, log
    finally:
        child.terminate()
        try:
            await asyncio.to_thread(child.wait, 20)
        except subprocess.TimeoutExpired:
            child.kill()


async def _set_up(port: int, log: Path) -> str | None:
    """Found an organisation with the one-time link and return the founder's cookie."""
    for _ in range(50):
        found = re.search(r"/setup/([\w-]+)", log.read_text(errors="replace"))
        if found:
            break
        await asyncio.sleep(0.1)
    else:
        return None
    form = {
        "organisation": "安居家", "name": "王敏", "login": "wang@example.com",
        "password": "a long sentence 93 for the bench", "language": "zh-CN",
    }  # fmt: skip
    answer = await _http(port, "POST", f"/api/setup/{found[1]}", form)
    cookie = answer.headers.get("set-cookie", "")
    return cookie.split(";")[0] if answer.status_code < 300 else None


async def _retrieve(port: int, cookie: str) -> bool:
    """Publish an article and look for it: the worker and the web part load what finds it."""
    signed = {"Cookie": cookie}
    form = {
        "title": "燃气灶打不着火怎么办",
        "body": "先看电池，再看阀门。仍打不着，请约师傅上门。",
        "questions": ["灶具打不着火", "点火没反应"],
    }
    written = await _http(port, "POST", "/api/articles", form, signed)
    if written.status_code >= 300:
        return False
    path = f"/api/articles/{written.json()['id']}/publications"
    published = await _http(port, "POST", path, None, signed)
    asked = "/api/knowledge/search?q=点火没反应怎么修"
    for _ in range(40):
        await asyncio.sleep(0.5)
        if (found := await _http(port, "GET", asked, None, signed)).json():
            return bool(published.is_success and found.is_success)
    return False


async def _http(
    port: int, method: str, path: str, form: Any, headers: dict[str, str] | None = None
) -> Any:
    import httpx

    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False
    ) as client:
        return await client.request(
            method, path, json=form, headers={"X-Peakend": "1", **(headers or {})}
        )
