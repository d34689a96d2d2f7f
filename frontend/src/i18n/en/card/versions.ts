/** What a data card says by itself; part of `versions`. */
export const versions = {
  cardSource_upload: "Upload",
  cardSource_url: "Address",
  cardSource_bucket: "Bucket",
  cardSource_query: "Database query",
  cardSource_branch: "Branched from",
  cardSource_merge: "Merged",
  cardSourceVersion: "{{name}}, version {{number}}",
  cardSourceBy: "by {{who}}",
  cardChecked: "Checks of",
  cardNotChecked: "The data had not been checked.",
  cardNotNoted: "Whether the data had been checked was not noted yet.",
  cardImportedSince_one: "{{count}} import came after the last check.",
  cardImportedSince_other: "{{count}} imports came after the last check.",
} as const;
