import type { RunInput } from "@/api/training";

/** The command that starts the same run; the token stands in a variable. */
export function curlOf(origin: string, input: RunInput): string {
  const body = JSON.stringify(input, null, 2).replaceAll("'", "'\\''");
  return [
    `curl -X POST ${origin}/api/v1/runs/ \\`,
    `  -H "Authorization: Bearer $STUDIO_TOKEN" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${body}'`,
  ].join("\n");
}
