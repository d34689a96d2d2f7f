#!/usr/bin/env python3
"""The studio from a terminal. One file, standard library only: copy it to any machine with Python 3.9 or later.

    export STUDIO_URL=https://studio.example.com STUDIO_TOKEN=...
    python studio.py data list
    python studio.py data push ./photos --dataset 01a2...
    python studio.py data push ./photos --dataset 01a2... --tag "line 3" --tag rainy
    python studio.py data push labeled.zip --dataset 01a2... --format coco --on-problem abort --dry-run

An upload that broke off, also by Ctrl-C or a reboot, goes on where it stopped when the same command is given again.
Exit status: 0 done, 1 failed, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

PART_BYTES = 16 << 20
TRIES = 6
POLL_S = 1.0
# Too slow, another offset than ours, locked, too many, damaged on the way: may be mended by asking again.
PASSING = (408, 409, 423, 429, 460)
ENDED = ("succeeded", "failed", "cancelled")


class Failed(Exception):
    """What the person is told."""


class Final(Failed):
    """What would be answered again, however often it is asked."""


class Gone(Final):
    """The server does not know it (any more)."""


class Api:
    """Calls of one server by one token; what may be repeated is, with growing pauses."""

    def __init__(self, url: str, token: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise Failed("STUDIO_URL begins with http:// or https://")
        self.root = url.rstrip("/")
        self._token = token

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        tries: int = TRIES,
    ) -> tuple[Any, http.client.HTTPMessage]:
        """The answer's JSON (None without a body) and headers. Raises Failed with the server's own words."""
        address = path if path.startswith("http") else f"{self.root}/api/v1/{path}"
        for left in range(tries - 1, -1, -1):
            request = urllib.request.Request(address, data=body, method=method, headers=headers or {})
            request.add_header("Authorization", f"Bearer {self._token}")
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
                    content = answer.read()
                    return (json.loads(content) if content else None), answer.headers
            except urllib.error.HTTPError as refusal:
                if not left or (refusal.code < 500 and refusal.code != 429):
                    raise _refused(refusal) from None
            except (urllib.error.URLError, http.client.HTTPException, OSError) as problem:
                if not left:
                    raise Failed(f"{self.root} does not answer: {problem}") from None
            time.sleep(min(30, 2 ** (tries - 1 - left)))
        raise Failed(f"{self.root} does not answer")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON; the key makes a repeated call one."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": os.urandom(16).hex()}
        return self.call("POST", path, json.dumps(body).encode(), headers)[0]

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every row of a list."""
        following: str | None = path
        while following:
            answer = self.call("GET", following)[0]
            yield from answer["results"]
            following = answer["next"]


def _refused(refusal: urllib.error.HTTPError) -> Failed:
    try:
        problem = json.loads(refusal.read())
        fields = problem.get("params", {}).get("fields", {})
        named = "; ".join(f"{name}: {', '.join(map(str, said))}" for name, said in fields.items())
        text = f"{problem['detail']}{f' ({named})' if named else ''}"
    except (ValueError, KeyError, AttributeError):
        text = f"HTTP {refusal.code}"
    if refusal.code == 404:
        return Gone(text)
    return (Failed if refusal.code >= 500 or refusal.code in PASSING else Final)(text)


class Kept:
    """Uploads under way, by what they are of, in a file of the user."""

    def __init__(self) -> None:
        cache = os.environ.get("XDG_CACHE_HOME")
        self._path = (Path(cache) if cache else Path.home() / ".cache") / "studio" / "uploads.json"

    def get(self, key: str) -> str | None:
        """The upload of `key`."""
        return self._read().get(key)

    def set(self, key: str, upload: str | None) -> None:
        """Remember or, with None, forget."""
        known = {name: value for name, value in self._read().items() if name != key}
        if upload:
            known[key] = upload
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(known))
        temporary.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self._path.read_text()))
        except (OSError, ValueError):
            return {}


def files_under(paths: list[Path]) -> list[tuple[str, Path]]:
    """Every file with the name it gets in the archive, in a stable order. Raises Failed."""
    found: list[tuple[str, Path]] = []
    for path in paths:
        if path.is_dir():
            found += _within(path)
        elif path.is_file():
            found.append((_encodable(path.name), path))
        else:
            raise Failed(f"{path} is not there")
    if not found:
        raise Failed("there is no file to send")
    names = [name for name, _ in found]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise Failed(f"two files have the name {twice[0]}; send their folders one at a time")
    return found


def _within(folder: Path) -> Iterator[tuple[str, Path]]:
    """Regular files. A link may lead out of what somebody meant to send, so it is left out and told."""
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if file.is_symlink():
            _say(f"left out, a link: {_printable(name)}")
        elif file.is_file():
            yield _encodable(name), file


def _encodable(name: str) -> str:
    """A name that is not UTF-8 on this disk is read as GB 18030, the usual reason for it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", "replace")
        _say(f"its name is not UTF-8 and is sent as {_printable(name)}")
    return name


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def fingerprint(server: str, files: list[tuple[str, Path]]) -> str:
    """Of what would be sent where: another size or time of any file is another upload."""
    digest = hashlib.sha256(server.encode())
    for name, path in files:
        facts = path.stat()
        digest.update(f"\0{name}\0{facts.st_size}\0{facts.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def pack(files: list[tuple[str, Path]], target: BinaryIO) -> None:
    """A ZIP without compression or dates: the same files give the same bytes, so that half an upload fits."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name.replace(os.sep, "/"))
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as into:
                while chunk := source.read(1 << 20):
                    into.write(chunk)


def upload(api: Api, kept: Kept, key: str, filename: str, file: BinaryIO) -> str:
    """Send all bytes, from where an earlier attempt stopped; the upload's id."""
    length = file.seek(0, os.SEEK_END)
    upload_id, offset = kept.get(key), 0
    if upload_id:
        try:
            offset = int(api.call("HEAD", f"uploads/{upload_id}/")[1]["Upload-Offset"])
            _say(f"going on at {_size(offset)}")
        except Gone:
            upload_id = None
    if upload_id is None:
        name = base64.b64encode(filename.encode()).decode()
        headers = {
            "Upload-Length": str(length),
            "Upload-Metadata": f"filename {name}",
            "Tus-Resumable": "1.0.0",
        }
        upload_id = str(api.call("POST", "uploads/", b"", headers)[0]["id"])
        kept.set(key, upload_id)
    while offset < length:
        offset = _send_part(api, upload_id, file, offset)
        _say(f"sent {_size(offset)} of {_size(length)}", is_passing=True)
    _say("")
    return upload_id


def _send_part(api: Api, upload_id: str, file: BinaryIO, offset: int) -> int:
    """The new offset; a part whose answer was lost is asked about, not sent twice."""
    for left in range(TRIES - 1, -1, -1):
        file.seek(offset)
        part = file.read(PART_BYTES)
        checksum = base64.b64encode(hashlib.sha256(part).digest()).decode()
        headers = {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Tus-Resumable": "1.0.0",
        }
        try:
            return int(api.call("PATCH", f"uploads/{upload_id}/", part, headers, tries=1)[1]["Upload-Offset"])
        except Final:
            raise
        except Failed:
            if not left:
                raise
            time.sleep(2 ** (TRIES - 1 - left))
            offset = int(api.call("HEAD", f"uploads/{upload_id}/")[1]["Upload-Offset"])
    return offset


def _dataset(api: Api, wanted: str) -> dict[str, Any]:
    """The data set of an id. Raises Failed."""
    try:
        return dict(api.call("GET", f"datasets/{urllib.parse.quote(wanted.strip(), safe='')}/")[0])
    except Gone:
        raise Failed(
            f"{api.root} has no data set {_printable(wanted)!r} that you may see; "
            "`data list` shows the ids and names of those that you may"
        ) from None


def data_push(api: Api, wanted: argparse.Namespace) -> int:
    """Send, import, and say what came of it."""
    dataset = _dataset(api, wanted.dataset)
    files = files_under(wanted.paths)
    is_archive = len(files) == 1 and files[0][1].suffix.lower() in (
        ".zip",
        ".tar",
        ".gz",
        ".tgz",
        ".bz2",
        ".xz",
    )
    key, kept = fingerprint(api.root, files), Kept()
    options = {name: getattr(wanted, name) for name in ("format", "on_problem", "group_by", "dry_run")}
    if wanted.tags:
        options["tags"] = wanted.tags
    _say(f"{len(files)} file{'s' if len(files) > 1 else ''} -> {_printable(dataset['name'])}")
    with files[0][1].open("rb") if is_archive else tempfile.TemporaryFile() as file:
        if not is_archive:
            pack(files, file)
        filename = files[0][0] if is_archive else f"{wanted.paths[0].resolve().name}.zip"
        upload_id = upload(api, kept, key, filename, file)
    body = {"upload_id": upload_id, **options}
    job = api.post(f"datasets/{dataset['id']}/imports/", body)["job"]
    job = _ended(api, job)
    if job["state"] != "succeeded":
        raise Failed(f"the import {job['state']}: {(job.get('error') or {}).get('detail', '')}")
    if not wanted.dry_run:
        kept.set(key, None)
    print(json.dumps(job["result"], ensure_ascii=False, indent=2) if wanted.json else _told(job["result"]))
    return 0


def data_list(api: Api, wanted: argparse.Namespace) -> int:
    """The data sets the token may see."""
    for row in api.pages("datasets/?limit=100"):
        print(f"{row['id']}  {row['counts']['samples']:>9}  {row['task']:<24}  {_printable(row['name'])}")
    return 0


def _ended(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    while job["state"] not in ENDED:
        time.sleep(POLL_S)
        job = api.call("GET", f"jobs/{job['id']}/")[0]
        progress = job.get("progress") or {}
        if progress.get("total"):
            _say(f"importing {progress['done']} of {progress['total']}", is_passing=True)
    _say("")
    return job


def _told(result: dict[str, Any]) -> str:
    lines = [
        f"format      {result['format']} ({result['reason']})",
        f"created     {result['created']}",
        f"labeled     {result['annotated']}",
        f"duplicates  {result['duplicates']}",
        f"skipped     {result['skipped']}",
    ]
    if result.get("tagged"):
        lines.insert(-1, f"tagged      {result['tagged']} of them")
    lines += [f"  {code}: {count}" for code, count in result["problems"].items()]
    lines += [f"  {one['where']}: {one['detail']}" for one in result["problem_samples"][:10]]
    return "\n".join(lines)


def _say(text: str, *, is_passing: bool = False) -> None:
    """To the terminal, not into what is piped on."""
    if is_passing and not sys.stderr.isatty():
        return
    sys.stderr.write(f"\r\x1b[K{text}" if is_passing else f"{text}\n" if text else "")
    sys.stderr.flush()


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MB"


def parser_make() -> argparse.ArgumentParser:
    """What can be typed."""
    parser = argparse.ArgumentParser(
        prog="studio", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default=os.environ.get("STUDIO_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--token", default=os.environ.get("STUDIO_TOKEN", ""), help="better: STUDIO_TOKEN")
    areas = parser.add_subparsers(required=True, metavar="data")
    data = areas.add_parser("data", help="data sets").add_subparsers(required=True, metavar="push | list")
    push = data.add_parser("push", help="send files or folders into a data set")
    push.add_argument("paths", nargs="+", type=Path)
    push.add_argument("--dataset", required=True, help="its id, from `data list`")
    push.add_argument("--format", default="auto")
    push.add_argument("--on-problem", choices=("skip", "abort"), default="skip")
    push.add_argument("--group-by", choices=("none", "folder", "prefix"), default="none")
    push.add_argument(
        "--tag",
        dest="tags",
        action="append",
        default=[],
        metavar="TAG",
        help="for every sample; may be repeated",
    )
    push.add_argument("--dry-run", action="store_true", help="only say what would come in")
    push.add_argument("--json", action="store_true", help="the job's result as JSON")
    push.set_defaults(run=data_push)
    data.add_parser("list", help="the data sets you may see").set_defaults(run=data_list)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    wanted = parser_make().parse_args(arguments)
    token = wanted.token.strip()
    if not token.isascii() or not token.isprintable():
        sys.stderr.write("STUDIO_TOKEN holds signs that no token has; copy it again\n")
        return 2
    if not token:
        sys.stderr.write("set STUDIO_TOKEN to a token of yours (in the studio: your name, Tokens)\n")
        return 2
    try:
        return int(wanted.run(Api(wanted.url.strip(), token), wanted))
    except Failed as failure:
        sys.stderr.write(f"\n{failure}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
