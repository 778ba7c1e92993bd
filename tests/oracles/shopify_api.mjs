// Shopify's own library, asked over stdin and stdout: one JSON request a line, one answer a line.
import "@shopify/shopify-api/adapters/web-api";
import { createInterface } from "node:readline";
import { shopifyApi, ApiVersion, LogSeverity, RequestedTokenType } from "@shopify/shopify-api";
import { setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { SignJWT } from "jose";

const config = JSON.parse(process.argv[2]);
const shopify = shopifyApi({
  apiKey: config.clientId,
  apiSecretKey: config.secret,
  apiVersion: ApiVersion.October26,
  hostName: "app.example.com",
  isEmbeddedApp: true,
  scopes: ["read_orders"],
  logger: { level: LogSeverity.Error, log: async () => {} },
});

const tokenAnswer = {
  access_token: "shpat_1", scope: "read_orders", expires_in: 3600,
  refresh_token: "shprt_1", refresh_token_expires_in: 7776000,
};
let sent = [];
setAbstractFetchFunc(async (url, init) => {
  const headers = Object.fromEntries(new Headers(init.headers).entries());
  sent.push({ url: String(url), method: init.method, headers, body: JSON.parse(init.body) });
  return new Response(JSON.stringify(tokenAnswer), {
    status: 200, headers: { "Content-Type": "application/json" },
  });
});

const captured = async (call) => {
  sent = [];
  await call();
  return sent[0];
};

const answers = {
  query: ({ query }) => shopify.utils.validateHmac(query),
  webhook: ({ headers, body }) => shopify.webhooks.validate({
    rawBody: body,
    rawRequest: new Request("https://app.example.com/webhooks", { method: "POST", headers, body }),
    rawResponse: {},
  }),
  decode: ({ token }) => shopify.session.decodeSessionToken(token),
  sign: ({ claims }) => new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(config.secret)),
  exchange: ({ shop, token }) => captured(() => shopify.auth.tokenExchange({
    shop, sessionToken: token, expiring: true,
    requestedTokenType: RequestedTokenType.OfflineAccessToken,
  })),
  refresh: ({ shop, token }) => captured(
    () => shopify.auth.refreshToken({ shop, refreshToken: token }),
  ),
  migrate: ({ shop, token }) => captured(
    () => shopify.auth.migrateToExpiringToken({ shop, nonExpiringOfflineAccessToken: token }),
  ),
  embedded: ({ host }) => shopify.auth.buildEmbeddedAppUrl(host),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { ask, ...details } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: await answers[ask](details) }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error.constructor.name}: ${error.message}` }));
  }
}
