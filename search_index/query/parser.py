"""Query text to tree, by recursive descent: strict for what is saved, forgiving for the search box."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from core.i18n import _
from core.text import fold
from search_index.query.ast import All, Leaf, Literal, Near, Prefix, Query, Term, both, either, negated
from search_index.query.atoms import is_run
from search_index.query.errors import QueryError
from search_index.query.fields import FIELDS, Field, all_field_names, field_named, is_value, known_names, normal_value
from search_index.query.lexer import FARTHEST, Token, tokens
from search_index.query.printer import printed
from search_index.query.ranges import advice_on, between, compared

MAX_LENGTH = 512
MAX_LITERALS = 64
MAX_DEPTH = 8
MAX_NEAR_PARTS = 8  # every further part doubles the orders to try
MAX_PREFIX = 100  # longer runs are indexed by their beginning and a hash (search_index.tokens)
_DEEPEST = 60  # without bounds: what Python's own stack bears in any caller


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a query that the forgiving parser read in its own way; `position` is a 0-based code point."""

    position: int
    message: str


@dataclass(frozen=True, slots=True)
class Understood:
    """How a text of the search box was read: the tree, its canonical text, and what was not as it should be."""

    query: Query
    understood: str
    notes: tuple[Note, ...]


def parse(text: str, *, strict: bool = True, bounded: bool = True) -> Query:
    """
    The tree of a query text.

    Raises QueryError when `strict`. `bounded=False` lifts the bounds of length, literals and depth, for
    canonical text that `printed` made (it may be longer than what was typed).
    """
    return _Parser(text, strict=strict, bounded=bounded).whole()


def parse_forgiving(text: str) -> Understood:
    """The tree of whatever was typed, how it was understood, and notes where it was not followed. Never raises."""
    parser = _Parser(text, strict=False, bounded=True)
    query = parser.whole()
    return Understood(query, printed(query), tuple(parser.notes))


class _Parser:
    def __init__(self, text: str, *, strict: bool, bounded: bool) -> None:
        self.notes: list[Note] = []
        self._strict, self._bounded = strict, bounded
        if bounded and len(text) > MAX_LENGTH:
            advice = _("超过 {n} 个字符，请拆成几个查询").format(n=MAX_LENGTH)
            self._trouble(MAX_LENGTH, advice)
            text = text[:MAX_LENGTH]
        self._tokens = tokens(text)
        self._at = self._depth = self._literals = 0

    def whole(self) -> Query:
        if self._kind == "end":
            self._trouble(0, _("没有要查的内容，请写一个词，例如 信息泄露"))
            return All()
        parts = [self._any_of(None)]
        while self._kind != "end":
            self._trouble(self._next().start, _("多了一个右括号，请删去，或在前面补上左括号"))
            parts.append(self._any_of(None))
        return both([part for part in parts if part])

    # ------------------------------------------------------------ tokens and troubles

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    @property
    def _kind(self) -> str:
        return self._peek.kind

    def _next(self) -> Token:
        token = self._peek
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _trouble(self, position: int, message: str) -> None:
        if self._strict:
            raise QueryError(position, message)
        if all(note.message != message for note in self.notes):  # the first place is enough
            self.notes.append(Note(position, message))

    # ------------------------------------------------------------ operators

    def _any_of(self, field: Field | None) -> Query | None:
        first = self._all_of(field)
        parts = [first] if first else []
        while self._kind == "or":
            operator = self._next()
            if not parts:
                self._missing(operator, left=True)
            part = self._all_of(field)
            if part:
                parts.append(part)
            else:
                self._missing(operator)
        return either(parts) if parts else None

    def _all_of(self, field: Field | None) -> Query | None:
        parts: list[Query] = []
        while self._kind not in ("or", ")", "end"):
            if self._kind == "and":
                operator = self._next()
                if not parts:
                    self._missing(operator, left=True)
                if self._kind in ("and", "or", ")", "end"):
                    self._missing(operator)
                continue
            part = self._not_of(field)
            if part:
                parts.append(part)
        return both(parts) if parts else None

    def _not_of(self, field: Field | None) -> Query | None:
        operators = []
        while self._kind == "not":
            operators.append(self._next())
        if operators and self._kind in ("and", "or", ")", "end"):
            self._missing(operators[-1])
            return None
        part = self._atom(field)
        return negated(part) if part and len(operators) % 2 else part

    def _missing(self, operator: Token, *, left: bool = False) -> None:
        """An operator without its operand; of two operators in a row the second is the one too many."""
        if left:
            message = _("“{sign}”前面缺少内容，请在前面写上一个词，或删去它；要查这个字本身请加引号")
            return self._trouble(operator.start, message.format(sign=operator.text))
        if self._kind in ("and", "or"):
            message = _("“{sign}”紧跟在另一个运算符后面，请删去其中一个")
            return self._trouble(self._peek.start, message.format(sign=self._peek.text))
        message = _("“{sign}”后面缺少内容，请在后面写上一个词，或删去它；要查这个字本身请加引号")
        self._trouble(operator.start, message.format(sign=operator.text))

    # ------------------------------------------------------------ atoms

    def _atom(self, field: Field | None) -> Query | None:
        token = self._peek
        if token.kind == "(":
            return self._group(field)
        self._next()
        if token.kind == "field":
            return self._field(token)
        leaf = self._leaf(token, field)
        if not leaf:
            return None
        self._literals += len(leaf.texts) if isinstance(leaf, Near) else 1
        if self._bounded and self._literals > MAX_LITERALS:
            self._trouble(token.start, _("超过 {n} 个词，请拆成几个查询").format(n=MAX_LITERALS))
            return None
        return leaf

    def _group(self, field: Field | None) -> Query | None:
        opening = self._next()
        deepest = MAX_DEPTH if self._bounded else _DEEPEST
        if self._depth >= deepest:
            self._trouble(opening.start, _("括号超过 {n} 层，请去掉几层").format(n=deepest))
            return None
        self._depth += 1
        inner = self._any_of(field)
        self._depth -= 1
        if self._kind != ")":
            self._trouble(opening.start, _("括号没有闭合，请在后面补上右括号"))
            return inner
        self._next()
        if not inner:
            self._trouble(opening.start, _("括号里没有内容，请写上要查的词，或删去括号"))
        return inner

    def _field(self, token: Token) -> Query | None:
        field = field_named(token.text)
        if not field:
            return self._unknown_field(token)
        if self._kind == "(":
            return self._group(field)
        if self._kind in ("word", "quoted", "range"):
            return self._atom(field)
        self._trouble(
            token.start, _("“{name}:”后面缺少内容，请写成 {example}").format(name=token.text, example=_example(field))
        )
        return None

    def _unknown_field(self, token: Token) -> Query | None:
        near = _nearest(token.text)
        advice = _("，是否想写 {name}？").format(name=f"{near.chinese}:") if near else "，"
        message = _("没有“{name}”这个字段{advice}可用：{all}；要查这些字本身请加引号")
        self._trouble(token.start, message.format(name=token.text, advice=advice, all=all_field_names()))
        value = self._next().text if self._peek.tight else ""
        return self._counted(Literal(fold(f"{token.text}:{value}" if value else token.text)))

    def _counted(self, leaf: Leaf) -> Leaf:
        self._literals += 1
        return leaf

    def _leaf(self, token: Token, field: Field | None) -> Leaf | None:
        if token.kind == "quoted" and not self._sound_quote(token) and not token.text.strip():
            return None
        kind = field.kind if field else "text"
        if kind == "text":
            return self._text_leaf(token, field)
        assert field
        if kind in ("closed", "open"):
            return self._value_leaf(token, field)
        return self._range_leaf(token, field)

    def _sound_quote(self, token: Token) -> bool:
        if not token.closed:
            self._trouble(token.start, _("引号没有闭合，请在后面补上引号"))
        elif not token.text.strip():
            self._trouble(token.start, _("引号里没有内容，请写上要查的词，或删去引号"))
        elif token.distance == -1:
            self._trouble(token.start, _('引号后的 ~ 要带字数，请写成 "甲 乙"~5'))
        elif (token.distance or 0) > FARTHEST:
            message = _('引号后的 ~ 最多到 {n}，请写小一些，例如 "甲 乙"~5')
            self._trouble(token.start, message.format(n=FARTHEST))
        else:
            return True
        return False

    # ------------------------------------------------------------ text

    def _text_leaf(self, token: Token, field: Field | None) -> Leaf | None:
        name = field.id if field else None
        text = fold(token.text).strip()
        if token.kind == "range":
            self._trouble(token.start, _("区间只能跟在 时间: 或 热度: 后面；要查这些字本身请加引号"))
            text = fold(f"[{token.text} TO {token.high}]")
        elif token.kind == "quoted":
            return self._near(token, text, name)
        elif token.text == "*" and not field:
            return All()
        elif token.text.endswith("*"):
            return self._prefix(token, text[:-1], name)
        elif token.text.startswith("-"):
            self._trouble(
                token.start, _("减号要写在字段前面，请写成 -{name}:词").format(name=field.chinese if field else "")
            )
        return Literal(text, name)  # type: ignore[arg-type]

    def _near(self, token: Token, text: str, name: str | None) -> Leaf:
        parts = tuple(text.split())
        if token.distance is None or token.distance < 0 or len(parts) < 2:
            return Literal(text, name)  # type: ignore[arg-type]
        if len(parts) > MAX_NEAR_PARTS:
            self._trouble(token.start, _("邻近查询最多 {n} 个词，请减少").format(n=MAX_NEAR_PARTS))
            parts = parts[:MAX_NEAR_PARTS]
        return Near(parts, min(token.distance, FARTHEST), name)  # type: ignore[arg-type]

    def _prefix(self, token: Token, text: str, name: str | None) -> Leaf:
        if is_run(text) and len(text) <= MAX_PREFIX:
            return Prefix(text, name)  # type: ignore[arg-type]
        message = _("* 只能跟在一串字母数字后面（最多 {n} 个），例如 app*；要查 * 本身请加引号")
        self._trouble(token.start, message.format(n=MAX_PREFIX))
        return Literal(text.rstrip("*") or fold(token.text), name)  # type: ignore[arg-type]

    # ------------------------------------------------------------ values

    def _value_leaf(self, token: Token, field: Field) -> Leaf:
        value = token.text.strip()
        if token.kind == "range" or token.distance is not None:
            message = _("{name} 只认一个完整的值，请写成 {example}")
            return self._as_text(token, message.format(name=field.chinese, example=_example(field)))
        if not is_value(field.id, value):
            message = _("{name} 没有“{value}”这个值，可用：{all}")
            return self._as_text(token, message.format(name=field.chinese, value=value, all=known_names(field.id)))
        return Term(field.id, normal_value(field.id, value))  # type: ignore[arg-type]

    def _range_leaf(self, token: Token, field: Field) -> Leaf:
        text = token.text.strip()
        if token.kind == "word" and text in (">", ">=", "<", "<=") and self._kind == "word":
            text += self._next().text
        try:
            if token.kind == "range":
                return between(field, text, token.high)
            return compared(field, text)
        except ValueError:
            return self._as_text(token, advice_on(field, text, token))

    def _as_text(self, token: Token, message: str) -> Leaf:
        self._trouble(token.start, message)
        return Literal(fold(token.text).strip())


def _nearest(name: str) -> Field | None:
    """The field that was probably meant. Chinese names are so short that one wrong character is half of them."""
    chinese = difflib.get_close_matches(name, [field.chinese for field in FIELDS], n=1, cutoff=0.5)
    english = difflib.get_close_matches(name, [field.id for field in FIELDS], n=1, cutoff=0.65)
    return field_named((chinese or english)[0]) if chinese or english else None


def _example(field: Field) -> str:
    known = next(iter((field.names or {}).values()), None)
    value = {"date": "近7天", "number": ">=100"}.get(field.kind) or known or "词"
    return f"{field.chinese}:{value}"
