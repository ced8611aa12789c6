"""`backup-tui sessions review`, and the lines that `sessions activate` prints before it takes a phrase."""

import argparse

from backup_tui.errors import StateConflict
from backup_tui.headless.output import Output, utc
from backup_tui.headless.remedies import for_commands
from backup_tui.models.checks import worst_first
from backup_tui.models.phrases import for_shell
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import counted, safe
from backup_tui.restore.review.activation import Start
from backup_tui.restore.review.consequences import zone_line
from backup_tui.restore.review.review import Review
from backup_tui.workspace import Workspace

SHOWN_WHOLE = 5  # how many units are all named; of more, only three are


async def review_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows what starting a draft would do, what was checked, and the phrase; sends nothing that changes anything."""
    review = await Start(args.id).prepare(workspace.context)
    status = session_status(review.session.status)
    if not status.allows(Action.ACTIVATE):
        raise StateConflict.unsent(
            f"Session {safe(args.id)} is {status.word}; only a draft has a review.",
            "RestoreSessionActionNotAllowed",
            f"See: backup-tui sessions show {safe(args.id)}",
            status=403,
        )
    if out.as_json:
        out.data(_object(review))
        return 0
    for line in review_lines(workspace, review):
        out.line(line)
    if review.blocked is None:
        out.line(f"To start it: backup-tui sessions activate {safe(args.id)} --confirm {for_shell(review.phrase)}")
    else:
        out.line(f"It cannot be started now: {review.blocked}. {for_commands(review.hint)}".rstrip())
    return 0


def review_lines(workspace: Workspace, review: Review) -> list[str]:
    """The whole review: the consequence first, then what else has to be known, the checks worst first, the names."""
    made = f", created by {review.made_by}" if review.made_by else ""
    names = review.names if len(review.names) <= SHOWN_WHOLE else review.names[:3]
    more = len(review.names) - len(names)
    missing = f"NOT in this restore: {counted(len(review.names_missing), 'name')}: {', '.join(review.names_missing)}"
    lines = [
        f"Review of draft {safe(review.session.id)} in {workspace.who.tenant}{made}, read {utc(review.read_at)}",
        review.sentence,
        zone_line(review.points, workspace.zone, workspace.clock.now()),
        *(f"  {for_commands(line)}" for line in review.extra),
        *(f"  {check.mark.value} {check.text}" for check in worst_first(review.checks)),
        *(f"  {name}" for name in names),
        f"  and {more:,} more: backup-tui sessions show {safe(review.session.id)}" if more else "",
        *([missing] if review.names_missing else []),
        *([f"Left out by you: {', '.join(review.left_out)}"] if review.left_out else []),
        review.final,
    ]
    return [line for line in lines if line]


def _object(review: Review) -> dict[str, object]:
    return {
        "id": review.session.id,
        "sentence": review.sentence,
        "phrase": review.phrase,
        "blocked": review.blocked,
        "destination": review.destination.value if review.destination else None,
        "checks": [{"result": check.mark.name.lower(), "text": check.text} for check in worst_first(review.checks)],
        "extra": [for_commands(line) for line in review.extra],
        "units": [
            {
                "id": unit.unit_id,
                "name": unit.name,
                "nameSource": unit.source.value,
                "restorePointId": unit.point_id,
                "protectionDateTime": unit.time,
            }
            for unit in review.units
        ],
        "namesMissing": list(review.names_missing),
        "leftOut": list(review.left_out),
    }
