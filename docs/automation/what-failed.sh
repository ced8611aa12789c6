#!/bin/sh
# Every unit that failed in the restores since a time, as CSV: session, unit, status, where to, point, reason.
#   what-failed.sh 24h > failed.csv
set -eu
since=${1:-24h}
tui=${BACKUP_TUI:-backup-tui}

sessions=$($tui sessions list --failed --since "$since" --columns id --output tsv | tail -n +2)
echo session,unit,status,to,point,result
for session in $sessions; do
    $tui sessions show "$session" --failed --columns unit,status,to,point,result --output csv |
        tail -n +2 | sed "s/^/$session,/"
done
