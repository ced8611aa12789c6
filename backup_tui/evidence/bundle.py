"""A report as a folder of files with their check sums, and the check of such a folder.

The sums show that a file was changed by accident. Whoever changes a file on purpose can change the manifest, too: the
sum of the manifest itself, noted somewhere else, shows that as well.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, json

from backup_tui.errors import LocalError, UsageError
from backup_tui.evidence.facts import Report
from backup_tui.evidence.page import report_page
from backup_tui.evidence.tables import journal_json, report_json, requests_csv, sessions_csv, units_csv
from backup_tui.models.text import safe
from backup_tui.models.times import iso
from backup_tui.private_files import open_private

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
JOURNAL: Final = "journal.json"

KIND: Final = "backup-tui report"

_LARGEST_MANIFEST = 1_000_000
_CHUNK = 1 << 20


class Form(StrEnum):
    """A form of a report."""

    JSON = "json"
    CSV = "csv"
    HTML = "html"


class FileSum(Struct, frozen=True):
    """A file of a report, with its size in bytes and the SHA-256 sum of its contents."""

    name: str
    size: int
    sha256: str


class JournalExcerpt(Struct, frozen=True):
    """The file with the journal's own entries about the sessions, and how many they are."""

    name: str
    entries: int
    sha256: str


class Manifest(Struct, frozen=True, rename="camel"):
    """What a folder of a report holds."""

    kind: str
    format_version: int
    program: str
    title: str
    tenant: str
    tenant_id: str
    address: str
    generated_date_time: str
    generated_by: str
    offline: bool
    files: tuple[FileSum, ...]
    journal: JournalExcerpt


class Bundle(Struct, frozen=True):
    """A report that was written."""

    folder: Path  # where it is
    files: tuple[FileSum, ...]  # its files, without the manifest
    manifest_sha256: str  # sum of the manifest: noted elsewhere, it proves the whole folder


class Verified(Struct, frozen=True):
    """What the check of a folder found."""

    files: int  # how many files were compared
    differing: tuple[str, ...]  # names and what differs, as sentences
    missing: tuple[str, ...]  # files of the manifest that are not there
    extra: tuple[str, ...]  # files that the manifest does not name
    manifest_sha256: str  # sum of the manifest as it is now
    manifest: Manifest

    @property
    def whole(self) -> bool:
        """Whether every file is there as it was written, and no other one."""
        return not (self.differing or self.missing or self.extra)


def fresh_folder(written: str) -> Path:
    """The folder that a person names for a report, checked before anything is read for it. Raises `LocalError`: it
    holds something already, or is something else."""
    folder = Path(os.path.abspath(Path(written).expanduser()))
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise LocalError(
            f"{folder} is not a folder.", certainty="Nothing was written.", hint="Give the name of a new folder."
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise _not_empty(folder)
    if not folder.parent.is_dir():
        raise LocalError(
            f"The folder {folder.parent} does not exist.",
            certainty="Nothing was written.",
            hint="Create it first, or name another.",
        )
    return folder


def _not_empty(folder: Path) -> LocalError:
    return LocalError(
        f"{folder} is not empty.",
        certainty="Nothing was written.",
        hint="Give the name of a new folder.",
        code="FileExists",
    )


def write_bundle(report: Report, folder: Path, forms: Collection[Form]) -> Bundle:
    """Writes a report into a new folder: all of it, or nothing. The folder is for its owner only (0700, files 0600).
    `folder`: from `fresh_folder`. `forms`: at least one. Raises `LocalError`: the folder holds something, or cannot be
    written; nothing is left behind."""
    texts = _texts(report, forms)
    files = tuple(FileSum(name, len(data), _sum(data)) for name, data in texts.items())
    manifest = Manifest(
        KIND,
        1,
        report.program,
        report.title,
        report.tenant,
        report.tenant_id,
        report.address,
        iso(report.generated_at),
        report.generated_by,
        report.offline,
        files,
        JournalExcerpt(JOURNAL, len(report.entries), _sum(texts[JOURNAL])),
    )
    texts[MANIFEST] = json.format(json.encode(manifest), indent=2) + b"\n"
    texts[SUMS] = _sums(files, _sum(texts[MANIFEST]))
    try:
        _write_new(folder, texts)
    except OSError as error:
        if folder.is_dir() and not folder.is_symlink() and any(folder.iterdir()):
            raise _not_empty(folder) from error
        raise LocalError(
            f"{folder} cannot be written: {(error.strerror or str(error)).lower()}.",
            certainty="Nothing was written.",
            hint="Give the name of a new folder in one that exists.",
        ) from error
    return Bundle(folder, files, _sum(texts[MANIFEST]))


def _texts(report: Report, forms: Collection[Form]) -> dict[str, bytes]:
    texts: dict[str, str] = {}
    if Form.HTML in forms:
        texts["report.html"] = report_page(report)
    if Form.JSON in forms:
        texts["report.json"] = report_json(report)
    if Form.CSV in forms:
        texts |= {
            "units.csv": units_csv(report),
            "sessions.csv": sessions_csv(report),
            "requests.csv": requests_csv(report),
        }
    texts[JOURNAL] = journal_json(report.entries)
    return {name: text.encode() for name, text in texts.items()}


def _write_new(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Writes beside the folder and renames at the end, which refuses a folder that holds something."""
    if not folder.name:
        raise FileExistsError(errno.EEXIST, "it is the root of the files")
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(mode=0o700)
        for name, data in texts.items():
            with os.fdopen(open_private(beside / name, os.O_EXCL), "wb") as file:
                file.write(data)
        os.rename(beside, folder)
    except OSError:
        with contextlib.suppress(OSError):
            shutil.rmtree(beside)
        raise


def verify_bundle(written: str) -> Verified:
    """Compares a folder with its manifest.

    Args:
        written: The folder as a person names it.

    Raises:
        UsageError: It has no manifest of a report, or one that cannot be read.
        LocalError: A file cannot be read.
    """
    folder = Path(written).expanduser()
    try:
        data = _limited(folder / MANIFEST)
    except OSError as error:
        raise _no_report(folder, f"{MANIFEST} cannot be read: {(error.strerror or str(error)).lower()}") from error
    try:
        manifest = json.decode(data, type=Manifest)
    except DecodeError as error:
        raise _no_report(folder, f"{MANIFEST} is damaged: {safe(str(error))}") from error
    if manifest.kind != KIND:
        raise _no_report(folder, f"{MANIFEST} is of something else: {safe(manifest.kind, 80)!r}")
    strange = [one.name for one in manifest.files if Path(one.name).name != one.name]
    if strange:
        raise _no_report(folder, f"{MANIFEST} names a file outside the folder: {safe(strange[0], 80)!r}")
    differing, missing = _compared(folder, manifest.files)
    named = {one.name for one in manifest.files}
    own = {MANIFEST, SUMS}
    if JOURNAL not in named or {manifest.journal.sha256} != {
        one.sha256 for one in manifest.files if one.name == manifest.journal.name
    }:
        differing.append("the journal's entries: the manifest gives two different sums")
    sums = folder / SUMS
    if sums.is_symlink() or not sums.is_file():
        missing.append(SUMS)
    elif _size_and_sum(sums)[1] != _sum(_sums(manifest.files, _sum(data))):
        differing.append(f"{SUMS}: it does not agree with {MANIFEST}")
    extra = sorted(safe(path.name) for path in folder.iterdir() if path.name not in named | own)
    return Verified(len(manifest.files), tuple(differing), tuple(missing), tuple(extra), _sum(data), manifest)


def _compared(folder: Path, files: Collection[FileSum]) -> tuple[list[str], list[str]]:
    differing: list[str] = []
    missing: list[str] = []
    for one in files:
        path, name = folder / one.name, safe(one.name)
        if path.is_symlink() or not path.is_file():
            missing.append(name)
            continue
        try:
            size, found = _size_and_sum(path)
        except OSError as error:
            raise LocalError(
                f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
                certainty="The report is not verified.",
                hint="Make it readable, then verify again.",
            ) from error
        if size != one.size:
            differing.append(f"{name}: {size:,} bytes, not {one.size:,}")
        elif found != one.sha256:
            differing.append(f"{name}: its contents changed")
    return differing, missing


def _sums(files: Collection[FileSum], manifest_sha256: str) -> bytes:
    """The sums as `sha256sum -c` reads them."""
    pairs = [*((one.sha256, one.name) for one in files), (manifest_sha256, MANIFEST)]
    return "".join(f"{digest}  {name}\n" for digest, name in pairs).encode()


def _size_and_sum(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _limited(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST_MANIFEST + 1)
    if len(data) > _LARGEST_MANIFEST:
        raise OSError(0, "it is too large for a manifest")
    return data


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _no_report(folder: Path, why: str) -> UsageError:
    return UsageError(
        f"{folder} is not a report: {why}.",
        field="FOLDER",
        value=str(folder),
        certainty="Nothing was changed.",
        hint="Give the folder that backup-tui report wrote.",
    )
