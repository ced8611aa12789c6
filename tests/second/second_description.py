"""What a request may look like: the public description, and the operations that only API pages describe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema_rs

DATA = Path(__file__).parents[1] / "data"
ROOT = "/solutions/backupRestore"
TEXT = {"type": "string"}
BODIES: dict[str, dict[str, Any]] = {
    # Operations that the description, made from metadata, lacks or has for other types only; their pages have these.
    "browse": {"properties": dict.fromkeys(("browseLocationItemKey", "browseResourceType", "filter", "orderBy"), TEXT)},
    "emailNotificationsSetting": {"$ref": "#/components/schemas/microsoft.graph.emailNotificationsSetting"},
    "mailboxInclusionRules": {"$ref": "#/components/schemas/microsoft.graph.mailboxProtectionRule"},
    "driveInclusionRules": {"$ref": "#/components/schemas/microsoft.graph.driveProtectionRule"},
    "siteInclusionRules": {"$ref": "#/components/schemas/microsoft.graph.siteProtectionRule"},
}
"""What such an operation takes, by the last part of its path that is a name and no action."""
_ACTIONS = ("run", "deleteAndUnprotect")


class Contract:
    """What the public description allows a client to send."""

    def __init__(self) -> None:
        description = json.loads((DATA / "openapi.json").read_text())
        self.schemas = description["components"]["schemas"]
        self.operations = [(_pattern(path), methods) for path, methods in description["paths"].items()]
        self.operations += _of_pages(json.loads((DATA / "documented_operations.json").read_text())["v1.0"])

    def complaint(self, method: str, path: str, options: Iterable[str], body: Any) -> str:
        """What in a request is outside the description; empty when nothing is."""
        found = [
            methods[method.lower()]
            for pattern, methods in self.operations
            if pattern.fullmatch(path) and method.lower() in methods
        ]
        if not found:
            return f"no operation {method} {path}"
        operation = found[0]
        known = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
        unknown = [option for option in options if option not in known and option != "$skiptoken"]
        if unknown:
            return f"unknown query options {unknown}"
        described = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if body is None:
            return ""
        if described is None:
            return "a body where none is described"
        return self._members(described, body, "")

    def _members(self, schema: dict[str, Any], value: Any, where: str) -> str:
        """The first member that the description does not have, or whose form is another one."""
        while "$ref" in schema or "anyOf" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["anyOf"][0]
        if isinstance(value, dict):
            members = self._all_members(schema)
            for name, member in value.items():
                plain = name.removesuffix("@delta")
                if name.startswith("@") or plain.startswith("@"):
                    continue
                if members and plain not in members:
                    return f"unknown member {where}{name}"
                if complaint := self._members(members.get(plain, {}), member, f"{where}{name}."):
                    return complaint
            return ""
        if isinstance(value, list):
            found = (self._members(schema.get("items", {}), entry, f"{where}[].") for entry in value)
            return next(filter(None, found), "")
        plain_schema: dict[str, Any] = {key: schema[key] for key in ("type", "enum", "format") if key in schema}
        ok = value is None or jsonschema_rs.is_valid(plain_schema, value)
        return "" if ok else f"{where[:-1]} is {value!r}"

    def _all_members(self, schema: dict[str, Any]) -> dict[str, Any]:
        members = dict(schema.get("properties", {}))
        for part in schema.get("allOf", ()):
            members |= self._all_members(self.schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part)
        return members


def _pattern(path: str) -> re.Pattern[str]:
    """What matches the paths of an operation; the case of a path does not matter to the service."""
    parts = re.split(r"\{[^}]+\}", path)
    return re.compile(
        "[^/]+".join(map(re.escape, parts)).replace("graph\\.", "(?:microsoft\\.)?graph\\."), re.IGNORECASE
    )


def _of_pages(documented: list[list[str]]) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """The operations that only pages have, in the form of the description."""
    made = []
    for method, path in documented:
        operation: dict[str, Any] = {}
        names = [part for part in path.split("/") if not part.startswith("{")]
        if method in ("POST", "PATCH") and names[-1] not in _ACTIONS and names[-1] in BODIES:
            operation["requestBody"] = {"content": {"application/json": {"schema": BODIES[names[-1]]}}}
        made.append((_pattern(path), {method.lower(): operation}))
    return made
