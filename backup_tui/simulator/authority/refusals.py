"""Refusals of the identity platform; ``refusals.txt`` has them with their codes and words."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from backup_tui.simulator.tables import read_rows

GRAPH_APP = "00000003-0000-0000-c000-000000000000"  # the application id of Microsoft Graph

POLICY_ID = "6b8f5a52-3d1c-4be0-9a47-5f2e7c9d0b13"  # the Conditional Access policy of the simulated tenant

_POLICY_CLAIMS = f'{{"access_token":{{"capolids":{{"essential":true,"values":["{POLICY_ID}"]}}}}}}'


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in read_rows(Path(__file__).with_suffix(".txt"))}


class Refused(Exception):
    """A request to the identity platform that is not granted, by the name of its row and the values of its sentence."""

    def __init__(self, name: str, code: int | None = None, **values: object) -> None:
        row = _catalogue()[name]
        self.status = int(row["status"])  # HTTP status
        self.error, self.suberror = row["error"], row["suberror"]
        self.code = int(row["number"]) if code is None else code  # the number behind ``AADSTS``
        self.message = row["message"].format(**values)
        self.claims = _POLICY_CLAIMS if name in ("blocked", "mfa") else ""  # what another request has to carry
        super().__init__(f"{self.error} AADSTS{self.code}")

    def body(self, now: float, correlation: str, base: str) -> dict[str, Any]:
        """Return the answer's JSON."""
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        trace = str(uuid4())
        found: dict[str, Any] = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self.message} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {moment}",
            "error_codes": [self.code],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{base}/error?code={self.code}",
        }
        more = {"suberror": self.suberror, "claims": self.claims}
        return found | {name: value for name, value in more.items() if value}
