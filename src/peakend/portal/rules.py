"""Pure parts of the help centre: safe ways back, shades of a colour, what a search shows."""

import re
from collections.abc import Sequence

from peakend.kernel.words import LANGUAGES, best_language

_HEX = re.compile(r"#[0-9a-f]{6}")
DEFAULT_COLOUR = "#0b6b75"
WHITE, DARK = "#ffffff", "#151c22"
# Below this nearness a result is not worth a tap; far below the best one it only distracts.
SHOWN_FROM, SHOWN_SHARE = 0.62, 0.45


def way_back(to: str, root: str = "/help") -> str:
    """Return a path inside the help centre; its first page for anything else."""
    plain = re.fullmatch(r"(?:/[A-Za-z0-9/_-]*)?(?:\?[A-Za-z0-9=&%_.~+-]*)?", to[len(root) :])
    inside = to.startswith(root) and (to[len(root) :][:1] in ("", "/", "?"))
    return to if to and inside and plain and "//" not in to else root or "/"


def chosen_language(asked: str, kept: str, accepted: str | None) -> str:
    """Return the language of a page: asked for in the address, kept from before, the browser's."""
    for one in (asked, kept):
        if one in LANGUAGES:
            return one
    return best_language(accepted)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours. Source: WCAG 2.2, relative luminance."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with a share of another in it."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shades(colour: str) -> dict[str, str]:
    """Return a brand's colour for each mode, readable in each: 4.5 to 1, and 7 to 1 when large."""
    base = colour.lower() if _HEX.fullmatch(colour.lower()) else DEFAULT_COLOUR
    return {
        "light": _until(base, "#000000", WHITE, 4.5),
        "weak": mixed(base, WHITE, 0.9),
        "dark": _until(base, WHITE, DARK, 6.0),
        "dark_weak": mixed(base, DARK, 0.78),
        "large": _until(base, "#000000", WHITE, 7.2),
    }


def _until(colour: str, towards: str, on: str, least: float) -> str:
    for step in range(21):
        made = mixed(colour, towards, step / 20)
        if contrast(made, on) >= least:
            return made
    return towards


def worth_showing(scores: Sequence[float]) -> int:
    """Return how many of the results, best first, are worth showing."""
    if not scores or scores[0] < SHOWN_FROM:
        return 0
    least = max(SHOWN_FROM, scores[0] * SHOWN_SHARE)
    return sum(score >= least for score in scores)


def description(text: str, longest: int = 120) -> str:
    """Return the first words of an article for lists and search engines."""
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip("，、 ") + "…"
