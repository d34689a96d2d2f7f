"""What a person sends to /predict."""

import io

import numpy as np
import pytest
from PIL import Image

from core.imaging import DecodeRule
from serving.runtime.session import ModelSession
from tests.serving.plane import CLASSES, key_of, picture_model


def saved(fmt="JPEG", size=(300, 200), mode="RGB", seed=5, **options):
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    out = io.BytesIO()
    coarse.convert(mode).save(out, fmt, **options)
    return out.getvalue()


def form(*files, boundary=b"b0undary", name=b"file", filename=b'; filename="cat.jpg"'):
    lines = []
    for content in files:
        lines += [
            b"--" + boundary,
            b'Content-Disposition: form-data; name="' + name + b'"' + filename,
            b"Content-Type: image/jpeg",
            b"",
            content,
        ]
    return b"\r\n".join([*lines, b"--" + boundary + b"--", b""])


FORM = {"Content_Type": "multipart/form-data; boundary=b0undary"}


@pytest.mark.parametrize(
    ("fmt", "mode", "options"),
    [("JPEG", "RGB", {}), ("JPEG", "L", {}), ("JPEG", "CMYK", {}), ("PNG", "RGBA", {}), ("PNG", "P", {}),
     ("WEBP", "RGB", {}), ("GIF", "P", {}), ("BMP", "RGB", {}), ("TIFF", "RGB", {}), ("JPEG", "RGB", {"progressive": True})],
)  # fmt: skip
def test_an_answer_equals_direct_decoding_and_onnx_runtime_exactly(plane, tmp_path, fmt, mode, options):
    (tmp_path / "model.onnx").write_bytes(picture_model())
    session = ModelSession(tmp_path / "model.onnx")
    picture = saved(fmt, mode=mode, **options)
    expected = session.run({"image": DecodeRule(32).decode(picture)[None]})[0][0]
    status, headers, answer = plane.predict("pets", picture)
    assert status == 200
    scores = {item["label"]: np.float32(item["score"]) for item in answer["predictions"][0]["scores"]}
    assert [scores[name] for name in CLASSES] == list(expected)
    assert answer["predictions"][0]["label"] == CLASSES[int(expected.argmax())]
    assert (answer["endpoint"], answer["task"]) == ("pets", "image_classification")
    assert answer["request_id"] == headers["X-Request-Id"]
    assert answer["model_version"] == headers["X-Model-Version"]
    assert answer["latency_ms"] > 0


def test_orientation_is_applied_before_the_model_sees_the_picture(plane):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = plane.predict("pets", saved(exif=exif))[2]["predictions"][0]["score"]
    plain = plane.predict("pets", saved())[2]["predictions"][0]["score"]
    assert turned == pytest.approx(plain, abs=1e-3)


@pytest.mark.parametrize(
    "content_type",
    ["image/jpeg", "image/png", "application/octet-stream", "application/x-www-form-urlencoded", ""],
)
def test_a_raw_body_is_told_by_its_bytes_not_its_header(plane, content_type):
    assert plane.predict("pets", saved(), Content_Type=content_type)[0] == 200


def test_a_form_with_one_or_many_files_gets_one_prediction_each_in_order(plane):
    pictures = [saved(seed=number) for number in range(5)]
    alone = [plane.predict("pets", picture)[2]["predictions"][0] for picture in pictures]
    status, _headers, answer = plane.predict("pets", form(*pictures), **FORM)
    assert status == 200
    for together, single in zip(answer["predictions"], alone, strict=True):
        assert together["label"] == single["label"]
        assert together["score"] == pytest.approx(single["score"], abs=1e-5)


def test_top_k_and_threshold(plane):
    picture = saved()
    full = plane.predict("pets", picture)[2]["predictions"][0]["scores"]
    assert [item["score"] for item in full] == sorted((item["score"] for item in full), reverse=True)
    assert plane.predict("pets", picture, "?top_k=2")[2]["predictions"][0]["scores"] == full[:2]
    unsure = plane.predict("pets", picture, "?threshold=0.999")[2]["predictions"][0]
    assert unsure["label"] is None
    assert unsure["scores"] == []
    assert unsure["score"] == full[0]["score"]


@pytest.mark.parametrize("query", ["?top_k=0", "?top_k=x", "?top_k=1e9", "?threshold=2", "?threshold=nan", "?threshold=-1",
                                   "?top_k=99999", "?threshold="])  # fmt: skip
def test_wild_queries_are_refused(plane, query):
    assert plane.predict("pets", saved(), query)[0] == 400


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {}, 422, "no_picture"),
        (b"hello, I am a text file", {}, 422, "image_not_recognized"),
        (saved()[:3_000], {}, 422, "image_truncated"),
        (b'{"text": "hello"}', {"Content_Type": "application/json"}, 422, "pictures_only"),
        (b'{"rows": [{"a": 1}]}', {"Content_Type": "application/json"}, 422, "pictures_only"),
        (b'{"url": "http://127.0.0.1:1/cat.jpg"}', {"Content_Type": "application/json"}, 422, "inputs_inline_only"),
        (b'{"path": "/etc/passwd"}', {"Content_Type": "application/json"}, 422, "inputs_inline_only"),
        (b"url=http%3A%2F%2F127.0.0.1", {"Content_Type": "application/x-www-form-urlencoded"}, 422, "inputs_inline_only"),
        (form(b"http://127.0.0.1/", name=b"url", filename=b""), FORM, 422, "inputs_inline_only"),
        (form(b"file:///etc/passwd", filename=b""), FORM, 422, "inputs_inline_only"),
        (b"<html>", {"Content_Type": "text/html"}, 415, "unsupported_media"),
        (form(), FORM, 400, "bad_request"),
        (form(b"1", name=b"other", filename=b""), FORM, 422, "no_picture"),
        (form(saved())[:-12], FORM, 400, "bad_request"),
        (form(*[b"x"] * 101), FORM, 400, "bad_request"),
        (form(*[saved(size=(9, 9))] * 33), FORM, 400, "bad_request"),
        (form(saved()), {"Content_Type": "multipart/form-data"}, 400, "bad_request"),
        (form(saved(), boundary=b"b" * 71), {"Content_Type": "multipart/form-data; boundary=" + "b" * 71}, 400, "bad_request"),
        (form(saved(), b"not a picture"), FORM, 422, "image_not_recognized"),
    ],
)  # fmt: skip
def test_what_cannot_be_predicted_is_refused_with_its_reason(plane, body, headers, status, code):
    got, answer_headers, answer = plane.predict("pets", body, **headers)
    assert (got, answer["code"]) == (status, code)
    assert answer_headers["X-Request-Id"] == answer["request_id"]
    assert answer_headers["X-Model-Version"]


def test_a_tensor_endpoint_says_where_its_door_is(plane):
    status, _headers, answer = plane.predict("tiny", saved())
    assert status == 422
    assert "/v2" in answer["detail"]
    assert "features FP32" in answer["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"X-API-Key": ""},
        {"Authorization": "Bearer  "},
    ],
)
def test_no_key_is_a_401_that_says_what_to_send(plane, headers):
    connection = plane.connect()
    connection.request("POST", "/predict/pets", body=saved(), headers=headers)
    response = connection.getresponse()
    assert response.status == 401
    assert b"Bearer sk_" in response.read()
    connection.close()


def test_both_key_headers_open_the_door_and_the_query_never_does(plane):
    connection = plane.connect()
    for headers, path, status in [
        ({"X-API-Key": key_of("pets")}, "/predict/pets", 200),
        ({"Authorization": f"bearer {key_of('pets')}"}, "/predict/pets", 200),
        ({}, f"/predict/pets?key={key_of('pets')}", 401),
    ]:
        connection.request("POST", path, body=saved(), headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


def test_a_foreign_endpoint_looks_exactly_like_an_unknown_one(plane):
    foreign = plane.predict("pets", saved(), key=key_of("tiny"))
    unknown = plane.predict("no-such", saved(), key=key_of("tiny"))
    for answer in (foreign[2], unknown[2]):
        del answer["request_id"]
    assert foreign[0] == unknown[0] == 404
    assert foreign[2] == unknown[2]


def test_the_control_planes_own_key_opens_every_endpoint(plane):
    assert plane.predict("pets", saved(), key=plane.folder.internal)[0] == 200
