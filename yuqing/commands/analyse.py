"""`yuqing analyse`: documents in, findings out, one JSON object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from analysis.analyse import Analyser
from analysis.kind import kind_of
from analysis.masking import find_masks, masked
from analysis.topics import TopicRules
from core.i18n import _
from core.serial import dumps
from core.values import Document, Finding, Sentiment, Watch
from yuqing.cli import Invocation
from yuqing.config import load_watch
from yuqing.jsonl import Filter, json_object
from yuqing.schemas import CompanyOut, DocumentLine, FindingOut, SentimentOut, line_of


@click.command(
    help=_("读入文档（每行一个 JSON），按顺序打印研判。监测方案取自 --watch，或配置文件，或每行的 targets。")
)
@click.option("--watch", "watch_file", type=click.Path(path_type=Path), help=_("监测方案文件（YAML 或 JSON）"))
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_obj
def command(invocation: Invocation, watch_file: Path | None, file: BinaryIO) -> None:
    """Print what we make of each document."""
    Filter(file).run(_analysis(invocation, watch_file))


def _analysis(invocation: Invocation, file: Path | None) -> Callable[[bytes], Iterator[str]]:
    """Under the watch of the file, or all that the configuration says, or nobody's watch."""
    if file is not None:
        return analysis_of(load_watch(file))
    if not invocation.config.exists():
        return analysis_of(Watch(()))
    config = invocation.load()
    return analysis_of(config.watch, config.topic_files, config.sentiment_model)


def analysis_of(
    watch: Watch, topic_files: Sequence[Path] = (), model: Path | None = None
) -> Callable[[bytes], Iterator[str]]:
    """A function from a line with a document to the line with its finding."""
    analyser = Analyser(watch, topics=TopicRules.load(topic_files) if topic_files else None, model=model)
    persons = [name for company in watch.companies for name in company.aliases.get("person", ())]

    def work(line: bytes) -> Iterator[str]:
        given = line_of(DocumentLine, json_object(line))
        document = document_of(given)
        finding = analyser.analyse(document, targets=given.targets)
        masks = find_masks(document.text, hotlines=watch.hotlines, persons=persons)
        plain = finding_out(given.id, finding)
        plain["masks"] = [{"type": mask.type, "start": mask.start, "end": mask.end} for mask in masks]
        plain["masked_text"] = masked(document.text, masks)
        yield dumps(plain)

    return work


def document_of(given: DocumentLine) -> Document:
    """The line as a document; its source and time of fetching are nobody's."""
    title, body = given.title_and_body
    return Document(
        source="",
        kind=given.kind or kind_of(f"{title or ''}\n{body}"),
        key=str(given.id),
        title=title,
        body=body,
        fetched_at=datetime.fromtimestamp(0, UTC),
        url=given.url,
        author="、".join(given.author) or None,
        outlet=given.outlet,
        published_at=given.published_at,
    )


def finding_out(identity: str | int | None, finding: Finding) -> FindingOut:
    """A finding in the form of the contract; masks are still to be filled in."""
    return {
        "id": identity,
        "companies": {name: _company_out(finding, name) for name in finding.companies},
        "document_sentiment": _sentiment_out(finding.document_sentiment),
        "topics": [
            {
                "id": topic.id,
                "score": topic.score,
                "evidence": [{"start": e.start, "end": e.end, "rule": e.rule} for e in topic.evidence],
            }
            for topic in finding.topics
        ],
        "text_type": finding.text_type,
        "flags": list(finding.flags),
        "masks": [],
        "masked_text": "",
        "keywords": list(finding.keywords),
        "language": finding.language,
    }


def _company_out(finding: Finding, name: str) -> CompanyOut:
    found = finding.companies[name]
    return {
        "verdict": found.verdict,
        "mentions": [
            {"start": m.start, "end": m.end, "text": m.text, "verdict": m.verdict, "reason": m.reason}
            for m in found.mentions
        ],
        "sentiment": _sentiment_out(found.sentiment) if found.sentiment else None,
    }


def _sentiment_out(sentiment: Sentiment) -> SentimentOut:
    return {
        "label": sentiment.label,
        "score": sentiment.score,
        "confidence": sentiment.confidence,
        "abstained": sentiment.abstained,
    }
