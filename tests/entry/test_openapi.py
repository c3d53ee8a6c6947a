"""The description of the API: complete, exact, and the one that the desk's types are made from."""

import re
from collections import Counter
from typing import Any

import pytest

from peakend.entry.app import create
from peakend.entry.documenting import ALWAYS, WRITING, described, operations
from tools import openapi

LEAD_ON = {"GET /api/sso/return"}
"""What has no answer of its own: a browser that comes here is always sent on to a page."""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return described(create().http)


@pytest.fixture(scope="module")
def listed(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{method} {path}": operation for path, method, operation in operations(schema)}


def test_the_committed_description_is_the_apps() -> None:
    assert openapi.TARGET.read_text("utf-8") == openapi.description(), "run `make types`"


def test_every_route_of_the_api_is_described(listed: dict[str, dict[str, Any]]) -> None:
    missing = []
    for route in create().http.routes:
        path = getattr(route, "path_format", "")
        if not path.startswith("/api/") or path.startswith("/api/schema"):
            continue
        for handler in route.route_handlers:  # type: ignore[union-attr]
            methods = getattr(handler, "http_methods", set()) - {"OPTIONS", "HEAD"}
            missing += [f"{m} {path}" for m in methods if f"{m} {path}" not in listed]
    assert not missing


def test_operations_have_names_of_their_own_and_sentences(
    listed: dict[str, dict[str, Any]],
) -> None:
    names = Counter(operation["operationId"] for operation in listed.values())
    assert [name for name, times in names.items() if times > 1] == []
    # The framework's own invention for a route without words is "ReadAudit".
    wordless = [
        name
        for name, operation in listed.items()
        if not operation["summary"] or re.fullmatch(r"([A-Z][a-z0-9]+){2,}", operation["summary"])
    ]
    assert wordless == []


def test_every_error_answer_is_the_envelope(
    schema: dict[str, Any], listed: dict[str, dict[str, Any]]
) -> None:
    answers = schema["components"]["responses"]
    assert {
        answer["content"]["application/json"]["schema"]["$ref"] for answer in answers.values()
    } == {"#/components/schemas/Error"}
    for name, operation in listed.items():
        if not name.split(" ")[1].startswith("/api/"):
            continue
        wanted = set(ALWAYS) if name.startswith("GET ") else {*ALWAYS, *WRITING}
        assert {str(status) for status in wanted} <= set(operation["responses"]), name
        assert "400" not in operation["responses"], name
        good = "302" if name in LEAD_ON else "2"
        assert any(status.startswith(good) for status in operation["responses"]), name
        assert "security" in operation, name


def test_an_answer_always_carries_all_its_fields(schema: dict[str, Any]) -> None:
    file = schema["components"]["schemas"]["File"]
    assert set(file["required"]) == set(file["properties"])
    wish = schema["components"]["schemas"]["QueueForm"]
    assert not wish.get("required")


def test_pages_have_short_names(schema: dict[str, Any]) -> None:
    assert "PageOfConversationRow" in schema["components"]["schemas"]
    assert not [name for name in schema["components"]["schemas"] if "." in name]


def test_namesakes_of_two_contexts_are_told_apart_and_known(schema: dict[str, Any]) -> None:
    """A new namesake changes the name of the structure that was there: choose another name."""
    schemas = schema["components"]["schemas"]
    assert [name for name in schemas if not name.isalnum()] == []
    contexts = {"Accounts", "Assist", "Automation", "Conversations", "Customers", "Desk"}
    contexts |= {"Insight", "Profiles", "Routing", "Settings"}
    said = {one.removeprefix(context) for one in schemas for context in contexts
            if one.startswith(context)}  # fmt: skip
    plain = {"Link", "Nothing", "Target", "Revealed", "QueueState", "ReasonGiven"}
    assert plain <= said
    assert not plain & set(schemas)
    prefixed = {title["title"] for title in schemas.values() if "_" in title.get("title", "")}
    assert prefixed == set()


async def test_the_server_gives_the_same_description(client: Any, schema: dict[str, Any]) -> None:
    answer = await client.get("/api/schema/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["paths"].keys() == schema["paths"].keys()
    assert answer.json()["components"]["responses"]["Error409"]
