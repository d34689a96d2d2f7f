"""A data plane for tests: known-answer models, tables, and the process itself."""

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from serving.dataplane.table import render_table

CLASSES = ["cat", "dog", "owl", "fox"]
ROOT = Path(__file__).parents[2]


def _metadata(model, floor_px, version):
    rule = {"version": "studio-decode/1", "floor_px": floor_px}
    pairs = {
        "studio.task": "image_classification",
        "studio.classes": json.dumps([{"index": i, "name": name} for i, name in enumerate(CLASSES)]),
        "studio.decode": json.dumps(rule),
        "studio.version": version,
        "studio.format": "1",
    }
    for key, value in pairs.items():
        model.metadata_props.add(key=key, value=value)


def _saved(graph, *, floor_px=None, version="", pictures=False):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    if pictures:
        _metadata(model, floor_px, version)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def key_of(name):
    """The test key of an endpoint."""
    return "sk_" + hashlib.sha256(name.encode()).hexdigest()[:43]


def constant(name, values, dtype):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def tiny_model(seed=0):
    """features FP32 [-1,4] -> scores FP32 [-1,3]: a few microseconds."""
    weights = np.random.default_rng(seed).normal(size=(4, 3))
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["features", "w"], ["logits"]), helper.make_node("Softmax", ["logits"], ["scores"])],
        "tiny",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 3])],
        [constant("w", weights, np.float32)],
    )  # fmt: skip
    return _saved(graph)


def picture_model(floor_px=32, seed=0):
    """image UINT8 [-1,-1,-1,3] -> scores of four classes, depending on the mean color."""
    weights = np.random.default_rng(seed).normal(size=(3, 4)) * 4
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["x"], to=TensorProto.FLOAT),
            helper.make_node("Div", ["x", "full"], ["y"]),
            helper.make_node("ReduceMean", ["y", "axes"], ["mean"], keepdims=0),
            helper.make_node("MatMul", ["mean", "w"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["scores"]),
        ],
        "pictures",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", "height", "width", 3])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 4])],
        [
            constant("full", 255, np.float32),
            constant("axes", [1, 2], np.int64),
            constant("w", weights, np.float32),
        ],
    )
    return _saved(graph, floor_px=floor_px, version=f"seed-{seed}", pictures=True)


def answer_model(answer):
    """x FP32 [-1,1] -> the number `answer` in every row: a version that says its own name."""
    graph = helper.make_graph(
        [helper.make_node("Mul", ["x", "zero"], ["nothing"]), helper.make_node("Add", ["nothing", "k"], ["y"])],
        "answer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])],
        [constant("zero", 0, np.float32), constant("k", answer, np.float32)],
    )  # fmt: skip
    return _saved(graph)


def slow_model(size=1_000, rounds=4):
    """x FP32 [1,1] -> y: one row at a time, a few hundred milliseconds of matrix products."""
    nodes = [helper.make_node("Mul", ["w", "x"], ["v0"])]
    nodes += [helper.make_node("MatMul", [f"v{i}", "w"], [f"v{i + 1}"]) for i in range(rounds)]
    nodes += [
        helper.make_node("ReduceMean", [f"v{rounds}"], ["r"]),
        helper.make_node("Add", ["x", "r"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "slow",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1])],
        [constant("w", np.full((size, size), 1e-4), np.float32)],
    )
    return _saved(graph)


def endless_model():
    """x FP32 [1] -> y: a loop of 2^62 rounds."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["cond_in"], ["cond_out"]),
            helper.make_node("Add", ["v_in", "v_in"], ["v_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("cond_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v_in", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info("cond_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v_out", TensorProto.FLOAT, [1]),
        ],
    )
    rounds = helper.make_node("Where", ["is_zero", "once", "many"], ["rounds"])
    graph = helper.make_graph(
        [
            helper.make_node("Equal", ["x", "zero"], ["zeros"]),
            helper.make_node("Squeeze", ["zeros"], ["is_zero"]),
            rounds,
            helper.make_node("Loop", ["rounds", "yes", "x"], ["y"], body=body),
        ],
        "endless",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
        [constant("zero", [0], np.float32), constant("once", 1, np.int64), constant("many", 2**62, np.int64),
         constant("yes", True, np.bool_)],
    )  # fmt: skip
    return _saved(graph)


class Folder:
    """What the control plane would write: models and the table."""

    def __init__(self, data_dir):
        self.data_dir = Path(data_dir)
        self.path = self.data_dir / "serving"
        (self.path / "models").mkdir(parents=True, exist_ok=True)
        self.version = 0
        self.entries = {}
        self.internal = "internal-secret"

    def model(self, content):
        """Store a model file; its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        (self.path / "models" / f"{digest}.onnx").write_bytes(content)
        return digest

    def endpoint(self, name, *models, weights=None, keys=None, **options):
        """Put an endpoint into the table; models are (number, bytes)."""
        routes = [
            {
                "model_version": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}-{number}")),
                "number": number,
                "sha256": content if isinstance(content, str) else self.model(content),
                "weight": (weights or [1] * len(models))[index],
            }
            for index, (number, content) in enumerate(models)
        ]
        keys = [
            {
                "id": f"{name}-{key[-4:]}",
                "prefix": key[:11],
                "sha256": hashlib.sha256(key.encode()).hexdigest(),
            }
            for key in (keys if keys is not None else [key_of(name)])
        ]
        self.entries[name] = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)), "name": name, "revision": 1, "state": "live",
            "routes": routes, "keys": keys, **options,
        }  # fmt: skip
        return self

    def publish(self, **extra):
        """Write the table as the control plane does."""
        self.version += 1
        body = {
            "version": self.version, "endpoints": list(self.entries.values()),
            "internal_sha256": hashlib.sha256(self.internal.encode()).hexdigest(), **extra,
        }  # fmt: skip
        temporary = self.path / "table.tmp"
        temporary.write_bytes(render_table(body))
        temporary.replace(self.path / "table.json")
        return self.version


class Plane:
    """The process, and a client for it."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None

    def start(self):
        """Start and wait until the table is applied."""
        environment = {
            **os.environ,
            "STUDIO_DATA_DIR": str(self.folder.data_dir),
            "STUDIO_SERVE_PORT": str(self.port),
        }
        self.log = (self.folder.data_dir / "plane.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "serving.dataplane"],
            env=environment,
            cwd=ROOT,
            stdout=self.log,
            stderr=self.log,
        )
        wait_until(lambda: self.answers("/v2/health/ready"), 30)
        return self

    def answers(self, path):
        """Whether a GET answers 200."""
        try:
            return self.request("GET", path)[0] == 200
        except OSError:
            return False

    def kill(self, number=signal.SIGKILL):
        """End the process."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
        if self.process:
            self.process.wait(40)
            self.log.close()

    def connect(self):
        """A new connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def request(self, method, path, body=b"", *, key=None, connection=None, **headers):
        """Status, headers, body (JSON decoded where it is JSON)."""
        own = connection is None
        connection = connection or self.connect()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            content = response.read()
        finally:
            if own:
                connection.close()
        if "json" in (response.getheader("Content-Type") or ""):
            content = json.loads(content)
        return response.status, response.headers, content

    def infer(self, name, rows=((1.0,),), tensor="x", **options):
        """A v2 JSON inference."""
        rows = np.asarray(rows, np.float32)
        item = {"name": tensor, "shape": list(rows.shape), "datatype": "FP32", "data": rows.ravel().tolist()}
        options.setdefault("key", key_of(name))
        return self.request("POST", f"/v2/models/{name}/infer", {"inputs": [item]}, **options)

    def predict(self, name, body, query="", **options):
        """A person's call with a raw body."""
        options.setdefault("key", key_of(name))
        options.setdefault("Content_Type", "image/jpeg")
        return self.request("POST", f"/predict/{name}{query}", body, **options)

    def wait_for_table(self, version, seconds=30):
        """Until the process has applied this table."""
        wait_until(lambda: self.stats().get("table_version", 0) >= version, seconds)

    def stats(self):
        """What it tells the control plane."""
        files = list((self.folder.path / "stats").glob(f"*-{self.port}.json"))
        return json.loads(files[0].read_text()) if files else {}


@contextmanager
def running(folder):
    """A started data plane, killed at the end."""
    plane = Plane(folder)
    try:
        yield plane.start()
    finally:
        plane.kill()


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, seconds):
    """Poll until it holds; fail after the given time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.02)
