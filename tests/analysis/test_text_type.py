"""Text types from cheap cues."""

import pytest

from analysis.language import language_of
from analysis.text_type import settled_type, text_type_of
from core.values import Kind


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("本人在云鹭银行被扣费，要求退款", "complaint", "complaint"),
        ("请问云鹭银行几点关门", "post", "question"),
        ("反诈民警提醒：不点陌生链接，全民反诈", "news", "propaganda"),
        ("星禾科技隐私政策:我们会收集您的设备信息", "post", "notice"),
        ("诚聘客服，月薪六千，五险一金，加v详聊", "post", "ad"),
        ("哈哈哈哈笑死我了，连我妈都知道我没对象", "post", "joke"),
        ("记者从法院获悉，该案近日开庭", "news", "news"),
        ("今天天气不错", "post", "other"),
        ("", "post", "other"),
    ],
)
def test_a_text_is_typed_by_its_cues(text: str, kind: Kind, expected: str) -> None:
    assert text_type_of(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("信息泄露", "zh"), ("星禾app强制face id verify no opt out", "mixed"), ("hello world", "en"), ("12345", "other")],
)
def test_the_language_is_told_from_its_letters(text: str, expected: str) -> None:
    assert language_of(text) == expected


def test_who_accuses_a_company_in_a_question_complains() -> None:
    assert settled_type("question", "post", accuses=True) == "complaint"
    assert settled_type("question", "post", accuses=False) == "question"
    assert settled_type("ad", "post", accuses=True) == "ad"
    assert settled_type("other", "news", accuses=True) == "other"
