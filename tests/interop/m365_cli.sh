#!/bin/sh
# Does a whole restore with the CLI for Microsoft 365 (npm package @pnp/cli-microsoft365) against the simulated service.
#
#     backup-tui simulator --port 8365 --speed 3600 &
#     M365="npx m365" HOME=$(mktemp -d) sh tests/interop/m365_cli.sh http://127.0.0.1:8365
#
# The CLI signs in as a managed identity, which the simulated identity platform has: plain http on this machine will do.
# A folder of its own as HOME keeps the real sign-in of the CLI out of it.
set -eu

service=${1:?the address of the service, such as http://127.0.0.1:8365}
root=$service/v1.0/solutions/backupRestore
m365=${M365:-m365}
export IDENTITY_ENDPOINT="$service/_authority/msi/token" IDENTITY_HEADER=interop CLIMICROSOFT365_NOUPDATE=1

# call METHOD PATH JMESPATH [BODY]: prints what the expression picks from the answer
call() {
    if [ $# -gt 3 ]; then
        $m365 request --method "$1" --url "$root/$2" --resource https://graph.microsoft.com --output text --query "$3" \
            --body "$4" --content-type application/json
    else
        $m365 request --method "$1" --url "$root/$2" --resource https://graph.microsoft.com --output text --query "$3"
    fi
}

# expect NAME FOUND WANTED
expect() {
    if [ "$2" != "$3" ]; then
        echo "FAIL $1: $2 instead of $3"
        exit 1
    fi
    echo "ok   $1: $2"
}

# wait_for PATH EXPRESSION VALUE: reads again until the expression picks the value
wait_for() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        found=$(call get "$1" "$2")
        [ "$found" != "$3" ] || break
        sleep 1
    done
    expect "$1" "$found" "$3"
}

$m365 login --authType identity >/dev/null
expect "service" "$(call get "" serviceStatus.status)" enabled
expect "policies" "$(call get protectionPolicies 'length(value)')" 4
expect "cast" "$(call get 'protectionUnits/microsoft.graph.mailboxProtectionUnit?$top=1' 'value[0]."@odata.type"')" \
    "#microsoft.graph.mailboxProtectionUnit"
mailbox=$(call get 'protectionUnits/graph.mailboxProtectionUnit?%24top=1' 'value[0].id')
account=$(call get 'MailboxProtectionUnits?$top=1' 'value[0].directoryObjectId')
site=$(call get 'siteProtectionUnits?$top=1&$select=id' 'value[0].id')
period='{"startDateTime":"2020-01-01T00:00:00Z","endDateTime":"2100-01-01T00:00:00+00:00"}'
search="\"protectionTimePeriod\":$period"

listed="restorePoints?\$expand=protectionUnit(\$filter=id%20eq%20'$site')&\$filter=protectionDateTime%20gt%202020-01-01T00:00:00Z"
expect "points of a site" "$(call get "$listed&orderBy=protectionDateTime%20desc" 'length(value)')" 5
point=$(call post restorePoints/search 'searchResults[0].restorePoint.id' "{\"protectionUnitIds\":[\"$mailbox\"],$search}")

entry="{\"restorePoint\":{\"id\":\"$point\"},\"destinationType\":\"new\"}"
session=$(call post exchangeRestoreSessions id "{\"mailboxRestoreArtifacts\":[$entry]}")
artifact=$(call get "exchangeRestoreSessions/$session/mailboxRestoreArtifacts" 'value[0].id')
removal="{\"@removed\":{\"reason\":\"changed\"},\"id\":\"$artifact\"}"
expect "update" "$(call patch "exchangeRestoreSessions/$session" 'length("mailboxRestoreArtifacts@delta")' \
    "{\"mailboxRestoreArtifacts@delta\":[$removal,$entry]}")" 1
expect "activate, with no body" "$(call post "restoreSessions/$session/activate" status)" activating
wait_for "restoreSessions/$session" status completed
wait_for "exchangeRestoreSessions/$session/mailboxRestoreArtifacts" 'value[0].status' succeeded

session=$(call post exchangeRestoreSessions id '{}')
bulk="exchangeRestoreSessions/$session/mailboxRestoreArtifactsBulkAdditionRequests"
request=$(call post "$bulk" id "{\"displayName\":\"interop\",\"directoryObjectIds\":[\"$account\"],$search,\
\"destinationType\":\"inPlace\",\"tags\":\"none\",\"restorePointPreference\":\"latest\"}")
expect "bulk request" "$(call get "$bulk/$request" status)" active
call post "restoreSessions/$session/activate" status >/dev/null
wait_for "$bulk/$request" status completed
wait_for "restoreSessions/$session" status completed

query='{"queryExpression":"(HasAttachment -eq '"'true'"')","artifactType":"message"}'
found=$(call post restorePoints/search '[searchResponseId, searchResults[0].restorePoint.id] | join(`,`, @)' \
    "{\"protectionUnitIds\":[\"$mailbox\"],$search,\"artifactQuery\":$query}")
session=$(call post exchangeRestoreSessions id "{\"granularMailboxRestoreArtifacts\":[{\"searchResponseId\":\"${found%%,*}\",\
\"restorePoint\":{\"id\":\"${found#*,}\"},\"destinationType\":\"new\"}]}")
call post "restoreSessions/$session/activate" status >/dev/null
wait_for "restoreSessions/$session" status completed

point=$(call post restorePoints/search 'searchResults[0].restorePoint.id' \
    "{\"protectionUnitIds\":[\"$site\"],$search,\"tags\":\"fastRestore\"}")
browse=sharePointBrowseSessions/$(call post sharePointBrowseSessions id "{\"restorePointId\":\"$point\"}")
wait_for "$browse" status created
top=$(call post "$browse/browse" 'value[0].itemKey')
library=$(call post "$browse/browse" 'value[0].itemKey' "{\"browseLocationItemKey\":\"$top\"}")
place="{\"browseLocationItemKey\":\"$library\",\"orderBy\":\"nameAsc\"}"
next=$(call post "$browse/browse" '"@odata.nextLink"' "$place")
expect "first page" "$(call post "$browse/browse" '"@odata.count"' "$place")" 10
expect "a later page" "$(call get "$browse/browse?${next#*\?}" 'length(value) > `0`')" true
item=$(call post "$browse/browse" 'value[0].itemKey' "$place")
session=$(call post sharePointRestoreSessions id \
    "{\"granularSiteRestoreArtifacts\":[{\"browseSessionId\":\"${browse#*/}\",\"id\":\"$item\"}]}")
call post "restoreSessions/$session/activate" status >/dev/null
wait_for "sharePointRestoreSessions/$session/granularSiteRestoreArtifacts" 'value[0].status' succeeded

expect "notifications" "$(call get emailNotificationsSetting 'type(isEnabled)')" boolean
app=$(call post serviceApps id '{}')
expect "service app" "$(call get "serviceApps/$app" status)" inactive
echo "done"
