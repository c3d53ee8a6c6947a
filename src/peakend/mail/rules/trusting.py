"""Whether a mail comes from whom it says: what was found is weighed here.

Only a server that the administrator named is believed, and of what a mail says of it only the
topmost statement: whatever stands below may have come with the mail. Else a signature or the
connecting address has to speak for the domain that stands in From. Source: RFC 7489, 3.1.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec
from msgspec.structs import replace
from publicsuffixlist import PublicSuffixList

from peakend.mail.ports import Finding, Heads, Signature, Statement

Verdict = Literal["", "verified", "unverified", "failed"]
Policy = Literal["", "none", "quarantine", "reject"]
Reason = Literal[
    "server_verified", "signature_verified", "address_verified", "server_failed", "policy_failed",
    "from_unclear", "too_hard", "names_silent", "signature_broken", "signed_by_other",
    "address_refused", "address_of_other", "unsigned",
]  # fmt: skip

# Signatures that are looked at: those that may speak for the sender, then others.
MOST_OWN = 4
MOST_OTHER = 1


class Dmarc(msgspec.Struct, frozen=True):
    """What the owner of a domain wants to be done with mails that are not his."""

    policy: Policy
    strict_signature: bool = False
    strict_address: bool = False


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about the sender of a mail, and by whom; all of it about domains."""

    reason: Reason
    domain: str = ""
    # The server that found it out, where it was not we.
    server: str = ""
    dkim: str = ""
    dkim_domain: str = ""
    spf: str = ""
    spf_domain: str = ""
    dmarc: str = ""
    policy: Policy = ""


class Trust(msgspec.Struct, frozen=True):
    """Whether a mail comes from whom it says; nothing where nobody looked."""

    verdict: Verdict = ""
    checks: Checks | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What our own checks gave; `silent` where the name system did not answer something."""

    signed: list[str] = []
    signatures: int = 0
    spf: str = ""
    spf_domain: str = ""
    dmarc: Dmarc | None = None
    silent: bool = False


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisational(domain: str) -> str:
    """Return the domain that somebody registered. Source: the public suffix list, as shipped."""
    return _suffixes().privatesuffix(domain) or domain


def aligned(domain: str, shown: str, *, strict: bool = False) -> bool:
    """Say whether a domain speaks for the one that is shown."""
    found = domain.lower().rstrip(".")
    if strict or not found:
        return found == shown
    return organisational(found) == organisational(shown)


def worth_proving(signatures: Iterable[Signature], shown: str) -> list[Signature]:
    """Return the signatures that are looked at, those that may speak for the sender first."""
    usable = [one for one in signatures if one.usable]
    own = [one for one in usable if aligned(one.domain, shown)]
    return own[:MOST_OWN] + [one for one in usable if one not in own][:MOST_OTHER]


def stated(statements: list[Statement], trusted: Iterable[str]) -> Statement | None:
    """Return what a server that is believed found out: the topmost that bears its name."""
    names = {name.lower() for name in trusted}
    return next((one for one in statements if one.server in names), None)


def by_server(statement: Statement | None, domain: str) -> Trust | None:
    """Return what follows from a server's statement; None where it settles nothing."""
    if statement is None or statement.findings is None:
        return None
    found = statement.findings
    seen = _seen(found, statement.server, domain)
    dmarc = next((one for one in found if one.method == "dmarc"), None)
    named = _host(dmarc.properties.get("header.from", domain)) if dmarc else ""
    if dmarc and named == domain:
        if dmarc.result == "pass":
            return Trust("verified", replace(seen, dmarc="pass"))
        if dmarc.result == "fail" and not _is_none(dmarc):
            return Trust("failed", replace(seen, reason="server_failed", dmarc="fail"))
    signed = seen.dkim == "pass" and aligned(seen.dkim_domain, domain)
    addressed = seen.spf == "pass" and aligned(seen.spf_domain, domain)
    return Trust("verified", seen) if signed or addressed else None


def spf_of(statement: Statement | None, domain: str) -> tuple[str, str]:
    """Return what a server that is believed found out about the address, and for which domain."""
    if statement is None or statement.findings is None:
        return "", ""
    seen = _seen(statement.findings, statement.server, domain)
    return seen.spf, seen.spf_domain


def _seen(findings: list[Finding], server: str, domain: str) -> Checks:
    """Return the best that a server found by each method."""
    made = {"dkim": "", "dkim_domain": "", "spf": "", "spf_domain": ""}
    for one in findings:
        if one.method not in ("dkim", "spf"):
            continue
        names = (
            ("header.d", "header.i")
            if one.method == "dkim"
            else ("smtp.mailfrom", "smtp.mail", "smtp.helo")
        )
        of = _host(next((one.properties[name] for name in names if name in one.properties), ""))
        better = one.result == "pass" and aligned(of, domain)
        if not made[one.method] or better:
            made |= {one.method: one.result[:20], f"{one.method}_domain": of}
    return Checks(
        reason="server_verified",
        domain=domain,
        server=server,
        dkim=made["dkim"],
        dkim_domain=made["dkim_domain"],
        spf=made["spf"],
        spf_domain=made["spf_domain"],
    )


def _host(text: str) -> str:
    return text.strip().rpartition("@")[2].lower().rstrip(".")[:253]


def _is_none(dmarc: Finding) -> bool:
    """Say whether the domain's owner asked for nothing, as far as the server tells."""
    policies = [value for name, value in dmarc.properties.items() if "policy" in name]
    told = f"{dmarc.note} {' '.join(policies)}".lower()
    return bool(re.search(r"\bp=none\b", told)) or "none" in [one.lower() for one in policies]


def by_ourselves(heads: Heads, found: Found) -> Trust:
    """Return what follows from our own checks.

    Who does not know from where a mail came cannot say that it is forged, as its owner may rely
    on addresses alone.
    """
    shown, dmarc = heads.from_domain, found.dmarc
    own = [
        domain
        for domain in found.signed
        if aligned(domain, shown, strict=bool(dmarc and dmarc.strict_signature))
    ]
    addressed = found.spf == "pass" and aligned(
        found.spf_domain, shown, strict=bool(dmarc and dmarc.strict_address)
    )
    good = bool(own) or addressed
    seen = Checks(
        reason=_why(heads, found, own=bool(own), addressed=addressed),
        domain=shown,
        dkim="pass" if found.signed else "fail" if found.signatures else "none",
        dkim_domain=(own or found.signed or [""])[0],
        spf=found.spf,
        spf_domain=found.spf_domain,
        dmarc="" if dmarc is None else "pass" if good else "fail" if found.spf else "",
        policy=dmarc.policy if dmarc else "",
    )
    if good:
        return Trust("verified", seen)
    # A signature of a kind that we do not prove may be good.
    unproven = any(not one.usable and aligned(one.domain, shown) for one in heads.signatures)
    sure = found.spf not in ("", "temperror") and not found.silent and not unproven
    if sure and dmarc is not None and dmarc.policy in ("quarantine", "reject"):
        return Trust("failed", replace(seen, reason="policy_failed"))
    return Trust("unverified", seen)


def _why(heads: Heads, found: Found, *, own: bool, addressed: bool) -> Reason:
    if own:
        return "signature_verified"
    if addressed:
        return "address_verified"
    if found.silent or found.spf == "temperror":
        return "names_silent"
    if any(aligned(one.domain, heads.from_domain) for one in heads.signatures):
        return "signature_broken"
    if found.signed:
        return "signed_by_other"
    if found.spf in ("fail", "softfail"):
        return "address_refused"
    return "address_of_other" if found.spf == "pass" else "unsigned"


def dmarc_record(texts: list[str], *, of_parent: bool) -> Dmarc | None:
    """Return what a domain's record asks for; None where there is none, or several.

    Source: RFC 7489, 6.3 and 6.6.3.
    """
    written = [text for text in texts if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", text)]
    if len(written) != 1 or len(written[0]) > 2000:
        return None
    tags: dict[str, str] = {}
    for part in written[0].split(";"):
        key, _, value = part.partition("=")
        tags.setdefault(key.strip().lower(), value.strip().lower())
    policy = tags.get("sp", tags.get("p", "")) if of_parent else tags.get("p", "")
    known: dict[str, Policy] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}
    if policy not in known and "rua" not in tags:
        return None
    return Dmarc(known.get(policy, "none"), tags.get("adkim") == "s", tags.get("aspf") == "s")
