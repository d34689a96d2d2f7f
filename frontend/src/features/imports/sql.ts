import type { RemoteSource, SqlSource } from "@/api/imports";

export const DRIVERS = ["postgresql", "mysql", "sqlite"] as const;
export const TLS = ["verify", "require", "off"] as const;
export const MAX_ROWS = 1_000_000;
const PORTS = { postgresql: 5432, mysql: 3306, sqlite: 0 } as const;

/** What is filled in; `upload` is the SQLite file once it has been sent. */
export interface SqlDraft {
  driver: (typeof DRIVERS)[number];
  host: string;
  port: number | null;
  database: string;
  user: string;
  password: string;
  tls: (typeof TLS)[number];
  query: string;
  limit: number | null;
  upload: { id: string; name: string } | null;
}

export const EMPTY_SQL: SqlDraft = {
  driver: "postgresql",
  host: "",
  port: null,
  database: "",
  user: "",
  password: "",
  tls: "require",
  query: "",
  limit: MAX_ROWS,
  upload: null,
};

export const usualPort = (driver: SqlDraft["driver"]): number => PORTS[driver];

/** What is sent; null while something is missing. */
export function sourceOf(draft: SqlDraft): SqlSource | null {
  const query = draft.query.trim();
  const limit = draft.limit ?? MAX_ROWS;
  if (query === "") return null;
  if (draft.driver === "sqlite")
    return draft.upload ? { driver: "sqlite", upload_id: draft.upload.id, query, limit } : null;
  const [host, database, user] = [draft.host.trim(), draft.database.trim(), draft.user.trim()];
  if (host === "" || database === "" || user === "") return null;
  const { driver, password, tls } = draft;
  const port = draft.port ?? usualPort(driver);
  return { driver, host, port, database, user, password, tls, query, limit };
}

/** A source that was tried, to be mended; the password stays in this page only. */
export function draftOf(source: RemoteSource | null | undefined): SqlDraft {
  if (!source || !("sql" in source)) return EMPTY_SQL;
  const { sql } = source;
  if (sql.driver === "sqlite") {
    const { driver, query, limit, upload_id: id } = sql;
    return { ...EMPTY_SQL, driver, query, limit, upload: { id, name: "SQLite" } };
  }
  return { ...EMPTY_SQL, ...sql };
}
