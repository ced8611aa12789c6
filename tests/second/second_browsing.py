"""Browse sessions: what an express point of a drive or site holds, ten rows at a time."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from second_tenant import MAILBOX, Kind, Refused, Tenant, Thing, found, stamp

ROWS, LIFE = 10, 72 * 3600
FILTER = re.compile(r"\(name -contains '([^']*)'\)")
ORDERS = {
    "nameAsc": ("name", False),
    "nameDsc": ("name", True),
    "pathAsc": ("webUrl", False),
    "pathDsc": ("webUrl", True),
}
FOLDERS = ("Budget", "Contracts", "Reports")


@dataclass
class Browse:
    """A browse session."""

    id: str
    unit: Thing
    point: str
    created: float
    ready: float


class Browsing:
    """Every browse session; how often an item was looked up in one is not counted, only what was restored."""

    def __init__(self, tenant: Tenant, speed: float) -> None:
        self.tenant, self.speed = tenant, speed
        self.sessions: dict[str, Browse] = {}
        self.opened: Counter[str] = Counter()

    def create(self, kind: Kind, body: dict[str, Any]) -> Browse:
        unit, _ = self.tenant.of_point(body.get("restorePointId") or "")
        point = self.tenant.point(body["restorePointId"])
        if unit.kind is not kind or kind is MAILBOX or point["tags"] != "fastRestore":
            raise Refused(400, "InvalidRestorePoint")
        now = self.tenant.now()
        made = Browse(f"m_{uuid.uuid4().hex}", unit, point["id"], now, now + 30 / self.speed)
        self.sessions[made.id] = made
        self.opened[unit.id] += 1
        return made

    def session(self, identifier: str) -> Browse:
        browse: Browse = found(self.sessions, identifier, "BrowseSessionNotFound")
        if self.tenant.now() > browse.created + LIFE:
            raise Refused(404, "BrowseSessionNotFound")
        return browse

    def shown(self, browse: Browse) -> dict[str, Any]:
        ready = self.tenant.now() >= browse.ready
        return {
            "@odata.type": f"#microsoft.graph.{browse.unit.kind.prefix}BrowseSession",
            "id": browse.id,
            "status": "created" if ready else "creating",
            "restorePointDateTime": self.tenant.point(browse.point)["protectionDateTime"],
            "createdDateTime": stamp(browse.created),
            "expirationDateTime": stamp(browse.created + LIFE),
            "backupSizeInBytes": "584316" if ready else None,
            browse.unit.kind.owner: browse.unit.owner,
        }

    def item(self, identifier: str, key: str) -> tuple[Browse, dict[str, Any]]:
        """A session and the item in it that has a key."""
        browse = self.session(identifier)
        for item in self._tree(browse):
            if item["itemKey"] == key:
                return browse, item
        raise Refused(400, "InvalidArtifactRequest", f"no item {key}")

    def first_page(self, identifier: str, body: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
        return self._rows(identifier, {**body, "start": 0})

    def later_page(self, identifier: str, token: str) -> tuple[list[dict[str, Any]], str]:
        try:
            asked = json.loads(base64.urlsafe_b64decode(token))
        except ValueError as error:
            raise Refused(400, "BadRequest") from error
        return self._rows(identifier, asked)

    def _rows(self, identifier: str, asked: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
        """The rows of a page, and the token of the next one; empty when there is none."""
        browse = self.session(identifier)
        if self.tenant.now() < browse.ready:
            raise Refused(409, "BrowseSessionNotReady")
        items = list(self._tree(browse))
        place = asked.get("browseLocationItemKey") or ""
        if place and not any(item["itemKey"] == place for item in items):
            raise Refused(404, "itemNotFound")
        rows = [item for item in items if item["parent"] == place]
        if asked.get("filter"):
            match = FILTER.fullmatch(asked["filter"])
            if match is None:
                raise Refused(400, "BadRequest", asked["filter"])
            rows = [item for item in rows if match[1].lower() in item["name"].lower()]
        if asked.get("orderBy"):
            member, down = ORDERS[asked["orderBy"]]
            rows.sort(key=lambda item: item[member].lower(), reverse=down)
        end = asked["start"] + ROWS
        more = (
            base64.urlsafe_b64encode(json.dumps({**asked, "start": end}).encode()).decode() if end < len(rows) else ""
        )
        shown = [{name: value for name, value in row.items() if name != "parent"} for row in rows[asked["start"] : end]]
        return shown, more

    def _tree(self, browse: Browse) -> Iterator[dict[str, Any]]:
        """A site, its library, three folders with a dozen files each; what is in a file depends on the day."""
        unit, day = browse.unit, int(self.tenant.of_point(browse.point)[1] // 86_400)
        site = f"{uuid.uuid5(uuid.NAMESPACE_DNS, unit.id)},{uuid.uuid5(uuid.NAMESPACE_DNS, unit.owner)}"
        library = f"{site},{uuid.uuid5(uuid.NAMESPACE_DNS, 'list' + unit.id)}"
        top = f"https://contoso-my.sharepoint.com/personal/{unit.id}"
        yield {"itemKey": site, "name": unit.name, "webUrl": top, "type": "site", "parent": ""}
        sizes = {"itemsCount": len(FOLDERS), "sizeInBytes": "584316"}
        yield {
            "itemKey": library,
            "name": "Documents",
            "webUrl": f"{top}/Documents",
            "type": "documentLibrary",
            "parent": site,
            **sizes,
        }
        for folder in FOLDERS:
            url = f"{top}/Documents/{folder}"
            key = f"{library},{uuid.uuid5(uuid.NAMESPACE_DNS, url)}"
            yield {
                "itemKey": key,
                "name": folder,
                "webUrl": url,
                "type": "folder",
                "parent": library,
                "itemsCount": 12,
                "sizeInBytes": "48693",
            }
            for number in range(12):
                name = f"{folder} {number + 1:02}.docx"
                own = f"{library},{uuid.uuid5(uuid.NAMESPACE_DNS, url + name)}"
                size = str(1_000 + number * 100 + day % 7)
                yield {
                    "itemKey": own,
                    "name": name,
                    "webUrl": f"{url}/{name}",
                    "type": "file",
                    "parent": key,
                    "itemsCount": 0,
                    "sizeInBytes": size,
                }
