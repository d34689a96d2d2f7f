"""Click to mask over HTTP, with the real weights: upright pixels, clicks that add and take away, and the way without weights."""

import io
import os

import cv2
import numpy as np
import pytest
from PIL import Image

from core.services.blobs import blob_put, blobs_register
from datasets.geometry.rings import rasterized
from datasets.geometry.rle import rle_from
from datasets.models import Sample
from labeling.assist import child
from labeling.services import assist
from tests.support.weights import weights_of_tests

WIDTH, HEIGHT = 240, 320
DISC, BALL = (80, 100, 46), (170, 240, 34)


@pytest.fixture(scope="module", autouse=True)
def _processes_end():
    yield
    for weights in (weights_of_tests(), "nowhere"):
        assist.client_of(weights, assist.Path(assist.settings.DATA_DIR) / "assist").close()
    assist.client_of.cache_clear()


@pytest.fixture
def anna(make_world, settings):
    settings.STUDIO_WEIGHTS_DIR = str(weights_of_tests())
    world = make_world("instance_segmentation", samples=1)
    stored = blob_put(picture(), "image/jpeg")
    blobs_register([stored])
    payload = {"width": WIDTH, "height": HEIGHT, "mode": "RGB", "frames": 1}
    Sample.objects.update(sha256=stored.sha256, payload=payload)
    world.campaign()
    anna = world.as_("anna")
    anna.work = anna.item()["id"]
    return anna


def truth(x, y, radius) -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return (columns - x) ** 2 + (rows - y) ** 2 <= radius**2


def picture() -> bytes:
    """A red disc and a blue ball before a gray wall; the file lies on its side and says so."""
    rng = np.random.default_rng(3)
    pixels = np.full((HEIGHT, WIDTH, 3), 150.0) + np.linspace(-30, 30, HEIGHT)[:, None, None]
    for (x, y, radius), color in ((DISC, (200, 40, 30)), (BALL, (30, 60, 190))):
        cv2.circle(pixels, (x, y), radius, color, -1)
    pixels = np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8)
    out, exif = io.BytesIO(), Image.Exif()
    exif[274] = 6  # turn by 90 degrees clockwise to look at it
    Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def cut(anna, *points, box=None):
    said = [{"x": x, "y": y, "positive": inside} for x, y, inside in points]
    return patient(anna, {"item": anna.work, "points": said, "box": box}).json()


def patient(person, sent, status=200):
    """Asks again while the picture is being read, as the browser does."""
    for _ in range(6):
        answer = person.post("assist/segment/", sent)
        if answer.status_code != 503:
            break
    assert answer.status_code == status, answer.content
    return answer


def prepared(anna) -> str:
    """What it is once the process has started."""
    for _ in range(12):
        state = anna.post("assist/prepare/", {"item": anna.work}).json()["state"]
        if state != "preparing":
            break
    return state


def overlap(told, wanted) -> float:
    mask = rle_from(told["mask"]).mask()
    return float((mask & wanted).sum() / (mask | wanted).sum())


def test_a_click_gives_the_object_in_pixels_of_the_upright_picture(anna):
    told = cut(anna, (*DISC[:2], True))
    assert told["engine"] == "sam"
    assert told["mask"]["size"] == [HEIGHT, WIDTH]
    assert overlap(told, truth(*DISC)) > 0.93
    rings = [[tuple(point) for point in ring] for ring in told["polygon"]]
    outline, mask = rasterized(rings, WIDTH, HEIGHT), rle_from(told["mask"]).mask()
    assert (outline & mask).sum() / (outline | mask).sum() > 0.97
    assert prepared(anna) == "ready"


def test_further_clicks_add_and_take_away_and_a_box_says_it_at_once(anna):
    both = cut(anna, (*DISC[:2], True), (*BALL[:2], True))
    one = cut(anna, (*DISC[:2], True), (*BALL[:2], False))
    x, y, radius = BALL
    boxed = cut(anna, box=[x - radius, y - radius, 2 * radius, 2 * radius])
    assert overlap(both, truth(*DISC) | truth(*BALL)) > 0.7
    assert overlap(one, truth(*DISC)) > 0.9
    assert overlap(boxed, truth(*BALL)) > 0.93


def test_a_mask_that_was_taken_over_is_kept_as_an_answer(anna):
    told = cut(anna, (*DISC[:2], True))
    drawn = [
        {**anna.world.mark(), "kind": "mask", "mask": told["mask"]},
        {**anna.world.mark(), "kind": "polygon", "polygon": told["polygon"]},
    ]
    assert anna.save(anna.work, drawn).status_code == 200


def test_without_weights_the_same_question_is_answered_more_simply_and_says_so(anna, settings):
    settings.STUDIO_WEIGHTS_DIR = "nowhere"
    assert prepared(anna) == "basic"
    x, y, radius = DISC
    boxed = cut(anna, box=[x - radius - 8, y - radius - 8, 2 * radius + 16, 2 * radius + 16])
    clicked = cut(anna, (x, y, True))
    assert (boxed["engine"], boxed["score"]) == ("grabcut", None)
    assert overlap(boxed, truth(*DISC)) > 0.9
    assert overlap(clicked, truth(*DISC)) > 0.6


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "points"),
        ({"points": [{"x": 5, "y": 5, "positive": False}]}, "points"),
        ({"points": [{"x": WIDTH + 1, "y": 5}]}, "points"),
        ({"box": [10, 10, 0, 5]}, "box"),
        ({"box": [200, 10, 100, 5]}, "points"),
    ],
)
def test_what_points_at_nothing_is_refused_by_its_field(anna, said, field):
    answer = anna.post("assist/segment/", {"item": anna.work, **said})
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["params"]["fields"]) == [field], answer.content


def test_a_number_that_is_none_and_too_many_points_are_refused(anna):
    many = [{"x": 1, "y": 1}] * 51
    for points in ([{"x": "nan", "y": 5}], [{"x": "inf", "y": 5}], many):
        answer = anna.http.post(
            "/api/v1/assist/segment/", {"item": anna.work, "points": points}, format="json"
        )
        assert answer.status_code in (400, 422), points


def test_only_who_sees_the_picture_and_may_label_points_at_it(anna):
    bert, rita = anna.world.as_("bert"), anna.world.as_("rita", "reviewer")
    sent = {"item": anna.work, "points": [{"x": 5, "y": 5}]}
    assert bert.post("assist/segment/", sent).status_code == 404
    assert anna.world.as_("vic", "viewer").post("assist/segment/", sent).status_code == 403
    patient(rita, sent)


def test_a_file_that_is_no_picture_is_refused_by_name(anna):
    stored = blob_put(b"no picture at all", "image/jpeg")
    blobs_register([stored])
    Sample.objects.update(sha256=stored.sha256)
    sent = {"item": anna.work, "points": [{"x": 5, "y": 5}]}
    assert patient(anna, sent, 422).json()["code"] == "picture_unreadable"


def test_a_process_that_was_killed_is_started_again_by_the_next_question(anna):
    cut(anna, (*DISC[:2], True))
    assist.client_of(weights_of_tests(), assist.Path(assist.settings.DATA_DIR) / "assist")._process.kill()
    assert overlap(cut(anna, (*DISC[:2], True)), truth(*DISC)) > 0.93


def test_vectors_keep_to_their_bound_and_the_longest_unused_go_first(tmp_path):
    for number in range(4):
        path = tmp_path / "aa" / f"{number}.npy"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (number, number))
    assert child.trim(tmp_path, 250) == 2
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["2.npy", "3.npy"]
