"""The desk can be installed as an app: its manifest and the pictures that it names are served."""

import io

import httpx
import pytest
from PIL import Image

from peakend.kernel.built import built_folder

pytestmark = pytest.mark.skipif(
    not (built_folder("desk") / "index.html").is_file(),
    reason="the web app is not built",
)


async def test_the_manifest_and_its_pictures(client: httpx.AsyncClient) -> None:
    page = (await client.get("/desk/")).text
    assert '<link rel="manifest" href="/desk/manifest.webmanifest">' in page
    answer = await client.get("/desk/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = answer.json()
    assert (manifest["start_url"], manifest["display"]) == ("/desk/", "standalone")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert [icon for icon in manifest["icons"] if icon.get("purpose") == "maskable"]
    for icon in manifest["icons"]:
        picture = await client.get(f"/desk/{icon['src']}")
        assert picture.headers["content-type"] == "image/png"
        width, height = Image.open(io.BytesIO(picture.content)).size
        assert f"{width}x{height}" == icon["sizes"]


async def test_the_worker_is_never_an_old_one(client: httpx.AsyncClient) -> None:
    worker = await client.get("/desk/sw.js")
    assert worker.status_code == 200
    assert worker.headers["cache-control"] == "no-cache"
    assert "javascript" in worker.headers["content-type"]
