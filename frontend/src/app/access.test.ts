import { describe, expect, it } from "vitest";
import type { Me, Permission } from "@/api/types";
import { isClosed } from "./access";

const me = (...permissions: Permission[]): Me => ({
  id: "1",
  username: "jo",
  display_name: "",
  language: "en",
  theme: "system",
  is_admin: false,
  preferences: {},
  memberships: [{ project: "p", project_name: "P", role: "annotator", permissions }],
});
const annotator = me("access_project", "label_project");
const viewer = me("access_project", "view_project");

describe("pages that are closed to me", () => {
  it.each([
    "data",
    "versions",
    "train/new",
    "runs",
    "endpoints",
    "labels",
    "tasks/new",
    "members",
    "conflicts/1",
    "agreement/1",
  ])("closes %s to an annotator", (path) => expect(isClosed(annotator, "p", path)).toBe(true));

  it.each(["", "tasks", "annotate/1", "review/1"])("leaves %s open to an annotator", (path) =>
    expect(isClosed(annotator, "p", path)).toBe(false),
  );

  it("lets a viewer look, and shows no form that would be refused", () => {
    expect(isClosed(viewer, "p", "versions")).toBe(false);
    expect(isClosed(viewer, "p", "versions/0190-1")).toBe(false);
    expect(isClosed(viewer, "p", "versions/new")).toBe(true);
  });

  it("leaves what it cannot know to the server", () => {
    expect(isClosed(annotator, "another", "data")).toBe(false);
    expect(isClosed({ ...annotator, is_admin: true }, "p", "data")).toBe(false);
  });
});
