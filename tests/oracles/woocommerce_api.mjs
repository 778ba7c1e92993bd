// WooCommerce's own JavaScript client, asked once: where and how, the verb, the address, the body.
import https from "node:https";
import library from "@woocommerce/woocommerce-rest-api";

const Client = library.default ?? library;
const [config, verb, path, body] = process.argv.slice(2).map((text) => JSON.parse(text));
const axiosConfig = { httpsAgent: new https.Agent({ rejectUnauthorized: false }), proxy: false };
const client = new Client({ version: "wc/v3", axiosConfig, ...config });
const sends = verb === "post" || verb === "put";
try {
  const { status, headers, data } = await (sends ? client[verb](path, body) : client[verb](path, body ?? {}));
  console.log(JSON.stringify({ status, headers, data }));
} catch (problem) {
  if (!problem.response) throw problem;
  const { status, headers, data } = problem.response;
  console.log(JSON.stringify({ status, headers, data }));
}
