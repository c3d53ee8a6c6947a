"""What is held about a person as a page that can be read, in the person's language."""

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from peakend.kernel.words import has_word, word
from peakend.privacy.queries.packages import Part

_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body{{font:15px/1.7 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}
h2{{margin-top:2.5rem;border-bottom:1px solid #ccc}}
dl{{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem;margin:.6rem 0}}
dt{{color:#555}}dd{{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}}
small{{color:#555}}</style></head><body>{body}</body></html>
"""
# Said once by the heading, or of use to machines only.
_UNSAID = frozenset({"id", "conversation_id", "message_id", "customer_id", "params", "client_id"})


def page(
    gathered: list[Part],
    *,
    language: str,
    house: str,
    name: str,
    at: datetime,
    zone: str,
    files: list[str],
    held: list[tuple[str, str]],
) -> str:
    """Return the page of a package."""

    def said(key: str, **params: object) -> str:
        return escape(word(f"privacy.access.{key}", language, **params))

    title = said("title", house=house)
    local = at.astimezone(ZoneInfo(zone))
    body = [
        f"<h1>{title}</h1>",
        f"<p>{said('of', name=name or '–', time=f'{local:%Y-%m-%d %H:%M}', zone=zone)}</p>",
        f"<p>{said('others')}</p>",
    ]
    for part in gathered:
        label = escape(word(f"privacy.table.{part.table}", language))
        if part.rows:
            body.append(f"<h2>{label} <small>{part.count}</small></h2>")
            body += [_row(row, language, ZoneInfo(zone)) for row in part.rows]
    counted = [part for part in gathered if part.rows is None and part.count]
    if counted:
        lines = "".join(
            f"<li>{escape(word(f'privacy.table.{part.table}', language))}: {part.count}</li>"
            for part in counted
        )
        body.append(f"<h2>{said('counted')}</h2><ul>{lines}</ul>")
    if files:
        lines = "".join(f'<li><a href="{quote(one)}">{escape(one)}</a></li>' for one in files)
        body.append(f"<h2>{said('files')}</h2><ul>{lines}</ul>")
    if held:
        lines = "".join(f"<li>{said(f'held_{why}', name=one)}</li>" for one, why in held)
        body.append(f"<h2>{said('held')}</h2><ul>{lines}</ul>")
    return _PAGE.format(lang=language, title=title, body="\n".join(body))


def _row(row: dict[str, Any], language: str, zone: ZoneInfo) -> str:
    pairs = "".join(
        f"<dt>{escape(_label(key, language))}</dt><dd>{escape(_plain(value, zone))}</dd>"
        for key, value in row.items()
        if key not in _UNSAID and value not in (None, "", [], {})
    )
    return f"<dl>{pairs}</dl>"


def _label(key: str, language: str) -> str:
    known = f"privacy.access.key_{key}"
    return word(known, language) if has_word(known) else key


def _plain(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(one, zone)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(_plain(one, zone) for one in value)
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        try:
            return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
        except ValueError:
            return value
    return str(value)
