"""What the schema itself says of a field: type, unit, limits and default, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

UNITS = {"mm": "mm", "deg": "degrees", "cm": "cm", "kg": "kg", "sr": "steradians"}
"""By the end of a field's name."""
REQUIRED = "required"

Schema = Mapping[str, Any]


def unit_of(name: str, schema: Schema) -> str:
    """Return the unit of a field: as its type says, or as its name ends; "" if it has none."""
    if said := _said_unit(schema):
        return said
    if name.endswith("fraction_of_4pi"):
        return "share of 4π"
    return UNITS.get(name.rpartition("_")[2], "") if "_" in name else ""


def _said_unit(schema: Schema) -> str:
    """Return the unit that the type of a value, or of what a list or table holds, says itself."""
    schema = _inner(schema)
    within = [*schema.get("prefixItems", []), schema.get("items"), schema.get("additionalProperties")]
    said = [schema.get("unit"), *(_said_unit(one) for one in within if isinstance(one, Mapping))]
    return next((str(one) for one in said if one), "")


def default_of(field: FieldInfo) -> str:
    """Return what holds where a field is left out, as TOML; "none" where that is nothing."""
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        given = value.model_dump(exclude_unset=True)
        return ", ".join(f"{name} = {toml_value(one)}" for name, one in given.items()) or "those of its fields"
    return "none" if value is None or value in ((), {}) else toml_value(value)


def toml_value(value: object) -> str:
    """Return a number, text, truth value or list as TOML."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml_value, value))}]"
    return json.dumps(to_jsonable_python(value), ensure_ascii=False)


def type_of(schema: Schema) -> str:
    """Return the type of a field in words."""
    schema = _inner(schema)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return "table"
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"{len(schema['prefixItems'])} {_plural(_common([type_of(one) for one in schema['prefixItems']]))}"
        return f"list of {_plural(type_of(schema.get('items', {})))}"
    if kind == "object":
        others = schema.get("additionalProperties")
        return f"table of {_plural(type_of(others))} by name" if isinstance(others, Mapping) else "table"
    words = {"number": "number", "integer": "whole number", "string": "text", "boolean": "true or false"}
    return words.get(str(kind), "value")


def limits_of(schema: Schema) -> str:
    """Return what a value must keep within, in words; "" if nothing but its type is asked."""
    schema = _inner(schema)
    if "anyOf" in schema:
        return "; ".join(filter(None, (limits_of(one) for one in schema["anyOf"])))
    if "enum" in schema:
        return "one of " + ", ".join(map(toml_value, schema["enum"]))
    if "const" in schema:
        return toml_value(schema["const"])
    kind = schema.get("type")
    if kind == "array":
        return "; ".join(filter(None, _limits_of_list(schema)))
    if kind == "object":
        others = schema.get("additionalProperties")
        inner = limits_of(others) if isinstance(others, Mapping) else ""
        count = _range(schema.get("minProperties"), schema.get("maxProperties"), "entries")
        return "; ".join(filter(None, (count, inner and _each(inner))))
    if kind == "string":
        length = _range(schema.get("minLength"), schema.get("maxLength"), "characters")
        return "; ".join(filter(None, (length, schema.get("pattern") and f"as the pattern {schema['pattern']}")))
    return _bounds(schema)


def _limits_of_list(schema: Schema) -> list[str]:
    if "prefixItems" in schema:
        each = [limits_of(one) for one in schema["prefixItems"]]
        if not any(each):
            return []
        same = len(set(each)) == 1
        return [_each(each[0])] if same else [", then ".join(one or "any" for one in each)]
    inner = limits_of(schema.get("items", {}))
    return [_range(schema.get("minItems"), schema.get("maxItems"), "entries"), inner and _each(inner)]


def _bounds(schema: Schema) -> str:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    most, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    if least is not None and most is not None:
        return f"from {least:.10g} to {most:.10g}"
    parts = [
        (least, "at least {:.10g}"),
        (above, "above {:.10g}"),
        (most, "at most {:.10g}"),
        (below, "below {:.10g}"),
    ]
    return ", ".join(text.format(value) for value, text in parts if value is not None)


def _range(least: int | None, most: int | None, what: str) -> str:
    if least is not None and most is not None:
        return f"{least} to {most:,} {what}"
    one = what.replace("entries", "entry").replace("characters", "character") if least == 1 else what
    return f"at least {least} {one}" if least is not None else f"at most {most:,} {what}" if most is not None else ""


def _inner(schema: Schema) -> Schema:
    """Return a schema without the choice of leaving the field out."""
    if "anyOf" in schema:
        kept = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return kept[0] if len(kept) == 1 else {**schema, "anyOf": kept}
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return {**schema, **schema["allOf"][0]}
    return schema


def _each(limits: str) -> str:
    return limits if limits.startswith("each ") else f"each {limits}"


def _common(words: list[str]) -> str:
    return words[0] if len(set(words)) == 1 else "value"


def _plural(words: str) -> str:
    if words in ("text", "true or false"):
        return {"text": "texts", "true or false": "truth values"}[words]
    if words.startswith(("list of", "table of")) or words[:1].isdigit():
        return f"({words})"
    return f"{words}s"
