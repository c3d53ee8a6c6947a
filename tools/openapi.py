"""Write the API's description for the desk's generated types: `python -m tools.openapi`."""

import json
from pathlib import Path

from peakend.entry.app import create

TARGET = Path(__file__).parent.parent / "web" / "desk" / "src" / "api" / "openapi.json"


def description() -> str:
    """Return the OpenAPI document, steady in its order."""
    schema = create().http.openapi_schema.to_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(description(), "utf-8")
    print(f"{TARGET.name}: {len(json.loads(TARGET.read_text())['paths'])} paths")
