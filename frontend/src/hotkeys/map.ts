/**
 * Every key of the app, by physical position (`KeyboardEvent.code`), so that an input method or another
 * layout changes nothing. Two actions on one key in scopes that can be alive together fail the tests.
 */
export type Scope =
  | "global"
  | "dialog"
  | "gallery"
  | "annotate"
  | "review"
  | "conflict"
  | "classify"
  | "boxes"
  | "draw"
  | "ask"
  | "asking"
  | "grid"
  | "spans"
  | "relate"
  | "linking"
  | "sound"
  | "regions"
  | "rows";

export interface Binding {
  readonly action: string;
  readonly scope: Scope;
  readonly code: string;
  readonly mod?: boolean;
  readonly shift?: boolean;
  /** Also while typing in a text field. */
  readonly typing?: boolean;
}

/** Scopes that are alive at the same time as the first one. */
export const TOGETHER: Readonly<Record<Scope, readonly Scope[]>> = {
  global: [],
  dialog: [],
  gallery: ["global"],
  rows: ["global"],
  annotate: ["global"],
  review: ["global"],
  conflict: ["global"],
  classify: ["annotate", "global"],
  boxes: ["annotate", "review", "conflict", "global"],
  // In a review or a conflict only while it fixes, when the reviewer's own letters rest.
  draw: ["annotate", "boxes", "global"],
  ask: ["annotate", "boxes", "draw", "spans", "sound", "regions", "global"],
  // While attributes are asked its keys come first: digits are values, and Enter does not submit.
  asking: ["global"],
  grid: ["global"],
  spans: ["annotate", "review", "conflict", "global"],
  // In a review only while it fixes, when the reviewer's own letters rest.
  relate: ["annotate", "ask", "spans", "global"],
  // While a relation is made its keys come first: digits are types, and Enter does not submit.
  linking: ["global"],
  sound: ["annotate", "review", "conflict", "global"],
  regions: ["sound", "annotate", "review", "conflict", "global"],
};

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const KEY_MAP = [
  { action: "palette", scope: "global", code: "KeyK", mod: true, typing: true },
  { action: "keys", scope: "global", code: "Slash", shift: true },

  { action: "previous", scope: "gallery", code: "ArrowLeft" },
  { action: "next", scope: "gallery", code: "ArrowRight" },
  { action: "open", scope: "gallery", code: "Enter" },

  { action: "rowUp", scope: "rows", code: "ArrowUp" },
  { action: "rowDown", scope: "rows", code: "ArrowDown" },
  { action: "takeUp", scope: "rows", code: "ArrowUp", shift: true },
  { action: "takeDown", scope: "rows", code: "ArrowDown", shift: true },
  { action: "deleteRows", scope: "rows", code: "Delete" },
  { action: "clearRows", scope: "rows", code: "Escape" },

  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "annotate", code: `Digit${n}` }) as const),
  ...DIGITS.map(
    (n) => ({ action: `class${n + 9}`, scope: "annotate", code: `Digit${n}`, shift: true }) as const,
  ),
  { action: "findClass", scope: "annotate", code: "Slash" },
  { action: "submit", scope: "annotate", code: "Enter" },
  { action: "skip", scope: "annotate", code: "KeyS" },
  { action: "nextTask", scope: "annotate", code: "KeyD" },
  { action: "previousTask", scope: "annotate", code: "KeyA" },
  { action: "undo", scope: "annotate", code: "KeyZ", mod: true },
  { action: "redo", scope: "annotate", code: "KeyZ", mod: true, shift: true },
  { action: "redo", scope: "annotate", code: "KeyY", mod: true },
  { action: "takeBack", scope: "annotate", code: "KeyU" },
  { action: "guideline", scope: "annotate", code: "KeyI" },
  { action: "confirmOne", scope: "annotate", code: "KeyG" },
  { action: "confirmAll", scope: "annotate", code: "KeyG", shift: true },

  { action: "accept", scope: "review", code: "KeyA" },
  { action: "reject", scope: "review", code: "KeyR" },
  { action: "fix", scope: "review", code: "KeyE" },
  { action: "nextTask", scope: "review", code: "KeyD" },
  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "review", code: `Digit${n}` }) as const),
  { action: "submit", scope: "review", code: "Enter" },
  { action: "undo", scope: "review", code: "KeyZ", mod: true },
  { action: "redo", scope: "review", code: "KeyZ", mod: true, shift: true },

  // Digits choose an answer, with Shift show or hide it; while an answer of one's own is made they are classes.
  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "conflict", code: `Digit${n}` }) as const),
  ...DIGITS.map(
    (n) => ({ action: `class${n + 9}`, scope: "conflict", code: `Digit${n}`, shift: true }) as const,
  ),
  { action: "agreedPart", scope: "conflict", code: "Digit0" },
  { action: "agreedShown", scope: "conflict", code: "Digit0", shift: true },
  { action: "fix", scope: "conflict", code: "KeyE" },
  { action: "nextTask", scope: "conflict", code: "KeyD" },
  { action: "arrange", scope: "conflict", code: "KeyG" },
  { action: "submit", scope: "conflict", code: "Enter" },
  { action: "undo", scope: "conflict", code: "KeyZ", mod: true },
  { action: "redo", scope: "conflict", code: "KeyZ", mod: true, shift: true },

  { action: "toolSelect", scope: "boxes", code: "KeyV" },
  { action: "fit", scope: "boxes", code: "KeyF" },
  { action: "zoomSelection", scope: "boxes", code: "KeyZ" },
  { action: "zoomIn", scope: "boxes", code: "Equal" },
  { action: "zoomOut", scope: "boxes", code: "Minus" },
  { action: "nextObject", scope: "boxes", code: "Tab" },
  { action: "previousObject", scope: "boxes", code: "Tab", shift: true },
  { action: "nudgeLeft", scope: "boxes", code: "ArrowLeft" },
  { action: "nudgeRight", scope: "boxes", code: "ArrowRight" },
  { action: "nudgeUp", scope: "boxes", code: "ArrowUp" },
  { action: "nudgeDown", scope: "boxes", code: "ArrowDown" },
  { action: "nudgeLeft10", scope: "boxes", code: "ArrowLeft", shift: true },
  { action: "nudgeRight10", scope: "boxes", code: "ArrowRight", shift: true },
  { action: "nudgeUp10", scope: "boxes", code: "ArrowUp", shift: true },
  { action: "nudgeDown10", scope: "boxes", code: "ArrowDown", shift: true },
  { action: "delete", scope: "boxes", code: "Delete" },
  { action: "delete", scope: "boxes", code: "Backspace" },
  { action: "copy", scope: "boxes", code: "KeyC", mod: true },
  { action: "paste", scope: "boxes", code: "KeyV", mod: true },
  { action: "copyPrevious", scope: "boxes", code: "KeyC" },
  { action: "selectAll", scope: "boxes", code: "KeyA", mod: true },
  { action: "hideOthers", scope: "boxes", code: "KeyH" },
  { action: "opacity", scope: "boxes", code: "KeyO" },
  { action: "lock", scope: "boxes", code: "KeyL" },
  { action: "stepBack", scope: "boxes", code: "Escape" },

  { action: "toolBox", scope: "draw", code: "KeyB" },
  { action: "toolRotated", scope: "draw", code: "KeyR" },
  { action: "toolPolygon", scope: "draw", code: "KeyP" },
  { action: "toolPolyline", scope: "draw", code: "KeyN" },
  { action: "toolKeypoints", scope: "draw", code: "KeyK" },
  { action: "toolBrush", scope: "draw", code: "KeyM" },
  { action: "toolEraser", scope: "draw", code: "KeyE" },
  { action: "toolMagic", scope: "draw", code: "KeyQ" },
  { action: "hole", scope: "draw", code: "KeyW" },
  { action: "split", scope: "draw", code: "KeyX", shift: true },
  { action: "merge", scope: "draw", code: "KeyM", shift: true },
  { action: "cutOverlap", scope: "draw", code: "KeyO", shift: true },
  { action: "fillHoles", scope: "draw", code: "KeyW", shift: true },
  { action: "simplify", scope: "draw", code: "KeyY" },
  { action: "turnOver", scope: "draw", code: "Backslash" },
  { action: "corners", scope: "draw", code: "KeyJ" },
  { action: "turnLeft", scope: "draw", code: "Comma", shift: true },
  { action: "turnRight", scope: "draw", code: "Period", shift: true },
  { action: "pointAbsent", scope: "draw", code: "Comma" },
  { action: "pointHidden", scope: "draw", code: "Period" },
  { action: "pointSeen", scope: "draw", code: "Semicolon" },
  { action: "brushSmaller", scope: "draw", code: "BracketLeft" },
  { action: "brushLarger", scope: "draw", code: "BracketRight" },

  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "grid", code: `Digit${n}` }) as const),
  ...DIGITS.map((n) => ({ action: `class${n + 9}`, scope: "grid", code: `Digit${n}`, shift: true }) as const),
  { action: "findClass", scope: "grid", code: "Slash" },
  { action: "submit", scope: "grid", code: "Enter" },
  { action: "undo", scope: "grid", code: "KeyZ", mod: true },
  { action: "redo", scope: "grid", code: "KeyZ", mod: true, shift: true },
  { action: "redo", scope: "grid", code: "KeyY", mod: true },
  { action: "tileLeft", scope: "grid", code: "ArrowLeft" },
  { action: "tileRight", scope: "grid", code: "ArrowRight" },
  { action: "tileUp", scope: "grid", code: "ArrowUp" },
  { action: "tileDown", scope: "grid", code: "ArrowDown" },
  { action: "pickLeft", scope: "grid", code: "ArrowLeft", shift: true },
  { action: "pickRight", scope: "grid", code: "ArrowRight", shift: true },
  { action: "pickUp", scope: "grid", code: "ArrowUp", shift: true },
  { action: "pickDown", scope: "grid", code: "ArrowDown", shift: true },
  { action: "selectAll", scope: "grid", code: "KeyA", mod: true },
  { action: "pickNone", scope: "grid", code: "Escape" },
  { action: "look", scope: "grid", code: "Space" },

  { action: "ask", scope: "ask", code: "KeyT" },
  { action: "sweep", scope: "ask", code: "KeyT", shift: true },

  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "asking", code: `Digit${n}` }) as const),
  ...DIGITS.map(
    (n) => ({ action: `class${n + 9}`, scope: "asking", code: `Digit${n}`, shift: true }) as const,
  ),
  { action: "noValue", scope: "asking", code: "Digit0" },
  { action: "nextAsked", scope: "asking", code: "Enter" },
  { action: "nextAsked", scope: "asking", code: "Tab" },
  { action: "previousAsked", scope: "asking", code: "Tab", shift: true },
  { action: "endAsking", scope: "asking", code: "Escape" },

  { action: "placeLeft", scope: "spans", code: "ArrowLeft" },
  { action: "placeRight", scope: "spans", code: "ArrowRight" },
  { action: "extendLeft", scope: "spans", code: "ArrowLeft", shift: true },
  { action: "extendRight", scope: "spans", code: "ArrowRight", shift: true },
  { action: "wordLeft", scope: "spans", code: "KeyH" },
  { action: "wordRight", scope: "spans", code: "KeyL" },
  { action: "extendWordLeft", scope: "spans", code: "KeyH", shift: true },
  { action: "extendWordRight", scope: "spans", code: "KeyL", shift: true },
  { action: "lineUp", scope: "spans", code: "ArrowUp" },
  { action: "lineUp", scope: "spans", code: "KeyK" },
  { action: "lineDown", scope: "spans", code: "ArrowDown" },
  { action: "lineDown", scope: "spans", code: "KeyJ" },
  { action: "extendUp", scope: "spans", code: "ArrowUp", shift: true },
  { action: "extendDown", scope: "spans", code: "ArrowDown", shift: true },
  { action: "textStart", scope: "spans", code: "Home" },
  { action: "textEnd", scope: "spans", code: "End" },
  { action: "nextSpan", scope: "spans", code: "Tab" },
  { action: "previousSpan", scope: "spans", code: "Tab", shift: true },
  { action: "deleteSpan", scope: "spans", code: "Delete" },
  { action: "deleteSpan", scope: "spans", code: "Backspace" },
  { action: "letGo", scope: "spans", code: "Escape" },

  { action: "relate", scope: "relate", code: "KeyR" },

  ...DIGITS.map((n) => ({ action: `class${n}`, scope: "linking", code: `Digit${n}` }) as const),
  ...DIGITS.map(
    (n) => ({ action: `class${n + 9}`, scope: "linking", code: `Digit${n}`, shift: true }) as const,
  ),
  { action: "makeRelation", scope: "linking", code: "Enter" },
  { action: "nextEnd", scope: "linking", code: "Tab" },
  { action: "previousEnd", scope: "linking", code: "Tab", shift: true },
  { action: "nextEnd", scope: "linking", code: "ArrowRight" },
  { action: "nextEnd", scope: "linking", code: "ArrowDown" },
  { action: "previousEnd", scope: "linking", code: "ArrowLeft" },
  { action: "previousEnd", scope: "linking", code: "ArrowUp" },
  { action: "endLinking", scope: "linking", code: "Escape" },

  { action: "play", scope: "sound", code: "Space" },

  { action: "headLeft", scope: "regions", code: "ArrowLeft" },
  { action: "headRight", scope: "regions", code: "ArrowRight" },
  { action: "leapLeft", scope: "regions", code: "ArrowLeft", shift: true },
  { action: "leapRight", scope: "regions", code: "ArrowRight", shift: true },
  { action: "fineLeft", scope: "regions", code: "Comma" },
  { action: "fineRight", scope: "regions", code: "Period" },
  { action: "soundStart", scope: "regions", code: "Home" },
  { action: "soundEnd", scope: "regions", code: "End" },
  { action: "markStart", scope: "regions", code: "BracketLeft" },
  { action: "markEnd", scope: "regions", code: "BracketRight" },
  { action: "startEarlier", scope: "regions", code: "KeyH" },
  { action: "startLater", scope: "regions", code: "KeyJ" },
  { action: "endEarlier", scope: "regions", code: "KeyK" },
  { action: "endLater", scope: "regions", code: "KeyL" },
  { action: "startEarlier10", scope: "regions", code: "KeyH", shift: true },
  { action: "startLater10", scope: "regions", code: "KeyJ", shift: true },
  { action: "endEarlier10", scope: "regions", code: "KeyK", shift: true },
  { action: "endLater10", scope: "regions", code: "KeyL", shift: true },
  { action: "playRegion", scope: "regions", code: "KeyP" },
  { action: "nextRegion", scope: "regions", code: "Tab" },
  { action: "previousRegion", scope: "regions", code: "Tab", shift: true },
  { action: "deleteRegion", scope: "regions", code: "Delete" },
  { action: "deleteRegion", scope: "regions", code: "Backspace" },
  { action: "letGoRegion", scope: "regions", code: "Escape" },
  { action: "zoomIn", scope: "regions", code: "Equal" },
  { action: "zoomOut", scope: "regions", code: "Minus" },
] as const satisfies readonly Binding[];

export type Action = (typeof KEY_MAP)[number]["action"];
