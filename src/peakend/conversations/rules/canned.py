"""Canned replies: text with variables, rendered by a template language that can do no harm.

No loops, no includes, no own variables: only values of plain dictionaries and a few filters.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

LONGEST_BODY = 4_000
LONGEST_RESULT = 8_000

# "content", "output" and "illegal" are what the language itself reads plain text and values by.
_TAGS = ("content", "output", "illegal", "#", "comment", "if", "unless", "case")
_FILTERS = ("default", "upcase", "downcase", "capitalize", "strip", "truncate", "date", "escape")


class _Limited(Environment):
    """An environment with limits on what one template may cost."""

    output_stream_limit = LONGEST_RESULT
    local_namespace_limit = 1_000
    context_depth_limit = 8
    loop_iteration_limit = 10


def _environment(undefined: type[Undefined]) -> Environment:
    environment = _Limited(undefined=undefined)
    for name in [tag for tag in environment.tags if tag not in _TAGS]:
        del environment.tags[name]
    for name in [known for known in environment.filters if known not in _FILTERS]:
        del environment.filters[name]
    return environment


_LENIENT = _environment(Undefined)
_STRICT = _environment(StrictUndefined)


def template_fault(body: str, variables: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a template, in the words of its language; None if it is right."""
    try:
        _STRICT.from_string(body).render(**variables)
    except (LiquidError, RecursionError) as error:
        return str(error)[:200] or "syntax"
    return None


@lru_cache(maxsize=2048)
def _parsed(body: str) -> BoundTemplate:
    return _LENIENT.from_string(body)


def rendered(body: str, variables: Mapping[str, Any]) -> str | None:
    """Return the text with its variables filled in; None where it fails or is too large."""
    try:
        return _parsed(body).render(**variables)
    except (LiquidError, RecursionError):
        return None


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
