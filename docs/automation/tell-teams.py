#!/usr/bin/env python3
"""Posts an event of backup-tui to Teams, by the webhook of a workflow ("Post to a channel when a webhook is received").

Argument: a file, readable for you alone, that holds the address of the webhook.
"""

import json
import sys
import urllib.request
from pathlib import Path

COLORS = {"first_failure": "Attention", "stalled": "Warning", "needs_yes": "Warning"}


def card(event: dict) -> dict:
    """The message as an adaptive card."""
    counts = event.get("counts") or {}
    color = COLORS.get(event["event"], "Attention" if counts.get("failed") else "Good")
    facts = [{"title": name, "value": f"{count:,}"} for name, count in counts.items() if count]
    body = [
        {"type": "TextBlock", "text": event["text"], "wrap": True, "weight": "Bolder", "color": color},
        {"type": "FactSet", "facts": [{"title": "tenant", "value": event["tenant"]}, *facts]},
    ]
    content = {"type": "AdaptiveCard", "version": "1.4", "body": body}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attachment]}


def main() -> None:
    """Posts what stands on the standard input."""
    address = Path(sys.argv[1]).read_text(encoding="utf-8").strip()
    data = json.dumps(card(json.load(sys.stdin))).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=15) as answer:
        print("Teams answered", answer.status)


if __name__ == "__main__":
    main()
