import io

import numpy as np
import pytest
from PIL import Image

from datasets.formats.decoding.child import answer_for
from datasets.quality import twins
from datasets.quality.align import fit_pairs
from datasets.quality.blocks import SHADES, agreement, cut_to_shared
from datasets.quality.features import Features
from datasets.quality.twins import groups_of, near_pairs
from tests.datasets.quality.scenes import COPIES, add_body, encoded, scene, trimmed

CLEAN, EACH = 150, 40


def signed(contents):
    answers = [answer_for(content, 160) for content in contents]
    raw = [Features.from_json(answer.features).signature for answer in answers]
    signatures = np.stack([np.frombuffer(row, np.uint8) for row in raw])
    return signatures, np.array([answer.dhash64 for answer in answers])


def gray(picture):
    return np.asarray(picture.convert("L").resize((24, 24), Image.Resampling.BOX), np.float32)


def test_copies_are_found_and_pictures_of_the_same_place_are_not():
    rng = np.random.default_rng(5)
    scenes = [scene(seed) for seed in range(CLEAN)]
    contents, truth = [encoded(picture) for picture in scenes], {}
    for number, (kind, copied) in enumerate(COPIES.items()):
        for original in range(number * EACH, (number + 1) * EACH):
            truth[original, len(contents)] = kind
            contents.append(copied(scenes[original], rng))
    found = {tuple(pair) for pair in near_pairs(*signed(contents)).tolist()}
    right = found & truth.keys()
    assert len(right) >= 0.95 * len(truth)
    assert len(right) >= 0.99 * len(found)
    for kind in COPIES:
        of_kind = [pair for pair, its in truth.items() if its == kind]
        assert sum(pair in found for pair in of_kind) >= 0.95 * EACH, kind


@pytest.mark.parametrize("count", [2, 3, 4, 6, 12, 63])
def test_every_copy_is_found_among_few_pictures(count):
    """Half of them are trimmed copies of others: their difference hashes are not the same."""
    rng = np.random.default_rng(count)
    scenes = [scene(seed) for seed in range(700, 700 + count - count // 2)]
    contents = [encoded(picture) for picture in scenes]
    contents += [trimmed(picture, rng) for picture in scenes[: count // 2]]
    pairs = near_pairs(*signed(contents)).tolist()
    assert sorted(pairs) == [[i, len(scenes) + i] for i in range(count // 2)]


def test_a_picture_that_is_there_many_times_is_compared_once(monkeypatch):
    """Frames of a camera that stands still: pairs would be quadratic, or the best few would miss some."""
    compared = []
    fit = twins.fit_pairs
    monkeypatch.setattr(twins, "fit_pairs", lambda *pairs: compared.append(len(pairs[0])) or fit(*pairs))
    rng = np.random.default_rng(8)
    frames = [scene(number) for number in (900, 901, 902)]
    signatures, hashes = signed([*map(encoded, frames), trimmed(frames[0], rng)])
    rows = np.array([0, 1, 2, 0, 3, 1, 0, 0])
    pairs = near_pairs(signatures[rows], hashes[rows])
    groups = groups_of(pairs, len(rows)).tolist()
    assert groups == [0, 1, 2, 0, 0, 1, 0, 0]
    assert sum(compared) <= 6


def test_folding_bands_keeps_the_best_of_all_of_them_in_bounded_room():
    rng = np.random.default_rng(4)
    count = 400
    directions = rng.normal(size=(count, 12)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    cosines = directions @ directions.T
    best, seen = twins._Best(directions), set()
    for _ in range(24):
        pairs = np.sort(rng.integers(0, count, (3_000, 2)), axis=1)
        pairs = pairs[pairs[:, 0] < pairs[:, 1]]
        seen |= {tuple(pair) for pair in pairs.tolist() if cosines[tuple(pair)] >= 0.2}
        best.fold(pairs, least_cosine=0.2)
        assert len(best.codes) <= 8 * count
    expected = set()
    for side in (0, 1):
        for row in range(count):
            own = sorted((p for p in seen if p[side] == row), key=lambda p: -cosines[p])
            expected.update(own[:4])
    assert {(int(code) // count, int(code) % count) for code in best.codes} == expected


def test_another_object_before_the_same_background_is_another_picture():
    rng = np.random.default_rng(8)
    contents = []
    for seed in range(40):
        place = scene(seed)
        contents.append(encoded(place))
        for _ in range(2):
            posed = place.copy()
            add_body(posed, rng)
            contents.append(encoded(posed))
    found = near_pairs(*signed(contents))
    posed_pairs = 3 * 40
    assert len(found) <= 0.15 * posed_pairs


def test_pictures_of_one_mood_with_different_detail_are_not_copies():
    rng = np.random.default_rng(2)
    sky = np.linspace(60, 200, 192)[:, None, None] + np.linspace(-30, 30, 256)[None, :, None]
    clouds = [Image.fromarray(rng.integers(0, 24, (24, 32), dtype=np.uint8)) for _ in range(12)]
    grown = [np.asarray(cloud.resize((256, 192), Image.Resampling.BICUBIC), float) for cloud in clouds]
    skies = [Image.fromarray((sky + cloud[..., None] + [0, 5, 20]).astype(np.uint8)) for cloud in grown]
    fit = fit_pairs(gray(skies[0])[None], gray(skies[1])[None])
    assert fit.correlation[0] > 0.97 > 0.5 > fit.detail[0]
    assert not len(near_pairs(*signed([encoded(picture) for picture in skies])))


def shirt(rng):
    """A picture of a set of one kind: the outline of all, cloth of its own."""
    shade = np.full((128, 128), 245.0)
    cloth = rng.normal(size=(24, 24))
    grown = np.asarray(Image.fromarray(cloth.astype(np.float32)).resize((128, 128), Image.Resampling.BICUBIC))
    inside = np.zeros((128, 128), bool)
    inside[24:116, 40:88] = inside[24:60, 12:116] = True
    shade[inside] = np.clip(110 + rng.uniform(-30, 30) + 14 * grown, 0, 255)[inside]
    return Image.fromarray(np.repeat(shade.astype(np.uint8)[..., None], 3, 2))


def luma_of(contents):
    def shades(rows):
        pictures = [Image.open(io.BytesIO(contents[row])).convert("L") for row in rows.tolist()]
        return np.stack([np.asarray(one.resize((SHADES, SHADES), Image.Resampling.BOX)) for one in pictures])

    return shades


def test_pictures_that_share_their_outlines_are_told_by_what_is_within():
    rng = np.random.default_rng(11)
    shirts = [shirt(rng) for _ in range(120)]
    contents = [encoded(picture) for picture in shirts]
    contents += [encoded(picture.resize((160, 160), Image.Resampling.LANCZOS)) for picture in shirts[:40]]
    signatures, hashes = signed(contents)
    truth = {(i, len(shirts) + i) for i in range(40)}
    by_cells = {tuple(pair) for pair in near_pairs(signatures, hashes).tolist()}
    by_pixels = {tuple(pair) for pair in near_pairs(signatures, hashes, shades=luma_of(contents)).tolist()}
    assert len(by_cells - truth) > len(truth)
    assert len(by_pixels & truth) >= 0.95 * len(truth)
    assert len(by_pixels - truth) <= 0.01 * len(by_pixels)


def test_pixels_cost_no_copy_of_a_scene():
    rng = np.random.default_rng(6)
    scenes = [scene(seed) for seed in range(90)]
    contents, truth = [encoded(picture) for picture in scenes], set()
    for number, copied in enumerate(COPIES.values()):
        for original in range(number * 10, number * 10 + 10):
            truth.add((original, len(contents)))
            contents.append(copied(scenes[original], rng))
    signatures, hashes = signed(contents)
    by_cells = {tuple(pair) for pair in near_pairs(signatures, hashes).tolist()}
    by_pixels = {tuple(pair) for pair in near_pairs(signatures, hashes, shades=luma_of(contents)).tolist()}
    assert len(by_pixels & truth) >= 0.98 * len(by_cells & truth) >= 0.95 * len(truth)
    assert by_pixels <= by_cells


@pytest.mark.parametrize("box", [(0.0, 0.0, 1.0, 1.0), (0.1, 0.05, 0.9, 1.0), (0.0, 0.2, 0.8, 0.95)])
def test_what_two_pictures_share_is_cut_out_of_both(box):
    picture = scene(12)
    width, height = picture.size
    cut = picture.crop(tuple(round(side * part) for side, part in zip((width, height) * 2, box, strict=True)))
    first, second = (
        np.asarray(one.convert("L").resize((SHADES, SHADES), Image.Resampling.BOX)) for one in (picture, cut)
    )
    there = np.array([box[1], box[3] - box[1], box[0], box[2] - box[0]])
    back = np.array([-there[0] / there[1], 1 / there[1], -there[2] / there[3], 1 / there[3]])
    assert agreement(*cut_to_shared(first, second, there)).mean > 0.9
    assert agreement(*cut_to_shared(second, first, back)).mean > 0.9
    if box[2] - box[0] < 1:
        assert agreement(first, second).mean < 0.7


def test_the_window_of_a_trim_is_measured():
    picture = scene(9)
    box = (0.04, 0.06, 0.97, 0.92)
    width, height = picture.size
    cut = picture.crop(
        (round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height))
    )
    fit = fit_pairs(gray(picture)[None], 0.7 * gray(cut)[None] + 20)
    np.testing.assert_allclose(fit.window[0], (box[1], box[3] - box[1], box[0], box[2] - box[0]), atol=0.012)
    assert fit.correlation[0] > 0.98


def test_a_picture_is_no_copy_of_its_negative_its_mirror_or_noise():
    picture = scene(10)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (192, 256, 3), dtype=np.uint8))
    negative = Image.eval(picture, lambda level: 255 - level)
    mirror = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert not len(near_pairs(*signed([encoded(p) for p in (picture, noise, negative, mirror)])))


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_pictures_have_no_twins(count):
    signatures, hashes = signed([encoded(scene(1))])
    assert near_pairs(signatures[:count], hashes[:count]).shape == (0, 2)


def test_the_work_can_be_stopped_between_pieces():
    class StoppedError(Exception):
        pass

    def stop():
        raise StoppedError

    with pytest.raises(StoppedError):
        near_pairs(*signed([encoded(scene(seed)) for seed in range(3)]), step=stop)


def test_groups_join_what_is_linked_and_take_the_name_of_the_lowest():
    pairs = np.array([(4, 5), (1, 4), (2, 7), (5, 6)])
    assert groups_of(pairs, 8).tolist() == [0, 1, 2, 3, 1, 1, 1, 2]


def test_many_copies_of_one_picture_cost_a_bounded_number_of_looks():
    signatures, _ = signed([encoded(scene(1))])
    many = np.repeat(signatures, 3_000, axis=0)
    calls = []
    pairs = near_pairs(many, np.arange(3_000), step=lambda: calls.append(1))
    assert len(pairs) <= 3_000 * 8
    assert len(set(groups_of(pairs, 3_000).tolist())) == 1
