"""The v2 protocol over HTTP: what is taken, what is refused and in which words."""

import json

import numpy as np
import pytest
import tritonclient.http as triton

from tests.serving.plane import key_of

ROW = [1.0, 2.0, 3.0, 4.0]


def tensor(**changes):
    item = {"name": "features", "shape": [1, 4], "datatype": "FP32", "data": ROW, **changes}
    return {"inputs": [{name: value for name, value in item.items() if value is not None}]}


def post(plane, body, name="tiny", **options):
    return plane.request("POST", f"/v2/models/{name}/infer", body, key=key_of(name), **options)


@pytest.mark.parametrize(
    "body",
    [
        tensor(), tensor(data=[ROW]), tensor(data=[1, 2, 3, 4]), tensor(shape=[2, 4], data=ROW * 2),
        {**tensor(), "id": "mine"}, {**tensor(), "outputs": [{"name": "scores"}]}, {**tensor(), "parameters": {}},
    ],
)  # fmt: skip
def test_valid_json_requests_are_answered(plane, body):
    status, headers, answer = post(plane, body)
    assert status == 200
    assert answer["model_name"] == "tiny"
    assert answer["model_version"] == "1"
    rows = body["inputs"][0]["shape"][0]
    assert answer["outputs"][0]["shape"] == [rows, 3]
    np.testing.assert_allclose(np.reshape(answer["outputs"][0]["data"], (rows, 3)).sum(axis=1), 1, rtol=1e-5)
    assert answer.get("id") == body.get("id")
    assert headers["X-Request-Id"]
    assert headers["X-Model-Version"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"{}", {"inputs": {}}, {"inputs": []}, {"inputs": [1]},
        tensor(name="other"), tensor(name=None), tensor(shape=None), tensor(data=None), tensor(datatype="INT64"),
        tensor(shape=[4]), tensor(shape=[1, 5]), tensor(shape=[0, 4], data=[]), tensor(shape=[-1, 4]),
        tensor(shape=["1", 4]), tensor(shape=[1.0, 4]), tensor(shape=[2**40, 4]), tensor(shape=[True, 4]),
        tensor(shape=[1] * 64), tensor(data=["1", "2", "3", "4"]), tensor(data=[1, 2, 3]), tensor(data=[[1, 2], [3]]),
        tensor(data=[True, False, True, False]), tensor(data=[None] * 4), tensor(data={"a": 1}), tensor(data="abcd"),
        tensor(data=[1, 2, 3, "http://127.0.0.1/x"]), tensor(parameters={"binary_data_size": 16}, data=None),
        tensor(parameters=5), {"inputs": tensor()["inputs"] * 2}, {**tensor(), "outputs": [{"name": "nothing"}]},
        {**tensor(), "outputs": 7}, {**tensor(), "id": 5}, {**tensor(), "parameters": [1]},
        b'{"inputs":[{"name":"features","shape":[1,4],"datatype":"FP32","data":[1,2,3,NaN]}]}',
        b'{"inputs":' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_invalid_json_requests_are_refused_in_words(plane, body):
    status, _headers, answer = post(plane, body)
    assert status == 400
    assert answer["error"] == answer["detail"]
    assert answer["code"] in {"bad_tensor", "bad_request"}
    assert plane.infer("tiny", [ROW], "features")[0] == 200


def test_a_refusal_tells_the_expected_signature(plane):
    assert "expected inputs: features FP32 [-1,4]" in post(plane, tensor(shape=[1, 5]))[2]["detail"]
    assert "image UINT8 [-1,-1,-1,3]" in post(plane, tensor(), "pets")[2]["detail"]


@pytest.mark.parametrize(("value", "fits"), [(0, True), (255, True), (256, False), (-1, False), (1.5, False)])
def test_integers_are_neither_wrapped_nor_rounded(plane, value, fits):
    item = {"name": "image", "shape": [1, 1, 1, 3], "datatype": "UINT8", "data": [value, 0, 0]}
    assert post(plane, {"inputs": [item]}, "pets")[0] == (200 if fits else 400)


@pytest.mark.parametrize(
    ("length", "size", "tail", "status"),
    [(None, 16, b"", 200), (5, 16, b"", 400), (10**6, 16, b"", 400), ("x", 16, b"", 400), ("-1", 16, b"", 400),
     (None, 12, b"", 400), (None, 17, b"", 400), (None, 16, b"more", 400), (None, 16, None, 400)],
)  # fmt: skip
def test_binary_tensors_must_fit_their_header(plane, length, size, tail, status):
    item = {"name": "features", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": size}}
    head = json.dumps({"inputs": [item]}).encode()
    body = head + (np.asarray(ROW, np.float32).tobytes() + tail if tail is not None else b"short")
    answer = post(plane, body, Inference_Header_Content_Length=str(len(head) if length is None else length))
    assert answer[0] == status


@pytest.mark.parametrize("binary", [True, False])
def test_an_unchanged_triton_client_works(plane, binary):
    client = triton.InferenceServerClient(f"127.0.0.1:{plane.port}")
    headers = {"Authorization": f"Bearer {key_of('tiny')}"}
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("tiny", headers=headers)
    metadata = client.get_model_metadata("tiny", headers=headers)
    assert metadata["inputs"] == [{"name": "features", "datatype": "FP32", "shape": [-1, 4]}]
    given = triton.InferInput("features", [3, 4], "FP32")
    given.set_data_from_numpy(np.asarray([ROW] * 3, np.float32), binary_data=binary)
    wanted = [triton.InferRequestedOutput("scores", binary_data=binary)]
    for outputs in (wanted, None):
        answer = client.infer("tiny", [given], outputs=outputs, headers=headers, request_id="r-7")
        assert answer.as_numpy("scores").shape == (3, 3)
        assert answer.get_response()["id"] == "r-7"
    with pytest.raises(triton.InferenceServerException, match="key"):
        client.infer("tiny", [given])
    client.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2", 200), ("GET", "/v2/", 200), ("GET", "/v2/health/live", 200), ("GET", "/v2/health/ready", 200),
        ("GET", "/v2/models/tiny", 200), ("GET", "/v2/models/tiny/ready", 200), ("GET", "/v2/models/tiny/versions/1", 200),
        ("GET", "/v2/models/tiny/versions/1/ready", 200), ("GET", "/v2/models/tiny/versions/2", 404),
        ("GET", "/v2/models/tiny/nothing", 404), ("GET", "/nothing", 404), ("POST", "/v2", 405), ("GET", "/predict/tiny", 405),
        ("GET", "/v2/models/tiny/infer", 405), ("DELETE", "/v2/models/tiny", 405), ("POST", "/predict/../etc", 404),
        ("GET", "/metrics", 200), ("GET", "/v2/models/pets", 404), ("GET", "/v2/models/nobody", 404),
        ("GET", "/v2/models/%74iny", 404), ("GET", "/" + "a" * 3_000, 404),
    ],
)  # fmt: skip
def test_addresses_and_verbs(plane, method, path, status):
    assert plane.request(method, path, b"", key=key_of("tiny"))[0] == status


def test_a_version_can_be_asked_for_by_number(plane):
    one = plane.request("POST", "/v2/models/tiny/versions/1/infer", tensor(), key=key_of("tiny"))
    two = plane.request("POST", "/v2/models/tiny/versions/2/infer", tensor(), key=key_of("tiny"))
    assert (one[0], two[0]) == (200, 404)


def test_request_ids_are_kept_when_sane_and_made_otherwise(plane):
    kept = post(plane, tensor(), X_Request_Id="order-66.a")[1]["X-Request-Id"]
    made = post(plane, tensor(), X_Request_Id="x" * 500)[1]["X-Request-Id"]
    assert kept == "order-66.a"
    assert made != "x" * 500
    assert made != post(plane, tensor())[1]["X-Request-Id"]


def test_compressed_bodies_are_refused_by_name(plane):
    status, _headers, answer = post(plane, tensor(), Content_Encoding="gzip")
    assert (status, answer["code"]) == (415, "unsupported_encoding")


def test_metrics_count_what_was_asked(plane):
    post(plane, tensor())
    text = plane.request("GET", "/metrics")[2].decode()
    assert 'studio_requests_total{endpoint="tiny",code="200"}' in text
    assert 'studio_request_seconds_bucket{endpoint="tiny",le="+Inf"}' in text
    assert key_of("tiny") not in text
