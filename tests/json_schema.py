"""json_schema.py SCHEMA [DOCUMENT] - the part of JSON Schema that docs/schema is written in: what a document does not keep of
it, a line each; exit 1 then. A word that this part has not is a fault too. Without a name the document is standard input.
"""
import json, os, sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
KNOWN = {"$schema", "title", "description", "type", "enum", "properties", "required", "additionalProperties", "items", "minimum"}
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "schema")


def load(name):
    with open(f"{FOLDER}/{name}.json") as f:
        return json.load(f)


def is_type(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def faults(schema, value, at="document"):
    found = [f"{at}: the schema says {k}" for k in schema if k not in KNOWN]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, t) for t in types):
        return found + [f"{at}: {json.dumps(value)[:60]} is no {' or '.join(types)}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and isinstance(value, int) and value < schema["minimum"]:
        found.append(f"{at}: {value} is less than {schema['minimum']}")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}: {k} is missing" for k in schema.get("required", []) if k not in value]
        found += [f"{at}: {k} is not in the schema" for k in value if k not in known]
        for k, v in value.items():
            found += faults(known[k], v, f"{at}.{k}") if k in known else []
    if isinstance(value, list):
        for i, v in enumerate(value):
            found += faults(schema["items"], v, f"{at}[{i}]")
    return found


if __name__ == "__main__":
    with open(sys.argv[2]) if len(sys.argv) > 2 else sys.stdin as f:
        found = faults(load(sys.argv[1]), json.load(f))
    print("\n".join(found))
    sys.exit(1 if found else 0)
