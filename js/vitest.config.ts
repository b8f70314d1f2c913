import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { PICTURES_CSS: '""', SOURCES: '"test"' },
  test: { environment: "happy-dom", include: ["test/*.test.ts"] },
});
