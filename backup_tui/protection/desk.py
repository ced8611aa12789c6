"""Everything that a person or a script can do with protection policies.

https://learn.microsoft.com/graph/api/protectionpolicybase-activate and `-deactivate`: both are answered with 202 and
`updating`; the policy is then followed to the end. A policy in the wrong state is refused with 400
`invalidStateForActivation` or 403 `PolicyActionNotAllowed`, which mean the same.
"""

from __future__ import annotations

from collections.abc import Callable

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import (
    BackupTuiError,
    OutcomeUnknown,
    ServerFault,
    SignInError,
    StateConflict,
    Throttled,
    Unreachable,
    UsageError,
)
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.service_state import refuse_where
from backup_tui.models.statuses import policy_status
from backup_tui.protection.lost_answers import POLICY
from backup_tui.protection.notifications import NotificationDesk
from backup_tui.protection.offboarding import UnitDesk
from backup_tui.protection.review import PolicyAction, PolicyReview, policy_label, review_policy
from backup_tui.store.updates import PolicyRead

LOOK_EVERY = 5.0
"""Seconds between two looks at a policy that is updating."""

SILENT_LOOKS = 12
"""After so many looks in a row without an answer, following a policy is given up."""


def _unheard(_: object) -> None:
    """Stands where nobody listens."""


class PolicyDesk:
    """The use cases of policies. What they change goes through the journal, what they learn into the store.

    Attributes:
        units: The use cases of single units.
        notifications: The use cases of who gets mails.
    """

    def __init__(self, tools: Context) -> None:
        """Takes what the use cases work with."""
        self._tools = tools
        self.units = UnitDesk(tools)
        self.notifications = NotificationDesk(tools)

    async def review_activation(self, policy_id: str) -> PolicyReview:
        """What activating a policy means, and whether it is possible.

        Raises:
            NotFound: The service has no such policy.
            BackupTuiError: It could not be read.
        """
        return await review_policy(self._tools, policy_id, PolicyAction.ACTIVATE)

    async def review_deactivation(self, policy_id: str) -> PolicyReview:
        """What deactivating a policy means, and whether it is possible.

        Raises:
            NotFound: The service has no such policy.
            BackupTuiError: It could not be read.
        """
        return await review_policy(self._tools, policy_id, PolicyAction.DEACTIVATE)

    async def activate(self, reviewed: PolicyReview, typed: str, on_look: OnLook = _unheard) -> ProtectionPolicy:
        """Begins to back up the units of a reviewed policy.

        Args:
            reviewed: From `review_activation`.
            typed: What the person typed.
            on_look: Told what is seen while a lost answer is looked into.

        Returns:
            The policy as the service answered, usually `updating`; `follow` tells how it ends.

        Raises:
            UsageError: The phrase is not the one asked for, or the review said that it is not possible.
            StateConflict: The policy is in the wrong state, or was changed after the review; nothing was changed.
            OutcomeUnknown: It is still not known whether it was activated.
            ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was changed.
        """
        return await self._carry_out(PolicyAction.ACTIVATE, reviewed, typed, on_look)

    async def deactivate(self, reviewed: PolicyReview, typed: str, on_look: OnLook = _unheard) -> ProtectionPolicy:
        """Stops to back up the units of a reviewed policy; as `activate`.

        Args:
            reviewed: From `review_deactivation`.
            typed: What the person typed.
            on_look: Told what is seen while a lost answer is looked into.
        """
        return await self._carry_out(PolicyAction.DEACTIVATE, reviewed, typed, on_look)

    async def follow(
        self, policy_id: str, on_change: Callable[[ProtectionPolicy], None] = _unheard
    ) -> ProtectionPolicy:
        """Follows a policy until it is not updating any more.

        Args:
            policy_id: The policy.
            on_change: Told the policy at first and whenever it differs.

        Raises:
            NotFound: The service does not have it any more.
            BackupTuiError: It could not be read for a minute.
        """
        tools = self._tools
        last: ProtectionPolicy | None = None
        silent = 0
        while True:
            asked_at = tools.clock.monotonic()
            try:
                policy = await tools.reader.policy(policy_id)
            except (Unreachable, ServerFault, Throttled, SignInError) as error:
                if isinstance(error, SignInError) and error.needs_person:
                    raise
                silent += 1
                if silent >= SILENT_LOOKS:
                    raise
            else:
                silent = 0
                tools.store.apply(PolicyRead(policy, asked_at))
                if policy != last:
                    on_change(policy)
                last = policy
                if not policy_status(policy.status).moving:
                    return policy
            await tools.sleep(LOOK_EVERY)

    async def _carry_out(
        self, action: PolicyAction, reviewed: PolicyReview, typed: str, on_look: OnLook
    ) -> ProtectionPolicy:
        tools = self._tools
        writer = tools.may_write()
        state = tools.store.connection.service
        refuse_where(state.no_protection_change, state)
        if reviewed.action is not action:
            raise UsageError(f"This review was one to {reviewed.action.value}.", field="policy")
        if reviewed.blocked is not None:
            raise UsageError(
                f"Not possible now: {reviewed.blocked}.",
                field="policy",
                certainty="Nothing was sent.",
                hint=reviewed.hint,
            )
        if not phrase_matches(typed, reviewed.phrase):
            raise wrong_phrase(typed, reviewed.phrase, action.done_word)
        policy_id = reviewed.policy.id
        async with tools.hold_lock("changing a policy"):
            await self._settle_earlier(policy_id, on_look)
            await self._check_unchanged(reviewed)
            send = writer.activate_policy if action is PolicyAction.ACTIVATE else writer.deactivate_policy
            kind = IntentKind.POLICY_ACTIVATE if action is PolicyAction.ACTIVATE else IntentKind.POLICY_DEACTIVATE
            try:
                policy = await tools.changes.make(
                    kind,
                    lambda: send(policy_id),
                    target=policy_id,
                    service=reviewed.policy.service,
                    summary=f'{action.value.upper()} policy "{policy_label(reviewed.policy)}"',
                )
            except StateConflict as error:
                raise await self._explained(action, policy_id, error) from error
            except OutcomeUnknown as error:
                return await self._found(action, error, on_look)
            tools.store.apply(PolicyRead(policy, tools.clock.monotonic()))
            return policy

    async def _settle_earlier(self, policy_id: str, on_look: OnLook) -> None:
        """Finds out about an earlier change of this policy whose outcome nobody knows, before another one leaves."""
        for intent in await self._tools.journal.open_intents():
            if intent.target == policy_id and intent.kind in (
                IntentKind.POLICY_ACTIVATE,
                IntentKind.POLICY_DEACTIVATE,
            ):
                finding = await resolve_lost_answer(self._tools, POLICY, intent, on_look)
                if finding.verdict is Verdict.STILL_UNKNOWN:
                    raise _unknown(intent, finding)

    async def _check_unchanged(self, reviewed: PolicyReview) -> None:
        asked_at = self._tools.clock.monotonic()
        policy = await self._tools.reader.policy(reviewed.policy.id)
        self._tools.store.apply(PolicyRead(policy, asked_at))
        old = reviewed.policy
        if (policy.status, policy.last_modified_date_time) == (old.status, old.last_modified_date_time):
            return
        by = policy.last_modified_by.label if policy.last_modified_by else ""
        word = policy_status(policy.status).word
        raise StateConflict(
            f"{by or 'Someone'} changed the policy after it was reviewed; it is {word} now.",
            status=409,
            certainty="Nothing was sent.",
            hint="Look at the review again.",
            code="PolicyChanged",
        )

    async def _explained(self, action: PolicyAction, policy_id: str, error: StateConflict) -> StateConflict:
        """The refusal with the state that the policy is really in, whichever of the two codes came."""
        asked_at = self._tools.clock.monotonic()
        try:
            policy = await self._tools.reader.policy(policy_id)
        except BackupTuiError:
            return error
        self._tools.store.apply(PolicyRead(policy, asked_at))
        return StateConflict(
            f"The policy is {policy_status(policy.status).word}; {action.state_sentence}.",
            status=error.status,
            detail=error.detail,
            certainty="Nothing changed.",
            hint="Wait for updating to end, or see who changed it.",
            code=error.code,
            request_id=error.request_id,
        )

    async def _found(self, action: PolicyAction, error: OutcomeUnknown, on_look: OnLook) -> ProtectionPolicy:
        intent = await self._tools.journal.intent(error.intent_id) if error.intent_id is not None else None
        if intent is None:
            raise error
        finding = await resolve_lost_answer(self._tools, POLICY, intent, on_look)
        if finding.verdict is Verdict.STILL_UNKNOWN:
            raise _unknown(intent, finding) from error
        policy = finding.thing
        if not isinstance(policy, ProtectionPolicy) or finding.verdict is Verdict.NOT_DONE:
            raise BackupTuiError(
                f"The policy was not {action.value}d. {finding.words}",
                certainty="The request that was sent had no effect.",
                hint="It can be tried again.",
                code="NotDone",
            ) from error
        return policy


def _unknown(intent: Intent, finding: Finding) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
        certainty="It is not sent again.",
        hint=f"Look at the policy later; the journal keeps it as entry {intent.id}.",
        intent_id=intent.id,
    )
