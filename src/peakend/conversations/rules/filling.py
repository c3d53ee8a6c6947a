"""Texts and cards with variables: with the values of one conversation in them.

The surprise: in a link values are percent-encoded and stand behind the host only, so that what a
link may lead to is said by the house and never by a value.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from peakend.conversations.rules.canned import rendered, template_fault, variables, without_name
from peakend.conversations.rules.rich import (
    Button,
    Cards,
    OrderCard,
    Rich,
    StepCard,
    TooLong,
    faults,
    tidy,
    too_long,
)

Values = dict[str, dict[str, str]]
Fill = Callable[[str], str]

_EXAMPLE = variables(
    customer_name="x", agent_name="x", organisation_name="x", brand_name="x", number=1
)
_NAME = "customer.name"
_FIXED_HOST = re.compile(r"https://[^/?#{}\s]+[/?#]")


class Unfillable(Exception):
    """A part cannot be filled in."""


class Filling(msgspec.Struct, frozen=True):
    """The values of one conversation; without a name to say nobody is called by one."""

    values: Values

    def text(self, body: str) -> str | None:
        """Return a text with its variables filled in; None where it cannot be."""
        text = rendered(body, self.values)
        nameless = _NAME in body and not self.values["customer"]["name"]
        return without_name(text) if text and nameless else text

    def card(self, card: Rich) -> Rich | None:
        """Return a card with its variables filled in; None where it cannot be."""
        linked = {
            of: {k: quote(v, safe="") for k, v in one.items()} for of, one in self.values.items()
        }

        def said(text: str) -> str:
            return _sure(self.text(text)) if has_variables(text) else text

        def led(url: str) -> str:
            return _sure(rendered(url, linked)) if has_variables(url) else url

        try:
            return tidy(_mapped(card, said, led))
        except Unfillable:
            return None


def has_variables(text: str) -> bool:
    """Say whether something is filled in there."""
    return "{{" in text or "{%" in text


def holds_variables(card: Rich) -> bool:
    """Say whether something is filled in anywhere on a card."""
    return has_variables(msgspec.json.encode(card).decode())


def kept_faults(card: Rich) -> dict[str, str]:
    """Return which fields of a tidied card with variables are wrong: as `faults`, or `template`."""
    wrong: dict[str, str] = {}

    def said(text: str) -> str:
        if has_variables(text) and template_fault(text, _EXAMPLE) is not None:
            wrong["card"] = "template"
        return text

    def led(url: str) -> str:
        if has_variables(url) and not _FIXED_HOST.match(url):
            wrong["url"] = "link"
        return said(url)

    _mapped(card, said, led)
    return wrong or faults(example(card))


def example(card: Rich) -> Rich:
    """Return a card whose templates are right with as short values as there are."""
    return Filling(_EXAMPLE).card(card) or card


def card_fault(card: Rich) -> tuple[str, dict[str, object]] | None:
    """Return the wording of why a card that was filled in cannot go, and what it is told with."""
    long = too_long(card)
    if long is not None:
        return worded(long)
    wrong = faults(card)
    return ("conversations.wrong_rich", {}) if wrong else None


def worded(about: TooLong) -> tuple[str, dict[str, object]]:
    """Return the wording of a part that is too long."""
    return f"conversations.card_too_long_{about.part}", {"most": about.most, "long": about.long}


def _sure(text: str | None) -> str:
    if text is None:
        raise Unfillable
    return text


def _mapped(card: Rich, said: Fill, led: Fill) -> Rich:
    change = msgspec.structs.replace
    block = card.block

    def buttons(given: list[Button]) -> list[Button]:
        return [Button(label=said(one.label), url=one.url and led(one.url)) for one in given]

    if isinstance(block, Cards):
        tiles = [
            change(one, title=said(one.title), text=said(one.text), buttons=buttons(one.buttons))
            for one in block.cards
        ]
        block = change(block, cards=tiles)
    elif isinstance(block, OrderCard):
        block = change(
            block, number=said(block.number), title=said(block.title), state=said(block.state),
            url=block.url and led(block.url), buttons=buttons(block.buttons),
        )  # fmt: skip
    elif isinstance(block, StepCard):
        block = change(block, title=said(block.title), text=said(block.text))
    return Rich(intro=said(card.intro), block=block, quick=[said(one) for one in card.quick])
