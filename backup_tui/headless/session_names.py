"""`backup-tui sessions names`: the lists of names that were added to a restore in bulk, and deleting one."""

import argparse

from backup_tui.errors import NotFound
from backup_tui.headless.formats import Cell
from backup_tui.headless.output import Output
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.statuses import bulk_status
from backup_tui.models.text import safe
from backup_tui.restore.review.names_deletion import DeleteNames, lists_of
from backup_tui.workspace import Workspace


async def list_names(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows the lists of names of a restore, and which names the service could not use."""
    _service, lists = await lists_of(workspace.context, args.id)
    out.listing([_row(one) for one in lists], lambda: [one.raw() for one in lists])
    for one in lists:
        for trouble in one.unusable_names:
            out.narrate(f"{safe(trouble.name or '?')}: {trouble.message} ({trouble.code})")
    return 0


async def delete_names(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Deletes a list of names that the service has finished with, after its review."""
    service, lists = await lists_of(workspace.context, args.id)
    asked = args.list.casefold()
    found = [one for one in lists if one.id.casefold().startswith(asked)]
    if len(found) != 1:
        raise NotFound.unsent(
            f"The restore has no list of names {safe(args.list)}." if not found else "Several lists begin like this.",
            "BulkRestoreArtifactsNotFound",
            "See: backup-tui sessions names list",
        )
    change = DeleteNames(service, args.id, found[0].id)
    deleted = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    if out.as_json:
        out.data({"deleted": deleted.id})
    else:
        out.line(f"Deleted: list of names {deleted.id}.")
    return 0


def _row(one: BulkAdditionRequest) -> tuple[Cell, ...]:
    by = one.created_by.label if one.created_by is not None else ""
    word = bulk_status(one.status).word
    return (one.id, word, len(one.unusable_names), one.created_date_time, by, one.display_name or "")
