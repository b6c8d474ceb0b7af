"""
What every `CrawlStore` promises, as tests: subclass `CrawlStoreContract` and give `make_store`.

    class TestMemoryStore(CrawlStoreContract):
        def make_store(self): return MemoryStore()
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.ports import CrawlStore
from core.values import CrawlBatch, Document, Gone, Page, RoundReport

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def page(key: str = "news.example/1", **changes: object) -> Page:
    """A page of the frontier, pending unless said otherwise."""
    given = Page("qinglan", key, f"https://{key}", "article", discovered_at=NOW)
    return replace(given, **changes)  # type: ignore[arg-type]


def document(key: str = "news.example/1", **changes: object) -> Document:
    """A document past the gate."""
    given = Document("qinglan", "news", key, "星禾科技回应", "公司称已启动排查。", NOW, url=f"https://{key}")
    return replace(given, **changes)  # type: ignore[arg-type]


class CrawlStoreContract:
    """The promises of `core.ports.CrawlStore`."""

    def make_store(self) -> CrawlStore:
        """A new, empty store."""
        raise NotImplementedError

    def test_a_page_is_known_by_its_key_after_the_commit(self) -> None:
        store = self.make_store()

        store.commit(CrawlBatch(documents=(document(),), pages=(page(state="done", etag='"a"'),)))

        assert store.pages("qinglan", ["news.example/1", "news.example/2"]) == {
            "news.example/1": page(state="done", etag='"a"')
        }

    def test_everything_known_of_a_page_comes_back(self) -> None:
        store = self.make_store()
        full = page(
            state="done",
            round="r1",
            fetched_at=NOW,
            status=200,
            etag='W/"甲"',
            last_modified="Fri, 20 Nov 2026 00:00:00 GMT",
            content_hash="0f" * 16,
            cursor={"facts": {"replies": 3, "last_post": None}, "posts": {"27": "ab"}, "seen": ["1"]},
            misses=1,
            next_at=NOW + timedelta(hours=1),
            reason="http 404",
        )

        store.commit(CrawlBatch(pages=(full,)))

        assert store.pages("qinglan", [full.key])[full.key] == full

    def test_a_page_is_replaced_by_source_and_key(self) -> None:
        store = self.make_store()

        store.commit(CrawlBatch(pages=(page(), page(source="other"))))
        store.commit(CrawlBatch(pages=(page(state="done"),)))

        assert store.pages("qinglan", ["news.example/1"])["news.example/1"].state == "done"
        assert store.pages("other", ["news.example/1"])["news.example/1"].state == "pending"

    def test_open_pages_are_the_pending_ones_oldest_first(self) -> None:
        store = self.make_store()
        later, earlier = page("a/2", discovered_at=NOW + timedelta(minutes=1)), page("a/1")
        done, other = page("a/3", state="done"), page("a/4", source="other")

        store.commit(CrawlBatch(pages=(later, earlier, done, other)))

        assert [p.key for p in store.open_pages("qinglan")] == ["a/1", "a/2"]

    def test_open_pages_can_be_asked_by_role(self) -> None:
        store = self.make_store()

        store.commit(CrawlBatch(pages=(page("a/1"), page("a/2", role="list"))))

        assert [p.key for p in store.open_pages("qinglan", roles=["list"])] == ["a/2"]

    def test_due_pages_are_done_ones_whose_time_has_come_most_overdue_first(self) -> None:
        store = self.make_store()
        pages = [
            page("a/1", state="done", next_at=NOW - timedelta(minutes=1)),
            page("a/2", state="done", next_at=NOW - timedelta(days=1)),
            page("a/3", state="done", next_at=NOW + timedelta(seconds=1)),
            page("a/4", state="done"),
            page("a/5", state="pending", next_at=NOW - timedelta(days=2)),
            page("a/6", state="gone", next_at=NOW - timedelta(days=2)),
            page("a/7", state="done", next_at=NOW),
        ]

        store.commit(CrawlBatch(pages=tuple(pages)))

        assert [p.key for p in store.due_pages("qinglan", at=NOW, limit=10)] == ["a/2", "a/1", "a/7"]
        assert [p.key for p in store.due_pages("qinglan", at=NOW, limit=1)] == ["a/2"]

    def test_a_round_that_did_not_end_is_resumed(self) -> None:
        store = self.make_store()
        assert store.round_of("qinglan") is None

        store.begin_round("qinglan", "r1")

        assert store.round_of("qinglan") == "r1"
        assert store.round_of("other") is None

    def test_a_round_that_ended_is_not_resumed(self) -> None:
        store = self.make_store()
        store.begin_round("qinglan", "r1")

        store.end_round(RoundReport("qinglan", "r1", NOW, NOW, pages=3, errors={"http 500": 1}, notes=("慢",)))

        assert store.round_of("qinglan") is None

    def test_a_host_is_remembered_as_json(self) -> None:
        store = self.make_store()
        assert store.host_memory("news.example") == {}

        store.remember_host("news.example", {"failures": 2, "robots": {"https://news.example": {"text": None}}})
        store.remember_host("bbs.example:8080", {"rest_until": "2026-11-20T02:00:00+00:00"})

        assert store.host_memory("news.example") == {
            "failures": 2,
            "robots": {"https://news.example": {"text": None}},
        }
        assert store.host_memory("bbs.example:8080") == {"rest_until": "2026-11-20T02:00:00+00:00"}

    def test_many_keys_at_once_are_answered(self) -> None:
        store = self.make_store()
        store.commit(CrawlBatch(pages=tuple(page(f"a/{n}") for n in range(1200))))

        assert len(store.pages("qinglan", [f"a/{n}" for n in range(2000)])) == 1200
        assert store.pages("qinglan", []) == {}

    def test_gone_marks_and_documents_may_come_alone(self) -> None:
        store = self.make_store()

        store.commit(CrawlBatch(documents=(document(),)))
        store.commit(CrawlBatch(gone=(Gone("news.example/1", NOW), Gone("never/seen", NOW))))
        store.commit(CrawlBatch())
