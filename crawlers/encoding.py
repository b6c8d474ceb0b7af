"""
Bytes of a page become text. Labels are often wrong on Chinese sites, so evidence goes before the label.

Order: byte order mark, strict UTF-8, then the candidate whose text looks most like Chinese.
"""

from __future__ import annotations

import codecs
import re

from core.text import HAN, simplified

SAMPLE_CHARACTERS = 100_000
"""How much decoded text is judged: far more than the judgement needs."""
MIN_HAN = 12
"""Fewer Han characters than this are no evidence; the label decides."""

STRANGE_CHARACTERS = 4096
STRANGE_SHARE = 0.05
"""Noise has 11 % control characters among its first characters, text next to none."""
_STRANGE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})""", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,30})""", re.IGNORECASE)
_WIDER = {
    **dict.fromkeys(
        ("gb2312", "gbk", "gb18030", "gb_2312-80", "gb2312-80", "x-gbk", "cp936", "ms936", "hz-gb-2312"), "gb18030"
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5", "big5-eten"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
}
"""A label means the widest encoding that pages under it really use (as browsers do)."""

_ON_THE_WEB = re.compile(r"utf-?8|utf-16(?:-[lb]e)?|gb18030|big5hkscs|cp\d+|euc_jp|iso2022_jp|iso8859-\d+|koi8-[ru]")
"""The codecs that a web page may name."""

_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力它与长把机十民第公此已工"
    "使情明性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加西月话合回特代内信表化"
    "老给世位次度门任常先海通教原东提立及比员解水名真论处走义各入几口认条平系气题活更别打变四总何电数安少报才结反受目太量"
    "再感建务做接必场件计管期市直资命山金指许统区保至形社便空决治展科司五基书非则白界达光放强即难且权思完设式色路记南品住"
    "告类求据程北边张该交规万取格望领共确传清今切院让识候带导争运网站首页新闻上海京版登录注册"
)
"""The most frequent characters of modern Chinese, simplified: half of any running text."""

_HAN = re.compile(f"[{HAN}]")
_STRAY = re.compile("[\ufffd\ue000-\uf8ff\u0080-\u009f]")


def decode(raw: bytes, *, declared: str | None = None) -> tuple[str, str]:
    """
    The text of a page and the name of the encoding used.

    `declared` is a charset name or a whole Content-Type header; without it a <meta> or XML label is
    looked for. Never raises: what cannot be read becomes U+FFFD.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return raw[len(bom) :].decode(name, "replace"), name
    if (text := _strict_utf8(raw)) is not None:
        return text, "utf-8"
    label = _label(declared) or _label_in(raw)
    texts = {name: raw.decode(name, "replace") for name in _candidates(label)}
    best = max(texts, key=lambda name: _likeness(texts[name], name, label))
    return texts[best], best


def is_text(text: str) -> bool:
    """False for what was decoded from bytes that are no text at all: a picture, an archive, noise."""
    sample = text[:STRANGE_CHARACTERS]
    return len(_STRANGE.findall(sample)) <= STRANGE_SHARE * len(sample)


def _strict_utf8(raw: bytes) -> str | None:
    """The text when every byte is UTF-8 (a character cut off at the very end is forgiven), else None."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(raw, final=False)
    except UnicodeDecodeError:
        return None


def _label(declared: str | None) -> str | None:
    """A usable codec name for a declared charset, or None."""
    if not declared:
        return None
    found = _CHARSET.search(declared)
    name = (found[1] if found else declared).strip().strip("\"'").lower()
    name = _WIDER.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return info.name if _ON_THE_WEB.fullmatch(info.name) else None  # Python knows codecs that are no charsets (idna)


def _label_in(raw: bytes) -> str | None:
    for found in _META.finditer(raw[:4096]):
        if label := _label(found[1].decode("ascii", "replace")):
            return label
    return None


def _candidates(label: str | None) -> list[str]:
    names = ["gb18030", "big5hkscs", "utf-8"]
    return [*([label] if label and label not in names and not label.startswith("utf-16") else []), *names]


def _likeness(text: str, name: str, label: str | None) -> float:
    """How much a decoding looks like the page meant: common characters, few strays, the label as a tie-break."""
    sample = text[:SAMPLE_CHARACTERS]
    foreign = [c for c in sample if c > "\x7f"]
    strays = len(_STRAY.findall(sample)) / (len(foreign) or 1)
    han = _HAN.findall(sample)
    common = 0.0
    if len(han) >= MIN_HAN:
        table = simplified()
        common = sum(chr(table.get(ord(c), ord(c))) in _COMMON for c in han) / len(han)
    elif name == label:
        common = 0.3  # no evidence for Chinese: the label is as good as any
    return common - 3 * strays + (0.1 if name == label else 0.0)
