"""Where the built web apps stand: in the installed package, or in a checkout beside it."""

from importlib import resources
from pathlib import Path

STATIC = Path(str(resources.files("peakend"))) / "static"
# In a checkout the web build may be newer than the installed copy.
CHECKOUT = Path(__file__).parents[3] / "web" / "dist"
# What a built app cannot be without.
PROOFS = {"desk": "index.html", "widget": "panel.html"}


def built_folder(name: str) -> Path:
    """Return where a built app stands; where it would, if it is not built."""
    found = (folder / name for folder in (CHECKOUT, STATIC))
    return next((folder for folder in found if (folder / PROOFS[name]).is_file()), STATIC / name)


def not_built() -> list[str]:
    """Return which of the web apps are missing."""
    return [name for name, proof in PROOFS.items() if not (built_folder(name) / proof).is_file()]
