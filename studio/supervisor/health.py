"""Asks a child whether it answers, over a bare socket: the supervisor needs no HTTP client."""

import asyncio
from contextlib import suppress


async def http_status(host: str, port: int, path: str, timeout_s: float = 5.0) -> int | None:
    """The status code of `GET path`, or None when nothing sensible answers in time."""
    with suppress(OSError, TimeoutError, ValueError, IndexError):
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
                )
                await writer.drain()
                return int((await reader.readline()).split()[1])
            finally:
                writer.close()
    return None


async def port_open(host: str, port: int) -> bool:
    """Whether something accepts connections."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True
