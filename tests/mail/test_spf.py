"""SPF against the test suite of RFC 7208 (openspf.org, BSD; its licence lies beside it)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from peakend.mail.ports import NamesUnknown
from peakend.mail.rules.spf import spf

SUITE = Path(__file__).parent / "spf/rfc7208-tests.yml"


class SuiteZone:
    """The names of a scenario; SPF stands for TXT where that is missing, as the suite wants."""

    def __init__(self, zone: dict[str, list[Any]]) -> None:
        self._zone = {name.lower(): rows for name, rows in zone.items()}

    async def ask(self, name: str, kind: str) -> list[str]:
        return self._asked(name.lower().rstrip("."), kind, 0)

    def _asked(self, name: str, kind: str, level: int) -> list[str]:
        rows = self._zone.get(name, [])
        kinds = {key for row in rows if isinstance(row, dict) for key in row}
        wanted = "SPF" if kind == "TXT" and "TXT" not in kinds else kind
        found: list[str] = []
        for row in rows:
            if row == "TIMEOUT":
                if not found:
                    raise NamesUnknown
                continue
            for key, value in row.items():
                if key == "CNAME" and level < 5:
                    found += self._asked(value.lower().rstrip("."), kind, level + 1)
                elif key == wanted and value == "TIMEOUT":
                    raise NamesUnknown
                elif key == wanted and value != "NONE":
                    found.append(_text(key, value))
        return found


def _text(kind: str, value: Any) -> str:
    if kind in ("TXT", "SPF"):
        return value if isinstance(value, str) else "".join(value)
    return str(value[1] if kind == "MX" else value).rstrip(".")


def _cases() -> list[Any]:
    found = []
    for scenario in yaml.safe_load_all(SUITE.read_text("utf-8")):
        for name, case in scenario["tests"].items():
            found.append(pytest.param(scenario["zonedata"], case, id=name))
    return found


@pytest.mark.parametrize(("zone", "case"), _cases())
async def test_the_suite_of_the_rfc(zone: dict[str, list[Any]], case: dict[str, Any]) -> None:
    names = SuiteZone(zone)
    result, _ = await spf(names.ask, str(case["host"]), case["helo"], case["mailfrom"])
    wanted = case["result"]
    assert result in (wanted if isinstance(wanted, list) else [wanted])
