"""`python -m simulator.arm.make_bodies`: make `bodies.json` anew from the models of azure-mgmt-network.

Azure's bodies nest most properties of a resource under `properties`; the azure-native SDK, and so this simulator, has
them flat. The models of azure-mgmt-network say where each one is. A field is written as `PLACE`, and as `PLACE:MODEL`
where its value (or what its list or map holds) is a model of its own, with a `-` before what Azure only answers. Its
flat name is the last part of its place.
"""

import json
import re
from pathlib import Path
from typing import Any

from simulator.resources import kinds

TABLE = Path(__file__).with_name("bodies.json")
_DOT = re.compile(r"(?<!\\)\.")
_MODEL = re.compile(r"[\[{]*(\w+)[\]}]*")


def model_name(token: str) -> str:
    """The model of a Pulumi type: its last part."""
    return token.rsplit(":", 1)[1]


def make() -> dict[str, Any]:
    """The table: every model that a network type's body may hold, each with its fields, both in alphabetical order."""
    from azure.mgmt.network import VERSION, models

    found: dict[str, list[str]] = {}
    waiting = [model_name(token) for token in kinds() if hasattr(models, model_name(token))]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        fields: dict[str, str] = {}
        model = getattr(models, name)
        for attribute, field in model._attribute_map.items():
            place = ".".join(part.replace("\\.", ".") for part in _DOT.split(field["key"]))
            inner = _MODEL.fullmatch(field["type"])
            if inner and hasattr(getattr(models, inner[1], None), "_attribute_map"):
                waiting.append(inner[1])
                place += f":{inner[1]}"
            flat = place.partition(":")[0].rpartition(".")[2]
            if getattr(model, "_validation", {}).get(attribute, {}).get("readonly"):
                place = f"-{place}"
            # A rule of address translation has two types: the nested one is the SDK's, the other Azure's own.
            fields[flat] = max(place, fields.get(flat, ""), key=lambda text: text.count("."))
        found[name] = sorted(fields.values(), key=lambda text: text.lstrip("-"))
    return {"azure-mgmt-network": VERSION, "models": {name: found[name] for name in sorted(found)}}


def text(table: dict[str, Any]) -> str:
    """The table as its file has it: a line for each model."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(fields)}" for name, fields in table["models"].items())
    version = json.dumps(table["azure-mgmt-network"])
    return f'{{\n "azure-mgmt-network": {version},\n "models": {{\n{rows}\n }}\n}}\n'


if __name__ == "__main__":
    TABLE.write_text(text(make()))
