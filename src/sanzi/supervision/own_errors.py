"""Refusals about models that officers write: the statement, the run, the cases, the approval.

What the engine says of a statement is one class for each kind, so that each has its code.
"""

from __future__ import annotations

from typing import Final

from sanzi.kernel.refusals import Refusal


class OwnStatementWrong(Refusal):
    """A statement cannot be run; `line` and `column` say where (0: unknown), `where` in words."""

    code = "supervision.own_statement_wrong"
    sentence = "{where}语句跑不了：{said}"
    next_step = "请照表结构改好再试。什么都没有改动。"


class OwnNotSql(OwnStatementWrong):
    """The text is no SQL."""

    code = "supervision.own_not_sql"
    sentence = "{where}这里看不懂，像是少了词、括号或引号。"


class OwnEmpty(OwnStatementWrong):
    """There is no text, or too much of it."""

    code = "supervision.own_length"
    sentence = "语句有{length}个字，要在1到{most}个字之间。"


class OwnNotSelect(OwnStatementWrong):
    """Something else than one SELECT: DROP, INSERT, SET, COPY, two statements."""

    code = "supervision.own_only_select"
    sentence = "{where}这不是查询。这里只能写一条SELECT，不能建、改、删，也不能改设置。"
    next_step = "请只写一条SELECT。数据没有动过。"


class OwnFileOrNetwork(OwnStatementWrong):
    """A file, an address, a function that reads them, or a table that stands in no view."""

    code = "supervision.own_outside"
    sentence = "{where}这里要读“{name}”，它不是这里的表。文件和网络都读不到。"
    next_step = "请从右边的表里选，表名以stg_开头。"


class OwnUnknownTable(OwnStatementWrong):
    """A table that is not in this officer's schema."""

    code = "supervision.own_unknown_table"
    sentence = "{where}没有“{name}”这张表，或者您的职务看不到它。"
    next_step = "请从右边的表里选，表名以stg_开头。"


class OwnUnknownColumn(OwnStatementWrong):
    """A column that is not in this officer's schema."""

    code = "supervision.own_unknown_column"
    sentence = "{where}没有“{name}”这一列，或者您的职务看不到它。"
    next_step = "请看右边表里有哪些列。"


class OwnForbidden(OwnStatementWrong):
    """A word of SQL that models do not use."""

    code = "supervision.own_forbidden"
    sentence = "{where}这里用了{what}。{why}"
    next_step = "请换一种写法。"


class OwnUnknownFunction(OwnStatementWrong):
    """A function that is not known, or may not be used here."""

    code = "supervision.own_unknown_function"
    sentence = "{where}“{name}”不是这里能用的函数。"
    next_step = "请用常见的函数，如sum、count、coalesce、date_diff。"


class OwnAmbiguous(OwnStatementWrong):
    """A name that stands in two tables."""

    code = "supervision.own_ambiguous"
    sentence = "{where}“{name}”在几张表里都有，不知道是哪一张的。"
    next_step = "请在前面写明表的简称，如p.{name}。"


class OwnGroup(OwnStatementWrong):
    """A column beside an aggregate."""

    code = "supervision.own_group"
    sentence = "{where}“{name}”没有写进GROUP BY，又没有求和、计数。"
    next_step = "请把它写进GROUP BY，或者用max、sum这类函数。"


class OwnAggregate(OwnStatementWrong):
    """An aggregate where rows are chosen."""

    code = "supervision.own_aggregate"
    sentence = "{where}这里在挑行的时候用了求和、计数。"
    next_step = "请把这个条件写到HAVING里。"


class OwnTypes(OwnStatementWrong):
    """Kinds that do not go together."""

    code = "supervision.own_types"
    sentence = "{where}这里两边不是一类，不能放在一起比、一起算：文字、数、日期要分清。"
    next_step = "请看列的类型，日期写成DATE '2026-11-01'，文字加单引号。"


class OwnConvert(OwnStatementWrong):
    """A text that is no figure, no day."""

    code = "supervision.own_convert"
    sentence = "{where}这里有的值变不成要的类型（{said}）。"
    next_step = "请先挑出能变的行，或者不要转换。"


class OwnColumnsDiffer(OwnStatementWrong):
    """The parts of a UNION do not match."""

    code = "supervision.own_columns_differ"
    sentence = "{where}UNION上下两段的列数不一样。"
    next_step = "请让每一段的列一样多、一样的次序。"


class OwnParameter(OwnStatementWrong):
    """A parameter; there is only one."""

    code = "supervision.own_parameter"
    sentence = "{where}这里用了${name}。自建规则只有一个参数$as_of，就是跑的那一刻。"
    next_step = "请把数直接写进语句里。"


class OwnTooLong(OwnStatementWrong):
    """It ran out of time: an endless join."""

    code = "supervision.own_time"
    sentence = "跑了{seconds}秒还没完，已经停了。多半是两张表没有写怎么连。"
    next_step = "请给每一个JOIN写上ON，或者先挑出要的行。"


class OwnTooBig(OwnStatementWrong):
    """It ran out of memory."""

    code = "supervision.own_memory"
    sentence = "用的内存超过{megabytes}兆，已经停了。多半是两张表没有写怎么连。"
    next_step = "请给每一个JOIN写上ON，或者先挑出要的行。"


class OwnBusy(Refusal):
    """Others try at this moment."""

    code = "supervision.own_busy"
    sentence = "现在有{count}个人在试跑，请等一下。"
    next_step = "请过十几秒再试。"


class OwnShape(Refusal):
    """The columns of the answer are not those of a finding."""

    code = "supervision.own_shape"
    sentence = "结果的列不对：{what}"
    next_step = "请照“结果要有这几列”改语句，再交。"


class OwnWords(Refusal):
    """A title, a rule, a sentence or a route is missing or wrong."""

    code = "supervision.own_words"
    sentence = "{what}"
    next_step = "请补好再交。"


class OwnCaseWrong(Refusal):
    """A case cannot be read."""

    code = "supervision.own_case_wrong"
    sentence = "样例看不懂：{what}"
    next_step = "请照旁边的写法改。"


class OwnCaseFailed(Refusal):
    """A case does not give what it says."""

    code = "supervision.own_case_failed"
    sentence = "样例“{name}”不对：应当查出{expected}，实际查出{found}。"
    next_step = "请改语句，或者改样例。"


class OwnCasesMissing(Refusal):
    """There must be a hit, a lawful look-alike, and the empty tables."""

    code = "supervision.own_cases_missing"
    sentence = "样例还差{kinds}。至少要有一个查得出的、一个合规不该查出的、一个空表的。"
    next_step = "请加上再交。"


class OwnState(Refusal):
    """The step does not fit where the version stands."""

    code = "supervision.own_state"
    sentence = "第{number}版现在是“{state}”，不能{action}。"
    next_step = "请刷新页面，看它走到哪一步了。"


class OwnSameOfficer(Refusal):
    """Who wrote it does not approve it."""

    code = "supervision.own_same_officer"
    sentence = "这条是您自己写的，要由另一个人来看。"
    next_step = "请等有审核权的同事审。"


class OwnNotTriedAtNight(Refusal):
    """A version becomes active only after a night on trial."""

    code = "supervision.own_no_night"
    sentence = "第{number}版还没有在夜里试跑过，不能转正。"
    next_step = "请至少等一夜，看了试跑的结果再定。"


class OwnNotTested(Refusal):
    """Nobody knows yet what it would have found."""

    code = "supervision.own_not_tested"
    sentence = "还不能同意：{why}。"
    next_step = "请先点“试算”，算好了看过再定。"


class OwnTestRunning(Refusal):
    """One is on its way already."""

    code = "supervision.own_test_running"
    sentence = "第{number}版正在试算，等它算完。"
    next_step = "请过一会儿刷新页面。"


class OwnReason(Refusal):
    """A rejection and a retirement say why."""

    code = "supervision.own_reason"
    sentence = "理由只写了{count}个字，至少写{least}个字。"
    next_step = "请写明为什么。"


BY_KIND: Final[dict[str, type[OwnStatementWrong]]] = {
    "unknown_column": OwnUnknownColumn,
    "unknown_table": OwnUnknownTable,
    "unknown_function": OwnUnknownFunction,
    "ambiguous": OwnAmbiguous,
    "group": OwnGroup,
    "aggregate": OwnAggregate,
    "types": OwnTypes,
    "convert": OwnConvert,
    "columns": OwnColumnsDiffer,
    "parameter": OwnParameter,
    "syntax": OwnNotSql,
    "permission": OwnFileOrNetwork,
    "time": OwnTooLong,
    "memory": OwnTooBig,
}
"""What the engine may say of a statement, by the kinds of `record.sandbox`."""
