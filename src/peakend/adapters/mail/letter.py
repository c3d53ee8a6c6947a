"""What reading a mail gives: its fields, and what could not be read, in words."""

from typing import Any

import msgspec

from peakend.kernel.words import word
from peakend.mail.ports import AutomaticBy


class Attachment(msgspec.Struct, frozen=True):
    """A part that is kept as a file."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Something to know about a mail; `unread` where a part of it could not be read."""

    code: str
    unread: bool
    params: dict[str, str] = {}

    def words(self, language: str) -> str:
        """Return the reason as a person reads it."""
        return word(f"adapters.mail.{self.code}", language, **self.params)


class Mail(msgspec.Struct, frozen=True):
    """A mail as its author meant it."""

    from_email: str
    from_name: str
    to: str
    cc: str
    subject: str
    content_type: str
    text: str
    reply_text: str
    html_safe: str
    attachments: list[Attachment]
    reasons: list[Reason]
    automatic_by: AutomaticBy = ""

    @property
    def automatic(self) -> bool:
        """Say whether a program wrote it."""
        return bool(self.automatic_by)

    @property
    def whole(self) -> bool:
        """Say whether everything in it could be read."""
        return not any(reason.unread for reason in self.reasons)

    def shown(self) -> dict[str, Any]:
        """Return what the operator's command prints."""
        names = [one for one in self.__struct_fields__ if one != "automatic_by"]
        names.insert(names.index("reasons"), "automatic")
        fields = {name: getattr(self, name) for name in names}
        fields["attachments"] = [
            {"name": one.name, "content_type": one.content_type, "size": len(one.content)}
            for one in self.attachments
        ]
        fields["reasons"] = [
            {
                "code": one.code,
                "unread": one.unread,
                "zh": one.words("zh-CN"),
                "en": one.words("en"),
            }
            for one in self.reasons
        ]
        return fields


class Reasons:
    """Reasons as they are found, each once."""

    def __init__(self) -> None:
        self.found: dict[str, Reason] = {}

    def unread(self, code: str, **params: object) -> None:
        """Note that something could not be read."""
        self._note(code, True, params)

    def note(self, code: str, **params: object) -> None:
        """Note something that is worth knowing."""
        self._note(code, False, params)

    def _note(self, code: str, unread: bool, params: dict[str, object]) -> None:
        texts = {name: str(value)[:120] for name, value in params.items()}
        self.found.setdefault(code, Reason(code, unread, texts))
