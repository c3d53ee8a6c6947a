"""Whether a mail comes from whom it says, in words that a person understands at once."""

import msgspec

from peakend.kernel.words import word
from peakend.mail.rules.trusting import Checks


def trust_words(verdict: str, checks: dict[str, object], language: str) -> list[str]:
    """Return what was found about a sender, the verdict first; nothing where nobody looked."""
    if not verdict or not checks:
        return []
    found = msgspec.convert(checks, Checks)
    names = msgspec.structs.asdict(found)
    why = word(f"mail.trust.{found.reason}", language, **names)
    told = [word(f"mail.trust.{verdict}", language, why=why)]
    if found.policy and found.dmarc == "fail":
        told.append(word(f"mail.trust.policy_{found.policy}", language, **names))
    return told
