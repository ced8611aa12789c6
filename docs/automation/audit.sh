#!/bin/sh
# Evidence of the restores since a time: a report with check sums, what was sent from here, and the check of the report.
#   audit.sh 31d /srv/audit/2026-11
set -eu
since=$1 folder=$2
tui=${BACKUP_TUI:-backup-tui}

umask 077
sessions=$($tui sessions list --since "$since" --columns id --output tsv | tail -n +2)
[ -n "$sessions" ] || { echo "No restore since $since." >&2; exit 0; }
# shellcheck disable=SC2086  # ids have no blanks
$tui report create $sessions --to "$folder"
$tui report verify "$folder"
$tui journal list --since "$since" --output csv > "$folder.journal.csv"
