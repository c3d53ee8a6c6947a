"""Every operation of the API with generated input, by everybody: no fault, no unknown answer."""

import random
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.hostile.served import Served

EXAMPLES = {"admin": 4, "agent": 3, "visitor": 3, "anonymous": 2}
MANY = 30
# Signing out, or a new password, would end the session with which the rest is asked.
LEFT_OUT = {
    ("DELETE", "/api/session"),
    ("POST", "/api/session/endings"),
    ("PUT", "/api/session/password"),
}
ENTRANCES = {
    ("POST", "/api/session"),
    ("POST", "/api/setup/{token}"),
    ("POST", "/api/invitations/{token}"),
}
KNOWN = {
    "conversation_id": "conversation",
    "member_id": "member",
    "customer_id": "customer",
    "queue_id": "queue",
    "channel_id": "channel",
}


@pytest.mark.parametrize("who", EXAMPLES)
def test_no_fault_and_no_undocumented_answer(site: Served, who: str) -> None:
    _ask_everything(site, who, EXAMPLES[who])


@pytest.mark.long
def test_no_fault_in_many_more(site: Served) -> None:
    _ask_everything(site, "admin", MANY)


def _ask_everything(site: Served, who: str, examples: int) -> None:
    schema = schemathesis.openapi.from_url(f"{site.url}/api/schema/openapi.json", timeout=60)
    # Sessions and tokens are ours: an invented cookie would hide the one that is sent.
    schema.config.generation.update(with_security_parameters=False)
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    operations = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue
        if who == "visitor" and "/web/" not in operation.path:
            continue
        # Trying to sign in gives up the session that one has.
        if who != "anonymous" and (operation.method.upper(), operation.path) in ENTRANCES:
            continue
        operations += 1
        _ask(site, operation, who, examples, statuses, wrong)
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert operations > (10 if who == "visitor" else 90)
    assert statuses.total() >= operations


def _ask(
    site: Served, operation: Any, who: str, examples: int, statuses: Counter[int], wrong: list[str]
) -> None:
    documented = {int(status) for status in operation.definition.raw["responses"]}
    name = f"{operation.method.upper()} {operation.path}"
    dice = random.Random(name)
    own = who != "anonymous" and ("/web/" in operation.path) == (who == "visitor")

    @seed(7)
    @settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if dice.random() < 0.7:
            for parameter in case.path_parameters or {}:
                if parameter in KNOWN:
                    case.path_parameters[parameter] = site.ids[KNOWN[parameter]]
                elif parameter == "key" and "/web/" in operation.path:
                    case.path_parameters[parameter] = site.key
        answer = case.call(headers=site.headers[who], timeout=20, allow_redirects=False)
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code} {answer.text[:160]}")
        elif answer.status_code == 401 and own:
            wrong.append(f"{name}: the session was lost on the way")
        elif answer.status_code not in documented:
            wrong.append(f"{name}: {answer.status_code} is not documented")
        kind = (answer.headers.get("content-type") or [""])[0]
        if answer.status_code >= 400 and not kind.startswith("application/json"):
            wrong.append(f"{name}: an error that is {kind}")

    ask()
