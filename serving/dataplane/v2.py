"""The Open Inference Protocol, version 2: JSON and the binary tensor extension. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson

from core.errors import BadRequest
from serving.dataplane.messages import Response
from serving.runtime.session import Array, ModelSession, TensorSpec

MAX_ROWS: Final = 4_096
_MAX_RANK: Final = 8


class BadTensor(BadRequest):
    """The request does not fit the model; `detail` carries the expected signature in words."""

    code = "bad_tensor"


@dataclass(frozen=True, slots=True)
class Inference:
    """A parsed infer request. `wanted` maps output names to whether they go back as binary."""

    feeds: dict[str, Array]
    rows: int
    id: str | None
    wanted: Mapping[str, bool] | None
    binary: bool


def parse_infer(session: ModelSession, body: bytes, header_length: bytes | None) -> Inference:
    """Check the body against the signature, copying nothing of binary tensors. Raises BadTensor."""
    document, at = _document(body, header_length)
    try:
        given = {item["name"]: item for item in document["inputs"]}
        feeds: dict[str, Array] = {}
        for item in document["inputs"]:
            spec = next((spec for spec in session.inputs if spec.name == item["name"]), None)
            if spec is None:
                raise BadTensor(f"unknown input {str(item['name'])[:100]!r}")
            feeds[spec.name], at = _tensor(spec, item, body, at, is_binary=header_length is not None)
        if len(given) != len(session.inputs) or len(given) != len(document["inputs"]):
            raise BadTensor("each input is to be given once")
        if header_length is not None and at != len(body):
            raise BadTensor(f"{len(body) - at} bytes follow the last tensor")
        wanted, binary = _wanted(session, document)
        return Inference(feeds, _rows(session, feeds), _request_id(document), wanted, binary)
    except BadTensor as refusal:
        raise BadTensor(f"{refusal.detail}; {signature_words(session)}") from refusal
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as problem:
        raise BadTensor(f"not a valid infer request; {signature_words(session)}") from problem


def signature_words(session: ModelSession) -> str:
    """`expected inputs: image UINT8 [-1,-1,-1,3]`."""
    return "expected inputs: " + ", ".join(spec.words() for spec in session.inputs)


def _document(body: bytes, header_length: bytes | None) -> tuple[dict[str, Any], int]:
    if header_length is None:
        text, at = body, len(body)
    else:
        if not header_length.isdigit() or int(header_length[:10]) > len(body):
            raise BadRequest("Inference-Header-Content-Length must be the length of the JSON in bytes")
        at = int(header_length)
        text = body[:at]
    try:
        document = orjson.loads(text)
    except ValueError as problem:
        raise BadRequest("the body is not valid JSON") from problem
    if not isinstance(document, dict) or not isinstance(document.get("inputs"), list):
        raise BadRequest('a JSON object with "inputs" is expected')
    return document, at


def _tensor(
    spec: TensorSpec, item: dict[str, Any], body: bytes, at: int, *, is_binary: bool
) -> tuple[Array, int]:
    if item["datatype"] != spec.datatype:
        raise BadTensor(f"input {spec.name!r} is {str(item['datatype'])[:20]}")
    shape = _shape(spec, item["shape"])
    size = (item.get("parameters") or {}).get("binary_data_size")
    count = math.prod(shape)
    if size is None:
        return _from_list(spec, item["data"], count).reshape(shape), at
    if (
        not is_binary
        or not isinstance(size, int)
        or size != count * spec.dtype.itemsize
        or at + size > len(body)
    ):
        raise BadTensor(f"input {spec.name!r}: binary_data_size does not match its shape and the body")
    if spec.dtype == np.bool_ and body[at : at + size].translate(None, b"\x00\x01"):
        raise BadTensor(f"input {spec.name!r}: booleans are bytes 0 or 1")
    return np.frombuffer(body, spec.dtype, count, at).reshape(shape), at + size


def _shape(spec: TensorSpec, shape: Any) -> tuple[int, ...]:
    if (
        not isinstance(shape, list)
        or len(shape) > _MAX_RANK
        or not all(type(length) is int and 0 <= length < 1 << 31 for length in shape)
    ):
        raise BadTensor(f"input {spec.name!r}: shape must be a list of lengths")
    fits = len(shape) == len(spec.shape) and all(
        want in (-1, length) for want, length in zip(spec.shape, shape, strict=True)
    )
    if not fits or 0 in shape:
        raise BadTensor(f"input {spec.name!r} has shape {shape}")
    return tuple(shape)


def _from_list(spec: TensorSpec, values: Any, count: int) -> Array:
    """JSON numbers to the wanted type; nothing is rounded, wrapped or parsed from text."""
    array = np.array(values).ravel()
    if array.size != count:
        raise BadTensor(f"input {spec.name!r} has {array.size} values where its shape says {count}")
    allowed = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}[spec.dtype.kind]
    if array.dtype.kind not in allowed:
        raise BadTensor(f"input {spec.name!r}: the values are not all {spec.datatype}")
    converted: Array = array.astype(spec.dtype)
    if spec.dtype.kind in "iu" and not (converted == array).all():
        raise BadTensor(f"input {spec.name!r}: a value does not fit {spec.datatype}")
    return converted


def _rows(session: ModelSession, feeds: Mapping[str, Array]) -> int:
    if not session.batchable:
        return 1
    rows = {len(array) for array in feeds.values()}
    if len(rows) != 1 or max(rows) > MAX_ROWS:
        raise BadTensor(f"all inputs must have the same first length, at most {MAX_ROWS}")
    return rows.pop()


def _request_id(document: dict[str, Any]) -> str | None:
    given = document.get("id")
    if given is not None and (not isinstance(given, str) or len(given) > 200):
        raise BadTensor("id must be a short string")
    return given or None


def _wanted(session: ModelSession, document: dict[str, Any]) -> tuple[Mapping[str, bool] | None, bool]:
    default = bool((document.get("parameters") or {}).get("binary_data_output", False))
    outputs = document.get("outputs")
    if not outputs:
        return None, default
    wanted: dict[str, bool] = {}
    for item in outputs:
        if item["name"] not in session.output_names:
            raise BadTensor(f"unknown output {str(item['name'])[:100]!r}")
        wanted[item["name"]] = bool((item.get("parameters") or {}).get("binary_data", default))
    return wanted, default


def infer_response(
    session: ModelSession, inference: Inference, outputs: list[Array], content: dict[str, Any], headers: bytes
) -> Response:
    """The answer; `content` holds model name and version and gains the outputs."""
    listed: list[dict[str, Any]] = []
    blobs: list[bytes] = []
    for spec, array in zip(session.outputs, outputs, strict=True):
        if inference.wanted is None:
            binary = inference.binary
        elif spec.name in inference.wanted:
            binary = inference.wanted[spec.name]
        else:
            continue
        item: dict[str, Any] = {"name": spec.name, "datatype": spec.datatype, "shape": array.shape}
        if binary:
            blobs.append(array.tobytes())
            item["parameters"] = {"binary_data_size": len(blobs[-1])}
        else:
            item["data"] = array.ravel().tolist() if array.dtype == np.float16 else array.ravel()
        listed.append(item)
    if inference.id is not None:
        content["id"] = inference.id
    content["outputs"] = listed
    text = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
    if not blobs:
        return Response(200, text, headers=headers)
    headers += b"Inference-Header-Content-Length: %d\r\n" % len(text)
    return Response(200, b"".join((text, *blobs)), b"application/octet-stream", headers)


def metadata(session: ModelSession, name: str, versions: list[str]) -> dict[str, Any]:
    """The model metadata response."""
    return {
        "name": name,
        "versions": versions,
        "platform": "onnxruntime_onnx",
        "inputs": [_described(spec) for spec in session.inputs],
        "outputs": [_described(spec) for spec in session.outputs],
    }


def _described(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": list(spec.shape)}
