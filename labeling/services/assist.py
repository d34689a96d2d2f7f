"""Click to mask: the process that cuts, asked on behalf of whoever draws."""

import threading
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from core.errors import InvalidInput, NotReady
from core.models import User
from core.services.blobs import blobs_locations
from core.services.scratch import scratch_dir
from datasets.geometry.placing import KINDS_OF_TASK
from labeling.assist.client import AssistClient, Unanswered
from labeling.assist.prompts import Prompt
from labeling.models import Item
from labeling.selectors.assist import item_to_draw

# An encoding that others wait for, and this one's own.
_CUT_WITHIN_S: Final = 25.0
_LOOK_WITHIN_S: Final = 5.0
# The web process has sixteen threads; those that wait for a mask must not be all of them.
_WAITING: Final = threading.BoundedSemaphore(6)
_SHAPES: Final = frozenset({"mask", "polygon", "box"})


class PictureUnreadable(InvalidInput):
    """The file of this sample is not a picture that can be decoded."""

    code = "picture_unreadable"


def assist_prepare(user: User, item_id: uuid.UUID) -> dict[str, Any]:
    """Begin to encode the picture of an item, once whoever asks; `state` is preparing, ready or basic (no weights).

    Raises NotFound, Forbidden, InvalidInput.
    """
    item = _item(user, item_id)
    try:
        return {"state": _asked({"op": "encode", **_picture(item)}, _LOOK_WITHIN_S)["state"]}
    except NotReady:
        # The process itself is still starting; whoever asks again soon hears more.
        return {"state": "preparing"}


def assist_cut(user: User, item_id: uuid.UUID, prompt: Prompt) -> dict[str, Any]:
    """The mask of what was pointed at, in pixels of the upright picture; waits for an encoding under way.

    Raises NotFound, Forbidden, InvalidInput, PictureUnreadable, NotReady.
    """
    item = _item(user, item_id)
    _check(prompt, item)
    if not _WAITING.acquire(timeout=_LOOK_WITHIN_S):
        raise _busy()
    try:
        question = {"op": "cut", "points": prompt.points, "box": prompt.box, **_picture(item)}
        return _asked(question, _CUT_WITHIN_S)
    finally:
        _WAITING.release()


def weights_dir() -> Path:
    """Where the weights of the assistants are looked for."""
    return Path(settings.STUDIO_WEIGHTS_DIR)


@lru_cache(maxsize=2)
def client_of(weights: Path, cache: Path) -> AssistClient:
    """The one client of this process for these folders."""
    return AssistClient(weights, cache)


def _asked(question: dict[str, Any], within_s: float) -> dict[str, Any]:
    cache = Path(settings.DATA_DIR) / "assist"
    try:
        told = client_of(weights_dir(), cache).ask(question, within_s)
    except Unanswered as problem:
        raise _busy() from problem
    if "refused" in told:
        raise PictureUnreadable("the picture of this sample cannot be read", reason=told["refused"])
    if "failed" in told:
        raise NotReady("the assistant failed; its log has more", retry_after_s=10)
    return told


def _busy() -> NotReady:
    return NotReady("the picture is still being looked at; ask again in a moment", retry_after_s=2)


def _item(user: User, item_id: uuid.UUID) -> Item:
    item = item_to_draw(user, item_id)
    if not _SHAPES & KINDS_OF_TASK.get(item.campaign.task, frozenset()):
        raise InvalidInput("nothing is drawn in this task", field="item")
    return item


def _picture(item: Item) -> dict[str, Any]:
    name = item.sample.sha256
    path, offset, length = blobs_locations([name], scratch_dir() / "assist")[name]
    return {"name": name, "place": (str(path), offset, length)}


def _check(prompt: Prompt, item: Item) -> None:
    """Whether it lies on the picture. Raises InvalidInput."""
    if not prompt.points and prompt.box is None:
        raise InvalidInput("point at something: points, a box, or both", field="points")
    if prompt.box is None and not any(inside for _, _, inside in prompt.points):
        raise InvalidInput("one point at least must belong to the object", field="points")
    width, height = item.sample.payload.get("width", 0), item.sample.payload.get("height", 0)
    corners = [(x, y) for x, y, _ in prompt.points]
    if prompt.box is not None:
        x, y, w, h = prompt.box
        corners += [(x, y), (x + w, y + h)]
        if w < 1 or h < 1:
            raise InvalidInput("a box needs a width and a height", field="box")
    if not all(0 <= x <= width and 0 <= y <= height for x, y in corners):
        raise InvalidInput("points and boxes lie on the picture, in its pixels", field="points")
