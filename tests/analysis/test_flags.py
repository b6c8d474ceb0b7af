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
        "记者从星禾科技获悉，新品将于下周发布",
    ],
)
def test_the_police_a_no_or_somebody_else_is_not(text: str) -> None:
    assert "go_public" not in flags_of(text)


def test_a_regulator_acts() -> None:
    assert flags_of("网信办约谈星禾科技，责令限期整改", kind="news", text_type="news") == ("regulator",)


def test_minors_are_concerned() -> None:
    assert "minors" in flags_of("我女儿的身份证和学校都被收集了")


def test_the_company_denies() -> None:
    assert "denial" in flags_of("星禾科技回应：网传信息不实，公司从未出售客户数据")


def test_a_customer_who_never_borrowed_denies_nothing() -> None:
    assert "denial" not in flags_of("我从未在星禾借过钱，平台却说我逾期")


def test_an_advertisement_does_not_go_public() -> None:
    assert flags_of("代理维权，帮您向12315投诉，加微信", text_type="ad") in ((), ("regulator",))
