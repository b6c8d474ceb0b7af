"""Flags: who takes which step."""

from __future__ import annotations

import pytest

from analysis.topics import flags_of


@pytest.mark.parametrize(
    "text",
    [
        "再不处理我就打12315了",
        "已经向黑猫投诉平台提交材料",
        "准备联系媒体曝光你们",
        "律师函已经寄出，等着吧",
        "材料交给电视台了，记者联系了我",
        "下周去法院起诉",
        "12345已受理，等回复",
        "已经向银保监反映",
        "咱们315晚会见",
    ],
)
def test_announcing_a_regulator_the_press_or_a_court_is_going_public(text: str) -> None:
    assert "go_public" in flags_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "我已经报警了，等派出所回复",
        "算了，不打12315了",
        "还没有向监管部门投诉",
        "请拨打12315举报违法行为",
        "网信办约谈星禾科技",
        "公司将通过法律途径追究造谣者责任",
        "照片曝光过度",
        "昨天在人行横道上被外卖骑手撞了",
        "新华社、央视等媒体报道，星禾科技发布新款手机",
        "记者从星禾科技获悉，新品将于下周发布",
    ],
)
def test_the_police_a_no_or_somebody_else_is_not(text: str) -> None:
    assert "go_public" not in flags_of(text)


def test_a_regulator_acts() -> None:
    assert [*flags_of("网信办约谈星禾科技，责令限期整改", kind="news", text_type="news")] == ["regulator"]


@pytest.mark.parametrize(
    "text",
    [
        "这款衣服已经下架了，没货",
        "这首歌被下架了",
        "央行宣布降准",
        "我家楼下是检察院",
        "星禾科技从未被监管部门约谈",
        "星禾没有被网信办约谈",
    ],
)
def test_everyday_words_and_a_no_are_no_regulator(text: str) -> None:
    assert flags_of(text) == {}
    assert flags_of(text, chances={"flag:regulator": 0.4}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "星禾App被网信办责令下架",
        "通报称，星禾App因逾期未整改被下架",
        "央行对星禾开出罚单",
        "检察院对星禾提起公诉",
        "已经向央行投诉星禾",
    ],
)
def test_the_same_words_beside_what_an_office_does_are_one(text: str) -> None:
    assert "regulator" in flags_of(text)


def test_the_learned_judge_raises_no_flag_that_stands_behind_a_no() -> None:
    chances = {"flag:regulator": 0.99}

    assert flags_of("星禾科技从未被监管部门约谈", chances=chances) == {}
    assert [*flags_of("上面的人把他们叫去问话了", chances=chances)] == ["regulator"]


@pytest.mark.parametrize("text", ["订单号139123456789，不退款", "我电话13912345678，不退卡", "编号8123150，差评"])
def test_an_office_is_no_part_of_a_longer_number(text: str) -> None:
    assert flags_of(text) == {}


@pytest.mark.parametrize("text", ["上小红书找攻略", "给大v点赞", "周末去看央视栏目录制", "在知乎看到的", "去b站追番"])
def test_reading_on_a_platform_is_not_going_public(text: str) -> None:
    assert flags_of(text) == {}


@pytest.mark.parametrize("text", ["再不退钱我就上小红书曝光你们", "找大v爆料", "向栏目投稿了", "已经在知乎发帖维权"])
def test_telling_on_a_platform_is(text: str) -> None:
    assert [*flags_of(text)] == ["go_public"]


def test_minors_are_concerned() -> None:
    assert "minors" in flags_of("我女儿的身份证和学校都被收集了")


def test_the_company_denies() -> None:
    assert "denial" in flags_of("星禾科技回应：网传信息不实，公司从未出售客户数据")


def test_a_customer_who_never_borrowed_denies_nothing() -> None:
    assert "denial" not in flags_of("我从未在星禾借过钱，平台却说我逾期")


def test_an_advertisement_does_not_go_public() -> None:
    assert flags_of("代理维权，帮您向12315投诉，加微信", text_type="ad").keys() <= {"regulator"}


@pytest.mark.parametrize("text", ["警方立案侦查，两名前员工被采取强制措施", "某公司起诉前员工侵犯商业秘密"])
def test_who_writes_the_news_goes_nowhere(text: str) -> None:
    assert "go_public" not in flags_of(text, kind="news", text_type="news")


@pytest.mark.parametrize("text", ["平台从未告知我会共享信息，太过分了", "客户表示从未收到短信", "公司并非没有责任"])
def test_who_complains_of_a_lack_denies_nothing(text: str) -> None:
    assert "denial" not in flags_of(text)


@pytest.mark.parametrize("text", ["从娃哈哈公司获悉，会员系统账号数据未受影响", "娃娃机要手机号注册账号"])
def test_a_word_with_a_child_in_it_is_no_child(text: str) -> None:
    assert "minors" not in flags_of(text)
