"""Canned replies: text with variables, and what they may be."""

import re

from peakend.kernel.templates import rendered, template_fault

__all__ = [
    "LONGEST_BODY",
    "rendered",
    "template_fault",
    "variables",
    "without_name",
]

LONGEST_BODY = 4_000


def without_name(text: str) -> str:
    """Return a text that calls the customer by no name, without the comma that stood beside it."""
    text = re.sub(r"^[\s，,、：:]+", "", text)
    text = re.sub(r"[ \t]+(?=[,，])", "", text)
    text = re.sub(r"([,，])[,，]+", r"\1", text)
    return text[:1].upper() + text[1:]


def variables(
    *, customer_name: str, agent_name: str, organisation_name: str, brand_name: str, number: int
) -> dict[str, dict[str, str]]:
    """Return the variables a canned reply may use: plain dictionaries of texts, nothing else."""
    return {
        "customer": {"name": customer_name},
        "agent": {"name": agent_name},
        "organisation": {"name": organisation_name},
        "brand": {"name": brand_name},
        "conversation": {"number": str(number)},
    }
