"""Write the API's description, from which the desk's types are made: `python -m tools.openapi`."""

import json
from pathlib import Path

from peakend.entry.app import create
from peakend.entry.documenting import described

TARGET = Path(__file__).parent.parent / "web" / "desk" / "src" / "api" / "openapi.json"


def description() -> str:
    """Return the OpenAPI document, steady in its order."""
    schema = described(create().http)
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(description(), "utf-8")
    print(f"{TARGET.name}: {len(json.loads(TARGET.read_text('utf-8'))['paths'])} paths")
