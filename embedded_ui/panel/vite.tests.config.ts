// The tests of pure code, made into one file that any Node of ours runs: `npm test`.
import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

const tests = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));

export default defineConfig({
  logLevel: "warn",
  build: {
    ssr: true,
    outDir: "node_modules/.tests",
    emptyOutDir: true,
    rollupOptions: { input: tests.map((name) => `src/${name}`), output: { format: "esm", entryFileNames: "[name].mjs" } },
  },
});
