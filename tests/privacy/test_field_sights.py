"""Fields of the house's own that only some roles see: looked for wherever anything can be read."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import peakend
from peakend.accounts import actions as accounts
from peakend.accounts.queries import forget_everybody, forget_keys
from peakend.conversations import queries as conversations
from peakend.conversations.rules.views import FieldCondition, ViewFilter
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Refused
from peakend.profiles import queries as profiles
from tests.accounts.people import Person, a_person
from tests.privacy.conftest import Place
from tests.privacy.test_sights import known, walked

PLACES = ("customer", "conversation", "company", "object")
# Where rows of fields and values may be read: each place asks who sees them, or is for the house.
READERS = {
    "profiles/queries/fields.py",
    "profiles/queries/sifting.py",
    "profiles/queries/carrying.py",
    "profiles/actions/defining.py",
    "profiles/actions/filling.py",
    # A person gets everything that is kept about him, and all of it is erased.
    "profiles/actions/forgetting.py",
    "profiles/models/fields.py",
}
# These give every field; whoever uses them says here why that is right.
UNASKED = {
    "every_field_of": {"profiles/queries/fields.py", "profiles/actions/defining.py"},
    "values_held": {"profiles/queries/carrying.py", "profiles/actions/carrying.py"},
    "value_rows": {"profiles/queries/fields.py", "profiles/actions/filling.py"},
    "need_field": {
        "profiles/queries/__init__.py",
        "profiles/queries/fields.py",
        "profiles/actions/defining.py",
        "profiles/api/fields.py",
    },
}


class Kept:
    """A customer with a secret in every place of fields, and who looks for it."""

    def __init__(self, place: Place, ids: dict[str, str], lead: Person) -> None:
        self.place, self.ids, self.lead = place, ids, lead
        self.fields: dict[str, dict[str, Any]] = {}
        self.secrets = {one: f"暗号{one}{uuid4().hex[:8]}" for one in PLACES}
        self.labels = {f"label {one}": f"黑名单{one}{uuid4().hex[:6]}" for one in PLACES}

    async def says(self, what: str, **roles: Any) -> None:
        """Say for which roles a field is."""
        field = self.fields[what]
        body = {"version": field["version"], **roles}
        at = f"/profile-fields/{field['id']}"
        self.fields[what] = await self.place.does("PATCH", at, body)

    def at(self, what: str) -> str:
        """Return where the values of a place are filled in."""
        many = {"customer": "customers", "conversation": "conversations", "company": "companies"}
        return f"/{many.get(what, 'objects')}/{self.ids[f'{what}_id']}"

    def change(self, what: str, value: str, version: int = 1) -> dict[str, Any]:
        """Return a new value."""
        return {"values": [
            {"field_id": self.fields[what]["id"], "value": value, "version": version}
        ]}  # fmt: skip

    def asks(self, what: str) -> ViewFilter:
        """Return a filter for who has the secret."""
        field_id = UUID(self.fields[what]["id"])
        return ViewFilter(fields=[FieldCondition(field_id=field_id, any_of=[self.secrets[what]])])


@pytest.fixture
async def kept(place: Place) -> Kept:
    """Secrets of all four places, as yet for everybody."""
    ids = await known(place)
    kind = {"name_zh": "设备", "name_en": "Device", "attached": "both"}
    ids["type_id"] = (await place.does("POST", "/object-types", kind))["id"]
    given = {"type_id": ids["type_id"], "customer_id": ids["customer_id"], "title": "热水器"}
    ids["object_id"] = (await place.does("POST", "/objects", given))["id"]
    lead = await a_person(
        place.centre.database, place.client, place.centre.organisation_id, "supervisor"
    )
    made = Kept(place, ids, lead)
    for of in PLACES:
        made.fields[of] = await place.does(
            "POST",
            "/profile-fields",
            {
                "of": of,
                "type_id": ids["type_id"] if of == "object" else None,
                "key": f"secret_{of}",
                "kind": "text",
                "label_zh": made.labels[f"label {of}"],
                "label_en": made.labels[f"label {of}"],
            },
        )
        await place.does("PATCH", f"{made.at(of)}/fields", made.change(of, made.secrets[of], 0))
    link = {
        "kind": "link", "of": "conversation", "name_zh": "订单", "name_en": "Orders",
        "url": "https://crm.example.com/", "height": 320,
        "variables": ["customer_field.secret_customer", "conversation_field.secret_conversation"],
    }  # fmt: skip
    ids["link_id"] = (await place.does("POST", "/context-links", link))["link"]["id"]
    view = {
        "name": "有暗号", "scope": "all", "order": "recent", "columns": [],
        "filter": json.loads(json.dumps({"fields": [
            {"field_id": made.fields["customer"]["id"], "any_of": [made.secrets["customer"]]}
        ]})),
        "field_ids": [made.fields["customer"]["id"], made.fields["conversation"]["id"]],
    }  # fmt: skip
    ids["view_id"] = (await place.does("POST", "/views", view))["id"]
    return made


async def only(kept: Kept, *roles: str) -> None:
    for of in PLACES:
        await kept.says(of, seen_by=list(roles))


async def test_what_is_for_other_roles_is_nowhere_that_one_reads(kept: Kept) -> None:
    sought = kept.secrets | kept.labels
    await only(kept, "admin")
    whole = await walked(kept.place.boss, kept.ids, sought)
    assert all(whole.values()), whole
    panel = f"/conversations/{kept.ids['conversation_id']}/profile"
    beside = {panel, f"/customers/{kept.ids['customer_id']}/profile"}
    assert beside <= whole["customer"], whole["customer"]
    assert panel in whole["conversation"]
    assert not any((await walked(kept.lead, kept.ids, sought)).values())


async def test_by_writing_one_learns_no_more(kept: Kept) -> None:
    await only(kept, "admin")
    for of in PLACES:
        at, field_id = kept.at(of), kept.fields[of]["id"]
        filled = await kept.lead.send("PATCH", f"{at}/fields", kept.change(of, "x", 0))
        assert filled.json()["error"]["code"] == "profiles.field_not_found", of
        reveal = {"field_id": field_id, "reason": "回电给客户"}
        answer = await kept.lead.send("POST", f"{at}/field-reveals", reveal)
        assert answer.json()["error"]["code"] == "profiles.field_not_found", of
    body = {
        "conversation_ids": [kept.ids["conversation_id"]],
        "field_ids": [kept.fields[of]["id"] for of in PLACES],
    }
    for who, there in ((kept.place.boss, True), (kept.lead, False)):
        text = (await who.send("POST", "/conversations/field-values", body)).text
        assert (kept.secrets["customer"] in text) is there
        assert (kept.secrets["conversation"] in text) is there
        at = f"/customers/{kept.ids['customer_id']}/context-links/{kept.ids['link_id']}"
        asked = {"conversation": kept.ids["conversation_id"]}
        url = (await who.get(at, params=asked)).json()["url"]
        assert ("secret_customer" in url, "secret_conversation" in url) == (there, there)


async def test_nobody_sifts_counts_or_acts_by_what_he_does_not_see(kept: Kept) -> None:
    await only(kept, "admin")
    for of in ("customer", "conversation"):
        asked = {"filter": json.dumps({"fields": [
            {"field_id": kept.fields[of]["id"], "any_of": [kept.secrets[of]]}
        ]})}  # fmt: skip
        found = (await kept.place.boss.get("/conversations/found", params=asked)).json()
        assert [one["id"] for one in found["items"]] == [kept.ids["conversation_id"]]
        refused = await kept.lead.get("/conversations/found", params=asked)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "conversations.view_field_unseen"
    [mine] = (await kept.place.boss.get("/views")).json()
    [theirs] = (await kept.lead.get("/views")).json()
    assert mine["unseen"] == []
    assert theirs["unseen"] == [kept.fields["customer"]["id"]]
    assert theirs["gone"] == ["fields"]
    # Which values of the field there are is not said.
    assert theirs["filter"]["fields"] == [{"field_id": kept.fields["customer"]["id"]}]
    counts = (await kept.place.boss.get("/views/counts")).json()
    assert [one["count"] for one in counts] == [1]
    assert (await kept.lead.get("/views/counts")).json() == []
    # Saving what one was shown would throw the condition away.
    body = {"filter": theirs["filter"], "version": theirs["version"]}
    saved = await kept.lead.send("PATCH", f"/views/{theirs['id']}", body)
    assert saved.json()["error"]["code"] == "conversations.view_field_unseen"


async def test_what_is_carried_out_or_in_is_no_more(kept: Kept) -> None:
    await kept.says("customer", seen_by=["admin"])
    organisation_id, database = kept.place.centre.organisation_id, kept.place.centre.database
    for roles, there in ((("admin",), True), (("supervisor",), False), ((), False)):
        reader = Actor(
            organisation_id=organisation_id, kind="member", scope="all", roles=roles,
            permissions=frozenset({"customers.read", "customers.reveal", "settings.manage"}),
        )  # fmt: skip
        async with database.transaction(reader) as tx:
            from peakend.profiles.actions.carrying import check_fields, field_columns, give_fields

            keys = [one.key for one in await field_columns("customer", tx)]
            out = await give_fields("customer", tx, [UUID(kept.ids["customer_id"])])
            row = carried(kept, {"field_secret_customer": "z"})
            faults = await check_fields("customer", tx, [row])
        assert ("field_secret_customer" in keys) is there
        assert (kept.secrets["customer"] in str(out)) is there
        assert bool(faults) is not there


def carried(kept: Kept, values: dict[str, str]) -> Any:
    from peakend.kernel.carrying import CarryRow

    return CarryRow(line=2, values=values)


async def test_who_sees_need_not_be_who_changes(kept: Kept) -> None:
    await kept.says("customer", changed_by=["admin"])
    at = kept.at("customer")
    answer = await kept.lead.send("PATCH", f"{at}/fields", kept.change("customer", "x"))
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "profiles.field_locked"
    [field] = [
        one for one in (await kept.lead.get("/profile-fields")).json()
        if one["id"] == kept.fields["customer"]["id"]
    ]  # fmt: skip
    assert (field["seen"], field["fillable"]) == (True, False)
    # For which roles it is, only who may say so is told.
    assert (field["seen_by"], field["changed_by"]) == (None, None)
    await kept.place.does("PATCH", f"{at}/fields", kept.change("customer", "x"))
    # Nobody changes what he does not see.
    await kept.says("customer", seen_by=["admin"], changed_by=["supervisor"])
    locked = await kept.place.boss.send("PATCH", f"{at}/fields", kept.change("customer", "y", 2))
    assert locked.json()["error"]["code"] == "profiles.field_locked"


async def test_what_must_be_filled_in_is_asked_of_who_may(kept: Kept) -> None:
    await kept.says("conversation", required=True, seen_by=["admin"])
    boss, lead = kept.place.boss, kept.lead
    body = kept.change("conversation", "", 1)
    await kept.place.does("PATCH", f"{kept.at('conversation')}/fields", body)
    actor = Actor(organisation_id=lead.organisation_id, kind="member", id=lead.id)
    for roles, asked in ((("admin",), 1), (("supervisor",), 0)):
        acting = Actor(
            organisation_id=actor.organisation_id, kind="member", id=boss.id, roles=roles
        )
        async with kept.place.centre.database.transaction(acting) as tx:
            labels = await profiles.missing(
                tx,
                conversation_id=UUID(kept.ids["conversation_id"]),
                customer_id=UUID(kept.ids["customer_id"]),
            )
        assert len(labels) == asked


async def test_a_key_is_named_by_itself(kept: Kept) -> None:
    body = {"name": "订单系统", "scopes": ["customers.read", "conversations.read"]}
    key = (await kept.place.does("POST", "/api-keys", body))["key"]

    async def reads() -> bool:
        forget_keys()
        answer = await kept.place.client.get(
            f"/api/customers/{kept.ids['customer_id']}/profile",
            headers={"Authorization": f"Bearer {key}"},
        )
        assert answer.status_code == 200, answer.text
        return kept.secrets["customer"] in answer.text

    assert await reads()
    await kept.says("customer", seen_by=["admin"])
    assert not await reads()
    await kept.says("customer", seen_by=["admin", "api_key"])
    assert await reads()
    # A key sees no more than whom it acts for.
    await kept.says("customer", seen_by=["supervisor", "api_key"])
    assert not await reads()


async def test_what_a_key_asked_for_stays_the_keys(kept: Kept) -> None:
    await kept.says("customer", seen_by=["admin"])
    from peakend.accounts import queries as people

    boss = kept.place.boss
    async with kept.place.centre.database.transaction(
        Actor.system(kept.place.centre.organisation_id)
    ) as tx:
        [(owner, _)] = (await people.members_by_id(tx, [boss.id])).values()
        by_key = Actor(
            organisation_id=owner.organisation_id, kind="member", id=boss.id,
            roles=(*owner.roles, "api_key"), permissions=owner.permissions,
        )  # fmt: skip
        for actor, there in ((owner, True), (by_key, False)):
            later = await people.actor_later(tx, boss.id, people.rights_to_keep(actor))
            tx.actor = later
            keys = [one.key for one in await profiles.fields_of(tx, "customer")]
            assert ("secret_customer" in keys) is there
            assert later.permissions == owner.permissions


async def test_machines_without_a_role_get_nothing(kept: Kept) -> None:
    await only(kept, "admin")
    organisation_id = kept.place.centre.organisation_id
    visitor = Actor(organisation_id=organisation_id, kind="visitor")
    for actor, there in (
        (Actor.system(organisation_id), True),
        (Actor.digital(organisation_id), False),
        (visitor, False),
    ):
        async with kept.place.centre.database.transaction(actor) as tx:
            found = await profiles.profile(tx, UUID(kept.ids["customer_id"]))
            text = str(found)
            assert (kept.secrets["customer"] in text) is there
            assert (kept.secrets["object"] in text) is there
            page = conversations.found_conversations(tx, actor, kept.asks("customer"))
            if there:
                assert len((await page).items) == 1
            else:
                with pytest.raises(Refused):
                    await page


async def test_a_role_of_the_house_and_one_that_is_gone(kept: Kept) -> None:
    from peakend.accounts.actions import RoleText

    async with kept.place.centre.database.transaction(
        Actor.system(kept.place.centre.organisation_id)
    ) as tx:
        text = RoleText(
            name="风控", template="agent", permissions=["customers.read"], sight="own",
            note="", brand_ids=[],
        )  # fmt: skip
        role_id = await accounts.add_role(tx, role=text)
        await accounts.set_roles(
            tx, member_id=kept.lead.id, built_in="supervisor", role_ids=[role_id]
        )
    forget_everybody()
    await kept.says("customer", seen_by=[str(role_id)])
    at = f"/customers/{kept.ids['customer_id']}/profile"
    assert kept.secrets["customer"] in (await kept.lead.get(at)).text
    assert kept.secrets["customer"] not in (await kept.place.boss.get(at)).text
    async with kept.place.centre.database.transaction(
        Actor.system(kept.place.centre.organisation_id)
    ) as tx:
        await accounts.set_roles(tx, member_id=kept.lead.id, built_in="supervisor", role_ids=[])
        await accounts.remove_role(tx, role_id=role_id)
    forget_everybody()
    assert kept.secrets["customer"] not in (await kept.lead.get(at)).text
    # It may stay named, but nobody names it anew.
    await kept.says("customer", label_zh="暗号", seen_by=[str(role_id), "admin"])
    for roles in ([str(uuid4())], ["king"]):
        field = kept.fields["company"]
        body = {"version": field["version"], "seen_by": roles}
        answer = await kept.place.boss.send("PATCH", f"/profile-fields/{field['id']}", body)
        assert answer.status_code in (404, 422), answer.text


async def test_it_is_a_fact_and_in_the_audit_log(kept: Kept) -> None:
    await kept.says("customer", seen_by=["admin", "supervisor"])
    told = await kept.place.fetch(
        "SELECT payload FROM event WHERE type = 'FieldRolesChanged' ORDER BY id DESC LIMIT 1"
    )
    assert (json.loads(told)["seen_by"], json.loads(told)["changed_by"]) == (2, None)
    detail = await kept.place.fetch(
        "SELECT detail FROM audit_entry WHERE action = 'field.roles_changed'"
    )
    assert json.loads(detail)["seen_by"] == ["admin", "supervisor"]
    await kept.says("customer", label_en="Word")
    facts = "SELECT count(*) FROM event WHERE type = 'FieldRolesChanged'"
    assert await kept.place.fetch(facts) == 1


def test_no_other_place_reads_fields_or_what_they_hold() -> None:
    source = Path(peakend.__file__).parent
    asks = re.compile(r"(?:FROM|JOIN|INTO|UPDATE)\s+profile_(?:field|value)\b")
    for path in source.rglob("*.py"):
        name = path.relative_to(source).as_posix()
        text = path.read_text("utf-8")
        if asks.search(text):
            assert name in READERS, f"{name} reads fields and does not ask who sees them"
        for word, places in UNASKED.items():
            if re.search(rf"\b{word}\b", text):
                assert name in places, f"{name} uses {word}, which asks nobody's roles"
