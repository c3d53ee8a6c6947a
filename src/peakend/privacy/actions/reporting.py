"""The report of an erasure: what went, what stays and why, in both languages, without a name."""

from html import escape

from peakend.kernel.settings import settings
from peakend.kernel.words import LANGUAGES, word
from peakend.privacy.models import Erasure
from peakend.privacy.rules import KEPT

_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:14px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse}}td,th{{text-align:left;padding:.2rem 1.5rem .2rem 0}}
td+td{{text-align:right}}</style></head><body>{parts}</body></html>
"""


def report(erasure: Erasure) -> str:
    """Return the report of an erasure as a page of its own."""
    parts = [_part(erasure, language) for language in LANGUAGES]
    title = word("privacy.report.title", LANGUAGES[0])
    return _PAGE.format(lang=LANGUAGES[0], title=escape(title), parts="<hr>".join(parts))


def _part(erasure: Erasure, language: str) -> str:
    def said(key: str, **params: object) -> str:
        return escape(word(f"privacy.{key}", language, **params))

    def when(at: object) -> str:
        return f"{at:%Y-%m-%d %H:%M} UTC" if at else said("report.not_done")

    facts = [
        (said("report.number"), str(erasure.id)),
        (said("report.customer"), str(erasure.customer_id)),
        (said("report.identity"), said(f"identity.{erasure.identity}")),
        (said("report.ground"), said(f"ground.{erasure.ground}")),
        (said("report.at"), when(erasure.at)),
        (said("report.finished_at"), when(erasure.finished_at)),
        (said("report.conversations"), str(erasure.cleared)),
        (said("report.files"), str(erasure.files)),
        (said("report.bytes"), str(erasure.bytes_gone)),
    ]
    if erasure.repeated_at is not None:
        facts.insert(5, (said("report.repeated_at"), when(erasure.repeated_at)))
    tables = [(said(f"table.{name}"), str(n)) for name, n in erasure.removed.items()]
    kept = "".join(f"<li>{said(f'kept.{one}', days=settings.backup_days)}</li>" for one in KEPT)
    return (
        f'<section lang="{language}"><h1>{said("report.title")}</h1>{_table(facts)}'
        f"<h2>{said('report.removed')}</h2>{_table(tables)}"
        f"<h2>{said('report.kept')}</h2><ul>{kept}</ul></section>"
    )


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"
