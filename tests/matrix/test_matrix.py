"""Every route by every kind of person equals the declared table; the rest is not there."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.databases import Databases
from tests.hostile.served import Served, served

TABLE = tomllib.loads((Path(__file__).parent / "routes.toml").read_text())
ROUTES: dict[str, str] = TABLE["routes"]
HOLDERS: dict[str, list[str]] = TABLE["permissions"]
# What moves something of value: only for who has just shown who he is, and for no key.
MONEY: list[str] = TABLE["money"]["routes"]
SIGHT: dict[str, list[str]] = TABLE["sight"]
WHOSE = ("own", "team", "brand", "other")
# An admin's API keys: one with every right, one that only reads conversations.
KEYS: dict[str, list[str] | None] = {"key_all": None, "key_read": ["conversations.read"]}
PEOPLE = ("anonymous", "visitor", "agent", "supervisor", "admin", "stranger", *KEYS)
MEMBERS = ("agent", "supervisor", "admin", "stranger")
# They end or change the session that asks.
ENDING = {"DELETE /api/session", "POST /api/session/endings", "PUT /api/session/password"}

# The smallest body with which each route gets as far as looking for what it is about.
NEW = str(uuid4())
MAILBOX = {
    "brand_id": NEW, "name": "x", "email": "a@example.com", "host": "imap.example.com",
    "port": 993, "tls": "implicit", "login": "a",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "POST /api/waits/{wait_id:uuid}/proof-messages": {"client_id": NEW},
    "PUT /api/wait-rules/{rule_id:uuid}": {
        "name": "x", "promise_s": 60, "instrument_id": NEW, "version": 1,
        "steps": [{"from_minutes": 0, "amount": 1}],
    },
    "POST /api/wait-rules/{rule_id:uuid}/start": {"version": 1},
    "POST /api/wait-rules/{rule_id:uuid}/end": {"version": 1},
    "POST /api/case-steps/{step_id:uuid}/completions": {"version": 1},
    "POST /api/case-steps/{step_id:uuid}/departments": {"version": 1, "department_id": NEW},
    "POST /api/case-guests/{guest_id:uuid}/mails": {"email": "wu@example.com"},
    "POST /api/case-steps/{step_id:uuid}/guests": {},
    "POST /api/case-steps/{step_id:uuid}/releases": {"version": 1},
    "POST /api/case-steps/{step_id:uuid}/resumptions": {"version": 1},
    "POST /api/case-steps/{step_id:uuid}/returns": {"version": 1, "words": "x"},
    "POST /api/case-steps/{step_id:uuid}/skips": {"version": 1, "words": "x"},
    "POST /api/case-steps/{step_id:uuid}/takes": {"version": 1},
    "POST /api/case-steps/{step_id:uuid}/ticks": {"line": 0, "ticked": True},
    "POST /api/cases/{case_id:uuid}/steps": {"title": "x"},
    "POST /api/compensation/schemes/{table_id:uuid}/end": {"edit": 1},
    "POST /api/compensation/schemes/{table_id:uuid}/publication": {"edit": 1},
    "PUT /api/case-templates/{template_id:uuid}": {
        "version": 1,
        "name_zh": "x",
        "steps": [{"key": "a", "title_zh": "x"}],
    },
    "PUT /api/case-due-times": {"brand_id": NEW},
    "PUT /api/compensation/instruments/{instrument_id:uuid}": {
        "version": 1, "kind": "points", "name_zh": "x", "face_fen": 1,
    },
    "PUT /api/compensation/schemes/{table_id:uuid}": {
        "edit": 1, "hold_out_share": 0, "lines": [],
    },
    "PUT /api/departments/{department_id:uuid}": {"version": 1, "name_zh": "x"},
    "PATCH /api/crises/{crisis_id:uuid}": {"version": 1},
    "POST /api/crises/{crisis_id:uuid}/entries": {
        "kind": "event", "at": "2026-01-01T00:00:00Z", "words": "x",
    },
    "POST /api/crises/{crisis_id:uuid}/entries/{entry_id:uuid}/answers": {"answer": "x"},
    "POST /api/crises/{crisis_id:uuid}/statements": {"title": "x"},
    "PUT /api/crises/{crisis_id:uuid}/statements/{statement_id:uuid}": {
        "version": 1, "title": "x",
    },
    "POST /api/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/requests": {"version": 1},
    "POST /api/crises/{crisis_id:uuid}/statements/{statement_id:uuid}/publications": {"where": "x"},
    "POST /api/crises/{crisis_id:uuid}/playbooks": {"playbook_id": NEW},
    "POST /api/crises/{crisis_id:uuid}/steps": {"title": "x"},
    "PUT /api/crises/{crisis_id:uuid}/steps/{step_id:uuid}": {"state": "done"},
    "POST /api/crises/{crisis_id:uuid}/closings": {
        "version": 1, "happened": "x", "cause": "x", "changes": "x",
    },
    "POST /api/crises/{crisis_id:uuid}/links": {"kind": "case", "id": NEW},
    "PUT /api/playbooks/{playbook_id:uuid}": {
        "version": 1, "name": "x", "steps": [{"title": "x"}],
    },
    "POST /api/imports/{run_id:uuid}/checks": {"mapping": {"name": 0}},
    "POST /api/exports": {"client_id": "00000000-0000-7000-8000-00000000ffff", "kind": "customers"},
    "PATCH /api/members/{member_id:uuid}": {"name": "x"},
    "PATCH /api/teams/{team_id:uuid}": {"name": "x"},
    "PATCH /api/passkeys/{passkey_id:uuid}": {"name": "x"},
    "POST /api/passkeys/{passkey_id:uuid}/removals": {"password": "x"},
    "PUT /api/members/{member_id:uuid}/roles": {"built_in": "agent", "role_ids": []},
    "PUT /api/roles/{role_id:uuid}": {
        "version": 1, "name": "x", "template": "agent", "permissions": [], "sight": "own",
    },
    "PATCH /api/brands/{brand_id:uuid}": {"name": "x"},
    "POST /api/brands/{brand_id:uuid}/domains": {"host": "help.x.example"},
    "PUT /api/brands/{brand_id:uuid}/look": {
        "colour": "#0b6b75", "footer_zh": "", "footer_en": "", "links": [], "version": 0,
    },
    "PATCH /api/customers/{customer_id:uuid}": {"version": 1, "name": "x"},
    "POST /api/customers/{customer_id:uuid}/notes": {"text": "x"},
    "POST /api/customers/{customer_id:uuid}/distinctions": {"other_id": NEW},
    "POST /api/customers/{customer_id:uuid}/merges": {
        "absorbed_id": NEW, "version": 1, "absorbed_version": 1,
    },
    "POST /api/customers/{customer_id:uuid}/reveals": {"field": "phone", "reason": "回电给客户"},
    "PATCH /api/articles/{article_id:uuid}": {"version": 1, "title": "x"},
    "PATCH /api/article-categories/{category_id:uuid}": {"slug": "x-1", "name_zh": "x"},
    "POST /api/article-categories/{category_id:uuid}/queue": {},
    "PUT /api/conversations/{conversation_id:uuid}/spam": {},
    "POST /api/conversations/{conversation_id:uuid}/messages": {
        "client_id": NEW, "kind": "note", "text": "x",
    },
    "POST /api/conversations/{conversation_id:uuid}/rich-messages": {
        "client_id": NEW, "content": {"intro": "x", "quick": ["x"]},
    },
    "POST /api/reply-helps/{help_id:uuid}/outcomes": {"outcome": "taken"},
    "PATCH /api/rich-templates/{rich_template_id:uuid}": {"version": 1, "name": "x"},
    "POST /api/conversations/{conversation_id:uuid}/merges": {"absorbed_id": NEW},
    "POST /api/conversations/{conversation_id:uuid}/splits": {"message_ids": [NEW]},
    "PUT /api/conversations/{conversation_id:uuid}/draft": {"text": "x"},
    "POST /api/conversations/{conversation_id:uuid}/reads": {"seq": 1},
    "POST /api/conversations/{conversation_id:uuid}/follower-reads": {"seq": 1},
    "POST /api/conversations/{conversation_id:uuid}/closings": {},
    "POST /api/conversations/{conversation_id:uuid}/reopenings": {},
    "PUT /api/conversations/{conversation_id:uuid}/tags": {"tag_ids": []},
    "PUT /api/conversations/{conversation_id:uuid}/priority": {"priority": "high"},
    "POST /api/conversations/{conversation_id:uuid}/snoozes": {"until": "2030-01-01T09:00:00Z"},
    "POST /api/conversations/{conversation_id:uuid}/wakings": {},
    "PUT /api/conversations/{conversation_id:uuid}/reason": {"reason_id": None},
    "POST /api/conversations/{conversation_id:uuid}/transfers": {
        "to": {"kind": "queue", "id": NEW},
    },
    "POST /api/conversations/{conversation_id:uuid}/assignments": {"agent_id": NEW},
    "POST /api/conversations/{conversation_id:uuid}/approvals": {"client_id": NEW, "text": "x"},
    "POST /api/approvals/{approval_id:uuid}/decisions": {"outcome": "approved", "seen_seq": 0},
    "POST /api/conversations/{conversation_id:uuid}/moves": {"queue_id": NEW},
    "POST /api/queues/{queue_id:uuid}/overflow-previews": {"overflow_queue_id": NEW},
    "PATCH /api/alert-rules/{rule_id:uuid}": {
        "measure": "waiting", "scope": "each", "raise_at": 2, "clear_at": 1, "hold_s": 10,
        "version": 1,
    },
    "POST /api/conversations/{conversation_id:uuid}/side-threads": {
        "client_id": NEW, "member_ids": [NEW], "text": "x",
    },
    "POST /api/conversations/{conversation_id:uuid}/whispers": {"client_id": NEW, "text": "x"},
    "POST /api/interventions/{conversation_id:uuid}/dismissals": {
        "kinds": ["upset"], "why": "handled",
    },
    "POST /api/side-threads/{thread_id:uuid}/notes": {"client_id": NEW, "text": "x"},
    "POST /api/side-threads/{thread_id:uuid}/reads": {"seq": 1},
    "PUT /api/side-threads/{thread_id:uuid}/resolution": {"resolved": True},
    "POST /api/mail-blocks": {"pattern": "x@y.example"},
    "POST /api/mail-persons": {"received_id": NEW},
    "PUT /api/mail-screening/{brand_id:uuid}": {"believes": False},
    "PUT /api/mail-servers/{brand_id:uuid}": {
        "host": "smtp.example.com", "port": 465, "tls": "implicit", "sender_email": "a@example.com",
        "sender_name_zh": "x", "sender_name_en": "x", "version": 0,
    },
    "PUT /api/mail-servers/{brand_id:uuid}/keys/{key_id:uuid}/activity": {"active": False},
    "PUT /api/mailboxes/{mailbox_id:uuid}/trusted-servers": {"servers": ["mx.x.example"]},
    "PUT /api/mail-servers/{brand_id:uuid}/activity": {"active": False},
    "PUT /api/mail-servers/{brand_id:uuid}/password": {"password": "x"},
    "POST /api/mail-servers/{brand_id:uuid}/tests": {"to": ""},
    "PUT /api/mail-automation": {"stopped": False},
    "PUT /api/mail-signatures/{brand_id:uuid}/{language:str}": {"body": "x", "version": 0},
    "POST /api/mail-signatures/{brand_id:uuid}/{language:str}/previews": {"body": "x"},
    "PUT /api/me/mail-signatures/{language:str}": {"body": "x"},
    "PUT /api/mail-templates/{brand_id:uuid}/{kind:str}/{language:str}": {
        "subject": "x", "body": "x", "version": 0,
    },
    "POST /api/mail-templates/{brand_id:uuid}/{kind:str}/{language:str}/previews": {
        "subject": "x", "body": "x",
    },
    "POST /api/mailboxes": MAILBOX,
    "PUT /api/mailboxes/{mailbox_id:uuid}": {"mailbox": MAILBOX, "version": 1},
    "PUT /api/mailboxes/{mailbox_id:uuid}/activity": {"active": False},
    "PUT /api/mailboxes/{mailbox_id:uuid}/password": {"password": "x"},
    "PUT /api/received-mails/{received_id:uuid}/aside": {"aside": True},
    "PATCH /api/webhooks/{webhook_id:uuid}": {"version": 1, "name": "x"},
    "PUT /api/webhooks/{webhook_id:uuid}/activity": {"active": True},
    "POST /api/webhooks/{webhook_id:uuid}/replays": {
        "since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z",
    },
    "PUT /api/messages/{message_id:uuid}/reaction": {"reaction": "like"},
    "POST /api/messages/{message_id:uuid}/looks": {"reason": "客户投诉"},
    "PATCH /api/tags/{tag_id:uuid}": {"name": "x"},
    "PATCH /api/canned-replies/{canned_reply_id:uuid}": {"title": "x"},
    "POST /api/canned-replies/{canned_reply_id:uuid}/renderings": {"conversation_id": NEW},
    "PATCH /api/macros/{macro_id:uuid}": {"title": "x"},
    "PATCH /api/directory/{entry_id:uuid}": {"version": 1, "note": "x"},
    "POST /api/directory/{entry_id:uuid}/verifications": {"version": 1},
    "PATCH /api/views/{view_id:uuid}": {"name": "x"},
    "PATCH /api/profile-fields/{field_id:uuid}": {"version": 1, "label_zh": "x"},
    "PATCH /api/customers/{customer_id:uuid}/fields": {"values": []},
    "PATCH /api/companies/{company_id:uuid}": {"version": 1, "name": "x"},
    "PUT /api/companies/{company_id:uuid}/customers/{customer_id:uuid}": {},
    "PATCH /api/companies/{company_id:uuid}/fields": {"values": []},
    "POST /api/companies/{company_id:uuid}/field-reveals": {"field_id": NEW, "reason": "回电"},
    "PATCH /api/context-links/{link_id:uuid}": {"version": 1, "name_zh": "x"},
    "PATCH /api/object-types/{type_id:uuid}": {"version": 1, "name_zh": "x"},
    "PATCH /api/objects/{object_id:uuid}": {"version": 1, "title": "x"},
    "PATCH /api/objects/{object_id:uuid}/fields": {"values": []},
    "POST /api/objects/{object_id:uuid}/field-reveals": {"field_id": NEW, "reason": "回电"},
    "POST /api/customers/{customer_id:uuid}/field-reveals": {"field_id": NEW, "reason": "回电"},
    "PATCH /api/conversations/{conversation_id:uuid}/fields": {"values": []},
    "POST /api/conversations/{conversation_id:uuid}/field-reveals": {
        "field_id": NEW, "reason": "回电",
    },
    "PATCH /api/cases/{case_id:uuid}": {"version": 1, "title": "x"},
    "POST /api/cases/{case_id:uuid}/closings": {"version": 1, "why": "unreachable"},
    "POST /api/cases/{case_id:uuid}/conversations": {"conversation_id": NEW},
    "PUT /api/cases/{case_id:uuid}/due": {"version": 1, "due_at": "2030-01-01T09:00:00Z"},
    "POST /api/cases/{case_id:uuid}/entries": {"client_id": NEW, "words": "x"},
    "POST /api/cases/{case_id:uuid}/informings": {"version": 1, "channel": "phone", "words": "x"},
    "PUT /api/cases/{case_id:uuid}/owner": {"version": 1, "owner_id": None},
    "PUT /api/cases/{case_id:uuid}/priority": {"version": 1, "priority": "high"},
    "POST /api/cases/{case_id:uuid}/reopenings": {"version": 1},
    "PUT /api/cases/{case_id:uuid}/state": {"version": 1, "state": "working"},
    "POST /api/cases/{case_id:uuid}/times": {"spent_s": 60},
    "PUT /api/complaints/{complaint_id:uuid}/judgement": {
        "tier": "ordinary", "kind": "outcome", "severity": 2, "liability": "ours",
        "fault": "late", "version": 1,
    },
    "PUT /api/complaints/{complaint_id:uuid}/owner": {"owner_id": None, "version": 1},
    "POST /api/complaints/{complaint_id:uuid}/steps": {
        "kind": "offer", "words": "x", "version": 1,
    },
    "POST /api/complaints/{complaint_id:uuid}/closing": {"version": 1},
    "POST /api/complaint-reviews/{review_id:uuid}/finding": {"finding": "unclear", "words": "x"},
    "POST /api/case-approvals/{request_id:uuid}/decisions": {"approve": True},
    "PUT /api/promises/{promise_id:uuid}": {"version": 1},
    "POST /api/promises/{promise_id:uuid}/keepings": {"version": 1},
    "POST /api/promises/{promise_id:uuid}/withdrawals": {"version": 1, "why": "mistake"},
    "POST /api/cases/{case_id:uuid}/urges": {},
    "POST /api/cases/{case_id:uuid}/progress-link/sendings": {
        "client_id": str(uuid4()), "conversation_id": str(uuid4()),
    },
    "POST /api/conversations/{conversation_id:uuid}/repeats": {"case_id": str(uuid4())},
    "POST /api/grants/{grant_id:uuid}/acceptances": {"version": 1},
    "POST /api/grants/{grant_id:uuid}/messages": {"words": "x"},
    "POST /api/grants/{grant_id:uuid}/refusals": {"version": 1},
    "POST /api/grants/{grant_id:uuid}/revocations": {"version": 1, "reason": "x"},
    "POST /api/grants/{grant_id:uuid}/uses": {"version": 1},
    "POST /api/grants/{grant_id:uuid}/withdrawals": {"version": 1},
    "PUT /api/policies/{policy_id:uuid}": {"name": "x", "version": 1},
    "POST /api/conversations/{conversation_id:uuid}/exceptions": {
        "policy_id": NEW, "reason": "x", "cost_fen": 1,
    },
    "POST /api/policy-exceptions/{exception_id:uuid}/closings": {
        "cost_fen": 1, "outcome": "kept",
    },
    "PUT /api/improvements/{improvement_id:uuid}": {
        "title": "x", "kind": "flaw", "state": "open", "before_from": "2026-01-01",
        "before_until": "2026-01-30", "version": 1,
    },
    "PUT /api/known-gaps/{gap_id:uuid}": {
        "title": "x", "workaround": "x", "reason_id": NEW, "version": 1,
    },
    "POST /api/conversations/{conversation_id:uuid}/thanks": {
        "client_id": NEW, "words": "x", "flaw": "x",
    },
    "PUT /api/case-approval-rules/{rule_id:uuid}": {
        "kind": "exception", "name": "x", "version": 1,
    },
    "PUT /api/views/order": {"view_ids": []},
    "POST /api/macros/{macro_id:uuid}/previews": {"conversation_id": NEW},
    "POST /api/conversations/{conversation_id:uuid}/macro-runs": {
        "client_id": NEW, "macro_id": NEW, "macro_version": 1, "version": 1,
    },
    "PATCH /api/channels/{channel_id:uuid}": {"name": "x"},
    "PATCH /api/queues/{queue_id:uuid}": {"name": "x"},
    "PUT /api/queues/{queue_id:uuid}/members": {"member_ids": [], "team_ids": []},
    "PUT /api/queues/{queue_id:uuid}/state": {"open": False},
    "PATCH /api/business-hours/{hours_id:uuid}": {
        "name": "x", "time_zone": "Asia/Shanghai", "week": {},
    },
    "PATCH /api/sla-policies/{policy_id:uuid}": {"name": "x", "first_reply_s": 60},
    "PUT /api/presence/{member_id:uuid}": {"state": "offline"},
    "PUT /api/members/{member_id:uuid}/capacity": {"capacity": 3},
    "PUT /api/members/{member_id:uuid}/skills": {"skill_ids": [], "seen": []},
    "POST /api/members/{member_id:uuid}/skill-effects": {"skill_ids": []},
    "POST /api/offers/{leg_id:uuid}/acceptances": {"offer": 1},
    "POST /api/offers/{leg_id:uuid}/refusals": {"offer": 1},
    "POST /api/visitors/{tab_id:uuid}/invitations": {"client_id": NEW, "text": "x"},
}  # fmt: skip
OF_CONVERSATION = re.compile("{(conversation|message)_id:")
OBJECTS = sorted(
    route
    for route, need in ROUTES.items()
    if ":uuid}" in route and "/files/" not in route and need != "visitor"
)


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Served]:
    dsn = databases.take()
    with served(dsn) as found, httpx.Client(base_url=found.url, timeout=20) as browser:
        found.browser = browser  # type: ignore[attr-defined]
        _furnish(found)
        yield found
    databases.give_back(dsn)


def _furnish(site: Served) -> None:
    """Make one of everything, as the admin."""

    def make(name: str, path: str, body: Any) -> None:
        answer = ask(site, "admin", "POST", path, body)
        assert answer.status_code in (200, 201), answer.text
        found = answer.json()
        site.ids[name] = found["id"] if isinstance(found, dict) else found

    make("tag", "/api/tags", {"name": "加急", "colour": "#b42318"})
    make("team", "/api/teams", {"name": "一组"})
    make("brand", "/api/brands", {"name": "别牌", "slug": "bie-pai"})
    make("skill", "/api/skills", {"name": "燃气"})
    make("category", "/api/article-categories", {"slug": "gas", "name_zh": "燃气"})
    make("article", "/api/articles", {"title": "内部", "audience": "agent", "body": "x"})
    make(
        "hours",
        "/api/business-hours",
        {"name": "白天", "time_zone": "Asia/Shanghai", "week": {"mon": [["08:30", "12:00"]]}},
    )
    make(
        "canned_reply",
        "/api/canned-replies",
        {"shortcut": "hi", "title": "问候", "body": "您好", "scope": "all"},
    )
    make("policy", "/api/sla-policies", {"name": "金卡", "tiers": ["gold"], "first_reply_s": 30})
    make(
        "macro",
        "/api/macros",
        {"shortcut": "hi", "title": "问候", "steps": {"reply": "您好"}, "scope": "all"},
    )
    make("entry", "/api/directory", {"kind": "partner", "name_zh": "计量站"})
    make(
        "field",
        "/api/profile-fields",
        {"of": "customer", "key": "floor", "kind": "text", "label_zh": "楼层", "label_en": "Floor"},
    )
    hook = {"name": "订单系统", "url": "https://erp.example.com/", "kinds": ["QueueOpened"]}
    make("webhook", "/api/webhooks", hook)
    content = {"intro": "x", "quick": ["x"]}
    make("rich_template", "/api/rich-templates", {"name": "x", "content": content, "scope": "all"})
    crm = {
        "kind": "panel",
        "name_zh": "订单",
        "name_en": "Orders",
        "url": "https://crm.example.com/o",
    }
    made = ask(site, "admin", "POST", "/api/context-links", crm).json()
    site.ids["link"] = made["link"]["id"]
    make("company", "/api/companies", {"name": "云帆物业"})
    make("type", "/api/object-types", {"name_zh": "产品", "name_en": "Product"})
    owned = {"type_id": site.ids["type"], "customer_id": site.ids["customer"], "title": "灶"}
    make("object", "/api/objects", owned)
    make("view", "/api/views", {"name": "待回复", "filter": {}, "scope": "all"})
    make("queue_hidden", "/api/queues", {"name": "别的队列"})
    ask(
        site,
        "admin",
        "POST",
        "/api/members/invitations",
        {"login": "new@example.com", "name": "新人", "role": "agent"},
    )
    listed = ask(site, "admin", "GET", "/api/members/invitations").json()
    site.ids["invitation"] = (listed if isinstance(listed, list) else listed["items"])[0]["id"]
    site.run(_hidden(site))
    for sight in SIGHT:
        _one_who_sees(site, sight)
    for name, scopes in KEYS.items():
        _key(site, name, scopes or sorted(HOLDERS))
    make("key", "/api/api-keys", {"name": "空闲", "scopes": ["conversations.read"]})
    make("role", "/api/roles", _role("空闲", "own", []))
    asked = {"kind": "role.add", "body": _role("提议", "own", []), "reason": "试用"}
    make("proposal", "/api/proposals", asked)


def _key(site: Served, name: str, scopes: list[str]) -> None:
    body = {"name": name, "scopes": scopes, "per_minute": 6000}
    made = ask(site, "admin", "POST", "/api/api-keys", body)
    assert made.status_code == 201, made.text
    # Signing in asks everybody for our header; elsewhere a key needs none (tests/accounts).
    key = made.json()["key"]
    site.headers[name] = {"X-Peakend": "1", "Authorization": f"Bearer {key}"}


def _role(name: str, sight: str, brands: list[str]) -> dict[str, Any]:
    from peakend.accounts.queries import ROLES

    return {
        "name": name,
        "template": "supervisor",
        "permissions": sorted(ROLES["supervisor"]),
        "sight": sight,
        "brand_ids": brands,
    }


def _one_who_sees(site: Served, sight: str) -> None:
    """Hire somebody with a role of the house's own, who holds one conversation himself."""
    brands = [site.ids["brand"]] if sight == "brand" else []
    role = ask(site, "admin", "POST", "/api/roles", _role(f"看{sight}", sight, brands)).json()
    who = f"sees_{sight}"
    hired = site.run(site.people.hire(who))
    site.headers[who] = {"X-Peakend": "1", "Cookie": site.people.cookies[hired.id]}
    given = {"built_in": None, "role_ids": [role["id"]]}
    answer = ask(site, "admin", "PUT", f"/api/members/{hired.id}/roles", given)
    assert answer.status_code == 200, answer.text
    site.ids[f"{who}_own"] = str(site.run(_served(site, hired.id)))


async def _served(site: Served, member_id: Any) -> Any:
    """Return a conversation that somebody held to its end: nobody takes it from who is away."""
    from peakend.conversations.actions import assign, close

    floor = site.people.floor
    one = await floor.writes()
    async with floor.tx() as tx:
        await assign(tx, conversation_id=one, agent_id=member_id)
        await close(tx, conversation_id=one, by=floor.system)
    return one


async def _hidden(site: Served) -> None:
    """Put a second conversation where the agent does not serve, with its leg."""
    from uuid import UUID

    from peakend.conversations.actions import Looking, add_channel, see_visitor
    from peakend.routing.actions import enqueue

    floor = site.people.floor
    plain, where = floor.channel_id, UUID(site.ids["queue_hidden"])
    # Its channel leads there, too: the worker beside us may be quicker than we are.
    async with floor.tx() as tx:
        changes = {"digital": False, "queue_id": where}
        floor.channel_id = await add_channel(tx, name="别处网页", changes=changes)
    site.ids["conversation_hidden"] = str(hidden := await floor.writes())
    floor.channel_id = plain
    async with floor.tx() as tx:
        for name, one in (("message", site.ids["conversation"]), ("message_hidden", hidden)):
            site.ids[name] = str(
                await tx.value("SELECT id FROM message WHERE conversation_id = $1 LIMIT 1", one)
            )
        leg = await enqueue(tx, hidden, where)
        tab = Looking(id=uuid4(), url="https://shop.example/")
        await see_visitor(tx, channel_id=floor.channel_id, seen=tab)
        site.ids["tab"] = str(tab.id)
        site.ids["leg"] = str(leg)
    await _branded(site)


async def _branded(site: Served) -> None:
    """Let a customer write to a brand, where nobody of these people serves."""
    from uuid import UUID

    from peakend.conversations.actions import add_channel, place_in_queue

    floor = site.people.floor
    plain = floor.channel_id
    brand, queue = UUID(site.ids["brand"]), UUID(site.ids["queue_hidden"])
    async with floor.tx() as tx:
        changes = {"digital": False, "brand_id": brand, "queue_id": queue}
        floor.channel_id = await add_channel(tx, name="别牌网页", changes=changes)
    site.ids["conversation_brand"] = str(one := await floor.writes())
    floor.channel_id = plain
    async with floor.tx() as tx:
        await place_in_queue(tx, conversation_id=one, queue_id=queue, leg_id=None)


def ask(site: Served, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
    """Ask as somebody; a body is sent with everything that may have one."""
    sent = {} if method in ("GET", "DELETE") or body is None else {"json": body}
    return site.browser.request(method, path, headers=site.headers[who], **sent)  # type: ignore[attr-defined]


def filled(site: Served, path: str, ids: dict[str, str]) -> str:
    """Return the path with ids of existing things, or with new ones."""
    parts = []
    for part in path.split("/"):
        if not part.startswith("{"):
            parts.append(part)
        elif part.endswith(":uuid}"):
            parts.append(ids.get(part[1:-6].removesuffix("_id"), str(uuid4())))
        elif part.endswith(":int}"):
            parts.append("1")
        else:
            parts.append(site.key if part == "{key:str}" and "/web/" in path else "x")
    return "/".join(parts)


def may(need: str, who: str, route: str = "") -> bool:
    """Say what the table says."""
    if need == "public":
        return True
    if need == "visitor":
        return who == "visitor"
    if who in KEYS and route in MONEY:
        return False
    if who in KEYS:
        # A key reads what any member reads, but nobody's sessions; else what it names counts.
        own = any(one in route for one in ("/api/session/", "/api/sessions", "/api/passkeys"))
        holds = (KEYS[who] is None or need in (KEYS[who] or ())) and "admin" in HOLDERS.get(
            need, ()
        )
        return (route.startswith("GET") and not own) if need == "member" else holds
    role = "admin" if who == "stranger" else who
    return who in MEMBERS and (need == "member" or role in HOLDERS[need])


def test_the_table_names_every_route_and_what_it_needs(site: Served) -> None:
    declared = {
        f"{method} {route.path}": handler.opt["needs"]
        for route in site.app.http.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods - {"OPTIONS"}
    }
    assert declared == ROUTES


def test_the_table_names_what_moves_something_of_value(site: Served) -> None:
    fresh = {
        f"{method} {route.path}"
        for route in site.app.http.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("fresh")
        for method in handler.http_methods - {"OPTIONS"}
    }
    assert sorted(fresh) == sorted(MONEY)


def test_the_table_names_the_roles_permissions() -> None:
    from peakend.accounts.queries import ROLES

    for permission, holders in HOLDERS.items():
        assert [role for role in ROLES if permission in ROLES[role]] == holders, permission


@pytest.mark.parametrize("route", sorted(set(ROUTES) - ENDING))
def test_who_may(site: Served, route: str) -> None:
    method, path = route.split(" ")
    for who in PEOPLE:
        answer = ask(site, who, method, filled(site, path, {}), {"no_such_field": 1})
        code = _code(answer)
        refused = code in ("kernel.sign_in_needed", "kernel.not_permitted", "kernel.wrong_origin")
        assert answer.status_code < 500, f"{who}: {answer.status_code} {answer.text[:200]}"
        if may(ROUTES[route], who, route):
            assert not refused, f"{who} is refused: {answer.text[:200]}"
        else:
            status = 403 if who in (*MEMBERS, *KEYS) and ROUTES[route] != "visitor" else 401
            assert answer.status_code == status, f"{who}: {answer.text[:200]}"
            assert refused


@pytest.mark.parametrize("route", OBJECTS)
def test_what_is_another_organisations_is_not_there(site: Served, route: str) -> None:
    method, path = route.split(" ")
    body = BODIES.get(route)
    there = ask(site, "stranger", method, filled(site, path, site.ids), body)
    nowhere = ask(site, "stranger", method, filled(site, path, {}), body)
    assert there.status_code == 404, f"{there.status_code} {there.text[:300]}"
    assert _code(there) == _code(nowhere)
    assert len(there.content) == len(nowhere.content)


@pytest.mark.parametrize(
    "route", [r for r in OBJECTS if OF_CONVERSATION.search(r) and may(ROUTES[r], "agent")]
)
def test_what_is_another_queues_is_not_there(site: Served, route: str) -> None:
    method, path = route.split(" ")
    ids = site.ids | {
        "conversation": site.ids["conversation_hidden"], "message": site.ids["message_hidden"],
    }  # fmt: skip
    there = ask(site, "agent", method, filled(site, path, ids), BODIES.get(route))
    nowhere = ask(site, "agent", method, filled(site, path, {}), BODIES.get(route))
    assert there.status_code == 404, f"{there.status_code} {there.text[:300]}"
    assert _code(there) == _code(nowhere)


OF_CONVERSATIONS = [
    route for route in OBJECTS if "{conversation_id" in route and may(ROUTES[route], "supervisor")
]


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("route", OF_CONVERSATIONS)
def test_a_conversation_is_there_for_whom_the_table_says(
    site: Served, route: str, sight: str
) -> None:
    method, path = route.split(" ")
    who = f"sees_{sight}"
    places = {
        "own": site.ids[f"{who}_own"],
        "team": site.ids["conversation"],
        "brand": site.ids["conversation_brand"],
        "other": site.ids["conversation_hidden"],
    }
    nowhere = ask(site, who, method, filled(site, path, {}), BODIES.get(route))
    assert nowhere.status_code == 404, nowhere.text[:200]
    for whose in WHOSE:
        ids = site.ids | {"conversation": places[whose]}
        if whose not in SIGHT[sight]:
            there = ask(site, who, method, filled(site, path, ids), BODIES.get(route))
            assert there.status_code == 404, f"{whose}: {there.status_code} {there.text[:200]}"
            assert _code(there) == _code(nowhere)
        elif method == "GET" and "{message_id" in path:
            # The conversation is there; this message of it is no mail.
            there = ask(site, who, method, filled(site, path, ids))
            assert _code(there) == "conversations.mail_gone", f"{whose}: {there.text[:200]}"
        elif method == "GET":
            there = ask(site, who, method, filled(site, path, ids))
            assert there.status_code == 200, f"{whose}: {there.status_code} {there.text[:200]}"


def test_offers_of_others_are_not_there(site: Served) -> None:
    for end in ("acceptances", "refusals"):
        answer = ask(site, "agent", "POST", f"/api/offers/{site.ids['leg']}/{end}", {"offer": 1})
        assert answer.status_code in (404, 409)


NESTED = [
    ("agent", "PUT", "/api/conversations/{conversation}/tags", {"tag_ids": ["{tag}"]}),
    ("admin", "POST", "/api/conversations/{conversation}/transfers",
     {"to": {"kind": "queue", "id": "{queue}"}}),
    ("admin", "POST", "/api/conversations/{conversation}/transfers",
     {"to": {"kind": "team", "id": "{team}"}}),
    ("admin", "POST", "/api/conversations/{conversation}/transfers",
     {"to": {"kind": "agent", "id": "{member}"}}),
    ("admin", "POST", "/api/conversations/{conversation}/assignments", {"agent_id": "{member}"}),
    ("admin", "POST", "/api/conversations/{conversation}/merges",
     {"absorbed_id": "{conversation}"}),
    ("admin", "POST", "/api/conversations/{conversation}/splits", {"message_ids": ["{tag}"]}),
    ("admin", "POST", "/api/customers/{customer}/merges",
     {"absorbed_id": "{customer}", "version": 1, "absorbed_version": 1}),
    ("admin", "POST", "/api/customers/{customer}/distinctions", {"other_id": "{customer}"}),
    ("admin", "POST", "/api/companies", {"name": "x", "owner_id": "{member}"}),
    ("admin", "POST", "/api/objects",
     {"title": "x", "type_id": "{type}", "customer_id": "{customer}"}),
    ("admin", "POST", "/api/profile-fields",
     {"of": "object", "type_id": "{type}", "key": "k", "kind": "text", "label_zh": "x",
      "label_en": "x"}),
    ("admin", "POST", "/api/canned-replies",
     {"shortcut": "x", "title": "x", "body": "x", "scope": "team", "team_id": "{team}"}),
    ("admin", "POST", "/api/macros",
     {"shortcut": "x", "title": "x", "steps": {"reply": "x"}, "scope": "team",
      "team_id": "{team}"}),
    ("admin", "POST", "/api/macros",
     {"shortcut": "x", "title": "x",
      "steps": {"end": "transfer", "to": {"kind": "queue", "id": "{queue}"}}}),
    ("admin", "POST", "/api/directory",
     {"kind": "team", "name_zh": "x", "owner_id": "{member}"}),
    ("admin", "POST", "/api/directory",
     {"kind": "queue", "name_zh": "x", "target_kind": "queue", "target_id": "{queue}"}),
    ("admin", "POST", "/api/directory", {"kind": "team", "name_zh": "x", "hours_id": "{hours}"}),
    ("admin", "POST", "/api/views",
     {"name": "x", "filter": {}, "scope": "team", "team_id": "{team}"}),
    ("admin", "POST", "/api/articles", {"title": "x", "body": "x", "category_id": "{category}"}),
    ("admin", "POST", "/api/articles", {"title": "x", "body": "x", "brand_id": "{brand}"}),
    ("admin", "POST", "/api/channels", {"name": "x", "queue_id": "{queue}"}),
    ("admin", "POST", "/api/channels", {"name": "x", "hours_id": "{hours}"}),
    ("admin", "POST", "/api/channels", {"name": "x", "brand_id": "{brand}"}),
    ("admin", "POST", "/api/queues", {"name": "x", "brand_id": "{brand}"}),
    ("admin", "POST", "/api/queues", {"name": "x", "hours_id": "{hours}"}),
    ("admin", "POST", "/api/queues", {"name": "x", "skills": ["{skill}"]}),
    ("admin", "POST", "/api/teams", {"name": "x", "member_ids": ["{member}"]}),
    ("admin", "PUT", "/api/queues/{queue}/members", {"member_ids": ["{member}"], "team_ids": []}),
    ("admin", "POST", "/api/members/invitations",
     {"login": "x@example.com", "name": "x", "role": "agent", "team_ids": ["{team}"]}),
    ("admin", "POST", "/api/members/invitations",
     {"login": "x@example.com", "name": "x", "role": "agent", "queue_ids": ["{queue}"]}),
    ("admin", "POST", "/api/article-categories/{category}/queue", {"queue_id": "{queue}"}),
    ("admin", "POST", "/api/conversations/{conversation}/messages",
     {"client_id": NEW, "kind": "note", "text": "x", "mentions": ["{member}"]}),
    ("admin", "POST", "/api/conversations/{conversation}/messages",
     {"client_id": NEW, "kind": "note", "text": "x", "file_ids": ["{tag}"]}),
    ("admin", "POST", "/api/conversations/{conversation}/messages",
     {"client_id": NEW, "kind": "note", "text": "x", "reply_to": "{message}"}),
]  # fmt: skip


@pytest.mark.parametrize(("who", "method", "path", "body"), NESTED)
def test_ids_inside_a_request_are_looked_at_too(
    site: Served, who: str, method: str, path: str, body: dict[str, Any]
) -> None:
    # In the path our own things; inside the body the same kinds of things of somebody else.
    path = "/".join(site.ids[p[1:-1]] if p.startswith("{") else p for p in path.split("/"))
    before = site.run(_size(site))
    answer = ask(site, who, method, path, _foreign(body))
    assert answer.status_code in (403, 404, 409, 422), f"{answer.status_code} {answer.text[:200]}"
    assert site.run(_size(site)) == before


def _foreign(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _foreign(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_foreign(v) for v in value]
    return str(uuid4()) if isinstance(value, str) and value.startswith("{") else value


async def _size(site: Served) -> int:
    async with site.people.floor.tx() as tx:
        # What the house does of its own accord meanwhile (somebody counts as away) is nobody's act.
        return int(
            await tx.value(
                "SELECT count(*) FROM event WHERE actor NOT IN ('system', 'digital_agent')"
            )
        )


def _code(answer: httpx.Response) -> str | None:
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return None
    found = answer.json()
    return found.get("error", {}).get("code") if isinstance(found, dict) else None
