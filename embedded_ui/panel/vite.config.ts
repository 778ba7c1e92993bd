// How the panel is built: hashed files under /panel/assets, named by a manifest for the server.
import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";

export default defineConfig({
  base: "/panel/assets/",
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsDir: "",
    manifest: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["src/early.ts", "src/main.tsx"],
      output: {
        codeSplitting: {
          // Each file costs a request of its own, each byte its way: what goes together comes together. Chunks
          // of pages may wait for words (`await import`), so no group may make two chunks need each other.
          groups: [
            { name: "early", test: /src[\\/]early\.ts/, priority: 5 },
            { name: "frame", tags: ["$initial"], priority: 4 },
            { name: "frame", test: /@tanstack|use-sync-external-store/, priority: 4 },
            { name: "icons", test: /lucide-react/, priority: 3, minShareCount: 3 },
            {
              name: "steps",
              test: /src[\\/](flow|builder)[\\/]/,
              priority: 1,
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 3_000,
            },
          ],
        },
      },
    },
  },
});
