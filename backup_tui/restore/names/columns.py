"""Headings of the columns that people export: which may name a unit, which name somebody else, and which say how the
unit of a row is restored."""

import re
import unicodedata
from collections.abc import Sequence

from msgspec import Struct

from backup_tui.restore.names.parts import Look

_KNOWN = {
    Look.ID: (
        "unitid", "directoryobjectid", "objectid", "siteid", "id", "externaldirectoryobjectid", "userid",
    ),
    Look.ADDRESS: (
        "address", "unit", "email", "upn", "userprincipalname", "mail", "emailaddress",
        "primarysmtpaddress", "windowsemailaddress",
        "windowsliveid", "username", "smtpaddress", "mailaddress", "mailbox", "signinname", "primaryemail",
        "primaryemailaddress", "emailadresse", "mailadresse", "adressee-mail", "adressemail", "adressedemessagerie",
        "courriel", "correoelectronico", "correo", "indirizzoemail", "indirizzodipostaelettronica", "e-mailadres",
        "benutzername", "benutzerprinzipalname", "nomdutilisateur", "nomdutilisateurprincipal",
        "nombredeusuario", "nombreprincipaldeusuario",
    ),
    Look.URL: (
        "siteweburl", "url", "siteurl", "weburl", "siteaddress", "webadresse", "websiteurl", "urldusite", "urldelsitio",
        "websiteadresse",
    ),
    Look.WORDS: (
        "name", "displayname", "anzeigename", "nomcomplet", "nomdaffichage", "nombreparamostrar", "sitename",
        "sitetitle", "site", "teamname", "groupname", "fullname", "bezeichnung", "nombre", "nom", "nome", "naam",
    ),
}  # fmt: skip
_KIND = {re.sub(r"\W", "", word): look for look, words in _KNOWN.items() for word in words}

_OWN = {
    "before": ("before", "time", "restoretime", "restoreto", "restorebefore", "pointintime", "point", "restorepoint",
               "zeitpunkt", "zeit", "wiederherstellungspunkt", "heure", "hora", "fecha"),
    "zone": ("zone", "timezone", "zeitzone", "fuseauhoraire", "zonahoraria"),
    "destination": ("destination", "to", "target", "ziel", "destino", "destinazione"),
    "wave": ("wave", "welle", "vague", "priority", "prio", "priorität", "priorité", "prioridad", "group", "gruppe"),
    "service": ("service", "workload", "dienst", "servicio", "servizio"),
}  # fmt: skip
_AMBIGUOUS = frozenset({"to", "target", "point", "group", "gruppe"})
"""Headings that lists use for other things, too: whom a mail went to, a group with its address."""


class RowCells(Struct, frozen=True):
    """What a row of a table says about how its unit is restored, as it is written; empty where it says nothing."""

    before: str = ""
    zone: str = ""
    destination: str = ""
    wave: str = ""
    service: str = ""


NO_CELLS = RowCells()

_SOMEBODY_ELSE = re.compile(
    r"manager|vorgesetzt|superior|supervis|jefe|gerent|responsa|leidinggev|esimies|przełoż|chef|leder|nadříz|руковод"
    r"|начальн|上司|主管|经理|マネージャ|owner|besitzer|propri|alias|proxy|other|alternat|second|forward|weiter"
    r"|creat|erstell|request|antrag|modif|by$|recovery|previous|former|\bold|backup|delegate|assist|sender|from\b|admin"
    r"|nearest",
    re.IGNORECASE,
)
_NOT_ONESELF = re.compile(r"manager|vorgesetzt|superior|supervis|jefe|alias|forward|weiterleit", re.IGNORECASE)
_STEMS = {
    Look.ADDRESS: re.compile(
        r"mail|upn|smtp|principal|adress|addres|adres\b|courriel|correo|posta|benutzer|user|utilisat|usuari|utent|login"
        r"|konto|account|cuenta|compte|member|mitglied|e-?post|posti|poczt|メール|邮件|邮箱|почт",
        re.IGNORECASE,
    ),
    Look.URL: re.compile(
        r"\bur[il]\b|ur[il]$|^ur[il]|link|lien|enlace|webad|address|adress|web ?site|^sites?$", re.IGNORECASE
    ),
    Look.ID: re.compile(r"\bid\b|id$|guid", re.IGNORECASE),
}


def known_kind(heading: str) -> Look | None:
    """What a column holds by its heading; `None` for one that is unknown. `Name [displayName] Required` is known."""
    inside = re.search(r"\[(\w+)\]", heading)
    for text in (heading, inside[1] if inside else ""):
        found = _KIND.get(_plain(text))
        if found is not None:
            return found
    return None


def own_columns(heading: Sequence[str], taken: Sequence[int], named: Sequence[int]) -> dict[str, int]:
    """The columns that say how the unit of a row is restored, by the fields of `RowCells`. `taken`: columns that name
    the unit; `named`: columns whose cells look like names."""
    found: dict[str, int] = {}
    for field, words in _OWN.items():
        plain = {_plain(text): at for at, text in reversed(list(enumerate(heading))) if at not in taken}
        for word in map(_plain, words):
            at = plain.get(word)
            if at is not None and not (word in _AMBIGUOUS and at in named):
                found[field] = at
                break
    return found


def is_heading_of(heading: str, looks: Sequence[Look]) -> bool:
    """Whether a first line of one cell above such names is their heading, not a name."""
    return len(set(looks)) == 1 and looks[0] in _STEMS and _STEMS[looks[0]].search(heading) is not None


def is_of_somebody_else(label: str) -> bool:
    """Whether a property, by its label, holds another person or another address of the same mailbox."""
    return _NOT_ONESELF.search(_words(label)) is not None


def preference(heading: str, look: Look) -> tuple[bool, bool]:
    """How well a column of such names fits by its heading, for sorting; the best is the least."""
    return _SOMEBODY_ELSE.search(_words(heading)) is not None, not _STEMS[look].search(_words(heading))


def same_heading(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two rows of headings match, apart from case, accents, and punctuation."""
    return len(one) == len(other) and all(
        _plain(cell) == _plain(heading) for cell, heading in zip(one, other, strict=True)
    )


def _words(heading: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", heading)


def _plain(heading: str) -> str:
    bare = unicodedata.normalize("NFKD", heading.strip().strip("\"'* ")).casefold()
    return "".join(char for char in bare if char.isalnum())
