/** What the version screens say of recordings; part of `versions`. */
export const versions = {
  audio_samples: "Recordings",
  audio_pictures_one: "{{count}} recording",
  audio_pictures_other: "{{count}} recordings",
  audio_which: "Which recordings",
  audio_filterLabel: "Recordings taken",
  audio_subtitle:
    "A version freezes recordings, labels and split. It never changes, so a result can always be repeated.",
  audio_emptyText: "Freeze one as soon as every class has some labeled recordings; training needs it.",
  audio_strategyText_random: "Every recording by lot.",
  audio_strategyText_group: "Recordings of one group stay on one side: same speaker, machine, place.",
  audio_strategyText_time: "The newest recordings become the test.",
  audio_keepAlike: "Keep copies together",
  audio_keepAlikeHint:
    "Recordings that sound the same go to one split, so nothing that was learned is tested.",
  audio_strategyText_given:
    "Every recording stays in the split that it came in with or was put into; the others train. Copies that lie on both sides are counted in the version.",
  audio_lockTestHint:
    "What came in as test stays test, with its copies. The rest is dealt out, also to test up to its share.",
  audio_keepAlikeTimeHint:
    "Recordings that sound the same go where the oldest of them goes, so nothing that was learned is tested.",
  audio_whyNot_none: "No recording passes this choice. Label some first.",
  audio_warnSmall: "{{names}}: too few recordings to be in every split.",
  audio_includeMedia: "With the recordings",
  audio_formatText_folder_per_class: "A folder per split and class with the recordings. Groups are not kept.",
  audio_formatText_csv: "One table with path, class, split and group, and the recordings.",
  audio_formatText_jsonl: "An object per recording with path, label or regions, split and group.",
  audio_formatText_audacity:
    "A label track of Audacity beside each recording. Attributes and groups are not kept.",
} as const;
