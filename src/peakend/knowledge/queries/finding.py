"""Finding published articles: an index in memory for each organisation, as fresh as its revision.

Any process may hold an index; the revision row tells it when its own is old, so that reactions
in the worker are seen by every web process with the next question.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import ClassVar
from uuid import UUID

import msgspec
import numpy as np

from peakend.kernel.db import Transaction
from peakend.knowledge.models import PassageRecord
from peakend.knowledge.queries.reading import PublishedArticle, published
from peakend.knowledge.rules.finding import Index, Nearness, Passage
from peakend.knowledge.rules.text import pieces
from peakend.language import queries as language

LONGEST_QUESTION = 600


class Candidate(msgspec.Struct, frozen=True):
    """An article that may answer, with the measures by which a gate decides."""

    article: PublishedArticle
    near: Nearness

    @property
    def url(self) -> str:
        """Return its address in the help centre."""
        return f"/help/a/{self.article.slug}"


class _Held:
    """The indexes this process holds."""

    by_organisation: ClassVar[dict[UUID, tuple[int, Index]]] = {}


async def answer_candidates(
    tx: Transaction, *, brand_id: UUID | None, audience: str, text: str, limit: int = 5
) -> tuple[list[Candidate], int]:
    """Return the articles nearest to a question, best first, and how many words it has.

    Brand and audience are applied before anything is scored, and once more when rows are read.
    """
    asked = text[:LONGEST_QUESTION]
    terms = language.terms(asked)
    index = await _index(tx)
    if not index.passages:
        return [], len(terms)
    made = await language.vectors([language.folded(asked)]) if asked.strip() else None
    vector = None if made is None else made[0]
    near = index.near(
        terms,
        vector,
        brand_id=brand_id,
        audience=audience,
        limit=limit,
        language=language.detected_language(asked),
    )
    rows = await published(tx, [n.article_id for n in near], audience=audience, brand_id=brand_id)
    found = [Candidate(rows[n.article_id], n) for n in near if n.article_id in rows]
    return found, len(terms)


def passages_of(article: PublishedArticle) -> list[tuple[str, str]]:
    """Return kind and text of each piece of an article."""
    return pieces(article.title, article.questions, article.body, article.language)


async def vectors_of(texts: Iterable[str]) -> dict[str, bytes]:
    """Return the vector of each text; none without an embedder. It takes long: no transaction."""
    wanted = list(dict.fromkeys(texts))
    made = await language.vectors([language.folded(text) for text in wanted])
    if made is None:
        return {}
    return {text: made[at].astype(np.float16).tobytes() for at, text in enumerate(wanted)}


async def _index(tx: Transaction) -> Index:
    revision = await tx.value(
        "SELECT revision FROM knowledge_revision WHERE organisation_id = current_organisation()"
    )
    held = _Held.by_organisation.get(tx.organisation_id)
    if held is not None and held[0] == (revision or 0):
        return held[1]
    rows = await tx.all(
        PassageRecord,
        """
        SELECT article_id, kind, text, vector, embedder, brand_id, audience
        FROM article_passage
        WHERE organisation_id = current_organisation()
        ORDER BY article_id, position
        """,
    )
    index = await asyncio.to_thread(_build, rows, await _vectors(rows))
    _Held.by_organisation[tx.organisation_id] = (revision or 0, index)
    return index


def _build(rows: Sequence[PassageRecord], vectors: np.ndarray | None) -> Index:
    passages = [
        Passage(
            r.article_id,
            r.brand_id,
            r.audience,
            r.kind,
            r.text,
            tuple(language.terms(r.text)),
            language.detected_language(r.text),
        )
        for r in rows
    ]
    return Index(passages, vectors)


async def _vectors(rows: Sequence[PassageRecord]) -> np.ndarray | None:
    """Return the stored vectors; what was stored without this embedder is made now."""
    name = language.embedder_name()
    if not name or not rows:
        return None
    missing = [at for at, row in enumerate(rows) if row.embedder != name or row.vector is None]
    made = await language.vectors([language.folded(rows[at].text) for at in missing])
    new = {} if made is None else dict(zip(missing, made, strict=True))
    return np.stack(
        [
            new[at]
            if at in new
            else np.frombuffer(row.vector or b"", np.float16).astype(np.float32)
            for at, row in enumerate(rows)
        ]
    )
