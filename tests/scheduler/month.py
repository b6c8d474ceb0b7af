"""Thirty days of 星禾科技 in a store: a few stories a day, then three days of a leak, on the last of loans from it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from core.times import day_of
from core.values import CrawlBatch, Document, RoundReport
from scheduler.ingest import get_known
from scheduler.radar import Radar
from scheduler.worker import Worker
from store.crawl import StoredCrawl
from store.engine import Store
from tests import make

TODAY = day_of(make.NOW)
BURST = {2: 9, 1: 14, 0: 21}
"""Days before TODAY -> stories of the burst beside the usual ones."""

OUTLETS = ("青岚新闻网", "蓝湾时报", "数岸财经")
USUAL = (
    "星禾科技在城东新区启用研发楼，首批三百名工程师迁入办公。",
    "星禾科技公布季度业绩，营业收入与去年同期相比略有增长。",
    "星禾科技与港口集团签署合作备忘录，为物流车队提供调度系统。",
    "星禾科技赞助的青年棋赛周末落幕，十二支队伍参加决赛。",
    "星禾科技客服热线在晚高峰排队较长，有用户等待四十分钟。",
    "星禾科技宣布下调小额贷款利率，新老客户均可享受。",
    "星禾科技的一名工程师获得行业协会颁发的青年奖。",
    "星禾科技更新用户协议，条款较旧版精简近三成。",
    "星禾科技开设夜校，向社区居民讲授手机使用技巧。",
    "星禾科技注销账户流程较长，有读者来信反映材料反复补交。",
)
LEAK = (
    "研究者称星禾科技的接口遭人撞库，数万条登录记录在论坛流传。",
    "星禾科技遭撞库后，一批账户被人换绑手机，用户称余额被转走。",
    "星禾科技回应撞库传闻，称已对异地登录的账户强制改密。",
    "律师提醒，星禾科技用户若因撞库受损，应保留登录提醒与流水。",
    "安全公司复盘星禾科技撞库过程，指登录接口没有限制尝试次数。",
    "有用户在星禾科技门店排队改密，撞库消息传开后客服一直占线。",
)
LOANS = (
    "星禾科技用户接到催收电话，才知道自己名下多了一笔冒名贷款。",
    "监管部门约谈星禾科技，要求三日内说明冒名贷款的笔数和去向。",
    "星禾科技承认有账户被冒名借款，承诺撤销征信上的不良记录。",
    "多名大学生称在星禾科技被冒名贷款，监管部门已收到代为报案的材料。",
)
REST = (
    "会议室外的走廊里摆着几盆绿萝。",
    "当天傍晚下了一场小雨，气温降到十二度。",
    "附近的早餐店比平时多备了两笼包子。",
    "一位退休教师骑车经过，停下来看了很久。",
    "主办方准备了茶点和纪念册。",
    "工作人员用三天时间整理了展板。",
    "公交线路因施工临时绕行北环路。",
    "图书馆把闭馆时间延长到晚上九点。",
    "几名学生在草坪上排练合唱。",
    "菜市场的番茄每斤便宜了五角。",
    "河边的步道新装了四十盏路灯。",
    "社区医院开设了周末门诊。",
    "邮局窗口前的队伍缩短了一半。",
    "气象台预计周四转晴。",
    "摄影爱好者架起三脚架等候日落。",
    "旧厂房改造的剧场迎来首演。",
    "渔船在清晨五点离开码头。",
    "羽毛球馆的预约已经排到下周。",
    "茶农说今年秋茶的香气更足。",
    "一列货运火车缓缓驶过铁桥。",
    "花店老板把向日葵搬到门口。",
    "木匠铺里传来刨花的声音。",
    "博物馆新到了一批清代瓷器。",
    "孩子们在沙坑里堆起城堡。",
)


def live_through(store: Store, radar: Radar) -> None:
    """Listen for thirty days and a half, with a round at noon of each, and analyse everything."""
    with store.write() as connection:
        get_known(connection, radar, make.at(days=-31))
    crawl = StoredCrawl(store, lambda: make.NOW)
    for back in range(31, -1, -1):
        noon = make.at(days=-back)
        crawl.begin_round(radar.sources[0].id, f"noon-{back}")
        if back < 31:
            crawl.commit(CrawlBatch(tuple(told_on(back, noon))))
        crawl.end_round(RoundReport(radar.sources[0].id, f"noon-{back}", noon - timedelta(minutes=5), noon))
    Worker(radar, store, lambda: make.NOW).drain()


def told_on(back: int, noon: datetime) -> list[Document]:
    """The documents of the day so many days before TODAY, one a story, and one reprint of the first."""
    numbers = range(3 + back % 3)
    usual = [_article(f"u{back}-{n}", USUAL[(back * 3 + n) % len(USUAL)], n, noon) for n in numbers]
    told = LEAK if back else [*LOANS, LEAK[0]]
    burst = [_article(f"b{back}-{n}", told[n % len(told)], n, noon) for n in range(BURST.get(back, 0))]
    again = [_article(f"b{back}-0", told[0], 1, noon, key=f"news.example/again-{back}")] if burst else []
    return [*usual, *burst, *again]


def _article(name: str, first: str, place: int, noon: datetime, *, key: str = "") -> Document:
    chance = random.Random(name)
    rest = chance.sample(REST, 9)
    key = key or f"news.example/{name}"
    return make.document(
        key=key,
        url=f"https://{key}.html",
        title=first[:-1],
        body=first + "".join(rest),
        outlet=OUTLETS[place % len(OUTLETS)],
        fetched_at=noon,
        published_at=noon - timedelta(minutes=place + 1),
    )
