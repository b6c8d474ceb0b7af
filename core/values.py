"""The frozen values that packages hand to each other. No behaviour beyond what a value knows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal

Kind = Literal["news", "post", "complaint", "voice"]
PageKind = Literal["article", "thread", "list", "other"]
Precision = Literal["second", "minute", "hour", "day", "month", "none"]
Label = Literal["neg", "neu", "pos"]
Verdict = Literal["hit", "doubt", "out"]
Level = Literal["blue", "yellow", "orange", "red"]
Status = Literal["new", "active", "answered", "watching", "closed"]
TextType = Literal["complaint", "news", "notice", "propaganda", "ad", "question", "joke", "other"]
Flag = Literal["go_public", "regulator", "minors", "denial"]
MaskType = Literal[
    "id_card", "mobile", "landline", "bank_card", "passport", "plate", "email", "wechat", "qq", "address", "name"
]
AliasKind = Literal["full", "short", "ambiguous", "brand", "product", "person", "stock_code", "misspelling"]
Channel = Literal["feed", "listing", "forum", "api", "search", "import"]

CHINESE: Mapping[str, Mapping[str, str]] = {
    "kind": {"news": "新闻", "post": "帖子", "complaint": "投诉", "voice": "客户声音"},
    "text_type": {
        "complaint": "投诉",
        "question": "提问",
        "news": "新闻",
        "propaganda": "宣传",
        "ad": "广告",
        "notice": "公告",
        "joke": "玩笑",
        "other": "其他",
    },
    "flag": {"go_public": "扬言曝光", "regulator": "提到监管", "minors": "涉未成年人", "denial": "公司否认"},
    "label": {"neg": "负面", "neu": "中性", "pos": "正面"},
    "verdict": {"hit": "命中", "doubt": "存疑", "out": "排除"},
    "level": {"blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"},
    "status": {"new": "待研判", "active": "处置中", "answered": "已回应", "watching": "观察", "closed": "办结"},
    "topic": {
        "leak": "信息泄露",
        "identity_misuse": "盗用身份",
        "nuisance_call": "骚扰电话",
        "spam_sms": "垃圾短信",
        "over_collect": "过度收集",
        "data_trade": "倒卖信息",
        "price_discrim": "大数据杀熟",
        "biometrics": "人脸识别",
        "deletion": "注销删除难",
        "unauth_share": "未经同意共享",
        "fraud_linked": "关联诈骗",
        "cross_border": "数据出境",
        "minors": "未成年人信息",
        "complaint_channel": "投诉渠道不畅",
    },
}
"""Closed sets and the shipped topics: id -> Chinese name. A user's own topics come from data files."""


# ---------------------------------------------------------------- documents


@dataclass(frozen=True, slots=True)
class Mask:
    """Personal data hidden at [start, end) of `title + "\\n" + body` (of `body` alone when there is no title)."""

    type: MaskType
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """
    A text as published. Past the gate its texts are masked and its persons are pseudonyms.

    `key` is the identity of the address or record: two addresses of one document have one key.
    `thread` is the key that all posts of a thread share, `floor` counts from 1 (the opening post).
    `published_at` and `fetched_at` are aware UTC; `raw_hash` is the SHA-256 of the bytes received.
    `customer` is the pseudonym of a complaint's customer; `given` holds facts that came with a record,
    such as {"topic": "骚扰电话"}.
    """

    source: str
    kind: Kind
    key: str
    title: str | None
    body: str
    fetched_at: datetime
    url: str | None = None
    author: str | None = None
    outlet: str | None = None
    published_at: datetime | None = None
    precision: Precision = "none"
    thread: str | None = None
    floor: int | None = None
    raw_hash: str | None = None
    customer: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    masks: tuple[Mask, ...] = ()

    @property
    def text(self) -> str:
        """What offsets count in: title, newline, body; the body alone without a title."""
        return f"{self.title}\n{self.body}" if self.title else self.body


# ---------------------------------------------------------------- watch


@dataclass(frozen=True, slots=True)
class Company:
    """One company that is looked for: names by kind, cue words, phrases that hide a name inside or speak against it."""

    name: str
    aliases: Mapping[AliasKind, tuple[str, ...]]
    cues: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """监测方案: the companies we look for, and the company's own phone lines that are never masked."""

    companies: tuple[Company, ...]
    hotlines: tuple[str, ...] = ()


# ---------------------------------------------------------------- findings


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name stands, and whether it is the company, with the reason (an id such as "full")."""

    start: int
    end: int
    text: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` in [-1, 1], `confidence` in [0, 1]; `label` is the best guess even when `abstained`."""

    label: Label
    score: float
    confidence: float
    abstained: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of text that speaks of a company, and its own score in [-1, 1]; kept so that `why` can show it."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class CompanyFinding:
    """What a document says of one company. `sentiment` is None when nothing is about it."""

    verdict: Verdict
    mentions: tuple[Mention, ...] = ()
    sentiment: Sentiment | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The span that carries a topic and the id of the rule that found it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class TopicHit:
    """A topic raised by a text; `score` in [0, 1]."""

    id: str
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """研判: what we make of one document under one watch. Offsets are code points of `Document.text`."""

    companies: Mapping[str, CompanyFinding]
    document_sentiment: Sentiment
    topics: tuple[TopicHit, ...]
    text_type: TextType
    flags: tuple[Flag, ...]
    keywords: tuple[str, ...]
    language: str
    flag_evidence: Mapping[Flag, tuple[Evidence, ...]] = field(default_factory=dict)

    @property
    def about(self) -> tuple[str, ...]:
        """The companies that the text is about (verdict hit)."""
        return tuple(name for name, found in self.companies.items() if found.verdict == "hit")

    @property
    def sentiment(self) -> Sentiment:
        """Toward the companies it is about, the worst of them; the document's when it is about none."""
        toward = [c.sentiment for c in self.companies.values() if c.verdict == "hit" and c.sentiment]
        return min(toward, key=lambda s: s.score) if toward else self.document_sentiment


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What a query can ask of one document: the row that predicate, index and subscriptions share.

    Lists hold ids. `published_at` is aware UTC. Absent facts are None or empty and match nothing.
    """

    id: str
    title: str
    body: str
    published_at: datetime | None = None
    sentiment: str | None = None
    topics: tuple[str, ...] = ()
    source: tuple[str, ...] = ()  # id and name: both may be asked for
    outlet: str | None = None
    companies: tuple[str, ...] = ()
    author: str | None = None
    status: str | None = None
    level: str | None = None
    kind: str | None = None
    heat: float | None = None
    url: str | None = None
    story: str | None = None
    rev: int = 1
    version: int = 1
    keywords: tuple[str, ...] = ()
    also: tuple[tuple[str, str | float | datetime], ...] = ()
    """
    Further values of fields that usually have one, as (field, value). Those of url, heat and date are seen by the
    predicate alone: what the store hands to an index has one of each.
    """


@dataclass(frozen=True, slots=True)
class StoryMember:
    """
    A document's place among the stories (稿件族) and events (事件).

    `story` is shared by a text and its reprints, `event` by stories about one happening; both are the id of
    the document that was seen first. `sketch` is the text's signature as bytes, made and read by
    `analysis.stories` alone. `apart`: a person split it off from another story, or it is a copy of one that was.
    """

    document: str
    story: str
    event: str
    sketch: bytes
    seen_at: datetime
    published_at: datetime | None = None
    outlet: str | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """Where a document stood among the stories before a person merged or split them."""

    story: str
    event: str
    apart: bool = False


# ---------------------------------------------------------------- sources and the crawl


@dataclass(frozen=True, slots=True)
class Source:
    """
    来源: where documents come from, as configured (FILTERS.md shows one of each channel).

    `every` is the shortest interval between rounds, `every_max` the longest while nothing is new (None: always
    `every`); with `at` rounds begin at these times of the day instead, in the configured zone. `follow_links`
    lets a document about the company lead once to the known outlet that it names as its source.
    `select` and `fields` map our field names to CSS selectors (`@name` takes an attribute) or to paths into
    JSON or columns. `delay_s` None means the default.
    """

    id: str
    name: str
    channel: Channel
    purpose: str
    basis: str
    retention_days: int
    url: str | None = None
    every: timedelta = timedelta(minutes=30)
    kind: Kind = "news"
    platform: str | None = None
    outlet: str | None = None
    encoding: str | None = None
    article_pattern: str | None = None
    next: str | None = None
    item: str | None = None
    items: str | None = None
    select: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    delay_s: float | None = None
    daily_pages: int | None = None
    max_pages: int = 50
    quiet_hours: str | None = None
    render: bool = False
    strip_parameters: tuple[str, ...] = ()
    twins: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    contact: str | None = None
    every_max: timedelta | None = None
    at: tuple[time, ...] = ()
    follow_links: bool = False


PageRole = Literal["list", "article", "thread", "feed"]
PageState = Literal["pending", "done", "gone", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Page:
    """
    One row of the frontier: a page of a source, and what is known of it.

    `key` is the canonical key of the address. `round` is the last round that finished it. `etag` and
    `last_modified` are the validators as received. `cursor` is what the channel needs to see whether the
    page moved (a thread: {"replies", "last_post", "page"}). `misses` counts 404s in a row.
    """

    source: str
    key: str
    url: str
    role: PageRole
    state: PageState = "pending"
    round: str | None = None
    discovered_at: datetime | None = None
    fetched_at: datetime | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    misses: int = 0
    next_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that its site says is no longer there, seen at `at`; the document stays as evidence."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CrawlBatch:
    """What one group commit of a crawl holds: documents past the gate, frontier steps, and gone-marks."""

    documents: tuple[Document, ...] = ()
    pages: tuple[Page, ...] = ()
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundReport:
    """
    What one round of one source did; health is judged from it. `errors` counts by kind, such as {"http 500": 2}.

    `counts` says more of the work: "requests" sent, "opened" pages of documents that came whole, "texts" read from
    them and from lists, changed or not. Empty for rounds of older versions.
    """

    source: str
    round: str
    started_at: datetime
    finished_at: datetime
    pages: int = 0
    documents: int = 0
    not_modified: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    finished: bool = True
    counts: Mapping[str, int] = field(default_factory=dict)


# ---------------------------------------------------------------- subscriptions and messages


@dataclass(frozen=True, slots=True)
class Subscription:
    """订阅: a query, and whom to tell. `query` is text in the strict form of the query language."""

    id: str
    query: str
    to: tuple[str, ...]
    at: Literal["once"] = "once"


@dataclass(frozen=True, slots=True)
class Message:
    """
    One thing to tell some people, rendered and ready. `key` is stable: the same event gives the same key,
    and a key that the outbox has seen is not sent again.
    """

    key: str
    kind: Literal["alert", "brief"]
    subject: str
    text: str
    html: str | None
    to: tuple[str, ...]
