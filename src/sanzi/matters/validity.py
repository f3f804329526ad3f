"""Whether a decision is valid, article by article. Pure: facts and rows in, checks out.

Each check names its article and says in a sentence what was asked and what was found. A check
waits while its step has not happened; a decision may be used when nothing fails and nothing waits.
Who stands aside never votes; whether he still counts among those due is a row of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sanzi.kernel import clock, money
from sanzi.matters.decision_facts import (
    FAIL,
    OK,
    WAIT,
    Ask,
    Check,
    Facts,
    Held,
    body_of,
    counted,
    happened_at,
    needed,
    required_steps,
    share_words,
)
from sanzi.matters.statutes import Frame, Row

AFTER_USE: Final = frozenset({"implementation", "result_notice", "evaluation"})


def checks(facts: Facts, frame: Frame, rows: Sequence[Row]) -> tuple[Check, ...]:
    """Return every check of a decision, in the order of its steps."""
    found: list[Check] = []
    wanted = required_steps(facts, frame, rows)
    vote = facts.steps.get("resolution", Held("resolution"))
    whole = Ask(facts, frame, vote, facts.body, rows)
    for look in (_competence, _limit, _risk):
        found += look(whole)
    for code in wanted:
        held = facts.steps.get(code, Held(code))
        ask = Ask(facts, frame, held, body_of(frame.steps[code], facts), rows)
        found += _step(ask, wanted)
    return tuple(found)


def vote_stands(found: Sequence[Check]) -> bool:
    """Return whether nothing up to the vote fails; its paper and publication come after it."""
    later = AFTER_USE | {"resolution_notice"}
    return all(one.state == OK for one in found if one.step not in later and one.row != "minutes")


def is_valid(found: Sequence[Check]) -> bool:
    """Return whether nothing fails and nothing that use depends on waits."""
    return all(one.state == OK for one in found if one.step not in AFTER_USE)


def first_fault(found: Sequence[Check]) -> Check | None:
    """Return the first check that keeps a decision from use, failed ones first."""
    open_ones = [one for one in found if one.state != OK and one.step not in AFTER_USE]
    return next((one for one in open_ones if one.state == FAIL), next(iter(open_ones), None))


def _made(ask: Ask, row: Row, *, is_ok: bool | None, sentence: str) -> Check:
    state = WAIT if is_ok is None else OK if is_ok else FAIL
    return Check(row.id, row.source, ask.held.step, state, sentence)


def _name(ask: Ask) -> str:
    return ask.frame.bodies[ask.body].title


# --- the whole decision -------------------------------------------------------------------------


def _competence(ask: Ask) -> Iterator[Check]:
    """The body may decide this matter at all."""
    subject = ask.frame.subjects[ask.facts.subject].title
    hits = ask.applying("may_not_decide")
    for row in hits:
        yield _made(
            ask, row, is_ok=False, sentence=f"“{subject}”不能由{_name(ask)}决定，要换开会的主体。"
        )
    if hits:
        return
    about = [row for row in ask.rows if row.rule == "may_not_decide" and ask.body in row.bodies]
    for row in {one.source: one for one in reversed(about)}.values():
        yield _made(ask, row, is_ok=True, sentence=f"“{subject}”可以由{_name(ask)}决定。")


def _limit(ask: Ask) -> Iterator[Check]:
    """The sum is below what a small body may decide."""
    for row in ask.applying("may_decide_below"):
        limit = row.value["fen"]
        told = f"{_name(ask)}只定不到{money.format_yuan(limit)}元的事"
        amount = ask.facts.amount_fen
        if amount is None:
            yield _made(ask, row, is_ok=False, sentence=f"{told}，这一件没写金额。")
            continue
        is_ok = amount < limit
        end = "。" if is_ok else "，要交给村民会议、村民代表会议或成员大会。"
        yield _made(
            ask, row, is_ok=is_ok, sentence=f"{told}，这一件{money.format_yuan(amount)}元{end}"
        )


def _risk(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("risk_note"):
        is_ok = ask.facts.has_risk_note
        yield _made(
            ask, row, is_ok=is_ok, sentence="写了风险说明。" if is_ok else "没有写风险说明。"
        )


# --- one step -----------------------------------------------------------------------------------


def _step(ask: Ask, wanted: Sequence[str]) -> Iterator[Check]:
    yield from _done(ask, wanted)
    for look in _LOOKS:
        yield from look(ask)


def _done(ask: Ask, wanted: Sequence[str]) -> Iterator[Check]:
    """The step took place, and not before the one it follows."""
    step, title = ask.held.step, ask.frame.steps[ask.held.step].title
    now = happened_at(ask.held)
    procedure = ask.frame.procedures[ask.facts.procedure].title

    def told(state: str, sentence: str) -> Check:
        return Check("procedure", procedure, step, state, sentence)

    if now is None:
        is_skipped = wanted.index(step) < wanted.index("resolution") and _was_voted(ask.facts)
        end = "没有做就表决了。" if is_skipped else "还没有做。"
        yield told(FAIL if is_skipped else WAIT, f"“{title}”{end}")
        return
    for code in wanted[: wanted.index(step)]:
        at = happened_at(ask.facts.steps.get(code, Held(code)))
        if at is None or at < now or (at == now and _may_merge(ask, code, step)):
            continue
        other = ask.frame.steps[code].title
        yield told(FAIL, f"“{title}”不晚于“{other}”，次序不对。")
        return
    if ask.body and ask.held.agree is None:
        yield told(WAIT, f"“{title}”定在{_day(now)}开会，还没有点票。")
        return
    yield told(OK, f"“{title}”{_day(now)}做了。")


def _was_voted(facts: Facts) -> bool:
    return facts.steps.get("resolution", Held("resolution")).agree is not None


def _may_merge(ask: Ask, first: str, second: str) -> bool:
    for row in ask.applying("may_merge"):
        when = row.value["when"]
        is_allowed = when == "always" or (when == "concurrent" and ask.facts.is_concurrent)
        if is_allowed and {first, second} <= set(row.value["steps"]):
            return True
    return False


def _before(ask: Ask) -> Iterator[Check]:
    """The step that a law wants before the vote."""
    for row in ask.applying("step_before") if ask.held.step == "resolution" else ():
        other = ask.facts.steps.get(row.value["step"])
        title = ask.frame.steps[row.value["step"]].title
        at, now = happened_at(other) if other else None, ask.held.held_at
        is_ok = None if now is None else at is not None and at < now
        end = "在表决前做了。" if is_ok else "要在表决前做。"
        yield _made(ask, row, is_ok=is_ok, sentence=f"“{title}”{end}")


def _notice(ask: Ask) -> Iterator[Check]:
    yield from _ahead(ask, "notice_days", ask.held.notice_given_at, "通知")


def _papers(ask: Ask) -> Iterator[Check]:
    yield from _ahead(ask, "papers_days", ask.held.papers_given_at, "发材料")


def _ahead(ask: Ask, rule: str, given_at: datetime | None, what: str) -> Iterator[Check]:
    for row in ask.applying(rule):
        days = row.value["days"]
        if ask.held.held_at is None:
            yield _made(ask, row, is_ok=None, sentence=f"要在开会{days}天前{what}。")
            continue
        if given_at is None:
            yield _made(ask, row, is_ok=False, sentence=f"没有{what}，要在开会{days}天前{what}。")
            continue
        gap = _days(given_at, ask.held.held_at)
        is_ok = gap >= days
        said = "够" if is_ok else "不够"
        yield _made(
            ask, row, is_ok=is_ok,
            sentence=f"{_day(given_at)}{what}，{_day(ask.held.held_at)}开会，"
            f"隔{max(gap, 0)}天，{said}{days}天。",
        )  # fmt: skip


def _presence(ask: Ask) -> Iterator[Check]:
    """Online and proxy are only for the bodies whose law says so."""
    rows = ask.applying("presence")
    held = ask.held
    if held.present is None or not ask.body:
        return
    for row in rows:
        may_online, proxy = row.value["online"], row.value["proxy"]
        is_ok = (may_online or not held.online) and (proxy != "none" or not held.proxies)
        sentence = f"在线{held.online}人，同户代表{held.proxies}人，都算到会。"
        if not is_ok:
            sentence = f"在线{held.online}人，委托{held.proxies}人，这个会不能这样算到会。"
        yield _made(ask, row, is_ok=is_ok, sentence=sentence)
    if not rows and (held.online or held.proxies):
        sentence = f"{_name(ask)}没有在线和委托的规定，有{held.online + held.proxies}人不能算到会。"
        yield Check("presence", "到会方式", held.step, FAIL, sentence)


def _mandate(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("mandate"):
        if ask.held.present is None:
            continue
        is_ok = not ask.held.strangers
        sentence = "到会的都在任期内。"
        if not is_ok:
            sentence = f"有{ask.held.strangers}人任期已满或没有当选，不能参加表决。"
        yield _made(ask, row, is_ok=is_ok, sentence=sentence)


def _size(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("body_size"):
        if ask.held.eligible is None:
            continue
        least, count = row.value["more_than"], ask.held.eligible
        is_ok = count > least
        said = "多于" if is_ok else "不多于"
        yield _made(ask, row, is_ok=is_ok, sentence=f"{_name(ask)}{count}人，{said}{least}人。")


def _aside_words(ask: Ask, due: int) -> str:
    if due == ask.held.eligible:
        return f"应到{due}人"
    return f"应到{ask.held.eligible}人，回避{ask.held.aside}人后算{due}人"


def _quorum(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("quorum"):
        ways = row.value["any_of"]
        words = "，或".join(
            f"{'户的代表' if one['of'] == 'households' else ''}"
            f"{share_words(one['share'], over=one['over'])}"
            for one in ways
        )
        if ask.held.present is None or ask.held.eligible is None:
            yield _made(ask, row, is_ok=None, sentence=f"到会要够{words}。")
            continue
        due, came = counted(ask)
        is_ok: bool | None = bool(due) and any(_is_enough(ask, one, due, came) for one in ways)
        end = f"够{words}。"
        if not is_ok:
            least = needed(due, ways[0]["share"], over=ways[0]["over"])
            end = f"不够{words}，还差{max(least - came, 1)}人。"
            # People are still coming until the votes are counted.
            is_ok = None if ask.held.agree is None else False
        homes = ""
        if any(one["of"] == "households" for one in ways) and ask.held.households:
            homes = f"（{ask.held.households}户到了{ask.held.present_households or 0}户）"
        yield _made(
            ask, row, is_ok=is_ok, sentence=f"{_aside_words(ask, due)}，到了{came}人{homes}，{end}"
        )


def _is_enough(ask: Ask, way: Mapping[str, object], due: int, came: int) -> bool:
    share: Sequence[int] = way["share"]  # type: ignore[assignment]
    if way["of"] == "households":
        homes = ask.held.households or 0
        present = ask.held.present_households or 0
        return bool(homes) and present >= needed(homes, share, over=bool(way["over"]))
    return came >= needed(due, share, over=bool(way["over"]))


def _majority(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("majority"):
        share, over = row.value["share"], row.value["over"]
        words = share_words(share, over=over)
        is_all = row.value["of"] == "all"
        if ask.held.agree is None:
            whole = "全体" if is_all else "到会人数"
            yield _made(ask, row, is_ok=None, sentence=f"同意票要够{whole}的{words}。")
            continue
        due, came = counted(ask)
        base = due if is_all else came
        least = needed(base, share, over=over)
        is_ok = bool(base) and ask.held.agree >= least
        told = f"{'全体' if is_all else '到会'}{base}人，同意{ask.held.agree}票"
        end = f"够{words}。" if is_ok else f"不够{words}，要{least}票。"
        yield _made(ask, row, is_ok=is_ok, sentence=f"{told}，{end}")


def _recusal(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("recusal"):
        held = ask.held
        if held.agree is None:
            continue
        if held.kin_voted:
            sentence = f"有{held.kin_voted}位利害关系人没有回避。"
            yield _made(ask, row, is_ok=False, sentence=sentence)
        elif held.aside:
            leaves = row.value["leaves"]
            how = "不算应到，也不算实到" if leaves else "仍算应到和实到，只是不投票"
            yield _made(ask, row, is_ok=True, sentence=f"{held.aside}人回避，{how}。")


def _watched(ask: Ask) -> Iterator[Check]:
    for row in ask.applying("watched") if ask.held.step == "resolution" else ():
        if ask.held.agree is None:
            yield _made(ask, row, is_ok=None, sentence="表决要有监事会或村监会的人全程在场。")
            continue
        is_ok = ask.held.is_watched
        sentence = "监督的人全程在场。" if is_ok else "没有写监督的人，表决要有人全程监督。"
        yield _made(ask, row, is_ok=is_ok, sentence=sentence)


def _minutes(ask: Ask) -> Iterator[Check]:
    """A meeting that was counted has its minutes or sign-in sheet as a paper."""
    if ask.held.step == "resolution" and ask.held.agree is not None:
        is_ok = ask.held.has_minutes
        sentence = "会议记录已经存好。" if is_ok else "会议记录还没有传上来。"
        yield Check("minutes", "会议记录", ask.held.step, OK if is_ok else WAIT, sentence)


_RUNS: Final = {
    "comment": "comment_days",
    "resolution_notice": "resolution_days",
    "result_notice": "result_days",
}


def _publicity(ask: Ask) -> Iterator[Check]:
    """The publication runs as long as it must."""
    rule = _RUNS.get(ask.held.step)
    if rule is None:
        return
    vote = ask.facts.steps.get("resolution", Held("resolution"))
    about = Ask(ask.facts, ask.frame, Held("resolution"), ask.facts.body, ask.rows)
    for row in about.applying(rule):
        days = row.value["days"]
        start, end = ask.held.publicity_start_at, ask.held.publicity_end_at
        if start is None or end is None:
            yield _made(ask, row, is_ok=None, sentence=f"要公示{days}天。")
            continue
        if ask.held.step == "comment" and vote.held_at is not None and end > vote.held_at:
            end = vote.held_at
        ran = _days(start, end)
        is_ok = ran >= days
        said = "够" if is_ok else "不够"
        sentence = f"{_day(start)}到{_day(end)}公示{max(ran, 0)}天，{said}{days}天。"
        yield _made(ask, row, is_ok=is_ok, sentence=sentence)
    if ask.held.step == "resolution_notice":
        yield from _promptly(ask, about, vote)


def _promptly(ask: Ask, about: Ask, vote: Held) -> Iterator[Check]:
    for row in about.applying("publish_within_days"):
        days, start = row.value["days"], ask.held.publicity_start_at
        if start is None or vote.held_at is None:
            yield _made(ask, row, is_ok=None, sentence=f"表决后{days}天内要公开。")
            continue
        gap = _days(vote.held_at, start)
        is_ok = gap <= days
        said = "在" if is_ok else "超过"
        sentence = f"表决后第{max(gap, 0)}天公开，{said}{days}天{'内' if is_ok else ''}。"
        yield _made(ask, row, is_ok=is_ok, sentence=sentence)


_LOOKS: tuple[Callable[[Ask], Iterator[Check]], ...] = (
    _before, _notice, _papers, _presence, _mandate, _size, _quorum, _majority, _recusal, _watched,
    _minutes, _publicity,
)  # fmt: skip


def _days(first: datetime, second: datetime) -> int:
    return (clock.local_date(second) - clock.local_date(first)).days


def _day(at: datetime) -> str:
    day: date = clock.local_date(at)
    return clock.date_said(day)
