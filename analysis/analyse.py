"""A Document becomes a Finding. Pure once the Analyser is made: the same document gives the same finding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.explain import explain
from analysis.keywords import keywords_of
from analysis.language import language_of
from analysis.mention_rules import Reading
from analysis.mentions import Matcher, company_verdict, counted_spans, meant_by_topic
from analysis.segment import Segmenter
from analysis.sentiment import tone_of
from analysis.sentiment_model import model_of
from analysis.text_type import settled_type, text_type_of
from analysis.topics import TopicRules, flags_of
from analysis.topics.rules import learned, shipped
from core.text import fold
from core.times import SHANGHAI
from core.values import (
    Company,
    CompanyFinding,
    Document,
    Finding,
    Mention,
    Sentiment,
    Watch,
    Window,
)

__all__ = ["Analyser", "explain"]


class Analyser:
    """
    Analyses documents under one watch. Construction loads dictionaries and weights (about two seconds).
    `model` is a file of one's own weights (`yuqing train`) in place of those that ship.

    `analyse` raises nothing on any text and holds no state between documents.
    """

    def __init__(
        self,
        watch: Watch,
        *,
        zone: ZoneInfo = SHANGHAI,
        topics: TopicRules | None = None,
        model: Path | None = None,
        accelerate: bool = True,
    ) -> None:
        own = (fold(n) for c in watch.companies for names in (*c.aliases.values(), (c.name,)) for n in names)
        self._segmenter = Segmenter(own, accelerate=accelerate)
        self._companies = tuple(company.name for company in watch.companies)
        self._matcher = Matcher(watch.companies)
        self._topics = topics or shipped()
        self._model = model_of(model) if model else None
        self.zone = zone
        self.accelerated = self._segmenter.accelerated

    def analyse(self, document: Document, *, targets: Sequence[str] | None = None) -> Finding:
        """
        What we make of one document. `targets` names the companies of this one in place of the watch;
        each name is then its own full alias.
        """
        text = _LONE_SURROGATE.sub("\ufffd", document.text)  # no UTF-8 form: the extensions would raise
        folded = fold(text)
        reading = Reading(text, folded, self._segmenter.cut(folded), self._segmenter.knows, self._segmenter.weight)
        names = self._companies if targets is None else tuple(dict.fromkeys(t for t in targets if t.strip()))
        matcher = self._matcher if targets is None else _matcher_for(names)
        first_type = text_type_of(folded, document.kind)
        mentions = matcher.mentions(reading)
        spans = {name: places for name, found in mentions.items() if (places := counted_spans(found))}
        tone = tone_of(reading, spans, document.kind, first_type, model=self._model)
        companies = {name: _company_finding(mentions.get(name, ()), tone.companies.get(name)) for name in names}
        cued = settled_type(first_type, document.kind, accuses=_accuses(companies))
        judged = self._topics.judged(text, kind=document.kind, text_type=cued, learned=learned())
        raised = max((judged.chances.get(hit.id, 0.0) for hit in judged.topics), default=0.0)
        companies = {name: _meant(company, raised) for name, company in companies.items()}
        text_type = settled_type(first_type, document.kind, accuses=_accuses(companies), chances=judged.chances)
        flags = flags_of(text, kind=document.kind, text_type=text_type, chances=judged.chances, learned=learned())
        return Finding(
            companies=companies,
            document_sentiment=tone.document,
            topics=judged.topics,
            text_type=text_type,
            flags=tuple(flags),
            flag_evidence=flags,
            keywords=keywords_of(reading.words),
            language=language_of(text),
        )


def _accuses(companies: Mapping[str, CompanyFinding]) -> bool:
    hits = (company.sentiment for company in companies.values() if company.verdict == "hit")
    return any(sentiment.label == "neg" for sentiment in hits if sentiment)


def _meant(company: CompanyFinding, raised: float) -> CompanyFinding:
    """The same in a text that raises a topic; what is said of it was read from the doubtful places already."""
    mentions = meant_by_topic(company.mentions, raised)
    if mentions is company.mentions:  # nearly always, and a watch may hold a thousand companies
        return company
    return replace(company, verdict=company_verdict(mentions), mentions=mentions)


def _company_finding(
    mentions: tuple[Mention, ...], toward: tuple[Sentiment, tuple[Window, ...]] | None
) -> CompanyFinding:
    if not mentions:
        return _NOTHING
    sentiment, windows = toward or (None, ())
    return CompanyFinding(company_verdict(mentions), mentions, sentiment, windows)


_NOTHING = CompanyFinding("out")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def _matcher_for(names: tuple[str, ...]) -> Matcher:
    return Matcher([Company(name, {"full": (name,)}) for name in names], disguises=False)
