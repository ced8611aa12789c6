#!/bin/sh
# A drill with a few units drawn by lot, to a new location, and its report with what was measured.
#   nightly-drill.sh onedrive 5 /var/lib/drills
# Exit code: 0; 6 if units failed or fewer could be tested. Nothing is overwritten: a drill goes to new locations only.
set -eu
service=$1 units=$2 folder=$3
tui=${BACKUP_TUI:-backup-tui}

umask 077
mkdir -p "$folder"

drill=$($tui drill new --service "$service" --units "$units" --json=id,sessionId --output jsonl)
id=$(printf '%s' "$drill" | sed 's/.*"id": "\([^"]*\)".*/\1/')
session=$(printf '%s' "$drill" | sed 's/.*"sessionId": "\([^"]*\)".*/\1/')
phrase=$($tui sessions review "$session" --json=phrase --output jsonl | sed 's/.*"phrase": "\(.*\)"}/\1/')

code=0
$tui sessions activate "$session" --confirm "$phrase" --wait || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 6 ] || exit "$code"
$tui drill report "$id" --to "$folder/$id"
exit "$code"
