// How the panel is built: hashed files under /panel/assets, named by a manifest for the server.
import { defineConfig, type Plugin } from "vite";
import react from "@vitejs/plugin-react";

const FONT = "inter-latin-wght-normal.woff2";

// What a page runs from its first moment on. By itself a browser compiles each function when it is first called, while
// the page waits for it; told so, it compiles these files on another thread while they come (V8's compile hints).
const FROM_THE_START = /^(early|frame|common|steps|builder|inspector)$/;

const compiledAhead: Plugin = {
  name: "compiled-ahead",
  generateBundle: {
    order: "post", // the hint is heard on a file's first line only
    handler(_, files) {
      for (const file of Object.values(files)) {
        if (file.type !== "chunk" || !(FROM_THE_START.test(file.name) || file.facadeModuleId?.includes("/src/pages/"))) continue;
        file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
      }
    },
  },
};

export default defineConfig({
  base: "/panel/assets/",
  plugins: [react(), compiledAhead],
  // Of the font, the file that every page needs is ours: the package's, cut by `python -m setup.font`.
  resolve: { alias: [{ find: `./files/${FONT}`, replacement: new URL(`src/font/${FONT}`, import.meta.url).pathname }] },
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
            // What waits for nothing, and what words need that others wait for.
            { name: "early", test: /src[\\/](early|words[\\/]\w+[\\/]plural)\.ts/, priority: 5 },
            { name: "frame", tags: ["$initial"], priority: 4 },
            // What most pages have: a page that lacks one of them pays some bytes, and saves a request.
            {
              name: "common",
              test: /@tanstack|use-sync-external-store|lucide-react|src[\\/](same|readable|ui[\\/](BackHead|badges|Period|Recipes|useSettled)|flow[\\/]StepIcon)\.tsx?/,
              priority: 3,
              minShareCount: 3,
            },
            // How a flow's steps are read and changed: the builder's, the message editor's and the recipes'.
            {
              name: "steps",
              test: /src[\\/](flow[\\/]words|ui[\\/]sentence|inspector[\\/]events|builder[\\/](document|edits|history|telling|clip|palette|local|words))\.ts/,
              priority: 2,
              minShareCount: 2,
            },
            // What the builder has from the start, and its menus and forms use when they have come.
            { name: "builder", test: /icons[\\/](copy-plus|chevrons-up-down)|src[\\/](builder|inspector)[\\/](?!(Menus|Dialogs|Forms|PublishSheet|Problems|Versions|PauseButton|TestSheet|Sheet|changes|OptInLinks)\b)/, priority: 1, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
