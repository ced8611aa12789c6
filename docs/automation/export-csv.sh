#!/bin/sh
# Policies, protected units, restores and the journal of this machine as CSV files.
#   export-csv.sh /var/lib/backup-export
set -eu
folder=$1
tui=${BACKUP_TUI:-backup-tui}

umask 077
mkdir -p "$folder"
$tui policies list --output csv > "$folder/policies.csv"
$tui units list --output csv > "$folder/units.csv"
$tui sessions list --output csv > "$folder/sessions.csv"
$tui journal list --output csv > "$folder/journal.csv"
