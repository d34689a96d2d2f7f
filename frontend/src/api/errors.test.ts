import { describe, expect, it } from "vitest";
import { AppError } from "./errors";

const error = (code: string, status: number) => new AppError({ code, status, detail: "" });

describe("whether sending the same again can help", () => {
  it.each([
    ["archive_damaged", 422],
    ["archive_bomb", 422],
    ["payload_too_large", 413],
    ["unsupported_media", 415],
  ])("cannot, for %s", (code, status) => expect(error(code, status).isFinal).toBe(true));

  it.each([
    ["network", 0],
    ["upload_incomplete", 422],
    ["not_ready", 503],
    ["storage_full", 507],
    ["not_authenticated", 401],
  ])("can, for %s", (code, status) => expect(error(code, status).isFinal).toBe(false));
});
