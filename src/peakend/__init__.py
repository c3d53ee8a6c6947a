"""Peakend 峰终: a customer-service centre that is easy and memorable."""

import os

# Before anything imports numpy: more threads than one make a single sentence's vector thirty times
# slower on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

__version__ = "0.1.0"
