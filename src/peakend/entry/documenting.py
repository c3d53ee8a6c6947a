"""The API's description: what the framework finds in the routes, made exact where it cannot know.

The framework writes paths, parameters and shapes. What is added here holds for every route: who may
call it, the error answers of the edge, one name for each operation, and that an answer carries all
its fields, also those that have a default.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any

from litestar import Litestar, Request
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin

from peakend.kernel.permissions import NEEDS

SCHEMAS = "#/components/schemas/"
ANSWERS = "#/components/responses/"
ERROR = {
    "title": "Error",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "trace"],
            "properties": {
                "code": {"type": "string", "description": "What programs go by."},
                "message": {"type": "string", "description": "In the caller's language."},
                "trace": {"type": "string", "description": "Under which the log has it."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong with which field, never its value.",
                    "additionalProperties": {"type": "string"},
                },
            },
        }
    },
}
ALWAYS = {
    401: "Nobody is signed in",
    403: "The caller may not do this",
    404: "It is not there, or not for this caller",
    422: "The input is malformed",
    429: "Too many requests for the while",
    503: "Away for a moment, or undone by another request: the same may be sent again",
}
WRITING = {
    409: "The state of things does not allow it now",
    413: "The input is larger than is taken",
}
SECURITY = {
    "session": {
        "type": "apiKey", "in": "cookie", "name": "peakend",
        "description": "The session of a member, as POST /api/session sets it; "
        "over https the cookie is called __Host-peakend.",
    },
    "own_page": {
        "type": "apiKey", "in": "header", "name": "X-Peakend",
        "description": "Any value; requests that change something need it: "
        "no other site can make a browser send it.",
    },
    "visitor": {
        "type": "http", "scheme": "bearer",
        "description": "The visitor's token, as POST /api/web/{key}/sessions gives it.",
    },
}  # fmt: skip
UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
_PAGE = re.compile(r"Page_.*\.(\w+)_$")
_NOISE = {"deprecated": False, "allowEmptyValue": False, "allowReserved": False, "headers": {}}


class DescribedWithErrors(JsonRenderPlugin):
    """Serves the description; it is completed when somebody asks, not at the start."""

    _made: dict[str, Any] | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the description as JSON."""
        self._made = self._made or described(request.app)
        return super().render(request, self._made)


def operation_id(handler: HTTPRouteHandler, method: Any, path: Any) -> str:
    """Return the one name of an operation: the module of its route and the route's own."""
    parts = [part for part in handler.fn.__module__.split(".")[1:] if part not in ("api", "entry")]
    return ".".join([*parts, handler.fn.__name__])


def described(http: Litestar) -> dict[str, Any]:
    """Return the OpenAPI description of every route of the application."""
    schema = _without_noise(copy.deepcopy(http.openapi_schema.to_schema()))
    parts = schema.setdefault("components", {})
    parts["securitySchemes"] = SECURITY
    parts["responses"] = {_name(status): _failure(words) for status, words in _failures().items()}
    handlers = dict(_handlers(http))
    for path, method, operation in operations(schema):
        _complete(operation, handlers[path, method], method)
        if path.startswith("/api/"):
            _add_failures(operation["responses"], method)
    _require_all_of_answers(schema)
    parts["schemas"]["Error"] = ERROR
    return _renamed(schema)


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method in capitals and operation of a description."""
    for path, found in schema["paths"].items():
        for method, operation in found.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method.upper(), operation


def _handlers(http: Litestar) -> Iterator[tuple[tuple[str, str], BaseRouteHandler]]:
    for route in http.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in handler.http_methods:
                yield (getattr(route, "path_format", route.path), str(method)), handler


def _complete(operation: dict[str, Any], handler: Any, method: str) -> None:
    """Add to an operation what its route declares and the edge does."""
    says = (handler.fn.__doc__ or "").strip().partition("\n")[0].rstrip(".")
    operation["summary"] = handler.summary or says
    operation["tags"] = [handler.fn.__module__.split(".")[1]]
    operation["security"] = _security(handler.opt[NEEDS], method, operation["operationId"])
    if handler.opt[NEEDS] not in ("public", "member", "visitor"):
        operation["x-permission"] = handler.opt[NEEDS]
    for kind in operation.get("requestBody", {}).get("content", {}):
        if kind == "multipart/form-data":
            operation["requestBody"]["content"][kind] = {"schema": UPLOAD}


def _add_failures(answers: dict[str, Any], method: str) -> None:
    # What the framework answers with 400 is 422 here: see the edge.
    answers.pop("400", None)
    for status in ALWAYS if method == "GET" else _failures():
        answers.setdefault(str(status), {"$ref": ANSWERS + _name(status)})


def _security(need: str, method: str, name: str) -> list[dict[str, list[str]]]:
    own_page: dict[str, list[str]] = {} if method == "GET" else {"own_page": []}
    if need == "visitor":
        return [{"visitor": []}]
    if need == "public":
        return [own_page] if own_page and not name.startswith("conversations.web") else []
    return [{"session": [], **own_page}]


def _failures() -> dict[int, str]:
    return dict(sorted((ALWAYS | WRITING).items()))


def _name(status: int) -> str:
    return f"Error{status}"


def _failure(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": SCHEMAS + "Error"}}},
    }


def _require_all_of_answers(schema: dict[str, Any]) -> None:
    """Say of structures that only answers use that all fields are there: defaults are sent too."""
    schemas = schema["components"]["schemas"]
    asked: set[str] = set()
    for _, _, operation in operations(schema):
        _reached(operation.get("requestBody"), schemas, asked)
    for name, found in schemas.items():
        if name not in asked and found.get("properties"):
            found["required"] = sorted(found["properties"])


def _reached(part: Any, schemas: dict[str, Any], names: set[str]) -> None:
    """Collect the names of the structures that a part of the description leads to."""
    if isinstance(part, list):
        for one in part:
            _reached(one, schemas, names)
    if not isinstance(part, dict):
        return
    name = str(part.get("$ref", "")).removeprefix(SCHEMAS)
    if name in schemas and name not in names:
        names.add(name)
        _reached(schemas[name], schemas, names)
    for one in part.values():
        _reached(one, schemas, names)


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description with short names for pages of things, and prefixes for namesakes.

    Two structures of one name are told apart by their context: AutomationTarget, RoutingTarget.
    """
    schemas = schema["components"]["schemas"]
    new = {name: f"PageOf{found[1]}" for name in schemas if (found := _PAGE.match(name))}
    for name in schemas:
        where, *_, own = name.split("_") if "_" in name else ("", name)
        if where and name not in new:
            new[name] = f"{where.title()}{own}"
    assert len(new) == len(set(new.values()) - set(schemas)), "two structures of one name"

    def walked(part: Any) -> Any:
        if isinstance(part, list):
            return [walked(one) for one in part]
        if not isinstance(part, dict):
            return part
        found = {new.get(key, key): walked(value) for key, value in part.items()}
        name = str(found.get("$ref", "")).removeprefix(SCHEMAS)
        return found | {"$ref": SCHEMAS + new[name]} if name in new else found

    for old, short in new.items():
        schemas[old]["title"] = short
    result: dict[str, Any] = walked(schema)
    return result


def _without_noise(part: Any) -> Any:
    """Return a part of the description without what says only that nothing is special."""
    if isinstance(part, list):
        return [_without_noise(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _without_noise(value)
        for key, value in part.items()
        if not (key in _NOISE and value == _NOISE[key])
    }
