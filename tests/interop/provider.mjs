// An OpenID provider that knows nothing of Microsoft, for one try of the sign-in (see openid_provider.py).
// Usage: node provider.mjs FOLDER PORT, where FOLDER holds node_modules, server.pem and server.key.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, port] = process.argv.slice(2);
const inFolder = createRequire(path.join(path.resolve(folder), "package.json"));
const { default: Provider } = await import(pathToFileURL(inFolder.resolve("oidc-provider")).href);

// The client asks below {authority}/{tenant}/v2.0, as Microsoft's addresses are made.
const MOUNT = "/contoso/v2.0";
const GRAPH = "https://graph.microsoft.com/.default";

const provider = new Provider(`https://localhost:${port}${MOUNT}`, {
  clients: [
    {
      client_id: "7c1f4e7a-92f7-4c1c-9a3e-52d1c0f3b6aa",
      token_endpoint_auth_method: "none",
      application_type: "native",
      grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
      redirect_uris: [],
      response_types: [],
    },
  ],
  scopes: ["openid", "offline_access", "profile", GRAPH],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
  conformIdTokenClaims: false,
  features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
  issueRefreshToken: async () => true,
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: "Alex Wilber", preferred_username: `${id}@contoso.example` }),
  }),
  ttl: { AccessToken: 600, DeviceCode: 300, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 600 },
  cookies: { keys: ["only for one try on this machine"] },
});

const answer = provider.callback();
const server = https.createServer(
  { cert: readFileSync(path.join(folder, "server.pem")), key: readFileSync(path.join(folder, "server.key")) },
  (request, response) => {
    console.error(`${request.method} ${request.url.split("?")[0]}`);
    if (!request.url.startsWith(MOUNT)) {
      response.writeHead(404).end();
      return;
    }
    request.originalUrl = request.url;
    request.url = request.url.slice(MOUNT.length) || "/";
    answer(request, response);
  },
);
server.listen(Number(port), "127.0.0.1", () => console.log(server.address().port));
