#!/bin/sh
# A restore of the accounts in a CSV file to new locations, in two steps, so that a person reads the review in between.
#   restore-from-csv.sh onedrive names.csv "2026-11-20 14:10"                  drafts, and shows the review
#   restore-from-csv.sh onedrive names.csv "2026-11-20 14:10" "restore 37"     starts it, and waits for its end
# Run again with the same words, it takes the same draft: nobody is restored twice. Names that cannot be found stop it.
set -eu
service=$1 list=$2 before=$3
tui=${BACKUP_TUI:-backup-tui}

key="csv-$(cksum "$list" | cut -d ' ' -f 1)"
session=$($tui sessions draft --service "$service" --units "$list" --before "$before" --to new --key "$key")
if [ $# -lt 4 ]; then
    exec $tui sessions review "$session"
fi
exec $tui sessions activate "$session" --confirm "$4" --wait
