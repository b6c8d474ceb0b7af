"""Texts that have nothing in common but that customers turn to the same company and the same hotline."""

NAMED = "有网友向星禾科技投诉并拨打12315，"
COPIED = (
    NAMED
    + "称租房押金迟迟没有退回，客服让他等三十天，三十天后电话再也打不通，"
    + "合同上的印章与营业执照对不上，同小区还有十几户遇到一样的事。"
)


def named_alike(number: int) -> str:
    """One of many texts that begin alike and go on in their own words."""
    return NAMED + "".join(chr(0x4E00 + (number + 1) * step * 7919 % 5003) for step in range(1, 160)) + "。"
