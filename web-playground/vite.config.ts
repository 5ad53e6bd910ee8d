import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API. */
const server = process.env["CLOUD_CONNECTOR_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  // Assets are found relative to their page: the whole may live under any path.
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    outDir: ".build",
    target: "es2023",
    modulePreload: { polyfill: false },
    // Nothing is inlined: the Content-Security-Policy allows files of our own only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      input: ["index.html", "fleet.html"],
      onLog: (level, log, show) => {
        // GraphiQL's hints to the React compiler, meaningless by now; they would hide warnings that matter.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") show(level, log);
      },
    },
  },
  server: { proxy: { "/graphql": { target: server, ws: true } } },
  preview: { proxy: { "/graphql": { target: server, ws: true } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
