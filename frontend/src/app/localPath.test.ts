import { describe, expect, it } from "vitest";
import { localPath } from "./localPath";

describe("where to go after signing in", () => {
  it("is the page one wanted to see", () => {
    expect(localPath("/p/1/runs?state=failed#log")).toBe("/p/1/runs?state=failed#log");
  });

  it("is the start page when nothing is wanted, or another site", () => {
    const elsewhere = [
      "https://example.org/",
      "//example.org",
      "/\\example.org",
      "javascript:alert(1)",
      "p/1",
      "",
    ];
    expect([undefined, ...elsewhere].map(localPath)).toEqual(Array(7).fill("/"));
  });
});
