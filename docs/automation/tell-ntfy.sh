#!/bin/sh
# Sends an event of backup-tui to a phone by ntfy. Needs curl and jq. Argument: the address of the topic.
set -eu
event=$(cat)
text=$(printf '%s' "$event" | jq -r .text)
case $(printf '%s' "$event" | jq -r .event) in
    first_failure | stalled | needs_yes) priority=high ;;
    *) priority=default ;;
esac
printf '%s' "$text" | curl --silent --show-error --fail --max-time 15 \
    -H "Title: backup-tui $(printf '%s' "$event" | jq -r .tenant)" -H "Priority: $priority" \
    --data-binary @- "$1" >/dev/null
