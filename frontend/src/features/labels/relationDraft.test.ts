import { expect, test } from "vitest";
import { newDraft } from "./draft";
import { newRelation, relationFault, relationsSent, withoutClass } from "./relationDraft";

const person = { ...newDraft([], "person"), id: "p1", key_id: "p1" };
const firm = newDraft([], " firm ");
const works = {
  ...newRelation(),
  name: " works for ",
  from_classes: ["p1", "gone"],
  to_classes: [firm.key_id],
};

test("saved classes are named by their ids, new ones by their names, and those that are gone stay named", () => {
  expect(relationsSent([works], [person, firm])).toEqual([
    { name: "works for", name_zh: "", color: "", from_classes: ["p1", "gone"], to_classes: ["firm"] },
  ]);
});

test("a class that goes before it was saved goes from the types too", () => {
  expect(withoutClass([works], firm.key_id)[0]?.to_classes).toEqual([]);
});

test("types need names of their own, whatever the case", () => {
  const other = { ...newRelation(), name: "Works for" };
  expect([relationFault([]), relationFault([works]), relationFault([works, other])]).toEqual([
    null,
    null,
    "duplicate",
  ]);
  expect(relationFault([newRelation()])).toBe("name");
});
