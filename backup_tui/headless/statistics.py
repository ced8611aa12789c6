"""`backup-tui service statistics`: what the service itself counts of policies (beta)."""

import argparse

from backup_tui.headless.output import Output, utc
from backup_tui.protection.policies import policy_label
from backup_tui.protection.statistics import CountedPolicy, read_statistics, stage_rows
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace


async def show_statistics(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows what the service last counted of one policy, or of all; what it does not report is said."""
    workspace.reader.check_statistics()
    if args.id is None:
        policies = await workspace.loader.load(fresh.POLICIES)
    else:
        policies = (await workspace.loader.load(fresh.policy_of(args.id)),)
    counted = await read_statistics(workspace.context, policies)
    found = [one.statistics for one in counted if one.statistics is not None]
    out.listing([_row(one) for one in counted], lambda: [one.raw() for one in found])
    for one in counted:
        if one.error:
            out.narrate(f"{policy_label(one.policy)}: its statistics could not be read: {one.error}")
    return 1 if any(one.error for one in counted) else 0


def _row(one: CountedPolicy) -> tuple[str, ...]:
    counts = tuple(count for _label, count in stage_rows(one.counts))
    return (one.policy.id, *counts, utc(one.counts.last_computed_date_time), policy_label(one.policy))
