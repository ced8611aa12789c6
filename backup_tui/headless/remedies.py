"""Remedies for commands: options and commands in place of the keys in the sentences for the screens.

The use cases and the error catalogues have one sentence each, written for the screens, where a person has keys. Only
this module rewrites them for a shell; a test checks every such sentence.
"""

import re

_SPOKEN = (
    # the journal
    (r"entry (\d+) of the journal \(5 Activity\)", r"entry \1 of the journal (backup-tui journal show \1)"),
    (r"Your own record of it is kept: 5 Activity, /\S+", "Your own record of it is kept: backup-tui journal list."),
    (r"\b[Ss]ee 5 Activity\b", "See: backup-tui journal list"),
    (r"\(5 Activity\)", "(backup-tui journal list)"),
    (r"5 Activity", "backup-tui journal list"),
    (r"Look at the request \(v\)", "Look at the request (backup-tui journal list, then journal show N)"),
    # the state of the service
    (r"It can be started when one ends\. Overview says when there is room; A then opens the review again",
     "It can be started when one ends; sessions activate ID --wait waits for that"),
    (r"\b[Tt]he Overview says\b", "backup-tui service show says"),
    (r" on the Overview\b", " (backup-tui service show)"),
    # signing in and opening
    (r"\bPress T to sign in(?: again)?, or set\b", "Sign in with backup-tui login, or set"),
    (r"\bPress T to sign in(?: again)?\b", "Sign in again: backup-tui login"),
    (r"\bPress T to choose the tenant\b", "Choose it with --profile or --tenant"),
    (r"\bT, or (?=backup-tui )", ""),
    (r"T opens it again for the new sign-in; a command is run again", "Run the command again"),
    # restores
    (r"; enter watches it\b", "; watch it: backup-tui sessions watch ID"),
    (r"[Ee]nter watches it\b", "Watch it: backup-tui sessions watch ID"),
    (r"When one ends, A opens its review\b", "When one ends, start it again; --wait waits for that"),
    (r"[Ee]nter creates (\d+) drafts", r"Make \1 drafts, one command each"),
    (r"the same time finds the nearest ones \(t chooses another time\)", "the same --before finds the nearest ones"),
    (r"Look for the points again, then t (?:chooses|takes) another time", "Look again with another --before"),
    (r"\bf takes the next (?:older|earlier) point(?: \([^)]*\))?; t (?:(?:chooses|takes) )?another time",
     "Draft it again with an earlier --before"),
    (r"\bf takes (.+?); t (?:(?:chooses|takes) )?another time", r"Draft it again with an earlier --before (\1)"),
    (r"\bf tries the unit again in a new draft\b", "Draft the unit again"),
    (r"\bthen f(?: (?:restores|tries) it again)?\b", "then draft it again"),
    (r"\(y copies its id if known\)", ""),
    (r"whole ids are copied with y\b", "lists show whole ids"),
    (r"\(f\)", "(sessions draft --to new)"),
    # protection
    (r"look who changed it \(enter\)", "look who changed it (backup-tui policies show ID)"),
    (r"take it back within the grace period \(O\)", "take it back within the grace period (units cancel-offboard ID)"),
    (r"activate it again later \(A\)", "activate it again later (policies activate ID)"),
    (r"deactivate it later \(X\)", "deactivate it later (policies deactivate ID)"),
    (r"; r (?:tries|reads) again\b", ""),
    # whatever else is only a key in brackets
    (r" \((?:[A-Za-z?]|enter|esc)\)", ""),
)  # fmt: skip


def for_commands(text: str) -> str:
    """A sentence of a use case or of a catalogue, with options and commands instead of keys."""
    told = text
    for pattern, words in _SPOKEN:
        told = re.sub(pattern, words, told)
    if told == text:
        return text  # its dots and spaces are intended
    return re.sub(r"  +", " ", told).replace(" ,", ",").replace(" .", ".")
