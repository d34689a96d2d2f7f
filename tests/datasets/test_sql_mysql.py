"""Queries on a real MariaDB where one is found, and on servers that misbehave everywhere.

`STUDIO_TEST_MARIADB` names the server's program; without it, and without one on the path, the first part is skipped.
"""

import os
import shutil
import socket
import struct
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from datasets.sql import asking
from datasets.sql.question import Question, SqlFailed, SqlRefused, query_check
from tests.support.servers import free_port, wait_for_port

PASSWORD = "a password that nobody reads"
PROGRAM = os.environ.get("STUDIO_TEST_MARIADB") or shutil.which("mariadbd") or ""
SHARE = os.environ.get("STUDIO_TEST_MARIADB_SHARE", "/usr/share/mysql")
ACCOUNTS = f"""
SET NAMES utf8mb4;
CREATE DATABASE shop;
CREATE TABLE shop.orders (id INT, day DATETIME, price DOUBLE, name VARCHAR(40), raw VARBINARY(4)) CHARSET utf8mb4;
INSERT INTO shop.orders SELECT seq, '2026-01-01' + INTERVAL seq HOUR, seq / 4, CONCAT('名 ', seq), CHAR(seq) FROM shop.seq_1_to_200;
CREATE USER reader@'%' IDENTIFIED BY '{PASSWORD}';
GRANT SELECT ON shop.* TO reader@'%';
CREATE USER filer@'%' IDENTIFIED BY '{PASSWORD}';
GRANT SELECT ON shop.* TO filer@'%';
GRANT FILE ON *.* TO filer@'%';
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    if not PROGRAM:
        pytest.skip("no MariaDB here")
    folder, port = tmp_path_factory.mktemp("mariadb"), free_port()
    script = folder / "begin.sql"
    tables = "".join(
        Path(SHARE, f"{name}.sql").read_text() for name in ("mysql_system_tables", "mysql_system_tables_data")
    )
    script.write_text(f"CREATE DATABASE mysql;\nUSE mysql;\n{tables}\n")
    (folder / "data").mkdir()
    common = [
        PROGRAM, "--no-defaults", f"--datadir={folder}/data", f"--lc-messages-dir={SHARE}", "--user=root",
        f"--character-sets-dir={SHARE}/charsets", f"--plugin-dir={folder}", f"--pid-file={folder}/pid",
    ]  # fmt: skip
    with script.open("rb") as begin:
        subprocess.run([*common, "--bootstrap"], stdin=begin, check=True, capture_output=True, timeout=120)
    accounts = folder / "accounts.sql"
    accounts.write_text("".join(line + "\n" for line in ACCOUNTS.strip().splitlines()))
    server = subprocess.Popen(
        [*common, "--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder}/s", f"--init-file={accounts}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for_port(port, 60)
        yield port
    finally:
        server.kill()
        server.wait()


def ask(port, folder, query, **changes):
    given = {
        "driver": "mysql", "query": query, "host": "127.0.0.1", "addresses": ("127.0.0.1",), "port": port,
        "database": "shop", "user": "reader", "password": PASSWORD, "tls": "off",
    }  # fmt: skip
    return asking.asked(Question(**{**given, **changes}), folder, "jsonl", lambda: None)


def test_rows_of_mariadb_come_as_they_are_written_there(port, tmp_path):
    found = ask(port, tmp_path, "SELECT * FROM orders ORDER BY id", limit=150)
    assert (found.rows, found.capped, found.kinds) == (150, True, {"day": "datetime", "price": "number"})
    first = orjson.loads(found.path.read_bytes().splitlines()[0])
    assert first == {"id": "1", "day": "2026-01-01 01:00:00", "price": "0.25", "name": "名 1", "raw": "\\x01"}


def test_mariadb_itself_refuses_what_the_reader_of_queries_lets_pass(port, tmp_path):
    for query in (
        "SELECT 1; SELECT 2",
        "SELECT LOAD_FILE('/etc/passwd') FROM nowhere",
        "INSERT INTO orders VALUES (1, NULL, 1, '', '')",
        "CREATE TABLE t (x INT)",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE orders",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE orders",
        "SELECT 1 INTO OUTFILE '/tmp/studio-was-here'",
        "SELECT * FROM nowhere",
    ):
        with pytest.raises(SqlFailed) as caught:
            ask(port, tmp_path, query)
        assert "orders" not in caught.value.detail
    assert ask(port, tmp_path, "SELECT count(*) AS n FROM orders").path.read_bytes() == b'{"n":"200"}\n'


def test_an_account_of_mariadb_that_reaches_files_is_not_used(port, tmp_path):
    with pytest.raises(SqlRefused, match="may only read"):
        ask(port, tmp_path, "SELECT 1", user="filer")
    with pytest.raises(SqlFailed, match="password"):
        ask(port, tmp_path, "SELECT 1", password="another")


def test_a_query_on_mariadb_that_takes_too_long_is_ended_by_the_server(port, tmp_path):
    with pytest.raises(SqlFailed, match="longer than"):
        ask(port, tmp_path, "SELECT SLEEP(60) UNION SELECT BENCHMARK(100000000000, MD5('a'))", timeout_s=1)


class Server:
    """Speaks as much MySQL as it takes to ask for what it must not get; `heard` is all that came."""

    def __init__(self, *, wish):
        self._wish, self.heard = wish, b""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._door.close()

    def _serve(self):
        with suppress(OSError), self._door.accept()[0] as link:
            hello = b"\x0a" + b"8.0.0\0" + struct.pack("<I", 1) + b"12345678\0"
            hello += struct.pack("<HBHHB", 0xA7FF & ~0x0800, 33, 2, 0x0008, 21) + b"\0" * 10
            self._send(link, 0, hello + b"123456789012\0" + b"mysql_native_password\0")
            self._take(link)
            if self._wish == "password":
                self._send(link, 2, b"\xfemysql_clear_password\0")
                self._take(link)
                return
            self._send(link, 2, b"\0\0\0\x02\0\0\0")
            while self._take(link):
                self._send(link, 1, b"\xfb/etc/hostname")

    def _take(self, link):
        head = link.recv(4)
        if len(head) < 4:
            return b""
        body = link.recv(int.from_bytes(head[:3], "little"))
        self.heard += head + body
        return head

    @staticmethod
    def _send(link, number, body):
        link.sendall(len(body).to_bytes(3, "little") + bytes([number]) + body)


@pytest.mark.parametrize("wish", ["file", "password"])
def test_a_server_of_mysql_that_asks_for_a_file_or_for_the_password_gets_neither(wish, tmp_path):
    server = Server(wish=wish)
    try:
        with pytest.raises((SqlFailed, SqlRefused)):
            ask(server.port, tmp_path, "SELECT 1")
    finally:
        server.close()
    assert b"reader" in server.heard
    assert PASSWORD.encode() not in server.heard
    assert socket.gethostname().encode() not in server.heard


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */",
        "SELECT 1 /*M! INTO DUMPFILE '/tmp/x' */",
        "SELECT LOAD_FILE('/etc/passwd')",
        "SELECT `load_file`('/etc/passwd')",
        "SELECT 1 /* open",
        "SELECT 'open",
        "SELECT 1 in/**/to/**/outfile 'x'; --",
        "SELECT 1 INTO @x",
        "SELECT 1\x00",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t",
        "/*! SET GLOBAL x = 1 */",
    ],
)
def test_a_hostile_query_never_reaches_mysql(query):
    with pytest.raises(SqlRefused):
        query_check("mysql", query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 'into; load_file' AS a, \"x;y\" FROM `my into table` -- ; into outfile\n WHERE b = 'it''s \\'';",
        "SELECT 1 # ; into\n",
        "SELECT '\\'; SELECT 2; -- '",
        "(SELECT 1) UNION (SELECT 2) /* into */",
        "WITH a AS (SELECT 1) SELECT * FROM a ; -- done",
    ],
)
def test_words_inside_texts_and_comments_do_no_harm(query):
    assert query_check("mysql", query).startswith(query[:10])
