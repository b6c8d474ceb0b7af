"""A text that comes without its kind is read as what it looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kind import KINDS, kind_of

TEXTS = [
    ("news", "青岚市网信部门近日通报，星禾科技因未履行数据安全保护义务被责令改正，公司负责人表示将全面整改。"),
    ("news", "本报讯（记者）云鹭银行三季度净利润同比增长百分之四，不良贷款率保持平稳，多家机构维持评级。"),
    ("post", "笑死，刚在星禾注册完就有人打电话问我要不要贷款，你们是不是装监控了啊"),
    ("post", "有没有姐妹用过云鹭的卡？客服态度真的绝了，打了三次都没人接"),
    ("complaint", "客户来电称其从未在我行办理贷款，要求核实名下借款来源并书面答复。"),
]


@pytest.mark.parametrize(("kind", "text"), TEXTS)
def test_a_text_shows_its_kind(kind, text):
    assert kind_of(text) == kind


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_has_one(text):
    assert kind_of(text) in KINDS
    assert kind_of(text) == kind_of(text)
