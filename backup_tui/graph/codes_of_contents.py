"""Error codes around what goes into a restore by another way than one unit at a time: lists of names, single files.

The codes of lists are on https://learn.microsoft.com/graph/backup-storage-error-codes. No page has codes for looking
into points, for single files, or for a list's names but `SiteUrlNotFound`; those here are the simulated service's
own, so that they are told in words wherever something like them comes.
"""

from __future__ import annotations

from backup_tui.errors import InvalidRequest, NotFound, StateConflict
from backup_tui.graph.error_meanings import CHECK_ID, NOT_MADE, READ_AGAIN, UNCHANGED, ErrorMeaning, row
from backup_tui.graph.operations import Operation as Op

NAME_GOES_ON = "Nothing is restored for it; the others of the list go on."

_DRAFTING = (Op.SESSION_CREATE, Op.SESSION_EDIT)

_BROWSING = (Op.BROWSE_READ, Op.BROWSE_ITEMS, *_DRAFTING)

_BULK = (
    row(
        (Op.BULK_CREATE, Op.BULK_READ, Op.BULK_DELETE),
        "InvalidBulkRestoreArtifactId",
        400,
        InvalidRequest,
        "The service does not accept {target} as the id of a draft or of a list of names.",
        UNCHANGED,
        CHECK_ID,
    ),
    row(
        (Op.BULK_CREATE,),
        "BulkRestoreInvalidCreateRequest",
        400,
        InvalidRequest,
        "The service cannot read this list of units.",
        NOT_MADE,
        "Look at the request (v).",
    ),
    row(
        (Op.BULK_CREATE,),
        "BulkRestoreRestorationResourcesCountExceedsLimit",
        400,
        InvalidRequest,
        "More than 10,000 units in one list.",
        NOT_MADE,
        "Split the list.",
    ),
    row(
        (Op.BULK_CREATE,),
        "BulkRestoreInvalidCreateRequestSiteUrl",
        400,
        InvalidRequest,
        "A site address in the list is not one.",
        NOT_MADE,
        "Correct the list.",
    ),
    row(
        (Op.BULK_CREATE,),
        "BulkRestoreInvalidCreateRequestUserEmail",
        400,
        InvalidRequest,
        "An e-mail address in the list is not one.",
        NOT_MADE,
        "Correct the list.",
    ),
    row(
        (Op.BULK_READ,),
        "BulkRestoreArtifactsNotFound",
        404,
        NotFound,
        "The service has no such list of units.",
        UNCHANGED,
        READ_AGAIN,
    ),
    row(
        (Op.BULK_DELETE,),
        "InvalidStateForBulkRequestDeletion",
        403,
        StateConflict,
        "The list of units is still being worked on; it can be deleted when that has ended.",
        UNCHANGED,
        "Wait until it is completed.",
    ),
    row(
        (Op.BULK_READ,),
        "BulkRestoreArtifactsNotFound",
        200,
        NotFound,
        "Some names of the list stand for nothing that can be restored.",
        "Nothing is restored for them; the others go on.",
        "Correct those names and restore them in a list of their own.",
    ),
)

_NAMES = (
    *(
        row(
            (Op.BULK_READ,),
            code,
            200,
            NotFound,
            "The service finds no protected site of this name.",
            NAME_GOES_ON,
            "Correct it and restore it in a list of its own; a site that is not protected cannot be restored.",
        )
        for code in ("SiteUrlNotFound", "SiteIdNotFound")
    ),
    *(
        row(
            (Op.BULK_READ,),
            code,
            200,
            NotFound,
            "The service finds no protected account of this name.",
            NAME_GOES_ON,
            "Correct it and restore it in a list of its own; an account that is not protected cannot be restored.",
        )
        for code in ("UserEmailNotFound", "DirectoryObjectIdNotFound")
    ),
    row(
        (Op.BULK_READ,),
        "RestorePointNotFound",
        200,
        NotFound,
        "There is no point for this name in the period that was asked for.",
        NAME_GOES_ON,
        "Restore it from another time, in a list of its own.",
    ),
)

_POINTS = (
    row(
        (Op.BROWSE_CREATE,),
        "InvalidRestorePoint",
        400,
        InvalidRequest,
        "This point cannot be looked into: only express points of OneDrive and SharePoint can, before they expire.",
        NOT_MADE,
        "Choose an express point.",
    ),
    row(
        _BROWSING,
        "BrowseSessionNotFound",
        404,
        NotFound,
        "The point is not open any more: it closes by itself after some days.",
        UNCHANGED,
        "Open it again; files are chosen anew then.",
    ),
    row(
        (Op.BROWSE_ITEMS, *_DRAFTING),
        "BrowseSessionNotReady",
        409,
        StateConflict,
        "The point is still being opened, or could not be opened.",
        UNCHANGED,
        "Read it again (r): it says which.",
    ),
    row(
        (Op.BROWSE_ITEMS,),
        "itemNotFound",
        404,
        NotFound,
        "This place is not in the point.",
        UNCHANGED,
        "Begin again at its top.",
    ),
)

ROWS: tuple[ErrorMeaning, ...] = (*_BULK, *_NAMES, *_POINTS)
"""Rows of this part of the table."""
