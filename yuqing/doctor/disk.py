"""What lies on disk: data folder, free space, the store, the index, the key, folders to import from."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.errors import ConfigError, YuqingError
from core.i18n import _
from yuqing.config import Config
from yuqing.doctor.check import Check
from yuqing.keys import read_key

MB = 10**6


def data_folder(config: Config) -> Check:
    """Can the data folder be written, and is there room? A folder that is not there yet is judged by its parent."""
    folder = _existing(config.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = _("请检查权限（chown、chmod），或在 store.url 里换一个文件夹。")
        return Check(_("数据文件夹"), "fail", f"{folder}: {error.strerror}", advice)
    free = shutil.disk_usage(folder).free
    seen = _("{folder}，剩余 {free:.0f} MB").format(folder=config.data_dir, free=free / MB)
    if free < config.free_space_floor:
        advice = _("低于 {floor:.0f} MB 会暂停抓取；请腾出空间，或运行 yuqing purge。")
        return Check(_("数据文件夹"), "fail", seen, advice.format(floor=config.free_space_floor / MB))
    return Check(_("数据文件夹"), "ok", seen)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def store(config: Config) -> Check:
    """Does the store open, is its schema ours, is the file sound? Nothing is made or migrated."""
    from store.engine import open_store, schema_version, sqlite_file
    from store.migrate import HEAD

    file = sqlite_file(config.store.url)
    if file and not file.exists():
        return Check(_("数据库"), "ok", _("{file} 还没有，第一次运行时建立").format(file=file))
    try:
        opened = open_store(config.store.url, migrate=False)
        try:
            version = schema_version(opened)
            with opened.read() as connection:
                sound = connection.exec_driver_sql("PRAGMA quick_check").scalar() if file else "ok"
        finally:
            opened.close()
    except YuqingError as error:
        return Check(_("数据库"), "fail", str(error), _("请先排除上面的问题。"))
    except Exception as error:  # a driver that is missing, an address that is none
        return Check(_("数据库"), "fail", type(error).__name__, _("请检查 store.url 和数据库驱动。"))
    return _store_check(sound, version, HEAD)


def _store_check(sound: object, version: str | None, head: str) -> Check:
    if sound != "ok":
        advice = _("请停止雷达，用 yuqing restore 从备份恢复。")
        return Check(_("数据库"), "fail", _("文件已损坏：{seen}").format(seen=sound), advice)
    if version is not None and version > head:
        seen = _("结构版本 {seen} 比本程序（{head}）新").format(seen=version, head=head)
        return Check(_("数据库"), "fail", seen, _("请升级本程序。"))
    if version != head:
        return Check(_("数据库"), "ok", _("结构版本 {seen}，下次运行时升级到 {head}").format(seen=version, head=head))
    return Check(_("数据库"), "ok", _("完好，结构版本 {seen}").format(seen=version))


def index(config: Config) -> Check:
    """Can the index be searched? One that is gone is no loss: it is built again from the store."""
    from scheduler.indexer import open_index_at
    from yuqing.wiring import index_place

    folder = config.data_dir / "index"
    if config.index.backend == "tantivy" and not folder.exists():
        return Check(_("索引"), "ok", _("{path} 还没有，第一次运行时建立").format(path=folder))
    try:
        opened = open_index_at(index_place(config), data_dir=config.data_dir, mode="read", zone=config.timezone)
        try:
            health, fits = opened.health(), opened.fits()
        finally:
            opened.close()
    except ConfigError as error:
        return Check(_("索引"), "fail", str(error), _("请改配置里的 index。"))
    except YuqingError as error:
        return Check(_("索引"), "warn", str(error), _("文档都在库里；运行 yuqing run 会补上或重建索引。"))
    seen = _("{n} 篇，{size:.0f} MB").format(n=health.documents, size=health.size_bytes / MB)
    told = "\n".join([seen, *health.notes])
    if not fits or (not health.applied_seq and _has_documents(config)):
        told = told if not fits else _("还没有建好，搜不到库里的文档")
        return Check(_("索引"), "warn", told, _("yuqing run 会从库里重建它，或运行 yuqing index rebuild。"))
    return Check(_("索引"), "ok", told)


def _has_documents(config: Config) -> bool:
    """Is there anything to be found? What is wrong with the store stands in the store's own line."""
    from store import documents
    from store.engine import open_store, schema_version, sqlite_file

    file = sqlite_file(config.store.url)
    if file and not file.exists():
        return False
    try:
        opened = open_store(config.store.url, migrate=False)
        try:
            if schema_version(opened) is None:
                return False
            with opened.read() as connection:
                return next(documents.every_id(connection), None) is not None
        finally:
            opened.close()
    except Exception:
        return False


def key(config: Config) -> Check:
    """Is the key for pseudonyms there, and readable by its owner alone?"""
    path = config.pseudonym_key_file
    if not path.exists():
        return _missing_key(config, path)
    try:
        read_key(path)
    except YuqingError as error:
        return Check(_("化名密钥"), "fail", str(error), _("请从备份恢复这一把。"))
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Check(
            _("化名密钥"),
            "fail",
            _("{path} 别人也读得到（{mode:o}）").format(path=path, mode=mode),
            f"chmod 600 {shlex.quote(str(path))}",
        )
    return Check(_("化名密钥"), "ok", str(path))


def _missing_key(config: Config, path: Path) -> Check:
    from store.engine import sqlite_file

    file = sqlite_file(config.store.url)
    if file and file.exists():
        advice = _("库里的化名都用它生成；请从备份恢复，换一把就认不出同一个人了。")
        return Check(_("化名密钥"), "fail", _("{path} 不见了").format(path=path), advice)
    return Check(_("化名密钥"), "ok", _("{path} 还没有，第一次运行时建立").format(path=path))


def import_folders(config: Config) -> Iterator[Check]:
    """Can each folder to import from be read?"""
    for source in config.sources:
        if source.channel != "import" or source.folder is None:
            continue
        folder, name = Path(source.folder), _("来源 {id}").format(id=source.id)
        if not folder.is_dir():
            yield Check(
                name, "warn", _("没有文件夹 {folder}").format(folder=folder), f"mkdir -p {shlex.quote(str(folder))}"
            )
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Check(name, "fail", _("读不了 {folder}").format(folder=folder), _("请检查权限。"))
        else:
            yield Check(name, "ok", str(folder))
