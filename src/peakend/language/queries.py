"""What other contexts ask about a text."""

import asyncio
from collections.abc import Sequence

from peakend.language.ports import Vectors, embedder, embedder_loaded
from peakend.language.rules import (
    HAN,
    bigrams,
    detected_language,
    folded,
    initials,
    is_card_number,
    is_identity_number,
    masked,
    segments,
    shortened,
    terms,
    typed,
)

__all__ = [
    "HAN",
    "bigrams",
    "detected_language",
    "embedder_loaded",
    "embedder_name",
    "folded",
    "initials",
    "is_card_number",
    "is_identity_number",
    "masked",
    "preview",
    "segments",
    "shortened",
    "terms",
    "typed",
    "vectors",
]


def preview(text: str, length: int = 80) -> str:
    """Return one masked line of a message for lists, notices and logs."""
    return shortened(masked(text), length)


def embedder_name() -> str:
    """Return the name vectors are stored under; empty where there is no embedder."""
    found = embedder()
    return found.name if found else ""


async def vectors(texts: Sequence[str]) -> Vectors | None:
    """Return one vector for each text, made outside the event loop; None without an embedder."""
    found = embedder()
    if found is None or not texts:
        return None
    # One sentence takes under a millisecond once warm; a thread costs more than that.
    if len(texts) == 1 and embedder_loaded() and len(texts[0]) < 400:
        return found.encode(texts)
    return await asyncio.to_thread(found.encode, texts)
