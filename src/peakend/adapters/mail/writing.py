"""HTML that people of the house write: cleaned by the policy that holds for strangers.

Pictures are files of ours, named by `cid:` and the file's id; nothing is loaded from elsewhere.
"""

import re
from uuid import UUID

from peakend.adapters.mail.hypertext import bounded, lines_of, safe
from peakend.mail.ports import LONGEST_WRITTEN, Written

_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# As an editor shows a file of ours: by the address from which the desk loads it.
_SHOWN = re.compile(
    rf"(?i)(\bsrc\s*=\s*[\"'])(?:https?://[^/\"'\s<>]{{1,260}})?/files/({_ID})/[^\"'<>]{{0,600}}"
)
_INSIDE = re.compile(rf"(?i)\bsrc=\"cid:({_ID})(?:@[a-z.]{{1,60}})?\"")


def written(source: str) -> Written | None:
    """Return what somebody wrote as it may travel; None where it is too much."""
    if len(source) > LONGEST_WRITTEN:
        return None
    named = _SHOWN.sub(r"\1cid:\2", source)
    if bounded(named) is not None:
        return None
    clean, _ = safe(named)
    pictures = list(dict.fromkeys(UUID(one) for one in _INSIDE.findall(clean)))
    made = _INSIDE.sub(lambda found: f'src="cid:{found[1].lower()}@peakend"', clean)
    lines = lines_of(clean)
    return Written(
        html=made,
        text=_joined([line for line, _ in lines]),
        own=_joined([line for line, quoted in lines if not quoted]),
        pictures=pictures,
    )


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
