"""Components as template tags: `{% load ui %}`. What each one takes is written at the top of its template.

A tag with an end tag (`{% notice %}…{% endnotice %}`) holds markup of the page; the others draw values of
`banshi.ui.parts` and `banshi.ui.fields`. The gallery at /_components/ shows them all.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import segno
from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy

from banshi.ui import dates, masking
from banshi.ui.display import ELDER_COOKIE
from banshi.ui.fields import Field, from_form
from banshi.ui.parts import Crumb, Entry, FileRow, Paged, Problem, Row, Step, Task

register = template.Library()

for function in (dates.day, dates.fullday, dates.moment, dates.fullmoment, dates.workdays, dates.days_left):
    register.filter(function.__name__, function)
for mask in (masking.masked_id, masking.masked_phone, masking.masked_name):
    register.filter(mask.__name__, mask)

LIGHTS = {
    "green": pgettext_lazy("light", "正常"),
    "yellow": pgettext_lazy("light", "快到期"),
    "red": pgettext_lazy("light", "已超期"),
}
NOTICES = {"info": "info", "warn": "triangle-alert", "error": "circle-alert", "success": "circle-check"}
TASK_STATES = {
    "todo": (pgettext_lazy("task", "未开始"), "blue"),
    "started": (pgettext_lazy("task", "进行中"), "blue"),
    "done": (pgettext_lazy("task", "已完成"), ""),
    "blocked": (pgettext_lazy("task", "暂时不能做"), ""),
    "error": (pgettext_lazy("task", "需要改"), "red"),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """图标: one of the sprite; without a label it is an ornament that screen readers skip."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} width="24" height="24"><use href="{}#{}"></use></svg>',
        role,
        static("vendor/icons.svg"),
        name,
    )


@register.inclusion_tag("components/button.html")
def button(label: str, *, kind: str = "primary", **more: Any) -> dict[str, Any]:
    known = _known(more, "name value href icon key busy off id form formaction")
    return {"label": label, "kind": kind} | known | _keyed(more.get("key", ""))


@register.inclusion_tag("components/link.html")
def link(label: str, url: str, *, icon: str = "", key: str = "", about: str = "") -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "about": about} | _keyed(key)


@register.inclusion_tag("components/key.html")
def key(name: str) -> dict[str, Any]:
    return {"name": name}


@register.inclusion_tag("components/field.html")
def field(what: Field | BoundField | None = None, **more: Any) -> dict[str, Any]:
    if isinstance(what, Field):
        return {"field": what}
    return {"field": from_form(what, **more) if what is not None else Field(**more)}


@register.inclusion_tag("components/error_summary.html")
def error_summary(what: Iterable[Problem] | BaseForm, *, autofocus: bool = True) -> dict[str, Any]:
    if isinstance(what, BaseForm):
        whole = [{"text": text, "target": ""} for text in what.non_field_errors()]
        of_fields = [
            {"text": " ".join(map(str, one.errors)), "target": from_form(one).id}
            for one in what
            if one.errors
        ]
        problems = whole + of_fields
    else:
        problems = [{"text": one.text, "target": one.field and f"id_{one.field}"} for one in what]
    return {"problems": problems, "autofocus": autofocus}


@register.inclusion_tag("components/light.html")
def light(colour: str, word: str = "") -> dict[str, Any]:
    return {"colour": colour, "word": word or LIGHTS[colour]}


@register.inclusion_tag("components/tag.html")
def tag(label: str, colour: str = "") -> dict[str, Any]:
    return {"label": label, "colour": colour}


@register.inclusion_tag("components/demo_badge.html")
def demo_badge() -> dict[str, Any]:
    return {}


@register.inclusion_tag("components/step_count.html")
def step_count(number: int, total: int) -> dict[str, Any]:
    return {"number": number, "total": total}


@register.inclusion_tag("components/progress.html")
def progress(steps: Iterable[Step]) -> dict[str, Any]:
    return {"steps": steps}


@register.inclusion_tag("components/trail.html")
def trail(entries: Iterable[Entry]) -> dict[str, Any]:
    return {"entries": entries}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[Row]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Task]) -> dict[str, Any]:
    return {"tasks": [(one, *TASK_STATES[one.state]) for one in tasks]}


@register.inclusion_tag("components/file_list.html")
def file_list(files: Iterable[FileRow]) -> dict[str, Any]:
    return {"files": files}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, paged: Paged, *, label: str = "") -> dict[str, Any]:
    return {"paged": paged, "label": label or gettext("分页"), "request": context["request"]}


@register.inclusion_tag("components/search_box.html")
def search_box(action: str, *, label: str, **more: Any) -> dict[str, Any]:
    known = _known(more, "name value hint id key wedge heading hide_label")
    defaults = {"name": "q", "id": "search", "action": action, "label": label}
    return defaults | known | _keyed(more.get("key", ""))


@register.inclusion_tag("components/empty.html")
def empty(title: str, *, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/confirmation.html")
def confirmation(
    title: str,
    *,
    number: str = "",
    by: date | None = None,
    days: int | None = None,
    steps: Iterable[str] = (),
    ask: str = "",
) -> dict[str, Any]:
    return {"title": title, "number": number, "by": by, "days": days, "steps": steps, "ask": ask}


@register.inclusion_tag("components/back_link.html")
def back_link(url: str, label: str = "") -> dict[str, Any]:
    return {"url": url, "label": label or gettext("返回")}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(crumbs: Iterable[Crumb]) -> dict[str, Any]:
    return {"crumbs": crumbs}


@register.inclusion_tag("components/switches.html", takes_context=True)
def switches(context: Context) -> dict[str, Any]:
    request = context.get("request")
    return {
        "path": request.get_full_path() if request else "/",
        "elder": request is not None and request.COOKIES.get(ELDER_COOKIE) == "1",
    }


@register.inclusion_tag("components/qr.html")
def qr(text: str, label: str) -> dict[str, Any]:
    # A fixed mask is five times faster, and what is printed stays the same from one version to the next.
    code = segno.make_qr(text, error="m", mask=2)
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr-code", lineclass=None)
    return {"svg": mark_safe(svg), "label": label}  # noqa: S308 — drawn by segno, no text of ours in it


@register.inclusion_tag("components/copy_button.html")
def copy_button(text: str, *, about: str = "") -> dict[str, Any]:
    return {"text": text, "about": about}


@register.inclusion_tag("components/print_button.html")
def print_button(label: str = "") -> dict[str, Any]:
    return {"label": label or gettext("打印")}


@register.simple_block_tag
def fieldset(content: SafeString, *, legend: str, hint: str = "") -> SafeString:
    return _block("fieldset", content, legend=legend, hint=hint)


@register.simple_block_tag
def notice(content: SafeString, kind: str = "info", *, title: str = "") -> SafeString:
    return _block("notice", content, kind=kind, title=title, icon=NOTICES[kind])


@register.simple_block_tag
def table(content: SafeString, *, caption: str, hide_caption: bool = False, rows: bool = False) -> SafeString:
    return _block("table", content, caption=caption, hide_caption=hide_caption, rows=rows)


@register.simple_block_tag
def details(content: SafeString, *, summary: str, open: bool = False) -> SafeString:
    return _block("details", content, summary=summary, open=open)


@register.simple_block_tag
def document_card(content: SafeString, *, title: str, **more: Any) -> SafeString:
    return _block(
        "document_card", content, title=title, **_known(more, "number holder office on until state colour")
    )


@register.simple_block_tag
def print_only(content: SafeString) -> SafeString:
    return _block("print_only", content)


def _block(name: str, content: SafeString, **values: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", {"content": content} | values)


def _keyed(key: str) -> dict[str, Any]:
    """A key as data-key says it ("a", "ctrl+enter"), and as aria-keyshortcuts wants it."""
    return {"key": key, "key_aria": key.title().replace("Ctrl", "Control")}


def _known(more: dict[str, Any], names: str) -> dict[str, Any]:
    unknown = more.keys() - set(names.split())
    if unknown:
        raise template.TemplateSyntaxError(
            f"组件没有这些参数 (the component takes no): {', '.join(sorted(unknown))}"
        )
    return more
