"""Words before they go: what is found, how often wrongly, and what the server holds back."""

import json
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.assist import actions
from peakend.assist.rules.wording import WordingRule, WordingRules, blocking, findings
from peakend.conversations import actions as conversations
from peakend.kernel.db import Database
from peakend.kernel.errors import PeakendError
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor

RULES = WordingRules()
CASES = json.loads((Path(__file__).parent / "wording_cases.json").read_text())


def kinds(text: str, rules: WordingRules = RULES, *, first: bool = False) -> set[str]:
    return {one.kind for one in findings(text, rules, first=first)}


def test_how_often_it_is_right() -> None:
    """Counts: kinds found in a small set of replies written by hand, in both languages."""
    right = wrong = missed = 0
    for case in CASES:
        found = kinds(case["text"], first=case.get("first", False))
        wanted = set(case["found"])
        right += len(found & wanted)
        wrong += len(found - wanted)
        missed += len(wanted - found)
    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"{len(CASES)} replies: precision {precision:.2f}, recall {recall:.2f}")
    assert precision >= 0.95
    assert recall >= 0.85


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:16])
def test_each_case(case: dict[str, object]) -> None:
    found = kinds(str(case["text"]), first=bool(case.get("first", False)))
    assert found == (set() if case.get("hard") else set(case["found"]))  # type: ignore[call-overload]


def test_what_is_better_takes_the_place() -> None:
    text = "好的,这个不归我管"
    found = findings(text, RULES)
    assert [(text[one.start : one.end], one.better) for one in found] == [
        ("不归我管", "我来联系负责的同事"),
        (",", "，"),
    ]


def test_words_of_admins_are_words_and_no_patterns() -> None:
    rules = WordingRules(jargon=WordingRule(zh=["(a+)+$", "…", "→", "甲…乙→丙"]))
    assert kinds("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", rules) == set()
    assert kinds("见(a+)+$", rules) == {"jargon"}
    assert kinds("甲一二三四五六七八乙", rules) == {"jargon"}
    assert kinds("甲一二三四五六七八九乙", rules) == set()
    assert kinds("甲。乙", rules) == set()


def test_nothing_blocks_without_the_wish_of_the_house() -> None:
    assert blocking(RULES) is None
    strict = WordingRules(danger=WordingRule(level="block", zh=["用打火机"]))
    only = blocking(strict)
    assert only is not None
    assert kinds("你用打火机试试", only) == {"danger"}


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def test_the_server_holds_back_what_is_blocked(floor: Floor) -> None:
    agent = await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)

    async def reply(text: str) -> None:
        async with floor.tx(agent) as tx:
            await conversations.reply(
                tx, conversation_id=here, client_id=new_id(), text=text, by=agent
            )

    await reply("您可以用打火机试一下")
    async with floor.tx() as tx:
        rules = WordingRules(danger=WordingRule(level="block", zh=[" 用打火机…试 ", "用打火机…试"]))
        await actions.set_wording_rules(tx, rules=rules, version=0)
    with pytest.raises(PeakendError) as refused:
        await reply("您可以用打火机试一下")
    assert refused.value.params["said"] == "用打火机试"
    await reply("请先开窗通风")
    assert len(await floor.facts("ReplySent")) == 2
    with pytest.raises(actions.CareStale):
        async with floor.tx() as tx:
            await actions.set_wording_rules(tx, rules=rules, version=0)


async def test_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    await floor.sign_in(client, await floor.hire("lin"))
    rules = (await client.get("/api/wording-rules")).json()
    assert (rules["version"], rules["danger"]["level"]) == (0, "ask")
    assert (await client.put("/api/wording-rules", json=rules)).status_code == 403
    await floor.sign_in(client, await floor.hire("fang", role="admin"))
    rules["vague"]["level"] = "off"
    saved = await client.put("/api/wording-rules", json=rules)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert (await client.put("/api/wording-rules", json=rules)).status_code == 409
    rules["vague"]["level"] = "never"
    assert (await client.put("/api/wording-rules", json=rules)).status_code in (400, 422)


def test_the_desk_is_held_to_the_same_words() -> None:
    """What the desk's own tests read is what the rules are: written anew when they change."""
    kept = (Path(__file__).parent / "wording_defaults.json").read_text()
    assert json.loads(kept) == msgspec.to_builtins(RULES)
