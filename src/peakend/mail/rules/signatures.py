"""What a signature may say, and how it looks."""

from html import escape

from peakend.kernel.templates import faults
from peakend.mail.rules.templates import Wrong

SIGNATURE_VARIABLES = ("agent.name", "brand.name", "organisation.name")
LONGEST_SIGNATURE = 1_000


def signature_faults(body: str) -> list[Wrong]:
    """Return what is wrong with a brand's signature, in the order of its lines."""
    found = [
        Wrong("body", one.line, one.code, one.what) for one in faults(body, SIGNATURE_VARIABLES)
    ]
    if len(body) > LONGEST_SIGNATURE or "\x00" in body:
        found.append(Wrong("body", 1, "signature_long"))
    return found


def joined(*parts: str) -> str:
    """Return the parts of a signature below each other."""
    return "\n".join(part.strip() for part in parts if part.strip())


def as_html(text: str) -> str:
    """Return lines as HTML that reads the same."""
    return "<br>".join(escape(line) for line in text.split("\n")) if text else ""
