"""What people read, what may be typed, and who may open a page (banshi.ui)."""

import gettext as catalogue
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import Http404, HttpResponse
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from django.utils.translation import override

import banshi.ui
from banshi.ui import dates, masking
from banshi.ui.access import CITIZEN, PUBLIC, STAFF, Access, access
from banshi.ui.fields import Field, Option, from_form, read_date
from banshi.ui.parts import Paged

FOLDER = Path(banshi.ui.__file__).parent


def sign_in(request: Any) -> HttpResponse:
    return HttpResponse()


citizen = ([path("in/", sign_in, name="sign_in")], "citizen")
staff = ([path("staff/in/", sign_in, name="sign_in")], "staff")
urlpatterns = [
    path("", include(citizen)),
    path("", include(staff)),
    path("_components/", include("banshi.ui.urls")),
]
handler400 = "banshi.ui.errors.bad_request"
handler404 = "banshi.ui.errors.not_found"

here = override_settings(ROOT_URLCONF=__name__, DEBUG=False)


def draw(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("mask", "text", "seen"),
    [
        (masking.masked_id, "110101190001010000", "110***********0000"),
        (masking.masked_id, "E12345678", "E******78"),
        (masking.masked_phone, "13800005678", "138****5678"),
        (masking.masked_phone, "2222333", "*****33"),
        (masking.masked_name, "张小三", "张*三"),
        (masking.masked_name, "张三", "张*"),
        (masking.masked_name, "欧阳小三", "欧**三"),
        (masking.masked_name, "", ""),
        (masking.masked_id, "12", "**"),
    ],
)
def test_a_masked_text_keeps_its_length_and_hides_its_middle(mask: Any, text: str, seen: str) -> None:
    assert mask(text) == seen


def test_days_carry_the_weekday_and_instants_are_read_in_china() -> None:
    evening = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
    with override("zh-hans"):
        assert dates.day(date(2026, 11, 21)) == "11月21日 周六"
        assert dates.fullday(date(2026, 11, 21)) == "2026年11月21日"
        assert dates.moment(evening) == "11月21日 02:05"
        assert dates.fullmoment(evening) == "2026年11月21日 02:05"
        assert dates.day(evening) == "11月21日 周六"
        assert [dates.days_left(n) for n in (3, 0, -2)] == ["还剩3个工作日", "今天到期", "超期2个工作日"]
    with override("en"):
        assert dates.day(date(2026, 11, 21)) == "Sat 21 Nov"
        assert dates.fullmoment(evening) == "21 November 2026 02:05"
        assert [dates.workdays(n) for n in (1, 8)] == ["1 working day", "8 working days"]
    with pytest.raises(ValueError, match="时区"):
        dates.moment(datetime(2026, 11, 21, 2, 5))  # noqa: DTZ001


def actor(kind: str, *posts: str) -> Any:
    return SimpleNamespace(kind=kind, posts=frozenset(posts))


@pytest.mark.parametrize(
    ("declared", "who", "may"),
    [
        (Access(PUBLIC), actor("anonymous"), True),
        (Access(CITIZEN), actor("citizen"), True),
        (Access(CITIZEN), actor("staff", "window_clerk"), False),
        (Access(STAFF), actor("staff"), True),
        (Access(STAFF), actor("system"), False),
        (Access(STAFF, frozenset({"window_clerk", "officer"})), actor("staff", "officer"), True),
        (Access(STAFF, frozenset({"window_clerk"})), actor("staff", "officer"), False),
        (Access(STAFF, frozenset({"window_clerk"})), actor("citizen", "window_clerk"), False),
    ],
)
def test_who_may_open_a_page(declared: Access, who: Any, may: bool) -> None:
    assert declared.allows(who) is may


def test_only_staff_pages_can_ask_for_posts() -> None:
    with pytest.raises(ValueError, match="岗位"):
        access(CITIZEN, posts={"window_clerk"})


@access(STAFF, posts={"window_clerk"})
def counter(request: Any) -> HttpResponse:
    return HttpResponse("counter")


@access(PUBLIC)
def front(request: Any) -> HttpResponse:
    return HttpResponse("front")


def visit(view: Any, who: Any, method: str = "get") -> Any:
    request = getattr(RequestFactory(), method)("/staff/matters/?name=张三")
    request.actor = who
    return view(request)


@here
def test_a_stranger_is_sent_to_sign_in_and_comes_back_without_the_query() -> None:
    assert visit(counter, actor("anonymous")).headers["Location"] == "/staff/in/?next=%2Fstaff%2Fmatters%2F"
    assert visit(counter, actor("anonymous"), "post").headers["Location"] == "/staff/in/"


@here
def test_a_page_of_others_is_as_if_it_were_not_there() -> None:
    for who in (actor("citizen"), actor("staff", "auditor"), actor("system")):
        with pytest.raises(Http404):
            visit(counter, who)


@here
def test_what_is_personal_is_never_stored_by_a_cache() -> None:
    assert visit(counter, actor("staff", "window_clerk")).headers["Cache-Control"] == "no-store"
    assert visit(front, actor("citizen")).headers["Cache-Control"] == "no-store"
    public = visit(front, actor("anonymous"))
    assert "Cache-Control" not in public.headers and "Cookie" in public.headers["Vary"]
    assert counter.access == Access(STAFF, frozenset({"window_clerk"}))  # type: ignore[attr-defined]


@here
def test_elder_mode_and_language_are_remembered_and_never_lead_elsewhere() -> None:
    client = Client()
    answer = client.post("/_components/display/", {"elder": "1", "next": "/_components/"})
    assert answer.headers["Location"] == "/_components/"
    assert 'class="portal elder"' in client.get("/_components/").content.decode()
    assert (
        client.post("/_components/display/", {"language": "en", "next": "//evil.example"}).headers["Location"]
        == "/"
    )
    assert '<html lang="en">' in client.get("/_components/").content.decode()
    client.post("/_components/display/", {"language": "xx", "elder": "no"})
    assert '<html lang="en">' in client.get("/_components/").content.decode()


@here
def test_pages_that_cannot_be_shown_have_words_of_their_own() -> None:
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404 and "没有找到这个页面" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        answer = Client().post("/_components/display/", {"next": "/" * 100})
    assert answer.status_code == 413 and "上传的文件太大" in answer.content.decode()


@here
@pytest.mark.parametrize("name", ["", "home/", "question/", "check/", "done/", "progress/", "desk/"])
def test_sample_pages_carry_no_inline_script_or_style(name: str) -> None:
    page = Client().get(f"/_components/{name}").content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", page)


def test_a_typed_day_is_read_whatever_the_width_of_its_digits() -> None:
    assert read_date({"born_year": "２０２６", "born_month": " 3", "born_day": "9"}, "born") == date(
        2026, 3, 9
    )
    assert read_date({}, "born") is None
    for month in ("13", "三", ""):
        with pytest.raises(ValueError, match=r".+"):
            read_date({"born_year": "2026", "born_month": month, "born_day": "9"}, "born")


class ShopForm(forms.Form):
    shop = forms.CharField(label="店名", help_text="招牌上的名字")
    born = forms.DateField(label="出生日期", widget=forms.SelectDateWidget)
    living = forms.ChoiceField(
        label="住处", choices=[("own", "自己的"), ("rent", "租的")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="同意", required=False)


def test_a_django_form_keeps_what_was_typed_and_its_summary_leads_to_the_fields() -> None:
    form = ShopForm({"born_year": "2026", "born_month": "13", "born_day": "9", "agree": "on"})
    page = draw("{% error_summary form %}{% for one in form %}{% field one %}{% endfor %}", form=form)
    assert 'value="13"' in page and "（选填）" in page and "checked" in page
    targets = re.findall(r'<a href="#([^"]+)">', page)
    assert targets and all(f'id="{target}"' in page for target in targets)
    assert from_form(form["shop"], kind="phone").kind == "phone"


def test_a_field_tells_its_hint_source_and_error_to_who_hears_it() -> None:
    page = draw("{% field one %}", one=Field(name="a", label="甲", hint="乙", source="丙", error="丁"))
    described = re.search(r'aria-describedby="([^"]+)"', page)
    assert described and all(f'id="{one}"' in page for one in described[1].split())
    assert 'aria-invalid="true"' in page


def test_what_people_typed_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    one = Field(
        name="a", label=bad, value=bad, kind="radios", options=(Option(value=bad, label=bad),), error=bad
    )
    page = draw(
        "{% field one %}{% notice title=bad %}{{ bad }}{% endnotice %}{% qr bad label=bad %}",
        one=one,
        bad=bad,
    )
    assert "<script" not in page


def test_a_misspelt_argument_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="colour"):
        draw('{% button "好" colour="red" %}')
    with pytest.raises(ValueError, match="rainbow"):
        draw('{% field name="a" label="甲" kind="rainbow" %}')


def test_a_button_that_is_off_says_why() -> None:
    page = draw('{% button "受理" off="缺身份证" key="a" %}')
    assert "disabled" in page and "缺身份证" in page and "data-key" not in page


@pytest.mark.parametrize(
    ("paged", "shown", "window"),
    [
        (Paged(1, 20, 0), (0, 0), [1]),
        (Paged(1, 20, 20), (1, 20), [1]),
        (Paged(2, 20, 35), (21, 35), [1, 2]),
        (Paged(12, 20, 1135), (221, 240), [1, None, 11, 12, 13, None, 57]),
        (Paged(4, 10, 60), (31, 40), [1, 2, 3, 4, 5, 6]),
    ],
)
def test_counts_of_a_list_are_exact(paged: Paged, shown: tuple[int, int], window: list[int | None]) -> None:
    assert (paged.first, paged.last) == shown
    assert list(paged.window()) == window


def test_the_english_catalogue_is_complete_and_compiled() -> None:
    source = (FOLDER / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    assert 'msgstr ""\n\n' not in source and "fuzzy" not in source
    with (FOLDER / "locale/en/LC_MESSAGES/django.mo").open("rb") as compiled:
        words = catalogue.GNUTranslations(compiled)
    for found in re.finditer(r'^(?:msgctxt "(.*)"\n)?msgid "(.+)"\nmsgstr "(.+)"$', source, re.MULTILINE):
        told = words.pgettext(found[1], found[2]) if found[1] else words.gettext(found[2])
        assert told == found[3]
    spoken = set(re.findall(r'^msgid "(.+)"$', source, re.MULTILINE))
    for page in FOLDER.rglob("templates/**/*.html"):
        for text in re.findall(r"{% translate [\"'](.+?)[\"'] %}", page.read_text(encoding="utf-8")):
            assert text in spoken, f"{page.name}: {text}"


def test_the_script_stays_small() -> None:
    assert (FOLDER / "static/banshi/banshi.js").stat().st_size <= 10 * 1024
