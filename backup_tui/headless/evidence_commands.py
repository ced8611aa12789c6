"""The commands of reports, hand-overs and drills, as data."""

from backup_tui.headless.command import Command
from backup_tui.headless.options import SERVICE, Option, id_of
from backup_tui.headless.parser import whole

_TO = Option("--to FOLDER", "new folder to write to", required=True)
_FORMAT = Option(
    "--format FORMS", "json, csv, html, or several with commas (json,csv,html)", {"default": "json,csv,html"}
)
_OFFLINE = Option("--offline", "send nothing: only what is kept on this machine; the rest is reported as unknown")
_SUMS = (
    "Writes each file with its SHA-256 sum, the journal's own entries, and a manifest. Note the sum of the manifest in "
    "the ticket: it proves all files. Folder and files are readable by you only; an existing folder must be empty."
)

# fmt: off
EVIDENCE_COMMANDS: tuple[Command, ...] = (
    Command("report create", "write what became of restores, for a ticket or an auditor", "evidence:write_report",
            (id_of("session")._replace(settings={"dest": "ids", "nargs": "*"}),
             Option("--plan NAME", "all sessions of a plan, with its names and waves"), _TO, _FORMAT, _OFFLINE),
            ("report 61633878 --to report-61633878", "report --plan ransom-20nov --to report-ransom --offline"),
            more="The word create can be left out.",
            notes=f"{_SUMS} Exit code: 0 if it was written, also where units failed; 5 if a session is unknown.",
            offline="evidence:write_report_offline", default=True),
    Command("sessions report", "write what became of one or more sessions, for a ticket or an auditor",
            "evidence:write_report",
            (id_of("session")._replace(settings={"dest": "ids", "nargs": "+"}),
             Option("--plan NAME", "all sessions of a plan, too"), _TO, _FORMAT, _OFFLINE),
            ("sessions report 61633878 --to report-61633878",),
            more="The same as report.",
            notes=_SUMS, offline="evidence:write_report_offline"),
    Command("report verify", "compare the files of a report with their sums", "evidence:verify_report",
            (Option("FOLDER", "what report wrote"),
             Option("--manifest SHA256", "sum of the manifest as it was noted: shows changes made on purpose, too")),
            ("report verify report-61633878",),
            more="Nothing is sent.",
            notes="Exit code: 0 if all is as it was written; 1 if a file differs, is missing or is extra: each is "
                  "named.", plain=True),
    Command("plan report", "write what became of a plan, for a ticket or an auditor", "evidence:write_report",
            (Option("NAME", "name of the plan", {"dest": "plan"}), _TO, _FORMAT, _OFFLINE),
            ("plan report ransom-20nov --to report-ransom",),
            notes=_SUMS,
            offline="evidence:write_report_offline"),
    Command("handover card", "print what the next shift has to know, for a ticket", "handover:write_card",
            (id_of("session")._replace(settings={"dest": "id", "nargs": "?"}),
             Option("--plan NAME", "all sessions of a plan"),
             Option("--to FILE", "write it to a new file, readable by you only"), _OFFLINE),
            ("handover", "handover 61633878 --to shift.txt", "handover --plan ransom-20nov --offline"),
            more="At most twenty lines. The word card can be left out.",
            notes="Without ID and --plan: what runs, what failed within a day, and open drafts. Exit code: 0; 5 if the "
                  "session or plan is unknown.", offline="handover:write_card_offline", default=True),
    Command("handover file", "write the names behind the points of sessions, for the program of a colleague",
            "handover:write_names",
            (id_of("session")._replace(settings={"dest": "ids", "nargs": "*"}),
             Option("--plan NAME", "all sessions of a plan, and the plan"),
             Option("--to FILE", "new file, readable by you only", required=True)),
            ("handover file 0f4aa9c1 --to names.json", "handover file --plan ransom-20nov --to names.json"),
            more="It holds no sign-in.",
            notes="Without ID and --plan: every session that was drafted here within 31 days."),
    Command("handover read", "take the names of a colleague's file", "handover:read_names",
            (Option("FILE", "what handover file wrote"),),
            ("handover read names.json",),
            more="Only what the service confirms is taken, and nobody's yes; nothing is changed at the service.",
            notes="Exit code: 0 if all names were taken; 2 if the file cannot be read; 6 if the service does not "
                  "confirm some of them: each is named."),
    Command("drill new", "draw units by lot, and create a draft of them to a new location", "drills:new_drill",
            (SERVICE._replace(required=True),
             Option("--units N", "how many units (5)", {"type": whole(1, 50), "default": 5}),
             Option("--seed N", "draws the same units again (another seed each time)", {"type": whole(0, 2**31 - 1)}),
             Option("--unit ID", "a unit chosen by hand (repeatable)", {"action": "append"}, id_of="unit")),
            ("drill new --service onedrive --units 5 --seed 4711",),
            more="Nothing is restored before its review (sessions activate).",
            notes="The same seed on the same day is the same drill. Microsoft allows two tests of a unit a month. "
                  "Restores to a new location that were started from here within 31 days are counted; a unit at the "
                  "limit is not drawn, and is refused by hand. Exit code: 0; 6 if it holds fewer units than asked "
                  "for."),
    Command("drill history", "show the drills of a year, with the slowest unit and the oldest point of each",
            "drills:drill_history",
            examples=("drill history",),
            header=("ID", "WHEN", "BY", "SERVICE", "UNITS", "SLOWEST (RTO)", "OLDEST (RPO)", "RESULT", "SESSION")),
    Command("drill report", "write what a drill showed, and print the copies to clean up", "drills:report_drill",
            (Option("ID", "id of the drill", {"dest": "drill"}), _TO, _FORMAT),
            ("drill report 2026-11-30-onedrive-4711 --to drill-november",),
            notes=_SUMS),
)
# fmt: on
