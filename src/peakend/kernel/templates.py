"""Texts with variables that people of a house write, in a language that can do no harm.

No loops, no includes, no own variables: only values of plain dictionaries and a few filters.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

LONGEST_RESULT = 8_000

# "content", "output" and "illegal" are what the language itself reads plain text and values by.
_TAGS = ("content", "output", "illegal", "#", "comment", "if", "unless", "case")
_FILTERS = ("default", "upcase", "downcase", "capitalize", "strip", "truncate", "date", "escape")


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a template: a code, the line (from 1), and what it is about."""

    code: str
    line: int
    what: str


class _Limited(Environment):
    """An environment with limits on what one template may cost."""

    output_stream_limit = LONGEST_RESULT
    local_namespace_limit = 1_000
    context_depth_limit = 8
    loop_iteration_limit = 10


class _Roomy(_Limited):
    """The same for whole mails, of which a long answer is a part."""

    output_stream_limit = 400_000


def _environment(kind: type[Environment], undefined: type[Undefined]) -> Environment:
    environment = kind(undefined=undefined)
    for name in [tag for tag in environment.tags if tag not in _TAGS]:
        del environment.tags[name]
    for name in [known for known in environment.filters if known not in _FILTERS]:
        del environment.filters[name]
    return environment


_LENIENT = _environment(_Limited, Undefined)
_STRICT = _environment(_Limited, StrictUndefined)
_LONG = _environment(_Roomy, Undefined)


def template_fault(body: str, variables: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a template, in the words of its language; None if it is right."""
    try:
        _STRICT.from_string(body).render(**variables)
    except (LiquidError, RecursionError) as error:
        return str(error)[:200] or "syntax"
    return None


def faults(body: str, known: Iterable[str]) -> list[Fault]:
    """Return what is wrong with a template that may use the `known` variables, by lines.

    Unlike a trial it also sees what stands in a branch that is not taken.
    """
    try:
        said = _STRICT.from_string(body).analyze()
    except (LiquidError, RecursionError) as error:
        return [_fault(body, error)]
    allowed = set(known)
    found = [
        Fault("unknown_variable", _line(body, place.span.index), str(place))
        for places in said.globals.values()
        for place in places
        if str(place) not in allowed
    ]
    found += [
        Fault("unknown_filter", _line(body, span.index), name)
        for name, spans in said.filters.items()
        for span in spans
        if name not in _FILTERS
    ]
    return sorted(set(found), key=lambda one: (one.line, one.what))


def used(body: str) -> set[str]:
    """Return the variables a template uses; none where it cannot be read."""
    try:
        said = _STRICT.from_string(body).analyze()
    except (LiquidError, RecursionError):
        return set()
    return {str(place) for places in said.globals.values() for place in places}


def _fault(body: str, error: Exception) -> Fault:
    token = getattr(error, "token", None)
    at = getattr(token, "start_index", -1)
    # A block that is never closed is noticed at the end.
    line = _line(body, at) if at >= 0 else body.count("\n") + 1
    return Fault("unreadable", line, str(getattr(token, "value", ""))[:60] if at >= 0 else "")


def _line(body: str, index: int) -> int:
    return body.count("\n", 0, index) + 1


@lru_cache(maxsize=2048)
def _parsed(body: str, long: bool) -> BoundTemplate:
    return (_LONG if long else _LENIENT).from_string(body)


def rendered(body: str, variables: Mapping[str, Any], *, long: bool = False) -> str | None:
    """Return the text with its variables filled in; None where it fails or is too large.

    Counts: 8,000 characters, 400,000 where it is `long`.
    """
    try:
        return _parsed(body, long).render(**variables)
    except (LiquidError, RecursionError):
        return None
