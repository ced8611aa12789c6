"""What a sign-in asks of the person; every text in it is safe to show, and every URL has been looked at."""

from datetime import datetime

from msgspec import Struct


class DeviceCode(Struct, frozen=True):
    """A code to type into a page, in any browser on any machine. `url`: the page: of Microsoft, or of the authority
    for this sign-in. `expires`: when the code ends (UTC)."""

    code: str
    url: str
    expires: datetime
    message: str


class BrowserPage(Struct, frozen=True):
    """A page to open in a browser that can reach this machine, or a port forwarded to it. `port`: where the browser
    comes back to on `localhost`; forward it (`ssh -L port:localhost:port`) when the browser runs elsewhere."""

    url: str
    port: int


Prompt = DeviceCode | BrowserPage
