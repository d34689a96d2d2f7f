export default {
  pictures: "Pictures of this page",
  tile: "{{number}}. {{name}}: {{label}}",
  none: "no class",
  size: "Pictures on a page",
  oneByOne: "One by one",
  submit_one: "Submit {{count}}",
  submit_other: "Submit {{count}}",
  hint: "Digits give a class to the picked pictures, or to the framed one. Shift picks a range, Ctrl one more. Enter submits what has a class; the others stay.",
  notHere: "The grid is for one class a picture",
  notHereHint: "In this task more is said of a picture than one class.",
} as const;
