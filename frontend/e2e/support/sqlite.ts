import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PYTHON } from "./stack";

const SCRIPT = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as link:
    link.execute("CREATE TABLE orders (age INTEGER, city TEXT, price REAL)")
    rows = [(20 + n, ("Oslo", "Paris", "Lima")[n % 3], n / 4) for n in range(int(sys.argv[2]))]
    link.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
`;

/** A database file with so many orders, written by SQLite itself. */
export function orders(count: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "studio-sqlite-"));
  try {
    const path = join(folder, "orders.db");
    execFileSync(PYTHON, ["-c", SCRIPT, path, String(count)]);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
