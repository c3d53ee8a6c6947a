"""Expected errors: classes with a status and a wording, raised where the rule is broken."""

from typing import Any, ClassVar


class PeakendError(Exception):
    """Something a caller may do wrong; it becomes an answer in the caller's language."""

    status: ClassVar[int] = 400
    wording: str = "kernel.refused"

    def __init__(self, *, fields: dict[str, str] | None = None, **params: Any) -> None:
        super().__init__(self.wording)
        self.params = params
        self.fields = fields
        self.retry_after_s: int | None = params.get("retry_after_s")


class NotFound(PeakendError):
    """The thing is not there, or not for this caller: both answer alike."""

    status = 404
    wording = "kernel.not_found"


class Conflict(PeakendError):
    """The state of things does not allow it now."""

    status = 409
    wording = "kernel.conflict"


class Refused(PeakendError):
    """The caller may not do this."""

    status = 403
    wording = "kernel.not_permitted"


class SignInNeeded(PeakendError):
    """Nobody is signed in."""

    status = 401
    wording = "kernel.sign_in_needed"


class Invalid(PeakendError):
    """The input is malformed."""

    status = 422
    wording = "kernel.invalid"


class TooLarge(PeakendError):
    """The input is larger than is taken."""

    status = 413
    wording = "kernel.too_large"


class TooMany(PeakendError):
    """Too many requests for the while."""

    status = 429
    wording = "kernel.too_many"


class Crossed(PeakendError):
    """Another request came between and undid this one; it is run anew, and may be sent again."""

    status = 503
    wording = "kernel.crossed"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"retry_after_s": 1} | params))
