"""Topics: each with its evidence, none where nobody complains, and none behind a "no"."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.topics import TopicRules, rules, topics_of
from analysis.topics.check import problems
from analysis.topics.model import learned
from analysis.topics.rules import shipped, table
from core.errors import ConfigError
from core.values import CHINESE

CASES = [
    json.loads(line) for line in (Path(__file__).parents[1] / "cases" / "topics.jsonl").read_text("utf-8").splitlines()
]
WORDS = ["客户信息", "泄露", "没有", "骚扰电话", "人脸", "强制", "，", "。", "骗子", "知道", "回应称", " ", "身份证"]


def ids(text: str, text_type: str = "other") -> set[str]:
    return {hit.id for hit in topics_of(text, kind="post", text_type=text_type)}


def test_the_labelled_texts_keep_their_quality() -> None:
    """Micro-F1 at least .92 and at most 5 % false alarms on texts of no concern; single texts may be wrong."""
    pairs = [(ids(case["text"]), set(case["topics"])) for case in CASES]
    right = sum(len(got & want) for got, want in pairs)
    wrong = sum(len(got ^ want) for got, want in pairs)
    empty = [got for got, want in pairs if not want]

    assert 2 * right / (2 * right + wrong) >= 0.92
    assert sum(bool(got) for got in empty) <= 0.05 * len(empty)


def test_evidence_is_a_span_of_the_text_with_its_rule() -> None:
    text = "星禾科技把客户信息泄露了"
    (hit,) = topics_of(text, kind="post", text_type="other")

    assert hit.id == "leak"
    assert {(text[e.start : e.end], e.rule) for e in hit.evidence} == {("泄露", "leak.1")}
    assert 0 < hit.score <= 1


@pytest.mark.parametrize("no", ["没有", "并未", "从未"])
@pytest.mark.parametrize(
    ("before", "cue", "topic"),
    [
        ("星禾的客户信息", "泄露", "leak"),
        ("我在云鹭", "被贷款", "identity_misuse"),
        ("青桐每天都给我打", "骚扰电话", "nuisance_call"),
        ("麦朵天天发", "营销短信", "spam_sms"),
        ("这个软件", "过度收集个人信息", "over_collect"),
        ("员工", "出售客户信息", "data_trade"),
        ("蓝杉", "杀熟", "price_discrim"),
    ],
)
def test_a_no_before_the_cue_removes_the_topic(before: str, cue: str, topic: str, no: str) -> None:
    assert topic in ids(before + cue)
    assert topic not in ids(before + no + cue)


def test_a_rhetorical_question_is_no_negation() -> None:
    assert "leak" in ids("物业把电话贴公告栏，这不是泄露隐私吗")


def test_a_denial_is_about_its_topic() -> None:
    assert ids("和安在线声明：公司从未出售客户信息，传言不实") == {"data_trade"}


@pytest.mark.parametrize("text_type", ["propaganda", "ad", "joke"])
def test_types_of_no_concern_raise_nothing(text_type: str) -> None:
    assert ids("防范客户信息泄露的活动", text_type) == set()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("体检报告直接挂着,无需登录就能打开,姓名身份证全在上面", "leak"),
        ("昨晚那人念得出我的合同号,外人怎么会有这个", "leak"),
        ("投诉骚扰来电三回,支行推给总行,总行推给支行", "complaint_channel"),
        ("消费记录传过去之前问过我吗,我签过字吗", "unauth_share"),
    ],
)
def test_a_topic_told_without_its_name_is_seen(text: str, topic: str) -> None:
    assert topic in ids(text)


def test_advice_and_plain_questions_raise_nothing() -> None:
    assert ids("个人信息莫泄露,密码要常换") == set()
    assert ids("请问副卡在哪里查,可以注销吗") == set()


@pytest.mark.parametrize(
    "text",
    [
        "我女儿上小学三年级，明天考试",
        "我儿子考上了好学校",
        "我家孩子换班级了，还不适应",
        "接孩子放学路上堵车",
        "孩子的学校今天开运动会",
        "儿童手表哪个牌子好",
        "娃的学习机坏了，求推荐",
    ],
)
def test_no_rule_finds_data_of_children_in_talk_of_school(text: str) -> None:
    assert shipped().topics_of(text, learned=None) == ()


@pytest.mark.parametrize(
    "text", ["我女儿才九岁，就让她刷脸注册", "我家孩子的年级和姓名都要填", "我儿子的学校信息谁给的"]
)
def test_a_rule_finds_what_is_asked_or_known_of_a_child(text: str) -> None:
    assert "minors" in {hit.id for hit in shipped().topics_of(text, learned=None)}


def test_at_most_three_topics() -> None:
    assert all(len(ids(case["text"])) <= 3 for case in CASES)


def test_spaced_out_words_are_read_and_evidence_stands_in_the_original() -> None:
    text = "星 禾 的 客 户 信 息 泄 露 了"
    (hit,) = topics_of(text, kind="post", text_type="other")

    assert text[hit.evidence[0].start : hit.evidence[0].end] == "泄 露"


def test_the_shipped_topics_are_the_known_ones() -> None:
    assert {topic.id: topic.name for topic in TopicRules.load().topics} == dict(CHINESE["topic"])


def test_a_file_adds_a_topic_without_code(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[[topic]]\nid = "outage"\nname = "服务中断"\nrule = [{ when = ["系统瘫痪"] }]\n', "utf-8")
    rules = TopicRules.load([path])

    assert [hit.id for hit in rules.topics_of("云鹭银行系统瘫痪两小时")] == ["outage"]


@pytest.mark.parametrize(
    "text", ["[[topic]\n", '[[topic]]\nid = "x"\nrule = [{ when = ["<nowhere>"] }]\n', "topic = 3\n"]
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigError, match=r"own\.toml"):
        TopicRules.load([path])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('rule = [{ when = [""] }]', "outage.1.when"),
        ('rule = [{ when = "宕机" }]', "outage.1.when"),
        ("rule = [{ when = [] }]", "outage.1.when"),
        ('rule = [{ when = ["宕机"] }, { wehn = ["宕机"], when = ["宕机"] }]', "outage.2.wehn"),
        ('rule = [{ when = ["宕机"], witth = ["银行"] }]', "outage.1.witth"),
        ('rule = [{ when = ["宕机"], with = [["银行"], "柜台"] }]', "outage.1.with"),
        ('rule = [{ when = ["…宕机"] }]', "outage.1.when"),
        ('rule = [{ when = ["<没有>"] }]', "outage.1.when"),
        ('rule = [{ when = ["宕机"], score = 80 }]', "outage.1.score"),
        ('rule = [{ when = ["宕机"], within = "近" }]', "outage.1.within"),
        ('rule = [{ when = ["宕机"], negatable = "no" }]', "outage.1.negatable"),
        ('rule = [{ with = ["宕机"] }]', "outage.1.when"),
        ('nmae = "瘫痪"\nrule = [{ when = ["宕机"] }]', "outage.nmae"),
        ("", "outage.rule"),
        ('rule = [{ when = ["<a>"] }]\n[words]\na = ["<b>"]\nb = ["瘫", "<a>"]', "words.a"),
        ('rule = [{ when = ["瘫"] }]\n[words]\na = "瘫痪"', "words.a"),
        ('rule = [{ when = ["瘫"] }]\n[settings.bars]\nsuer = 0.2', "settings.bars"),
        ('rule = [{ when = ["瘫"] }]\n[negation]\nrhetorical = []', "negation.rhetorical"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f'[[topic]]\nid = "outage"\n{text}\n', "utf-8")

    with pytest.raises(ConfigError, match=rf"own\.toml: {where.replace('.', '[.]')}: "):
        TopicRules.load([path])


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('[[topic]]\nid = "a"\nrule = [{ wehn = ["宕机"], score = 0 }]\n', "utf-8")
    (tmp_path / "two.toml").write_text("[[topic]\n", "utf-8")

    with pytest.raises(ConfigError) as told:
        TopicRules.load([tmp_path / "one.toml", tmp_path / "two.toml", tmp_path / "none.toml"])
    lines = str(told.value).split("\n")
    assert [next(n for n in ("wehn", "when", "score", "two", "none") if n in line) for line in lines] == [
        "wehn",
        "when",
        "score",
        "two",
        "none",
    ]


def test_a_file_may_change_one_bar_and_leave_the_others(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("[settings.bars]\nsure = 0.2\n", "utf-8")

    assert [hit.id for hit in TopicRules.load([path]).topics_of("星禾科技把客户信息泄露了")] == ["leak"]


def test_the_shipped_files_are_right() -> None:
    """They have one table more: how the encoder is asked, which no file of one's own can change."""
    shipped, flags = table(), tomllib.loads((files("analysis") / "data" / "flags.toml").read_text("utf-8"))
    del shipped["settings"]["encoder"]
    topics = [{"id": rule.pop("id"), "rule": [rule]} for rule in flags["flag"]]

    assert problems(shipped, {}) == []
    assert problems({"words": flags["words"], "topic": topics}, shipped["words"]) == []


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", " ", "宕机", "<a>", "<b>", "…", "<"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "rule", "when", "with", "within", "score", "words", "a", "b"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["topic", "frame", "words", "denial", "negation", "settings", "more"]), VALUES))
@settings(max_examples=300, deadline=None)
def test_a_file_without_a_mistake_makes_rules(raw: dict[str, Any]) -> None:
    shared = {key: value for key, value in table().items() if key in ("settings", "negation")}
    if not problems(raw, {}):
        TopicRules([shared, raw]).topics_of("宕机了")


@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str) -> None:
    hits = topics_of(text, kind="news", text_type="other")

    assert hits == topics_of(text, kind="news", text_type="other")
    assert all(0 <= e.start < e.end <= len(text) for hit in hits for e in hit.evidence)


def test_the_second_opinion_never_raises_what_is_denied() -> None:
    """The learned model sees phrasings that no rule has; a "no" in front still silences it."""
    text = "麦朵的营销短信一天三条"

    assert "spam_sms" in ids(text)
    assert "spam_sms" not in ids("麦朵没有营销短信")


def test_half_a_character_is_borne() -> None:
    assert "leak" in ids("客户信息泄露\ud83d")


def test_rules_stand_without_the_model() -> None:
    hits = TopicRules.load().topics_of("星禾科技把客户信息泄露了", learned=None)

    assert [hit.id for hit in hits] == ["leak"]


def test_the_model_points_at_a_stretch_of_the_text() -> None:
    model = learned()
    assert model is not None

    start, end = model.span("今天天气不错,星禾的注销入口找不到", "deletion")

    assert "注销" in "今天天气不错,星禾的注销入口找不到"[start:end]


def test_other_numbers_with_the_digits_of_a_hotline_say_nothing_to_the_judge() -> None:
    thanks = "司机师傅很热心，非常感谢，编号{}"

    chances = [
        shipped().judged(thanks.format(n), learned=rules.learned()).chances["flag:go_public"] for n in (123450, 678901)
    ]

    assert max(chances) < 0.2


def test_a_sure_judge_hears_a_complaint_that_begins_like_a_joke() -> None:
    text = "笑死，名下多出三张保单，签名根本不是我本人，客服踢皮球踢了一个月"

    assert "identity_misuse" in {
        hit.id for hit in shipped().judged(text, text_type="joke", learned=rules.learned()).topics
    }
