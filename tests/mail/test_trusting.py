"""Whether a mail comes from whom it says: signatures, addresses, policies, and other servers."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args
from uuid import UUID

import dkim
import httpx
import pytest
from msgspec import to_builtins

from peakend.adapters.mail import SealCells, Seals
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.mail.actions.trusting import judged
from peakend.mail.models import Mailbox
from peakend.mail.ports import Peer, ReadMail, SigningKey, provided
from peakend.mail.queries import need_mailbox, trust_words
from peakend.mail.rules.trusting import Checks, Reason, Trust, aligned, dmarc_record, organisational
from tests.accounts.people import a_person
from tests.mail.test_door import a_box
from tests.mail.zones import InHere, Zone

NOBODY = UUID(int=0)
PEM, RECORD = Seals().make()
BODY = "Bitte um Rückruf\r\n\r\n您好，请退款。\r\n".encode()


def a_mail(sender: str = "Liu <liu@bank.example>", *more: str, subject: str = "Hello") -> bytes:
    lines = [
        *more,
        f"From: {sender}",
        "To: service@house.example",
        f"Subject: {subject}",
        "Date: Mon, 4 Jan 2027 10:00:00 +0800",
        "Message-ID: <1@bank.example>",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + BODY


def a_signed(domain: str = "bank.example", raw: bytes | None = None) -> bytes:
    key = SigningKey(domain=domain, selector="s1", pem=PEM)
    return Seals().sign(a_mail() if raw is None else raw, key)


def a_mailbox(*servers: str) -> Mailbox:
    return Mailbox(
        **{name: "" for name in Mailbox.__struct_fields__ if name not in ("trusted_servers",)},
        trusted_servers=list(servers),
    )


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Zone:
    made = Zone({("s1._domainkey.bank.example", "TXT"): [RECORD]})
    monkeypatch.setattr(provided, "names", made, raising=False)
    monkeypatch.setattr(provided, "checker", InHere(), raising=False)
    return made


async def judge(raw: bytes, *servers: str, peer: Peer | None = None) -> tuple[str, str]:
    found = await judged(raw, ReadMail(), a_mailbox(*servers), peer)
    assert found.checks is not None
    return found.verdict, found.checks.reason


PEER = Peer(address="198.35.26.96", greeting="mx.bank.example", mail_from="liu@bank.example")


async def test_a_signature_of_the_sender_s_domain_verifies(zone: Zone) -> None:
    raw = a_signed()
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=0: RECORD.encode())
    assert await judge(raw) == ("verified", "signature_verified")
    assert await judge(a_mail()) == ("unverified", "unsigned")


@pytest.mark.parametrize(
    "broken",
    [
        lambda raw: raw.replace(b"Hello", b"Pay now"),
        lambda raw: raw.replace("退款".encode(), "转账".encode()),
        lambda raw: raw + b"And pay.\r\n",
        lambda raw: b"Subject: Pay now\r\n" + raw,
        lambda raw: raw.replace(b"\r\nTo:", b"\r\nReply-To: evil@evil.example\r\nTo:"),
        lambda raw: raw.replace(b"h=from", b"h=to"),
    ],
)
async def test_what_was_changed_on_the_way_is_not_verified(zone: Zone, broken: object) -> None:
    assert await judge(broken(a_signed())) == ("unverified", "signature_broken")  # type: ignore[operator]


async def test_a_part_that_is_signed_does_not_speak_for_the_whole(zone: Zone) -> None:
    check = dkim.DKIM(a_mail())
    partly = check.sign(b"s1", b"bank.example", PEM.encode(), length=True) + a_mail()
    without = check.sign(
        b"s1", b"bank.example", PEM.encode(), include_headers=[b"from", b"to"]
    ) + a_mail(subject="Pay now")
    assert dkim.verify(partly + b"More", dnsfunc=lambda name, timeout=0: RECORD.encode())
    assert dkim.verify(without, dnsfunc=lambda name, timeout=0: RECORD.encode())
    assert await judge(partly + b"More") == ("unverified", "signature_broken")
    assert await judge(without) == ("unverified", "signature_broken")


@pytest.mark.parametrize(
    "record",
    ["v=DKIM1; p=", "v=DKIM1; k=rsa; p=AAAA", RECORD + "; t=y", "", "p=" + "A" * 3000, "\xe4\xff"],
)
async def test_a_key_that_is_none_proves_nothing(zone: Zone, record: str) -> None:
    zone.records["s1._domainkey.bank.example", "TXT"] = [record]
    assert await judge(a_signed()) == ("unverified", "signature_broken")


async def test_another_s_signature_speaks_for_himself_alone(zone: Zone) -> None:
    zone.records["s1._domainkey.evil.example", "TXT"] = [RECORD]
    assert await judge(a_signed("evil.example")) == ("unverified", "signed_by_other")
    zone.records["s1._domainkey.mail.bank.example", "TXT"] = [RECORD]
    assert await judge(a_signed("mail.bank.example")) == ("verified", "signature_verified")
    zone.records["_dmarc.bank.example", "TXT"] = ["v=DMARC1; p=reject; adkim=s"]
    assert (await judge(a_signed("mail.bank.example")))[0] == "unverified"


async def test_the_address_speaks_for_its_domain(zone: Zone) -> None:
    zone.records["bank.example", "TXT"] = ["v=spf1 ip4:198.35.26.0/24 -all"]
    assert await judge(a_mail(), peer=PEER) == ("verified", "address_verified")
    other = Peer(address="8.8.8.8", greeting="x.example", mail_from="liu@bank.example")
    assert await judge(a_mail(), peer=other) == ("unverified", "address_refused")
    zone.records["_dmarc.bank.example", "TXT"] = ["v=DMARC1; p=quarantine"]
    assert await judge(a_mail(), peer=other) == ("failed", "policy_failed")
    # Signed, a mail may come by whatever way.
    assert await judge(a_signed(), peer=other) == ("verified", "signature_verified")
    # One who sends for himself says nothing about whom he shows.
    zone.records["evil.example", "TXT"] = ["v=spf1 +all"]
    evil = Peer(address="8.8.8.8", greeting="x.example", mail_from="a@evil.example")
    assert await judge(a_mail(), peer=evil) == ("failed", "policy_failed")
    zone.records["_dmarc.bank.example", "TXT"] = ["v=DMARC1; p=none"]
    assert await judge(a_mail(), peer=evil) == ("unverified", "address_of_other")


async def test_without_the_address_nothing_is_called_forged(zone: Zone) -> None:
    zone.records["_dmarc.bank.example", "TXT"] = ["v=DMARC1; p=reject"]
    assert await judge(a_mail()) == ("unverified", "unsigned")
    inside = Peer(address="10.0.0.7", greeting="relay", mail_from="liu@bank.example")
    assert await judge(a_mail(), peer=inside) == ("unverified", "unsigned")
    assert ("bank.example", "TXT") not in zone.asked


async def test_a_silent_name_system_leaves_a_mail_unverified(zone: Zone) -> None:
    zone.silent.add("*")
    assert await judge(a_signed(), peer=PEER) == ("unverified", "names_silent")
    zone.silent = {"_dmarc.bank.example"}
    assert (await judge(a_signed()))[0] == "verified"


def stated(server: str, rest: str) -> str:
    return f"Authentication-Results: {server};\r\n {rest}"


GOOD = "dkim=pass header.d=bank.example; dmarc=pass (p=REJECT) header.from=bank.example"
BAD = "spf=fail smtp.mailfrom=x.example; dmarc=fail (p=REJECT dis=NONE) header.from=bank.example"


async def test_the_own_server_is_believed_where_it_was_named(zone: Zone) -> None:
    good = a_mail("liu@bank.example", stated("mx.house.example", GOOD))
    assert await judge(good, "MX.house.example") == ("verified", "server_verified")
    assert zone.asked == []
    assert await judge(good) == ("unverified", "unsigned")
    assert await judge(good, "other.example") == ("unverified", "unsigned")
    bad = a_mail("liu@bank.example", stated("mx.house.example", BAD))
    assert await judge(bad, "mx.house.example") == ("failed", "server_failed")
    lax = a_mail("liu@bank.example", stated("mx.house.example", BAD.replace("REJECT", "NONE")))
    assert (await judge(lax, "mx.house.example"))[0] == "unverified"


@pytest.mark.parametrize(
    "lines",
    [
        # What came with the mail stands below what the server wrote.
        (stated("mx.house.example", "dmarc=fail header.from=bank.example"),
         stated("mx.house.example", GOOD)),
        (stated("mx.house.example", "spf=none smtp.mailfrom=x.example"),
         stated("mx.house.example", GOOD)),
        (stated("mx.house.example", "a mess = (of it"), stated("mx.house.example", GOOD)),
        (stated("mx.house.example", "none"), stated("mx.house.example", GOOD)),
        # Another's name, or one that only looks alike.
        (stated("mx.evil.example", GOOD),),
        (stated("mx.house.example.evil.example", GOOD),),
        (stated("(mx.house.example) evil.example", GOOD),),
        # Speaks of somebody else.
        (stated("mx.house.example", GOOD.replace("bank", "evil")),),
        (stated("mx.house.example", "spf=pass smtp.mailfrom=a@evil.example"),),
        # A chain of whoever handed it on is not believed.
        (f"ARC-Authentication-Results: i=1; mx.house.example; {GOOD}",),
    ],
)  # fmt: skip
async def test_forged_words_of_a_server_are_ignored(zone: Zone, lines: tuple[str, ...]) -> None:
    verdict, _ = await judge(a_mail("liu@bank.example", *lines), "mx.house.example")
    assert verdict != "verified"


@pytest.mark.parametrize(
    "sender",
    [
        "a@bank.example, b@evil.example",
        "=?utf-8?q?liu=40bank=2Eexample?=",
        "nobody",
        "liu@bank.example\r\nFrom: other@evil.example",
        "liu@bank",
    ],
)
async def test_an_unclear_sender_is_never_verified(zone: Zone, sender: str) -> None:
    raw = a_mail(sender, stated("mx.house.example", GOOD))
    assert await judge(raw, "mx.house.example") == ("unverified", "from_unclear")


async def test_many_signatures_are_few_questions(zone: Zone) -> None:
    raw = a_mail()
    for at in range(60):
        raw = a_signed(f"d{at}.example", raw)
    await judge(raw, peer=PEER)
    assert len(zone.asked) < 12


async def test_what_was_not_read_is_not_judged(zone: Zone) -> None:
    assert await judged(b"", ReadMail(), a_mailbox()) == Trust()
    assert await judged(a_mail(), ReadMail(code="too_long"), a_mailbox()) == Trust()


@pytest.fixture
async def cells(tmp_path: Path) -> AsyncIterator[SealCells]:
    program = tmp_path / "strict_cell.py"
    program.write_text(
        "from peakend.adapters.mail import bounded, sealcell\n"
        "bounded.CPU_S = 0.3\n"
        "sealcell.main()\n"
    )
    made = SealCells(command=[sys.executable, str(program)])
    yield made
    await made.close()


async def test_what_costs_too_much_dies_apart(zone: Zone, cells: SealCells) -> None:
    provided.checker = cells
    assert await judge(a_signed()) == ("verified", "signature_verified")
    # Blanks in which dkimpy looks for an end of line from each of them on.
    hard = a_signed() + b"\r\n" + (b" " * 400_000 + b"x\r\n") * 4
    assert await judge(hard) == ("unverified", "signature_broken")
    assert await judge(a_signed()) == ("verified", "signature_verified")


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [("a.b.example.com.cn", "example.com.cn"), ("mail.example.co.uk", "example.co.uk"),
     ("example.com", "example.com"), ("com.cn", "com.cn"), ("shop.github.io", "shop.github.io")],
)  # fmt: skip
def test_who_registered_a_domain(domain: str, wanted: str) -> None:
    assert organisational(domain) == wanted
    assert not aligned("co.uk", "example.co.uk")
    assert not aligned("", "example.com")


def test_a_policy_is_read_as_it_is_written() -> None:
    found = dmarc_record(["x", "v=DMARC1; p=reject; sp=none; aspf=s"], of_parent=True)
    assert found is not None
    assert (found.policy, found.strict_address, found.strict_signature) == ("none", True, False)
    assert dmarc_record(["v=DMARC1; p=reject", "v=DMARC1; p=none"], of_parent=False) is None
    assert dmarc_record(["v=DMARC1; p=maybe"], of_parent=False) is None
    assert dmarc_record([], of_parent=False) is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_finding_has_words(reason: Reason, language: str) -> None:
    checks = Checks(reason=reason, domain="bank.example", dmarc="fail", policy="reject")
    told = trust_words("failed", to_builtins(checks), language)
    assert len(told) == 2
    assert "mail.trust" not in " ".join(told)
    assert trust_words("", {}, language) == []


async def test_servers_are_named_by_whoever_may(
    client: httpx.AsyncClient, database: Database, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, role="admin")
    mailbox_id = await a_box(database, organisation)
    place = f"/api/mailboxes/{mailbox_id}/trusted-servers"
    kept = await boss.browser.put(place, json={"servers": [" MX.Google.com ", "mx.google.com"]})
    assert kept.json() == {"servers": ["mx.google.com"]}
    async with database.transaction(Actor.system(organisation)) as tx:
        assert (await need_mailbox(tx, mailbox_id)).trusted_servers == ["mx.google.com"]
    wrong = await boss.browser.put(place, json={"servers": ["mx.google.com; dmarc=pass"]})
    assert list(wrong.json()["error"]["fields"]) == ["servers"]
