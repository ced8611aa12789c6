"""What the service demands of the next token: the claims of a 401 answer. Page:
https://learn.microsoft.com/entra/identity-platform/claims-challenge"""

import base64
import binascii
import json
import re

MOST_ENCODED = 8192  # characters of a challenge that are read; a real one has a few hundred

_CLAIMS = re.compile(r'(?:^|[\s,])claims\s*=\s*(?:"([^"]*)"|([^\s,"]+))', re.IGNORECASE)


def claims_of(header: str | None) -> str:
    """The claims that a `WWW-Authenticate` header asks for, as JSON text for the authority; empty for none. What is not
    a JSON object of sane size is left out: it would only make the next request for a token fail."""
    if header is None:
        return ""
    found = _CLAIMS.search(header)
    if found is None:
        return ""
    encoded = (found.group(1) or found.group(2) or "").strip()
    if len(encoded) > MOST_ENCODED or not encoded.isascii():
        return ""
    bare = encoded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
        claims = json.loads(text)
    except (binascii.Error, ValueError, RecursionError):
        return ""
    return text if isinstance(claims, dict) and claims else ""
