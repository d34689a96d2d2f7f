"""Why a picture is refused. Pure."""

from typing import Final

from core.errors import InvalidInput

CODES: Final = frozenset(
    {
        "image_empty",
        "image_not_recognized",
        "image_too_large",
        "image_too_many_scans",
        "image_truncated",
        "image_corrupt",
        "image_mode_unsupported",
    }
)


class ImageRefused(InvalidInput):
    """These bytes are no picture this studio takes; `code` says why, `detail` what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        if code not in CODES:
            raise RuntimeError(f"undeclared code {code}")
        vars(self)["code"] = code


def corrupt(kind: str) -> ImageRefused:
    """The header or body contradicts itself."""
    return ImageRefused("image_corrupt", f"the {kind} is damaged; save it again from its source")


def truncated(kind: str) -> ImageRefused:
    """The file ends before its picture does."""
    return ImageRefused("image_truncated", f"the {kind} ends too early; upload the whole file")
