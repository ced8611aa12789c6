#!/bin/sh
# Waits until restores have ended, then runs a command with one line of what became of them on its standard input.
#   wait-and-notify.sh ./tell-ntfy.sh 61633878 d91e03b7
# Exit code: that of the wait (0; 6 if units failed).
set -eu
notify=$1
shift
tui=${BACKUP_TUI:-backup-tui}

code=0
$tui sessions watch "$@" --until-done --quiet > /dev/null || code=$?
for session in "$@"; do
    $tui sessions show "$session" --json=id,status,restoreSessionArtifactCount --output jsonl | "$notify"
done
exit "$code"
