"""The demo's content as values: people, articles, dialogues, labels. See content/README.md."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec

CONTENT = Path(str(resources.files("peakend.entry.demo"))) / "content"
SHOP_CUSTOMER = "chen-guilan"
"""Signed in on the shop's page: whoever visits the demo is this customer, so nobody else is."""

Who = Literal["customer", "digital", "agent", "note", "digital_wait"]
Does = Literal["ask_person", "leaves", "sends_picture", "chooses"]
Outcome = Literal["digital", "agent", "abandons", "leaves_message"]


class Turn(msgspec.Struct, frozen=True):
    """One thing that somebody says or does; `card` follows an agent's words."""

    who: Who
    text: str = ""
    does: Does | None = None
    card: str | None = None


class Dialogue(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it may go: who says what, how it ends, what the customer thinks of it."""

    key: str
    brand: str
    queue: str
    reason: str
    article: str
    outcome: Outcome
    turns: list[Turn]
    solved: bool = False
    rating: int | None = None
    comment: str = ""
    tags: list[str] = []
    customer: str | None = None


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article of the help centre; `category` is the Chinese name of one."""

    title: str
    slug: str
    brand: str
    category: str
    audience: str
    order: int
    questions: list[str]
    pictures: list[str] = []
    video: str | None = None
    body: str = ""


@cache
def content(name: str) -> dict[str, Any]:
    """Return a file of the folder by its name without the ending."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text("utf-8"))


@cache
def dialogues() -> tuple[Dialogue, ...]:
    """Return every dialogue."""
    return tuple(msgspec.convert(content("dialogues")["dialogue"], list[Dialogue]))


@cache
def articles() -> tuple[Article, ...]:
    """Return every article, in the order of its file's name."""
    found = []
    for file in sorted((CONTENT / "articles").glob("*.md")):
        _, front, body = file.read_text("utf-8").split("+++\n", 2)
        found.append(msgspec.convert({**tomllib.loads(front), "body": body.strip()}, Article))
    return tuple(found)


@cache
def staff() -> tuple[dict[str, Any], ...]:
    """Return everybody who works there; `role` senior is an agent."""
    return tuple(content("people")["staff"])


def role(person: dict[str, Any]) -> str:
    """Return the role a person signs in with."""
    return person["role"] if person["role"] in ("supervisor", "admin") else "agent"


@cache
def customers() -> dict[str, dict[str, Any]]:
    """Return the customers by their key."""
    return {person["key"]: person for person in content("people")["customer"]}


@cache
def topics() -> dict[str, str]:
    """Return the queue for each category (Chinese name) of the brand that has several queues."""
    home = {c["zh"] for c in content("categories")["category"] if c["brand"] == "home"}
    category = {article.slug: article.category for article in articles()}
    votes: dict[str, dict[str, int]] = {}
    for told in dialogues():
        of = category[told.article]
        if of in home:
            counted = votes.setdefault(of, {})
            counted[told.queue] = counted.get(told.queue, 0) + 1
    return {
        of: max(sorted(counted), key=lambda slug: counted[slug]) for of, counted in votes.items()
    }


@cache
def picture_of(queue: str) -> bytes:
    """Return a picture that a customer of a queue might send."""
    name = {"gas": "water-heater-panel.png", "order": "delivery-steps.png"}.get(
        queue, "valve-open-closed.png"
    )
    return (CONTENT / "pictures" / name).read_bytes()


def spoken_by(text: str, name: str) -> str:
    """Return an agent's line as another agent says it: 我是 is followed by the own name."""
    for person in staff():
        for before in ("我是坐席", "我是"):
            text = text.replace(before + person["name"], before + name)
    return text
