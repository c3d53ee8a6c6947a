"""Every context's tables, gathered for migrations and checks."""

import importlib
import pkgutil
from importlib.util import find_spec

import peakend
from peakend.kernel.tables import metadata

__all__ = ["metadata"]

for _kernel in ("events", "jobs", "live", "files", "limits", "personal"):
    importlib.import_module(f"peakend.kernel.{_kernel}")
for _context in filter(lambda module: module.ispkg, pkgutil.iter_modules(peakend.__path__)):
    if find_spec(f"peakend.{_context.name}.models") is not None:
        importlib.import_module(f"peakend.{_context.name}.models")
