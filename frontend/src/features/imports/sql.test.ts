import { describe, expect, it } from "vitest";
import { draftOf, EMPTY_SQL, sourceOf } from "./sql";

const SERVER = {
  ...EMPTY_SQL,
  host: " db.example.com ",
  database: "shop",
  user: "reader",
  query: "SELECT 1",
};

describe("a query", () => {
  it("is sent with the usual port, and not before everything is there", () => {
    expect(sourceOf(SERVER)).toMatchObject({ driver: "postgresql", host: "db.example.com", port: 5432 });
    expect(sourceOf({ ...SERVER, driver: "mysql" })).toMatchObject({ port: 3306 });
    expect(sourceOf({ ...SERVER, query: " " })).toBeNull();
    expect(sourceOf({ ...SERVER, user: "" })).toBeNull();
  });

  it("on a SQLite file names the upload and no server", () => {
    const draft = { ...SERVER, driver: "sqlite", upload: { id: "u", name: "a.db" } } as const;
    expect(sourceOf(draft)).toEqual({
      driver: "sqlite",
      upload_id: "u",
      query: "SELECT 1",
      limit: 1_000_000,
    });
    expect(sourceOf({ ...draft, upload: null })).toBeNull();
  });

  it("that was refused is filled in again", () => {
    const source = sourceOf(SERVER);
    expect(source && draftOf({ sql: source }).host).toBe("db.example.com");
    expect(draftOf({ url: "https://example.com" })).toEqual(EMPTY_SQL);
  });
});
