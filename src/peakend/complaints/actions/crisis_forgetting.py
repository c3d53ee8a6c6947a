"""What of a crisis file goes with the person it was about; the file itself stays."""

# ruff: noqa: S608 (names of columns only)
from peakend.kernel.personal import Held, holds

_OF = """
FROM crisis
WHERE organisation_id = current_organisation() AND customer_id = ANY($1)
  AND title || summary || happened || cause || worked <> ''
"""
_IN = """
organisation_id = current_organisation() AND crisis_id IN (SELECT id FROM crisis
WHERE organisation_id = current_organisation() AND customer_id = ANY($1))
"""
_SAID = f"""
organisation_id = current_organisation() AND statement_id IN (SELECT id FROM crisis_statement
WHERE {_IN})
"""
holds(
    Held(table="crisis", of="beside", about="customer",
         empties=("title", "summary", "happened", "cause", "worked"),
         stays=("kind", "state", "fault", "changes", "speaker_ids", "reader_ids"),
         erase="UPDATE crisis SET title = '', summary = '', happened = '', cause = '',"
         " worked = ''"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"
         " AND title || summary || happened || cause || worked <> ''",
         find="SELECT organisation_id, title, summary, happened, cause, worked, opened_at" + _OF,
         copied=False),
    Held(table="crisis_entry", of="beside", about="customer",
         empties=("source", "words", "answer"), stays=("kind",),
         erase="UPDATE crisis_entry SET source = '', words = '', answer = ''"
         " WHERE source || words || answer <> '' AND" + _IN,
         find="SELECT organisation_id, at, words FROM crisis_entry"
         " WHERE source || words || answer <> '' AND" + _IN, copied=False),
    Held(table="crisis_statement", of="beside", about="customer",
         empties=("title", "words", "answer"), stays=("state", "published_where"),
         erase="UPDATE crisis_statement SET title = '', words = '', answer = ''"
         " WHERE title || words || answer <> '' AND" + _IN,
         find="SELECT organisation_id, drafted_at, words FROM crisis_statement"
         " WHERE title || words || answer <> '' AND" + _IN,
         copied=False),
    Held(table="crisis_step", of="beside", about="customer",
         empties=("note",), stays=("title", "role", "state"),
         erase="UPDATE crisis_step SET note = '' WHERE note <> '' AND" + _IN,
         find="SELECT organisation_id, due_at, note FROM crisis_step WHERE note <> '' AND" + _IN,
         copied=False),
    Held(table="statement_version", of="beside", about="customer",
         empties=("title", "words", "answer"), stays=("outcome",),
         erase="UPDATE statement_version SET title = '', words = '', answer = ''"
         " WHERE title || words || answer <> '' AND" + _SAID,
         find="SELECT organisation_id, asked_at, words FROM statement_version"
         " WHERE title || words || answer <> '' AND" + _SAID, copied=False),
)  # fmt: skip
