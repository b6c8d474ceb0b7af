"""Opens the store and gives transactions. Durable on commit: SQLite in WAL with synchronous=FULL."""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from core.errors import ConfigError, Unavailable, YuqingError
from core.i18n import _

__all__ = ["Connection", "Store", "StoreDamaged", "open_store", "schema_version", "sqlite_file"]

log = logging.getLogger(__name__)
BUSY_TIMEOUT_S = 15.0
_WRITERS = 20261120  # the number of our lock in a PostgreSQL database; any that nobody else uses there


class StoreDamaged(YuqingError):
    """The store file is not a sound database."""


class Store:
    """
    The system of record behind one engine. Share one per process; connections are per `read`/`write`.

    Any method may raise `Unavailable` (locked too long, disk full, unreachable: nothing was written, try again)
    or `StoreDamaged`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at_commit: Callable[[str], None] = lambda moment: None
        """Called with "before" and "after" around every commit. Tests die here."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; sees everything committed before it began."""
        with _translated(self.engine), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":  # there every statement else has a view of its own
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all or nothing, durable when the block ends, one writer at a time."""
        with _translated(self.engine), self.engine.connect() as connection:
            connection = connection.execution_options(yuqing_write=True)
            with connection.begin():
                yield connection
                self.at_commit("before")
            self.at_commit("after")

    def close(self) -> None:
        """Give the connections back; the last one of SQLite folds the WAL into the file."""
        self.engine.dispose()


def open_store(url: str, *, migrate: bool = True) -> Store:
    """
    The store at a SQLAlchemy URL such as "sqlite:///data/radar.db", its schema brought up to date.

    A SQLite file and its folder are made when absent.
    """
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database not in (None, "", ":memory:"):
        _make_folder(Path(str(place.database)).parent)
    try:
        engine = create_engine(place, connect_args={"timeout": BUSY_TIMEOUT_S} if place.drivername == "sqlite" else {})
    except ModuleNotFoundError as error:
        message = _(
            "没有安装数据库 {where} 的驱动 {module}。请用 pip 安装它，或把 store.url 改回 sqlite:///data/radar.db。"
        )
        where = place.render_as_string(hide_password=True)
        raise ConfigError(message.format(where=where, module=error.name)) from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    if engine.dialect.name == "postgresql":
        _order_writers(engine)
    if migrate:
        from store.migrate import upgrade

        with _translated(engine):
            upgrade(engine)
    return Store(engine)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database or one in memory."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite" or place.database in (None, "", ":memory:"):
        return None
    return Path(str(place.database))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            _("建不了数据目录 {folder}：{seen}。请检查路径与权限。").format(folder=folder, seen=error.strerror)
        ) from error


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own begins too late
        _to_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # IMMEDIATE: a writer that starts as a reader would fail with "locked" without waiting
        write = connection.get_execution_options().get("yuqing_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _to_wal(connection: sqlite3.Connection) -> None:
    """Of two that make one file, each would wait for the other to leave: SQLite says "locked" at once, so we wait."""
    patience = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(random.uniform(0.01, 0.05))


def _order_writers(engine: Engine) -> None:
    """
    One writer at a time, as SQLite has it: sequences are then seen in the order of their numbers.

    Otherwise the indexer could see order 8 before order 7 is committed, and trim past it.
    """

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("yuqing_write"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    where = engine.url.database or engine.url.render_as_string(hide_password=True)
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        raise _as_ours(error, where, is_server=engine.dialect.name != "sqlite") from error


def _as_ours(error: DBAPIError, where: str, *, is_server: bool) -> Exception:
    seen = str(error.orig)
    if "locked" in seen or "busy" in seen:
        message = _("数据库 {where} 被别的程序锁住超过 {s:.0f} 秒，什么都没写。关掉占用它的程序后会自动重试。")
        return Unavailable(message.format(where=where, s=BUSY_TIMEOUT_S))
    if "full" in seen or "disk I/O" in seen:
        return Unavailable(
            _("写不进数据库 {where}：磁盘已满或读写出错（{seen}）。请腾出空间。").format(where=where, seen=seen)
        )
    if "malformed" in seen or "not a database" in seen:
        message = _("数据库 {where} 已损坏（{seen}）。请用 yuqing restore 从备份恢复。")
        return StoreDamaged(message.format(where=where, seen=seen))
    if "readonly" in seen or "unable to open" in seen:
        return Unavailable(_("打不开数据库 {where}（{seen}）。请检查路径与写权限。").format(where=where, seen=seen))
    if is_server and isinstance(error, OperationalError):
        return Unavailable(_("数据库 {where} 没有回应（{seen}）。稍后会再试。").format(where=where, seen=seen[:200]))
    return error


def schema_version(store: Store) -> str | None:
    """The migration the store stands at; None when it has no tables yet."""
    with store.read() as connection:
        if not connection.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
