"""What staff and their administrators fill in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banshi.directory.values import HallInfo, OfficeInfo, PostKind, RegionInfo
from banshi.kernel.facts import Refused

_MISSING = {"required": _("请填写这一项")}


class SignInForm(forms.Form):
    """登录."""

    username = forms.CharField(label=_("用户名"), max_length=40, error_messages=_MISSING)
    password = forms.CharField(
        label=_("密码"), max_length=200, strip=False, widget=forms.PasswordInput, error_messages=_MISSING
    )


class PasswordForm(forms.Form):
    """改密码."""

    old = forms.CharField(
        label=_("原密码"), max_length=200, strip=False, widget=forms.PasswordInput, error_messages=_MISSING
    )
    password = forms.CharField(
        label=_("新密码"),
        help_text=_("至少8位，越长越好；不要用常见的或用过的"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput,
        error_messages=_MISSING,
    )
    again = forms.CharField(
        label=_("再输一次新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput,
        error_messages=_MISSING,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("两次输入的新密码不一样"))
        return given


class NameForm(forms.Form):
    """改姓名."""

    name = forms.CharField(label=_("姓名"), max_length=40, error_messages=_MISSING)


class CreateForm(NameForm):
    """新建人员: in one of the regions that the administrator is responsible for."""

    username = forms.CharField(
        label=_("用户名"),
        help_text=_("小写字母开头，可用数字、点、横线"),
        max_length=40,
        error_messages=_MISSING,
    )
    region_code = forms.ChoiceField(label=_("管理归属"), error_messages=_MISSING)

    field_order = ("username", "name", "region_code")

    def __init__(self, regions: Iterable[RegionInfo], *args: Any) -> None:
        super().__init__(*args)
        self.fields["region_code"].choices = [(_six(one), one.name) for one in regions]  # type: ignore[attr-defined]


class GrantForm(forms.Form):
    """授予岗位: at an office or hall, or for a whole region."""

    kind = forms.ChoiceField(
        label=_("岗位"),
        choices=lambda: [("", "")] + [(kind.value, post_name(kind)) for kind in PostKind],
        error_messages=_MISSING,
    )
    place = forms.ChoiceField(label=_("部门、大厅或区划"), error_messages=_MISSING)
    from_on = forms.DateField(label=_("从哪天起"), error_messages=_MISSING)
    until_on = forms.DateField(label=_("到哪天止"), required=False)

    def __init__(
        self,
        regions: Iterable[RegionInfo],
        offices: Iterable[OfficeInfo],
        halls: Iterable[HallInfo],
        today: date,
        *args: Any,
    ) -> None:
        super().__init__(*args)
        self.initial["from_on"] = today.isoformat()
        places = [(f"{_six(one)}/", one.name) for one in regions]
        places += [(f"{hall.region_code}/{hall.code}", hall.name) for hall in halls]
        places += [(f"{office.region_code}/{office.code}", office.name) for office in offices]
        self.fields["place"].choices = [("", ""), *places]  # type: ignore[attr-defined]

    def post(self) -> dict[str, Any]:
        """What `operations.grant_post` takes."""
        given = self.cleaned_data
        region, _slash, office = given["place"].partition("/")
        return {
            "kind": PostKind(given["kind"]),
            "office": office,
            "region_code": region,
            "from_on": given["from_on"],
            "until_on": given["until_on"],
        }


def words(error: Refused) -> str:
    """A refusal in the language of the page."""
    return error.en if get_language() == "en" else error.zh


def say(form: forms.Form, error: Refused) -> None:
    """Put a refusal beside the field that it is about."""
    form.add_error(error.field if error.field in form.fields else None, words(error))


def post_name(kind: PostKind) -> str:
    """In the language of the page."""
    return kind.en if get_language() == "en" else kind.zh


def _six(region: RegionInfo) -> str:
    return region.code.ljust(6, "0")
