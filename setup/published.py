"""`python -m setup.published`: write anew what is published of the code beside it, in docs/."""

import json
from pathlib import Path

from marketing.flow_json_schema import flow_json_schema

FLOW_SCHEMA = Path(__file__).parents[1] / "docs" / "flow.schema.json"


def main() -> None:
    """Write the JSON Schema of flows."""
    FLOW_SCHEMA.write_text(json.dumps(flow_json_schema(), indent=2) + "\n")


if __name__ == "__main__":
    main()
