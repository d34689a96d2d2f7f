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
  cardBytes: "Where the files are",
  cardKept_one:
    "{{count}} file ({{size}}) lies in a bucket. It is compared with its SHA-256 when it is read, and refused when it is gone or changed.",
  cardKept_other:
    "{{count}} files ({{size}}) lie in a bucket. Each is compared with its SHA-256 when it is read, and refused when it is gone or changed.",
  cardCopied_one: "{{count}} file that lay in a bucket was copied in when the version was frozen.",
  cardCopied_other: "{{count}} files that lay in a bucket were copied in when the version was frozen.",
  cardCheck: "Check whether all can be reached",
  outside: "Files that lie in a bucket",
  outside_copy: "Copy into the studio",
  outside_copyText_one: "{{count}} file of {{size}} is read and kept. The version needs no bucket.",
  outside_copyText_other: "{{count}} files of {{size}} are read and kept. The version needs no bucket.",
  outside_keep: "Leave in the bucket",
  outside_keepText:
    "The version is the same or refuses: a file that is gone or changed stops a training or an export. The data card says so.",
  cardChecked: "Checks of",
  cardOld:
    "Checked {{when}}; the data changed after that. Check again and freeze anew before you rely on it.",
  cardFoundBefore: "Found before that change",
  cardNotInTraining: "Training never sees: {{classes}}",
  cardNotInTest: "No test sample of: {{classes}}",
  cardNotChecked: "The data had not been checked.",
  cardNotNoted: "Whether the data had been checked was not noted yet.",
  cardImportedSince_one: "{{count}} import came after the last check.",
  cardImportedSince_other: "{{count}} imports came after the last check.",
} as const;
