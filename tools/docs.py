"""Write the references that are made from the code: `python -m tools.docs` (`--check`: only look).

docs/facts.md from the declared facts and reactions, docs/api.md from the OpenAPI description and
the permissions that routes declare.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from peakend.accounts.rules import ROLES
from peakend.entry import wiring
from peakend.entry.app import create
from peakend.entry.documenting import described
from peakend.kernel import tracing
from peakend.kernel.events import FACTS
from peakend.kernel.permissions import NEEDS

DOCS = Path(__file__).parent.parent / "docs"
FLOORS = (
    "accounts",
    "mail",
    "customers",
    "knowledge",
    "profiles",
    "conversations",
    "routing",
    "cases",
    "directory",
    "cases",
    "assist",
    "complaints",
    "feedback",
    "automation",
    "exchange",
    "portal",
    "insight",
    "onboarding",
    "privacy",
    "entry",
    "kernel",
)
FACTS_HEAD = """# Facts

Everything that can happen, by context from the bottom up: what it says, what it holds, who records it and which durable reactions run. Made by `python -m tools.docs` from the code; a test fails where this page is behind. Fields in *italics* stand in the envelope (`docs/architecture.md`, 4). Besides the reactions named here, live push shows every fact's effect to the desks and panels that may see it, and the log keeps it for audit and measures.

`peakend why ReplySent` prints the same for one fact with line numbers; `peakend trace EVENT_ID` prints what one fact led to.
"""  # noqa: E501
API_HEAD = """# HTTP API

Made by `python -m tools.docs` from the OpenAPI description (`/api/schema/openapi.json` of a running server) and from what each route declares; a test fails where this page is behind.

- Times are ISO-8601 UTC, ids are UUIDs, lengths of time are seconds (`_s`). Lists answer `{items, next}`; give `next` back as `cursor`.
- Staff sign in with `POST /api/session` and hold a cookie; every request that changes something also needs the header `X-Peakend: 1` and an own origin.
- Programs send `Authorization: Bearer peakend_key_…`, a key made under Administration, API keys. It acts for the member who made it: what he may, of that what its scopes (permissions) name, with the conversations he sees; it needs no `X-Peakend`. Of what is open to any member it may read, but not see or change sessions. It is limited per minute and may be bound to networks; in the audit log and in facts it stands as itself (`api_key:…`).
- Visitors hold a token of `POST /api/web/{key}/sessions` and send `Authorization: Bearer …`; pages of other origins are let in by the channel's domain list.
- Errors: `{"error": {"code", "message", "trace", "fields"?}}`; the message is in the language of `Accept-Language`. 401 not signed in, 403 not permitted, 404 not there or not yours, 409 a conflict (`conversations.stale`: somebody was faster), 422 malformed, 429 too often, 503 away or crossed by another request: the same may be sent again (both with `Retry-After`).
- Live: WebSocket `/api/live` (cookie) and `/api/web/{key}/live` (first frame `{"t": "auth", "token"}`), frames in `src/peakend/entry/live.py`.
"""  # noqa: E501


def main() -> int:
    behind = []
    for name, made in (("facts.md", facts()), ("api.md", api())):
        path = DOCS / name
        if path.exists() and path.read_text("utf-8") == made:
            continue
        behind.append(name)
        if "--check" not in sys.argv:
            path.write_text(made, "utf-8")
    print("\n".join(behind) or "up to date")
    return int("--check" in sys.argv and bool(behind))


def facts() -> str:
    """Return the page of every fact."""
    wiring.load()
    by_context: dict[str, list[str]] = defaultdict(list)
    for name, kind in FACTS.items():
        if kind.__module__.startswith("peakend."):
            by_context[context(kind.__module__)].append(name)
    parts = [FACTS_HEAD]
    for floor in sorted(by_context, key=FLOORS.index):
        parts.append(f"## {floor}\n")
        parts.append("| fact | what happened | holds | recorded by | reactions |")
        parts.append("|---|---|---|---|---|")
        parts += [fact_line(name) for name in sorted(by_context[floor])]
        parts.append("")
    return "\n".join(parts)


def fact_line(name: str) -> str:
    kind = FACTS[name]
    lifted = ("conversation_id", "leg_id", "case_id", "customer_id", "agent_id", "channel",
              "queue_id")  # fmt: skip
    holds = [f"*{f.name}*" if f.name in lifted else f.name for f in fields(kind)]
    recorders = dict.fromkeys(
        f"`{place.file.removeprefix('peakend/')}` {place.function}"
        for place in tracing.recorders(name)
    )
    reactors = dict.fromkeys(f"`{place.function}`" for place in tracing.reactors(name))
    cells = (name, first_line(kind.__doc__), ", ".join(holds), "; ".join(recorders) or "–",
             ", ".join(reactors) or "–")  # fmt: skip
    return row(cells)


def api() -> str:
    """Return the page of every route."""
    application = create()
    schema = described(application.http)
    known = dict(handlers(application.http))
    by_context: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
    for path, operations in sorted(schema["paths"].items()):
        for method, operation in operations.items():
            handler = known[path, method.upper()]
            by_context[context(handler.fn.__module__)].append((path, method.upper(), operation))
    parts = [API_HEAD, *roles()]
    for floor in sorted(by_context, key=FLOORS.index):
        parts.append(f"## {floor}\n")
        for path, method, operation in by_context[floor]:
            parts += operation_lines(path, method, operation, known[path, method])
        parts.append("")
    parts += ["## Structures\n", *structures(schema["components"]["schemas"])]
    return "\n".join(parts).rstrip() + "\n"


def handlers(http: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    for route in http.routes:
        for handler in getattr(route, "route_handlers", ()):
            path = "/" + "/".join(
                "{" + part.name + "}" if hasattr(part, "name") else part
                for part in route.path_components
            )
            for method in handler.http_methods:
                yield (path, str(method)), handler


def roles() -> Iterator[str]:
    yield "| role | permissions |"
    yield "|---|---|"
    for name, role in ROLES.items():
        permissions = getattr(role, "permissions", role)
        yield row((str(name), ", ".join(sorted(permissions))))
    yield ""


def operation_lines(path: str, method: str, operation: Any, handler: Any) -> Iterator[str]:
    says = first_line(handler.fn.__doc__)
    yield f"- **{method} `{path}`** {says} *Who:* {who(handler.opt)}"
    asked = [
        f"`{one['name']}`{'' if one.get('required') else '?'} {shape(one.get('schema', {}))}"
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    ]
    if asked:
        yield f"  - query: {', '.join(asked)}"
    if body := content(operation.get("requestBody")):
        yield f"  - body: {body}"
    for status, response in sorted(operation["responses"].items()):
        if status.startswith("2") and (answer := content(response)):
            yield f"  - answer {status}: {answer}"


def who(opt: dict[str, Any]) -> str:
    need = opt[NEEDS]
    if need == "public":
        return f"anybody ({opt['why']})"
    return {"member": "any member", "visitor": "the visitor"}.get(need, f"`{need}`")


def content(part: Any) -> str:
    for kind, media in ((part or {}).get("content") or {}).items():
        said = shape(media.get("schema", {}))
        return f"{said} (multipart)" if kind.startswith("multipart") else said
    return ""


def shape(schema: Any) -> str:
    """Return a schema in a few words; structures by name."""
    if "$ref" in schema:
        name = title(schema["$ref"].rsplit("/", 1)[-1])
        return f"[{name}](#{name.lower().replace(' ', '-')})"
    if "oneOf" in schema or "anyOf" in schema:
        parts = [shape(one) for one in schema.get("oneOf") or schema["anyOf"]]
        return " or ".join(dict.fromkeys(parts))
    if "enum" in schema:
        return " / ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {shape(schema.get('items', {}))}"
    if isinstance(kind, list):
        return " or ".join(kind)
    limits = {"maxLength": "≤ {} characters", "minimum": "≥ {}", "maximum": "≤ {}"}
    said = [text.format(schema[name]) for name, text in limits.items() if name in schema]
    kind = {"uuid": "uuid", "date-time": "time"}.get(schema.get("format", ""), kind)
    return f"{kind} {', '.join(said)}".strip()


def structures(schemas: dict[str, Any]) -> Iterator[str]:
    for name in sorted(schemas, key=title):
        schema = schemas[name]
        yield f"### {title(name)}\n"
        if says := first_line(schema.get("description")):
            yield f"{says}\n"
        needed = set(schema.get("required", ()))
        for field, inner in schema.get("properties", {}).items():
            yield f"- `{field}`{'' if field in needed else '?'} {shape(inner)}"
        if "properties" not in schema:
            yield f"- {shape(schema)}"
        yield ""


def title(name: str) -> str:
    """Return a structure's name as people read it: PageOfRow is Page of Row."""
    inner = name.removeprefix("PageOf")
    return name if inner == name else f"Page of {inner}"


def context(module: str) -> str:
    return module.removeprefix("peakend.").split(".")[0]


def first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
