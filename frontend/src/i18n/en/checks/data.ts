/** What the checks say of marks on pictures, and what vectors tell of texts and recordings; part of `data`. */
export const checks = {
  changedSince: "The data changed since",
  boxesFound_one: "{{count}} mark",
  boxesFound_other: "{{count}} marks",
  finding_boxes_outside: "Marks outside the picture",
  finding_boxes_left_out: "Marks outside their picture, left out at import",
  finding_boxes_tiny: "Marks under three pixels",
  finding_boxes_twice: "The same mark drawn twice",
  finding_boxes_overlap: "Two classes for the same place",
  finding_boxes_huge: "Boxes of nearly all the picture",
  finding_boxes_none: "Labeled without a mark",
  remedyText_redraw_boxes: "Open the pictures and draw these marks again.",
  remedyText_remove_boxes: "Remove one of the two: twice the same mark counts as two objects.",
  remedyText_decide_class_of_boxes:
    "Two marks of different classes cover the same place. Keep the one whose class is right, unless both are meant.",
  remedyText_look_at_boxes: "Check that the box is meant for an object and not for the whole picture.",
  remedyOf_column_constant: "A column with one value tells nothing: leave it out of training.",
  remedyOf_column_identifier:
    "A column that only names its row tells nothing of other rows: leave it out of training.",
  remedyOf_columns_alike: "Keep one of them and leave the others out of training.",
  remedyOf_target_leak:
    "Leave the column out of training. One that gives the target away is often written after the fact, when the answer was known.",
  text_endNear: "Show all texts",
  text_remedyText_look_at_outliers:
    "Look at them: something that does not belong here, or a rare case worth more texts.",
  audio_endNear: "Show all recordings",
  audio_remedyText_look_at_outliers:
    "Listen to them: something that does not belong here, or a rare case worth more recordings.",
} as const;
