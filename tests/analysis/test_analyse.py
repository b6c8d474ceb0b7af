"""The whole of analyse(): pure, never raising, and complete for every company of the watch."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analyse import Analyser
from core.values import Company, Document, Finding, Kind, Watch

WATCH = Watch(
    (
        Company(
            "星禾科技", {"full": ("星禾科技",), "ambiguous": ("星禾",), "misspelling": ("xinghe",)}, ("贷款", "App")
        ),
        Company("云鹭银行", {"full": ("云鹭银行",), "ambiguous": ("云鹭",)}, ("银行", "信用卡"), ("湿地",)),
    )
)
ANALYSER = Analyser(WATCH)


def analysed(body: str, *, kind: Kind = "post", title: str | None = None) -> Finding:
    document = Document("s", kind, "k", title, body, datetime(2026, 11, 20, tzinfo=UTC))
    return ANALYSER.analyse(document)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(["星禾", "云 鹭", "\u200b", "@", "#", "，", "。", "泄露", "𠮷", "\ud800", "(xing)"])
        ).map("".join),
    )
)
def test_no_text_makes_it_raise_and_the_same_text_gives_the_same_finding(text: str) -> None:
    assert analysed(text, title=text) == analysed(text, title=text)


def test_every_company_of_the_watch_is_in_the_finding() -> None:
    found = analysed("今天天气不错")

    assert list(found.companies) == ["星禾科技", "云鹭银行"]
    assert found.companies["星禾科技"].verdict == "out"
    assert found.companies["星禾科技"].sentiment is None


def test_offsets_are_those_of_title_newline_body() -> None:
    found = analysed("昨天雲鷺銀行的客服打来了", title="關於雲鷺銀行")

    assert [(m.start, m.end, m.text) for m in found.companies["云鹭银行"].mentions] == [
        (2, 6, "雲鷺銀行"),
        (9, 13, "雲鷺銀行"),
    ]


def test_targets_take_the_place_of_the_watch() -> None:
    document = Document(
        "s", "news", "k", None, "青岚新闻网报道，富和利涉嫌诈骗，被立案调查。", datetime(2026, 11, 20, tzinfo=UTC)
    )

    found = ANALYSER.analyse(document, targets=["富和利", "云鹭银行"])

    assert found.about == ("富和利",)
    assert list(found.companies) == ["富和利", "云鹭银行"]
