"""Predictions per second of the data plane against bare ONNX Runtime, in one run.

    python scripts/bench_serving.py [--seconds 4]

The server is pinned to one core and the load generator to another (to the same one where there is only one).
Wall figures want a quiet machine; the CPU figures (server CPU per request against CPU of the bare call) hold
on a busy one, too. The journal samples 10 %, keys and limits are on.
"""

import argparse
import hashlib
import io
import os
import resource
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.imaging import DecodeRule  # noqa: E402
from serving.dataplane.table import render_table  # noqa: E402
from serving.runtime.session import ModelSession  # noqa: E402

KEY = "sk_" + "b" * 43
SIDE = 224


@dataclass(frozen=True)
class Load:
    """Requests, seconds, server CPU seconds, latencies in seconds."""

    requests: int
    seconds: float
    cpu: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def photo() -> bytes:
    """A picture of about 0.3 megapixels as a camera would store it."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (30, 40, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC)
    noisy = np.clip(np.asarray(picture) + rng.normal(0, 6, (480, 640, 3)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=88)
    return out.getvalue()


def tiny_model() -> bytes:
    """4 -> 3, a few microseconds."""
    from tests.serving.plane import tiny_model as build

    return bytes(build())


def network_model(path: Path) -> None:
    """EfficientNet-Lite0 with preprocessing inside, as the studio exports it."""
    import torch

    from training.algorithms.base import Fitted
    from training.engine.network import Scorer, pretrained_classifier
    from training.export.onnx import export_onnx, metadata_of

    torch.set_num_threads(1)
    classes = tuple(f"class {number}" for number in range(10))
    scorer = Scorer(pretrained_classifier(len(classes)), SIDE).eval()
    fitted = Fitted(scorer, DecodeRule(floor_px=2 * SIDE), classes)
    export_onnx(fitted, path, metadata_of(fitted, "image_classification", {}))


class Server:
    """The data plane on core 0."""

    def __init__(self, folder: Path, models: dict[str, bytes]) -> None:
        (folder / "serving" / "models").mkdir(parents=True)
        endpoints = []
        for name, content in models.items():
            digest = hashlib.sha256(content).hexdigest()
            (folder / "serving" / "models" / f"{digest}.onnx").write_bytes(content)
            key = {
                "id": name,
                "prefix": (KEY + name)[:11],
                "sha256": hashlib.sha256((KEY + name).encode()).hexdigest(),
            }
            route = {"model_version": name, "number": 1, "sha256": digest, "weight": 1}
            endpoints.append(
                {
                    "id": name, "name": name, "revision": 1, "state": "live", "routes": [route], "keys": [key],
                    "journal": {"sample_rate": 0.1, "consent": True}, "limits": {"queue": 256, "timeout_ms": 20_000},
                }
            )  # fmt: skip
        table = render_table({"version": 1, "endpoints": endpoints, "internal_sha256": None})
        (folder / "serving" / "table.json").write_bytes(table)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {**os.environ, "STUDIO_DATA_DIR": str(folder), "STUDIO_SERVE_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "serving.dataplane"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {0}),
        )  # fmt: skip
        while b"200 OK" not in self.get("/v2/health/ready"):
            time.sleep(0.1)

    def get(self, path: str) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                return connection.recv(65536)
        except OSError:
            return b""

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return 0.0


def http_request(path: str, name: str, body: bytes, content_type: str, extra: str = "") -> bytes:
    """The bytes of a POST with the endpoint's key."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}{name}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


def drive(server: Server, request: bytes, clients: int, seconds: float) -> Load:
    """A closed loop of clients over epoll; each sends as soon as it has its answer."""
    poller = select.epoll()
    connections = {}
    sent: dict[int, float] = {}
    for _ in range(clients):
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections[connection.fileno()] = connection
        poller.register(connection, select.EPOLLIN)
    clock = time.perf_counter
    start, cpu = clock(), server.cpu()
    for number, connection in connections.items():
        sent[number] = clock()
        connection.sendall(request)
    latencies: list[float] = []
    while (now := clock()) < start + seconds:
        for number, _event in poller.poll(1):
            connection = connections[number]
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(answer[:500].decode())
            now = clock()
            latencies.append(now - sent[number])
            sent[number] = now
            connection.sendall(request)
    took, used = clock() - start, server.cpu() - cpu
    for connection in connections.values():
        connection.close()
    return Load(len(latencies), took, used, latencies)


def bare(call: Callable[[], object], seconds: float) -> tuple[float, float]:
    """Calls per second, CPU seconds per call, in this process on core 0."""
    os.sched_setaffinity(0, {0})
    call()
    start, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() < start + seconds:
        call()
        count += 1
    took, used = time.perf_counter() - start, time.process_time() - cpu
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    return count / took, used / count


def line(name: str, limit: tuple[float, float], loads: dict[int, Load]) -> None:
    """Print one case; shares are of the limit."""
    wall = " / ".join(f"{load.per_second:,.0f}" for load in loads.values())
    share = " / ".join(f"{load.per_second / limit[0]:.2f}" for load in loads.values())
    cpu = " / ".join(f"{load.cpu / load.requests * 1e6:,.0f}" for load in loads.values())
    cpu_share = " / ".join(f"{limit[1] / (load.cpu / load.requests):.2f}" for load in loads.values())
    tail = " / ".join(
        f"{load.percentile(0.99) / (clients / load.per_second):.2f}" for clients, load in loads.items()
    )
    print(f"{name:12} limit {limit[0]:>9,.0f}/s {limit[1] * 1e6:>8,.1f} us | served {wall} /s, share {share}")
    print(f"{'':12} CPU us a request {cpu}, CPU share {cpu_share} | p99 in mean latencies {tail}")


def beside(server: Server, light: bytes, heavy: bytes, seconds: float) -> None:
    """p50 of the light model alone, and while four clients keep the heavy one busy."""
    alone = drive(server, light, 1, seconds / 2)
    quiet = drive(server, heavy, 4, seconds)
    child = os.fork()
    if child == 0:
        drive(server, heavy, 4, seconds + 0.5)
        os._exit(0)
    time.sleep(0.25)
    both = drive(server, light, 1, seconds)
    os.waitpid(child, 0)
    print(
        f"light beside heavy: p50 {alone.percentile(0.5) * 1e3:.2f} ms alone, {both.percentile(0.5) * 1e3:.2f} ms beside"
        f" (p99 {both.percentile(0.99) * 1e3:.2f} ms), heavy alone {quiet.per_second:.0f}/s"
    )


def main() -> None:
    """Build the models, start the server, measure, end it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--only", nargs="+", default=["tiny", "jpeg", "binary", "beside"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        network_model(folder / "network.onnx")
        (folder / "tiny.onnx").write_bytes(tiny_model())
        models = {
            "tiny": (folder / "tiny.onnx").read_bytes(),
            "network": (folder / "network.onnx").read_bytes(),
        }
        server = Server(folder, models)
        try:
            measure(server, folder, options)
        finally:
            server.process.terminate()
            server.process.wait()


def measure(server: Server, folder: Path, options: argparse.Namespace) -> None:
    """All cases against one server."""
    tiny, network = ModelSession(folder / "tiny.onnx"), ModelSession(folder / "network.onnx")
    jpeg, rule = photo(), DecodeRule(floor_px=2 * SIDE)
    features = np.ones((1, 4), np.float32)
    tensor = np.ascontiguousarray(rule.decode(jpeg)[:SIDE, :SIDE][None])
    inputs = [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [1.0, 2.0, 3.0, 4.0]}]
    light = http_request(
        "/v2/models/tiny/infer", "tiny", orjson.dumps({"inputs": inputs}), "application/json"
    )
    upload = http_request("/predict/network", "network", jpeg, "image/jpeg")
    item = {"name": "image", "shape": list(tensor.shape), "datatype": "UINT8",
            "parameters": {"binary_data_size": tensor.nbytes}}  # fmt: skip
    head = orjson.dumps({"inputs": [item], "parameters": {"binary_data_output": True}})
    extra = f"Inference-Header-Content-Length: {len(head)}\r\n"
    binary = http_request(
        "/v2/models/network/infer", "network", head + tensor.tobytes(), "application/octet-stream", extra
    )
    cases = {
        "tiny": (lambda: tiny.run({"features": features}), light),
        "jpeg": (lambda: network.run({"image": rule.decode(jpeg)[None]}), upload),
        "binary": (lambda: network.run({"image": tensor}), binary),
    }
    print(f"idle memory of the data plane {server.memory_mb():.0f} MB; jpeg of {len(jpeg) / 1000:.0f} kB")
    for name, (call, request) in cases.items():
        if name in options.only:
            before = bare(call, options.seconds / 2)
            loads = {clients: drive(server, request, clients, options.seconds) for clients in options.clients}
            after = bare(call, options.seconds / 2)
            limit = statistics.mean((before[0], after[0])), statistics.mean((before[1], after[1]))
            line(name, limit, loads)
    if "beside" in options.only:
        beside(server, light, upload, options.seconds)
    print(
        f"memory afterwards {server.memory_mb():.0f} MB; own peak {resource.getrusage(0).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
