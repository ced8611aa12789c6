// Does a whole restore with Microsoft's JavaScript client (npm package @microsoft/microsoft-graph-client) against the
// simulated service. The client shows a token to https addresses only, hence the front:
//
//     backup-tui simulator --port 8365 --speed 3600 &
//     python tests/interop/https_front.py /tmp/interop 8443 http://127.0.0.1:8365 &
//     cp tests/interop/javascript_client.mjs FOLDER_WITH_NODE_MODULES/
//     NODE_EXTRA_CA_CERTS=/tmp/interop/ca.pem node FOLDER_WITH_NODE_MODULES/javascript_client.mjs https://localhost:8443
import graph from "@microsoft/microsoft-graph-client";

const { Client, PageIterator } = graph;
const base = process.argv[2];
const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => "interop" },
  baseUrl: base,
  customHosts: new Set([new URL(base).hostname]),
});
const root = "/solutions/backupRestore";
const api = (path) => client.api(`${root}/${path}`);
const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

function expect(name, found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    console.log(`FAIL ${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    process.exit(1);
  }
  console.log(`ok   ${name}: ${JSON.stringify(found)}`);
}

async function until(path, wanted) {
  for (;;) {
    const found = await api(path).header("Prefer", "include-unknown-enum-members").get();
    if (wanted.includes(found.status)) return found;
    await pause();
  }
}

async function activate(session) {
  const started = await api(`restoreSessions/${session}/activate`).post();
  expect("activated, with no body", started.status, "activating");
  return until(`restoreSessions/${session}`, ["completed", "completedWithError", "failed"]);
}

async function refused(name, call, status, code) {
  try {
    await call();
  } catch (error) {
    expect(name, [error.statusCode, error.code], [status, code]);
    return;
  }
  expect(name, "done", code);
}

const period = { startDateTime: "2020-01-01T00:00:00Z", endDateTime: "2100-01-01T00:00:00+00:00" };
async function search(unit, more = {}) {
  const body = { protectionUnitIds: [unit.id], protectionTimePeriod: period, restorePointPreference: "latest", ...more };
  return api("restorePoints/search").post(body);
}

const service = await client.api(root).get();
expect("service", service.serviceStatus.status, "enabled");
const policies = await api("protectionPolicies").get();
expect("policies", policies.value.length, 4);

const units = [];
const iterator = new PageIterator(client, await api("protectionUnits").top(70).get(), (unit) => units.push(unit) > 0);
await iterator.iterate();
expect("units over all pages", [units.length, new Set(units.map((unit) => unit.id)).size], [300, 300]);
const casts = [];
for (const cast of ["microsoft.graph.mailboxProtectionUnit", "graph.siteProtectionUnit"]) {
  const found = await api(`protectionUnits/${cast}`).top(2).select("id").count(true).get();
  casts.push(...found.value);
}
expect("casts", casts.map((unit) => unit["@odata.type"].split(".").pop()), [
  "mailboxProtectionUnit",
  "mailboxProtectionUnit",
  "siteProtectionUnit",
  "siteProtectionUnit",
]);
const [mailbox, other, site] = casts;
const listed = await api("restorePoints")
  .expand(`protectionUnit($filter=id eq '${site.id}')`)
  .filter("protectionDateTime gt 2020-01-01T00:00:00+00:00")
  .orderby("protectionDateTime desc")
  .get();
expect("points of a site", listed.value.length, 5);

const point = (await search(mailbox)).searchResults[0].restorePoint;
const second = (await search(other)).searchResults[0].restorePoint;
const entry = (found) => ({ restorePoint: { id: found.id }, destinationType: "new" });
let session = await api("exchangeRestoreSessions").post({ mailboxRestoreArtifacts: [entry(point)] });
let artifacts = `exchangeRestoreSessions/${session.id}/mailboxRestoreArtifacts`;
const [first] = (await api(artifacts).get()).value;
const change = { "mailboxRestoreArtifacts@delta": [entry(second), { "@removed": { reason: "changed" }, id: first.id }] };
const changed = await api(`exchangeRestoreSessions/${session.id}`).patch(change);
expect("update", changed["mailboxRestoreArtifacts@delta"].length, 1);
await activate(session.id);
const row = (await api(artifacts).get()).value[0];
expect("artifact", [row.status, row.restorePoint.id], ["succeeded", second.id]);

const draft = await api("exchangeRestoreSessions").post({});
await api(`restoreSessions/${draft.id}`).delete();
await refused("deleted", () => api(`restoreSessions/${draft.id}`).get(), 404, "RestoreSessionNotFound");

session = await api("sharePointRestoreSessions").post({});
const requests = `sharePointRestoreSessions/${session.id}/siteRestoreArtifactsBulkAdditionRequests`;
const request = await api(requests).post({
  displayName: "interop",
  siteWebUrls: ["https://contoso.sharepoint.com/sites/finance", "https://contoso.sharepoint.com/sites/none"],
  protectionTimePeriod: period,
  destinationType: "inPlace",
  tags: "none",
  restorePointPreference: "latest",
});
expect("bulk request", request.status, "active");
await activate(session.id);
const resolved = await api(`${requests}/${request.id}`).get();
expect("bulk request", [resolved.status, resolved.error.details.map((each) => each.code)], [
  "completedWithErrors",
  ["SiteUrlNotFound"],
]);

const query = { queryExpression: "(HasAttachment -eq 'true')", artifactType: "message" };
const found = await search(mailbox, { artifactQuery: query });
session = await api("exchangeRestoreSessions").post({
  granularMailboxRestoreArtifacts: [
    { ...entry(found.searchResults[0].restorePoint), searchResponseId: found.searchResponseId },
  ],
});
expect("mails", (await activate(session.id)).status, "completed");

const express = (await search(site, { tags: "fastRestore" })).searchResults[0].restorePoint;
const browse = await api("sharePointBrowseSessions").post({ restorePointId: express.id });
await until(`sharePointBrowseSessions/${browse.id}`, ["created"]);
const look = (body) => api(`sharePointBrowseSessions/${browse.id}/browse`).post(body);
const [top] = (await look()).value;
const [library] = (await look({ browseLocationItemKey: top.itemKey })).value;
let page = await look({ browseLocationItemKey: library.itemKey, orderBy: "nameAsc" });
const rows = page.value;
while (page["@odata.nextLink"]) {
  page = await client.api(page["@odata.nextLink"]).get();
  rows.push(...page.value);
}
expect("rows of a library over all pages", rows.length, library.itemsCount);
session = await api("sharePointRestoreSessions").post({
  granularSiteRestoreArtifacts: [{ browseSessionId: browse.id, id: rows[0].itemKey }],
});
expect("files", (await activate(session.id)).status, "completed");
artifacts = `sharePointRestoreSessions/${session.id}/granularSiteRestoreArtifacts`;
expect("file", (await api(artifacts).get()).value.map((each) => each.status), ["succeeded"]);

const setting = await api("emailNotificationsSetting").get();
const answer = await api("emailNotificationsSetting").patch({ isEnabled: !setting.isEnabled });
expect("notifications", answer.isEnabled, !setting.isEnabled);
const app = await api("serviceApps").post({});
const active = await api(`serviceApps/${app.id}/activate`).post({ effectiveDateTime: "2100-01-01T00:00:00Z" });
expect("service app", active.status, "pendingActive");
await refused("a wrong id", () => api("restoreSessions/x/activate").post(), 400, "InvalidRestoreSessionId");
console.log("done");
