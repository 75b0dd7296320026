"""有条件才填、自动算出、先替您填上: what follows from what; nothing goes around in circles and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from banshi.contexts.forms.rules import check, check_rules, merge, settle
from banshi.contexts.forms.values import Check, Choice, Field, Filled, Form, Need, Settled
from banshi.kernel.elements import AS_OF, datum, text_of_rows
from banshi.kernel.rules import Datum
from banshi.kernel.rules.types import DATE, STRING

TODAY = date(2026, 3, 2)


def field(code: str, kind: str = "text", *, required: bool = True, **more: object) -> Field:
    return Field(code=code, label=code, kind=kind, section="all", required=required, items=(), **more)  # type: ignore[arg-type]


def form(*fields: Field, elsewhere: tuple[Field, ...] = ()) -> Form:
    """A form of one matter. `elsewhere`: elements of the dictionary that this form does not ask."""
    data: dict[str, Datum] = {AS_OF: Datum(DATE, "今天"), "answer.who": Datum(STRING, "谁办")}
    for one in (*fields, *elsewhere):
        columns = {
            column.code: datum(column.kind, column.label, whole=column.whole) for column in one.columns
        }
        data[one.code] = datum(one.kind, one.label, whole=one.whole, columns=columns)
    return merge([Need("一件事", fields, ())], [("all", "全部")], data)


def settled(
    what: Form, typed: Mapping[str, str], known: Mapping[str, Filled] | None = None, **answers: str
) -> Settled:
    return settle(what, typed, known or {}, answers, TODAY)


def values(
    what: Form, typed: Mapping[str, str], known: Mapping[str, Filled] | None = None, **answers: str
) -> dict[str, str]:
    """What would be submitted."""
    now = settled(what, typed, known, **answers)
    found = {}
    for one in now.form.fields:
        filled = now.filled.get(one.code)
        found[one.code] = (
            filled.value if filled and (one.computed or one.code not in typed) else typed.get(one.code, "")
        )
    return found


RUN = field("family_run", "choice", choices=(Choice("person", "个人"), Choice("family", "家庭")))
SPOUSE = field("spouse", shown="family_run == 'family'")


def test_what_is_hidden_is_neither_asked_nor_submitted_and_comes_back_as_it_was() -> None:
    what, typed = form(RUN, SPOUSE), {"family_run": "family", "spouse": "吴小梅"}
    assert values(what, typed) == typed
    alone = typed | {"family_run": "person"}
    assert values(what, alone) == {"family_run": "person"}
    assert settled(what, alone).hidden == {"spouse"}
    assert values(what, alone | {"family_run": "family"}) == typed


def test_what_depends_on_something_hidden_is_hidden_with_it() -> None:
    what = form(RUN, SPOUSE, field("spouse_job", shown="spouse != ''"), field("note", suggested="spouse"))
    now = settled(what, {"family_run": "person", "spouse": "吴小梅", "spouse_job": "厨师"})
    assert now.hidden == {"spouse", "spouse_job"}
    assert "note" not in now.filled


def test_a_condition_that_is_not_answered_yet_hides_and_one_that_nobody_can_answer_asks() -> None:
    assert settled(form(RUN, SPOUSE), {}).hidden == {"spouse"}
    assert settled(form(SPOUSE, elsewhere=(RUN,)), {}).hidden == frozenset()


def test_a_condition_may_ask_what_the_guiding_questions_were_answered() -> None:
    what = form(field("guardian", shown="answer.who == 'guardian'"))
    assert settled(what, {}, who="guardian").hidden == frozenset()
    assert settled(what, {}, who="self").hidden == {"guardian"}


MEMBERS = field("members", "number", whole=True)
INCOME = field("income", "money")
EACH = field("each", "money", computed="income / members")


def test_what_is_computed_is_nobodys_to_type_and_needs_all_it_is_made_of() -> None:
    what = form(EACH, INCOME, MEMBERS)
    assert values(what, {"income": "3000.01", "members": "3", "each": "9"})["each"] == "1000.00"
    assert "each" not in settled(what, {"income": "3000"}).filled
    assert "each" not in settled(what, {"income": "3000", "members": "0"}).filled
    assert "each" not in settled(what, {"income": "很多", "members": "2"}).filled
    assert [one.field for one in check(what.fields, {"income": "1", "members": "1"}, TODAY)[1]] == []


def test_a_suggestion_follows_until_somebody_says_otherwise() -> None:
    what = form(field("name"), field("manager", suggested="name"))
    assert settled(what, {"name": "林志远"}).filled["manager"] == Filled("林志远", "suggested")
    assert values(what, {"name": "林志远", "manager": "吴小梅"})["manager"] == "吴小梅"
    assert (
        values(what, {"name": "林志远"}, {"manager": Filled("黄阿婆", "earlier.manager")})["manager"]
        == "黄阿婆"
    )
    assert values(what, {"name": "林志远", "manager": ""})["manager"] == ""


AMOUNTS = field(
    "shareholders", "group", columns=(field("name"), field("amount", "money")),
    checks=(Check("shareholders.all(one, one.amount > 0)", "每个股东都要出资。", "Everyone contributes."),),
)  # fmt: skip


def test_a_group_adds_up_and_is_checked_row_by_row() -> None:
    what = form(AMOUNTS, field("capital", "money", computed="sum(shareholders.map(one, one.amount))"))
    rows = text_of_rows([{"name": "林", "amount": "100.50"}, {"name": "吴", "amount": "200"}])
    now = settled(what, {"shareholders": rows})
    assert now.filled["capital"].value == "300.50"
    assert check_rules(now, ["shareholders"]) == []
    nothing = settled(what, {"shareholders": text_of_rows([{"name": "林", "amount": "0"}])})
    assert [one.zh for one in check_rules(nothing, ["shareholders"])] == ["每个股东都要出资。"]


def test_what_cannot_be_told_yet_is_not_wrong() -> None:
    out = field("out_on", "date", checks=(Check("out_on >= in_on", "出院早于入院。", "Too early."),))
    what = form(field("in_on", "date"), out)
    assert check_rules(settled(what, {"out_on": "2026-03-01"}), ["out_on"]) == []
    late = settled(what, {"in_on": "2026-03-02", "out_on": "2026-03-01"})
    assert [one.field for one in check_rules(late, ["out_on"])] == ["out_on"]


def test_of_several_matters_each_field_says_which_ask_for_it() -> None:
    first, second = Need("登记", (RUN, SPOUSE), ()), Need("换证", (SPOUSE,), ())
    what = replace(merge([first, second], [("all", "全部")]), data=form(RUN, SPOUSE).data)
    now = settled(what, {"family_run": "family"})
    assert {one.code: one.items for one in now.form.fields} == {
        "family_run": ("登记",),
        "spouse": ("登记", "换证"),
    }
    assert now.form.separate_fields == 3
    assert settled(what, {"family_run": "person"}).form.separate_fields == 1


# ---- whatever depends on whatever ----

CODES = tuple(f"f{number}" for number in range(7))


@st.composite
def dependent(draw: st.DrawFn) -> Form:
    """Seven fields whose rules may ask for any of the seven, in circles too."""
    fields = []
    for code in CODES:
        others = st.sampled_from(CODES)
        rules: dict[str, str] = {}
        for part, text in (
            ("shown", "{} == 'a' || {} == 'b'"),
            ("computed", "{} + {}"),
            ("suggested", "{} + {}"),
        ):
            if draw(st.integers(0, 3)) == 0:
                rules[part] = text.format(draw(others), draw(others))
        fields.append(field(code, required=False, **rules))
    return form(*fields)


TYPED = st.dictionaries(st.sampled_from(CODES), st.sampled_from(("a", "b", "")))


@given(dependent(), TYPED)
def test_it_always_comes_to_rest_and_settling_again_changes_nothing(
    what: Form, typed: dict[str, str]
) -> None:
    once = settled(what, typed)
    assert settled(what, typed) == once
    assert {one.code for one in once.form.fields} | once.hidden == set(CODES)
    assert not {one.code for one in once.form.fields} & once.hidden


@given(dependent(), TYPED)
def test_nothing_typed_into_a_field_that_is_shown_is_lost(what: Form, typed: dict[str, str]) -> None:
    now, sent = settled(what, typed), values(what, typed)
    assert {code: sent[code] for code in typed if code in sent and not _computed(now, code)} == {
        code: text for code, text in typed.items() if code not in now.hidden and not _computed(now, code)
    }


@given(dependent(), TYPED, st.sampled_from(CODES), st.sampled_from(("a", "b", "")))
def test_changing_an_answer_and_changing_it_back_gives_back_the_same(
    what: Form, typed: dict[str, str], code: str, other: str
) -> None:
    before = values(what, typed)
    values(what, typed | {code: other})
    assert values(what, typed) == before


@given(dependent(), TYPED)
def test_what_is_hidden_matters_to_nothing(what: Form, typed: dict[str, str]) -> None:
    now = settled(what, typed)
    without = {code: text for code, text in typed.items() if code not in now.hidden}
    again = settled(what, without)
    assert (again.hidden, again.filled) == (now.hidden, now.filled)


def _computed(now: Settled, code: str) -> bool:
    return code in now.filled and now.filled[code].source == "computed"
