// Packs every built text file twice, so that the server only has to choose: Brotli and gzip.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("./dist/", import.meta.url).pathname;
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
for (const name of readdirSync(dist)) {
  if (!/\.(js|css|svg|json)$/.test(name)) continue;
  const content = readFileSync(join(dist, name));
  writeFileSync(join(dist, `${name}.br`), brotliCompressSync(content, quality));
  writeFileSync(join(dist, `${name}.gz`), gzipSync(content, { level: 9 }));
}
