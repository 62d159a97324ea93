"""The simulated cloud's memory: one SQLite file, safe for several processes at once.

Every step of the simulator is one transaction, so a process that dies leaves either all of it or nothing. No secret is
stored in clear: what Azure would generate is derived from the cloud's seed when it is read, what a client sends is kept
as a digest, and sealed where Azure gives it back. The seed is in the same file, which is for its owner alone.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, id TEXT NOT NULL, token TEXT NOT NULL, parent TEXT NOT NULL, body TEXT NOT NULL,
    digests TEXT NOT NULL, state TEXT NOT NULL, born INTEGER NOT NULL, revision INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS resources_token ON resources (token);
CREATE INDEX IF NOT EXISTS resources_parent ON resources (parent);
CREATE TABLE IF NOT EXISTS operations (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    verb TEXT NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL, error TEXT, holds TEXT NOT NULL,
    body TEXT, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS operations_open ON operations (done, "end");
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, operation TEXT NOT NULL, type TEXT NOT NULL,
    id TEXT NOT NULL, attempt INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL, start REAL NOT NULL, "end" REAL NOT NULL);
CREATE INDEX IF NOT EXISTS calls_start ON calls (start);
"""


@dataclass
class Record:
    """One resource as the cloud keeps it. `body` is what a GET returns, without what is computed at the GET."""

    id: str
    token: str
    parent: str
    """Key of the resource it is nested in; empty at the top."""
    body: Json
    state: str
    """Azure's provisioningState: Succeeded, Updating, Deleting or Failed."""
    born: int
    """A number of its own for each life: a resource made again under the same id has another."""
    revision: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    """Digests of the secrets that were sent, by property."""

    @property
    def key(self) -> str:
        return self.id.lower()

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]


@dataclass
class Operation:
    """One long-running operation. Times are simulated seconds."""

    number: int
    id: str
    name: str
    """As Azure names it in its messages, such as PutSubnetOperation."""
    verb: str
    start: float
    end: float
    holds: frozenset[str]
    """What no other operation may change meanwhile."""
    error: Json | None = None
    body: Json | None = None
    done: bool = False

    @property
    def key(self) -> str:
        return self.id.lower()


class Store:
    """Tables and transactions; knows nothing of Azure."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        """Open the cloud's file, made (for its owner's eyes only) when it is missing."""
        self.path = str(path)
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._depth = 0
        if self.path != ":memory:":
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        with self.transaction():
            for statement in filter(str.strip, _TABLES.split(";\n")):
                self._db.execute(statement)
            if self.meta("seed") is None:
                self.set_meta("seed", secrets.token_hex(16))
        self._seed = str(self.meta("seed"))

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested ones join the outer one."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def meta(self, key: str, default: Any = None) -> Any:
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set_meta(self, key: str, value: Any) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def next_number(self, name: str) -> int:
        """Count up; the first answer is 1."""
        with self.transaction():
            number = int(self.meta(name, 0)) + 1
            self.set_meta(name, number)
        return number

    def digest(self, secret: str) -> str:
        """What the cloud keeps of a secret: enough to tell whether another one is the same."""
        return hmac.new(bytes.fromhex(self._seed), secret.encode(), hashlib.sha256).hexdigest()

    def seal(self, secret: str) -> str:
        """A secret that has to be given back, so that no copy of the file, its journal or a log has it in clear."""
        nonce = secrets.token_bytes(16)
        return (nonce + self._masked(nonce, secret.encode())).hex()

    def unseal(self, sealed: str) -> str:
        """What `seal` was given."""
        raw = bytes.fromhex(sealed)
        return self._masked(raw[:16], raw[16:]).decode()

    def _masked(self, nonce: bytes, text: bytes) -> bytes:
        mask = b"".join(
            hmac.new(bytes.fromhex(self._seed), nonce + bytes([block]), hashlib.sha256).digest()
            for block in range(len(text) // 32 + 1)
        )
        return bytes(one ^ other for one, other in zip(text, mask, strict=False))

    def derive_uuid(self, *parts: object) -> str:
        """An id which is always the same for this cloud and these parts, and stored nowhere."""
        raw = hmac.new(bytes.fromhex(self._seed), repr(parts).encode(), hashlib.sha256).digest()
        return str(uuid.UUID(bytes=raw[:16], version=4))

    def get(self, key: str) -> Record | None:
        with self._lock:
            row = self._db.execute(f"{_SELECT} WHERE key = ?", (key.lower(),)).fetchone()
        return None if row is None else _record(row)

    def find(self, *, token: str | None = None, parent: str | None = None) -> list[Record]:
        """Resources in the order they were made."""
        clauses, values = ["1 = 1"], []
        for column, value in (("token", token), ("parent", parent and parent.lower())):
            if value is not None:
                clauses.append(f"{column} = ?")
                values.append(value)
        with self._lock:
            rows = self._db.execute(f"{_SELECT} WHERE {' AND '.join(clauses)} ORDER BY born", values).fetchall()
        return [_record(row) for row in rows]

    def save(self, record: Record) -> None:
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.key,
                    record.id,
                    record.token,
                    record.parent.lower(),
                    json.dumps(record.body),
                    json.dumps(record.digests),
                    record.state,
                    record.born,
                    record.revision,
                ),
            )

    def remove(self, key: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM resources WHERE key = ?", (key.lower(),))

    def start_operation(self, operation: Operation) -> Operation:
        with self._lock:
            cursor = self._db.execute(
                'INSERT INTO operations (key, id, name, verb, start, "end", error, holds, body) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    operation.key,
                    operation.id,
                    operation.name,
                    operation.verb,
                    operation.start,
                    operation.end,
                    json.dumps(operation.error),
                    json.dumps(sorted(operation.holds)),
                    json.dumps(operation.body),
                ),
            )
        operation.number = cursor.lastrowid or 0
        return operation

    def operation(self, number: int) -> Operation | None:
        found = self._operations("number = ?", (number,))
        return found[0] if found else None

    def open_operations(self, until: float | None = None) -> list[Operation]:
        """Operations not yet finished (or those that should be by `until`), in the order of their ends."""
        if until is None:
            return self._operations("done = 0", ())
        return self._operations('done = 0 AND "end" <= ?', (until,))

    def amend_operation(self, operation: Operation) -> None:
        """Change when and how an operation will end."""
        with self._lock:
            self._db.execute(
                'UPDATE operations SET "end" = ?, error = ? WHERE number = ?',
                (operation.end, json.dumps(operation.error), operation.number),
            )

    def finish_operation(self, number: int) -> None:
        with self._lock:
            self._db.execute("UPDATE operations SET done = 1 WHERE number = ?", (number,))

    def _operations(self, where: str, values: tuple[Any, ...]) -> list[Operation]:
        with self._lock:
            rows = self._db.execute(
                'SELECT number, id, name, verb, start, "end", holds, error, body, done FROM operations '
                f'WHERE {where} ORDER BY "end", number',
                values,
            ).fetchall()
        return [
            Operation(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                frozenset(json.loads(row[6])),
                json.loads(row[7]),
                json.loads(row[8]),
                bool(row[9]),
            )
            for row in rows
        ]

    def log_call(self, **call: Any) -> int:
        """Write one call to the log; the keywords are the columns of the table."""
        columns = ", ".join(f'"{name}"' for name in call)
        marks = ", ".join("?" for _ in call)
        with self._lock:
            cursor = self._db.execute(f"INSERT INTO calls ({columns}) VALUES ({marks})", tuple(call.values()))
        return cursor.lastrowid or 0

    def amend_call(self, number: int, **changes: Any) -> None:
        columns = ", ".join(f'"{name}" = ?' for name in changes)
        with self._lock:
            self._db.execute(f"UPDATE calls SET {columns} WHERE number = ?", (*changes.values(), number))

    def reached(self, limit: int, since: float, under: str, *, reads: bool) -> bool:
        """Whether so many reads (or writes) of ids that begin with `under` were sent since a simulated moment."""
        sign = "=" if reads else "<>"
        ours = f"AND method {sign} 'GET' AND lower(substr(id, 1, ?)) = ?"
        count = "SELECT COUNT(*) FROM calls WHERE start >= ?"
        with self._lock:
            # All calls together are quickly counted, in the index, and mostly far from the limit.
            if self._db.execute(count, (since,)).fetchone()[0] < limit:
                return False
            row = self._db.execute(f"{count} {ours}", (since, len(under), under.lower())).fetchone()
        return row[0] >= limit

    def calls(self, since: float | None = None) -> list[Json]:
        """The log of calls, oldest first; only those that started at `since` or later when it is given."""
        with self._lock:
            cursor = self._db.execute(
                "SELECT * FROM calls WHERE start >= ? ORDER BY number", (-1.0 if since is None else since,)
            )
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_SELECT = "SELECT id, token, parent, body, state, born, revision, digests FROM resources"


def _record(row: tuple[Any, ...]) -> Record:
    return Record(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5], row[6], json.loads(row[7]))
