"""Texts in both languages: `<context>/words.<language>.json`, flat keys, ICU-like {parameters}."""

import json
from functools import cache, lru_cache
from importlib import resources

LANGUAGES = ("zh-CN", "en")
DEFAULT = "zh-CN"


@cache
def _texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for context in resources.files("peakend").iterdir():
        file = context / f"words.{language}.json" if context.is_dir() else None
        if file is not None and file.is_file():
            texts.update(json.loads(file.read_text("utf-8")))
    return texts


def word(key: str, language: str = DEFAULT, **params: object) -> str:
    """Return a text in a language; Chinese where the language is not ours."""
    text = _texts(best_language(language)).get(key, key)
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def has_word(key: str) -> bool:
    """Say whether a key has its text."""
    return key in _texts(DEFAULT)


@lru_cache(maxsize=1024)
def best_language(wanted: str | None) -> str:
    """Return the one of our languages that fits an Accept-Language value best."""
    for part in (wanted or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return DEFAULT
