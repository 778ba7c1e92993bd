"""`python -m setup.panel_types`: write the types of the panel's API, from its own OpenAPI document.

The document's schemas are marshmallow's: objects, lists, plain values, references and nothing
else, which is why these sixty lines do. (The generators there are need a TypeScript that still
has a compiler written in JavaScript; the panel's has none any more.)
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

import embedded_ui

TYPES = Path(embedded_ui.__path__[0]) / "panel" / "src" / "api-types.d.ts"
HEAD = "// The panel's API in types. Written by `python -m setup.panel_types`: do not edit.\n"
PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
Json = Mapping[str, Any]


def main() -> None:
    """Write the file anew; it is not kept in the repository."""
    schemas: Json = document()["components"]["schemas"]
    written = "\n".join(
        f"export type {name} = {type_of(schema)};" for name, schema in schemas.items()
    )
    TYPES.write_text(f"{HEAD}{written}\n", "utf-8")


def document() -> Json:
    """Give the OpenAPI document as the panel's door serves it."""
    app = Flask("app", static_folder=None)
    # The document is made of the schemas alone: nothing behind the door is asked.
    embedded_ui.register(app, runtime=None)  # type: ignore[arg-type]
    answer = app.test_client().get("/panel/api/openapi.json")
    found: Json = json.loads(answer.text)
    return found


def type_of(schema: Json) -> str:
    """Give a JSON Schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(type_of(one) for one in schema["anyOf"])
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_named(kind, schema) for kind in names) or "unknown"


def _named(kind: str, schema: Json) -> str:
    if kind == "array":
        return f"Array<{type_of(schema.get('items', {}))}>"
    if kind == "object":
        return _object(schema)
    return PLAIN[kind]


def _object(schema: Json) -> str:
    fields = list(_fields(schema))
    more = schema.get("additionalProperties")
    if not fields:
        return f"Record<string, {type_of(more) if isinstance(more, Mapping) else 'unknown'}>"
    return "{ " + "; ".join(fields) + " }"


def _fields(schema: Json) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        written = name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name)
        yield f"{written}{'' if name in required else '?'}: {type_of(field)}"


if __name__ == "__main__":
    main()
