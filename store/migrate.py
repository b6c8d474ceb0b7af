"""Brings the schema up to date with Alembic; an SQLite file is copied aside before its schema changes."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from core.errors import YuqingError
from core.i18n import _

log = logging.getLogger(__name__)
HEAD = "0003"


def upgrade(engine: Engine) -> None:
    """Run what is missing up to HEAD, in one transaction. A store newer than this program is refused."""
    with engine.connect() as connection:
        current = _current(connection)
    if current == HEAD:
        return  # alembic itself costs 0.3 s to import
    if current is not None and current > HEAD:
        message = _("数据库的结构版本 {seen} 比本程序（{head}）新。请升级程序，或恢复旧的备份。")
        raise YuqingError(message.format(seen=current, head=HEAD))
    if current is not None:
        _keep_a_copy(engine, current)
    with engine.connect() as connection:
        connection = connection.execution_options(yuqing_write=True)
        with connection.begin():
            _run(connection)


def _current(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if _current(connection) == HEAD:
        return  # another process was first
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _keep_a_copy(engine: Engine, version: str) -> None:
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file:
        return
    copy = Path(file).with_name(f"{Path(file).name}.before-{HEAD}-from-{version}")
    if copy.exists():
        return
    # a connection of its own: those of the engine begin transactions, in which VACUUM is refused
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    log.info("backup before migration file=%s", copy.name)
