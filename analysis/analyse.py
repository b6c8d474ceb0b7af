"""A Document becomes a Finding. Pure once the Analyser is made: the same document gives the same finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from analysis.explain import explain
from analysis.keywords import keywords_of
from analysis.language import language_of
from analysis.mention_rules import Reading
from analysis.mentions import Matcher, company_verdict, counted_spans
from analysis.segment import Segmenter
from analysis.sentiment import document_sentiment, sentiment_toward
from analysis.text_type import text_type_of
from core.text import fold
from core.times import SHANGHAI
from core.values import Company, CompanyFinding, Document, Finding, TextType, Watch

__all__ = ["Analyser", "explain"]


class Analyser:
    """
    Analyses documents under one watch. Construction loads dictionaries and weights (about two seconds).

    `analyse` raises nothing on any text and holds no state between documents.
    """

    def __init__(self, watch: Watch, *, zone: ZoneInfo = SHANGHAI) -> None:
        self._zone = zone
        own = (fold(n) for c in watch.companies for names in (*c.aliases.values(), (c.name,)) for n in names)
        self._segmenter = Segmenter(own)
        self._companies = tuple(company.name for company in watch.companies)
        self._matcher = Matcher(watch.companies)

    def analyse(self, document: Document, *, targets: Sequence[str] | None = None) -> Finding:
        """
        What we make of one document. `targets` names the companies of this one in place of the watch;
        each name is then its own full alias.
        """
        text = _LONE_SURROGATE.sub("\ufffd", document.text)  # no UTF-8 form: the extensions would raise
        folded = fold(text)
        reading = Reading(text, folded, self._segmenter.cut(folded), self._segmenter.knows)
        names = self._companies if targets is None else tuple(dict.fromkeys(t for t in targets if t.strip()))
        matcher = self._matcher if targets is None else _matcher_for(names)
        text_type = text_type_of(folded, document.kind)
        companies = self._company_findings(document, reading, names, matcher, text_type)
        topics, flags = _topics_and_flags(text, document, text_type)
        return Finding(
            companies=companies,
            document_sentiment=document_sentiment(reading, document.kind),
            topics=topics,
            text_type=text_type,
            flags=flags,
            keywords=keywords_of(reading.words),
            language=language_of(text),
        )

    def _company_findings(
        self, document: Document, reading: Reading, names: Sequence[str], matcher: Matcher, text_type: TextType
    ) -> dict[str, CompanyFinding]:
        found = matcher.mentions(reading)
        if not found:
            return dict.fromkeys(names, _NOTHING)
        spans = {name: places for name, mentions in found.items() if (places := counted_spans(mentions))}
        toward = sentiment_toward(reading, spans, document.kind, text_type)
        findings = {}
        for name in names:
            mentions = found.get(name, ())
            sentiment, windows = toward.get(name, (None, ()))
            findings[name] = CompanyFinding(company_verdict(mentions), mentions, sentiment, windows)
        return findings


_NOTHING = CompanyFinding("out")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=256)
def _matcher_for(names: tuple[str, ...]) -> Matcher:
    return Matcher([Company(name, {"full": (name,)}) for name in names], disguises=False)


def _topics_and_flags(text: str, document: Document, text_type: TextType) -> tuple[Any, Any]:
    try:
        topics = import_module("analysis.topics")
    except ImportError:
        return (), ()
    kind = document.kind
    return topics.topics_of(text, kind=kind, text_type=text_type), topics.flags_of(text, kind=kind, text_type=text_type)
