/** Bytes that stay in a bucket; part of `imports`. */
export const references = {
  bucket_keep: "The files",
  keep_copy: "Copy into the studio",
  keep_copyText: "The studio has everything it needs from then on; the bucket may go.",
  keep_reference: "Leave in the bucket",
  keep_referenceText:
    "Each file is read once now, and fetched and compared with its SHA-256 when it is needed; the secret key stays stored encrypted as long as samples refer to it.",
  syncStays: "files stay in the bucket",
  bucketTextOnly:
    "Objects are copied into the studio: texts and tables are always copied. Without a key the bucket is read anonymously. The secret is stored encrypted and forgotten when the import ends, or stays encrypted while the bucket is kept in sync.",
  bucketReferenceText:
    "Labels and other texts are copied, and so are thumbnails. Without a key the bucket is read anonymously. Nothing is ever written or deleted in the bucket.",
  references: "Files left in buckets",
  referencesText_one:
    "{{count}} sample of this data set ({{size}}) has its file in a bucket. Its thumbnail and labels are here.",
  referencesText_other:
    "{{count}} samples of this data set ({{size}}) have their files in a bucket. Thumbnails and labels are here.",
  referencesCount: "Files",
  referencesSize: "Size",
  referencesCheck: "Check whether all can be reached",
  referencesNever: "Not checked yet.",
  referencesChecking: "Being checked.",
  referencesFailed: "The check did not end: {{why}}",
  referencesFine_one: "The one file could be reached and is the same.",
  referencesFine_other: "All {{count}} files could be reached and are the same.",
  referencesSome: "{{bad}} of {{count}} files could not be reached or are not the same:",
  referenceState_gone: "gone",
  referenceState_changed: "changed",
  referenceState_denied: "access denied",
  referenceState_unreachable: "no answer",
  keyChange: "Change the key",
  keyTitle: "Another key for “{{bucket}}”",
  keyText:
    "It is tried on a file first. Files that are left in the bucket are read with it from then on, and a sync that had the old key gets it, too.",
  keySave: "Try and save",
  keySaved: "The key was changed.",
} as const;
