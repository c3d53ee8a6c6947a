"""The shop that the tests of the digital agent happen in."""

from uuid import UUID

import numpy as np
import pytest

from peakend.adapters.language.local import LocalEmbedder
from peakend.kernel.db import Database
from tests.assist.shop import Shop


@pytest.fixture(scope="session")
def vectors() -> dict[str, np.ndarray]:
    """What the real model said of each text: the same articles are indexed by every test."""
    return {}


@pytest.fixture(autouse=True)
def remembered(vectors: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the real model about each text once in a session."""
    ask = LocalEmbedder.encode

    def encode(self: LocalEmbedder, texts: list[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in vectors]
        vectors.update(zip(new, ask(self, new) if new else (), strict=True))
        return np.array([vectors[text] for text in texts], dtype=np.float32)

    monkeypatch.setattr(LocalEmbedder, "encode", encode)


@pytest.fixture
async def shop(database: Database, organisation: UUID) -> Shop:
    """A shop in the fresh database."""
    made = Shop(database, organisation)
    await made.open()
    return made
