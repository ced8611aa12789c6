"""Whose unit a name is, as far as its list says so: by a column of its row, or because it is a link."""

from backup_tui.models.services import Service
from backup_tui.restore.names.links import personal_keys
from backup_tui.restore.names.names import NameKind, WrittenName

_SERVICES = {
    Service.EXCHANGE: "exchange exchangeonline mailbox mailboxes mail email outlook exo postfach",
    Service.ONEDRIVE: "onedrive onedriveforbusiness onedriveaccount drive drives odb",
    Service.SHAREPOINT: "sharepoint sharepointonline site sites spo team teams website",
}
_SERVICE = {word: service for service, words in _SERVICES.items() for word in words.split()}


def service_of_cell(text: str) -> Service | None:
    """The service that a cell of a table names: `OneDrive for Business`, `mailbox`; `None` when it names none."""
    return _SERVICE.get("".join(char for char in text.casefold() if char.isalnum()))


def service_of_link(name: WrittenName) -> Service | None:
    """Whose unit a link is: an account of OneDrive, or a site; `None` for a name that is no link."""
    if name.kind is not NameKind.URL or "/" not in name.text:  # `j.smith` could be a host, too
        return None
    return Service.ONEDRIVE if next(personal_keys(name.text), None) is not None else Service.SHAREPOINT


def told_service(name: WrittenName) -> Service | None:
    """Whose unit a name is by its row, else by what it is; `None` where neither says so."""
    return service_of_cell(name.cells.service) or service_of_link(name)
