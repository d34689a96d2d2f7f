"""The findings that name samples: how bad each is and what would help. Pure."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from datasets.quality.label_stats import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same whenever this is found; `remedy` is the key of what would help."""

    severity: Severity
    remedy: str


KINDS: Final = MappingProxyType(
    {
        "same_looking": Kind("warning", "group_or_remove"),
        "same_looking_across_splits": Kind("warning", "keep_in_one_split"),
        "same_looking_other_class": Kind("warning", "decide_class"),
        "look_alike": Kind("warning", "keep_or_remove_altered"),
        "look_alike_across_splits": Kind("warning", "keep_in_one_split"),
        "picture_unreadable": Kind("error", "replace_files"),
        "picture_tiny": Kind("warning", "replace_or_remove"),
        "picture_odd_shape": Kind("info", "crop_or_remove"),
        "picture_blurry": Kind("warning", "replace_or_remove"),
        "picture_dark": Kind("warning", "replace_or_remove"),
        "picture_bright": Kind("warning", "replace_or_remove"),
        "picture_low_contrast": Kind("warning", "replace_or_remove"),
        "picture_uniform": Kind("warning", "remove_empty"),
        "picture_turned": Kind("info", "none_needed_turned"),
        "boxes_outside": Kind("warning", "redraw_boxes"),
        "boxes_tiny": Kind("warning", "redraw_boxes"),
        "boxes_twice": Kind("warning", "remove_boxes"),
        "boxes_overlap": Kind("warning", "decide_class_of_boxes"),
        "boxes_huge": Kind("info", "look_at_boxes"),
        "boxes_none": Kind("info", "label_or_confirm_empty"),
        "label_suspicious": Kind("warning", "look_at_labels"),
        "outlier": Kind("info", "look_at_outliers"),
        "text_unreadable": Kind("error", "replace_files"),
        "text_empty": Kind("error", "remove_empty"),
        "text_damaged": Kind("warning", "import_again_decoded"),
        "text_personal": Kind("warning", "mask_personal"),
        "text_same": Kind("warning", "group_or_remove"),
        "text_short": Kind("info", "look_at_lengths"),
        "text_long": Kind("info", "look_at_lengths"),
        "text_other_script": Kind("info", "look_at_language"),
        "text_other_language": Kind("info", "look_at_language"),
        "audio_unreadable": Kind("error", "replace_files"),
        "audio_silent": Kind("warning", "remove_empty"),
        "audio_clipped": Kind("warning", "record_again"),
        "audio_other_rate": Kind("info", "resample"),
        "audio_short": Kind("info", "look_at_lengths"),
        "audio_long": Kind("info", "look_at_lengths"),
        "audio_same": Kind("warning", "group_or_remove"),
        "unlabeled": Kind("warning", "label_samples"),
    }
)

# Found in the vectors, by another job than the checks, which leave them as they are.
FROM_VECTORS: Final = frozenset({"label_suspicious", "outlier"})
TEXT_KINDS: Final = frozenset(code for code in KINDS if code.startswith("text_"))
AUDIO_KINDS: Final = frozenset(code for code in KINDS if code.startswith("audio_"))
