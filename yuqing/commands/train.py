"""`yuqing train`: learn from corrections that people made, into a model of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from core.errors import PartialError, UsageError
from core.i18n import _
from core.values import CHINESE, Document, Label
from store import documents
from yuqing.cli import Invocation
from yuqing.commands.analyse import document_of as document_given
from yuqing.commands.replay import document_of as document_stored
from yuqing.jsonl import BadLine, json_object
from yuqing.schemas import DocumentLine, line_of
from yuqing.wiring import App

if TYPE_CHECKING:
    from analysis.retrain import Correction


@click.command(
    "train",
    help=_("用人的更正再训练情感模型：每行一个 JSON，有 company、label，和库中文档的 id 或正文；每次从自带的权重学起"),
)
@click.argument("file", type=click.File("rb"))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=_("写到哪里；默认 models/sentiment.npz"))
@click.option("--dry-run", is_flag=True, help=_("只说学到多少，不写"))
@click.pass_obj
def command(invocation: Invocation, file: BinaryIO, out: Path | None, dry_run: bool) -> None:
    """
    Retrain from the weights that ship and write the result.

    Never from the model in force: a second run with the same corrections would take the same steps once more.
    """
    from analysis.retrain import retrained
    from analysis.sentiment_model import sentiment_model, write_model

    config = invocation.load()
    target = out or config.path.resolve().parent / "models" / "sentiment.npz"
    problems: list[str] = []
    with App.open(config) as app:
        corrections = list(_corrections(app, file, problems))
    for problem in problems:
        click.echo(problem, err=True)
    done = retrained(sentiment_model(), corrections, watch=config.watch)
    text = _("{n} 条更正，学到 {learned} 条：原来对 {before} 条，现在对 {after} 条。")
    counts = {"n": len(corrections), "learned": done.learned, "before": done.right_before, "after": done.right_after}
    click.echo(text.format(**counts))
    if not done.learned:
        raise UsageError(_("没有一条更正的正文提到它的公司，什么也学不到。"))
    if not dry_run:
        write_model(done.model, target)
        click.echo(_("已写到 {path}。在配置里写 sentiment_model: {path} 就会用它。").format(path=target))
    if problems:
        raise PartialError(_("{n} 行没有用上，原因见上。").format(n=len(problems)))


def _corrections(app: App, file: BinaryIO, problems: list[str]) -> Iterator[Correction]:
    from analysis.retrain import Correction

    companies = {company.name for company in app.radar.watch.companies}
    labels: dict[str, Label] = {"neg": "neg", "neu": "neu", "pos": "pos"}
    labels |= {chinese: labels[identity] for identity, chinese in CHINESE["label"].items()}
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            given = json_object(line)
            company, label = given.pop("company", None), labels.get(str(given.pop("label", "")))
            if company not in companies:
                raise BadLine(_("company 不在监测方案里"))
            if label is None:
                raise BadLine(_("label 应是 neg、neu 或 pos"))
            yield Correction(_document(app, given), company, label)
        except BadLine as error:
            problems.append(_("第 {n} 行：{why}").format(n=number, why=error))


def _document(app: App, given: dict[str, Any]) -> Document:
    """The text of the line, or the stored document that it names."""
    if "body" in given or "text" in given:
        return document_given(line_of(DocumentLine, given))
    with app.store.read() as connection:
        stored = documents.load(connection, [str(given.get("id"))])
    if not stored:
        raise BadLine(_("库里没有这篇文档，行里也没有正文"))
    return document_stored(next(iter(stored.values())))
