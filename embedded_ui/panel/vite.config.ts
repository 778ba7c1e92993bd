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
    rollupOptions: { input: "src/main.tsx" },
  },
});
