import { describe, expect, it } from "vitest";
import { parsePeople } from "./invitees";

describe("pasting people", () => {
  it("reads user name, role and full name from CSV, TSV and Chinese commas", () => {
    const { people, problems } = parsePeople(
      "lin,reviewer,林晓梅\njonas\tannotator\tJonas Weber\nada，modeler",
      "viewer",
    );
    expect(problems).toEqual([]);
    expect(people).toEqual([
      { username: "lin", role: "reviewer", display_name: "林晓梅" },
      { username: "jonas", role: "annotator", display_name: "Jonas Weber" },
      { username: "ada", role: "modeler" },
    ]);
  });

  it("skips a head line and blank lines and fills in the usual role", () => {
    const { people } = parsePeople("username,role\n\nkim\n", "annotator");
    expect(people).toEqual([{ username: "kim", role: "annotator" }]);
  });

  it("names the line of each problem and keeps the good ones", () => {
    const { people, problems } = parsePeople("kim\nkim\nbob,boss\na b\n,viewer", "annotator");
    expect(people).toHaveLength(1);
    expect(problems).toEqual([
      { line: 2, problem: "twice", text: "kim" },
      { line: 3, problem: "role", text: "boss" },
      { line: 4, problem: "badName", text: "a b" },
      { line: 5, problem: "name", text: "" },
    ]);
  });
});
