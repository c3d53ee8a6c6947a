"""What a Markdown file says of itself: its fields under the names that tools give them, title."""

import re

from peakend.knowledge.rules.front_matter import Front, Value

# Columns of an article, as they are called above one; the first name of each is the one we write.
KEYS: dict[str, tuple[str, ...]] = {
    "slug": ("slug", "permalink", "url", "网址名", "地址"),
    "title": ("title", "标题"),
    "category": ("category", "categories", "分类"),
    "category_en": ("category_en", "分类英文名"),
    "brand": ("brand", "品牌"),
    "audience": ("audience", "visibility", "谁可以看"),
    "language": ("language", "lang", "locale", "语言"),
    "status": ("status", "state", "状态"),
    "position": ("position", "order", "weight", "nav_order", "sidebar_position", "排序"),
    "questions": ("questions", "示例问法", "问法"),
    "pictures": ("pictures", "图片"),
    "video": ("video", "视频"),
}
_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n+|$)")


def text_of(data: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, or GB18030. Errors: UnicodeError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeError:
        return data.decode("gb18030")


def first_of(value: Value) -> str:
    """Return a value as one text."""
    return value if isinstance(value, str) else next(iter(value), "")


def given_in(front: Front, key: str) -> str:
    """Return what stands above an article for a column; empty where nothing does."""
    told = next((front.fields[one] for one in KEYS[key] if front.fields.get(one)), "")
    if key in ("questions", "pictures"):
        # On lines of their own: then nothing else parts them.
        return "".join(f"{one}\n" for one in ([told] if isinstance(told, str) else told) if one)
    return first_of(told)


def line_of(front: Front, key: str) -> int:
    """Return on which line a column stands."""
    return next((front.lines[one] for one in KEYS[key] if one in front.lines), 1)


def titled(body: str, values: dict[str, str]) -> tuple[str, int]:
    """Take the title from the first heading where nothing else says it; return what is left."""
    mark = _HEADING.match(body)
    if mark is None or values.get("title", mark.group(1)) != mark.group(1):
        return body, 0
    values["title"] = mark.group(1)
    return body[mark.end() :], mark.group().count("\n")


def status_of(front: Front) -> tuple[str, int] | None:
    """Return the state that tools for websites mean by `draft` and `published`."""
    for key, draft in (("draft", "true"), ("published", "false")):
        told = first_of(front.fields.get(key, "")).casefold()
        if told in ("true", "false"):
            return "draft" if told == draft else "published", front.lines.get(key, 1)
    return None


def language_of(told: str) -> str:
    """Return the code of a language that is named in one of its usual ways."""
    plain = told.casefold().replace("_", "-")
    return next(
        (code for code, short in (("zh-CN", "zh"), ("en", "en"))
         if plain == short or plain.startswith(f"{short}-")), told,
    )  # fmt: skip
