import type { Invitee } from "@/api/people";
import type { Role } from "@/api/types";
import { ROLES } from "./words";

export type LineProblem = "name" | "badName" | "role" | "twice";

export interface BadLine {
  line: number;
  problem: LineProblem;
  text: string;
}

export interface ParsedPeople {
  people: Invitee[];
  problems: BadLine[];
}

const USERNAME = /^[\w.@+-]{1,150}$/;
const HEADS = new Set(["username", "user name", "user", "name", "用户名"]);

function cells(line: string): string[] {
  return line.split(/[,;\t，；]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

function roleOf(text: string, fallback: Role): Role | null {
  if (!text) return fallback;
  return ROLES.find((role) => role === text.toLowerCase()) ?? null;
}

function readLine(
  line: number,
  [username = "", role = "", name = ""]: string[],
  fallback: Role,
): Invitee | BadLine {
  if (!username) return { line, problem: "name", text: "" };
  if (!USERNAME.test(username)) return { line, problem: "badName", text: username };
  const known = roleOf(role, fallback);
  if (!known) return { line, problem: "role", text: role };
  return { username, role: known, ...(name ? { display_name: name } : {}) };
}

/** `user name, role, full name` a line, as pasted from a spreadsheet or a CSV file with or without a head. */
export function parsePeople(text: string, fallback: Role): ParsedPeople {
  const people: Invitee[] = [];
  const problems: BadLine[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const parts = cells(line);
    if (line.trim() === "" || (index === 0 && HEADS.has(parts[0]?.toLowerCase() ?? ""))) continue;
    const read = readLine(index + 1, parts, fallback);
    if ("problem" in read) problems.push(read);
    else if (seen.has(read.username))
      problems.push({ line: index + 1, problem: "twice", text: read.username });
    else {
      seen.add(read.username);
      people.push(read);
    }
  }
  return { people, problems };
}
