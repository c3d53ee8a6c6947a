"""What `language` needs from outside: something that turns a text into a vector."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turn texts into vectors of length one whose dot product is nearness in meaning."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text, in order."""
        ...


class _Provided:
    make: Callable[[], Embedder] | None = None
    made: Embedder | None = None


def provide_embedder(make: Callable[[], Embedder] | None) -> None:
    """Say how an embedder is made; it is made when the first text is to be embedded, not before."""
    if make is not _Provided.make:
        _Provided.make, _Provided.made = make, None


def embedder() -> Embedder | None:
    """Return the embedder, making it on first use; None where nobody provides one."""
    if _Provided.made is None and _Provided.make is not None:
        _Provided.made = _Provided.make()
    return _Provided.made


def embedder_loaded() -> bool:
    """Say whether the memory of an embedder is already spent."""
    return _Provided.made is not None
