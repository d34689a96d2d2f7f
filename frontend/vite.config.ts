import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const BACKEND = process.env.STUDIO_DEV_BACKEND ?? "http://127.0.0.1:8000";
const PROXIED = ["/api", "/media", "/admin", "/static", "/healthz", "/readyz"];

export default defineConfig({
  base: "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    assetsDir: "assets",
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    port: Number(process.env.STUDIO_DEV_PORT ?? 5173),
    proxy: Object.fromEntries(PROXIED.map((path) => [path, { target: BACKEND, changeOrigin: false }])),
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    restoreMocks: true,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
