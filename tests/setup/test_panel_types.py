"""The panel's types: each form a schema can take, and the whole of the API's document."""

import pytest

from setup.panel_types import Json, document, type_of


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["integer", "null"]}, "number | null"),
        ({"type": "string", "enum": ["rate", "money"]}, '"rate" | "money"'),
        ({"$ref": "#/components/schemas/Day"}, "Day"),
        ({"anyOf": [{"$ref": "#/components/schemas/Day"}, {"type": "null"}]}, "Day | null"),
        ({"type": "array", "items": {"type": "number"}}, "Array<number>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "boolean"}, "b-c": {"type": "string"}},
            },
            '{ a: boolean; "b-c"?: string }',
        ),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_written_as_a_type(schema: Json, written: str) -> None:
    assert type_of(schema) == written


def test_every_schema_of_the_panel_has_a_type_that_says_something() -> None:
    schemas = document()["components"]["schemas"]
    assert "Store" in schemas
    assert [name for name, schema in schemas.items() if type_of(schema) == "unknown"] == []
