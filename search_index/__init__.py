"""The query language and the search index. Importing it loads no engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from core.errors import ConfigError
from core.i18n import _
from core.times import SHANGHAI

if TYPE_CHECKING:
    from search_index.base import SearchIndex


def open_index(
    backend: str = "tantivy",
    *,
    path: Path | None = None,
    mode: Literal["read", "write"] = "read",
    zone: ZoneInfo = SHANGHAI,
    url: str | None = None,
    **settings: Any,
) -> SearchIndex:
    """
    The index of this backend: "tantivy" in the folder `path`, or "elasticsearch" at `url` with the settings of
    `search_index.elastic_index.open_elastic`, such as `api_key_file`.

    Opened for reading it may not exist yet: searching then raises IndexUnavailable. `zone` is what days are days of;
    it must stay the same for the life of the index. Raises IndexBusy, IndexUnavailable, ConfigError.
    """
    if backend == "tantivy" and path is not None:
        from search_index.tantivy_index import TantivyIndex

        return TantivyIndex(path, mode=mode, zone=zone)
    if backend == "elasticsearch":
        if not url:
            raise ConfigError(_("index.backend 是 elasticsearch，还要写 index.url，例如 https://search.example:9200"))
        from search_index.elastic_index import open_elastic

        return open_elastic(url=url, mode=mode, zone=zone, **settings)
    raise ConfigError(_("index.backend 应是 tantivy 或 elasticsearch，看到的是 {seen}").format(seen=backend))
