"""Rich messages: cards, an order, a step, and replies to choose from, all bounded and typed.

There is no markup in them, links lead to https only, and pictures are files of the message. What a
choice is called (`q0`, `b1.0`, `done`) follows from its place, so that nothing can be made up.
"""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import msgspec
from msgspec import Meta

from peakend.conversations.rules.texts import cleaned, is_text, one_line

RICH, CHOSEN = "rich", "chosen"
MOST_CARDS, MOST_BUTTONS, MOST_QUICK, MOST_STEPS = 10, 3, 8, 30
LONGEST_LABEL, LONGEST_TITLE, LONGEST_TEXT, LONGEST_INTRO = 24, 80, 400, 1_000
LONGEST_NUMBER, _ANY = 40, 10_000

_PORT = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")

Label = Annotated[str, Meta(max_length=60)]
Line = Annotated[str, Meta(max_length=200)]
Body = Annotated[str, Meta(max_length=1_000)]
Address = Annotated[str, Meta(max_length=500)]
Tone = Literal["neutral", "calm", "warning", "danger"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a rich message."""


class Button(_Part, frozen=True, kw_only=True):
    """A button of a card: it says its label for the customer, or opens a link."""

    label: Label
    url: Address | None = None


Buttons = Annotated[list[Button], Meta(max_length=MOST_BUTTONS)]


class Tile(_Part, frozen=True, kw_only=True):
    """One card: a picture, a title, a few words, buttons."""

    title: Line = ""
    text: Body = ""
    file_id: UUID | None = None
    buttons: Buttons = []


class Cards(_Part, frozen=True, kw_only=True, tag="cards", tag_field="type"):
    """One card or several: side by side, or as a list."""

    layout: Literal["row", "list"] = "row"
    cards: Annotated[list[Tile], Meta(min_length=1, max_length=MOST_CARDS)]


class OrderCard(_Part, frozen=True, kw_only=True, tag="order", tag_field="type"):
    """An order or a product: number, picture, state, amount, link."""

    number: Line
    title: Line = ""
    file_id: UUID | None = None
    state: Label = ""
    tone: Tone = "neutral"
    amount_fen: Annotated[int, Meta(ge=0, le=10**12)] | None = None
    url: Address | None = None
    buttons: Buttons = []


class StepCard(_Part, frozen=True, kw_only=True, tag="step", tag_field="type"):
    """One step of an instruction; the house's own words stand on its two buttons."""

    n: Annotated[int, Meta(ge=1, le=MOST_STEPS)]
    of: Annotated[int, Meta(ge=1, le=MOST_STEPS)]
    title: Line = ""
    text: Body
    file_id: UUID | None = None


Block = Cards | OrderCard | StepCard


class Rich(_Part, frozen=True, kw_only=True):
    """What a rich message holds: words before it, one block, replies to choose from."""

    intro: Annotated[str, Meta(max_length=2_000)] = ""
    block: Block | None = None
    quick: Annotated[list[Label], Meta(max_length=MOST_QUICK)] = []


class HeldCard(_Part, frozen=True, kw_only=True):
    """A card that goes with the reply being written, and where its pictures may come from."""

    content: Rich
    template_id: UUID | None = None
    canned_reply_id: UUID | None = None


class Saying(msgspec.Struct, frozen=True):
    """The house's words in the customer's language."""

    done: str
    stuck: str
    step: Callable[[int, int], str]
    order: Callable[[str], str]
    amount: Callable[[str], str]
    choose: Callable[[str], str]


def good_link(url: str) -> bool:
    """Say whether a button may lead there: https, a plain host, no name or password in it."""
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = bool(parts.hostname) and "." in (parts.hostname or "").strip(".")
    return parts.scheme == "https" and named and port != 0 and bool(_PORT.fullmatch(parts.netloc))


def tidy(rich: Rich) -> Rich:
    """Return the content without what hides or turns text; nothing is cut off."""
    intro = cleaned(rich.intro)
    quick = list(dict.fromkeys(filter(None, (_label(one) for one in rich.quick))))
    return Rich(intro=intro, block=_tidy_block(rich.block), quick=quick)


def _label(text: str) -> str:
    return one_line(text, _ANY)


def _buttons(given: list[Button]) -> list[Button]:
    return [Button(label=_label(one.label), url=one.url or None) for one in given]


def _tidy_block(block: Block | None) -> Block | None:
    change = msgspec.structs.replace
    if isinstance(block, Cards):
        tiles = [
            Tile(
                title=one_line(one.title, _ANY), text=cleaned(one.text),
                file_id=one.file_id, buttons=_buttons(one.buttons),
            )
            for one in block.cards
        ]  # fmt: skip
        return change(block, cards=tiles)
    if isinstance(block, OrderCard):
        return change(
            block, number=one_line(block.number, _ANY), title=one_line(block.title, _ANY),
            state=_label(block.state), buttons=_buttons(block.buttons), url=block.url or None,
        )  # fmt: skip
    if isinstance(block, StepCard):
        title, text = one_line(block.title, _ANY), cleaned(block.text)
        return change(block, title=title, text=text)
    return None


class TooLong(msgspec.Struct, frozen=True):
    """A part of a card that is too long, how long it may be, and how long it is."""

    part: str
    most: int
    long: int


_LONGEST = {
    "intro": LONGEST_INTRO, "quick": LONGEST_LABEL, "title": LONGEST_TITLE, "text": LONGEST_TEXT,
    "label": LONGEST_LABEL, "number": LONGEST_NUMBER, "state": LONGEST_LABEL,
}  # fmt: skip


def too_long(rich: Rich) -> TooLong | None:
    """Return the first part of tidied content that is longer than it may be."""
    for part, text in _parts("", msgspec.to_builtins(rich)):
        most = _LONGEST.get(part)
        if most is not None and len(text) > most:
            return TooLong(part, most, len(text))
    return None


def _parts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for of, one in value.items():
            yield from _parts(of, one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(name, one)


def faults(rich: Rich) -> dict[str, str]:
    """Return which fields of tidied content are wrong: empty, long, link, step, not_text."""
    found: dict[str, str] = {}
    if long := too_long(rich):
        found[long.part] = "long"
    if rich.block is None and not rich.quick:
        found["block"] = "empty"
    elif rich.block is None and not rich.intro:
        found["intro"] = "empty"
    for name, label, url in _labels(rich.block):
        if not label:
            found[name] = "empty"
        elif url is not None and not good_link(url):
            found[name] = "link"
    found |= _wrong_block(rich.block)
    if not all(is_text(one) for _, one in _parts("", msgspec.to_builtins(rich))):
        found["text"] = "not_text"
    return found


def _wrong_block(block: Block | None) -> dict[str, str]:
    if isinstance(block, Cards):
        return {
            f"cards.{at}": "empty"
            for at, one in enumerate(block.cards)
            if not (one.title or one.text or one.file_id)
        }
    if isinstance(block, OrderCard):
        wrong = {} if block.number else {"number": "empty"}
        return wrong | ({"url": "link"} if block.url and not good_link(block.url) else {})
    if isinstance(block, StepCard):
        wrong = {} if block.text else {"text": "empty"}
        return wrong | ({"n": "step"} if block.n > block.of else {})
    return {}


def _labels(block: Block | None) -> Iterator[tuple[str, str, str | None]]:
    """Give the buttons of a block: what each is called, its label, its link."""
    tiles: list[Tile | OrderCard] = []
    if isinstance(block, Cards):
        tiles = [*block.cards]
    elif isinstance(block, OrderCard):
        tiles = [block]
    for at, tile in enumerate(tiles):
        for place, button in enumerate(tile.buttons):
            yield f"b{at}.{place}", button.label, button.url


def pictures(rich: Rich) -> list[UUID]:
    """Return the pictures of the content, each once."""
    tiles = rich.block.cards if isinstance(rich.block, Cards) else [rich.block]
    found = [one.file_id for one in tiles if one is not None and one.file_id]
    return list(dict.fromkeys(found))


def with_pictures(rich: Rich, instead: dict[UUID, UUID]) -> Rich:
    """Return the content with other files in the place of some of its pictures."""
    change = msgspec.structs.replace
    block = rich.block
    if block is None or not instead:
        return rich
    if isinstance(block, Cards):
        tiles = [change(one, file_id=instead.get(one.file_id, one.file_id)) for one in block.cards]  # type: ignore[arg-type]
        return change(rich, block=change(block, cards=tiles))
    return change(rich, block=change(block, file_id=instead.get(block.file_id, block.file_id)))  # type: ignore[arg-type]


def introduced(rich: Rich, words: str) -> Rich | None:
    """Return the content with words before its own; None where they are too long for it."""
    intro = "\n\n".join(filter(None, (cleaned(words), cleaned(rich.intro))))
    return None if len(intro) > LONGEST_INTRO else msgspec.structs.replace(rich, intro=intro)


def kept_params(rich: Rich, saying: Saying) -> dict[str, Any]:
    """Return what the message keeps; a step takes the words of its buttons along."""
    kept: dict[str, Any] = {"intro": rich.intro, "quick": rich.quick}
    if rich.block is not None:
        kept["block"] = msgspec.to_builtins(rich.block)
    if isinstance(rich.block, StepCard):
        kept["block"] |= {"done": saying.done, "stuck": saying.stuck}
    return kept


def choices(params: dict[str, Any] | None) -> dict[str, str]:
    """Return what the customer may choose in a message: each choice's code and its label."""
    found = {f"q{at}": str(label) for at, label in enumerate((params or {}).get("quick") or ())}
    block = (params or {}).get("block") or {}
    if block.get("type") == "step":
        found |= {code: str(block[code]) for code in ("done", "stuck")}
    tiles = block.get("cards") if block.get("type") == "cards" else [block]
    for at, tile in enumerate(tiles or ()):
        for place, button in enumerate(tile.get("buttons") or ()):
            if not button.get("url"):
                found[f"b{at}.{place}"] = str(button["label"])
    return found


def once_id(message_id: UUID, choice: str) -> UUID:
    """Return the client id of an answer: of the quick replies one counts, of buttons each once."""
    return uuid5(message_id, "q" if choice.startswith("q") else choice)


def plain(rich: Rich, saying: Saying) -> str:
    """Return the content as words alone, for search, notices, other channels and old panels."""
    parts = [rich.intro, *_plain_block(rich.block, saying)]
    if rich.quick:
        parts.append(saying.choose(" / ".join(rich.quick)))
    return "\n\n".join(part for part in parts if part)


def _plain_block(block: Block | None, saying: Saying) -> list[str]:
    if isinstance(block, Cards):
        return [_lines(one.title, one.text, *_said(one.buttons)) for one in block.cards]
    if isinstance(block, OrderCard):
        amount = saying.amount(money(block.amount_fen)) if block.amount_fen is not None else ""
        return [
            _lines(
                saying.order(block.number), block.title, block.state, amount, block.url or "",
                *_said(block.buttons),
            )
        ]  # fmt: skip
    if isinstance(block, StepCard):
        return [_lines(saying.step(block.n, block.of), block.title, block.text)]
    return []


def _said(buttons: list[Button]) -> list[str]:
    return [f"[{one.label}] {one.url or ''}".rstrip() for one in buttons]


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def money(fen: int) -> str:
    """Return an amount as it is read: ¥12,480.00."""
    return f"¥{fen // 100:,}.{fen % 100:02}"
