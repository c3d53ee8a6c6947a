"""What stands above an article in a Markdown file: YAML between dashes, or TOML between pluses.

Every value is read as text, as it was written: a title `1.10` stays one, `no` is no falsehood.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

LONGEST = 64 * 1024
DEEPEST = 6
_FENCES = {"---": "yaml", "+++": "toml"}
_PLAIN = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][^:#\n\r\t\"'\\]*")
_NUMBER = re.compile(r"-?[1-9][0-9]{0,8}")
_OTHER_MEANING = frozenset(
    {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "none", "~"}
)
_TOML_KEY = re.compile(r"^\s*[\"']?([^\"'=\[]+?)[\"']?\s*=", re.M)
_TOML_LINE = re.compile(r"at line (\d+)")

Value = str | list[str]


class FrontWrong(ValueError):
    """The part above an article cannot be read; `line` says where it was noticed."""

    def __init__(self, line: int, why: str) -> None:
        self.line = line
        super().__init__(why)


class Front(msgspec.Struct, frozen=True):
    """What stands above, by key in small letters; on which line each is, and what stands below."""

    fields: dict[str, Value]
    lines: dict[str, int]
    body: str
    body_line: int


def front_of(text: str) -> Front:
    """Return what stands above a text and the text itself. Errors: FrontWrong."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head, _, rest = text.partition("\n")
    fence = head.rstrip()
    if fence not in _FENCES:
        return Front({}, {}, text.strip("\n"), 1 + len(text) - len(text.lstrip("\n")))
    lines = rest.split("\n")
    ends = (fence, "...") if fence == "---" else (fence,)
    end = next((at for at, line in enumerate(lines) if line.rstrip() in ends), None)
    if end is None:
        raise FrontWrong(1, "not closed")
    inner = "\n".join(lines[:end])
    if len(inner) > LONGEST:
        raise FrontWrong(1, "too long")
    fields, places = (_yaml if fence == "---" else _toml)(inner)
    below = "\n".join(lines[end + 1 :])
    gap = len(below) - len(below.lstrip("\n"))
    return Front(fields, places, below.strip("\n"), end + 3 + gap)


def _yaml(text: str) -> tuple[dict[str, Value], dict[str, int]]:
    """Read by events: nothing is built that was not written, and nothing is followed."""
    # Only here: reading yaml takes time that most starts need not spend.
    import yaml

    fields: dict[str, Value] = {}
    lines: dict[str, int] = {}
    depth = 0
    key: str | None = None
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 2
            if isinstance(event, yaml.AliasEvent):
                raise FrontWrong(line, "alias")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST or (depth == 1 and isinstance(event, yaml.SequenceStartEvent)):
                    raise FrontWrong(line, "shape")
                if depth == 2 and key is not None and isinstance(event, yaml.SequenceStartEvent):
                    fields[key] = []
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
                if depth == 1:
                    key = None
            elif isinstance(event, yaml.ScalarEvent):
                if depth == 0:
                    if event.value.strip():
                        raise FrontWrong(line, "shape")
                elif depth == 1 and key is None:
                    key = event.value.strip().casefold()
                    lines[key] = line
                elif depth == 1 and key is not None:
                    null = event.style is None and event.value in ("~", "null")
                    fields[key] = "" if null else event.value.strip()
                    key = None
                elif depth == 2 and key is not None and isinstance(held := fields.get(key), list):
                    held.append(event.value.strip())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise FrontWrong((mark.line if mark else 0) + 2, "yaml") from error
    except RecursionError as error:
        raise FrontWrong(2, "shape") from error
    return fields, lines


def _toml(text: str) -> tuple[dict[str, Value], dict[str, int]]:
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        told = _TOML_LINE.search(str(error))
        raise FrontWrong((int(told.group(1)) if told else 1) + 1, "toml") from error
    lines = {
        mark.group(1).strip().casefold(): text.count("\n", 0, mark.start(1)) + 2
        for mark in _TOML_KEY.finditer(text)
    }
    return {key.casefold(): _told(value) for key, value in found.items()}, lines


def _told(value: Any) -> Value:
    if isinstance(value, list):
        return [one for one in map(_one, value) if one]
    return _one(value)


def _one(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if isinstance(value, dict | list) else str(value).strip()


def above(fields: Mapping[str, str | Sequence[str]]) -> str:
    """Return fields as YAML between dashes; empty ones are left out."""
    lines = ["---"]
    for key, value in fields.items():
        if isinstance(value, str):
            if value:
                lines.append(f"{key}: {_scalar(value)}")
        elif value:
            lines += [f"{key}:", *(f"  - {_scalar(one)}" for one in value)]
    return "\n".join([*lines, "---"]) + "\n"


def _scalar(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return text
    plain = _PLAIN.fullmatch(text) and text == text.strip() and not text[0].isdigit()
    if plain and text.isprintable() and text.casefold() not in _OTHER_MEANING:
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
