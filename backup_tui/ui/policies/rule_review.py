"""The reviews before a rule of a policy is made, changed, run or removed, and before a list is handed to one."""

from collections.abc import Callable

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.statuses import job_status, rule_status
from backup_tui.models.text import counted, short_id
from backup_tui.protection.bulk_additions import AddInBulk
from backup_tui.protection.bulk_answers import JobsSeen
from backup_tui.protection.following import follow_rule, follow_unit_job
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rule_answers import RulesSeen
from backup_tui.protection.rules import RuleChange
from backup_tui.store.freshness import unit_jobs_of
from backup_tui.ui.policies.reviews import of_policy
from backup_tui.ui.program import Program
from backup_tui.ui.review.screen import ReviewScreen


def rule_review(change: RuleChange) -> ReviewScreen:
    """The review of a change of a rule."""
    return of_policy(change, change.policy_id, _rule_done, "the policy, its rules and what they take in")


def bulk_review(change: AddInBulk, handed: Callable[[], None]) -> ReviewScreen:
    """The review of a list that is handed to a policy; `handed` is told once it was."""

    async def done(screen: ReviewScreen, review: ChangeReview[JobsSeen], seen: JobsSeen) -> str:
        handed()
        return await _bulk_done(screen, review, seen)

    return of_policy(change, change.policy_id, done, "the policy and the bulk additions to it")


async def _rule_done(screen: ReviewScreen, _review: ChangeReview[RulesSeen], seen: RulesSeen) -> str:
    label, rule = policy_label(seen.policy), seen.rule
    if rule is None:
        return f"The rule of {label} is gone. What it added stays in the policy."
    if not rule_status(rule.status).moving:
        return f"The rule of {label} is {rule_status(rule.status).word}."
    name = f"rule {rule.id}"
    screen.program.start(_tell_rule(screen.program, seen, rule.id), name, name)
    return f"The rule of {label} is {rule_status(rule.status).word}; this line says how it ends."


async def _tell_rule(app: Program, seen: RulesSeen, rule_id: str) -> None:
    core = app.workspace.core
    ended = await follow_rule(core.context, seen.service, seen.policy.id, rule_id)
    label = policy_label(seen.policy)
    core.sync.read_units(seen.service)
    if ended is None:
        app.say(f"The rule of {label} is gone, and what only it held is leaving the policy.", everywhere=True)
        return
    app.say(f"The rule of {label} is {rule_status(ended.status).word}.", everywhere=True)


async def _bulk_done(screen: ReviewScreen, review: ChangeReview[JobsSeen], seen: JobsSeen) -> str:
    job = seen.job
    if job is None:
        return "The list was handed over."
    name = f"bulk addition {job.id}"
    screen.program.start(_tell_job(screen.program, seen, job.id, len(review.names)), name, name)
    return f"Handed to {policy_label(seen.policy)} as {short_id(job.id)}; this line says how it ends."


async def _tell_job(app: Program, seen: JobsSeen, job_id: str, count: int) -> None:
    core = app.workspace.core
    ended = await follow_unit_job(core.context, seen.service, seen.policy.id, job_id)
    await core.loader.load(unit_jobs_of(seen.policy.id))
    core.sync.read_units(seen.service)
    label, failed = policy_label(seen.policy), len(ended.troubles)
    if failed:
        app.say(
            f"{label}: {failed:,} of {counted(count, 'name')} could not be added; its bulk additions list them.",
            everywhere=True,
        )
    else:
        state = job_status(ended.status).word
        app.say(f"{label}: the bulk addition of {counted(count, 'name')} is {state}.", everywhere=True)
