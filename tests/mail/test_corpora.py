"""Real mails that lie beside the project where it is developed, never in it (docs/mail.md)."""

import json
import re
from pathlib import Path

import pytest

from peakend.adapters.mail import Mail, read
from peakend.adapters.mail.replies import reply

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "mail"
pytestmark = pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not here")

# Why each expectation is not ours: docs/mail.md, “Expectations we do not share”.
DISPUTED = {"021", "027", "035", "053", "064", "072", "076", "085", "087", "105"}


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def fields(mail: Mail) -> dict[str, object]:
    names = ("from_email", "from_name", "to", "cc", "subject", "content_type")
    # Their program writes a sentence of its own where a mail has no text; we leave it empty.
    return {name: getattr(mail, name) for name in names} | {
        "text_without_spaces": bare(mail.text) or "novisiblecontent",
        "attachments": sorted(one.name for one in mail.attachments),
    }


def test_mails_of_zammad() -> None:
    different = set()
    for file in sorted((CORPORA / "zammad").glob("*.eml")):
        wanted = json.loads(file.with_suffix(".json").read_text("utf-8"))
        wanted["attachments"] = sorted(wanted["attachments"])
        if fields(read(file.read_bytes())) != wanted:
            different.add(file.name[4:7])
    assert different <= DISPUTED


def test_replies_of_crisp() -> None:
    right = 0
    cases = json.loads((CORPORA / "reply" / "crisp.json").read_text("utf-8"))
    for case in cases:
        found = reply([(line, False) for line in case["text"].split("\n")])
        right += found.split() == case["reply"].split()
    assert right >= 25


def test_bounces_are_automatic_and_people_are_not() -> None:
    bounces = [read(file.read_bytes()) for file in (CORPORA / "bounces").glob("*.eml")]
    assert sum(mail.automatic for mail in bounces) >= 199
    zammad = {
        file.name[4:7]: read(file.read_bytes()) for file in (CORPORA / "zammad").glob("*.eml")
    }
    automatic = {name for name, mail in zammad.items() if mail.automatic}
    # Three bounces, a notification of a ticket system and an advertisement sent as bulk.
    assert automatic == {"033", "053", "055", "089", "043"}
