"""What we hold about a person is given to the person whole, masked where it is about others."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

from peakend.kernel.personal import HELD
from peakend.kernel.words import has_word
from peakend.privacy.actions import drop_packages
from peakend.privacy.actions.packing import package_path
from peakend.privacy.actions.reading import _UNSAID
from tests.privacy import planting
from tests.privacy.conftest import Place, erasure
from tests.privacy.test_erasure import _everything

# Not about the person for whom the package is made, or forgotten within minutes.
NOT_GIVEN = {"tab title", "referrer"}
# The same mail in other forms: what it says is given as text.
NOT_GIVEN |= {"bytes of a mail that came", "HTML of a mail that came"}
# Planted as they are stored, sealed or as a digest; the person gets what they stand for.
STORED = ("bytes of a picture", "small picture", "phone or mail", "sensitive field", "sealed ")


async def _made(place: Place, customer_id: str) -> tuple[dict[str, Any], zipfile.ZipFile]:
    asked = {"customer_id": customer_id, "identity": "document"}
    begun = await place.does("POST", "/privacy/packages", asked)
    assert (begun["state"], begun["done"]) == ("making", 0)
    again = await place.boss.send("POST", "/privacy/packages", asked)
    assert again.json()["error"]["code"] == "privacy.already_packing"
    await place.works()
    [done] = await place.does("GET", "/privacy/packages")
    assert (done["state"], done["done"]) == ("made", done["total"])
    answer = await place.boss.get(f"/privacy/packages/{done['id']}/file")
    assert answer.status_code == 200
    return done, zipfile.ZipFile(io.BytesIO(answer.content))


async def test_every_declared_table_and_every_canary_is_in_it(place: Place) -> None:
    customer_id, conversation_id = await _everything(place)
    note = {"client_id": str(planting.uuid4()), "text": "他妻子的电话是13711112222", "kind": "note"}
    await place.does("POST", f"/conversations/{conversation_id}/messages", note)
    done, bundle = await _made(place, customer_id)
    data = json.loads(bundle.read("data.json"))
    declared = {(held.table, held.about) for held in HELD}
    assert {(part["table"], part["about"]) for part in data} == declared
    whole = "\n".join([name + bundle.read(name).decode("latin-1") for name in bundle.namelist()])
    missing = {name for name, word in place.planted.items() if word not in whole}
    assert {name for name in missing if not name.startswith(STORED)} == NOT_GIVEN
    told = [row["value"] for part in data if part["table"] == "identity" for row in part["rows"]]
    assert told
    assert not [value for value in told if "*" in value]
    page = bundle.read("index.html").decode()
    assert place.planted["first message"] in page
    assert "holds about you" in page
    # Of somebody else only as much as is needed to know that it was said.
    assert "13711112222" not in page + bundle.read("data.json").decode()
    assert "137****2222" in page
    keys = {key for part in data for row in part["rows"] or () for key in row} - _UNSAID
    assert {key for key in keys if not has_word(f"privacy.access.key_{key}")} == set()
    assert done["files"] == len([one for one in bundle.namelist() if one.startswith("files/")])
    assert done["files"] >= 3
    names = await place.does("GET", "/audit?limit=20")
    actions = [one["action"] for one in names["items"]]
    for action in ("privacy.access_asked", "privacy.access_made", "privacy.access_fetched"):
        assert action in actions


async def test_a_package_goes_after_a_week_and_with_the_person(place: Place) -> None:
    _, conversation_id, customer_id = await planting.as_visitor(place)
    await planting.close(place, conversation_id)
    done, _ = await _made(place, customer_id)
    path = package_path(done["id"])
    assert path.is_file()
    stranger = await place.does("GET", "/privacy/packages", by=place.mate)
    assert [one["id"] for one in stranger] == [done["id"]]
    async with place.centre.tx() as tx:
        tx.now += timedelta(days=6)
        assert await drop_packages(tx) == 0
    async with place.centre.tx() as tx:
        tx.now += timedelta(days=8)
        assert await drop_packages(tx) == 1
    assert not path.is_file()
    gone = await place.boss.get(f"/privacy/packages/{done['id']}/file")
    assert gone.status_code == 404
    done, _ = await _made(place, customer_id)
    await place.does("POST", "/privacy/erasures", erasure(customer_id))
    await place.works()
    assert not package_path(done["id"]).is_file()
    assert await place.does("GET", "/privacy/packages") == []
    asked = {"customer_id": customer_id, "identity": "document"}
    over = await place.boss.send("POST", "/privacy/packages", asked)
    assert over.json()["error"]["code"] == "privacy.nothing_to_erase"


async def test_a_package_may_need_a_second_person(place: Place) -> None:
    customer_id, _ = await _everything(place)
    await place.does("PUT", "/two-person-rule", {"active": True})
    asked = {"customer_id": customer_id, "identity": "document"}
    answer = await place.boss.send("POST", "/privacy/packages", asked)
    assert answer.json()["error"]["code"] == "accounts.second_person_needed"
    wanted = {"kind": "access.package", "body": asked, "reason": "客户来信要自己的资料"}
    proposed = await place.does("POST", "/proposals", wanted)
    # What was tried to see whether it works left nothing behind.
    assert await place.does("GET", "/privacy/packages") == []
    alone = await place.boss.send("POST", f"/proposals/{proposed['id']}/confirmations")
    assert alone.json()["error"]["code"] == "accounts.not_by_yourself"
    await place.does("POST", f"/proposals/{proposed['id']}/confirmations", by=place.mate)
    await place.works()
    [done] = await place.does("GET", "/privacy/packages")
    assert (done["state"], done["asked_by"]) == ("made", str(place.mate.id))
