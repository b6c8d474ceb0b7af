"""Random documents and random queries that often meet: few characters, all the difficult ones among them."""

from datetime import timedelta

from hypothesis import strategies as st

from core.text import fold
from core.values import Facts
from search_index.query import Literal, Near, Prefix, Range, Recent, Term
from search_index.query.ast import All, both, either, negated
from tests.search_index.make import NOW

LETTERS = "信息泄露洩吉𠮷㐂aAb1２.+-&@:/，, \n😡👩\u200dカé\u0301_ﾊ＋ªª％"
CHUNKS = ["5G套餐", "C++", "AT&T", "https://a.example/b?c=1", "Wi-Fi", "信息泄露", "App", "a b", "𠮷野家", "ab1", "AB1"]
MOVING = ["today", "yesterday", "week", "month", "days", "hours"]
DATES = ["2026-10", "2026-11", "2026-11-20", "2026-11-21"]
LABELS, LEVELS = ["neg", "neu", "pos"], ["blue", "red"]
STATUSES, KINDS = ["new", "closed"], ["news", "complaint"]
OUTLETS = ["青岚新闻网", "青嵐新聞網", "ＡB 报", "ab 报", "x" * 300]
SOURCES = [("qinglan", "青岚新闻网 RSS"), ("bbs", "bbs"), ("青岚",), ("bbs", "民声论坛")]
COMPANIES = ["星禾科技", "星禾 App", "云鹭银行", '"云鹭"', "𠮷\\"]
TERMS = [
    *[("sentiment", "neg"), ("topic", "leak"), ("topic", "own"), ("author", "赵 泄"), ("level", "red")],
    *[("status", "closed"), ("kind", "news"), ("outlet", "青岚新闻网"), ("outlet", "ab 报"), ("outlet", "x" * 300)],
    *[("source", "bbs"), ("source", "青岚"), ("company", "星禾 app"), ("company", '"云鹭"')],
]
FURTHER = [
    *[("outlet", outlet) for outlet in OUTLETS],
    *[("sentiment", "pos"), ("level", "blue"), ("status", "closed"), ("kind", "news"), ("author", "赵 洩")],
]  # not of url, heat and date: of those an index knows one
FIELDS = st.sampled_from([None, "title", "body", "url"])

short = st.text(alphabet=LETTERS, max_size=3)
texts = st.one_of(
    st.text(alphabet=LETTERS, max_size=12),
    st.lists(st.one_of(st.sampled_from(CHUNKS), short), max_size=6).map("".join),
)
words = st.one_of(st.text(alphabet=LETTERS, min_size=1, max_size=4), st.sampled_from(CHUNKS))
instants = st.one_of(st.none(), st.integers(-60, 3).map(lambda n: NOW + timedelta(hours=n * 11, microseconds=7)))

facts = st.builds(
    Facts,
    id=st.just(""),
    title=texts,
    body=texts,
    published_at=instants,
    topics=st.lists(st.sampled_from(["leak", "minors", "own"]), max_size=2).map(tuple),
    url=st.one_of(st.none(), texts),
    sentiment=st.sampled_from([None, *LABELS]),
    level=st.sampled_from([None, *LEVELS]),
    status=st.sampled_from([None, *STATUSES]),
    kind=st.sampled_from([None, *KINDS]),
    source=st.sampled_from([(), *SOURCES]),
    outlet=st.sampled_from([None, *OUTLETS]),
    companies=st.lists(st.sampled_from(COMPANIES), max_size=2).map(tuple),
    also=st.lists(st.sampled_from(FURTHER), max_size=2).map(tuple),
    heat=st.sampled_from([None, 0.0, 1.5, 20.0]),
    author=st.sampled_from([None, "U-ａ", "赵 洩"]),
)


def literal(word, field):
    text = fold(word).strip()
    return Literal(text, field) if text else All()


def near(found, distance, field):
    parts = tuple(part for word in found for part in fold(word).split())
    return Near(parts[:4], distance, field) if len(parts) > 1 else All()


def ranges(name, low, high):
    low, high = min(low, high), max(low, high)
    return st.sampled_from(
        [
            Range(name, low, high),
            Range(name, low=low, low_excluded=True),
            Range(name, low=low),
            Range(name, high=high, high_excluded=True),
            Range(name, high=high),
        ]
    )


leaves = st.one_of(
    st.builds(literal, words, FIELDS),
    st.builds(literal, words, FIELDS),
    st.builds(near, st.lists(words, min_size=2, max_size=3), st.integers(0, 6), FIELDS),
    st.builds(Prefix, st.sampled_from(["a", "ap", "app", "1", "5", "5g", "b", "ab1", "é"]), FIELDS),
    st.sampled_from(TERMS).map(lambda term: Term(*term)),
    st.builds(Recent, st.sampled_from(MOVING), st.integers(1, 40)),
    st.tuples(st.just("date"), st.sampled_from(DATES), st.sampled_from(DATES)).flatmap(lambda r: ranges(*r)),
    st.tuples(st.just("heat"), st.just("0"), st.sampled_from(["0", "1.5", "30"])).flatmap(lambda r: ranges(*r)),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(both),
        st.lists(inner, min_size=2, max_size=3).map(either),
        inner.map(negated),
    ),
    max_leaves=6,
)
