"""Writing many documents to Elasticsearch so that every single one has a known fate."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from core.i18n import _
from search_index.base import IndexUnavailable
from search_index.elastic_connect import reason_of, type_of

Json = dict[str, Any]
Pause = Callable[[float], None]

MOST_DOCUMENTS = 500
MOST_CHARACTERS = 1_500_000  # about 5 MB: servers refuse bodies past http.max_content_length, proxies sooner
ATTEMPTS = 6
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0
_PASSING = {401, 403, 408, 429, *range(500, 600)}  # the server, the key or the moment is at fault, not the document
_NOT_THE_DOCUMENT = {
    "cluster_block_exception",  # read-only, as after the disk's flood stage
    "index_not_found_exception",
    "index_closed_exception",
    "security_exception",
}
_POISON = {
    "action_request_validation_exception",
    "x_content_parse_exception",
    "json_parse_exception",
    "parse_exception",
}
"""One document of these makes the server refuse the whole request, such as an id of more than 512 bytes."""


@dataclass(slots=True)
class Fates:
    """What became of the documents: ids applied, ids of which the server has a newer version, id -> why refused."""

    applied: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)


def write(
    client: Elasticsearch,
    rows: Mapping[str, Json],
    *,
    into: Mapping[str, str],
    pause: Pause = time.sleep,
) -> Fates:
    """
    Write rows by id, each with its own version as an external one, so that repeating is harmless.

    Applied: 2xx. Stale: 409, the server has a newer version. Passing trouble (429, 5xx, a read-only block, a right
    withdrawn, no answer) is tried again with growing random pauses, ATTEMPTS times in all, then IndexUnavailable;
    what remains refused is `rejected`. A request that is too large, or refused as a whole for one document in it,
    is halved until that document stands alone.
    `into` names for each id the alias to write to, which must exist: a server would make an index of that name
    otherwise.
    """
    fates = Fates()
    for chunk in _chunks(rows):
        _write_chunk(client, chunk, fates, into=into, pause=pause)
    return fates


def _write_chunk(
    client: Elasticsearch, chunk: Mapping[str, Json], fates: Fates, *, into: Mapping[str, str], pause: Pause
) -> None:
    waiting, trouble = dict(chunk), ""
    for attempt in range(ATTEMPTS):
        if attempt:
            # full jitter: many writers that were refused together do not come back together
            pause(random.uniform(0, min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)))
        try:
            answer = client.bulk(operations=_operations(waiting, into))
        except ApiError as error:
            trouble = f"{error.status_code} {reason_of(error.body)}"
            if _is_for_one_document(error):
                if len(waiting) > 1:
                    return _halves(client, waiting, fates, into=into, pause=pause)
                fates.rejected |= dict.fromkeys(waiting, trouble)
                return None
            if error.status_code not in _PASSING or (error.status_code in (401, 403) and not _is_blocked(error)):
                break
            continue
        except TransportError as error:  # it may have been applied all the same: versions make the repeat harmless
            trouble = type(error).__name__
            continue
        items = answer.get("items", [])
        if len(items) != len(waiting):
            trouble = "an answer about other documents"
            continue
        waiting, trouble = _sorted_out(items, waiting, fates)
        if not waiting:
            return None
    message = _("Elasticsearch 没有收下 {n} 篇文档（{reason}）；文档都在库里，稍后会再写")
    raise IndexUnavailable(message.format(n=len(waiting), reason=trouble))


def _sorted_out(items: Sequence[Json], sent: Mapping[str, Json], fates: Fates) -> tuple[dict[str, Json], str]:
    """Files every answered item under its fate; returns those to be sent again, and the last trouble."""
    again: dict[str, Json] = {}
    trouble = ""
    for identity, item in zip(sent, items, strict=True):
        result = item["index"]
        status, error = result["status"], result.get("error") or {}
        if status < 300:
            fates.applied.append(identity)
        elif status == 409:
            fates.stale.append(identity)
        elif status in _PASSING or error.get("type") in _NOT_THE_DOCUMENT:
            again[identity] = sent[identity]
            trouble = f"{status} {reason_of(error)}"
        else:
            fates.rejected[identity] = f"{status} {reason_of(error)}"
    return again, trouble


def _is_for_one_document(error: ApiError) -> bool:
    return error.status_code == 413 or (error.status_code == 400 and type_of(error.body) in _POISON)


def _is_blocked(error: ApiError) -> bool:
    return type_of(error.body) == "cluster_block_exception"


def _halves(
    client: Elasticsearch, rows: Mapping[str, Json], fates: Fates, *, into: Mapping[str, str], pause: Pause
) -> None:
    pairs = list(rows.items())
    middle = len(pairs) // 2
    for half in (pairs[:middle], pairs[middle:]):
        _write_chunk(client, dict(half), fates, into=into, pause=pause)


def _operations(rows: Mapping[str, Json], into: Mapping[str, str]) -> list[Json]:
    found: list[Json] = []
    for identity, row in rows.items():
        head = {"_index": into[identity], "require_alias": True, "_id": identity}
        found += [{"index": head | {"version": row["version"], "version_type": "external_gte"}}, row]
    return found


def _chunks(rows: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    chunk: dict[str, Json] = {}
    characters = 0
    for identity, row in rows.items():
        size = sum(len(value) for value in row.values() if isinstance(value, str)) + 500
        if chunk and (len(chunk) >= MOST_DOCUMENTS or characters + size > MOST_CHARACTERS):
            yield chunk
            chunk, characters = {}, 0
        chunk[identity] = row
        characters += size
    if chunk:
        yield chunk
