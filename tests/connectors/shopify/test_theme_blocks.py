"""The theme app extension: its Liquid parses, its schema is one that Shopify's editor can show.

The rules of the schema are those of Shopify's documentation of app blocks, written down here.
"""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from liquid import Environment
from liquid.exceptions import LiquidError

FOLDER = Path(__file__).parents[3] / "connectors/shopify/app/extensions/reprise-form"
BLOCKS = sorted((FOLDER / "blocks").glob("*.liquid"))
SCHEMA = re.compile(r"{%-?\s*schema\s*-?%}(.*?){%-?\s*endschema\s*-?%}", re.DOTALL)
KNOWN = ["checkbox", "number", "radio", "range", "select", "text", "textarea", "url", "color"]
RULES = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "target"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 25},
        "target": {"enum": ["section", "head", "body", "compliance_head"]},
        "javascript": {"type": "string"},
        "stylesheet": {"type": "string"},
        "class": {"type": "string"},
        "tag": {"type": "string"},
        "settings": {
            "type": "array",
            "items": {
                "oneOf": [
                    {
                        "additionalProperties": False,
                        "required": ["type", "content"],
                        "properties": {
                            "type": {"enum": ["paragraph", "header"]},
                            "content": {"type": "string"},
                        },
                    },
                    {
                        "required": ["type", "id", "label"],
                        "properties": {
                            "type": {"enum": KNOWN},
                            "id": {"pattern": "^[a-z][a-z0-9_]*$"},
                            "label": {"type": "string"},
                        },
                    },
                ]
            },
        },
    },
}


def schema_of(block: Path) -> dict[str, Any]:
    [told] = SCHEMA.findall(block.read_text())
    read: dict[str, Any] = json.loads(told)
    return read


def parsed(source: str) -> None:
    Environment().from_string(SCHEMA.sub("", source))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.stem)
def test_a_block_is_liquid_and_its_schema_keeps_the_rules(block: Path) -> None:
    parsed(block.read_text())
    jsonschema.validate(schema_of(block), RULES)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.stem)
def test_what_a_block_reads_and_names_is_there(block: Path) -> None:
    schema = schema_of(block)
    ids = [one["id"] for one in schema.get("settings", []) if "id" in one]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"block\.settings\.(\w+)", block.read_text())) <= set(ids)
    for name in ("javascript", "stylesheet"):
        assert name not in schema or (FOLDER / "assets" / schema[name]).is_file()


@pytest.mark.parametrize("language", ["en.default", "de"])
def test_every_word_of_the_blocks_is_translated(language: str) -> None:
    words = json.loads((FOLDER / f"locales/{language}.schema.json").read_text())
    for block in BLOCKS:
        for key in re.findall(r'"t:([\w.]+)"', block.read_text()):
            found = words
            for part in key.split("."):
                found = found[part]
            assert isinstance(found, str)


@pytest.mark.parametrize(
    "source", ["{% if block.settings.x %}never closed", "{{ x | }} {% nonsense %}", "{% for %}"]
)
def test_the_judge_objects_to_what_is_no_liquid(source: str) -> None:
    with pytest.raises(LiquidError):
        parsed(source)
