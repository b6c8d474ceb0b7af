"""
The forms of the filters' lines, in and out. docs/filters.md and the JSON Schemas are made from them.

Adding a key is free; renaming or dropping one breaks other people's programs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from core.i18n import _
from core.times import parse_instant
from core.values import Flag, Kind, Label, Level, MaskType, PageKind, Precision, Status, TextType, Verdict
from yuqing.configuration.kinds import Listed, NamedKind
from yuqing.configuration.lines import Lines
from yuqing.configuration.problems import problems_of
from yuqing.jsonl import BadLine

M = TypeVar("M", bound=BaseModel)


# ---------------------------------------------------------------- in


def _instant(value: Any) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        return parse_instant(value)
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise ValueError(_("写的是“{seen}”，不是 ISO 8601 时间").format(seen=value)) from None


def _absent(value: Any) -> Any:
    return None if value == "" else value


Instant = Annotated[datetime | None, BeforeValidator(_instant, json_schema_input_type=str | None)]
Text = Annotated[str | None, BeforeValidator(_absent)]


class Line(BaseModel):
    """A line of input; keys it does not know are passed over."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True, strict=True)


class DocumentLine(Line):
    """A document, as `analyse` and `stories` take it."""

    id: str | int | None = None
    """comes back unchanged"""
    title: Text = None
    body: Text = None
    text: Text = None
    """the same as body"""
    kind: Annotated[NamedKind | None, BeforeValidator(_absent)] = None
    """guessed from the text when absent (news, post or complaint); the Chinese names are taken too"""
    url: Text = None
    author: Listed[str] = ()
    outlet: Text = None
    published_at: Instant = None
    """ISO 8601; without an offset it is Asia/Shanghai"""
    targets: list[str] | None = None
    """the companies of this line, in place of the watch; each name is its own full alias"""

    @property
    def title_and_body(self) -> tuple[str | None, str]:
        """The two texts; a title alone is the text. Raises BadLine when there is none at all."""
        body = self.body if self.body is not None else self.text
        if body is not None:
            return self.title, body
        if self.title is None:
            raise BadLine(_("没有 body、text 或 title"))
        return None, self.title


def line_of(model: type[M], value: dict[str, Any]) -> M:
    """The line of input as its model. Raises BadLine naming every key that is not what it should be."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = problems_of(error.errors(include_url=False), model, Lines(value))
        raise BadLine(_("；").join(dict.fromkeys(each.text.rstrip("。.") for each in found))) from None


# ---------------------------------------------------------------- out


class MentionOut(TypedDict):
    """A place where a name stands; offsets are code points, end exclusive."""

    start: int
    end: int
    text: str
    verdict: Verdict
    reason: str


class SentimentOut(TypedDict):
    """score in [-1, 1], confidence in [0, 1]; label is the best guess even when abstained."""

    label: Label
    score: float
    confidence: float
    abstained: bool


class CompanyOut(TypedDict):
    """What a document says of one company."""

    verdict: Verdict
    mentions: list[MentionOut]
    sentiment: SentimentOut | None


class EvidenceOut(TypedDict):
    """The span that carries a topic, and the rule that found it."""

    start: int
    end: int
    rule: str


class TopicOut(TypedDict):
    """A topic; score in [0, 1]."""

    id: str
    score: float
    evidence: list[EvidenceOut]


class MaskOut(TypedDict):
    """Personal data at [start, end)."""

    type: MaskType
    start: int
    end: int


class FindingOut(TypedDict):
    """One line of `yuqing analyse`."""

    id: str | int | None
    companies: dict[str, CompanyOut]
    document_sentiment: SentimentOut
    topics: list[TopicOut]
    text_type: TextType
    flags: list[Flag]
    masks: list[MaskOut]
    masked_text: str
    keywords: list[str]
    language: str


class PostOut(TypedDict):
    """One post of a thread."""

    author: str | None
    published_at: str | None
    precision: Precision
    body: str


class PageOut(TypedDict):
    """One line of `yuqing extract`."""

    title: str | None
    body: str | None
    published_at: str | None
    precision: Precision
    author: list[str]
    outlet: str | None
    canonical: str | None
    kind: PageKind
    posts: list[PostOut]


class StoryOut(TypedDict):
    """One line of `yuqing stories`."""

    id: str | int | None
    story: str | int | None
    event: str | int | None
    role: Literal["first", "reprint", "single"]


class SearchItemOut(TypedDict):
    """One document of a page of results."""

    id: str
    rev: int
    title: str | None
    snippet: str
    url: str | None
    source: str
    outlet: str | None
    author: str | None
    published_at: str | None
    companies: list[str]
    sentiment: Label | None
    topics: list[str]
    story: str | None
    story_size: int
    level: Level | None
    status: Status | None


class SearchOut(TypedDict):
    """What `yuqing search --json` prints, one object."""

    total: int
    total_is_exact: bool
    understood: str
    items: list[SearchItemOut]
    next: str | None
    facets: dict[str, dict[str, int]]
    days: dict[str, int]
    hours: NotRequired[dict[str, int]]


class StoredOut(TypedDict):
    """One line of `yuqing documents`; texts are masked, authors are pseudonyms."""

    id: str
    rev: int
    source: str
    kind: Kind
    url: str | None
    key: str
    thread: str | None
    floor: int | None
    title: str | None
    body: str
    author: str | None
    outlet: str | None
    published_at: str | None
    precision: Precision
    first_seen: str
    last_seen: str
    gone_at: str | None


OUTPUTS: dict[str, type] = {
    "analyse": FindingOut,
    "extract": PageOut,
    "stories": StoryOut,
    "search": SearchOut,
    "documents": StoredOut,
}
"""Command -> the form of what it prints."""


def schema_of(command: str) -> dict[str, Any]:
    """The JSON Schema of a line that the command prints."""
    schema: dict[str, Any] = TypeAdapter(OUTPUTS[command]).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def input_schema() -> dict[str, Any]:
    """The JSON Schema of a document as `analyse` and `stories` take it."""
    return DocumentLine.model_json_schema()
