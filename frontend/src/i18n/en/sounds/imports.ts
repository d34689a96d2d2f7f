/** What the import screens say of recordings; part of `imports`. */
export const imports = {
  audio_title: "Import recordings",
  audio_subtitle:
    "Recordings, folders of them, or a ZIP with a table. Nothing is written before you have seen what was found.",
  audio_dropTitle: "Drop recordings or a ZIP",
  audio_dropHint:
    "WAV, FLAC, OGG and MP3 of up to 30 minutes; folders named after classes, a CSV or a JSONL beside them become labels.",
  audio_start_one: "Import {{count}} recording",
  audio_start_other: "Import {{count}} recordings",
  audio_nothingText: "No recording was found. Supported: WAV, FLAC, OGG, MP3.",
  audio_doneTitle_one: "{{count}} recording is here",
  audio_doneTitle_other: "{{count}} recordings are here",
  audio_seePictures: "See the recordings",
  audio_new: "New recordings",
  audio_remoteUrl: "Address of a recording, a ZIP or a TAR",
  audio_format_audio: "Recordings",
  audio_formatHelp_audio: "Every WAV, FLAC, OGG or MP3 is one recording without a label.",
  audio_because_audio: "Nothing here says what is to be heard, so they come in unlabeled.",
  audio_formatHelp_folder_per_class:
    "One folder of recordings per class, optionally inside train, val and test.",
  audio_because_folder_per_class: "The folders hold recordings, so each folder's name is the class.",
  audio_formatHelp_csv:
    "A table with a column for the file and one for the class, and the recordings beside it.",
  audio_because_csv: "A table names the recordings and their classes.",
  audio_formatHelp_jsonl:
    "An object per line with path (or audio_filepath) and label or regions, and the recordings beside it.",
  audio_because_jsonl: "Each line names a recording and its class or regions.",
  audio_format_audacity: "Audacity label tracks",
  audio_formatHelp_audacity:
    "A text file beside each recording of the same name: start, end and class a line.",
  audio_because_audacity: "There are label tracks beside the recordings.",
  problem_audio_unsupported: "no WAV, FLAC, OGG or MP3 inside",
  problem_audio_damaged: "damaged or cut off",
  problem_audio_empty: "no sound inside",
  problem_audio_too_long: "over 30 minutes",
  problem_audio_too_large: "too large",
  problem_audio_channels: "too many channels",
  problem_audio_rate: "a sample rate that is not read",
  audio_groupBy_none: "Every recording on its own",
  audio_groupBy_folder: "Recordings of one folder",
  audio_groupBy_prefix: "Recordings whose names begin alike",
} as const;
