"""The keys of a plan file: what each means, which values it takes, and the plan that they make. Pure.

`values_of` and `plan_of` are each other's inverse; `document` has the file around them.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backup_tui.config import named_zone
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import UsageError
from backup_tui.models.mail_language import read_query
from backup_tui.models.services import Destination, Service
from backup_tui.plans.plan import MailSearch, Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.values import Section, Wrong
from backup_tui.plans.waves import LONGEST_NAME
from backup_tui.restore.points.moments import KEPT_FOR

VERSION = 1  # version of the file's format; a file of a newer one is refused, not half understood

TO = {"in-place": Destination.IN_PLACE, "new": Destination.NEW}
PREFER = {"newest": False, "express": True}

MOST_OF_ONE_MAILBOX = 200  # searches of one mailbox at most

LONGEST_PAUSE = timedelta(days=31)  # a longer pause before a wave is taken for a slip of the pen

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

TOP_KEYS = {
    "version": "of this format",
    "name": "what the plan goes by on this machine",
    "note": "for others",
    "tenant": "domain or id; another tenant is refused",
    "service": "whose units the names are; without it, units of all three",
    "list": "names, beside this file; columns time, to, wave and service count",
    "policies": "policies whose units are restored, by name or id",
    "failed_of": "sessions whose failed units are restored, by id",
    "list_sha256": "of the list as it was",
    "left_out": "names that are left out on purpose",
    "before": "2h, 'yesterday 14:00', '20 Nov 14:10' or latest",
    "zone": "time zone in which times are read",
    "prefer": "newest, or express: an express point where one is near",
    "express_within": "how much older an express point may be",
    "max_gap": "a point further before the time than this is not used",
    "to": "in-place (newer edits are lost) or new (a new folder or address)",
    "bulk": "true: fewer requests, but no check of each unit before the start",
    "chosen": "",
    "limits": "",
    "mail": "",
    "expected": "",
    "wave": "",
}
"""The keys at the top and the comment of each in a fresh file; those without one are tables."""

TABLES = {
    "chosen": "names of the list, each with the id of the unit that is meant",
    "limits": "never more than the service's own",
    "mail": "only the mails that a search finds, each mailbox at its own point",
    "expected": "units of each service; a check fails on another number",
}

LIMIT_KEYS = {
    "units_per_session": "size of a session",
    "sessions": "of this plan that run at a time",
    "units": "of one service in restore at a time",
}

MAIL_KEYS = {
    "query": "in the language of the service",
    "within": "so far before the time the last point that has them is looked for",
    "searches": "of one mailbox",
}

WAVE_KEYS = {
    "name": "what people call it",
    "members": "names, @FILE or wave=WORD (a word of the wave column)",
    "first": "names or @FILE: they go into its first session, in this order",
    "needs_yes": "false starts under the yes to the whole plan",
    "pause": "after the end of the wave before it",
    "before": "its own time",
    "to": "its own destination",
}


def plan_of(values: Mapping[str, Any], limits: ServiceLimits = LIMITS) -> Plan:
    """The plan that the values of a file make. Raises `Wrong`: a key or a value cannot be used."""
    top = Section(values, TOP_KEYS, "")
    if top.whole("version", VERSION, 1, 10**6, needed=True) > VERSION:
        raise top.wrong(
            "version",
            f"a newer version of backup-tui wrote this file; this one reads version {VERSION}",
            "Update backup-tui.",
        )
    name = top.text("name", needed=True)
    if not _NAME.fullmatch(name):
        raise top.wrong(
            "name",
            "it cannot be the name of a plan",
            "Use up to 48 letters, digits, - _ and . such as ransom-20nov, beginning with a letter or a digit.",
        )
    plan = Plan(
        name=name,
        scope=_scope(top),
        before=top.text("before", needed=True),
        zone=_zone(top),
        destination=TO[top.choice("to", TO, needed=True)],
        waves=_waves(top),
        tenant=top.text("tenant"),
        service=_service(top),
        prefer_express=PREFER[top.choice("prefer", PREFER) or "newest"],
        express_within=top.span("express_within", most=KEPT_FOR) or timedelta(hours=6),
        max_gap=top.span("max_gap", most=KEPT_FOR),
        limits=_limits(top, limits),
        bulk=top.flag("bulk", default=False),
        expected=_expected(top),
        note=top.text("note"),
        mail=_mail(top),
    )
    if plan.mail is not None:
        _check_mail(top, plan)
    if plan.prefer_express and plan.service is Service.EXCHANGE:
        raise top.wrong("prefer", "mailboxes have no express points", 'Write prefer = "newest".')
    return plan


def values_of(plan: Plan) -> dict[str, Any]:
    """What a file says of a plan, in the order in which it is written; what is at its default is left out, except what
    a person is likely to change."""
    scope = plan.scope
    values: dict[str, Any] = {"version": VERSION, "name": plan.name}
    values |= _said(note=plan.note, tenant=plan.tenant, service=plan.service.value if plan.service else "")
    entries = list(scope.entries)
    values[scope.source.value] = entries[0] if scope.source is Source.LIST else entries
    values |= _said(list_sha256=scope.sha256, left_out=list(scope.left_out))
    values |= {"before": plan.before, "zone": plan.zone, "prefer": "express" if plan.prefer_express else "newest"}
    if plan.prefer_express or plan.express_within != timedelta(hours=6):
        values["express_within"] = span_text(plan.express_within)
    if plan.max_gap is not None:
        values["max_gap"] = span_text(plan.max_gap)
    values["to"] = _to(plan.destination)
    values |= _said(bulk=plan.bulk, chosen=dict(scope.chosen))
    values["limits"] = {key: getattr(plan.limits, key) for key in LIMIT_KEYS}
    if plan.mail is not None:
        found = plan.mail
        values["mail"] = {"query": found.query, "within": span_text(found.within), "searches": found.searches}
    values |= _said(expected={service.value: plan.expected[service] for service in Service if service in plan.expected})
    values["wave"] = [_wave_values(wave) for wave in plan.waves]
    return values


def span_text(span: timedelta) -> str:
    """A length of time as it is read again, to the minute: `1d 2h 30m`."""
    minutes = round(span.total_seconds() / 60)
    parts = (minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m")
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _to(destination: Destination) -> str:
    return next(word for word, one in TO.items() if one is destination)


def _wave_values(wave: Wave) -> dict[str, Any]:
    values: dict[str, Any] = {"name": wave.name}
    values |= _said(members=list(wave.members), first=list(wave.first))
    values["needs_yes"] = wave.needs_yes
    if wave.pause:
        values["pause"] = span_text(wave.pause)
    return values | _said(before=wave.before, to=_to(wave.destination) if wave.destination else "")


def _scope(top: Section) -> Scope:
    given = [source for source in Source if source.value in top.values]
    if not given:
        raise Wrong(
            "", "list", None, "nobody is named",
            'Give the names: list = "names.csv", policies = ["..."] or failed_of = ["..."].',
        )  # fmt: skip
    if len(given) > 1:
        raise top.wrong(
            given[1].value,
            f"the names already come from {given[0].value}",
            f"Keep one of {', '.join(given)}; make a second plan for the other.",
        )
    (source,) = given
    entries = (top.text(source.value, needed=True),) if source is Source.LIST else top.texts(source.value, needed=True)
    sha256 = top.text("list_sha256").lower()
    if sha256 and not _SHA256.fullmatch(sha256):
        raise top.wrong("list_sha256", "it isn't a SHA-256 hash", "Remove the line, or write its 64 characters.")
    chosen = top.section("chosen", None)
    return Scope(
        source,
        entries,
        sha256,
        top.texts("left_out"),
        {name: chosen.text(name, needed=True) for name in chosen.values},
    )


def _zone(top: Section) -> str:
    name = top.text("zone", needed=True)
    try:
        named_zone(name)
    except UsageError as error:
        raise top.wrong("zone", "it isn't a time zone", error.hint) from None
    return name


def _service(top: Section) -> Service | None:
    word = top.choice("service", [service.value for service in Service])
    return Service(word) if word else None


def _limits(top: Section, limits: ServiceLimits) -> PlanLimits:
    table = top.section("limits", LIMIT_KEYS)
    usual = PlanLimits()
    most = {"sessions": limits.sessions, "units": limits.units, "units_per_session": limits.units}
    return PlanLimits(
        **{key: table.whole(key, min(getattr(usual, key), most[key]), 1, most[key]) for key in LIMIT_KEYS}
    )


def _mail(top: Section) -> MailSearch | None:
    if "mail" not in top.values:
        return None
    table = top.section("mail", MAIL_KEYS)
    query = table.text("query", needed=True)
    try:
        read_query(query)
    except UsageError as error:
        raise table.wrong("query", error.message.rstrip("."), error.hint) from None
    usual = MailSearch(query)
    within = table.span("within", most=KEPT_FOR) or usual.within
    return MailSearch(query, within, table.whole("searches", usual.searches, 1, MOST_OF_ONE_MAILBOX))


def _check_mail(top: Section, plan: Plan) -> None:
    """What goes with whole units only. Raises `Wrong`."""
    if plan.service is not Service.EXCHANGE:
        raise top.wrong("service", "mails are searched for in mailboxes", 'Write service = "exchange".')
    for key, given in (("bulk", plan.bulk), ("prefer", plan.prefer_express), ("max_gap", plan.max_gap is not None)):
        if given:
            raise top.wrong(key, "it does not go with a search for mails", f"Remove {key}; see within of [mail].")


def _expected(top: Section) -> dict[Service, int]:
    table = top.section("expected", {service.value: "" for service in Service})
    return {Service(key): table.whole(key, 0, 0, 10**7) for key in table.values}


def _waves(top: Section) -> tuple[Wave, ...]:
    waves: list[Wave] = []
    numbers: dict[str, int] = {}
    for number, table in enumerate(top.sections("wave", WAVE_KEYS), 1):
        wave = _wave(table)
        if (earlier := numbers.setdefault(wave.name.casefold(), number)) != number:
            raise table.wrong("name", f"wave {earlier} has this name, too", "Give each wave a name of its own.")
        rest = next((at for at, one in enumerate(waves, 1) if not one.members), None)
        if not wave.members and rest is not None:
            raise Wrong(
                f"{table.where} ({wave.name})", "members", None,
                f"wave {rest} ({waves[rest - 1].name}) already takes all others, since it has no members",
                "Give members to one of the two.",
            )  # fmt: skip
        waves.append(wave)
    return tuple(waves) or (Wave("all"),)


def _wave(table: Section) -> Wave:
    name = table.text("name", needed=True)
    if len(name) > LONGEST_NAME:
        raise table.wrong("name", f"it is longer than {LONGEST_NAME} characters", "Use a shorter one.")
    named = Section(table.values, WAVE_KEYS, f"{table.where} ({name})")
    to = named.choice("to", TO)
    return Wave(
        name=name,
        members=named.texts("members"),
        first=named.texts("first"),
        needs_yes=named.flag("needs_yes", default=True),
        pause=named.span("pause", most=LONGEST_PAUSE) or timedelta(),
        before=named.text("before"),
        destination=TO[to] if to else None,
    )
