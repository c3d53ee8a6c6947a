"""Invitations of calendars (.ics): what, when, where. Source: RFC 5545."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

LONGEST_FILE = 256 * 1024
LONGEST_VALUE = 500
_LINE = re.compile(r'(?m)^([A-Z-]{3,20})((?:;[^:\n"]{0,200}(?:"[^"\n]{0,200}")?){0,20}):([^\n]*)')
_ZONE = re.compile(r";TZID=\"?([^;\":]{1,80})")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
# As Outlook names them. Source: Unicode CLDR, windowsZones.
_OUTLOOK = {
    "china standard time": "Asia/Shanghai",
    "taipei standard time": "Asia/Taipei",
    "tokyo standard time": "Asia/Tokyo",
    "korea standard time": "Asia/Seoul",
    "singapore standard time": "Asia/Singapore",
    "india standard time": "Asia/Kolkata",
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "russian standard time": "Europe/Moscow",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "aus eastern standard time": "Australia/Sydney",
    "utc": "UTC",
}


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A meeting that a mail brings along.

    Times are in UTC where the zone is known (`at`), else as they stand there (`local`, `zone`).
    """

    title: str
    where: str
    organiser: str
    cancelled: bool
    whole_day: bool
    starts_at: datetime | None
    ends_at: datetime | None
    starts_local: str
    ends_local: str
    zone: str


class _Moment(msgspec.Struct, frozen=True):
    at: datetime | None = None
    local: str = ""
    zone: str = ""
    whole_day: bool = False


def invitation(data: bytes) -> Invitation | None:
    """Return the first meeting of a calendar's file; None where there is none."""
    text = re.sub(r"\r\n?", "\n", _decoded(data[:LONGEST_FILE]))
    text = re.sub(r"\n[ \t]", "", text)
    head, begin, rest = text.partition("BEGIN:VEVENT\n")
    if not begin:
        return None
    event = re.sub(r"(?s)BEGIN:VALARM\n.*?END:VALARM\n", "", rest.partition("END:VEVENT")[0])
    found: dict[str, tuple[str, str]] = {}
    for name, params, value in _LINE.findall(event):
        found.setdefault(name, (params, value))
    starts, ends = _moment(*found.get("DTSTART", ("", ""))), _moment(*found.get("DTEND", ("", "")))
    organiser = found.get("ORGANIZER", ("", ""))
    named = re.search(r";CN=\"?([^;\":]{1,200})", organiser[0])
    return Invitation(
        title=_words(found.get("SUMMARY", ("", ""))[1]),
        where=_words(found.get("LOCATION", ("", ""))[1]),
        organiser=_words(named[1]) if named else "",
        cancelled="METHOD:CANCEL" in head.upper()
        or found.get("STATUS", ("", ""))[1].strip().upper() == "CANCELLED",
        whole_day=starts.whole_day,
        starts_at=starts.at,
        ends_at=ends.at,
        starts_local=starts.local,
        ends_local=ends.local,
        zone=starts.zone,
    )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _words(value: str) -> str:
    plain = re.sub(r"\\([\\;,nN])", lambda one: " " if one[1] in "nN" else one[1], value)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())[
        :LONGEST_VALUE
    ]


def _moment(params: str, value: str) -> _Moment:
    found = _TIME.match(value.strip())
    if found is None:
        return _Moment()
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (the zone follows)
    except ValueError:
        return _Moment()
    if found[4] is None:
        return _Moment(local=local.date().isoformat(), whole_day=True)
    if found[7]:
        return _Moment(at=local.replace(tzinfo=UTC))
    named = _ZONE.search(params)
    zone = named[1].strip() if named else ""
    try:
        here = ZoneInfo(_OUTLOOK.get(zone.lower(), zone))
        return _Moment(at=local.replace(tzinfo=here).astimezone(UTC))
    except (KeyError, ValueError, OSError, OverflowError):
        return _Moment(local=local.isoformat(sep=" ", timespec="minutes"), zone=zone)
