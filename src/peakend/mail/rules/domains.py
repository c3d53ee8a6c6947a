"""What is right and wrong with the records of a domain from which a brand writes.

Every finding says what to enter in the name system, ready to be copied, where that helps.
"""

import re
from typing import Literal

import msgspec

from peakend.mail.rules.spf import Spf
from peakend.mail.rules.spf_record import BadRecord, is_spf, spf_record
from peakend.mail.rules.trusting import Dmarc

Part = Literal["mx", "spf", "dkim", "dmarc"]
State = Literal["good", "advice", "bad", "unknown"]

# Of those that send for others, what a domain's record names: first what they ask for today, then
# what they asked for before and still keep. Their own addresses change, and mails leave by others
# than those one hands them to. Source: the pages on SPF of each of them, as of 2026.
PROVIDERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("exmail.qq.com", ("spf.mail.qq.com",)),
    ("qiye.163.com", ("spf.qiye.163.com", "spf.163.com")),
    ("ym.163.com", ("spf.163.com",)),
    ("mxhichina.com", ("spf.qiye.aliyun.com", "spf.mxhichina.com", "spf.em.dingtalk.com")),
    ("qiye.aliyun.com", ("spf.qiye.aliyun.com", "spf.mxhichina.com", "spf.em.dingtalk.com")),
    ("smtpdm.aliyun.com", ("spf1.dm.aliyun.com",)),
    ("larksuite.com", ("spf.onlarksuite.com",)),
    ("sparkspace.huaweicloud.com", ("spf.sparkspace.huaweicloud.com",)),
    ("gmail.com", ("_spf.google.com",)),
    ("office365.com", ("spf.protection.outlook.com",)),
    ("outlook.com", ("spf.protection.outlook.com",)),
    ("partner.outlook.cn", ("spf.protection.partner.outlook.cn",)),
    ("mail.me.com", ("icloud.com",)),
    ("amazonaws.com", ("amazonses.com",)),
    ("sendgrid.net", ("sendgrid.net",)),
    ("mailgun.org", ("mailgun.org",)),
    ("zoho.com", ("zoho.com", "zohomail.com")),
    ("zoho.eu", ("zoho.eu", "zohomail.eu")),
)
# Mailboxes for everybody: who has one there cannot change its records.
PUBLIC = frozenset({
    "qq.com", "foxmail.com", "vip.qq.com", "163.com", "126.com", "yeah.net", "sina.com",
    "sina.cn", "sohu.com", "aliyun.com", "139.com", "189.cn", "gmail.com", "outlook.com",
    "hotmail.com", "live.com", "icloud.com", "yahoo.com", "gmx.net", "web.de",
})  # fmt: skip


class DnsRecord(msgspec.Struct, frozen=True):
    """What is to be entered in the name system."""

    kind: str
    name: str
    value: str


class DomainFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one part, and what helps; `code` and `params` become words."""

    part: Part
    state: State
    code: str
    params: dict[str, str] = {}
    found: list[str] = []
    record: DnsRecord | None = None


def is_everybodys(domain: str) -> bool:
    """Say whether a domain is one where everybody may have a mailbox."""
    return domain in PUBLIC


def unknown(part: Part) -> DomainFinding:
    """Return that the name system did not answer."""
    return DomainFinding(part=part, state="unknown", code="silent")


def mx_finding(domain: str, exchangers: list[str]) -> DomainFinding:
    """Return whether answers arrive. Source: RFC 7505 for a domain that takes none."""
    hosts = [one for one in exchangers if one]
    if hosts:
        return DomainFinding(part="mx", state="good", code="mx_good", found=hosts[:10])
    code = "mx_refused" if exchangers else "mx_none"
    return DomainFinding(part="mx", state="bad", code=code, params={"domain": domain})


def spf_finding(domain: str, host: str, texts: list[str], results: dict[str, Spf]) -> DomainFinding:
    """Return whether the server by which a brand sends may do so.

    `results` are what the record says of the server's addresses; none where those say nothing, as
    the server is an inner one.
    """
    written = [text for text in texts if is_spf(text)]
    term = _term(host)
    named = {"domain": domain, "host": host, "term": term}

    def made(state: State, code: str, value: str = "") -> DomainFinding:
        record = DnsRecord("TXT", domain, value) if value else None
        return DomainFinding(
            part="spf", state=state, code=code, params=named, found=written[:5], record=record
        )

    if not written and not results and not _included(host):
        return made("bad", "spf_none_inner")
    if not written:
        return made("bad", "spf_none", f"v=spf1 {term} ~all")
    if len(written) > 1:
        return made("bad", "spf_several", _together(written, term))
    try:
        record = spf_record(written[0])
    except BadRecord:
        return made("bad", "spf_broken", f"v=spf1 {term} ~all")
    if any(one.kind == "all" and one.outcome == "pass" for one in record.mechanisms):
        return made("bad", "spf_open", re.sub(r"(?i)\s\+?all\b", " ~all", written[0]))
    if "permerror" in results.values():
        return made("bad", "spf_too_many")
    if "temperror" in results.values():
        return unknown("spf")
    included = {one.domain.lower() for one in record.mechanisms if one.kind == "include"}
    if "pass" in results.values() or included.intersection(_included(host)):
        return made("good", "spf_good")
    if not results:
        return made("advice", "spf_inner")
    return made("bad", "spf_missing", _with(written[0], term))


def _term(host: str) -> str:
    """Return what stands for a server in a record."""
    if re.fullmatch(r"[0-9.]+", host):
        return f"ip4:{host}"
    if ":" in host:
        return f"ip6:{host}"
    included = _included(host)
    return f"include:{included[0]}" if included else f"a:{host}"


def _included(host: str) -> tuple[str, ...]:
    """Return what a provider's customers name in their record; nothing of one we do not know."""
    fits = (included for name, included in PROVIDERS if f".{host}".endswith(f".{name}"))
    return next(fits, ())


def _with(text: str, term: str) -> str:
    """Return a record with one more term, before the one that ends it."""
    parts = text.split()
    last = next(
        (at for at, one in enumerate(parts) if re.fullmatch(r"(?i)[+~?-]?all|redirect=.*", one)),
        len(parts),
    )
    return " ".join([*parts[:last], term, *parts[last:]])


def _together(written: list[str], term: str) -> str:
    """Return one record of several, with the server and a soft end."""
    terms = [one for text in written for one in text.split()[1:]]
    kept = [one for one in terms if not re.fullmatch(r"(?i)[+~?-]?all|redirect=.*|exp=.*", one)]
    return " ".join(["v=spf1", *dict.fromkeys([*kept, term]), "~all"])


def dkim_finding(
    domain: str, key: tuple[str, str] | None, *, waits: bool, texts: list[str]
) -> DomainFinding:
    """Return whether others can check what we sign; `key` is selector and record of the one."""
    if key is None:
        code = "dkim_waits" if waits else "dkim_off"
        return DomainFinding(part="dkim", state="advice", code=code, params={"domain": domain})
    selector, wanted = key
    name = f"{selector}._domainkey.{domain}"
    if any(same_key(text, wanted) for text in texts):
        return DomainFinding(part="dkim", state="good", code="dkim_good", params={"name": name})
    return DomainFinding(
        part="dkim",
        state="bad",
        code="dkim_other" if texts else "dkim_missing",
        params={"name": name},
        found=[text[:500] for text in texts[:3]],
        record=DnsRecord("TXT", name, wanted),
    )


def same_key(text: str, wanted: str) -> bool:
    """Say whether a record holds the same key, however it is written."""
    return bool(_key(wanted)) and _key(text) == _key(wanted)


def _key(text: str) -> str:
    tags = {
        name.strip().lower(): "".join(value.split())
        for name, _, value in (part.partition("=") for part in text.split(";"))
    }
    return tags.get("p", "")


def dmarc_finding(domain: str, dmarc: Dmarc | None, texts: list[str]) -> DomainFinding:
    """Return what others are asked to do with mails that are forged."""
    name = f"_dmarc.{domain}"
    first = DnsRecord("TXT", name, f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    found = [text for text in texts if text.lower().startswith("v=dmarc1")][:5]
    if dmarc is None:
        code = "dmarc_broken" if found else "dmarc_none"
        return DomainFinding(
            part="dmarc", state="bad" if found else "advice", code=code, params={"name": name},
            found=found, record=first,
        )  # fmt: skip
    if dmarc.policy == "none":
        return DomainFinding(
            part="dmarc", state="advice", code="dmarc_watch", params={"name": name}, found=found
        )
    return DomainFinding(
        part="dmarc", state="good", code=f"dmarc_{dmarc.policy}", params={"name": name},
        found=found,
    )  # fmt: skip
