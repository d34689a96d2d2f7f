"""A client that sends one file in parts and asks after every failure where to go on: a process of its own, to be killed.

python sending.py URL UPLOAD TOKEN FILE PART_BYTES   ends with 0 when the server has every byte
"""

import sys
import time
from pathlib import Path

import requests

TUS = {"Tus-Resumable": "1.0.0"}
PAUSE_S = 0.2


def main(url: str, upload: str, token: str, file: str, part_bytes: str) -> None:
    """Send what the server has not got, until nothing is left."""
    content, size = Path(file).read_bytes(), int(part_bytes)
    address = f"{url}/api/v1/uploads/{upload}/"
    signed = {**TUS, "Authorization": f"Bearer {token}"}
    while True:
        try:
            offset = sent_from(address, signed, content, size)
        except requests.RequestException:
            offset = -1
        if offset == len(content):
            return
        time.sleep(PAUSE_S)


def sent_from(address: str, signed: dict[str, str], content: bytes, size: int) -> int:
    """Where the server stands after as many parts as it took without a complaint."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.head(address, headers=signed, timeout=20)
        while answer.ok:
            offset = int(answer.headers["Upload-Offset"])
            if offset == len(content):
                return offset
            headers = {
                **signed,
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            answer = session.patch(address, headers=headers, data=content[offset : offset + size], timeout=20)
    return -1


if __name__ == "__main__":
    main(*sys.argv[1:])
