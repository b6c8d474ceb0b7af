"""Whether a text really names a company: the labelled cases hold the floor, single rules are named one by one."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from analysis.analyse import Analyser
from core.serial import build
from core.values import Company, CompanyFinding, Document, Kind, Watch

CASES = Path(__file__).parents[1] / "cases"


@cache
def analyser(watch: str = "watch.json") -> Analyser:
    return Analyser(build(Watch, json.loads((CASES / watch).read_text("utf-8"))))


def found(text: str, company: str, *, kind: Kind = "post", watch: str = "watch.json") -> CompanyFinding:
    document = Document("s", kind, "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))
    return analyser(watch).analyse(document).companies[company]


def found_alone(text: str, company: Company) -> CompanyFinding:
    document = Document("s", "post", "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))
    return Analyser(Watch((company,))).analyse(document).companies[company.name]


def reasons(text: str, company: str, *, watch: str = "watch.json") -> list[tuple[str, str, str]]:
    return [(m.text, m.verdict, m.reason) for m in found(text, company, watch=watch).mentions]


@pytest.mark.parametrize(
    ("cases", "watch"), [("mentions.jsonl", "watch.json"), ("mentions_more.jsonl", "watch_more.json")]
)
def test_the_labelled_cases_keep_precision_and_recall(cases: str, watch: str) -> None:
    """Floors of the issue; the cases were written before the rules."""
    right = wrong = missed = 0
    for line in (CASES / cases).read_text("utf-8").splitlines():
        case = json.loads(line)
        document = Document("s", case["kind"], "k", None, case["text"], datetime(2026, 11, 20, tzinfo=UTC))
        about = set(analyser(watch).analyse(document).about)
        right += len(about & set(case["hits"]))
        wrong += len(about - set(case["hits"]))
        missed += len(set(case["hits"]) - about)

    assert right / (right + wrong) >= 0.98
    assert right / (right + missed) >= 0.97


@pytest.mark.parametrize(
    ("text", "company", "expected"),
    [
        ("星禾科技又涨价了", "星禾科技", ("星禾科技", "hit", "full")),
        ("星禾的催收电话", "星禾科技", ("星禾", "hit", "cue")),
        ("星禾真不错", "星禾科技", ("星禾", "hit", "usage")),
        ("提到星禾就想笑", "星禾科技", ("星禾", "doubt", "no_cue")),
        ("星禾幼儿园开学", "星禾科技", ("星禾", "out", "excluded")),
        ("星禾路口堵车", "星禾科技", ("星禾", "out", "other_name")),
        ("@云鹭银行 解释", "云鹭银行", ("云鹭银行", "hit", "handle")),
        ("@云鹭姐姐 早安", "云鹭银行", ("云鹭", "out", "other_handle")),
        ("约在云鹭银行门口见", "云鹭银行", ("云鹭银行", "out", "landmark")),
        ("来自 橙果数码客户端", "橙果数码", ("橙果数码", "out", "device_tail")),
        ("星·禾·科·技", "星禾科技", ("星·禾·科·技", "hit", "evasion")),
        ("雲鷺銀行不錯", "云鹭银行", ("雲鷺銀行", "hit", "full")),
        ("总价600000元", "星禾科技", ("600000", "out", "number")),
    ],
)
def test_each_verdict_carries_its_reason(text: str, company: str, expected: tuple[str, str, str]) -> None:
    assert reasons(text, company) == [expected]


def test_the_longest_name_wins() -> None:
    assert [m.text for m in found("星禾科技有限公司公告", "星禾科技").mentions] == ["星禾科技有限公司"]


def test_a_doubtful_name_counts_beside_a_surer_one() -> None:
    assert reasons("星禾科技开会。星禾真不错", "星禾科技")[1] == ("星禾", "hit", "surer_name")


def test_an_excluded_phrase_hides_only_the_name_inside_it() -> None:
    assert [m.verdict for m in found("星禾幼儿园旁边，星禾客服打来催收", "星禾科技").mentions] == ["out", "hit"]


def test_an_excluded_phrase_without_a_name_speaks_against_a_short_one_beside_it() -> None:
    def verdict(text: str, *exclude: str) -> str:
        company = Company("晴川人寿", {"full": ("晴川人寿",), "short": ("晴川",)}, exclude=exclude)
        document = Document("s", "post", "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))
        return Analyser(Watch((company,))).analyse(document).companies["晴川人寿"].verdict

    assert verdict("我在晴川门诊等你") == "hit"
    assert verdict("我在晴川门诊等你", "门诊") == "out"
    assert verdict("晴川人寿的保单放在楼下了", "楼下") == "hit"
    assert verdict("晴川的保单到了，快递放在我家楼下", "楼下") == "hit"


def test_a_name_is_not_found_inside_another_word() -> None:
    assert found("平和安定的生活", "和田出行").mentions == ()
    assert found("公平禾苗补贴到户", "平禾保险").verdict == "out"
    assert found("xinghejia家具", "星禾科技").mentions == ()


def test_a_full_name_of_ordinary_words_is_doubted_where_it_is_none_but_not_beside_a_cue() -> None:
    company = Company("明月视频", {"full": ("明月视频",)}, cues=("会员费",))
    analyser = Analyser(Watch((company,)))

    def verdict(text: str) -> str:
        document = Document("s", "post", "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))
        return analyser.analyse(document).companies["明月视频"].verdict

    assert verdict("海上生明月视频剪好了，大家随便用") == "doubt"
    assert verdict("夜里的明月视频会员费涨了") == "hit"


def test_words_inside_a_name_do_not_speak_against_it_nor_cross_a_long_one() -> None:
    company = Company("驼铃旅行", {"full": ("驼铃国际旅行社",), "short": ("驼铃旅行",), "product": ("驼铃借",)})
    analyser = Analyser(Watch((replace(company, aliases={**company.aliases, "ambiguous": ("驼铃",)}),)))

    def about(text: str) -> bool:
        return bool(analyser.analyse(Document("s", "post", "k", None, text, datetime(2026, 11, 20, tzinfo=UTC))).about)

    assert about("白皮书：驼铃旅行等五家占去八成份额")
    assert about("驼铃国际旅行社团餐八菜一汤")
    assert about("本人在驼铃借款六千元，催收天天打来")


def test_offsets_survive_a_disguise() -> None:
    (mention,) = found("今天星\u200b禾\u200b科技", "星禾科技").mentions

    assert (mention.start, mention.end, mention.text) == (2, 8, "星\u200b禾\u200b科技")


@pytest.mark.parametrize(
    ("text", "company", "expected"),
    [
        ("五十年代边远山通信全靠两条腿", "远山通信", ("远山通信", "out", "inside_word")),
        ("今天天成物业又停水", "天成物业", ("天成物业", "hit", "full")),
        ("晴川人寿保险的业务员上门了", "晴川人寿", ("晴川人寿", "hit", "full")),
        ("这次退款挺大方", "大方优选", ("大方", "out", "other_sense")),
        ("大方App打不开", "大方优选", ("大方", "hit", "cue")),
        ("骑车绕镜湖一圈", "镜湖银行", ("镜湖", "out", "other_sense")),
        ("镜湖置业拿地", "镜湖银行", ("镜湖", "out", "other_name")),
        ("祁镜湖从艺五十年", "镜湖银行", ("镜湖", "out", "other_name")),
        ("诈骗短信来自镜湖银行", "镜湖银行", ("镜湖银行", "hit", "full")),
        ("跟着“半夏出行上车点”的牌子走", "半夏出行", ("半夏出行", "out", "signpost")),
        ("K3路在镜湖银行站又甩站了", "镜湖银行", ("镜湖银行", "out", "signpost")),
        ("镜湖银行门口那棵银杏黄了", "镜湖银行", ("镜湖银行", "out", "landmark")),
        ("镜湖银行门口的取款机吞卡了", "镜湖银行", ("镜湖银行", "hit", "full")),
        ("J湖银行取钱要讲理由", "镜湖银行", ("J湖银行", "hit", "evasion")),
        ("JH银行取钱要讲理由", "镜湖银行", ("JH银行", "hit", "evasion")),
        ("他修眼镜·湖州人", "镜湖银行", ("镜·湖", "out", "inside_word")),
        ("镜*银行取钱要讲理由", "镜湖银行", ("镜*银行", "hit", "evasion")),
        ("镜糊银行的客服又不接电话", "镜湖银行", ("镜糊银行", "hit", "evasion")),
        ("景糊银行的客服又不接电话", "镜湖银行", ("景糊银行", "hit", "evasion")),
        ("别冤枉远山，名单是物业卖的", "远山通信", ("远山", "hit", "usage")),
        ("远山那家面馆的老板娘记得我", "远山通信", ("远山", "out", "other_sense")),
        ("镜糊银行是什么", "镜湖银行", ("镜糊银行", "doubt", "evasion")),
        ("shiwan食品又涨价", "石湾食品", ("shiwan食品", "hit", "evasion")),  # 石 is dan in some tables
        ("jìnghú银行又涨价", "镜湖银行", ("jìnghú银行", "hit", "evasion")),
        ("雪(防删)松通信又涨价", "雪松通信", ("雪(防删)松通信", "hit", "evasion")),
        ("雪(北京)松通信又涨价", "雪松通信", ()),  # a firm of the place
        ("长叻航空又不赔", "长乐航空", ("长叻航空", "hit", "evasion")),
        ("zhangle航空又不赔", "长乐航空", ("zhangle航空", "hit", "evasion")),
        ("changyue航空又不赔", "长乐航空", ("changyue航空", "hit", "evasion")),
        ("镜 湖把我的手机号给漏了", "镜湖银行", ("镜 湖", "hit", "evasion")),
        ("擦亮眼镜 湖上风大", "镜湖银行", ("镜 湖", "out", "inside_word")),
        ("发自镜湖银行大屏：今天的排骨绝了", "镜湖银行", ("镜湖银行", "out", "device_tail")),
        ("镜湖银行门前路段封闭至月底", "镜湖银行", ("镜湖银行", "out", "landmark")),
        ("镜湖银行办公室旁边那家面馆搬走了", "镜湖银行", ("镜湖银行", "out", "landmark")),
        ("半夏出行李师傅多收了我三十块", "半夏出行", ("半夏出行", "hit", "full")),
        ("家门口种的半夏，居委会登记身份证和收入，不填不给停车", "半夏出行", ("半夏", "out", "other_sense")),
        ("镇上的白露节要刷脸入园", "白露酒店", ("白露", "out", "other_sense")),
        ("半夏刚开的店把我的手机号卖了", "半夏出行", ("半夏", "hit", "usage")),
        ("YS这期卡池又歪了", "远山通信", ("YS", "doubt", "initials")),
        ("YS的宽带断了", "远山通信", ("YS", "hit", "cue")),
        ("导师卓一舟批了我的论文", "大方优选", ("卓一舟", "out", "namesake")),
        ("卓一舟致歉", "大方优选", ("卓一舟", "hit", "person")),
        ("609118公布分红预案", "远山通信", ("609118", "hit", "stock_code")),
        ("货号609118的同款", "远山通信", ("609118", "out", "number")),
    ],
)
def test_each_class_of_trap_has_its_reason(text: str, company: str, expected: tuple[()] | tuple[str, str, str]) -> None:
    assert reasons(text, company, watch="watch_more.json") == ([expected] if expected else [])


def test_a_privacy_topic_stands_in_for_the_cue_that_a_name_lacks() -> None:
    doubtful, complaint = "提到半夏就想笑。", "做完检查第二天，保健品、养老院一条龙都给我打了电话。"

    assert reasons(doubtful, "半夏出行", watch="watch_more.json") == [("半夏", "doubt", "no_cue")]
    assert reasons(complaint + doubtful, "半夏出行", watch="watch_more.json") == [("半夏", "hit", "topic")]
    assert found(complaint + doubtful, "半夏出行", watch="watch_more.json").sentiment


@pytest.mark.parametrize(
    ("text", "company", "reason"),
    [
        ("孩子的压岁钱和身份证照片被拍走了，谁给的权限", "东湾银行", "everyday_word"),
        ("我的号码和身份证被人卖了，609602", "镜湖银行", "no_stock_cue"),
        ("室友ys偷拍我的身份证去贷款，我的信息被冒用", "远山通信", "initials"),
    ],
)
def test_it_stands_in_for_nothing_else(text: str, company: str, reason: str) -> None:
    verdicts = {(verdict, why) for _text, verdict, why in reasons(text, company, watch="watch_more.json")}

    assert verdicts == {("doubt", reason)}


@pytest.mark.parametrize(
    "text",
    [
        "网友白露说自己的手机号被泄露，一天接到几十个贷款电话",
        "网友“白露”投诉称，某平台泄露她的住址，已报警",
        "白露（化名）今年23岁，她的身份证被人冒用办了贷款",
        "记者白露了解到，多名业主的手机号被人泄露",
        "客户白露在论坛上爆料：有人公开倒卖学生信息",
        "手机号泄露了，我和白露都中招",
        "中介把我的电话卖给装修公司，从白露到秋分电话没断过",
    ],
)
def test_a_privacy_topic_makes_no_company_of_a_person_or_a_season(text: str) -> None:
    assert found(text, "白露酒店", watch="watch_more.json").verdict == "out"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("这是家公寓，租房的人很多", "石家公寓"),
        ("其中有保险公司来推销", "中邮保险"),
        ("中国人受够了骚扰电话，保险的最烦", "中国人寿"),
        ("在一家家居公司买沙发，客服漏了我的手机号", "宜家家居"),
    ],
)
def test_words_of_the_sentence_that_sound_like_a_name_are_none(text: str, name: str) -> None:
    assert found_alone(text, Company(name, {"full": (name,)}, ("租房", "保险", "快递", "家居"))).verdict == "out"


@pytest.mark.parametrize("text", ["今天喝了Rosélle咖啡", "今天喝了roselle咖啡", "Müler牛奶坏了"])
def test_accents_of_a_name_are_no_tones_that_hide_it(text: str) -> None:
    assert found_alone(text, Company("甲", {"full": ("Rosélle", "Müler牛奶")})).verdict == "hit"


@pytest.mark.parametrize(
    "text",
    [
        "banxia出行涨价",
        "bàn xià出行涨价",
        "ba\u0300nxia\u0300出行涨价",
        "BXCX的司机又绕路",
        "BXCH的司机又绕路",
        "半「防删」夏出行涨价",
    ],
)
def test_pinyin_has_both_readings_and_its_tones(text: str) -> None:
    assert found(text, "半夏出行", watch="watch_more.json").verdict == "hit"
