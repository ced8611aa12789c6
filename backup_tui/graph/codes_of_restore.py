"""Every documented error code around restores: sessions, units in them, points, lists of units.

https://learn.microsoft.com/graph/backup-storage-error-codes and the API pages. One row per meaning; the words
follow one form: what happened, what is certain now, what to do.
"""

from __future__ import annotations

from backup_tui.errors import Busy, InvalidRequest, NotFound, ServerFault, StateConflict
from backup_tui.graph.error_meanings import CHECK_ID, UNCHANGED, ErrorMeaning, row
from backup_tui.graph.operations import Operation as Op
from backup_tui.models.calls import Outcome

NOT_STARTED = "Nothing was started from here."

REST_GOES_ON = "Nothing was restored for it; the others go on."

_SESSION_BY_ID = (
    Op.SESSION_READ,
    Op.SESSION_EDIT,
    Op.SESSION_DELETE,
    Op.SESSION_ACTIVATE,
    Op.ARTIFACT_LIST,
    Op.GRANULAR_LIST,
    Op.BULK_CREATE,
    Op.BULK_READ,
    Op.BULK_DELETE,
)

_RESTORED = (Op.ARTIFACT_LIST, Op.GRANULAR_LIST)

_DRAFTING = (Op.SESSION_CREATE, Op.SESSION_EDIT)

_POINTS = (Op.POINT_LIST, Op.POINT_SEARCH)

_SESSIONS = (
    row(
        _DRAFTING,
        "InvalidPathType",
        400,
        InvalidRequest,
        "The service does not accept where this restore is to go.",
        UNCHANGED,
        "Choose new location or in place.",
    ),
    row(
        _DRAFTING,
        "InvalidArtifactRequest",
        400,
        InvalidRequest,
        "The service does not accept the list of units in this request.",
        UNCHANGED,
        "Look at the request (v).",
    ),
    row(
        _DRAFTING,
        "InvalidRestorePoint",
        400,
        InvalidRequest,
        "There is no usable point for a unit of this request: it has expired or was not made.",
        UNCHANGED,
        "Look for the points again, then t chooses another time.",
    ),
    row(
        _DRAFTING,
        "DifferentRestoreDestinationType",
        400,
        InvalidRequest,
        "One restore goes to one destination: new location and in place cannot be mixed.",
        UNCHANGED,
        "Make a draft for each destination.",
    ),
    row(
        _DRAFTING,
        "RestoreArtifactsLimitBreached",
        (413, 400),
        InvalidRequest,
        "More units in one request than the service takes (50).",
        UNCHANGED,
        "Add them in smaller parts.",
    ),
    row(
        _DRAFTING,
        "DuplicateArtifactInList",
        400,
        InvalidRequest,
        "The same unit stands twice in the request.",
        UNCHANGED,
        "Name it once.",
    ),
    row(
        (Op.SESSION_EDIT,),
        "InvalidPatchRequest",
        400,
        InvalidRequest,
        "The service cannot read this change of a draft.",
        UNCHANGED,
        "Look at the request (v).",
    ),
    row(
        _SESSION_BY_ID,
        "InvalidRestoreSessionId",
        400,
        InvalidRequest,
        "The service does not accept {target} as the id of a session.",
        UNCHANGED,
        CHECK_ID,
    ),
    row(
        _SESSION_BY_ID,
        "RestoreSessionNotFound",
        404,
        NotFound,
        "No session {target}: a deleted draft, or older than a year.",
        "Your record of it is kept.",
        "See 5 Activity.",
    ),
    row(
        (Op.SESSION_EDIT, Op.BULK_CREATE),
        "RestoreSessionActionNotAllowed",
        403,
        StateConflict,
        "This session is no longer a draft: someone started it.",
        "Nothing was changed in it.",
        "Do not draft it again. enter watches it.",
    ),
    row(
        (Op.SESSION_DELETE,),
        "RestoreSessionActionNotAllowed",
        403,
        StateConflict,
        "This session is no longer a draft: someone started it.",
        "It was not deleted.",
        "enter watches it.",
    ),
    row(
        (Op.SESSION_ACTIVATE,),
        "RestoreSessionActionNotAllowed",
        403,
        StateConflict,
        "This session is no longer a draft: someone started it.",
        NOT_STARTED,
        "Do not draft it again. enter watches it.",
    ),
    row(
        (Op.SESSION_DELETE,),
        "IncompleteArtifactDeletion",
        500,
        ServerFault,
        "The service could not delete all of this draft.",
        "Part of it may be left; nothing was restored.",
        "Deleting it again is safe.",
        Outcome.UNKNOWN,
    ),
    row(
        (Op.SESSION_ACTIVATE,),
        "TooManyActiveRestoreSessions",
        500,
        Busy,
        "25 restores run in {tenant} already; the service allows no more.",
        "This one was not started and is still a draft.",
        "It can be started when one ends. Overview says when there is room; A then opens the review again.",
    ),
)

_ARTIFACTS = (
    row(
        _RESTORED,
        "UnknownError",
        200,
        ServerFault,
        "The unit failed; the service gives no reason.",
        REST_GOES_ON,
        "Check it, then f.",
    ),
    row(
        _RESTORED,
        "ArtifactNotFound",
        200,
        NotFound,
        "The service no longer finds the unit: deleted, renamed or moved.",
        REST_GOES_ON,
        "Deleted within 30 days: bring it back, then f. What was removed from the recycle bin cannot be restored.",
    ),
    row(
        _RESTORED,
        "InvalidRestoreTime",
        200,
        InvalidRequest,
        "The unit has no usable point at that time: expired or never made.",
        REST_GOES_ON,
        "f takes the next earlier point; t another time.",
    ),
    row(
        _RESTORED,
        "ArtifactCannotBeRestored",
        200,
        StateConflict,
        "The unit cannot be restored: under a hold, locked, or part of a tenant split; the service does not say which.",
        "The other units continue.",
        "Have the hold removed, then f. A site can go to a new address instead.",
    ),
    row(
        _RESTORED,
        "DuplicateArtifactRestoreRequest",
        200,
        StateConflict,
        "Another session is restoring the unit.",
        "It was not restored twice.",
        "Wait for that session, then see whether it is still needed.",
    ),
)

_POINT_ROWS = (
    row(
        _POINTS,
        "InvalidSearchRequest",
        400,
        InvalidRequest,
        "The service does not accept this search for points: its dates or a unit's id.",
        UNCHANGED,
        "Check the time that was asked for.",
    ),
)

ROWS: tuple[ErrorMeaning, ...] = (*_SESSIONS, *_ARTIFACTS, *_POINT_ROWS)
"""Rows of this half of the table."""
