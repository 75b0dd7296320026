"""The gallery: every component in all its states, and sample pages put together from them.

Every name, number and office here is made up, and plainly so. The accessibility test walks these pages.
"""

from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banshi.ui.access import PUBLIC, access
from banshi.ui.fields import Field, Option
from banshi.ui.masking import masked_id, masked_name, masked_phone
from banshi.ui.parts import Crumb, Entry, FileRow, Paged, Problem, Row, Step, Task

ID_NUMBER, PHONE, NUMBER = "110101190001010000", "13800000000", "SL2026112100017"
OFFICES = ("示例市市场监管局", "示例市公安局", "示例市人社局", "示例市税务局")

LIVING = (
    Option(value="own", label="自己的房子", hint="房本上有我或家人的名字"),
    Option(value="rent", label="租的房子"),
    Option(value="work", label="单位宿舍"),
)
YES_NO = (Option(value="yes", label="有"), Option(value="no", label="没有"))
TAKE_BY = (
    Option(value="mail", label="邮寄到家", hint="一般 3 天送到，不收费"),
    Option(value="hall", label="到大厅取"),
    Option(value="kiosk", label="自助机打印", disabled=True, hint="这项证件现在还不能打印"),
)

FIELDS = (
    Field(name="shop", label="店名", hint="招牌上写的名字，以后可以改"),
    Field(name="owner_id", label="身份证号码", kind="id_number", value="11010119000101000"),
    Field(name="phone", label="手机号码", kind="phone", value=PHONE, source="实名认证信息"),
    Field(name="capital", label="注册资金（万元）", kind="number", optional=True),
    Field(name="birth", label="出生日期", kind="date", hint="例如 2026 年 3 月 9 日", value=date(2026, 3, 9)),
    Field(name="visit", label="哪天来", kind="calendar"),
    Field(name="industry", label="做什么生意", kind="select", options=(Option(value="56", label="餐饮"),)),
    Field(name="living", label="现在住在哪里", kind="radios", options=LIVING, value="rent"),
    Field(name="sign", label="有没有招牌", kind="radios", options=YES_NO, inline=True),
    Field(name="take", label="怎么取证（可以选几种）", kind="checkboxes", options=TAKE_BY, value=("mail",)),
    Field(name="about", label="还有什么要说明", kind="textarea", optional=True),
    Field(
        name="photo",
        label="门店照片",
        kind="file",
        accept="image/jpeg,image/png",
        max_bytes=5 * 1024 * 1024,
        hint="拍清楚招牌和大门，JPG 或 PNG",
    ),
)
WRONG_FIELDS = (
    Field(
        name="wrong_id",
        label="身份证号码",
        kind="id_number",
        value="11010119000101000",
        error="身份证号码要有 18 位，现在是 17 位",
    ),
    Field(
        name="wrong_birth",
        label="出生日期",
        kind="date",
        value={"year": "2026", "month": "13", "day": "9"},
        error="没有 13 月，请填 1 到 12",
    ),
    Field(name="wrong_living", label="现在住在哪里", kind="radios", options=LIVING, error="请选一项"),
    Field(name="wrong_photo", label="门店照片", kind="file", error="照片有 12 MB，请换一张 5 MB 以内的"),
)
QUESTION = Field(
    name="living",
    label="现在住在哪里？",
    kind="radios",
    options=LIVING,
    heading=True,
    error="请选一项",
    hint="寄材料用",
)
PROBLEMS = tuple(Problem(text=one.error, field=one.name) for one in WRONG_FIELDS)

STEPS = (
    Step(
        label=OFFICES[0], item="营业执照", state="已办结", on=date(2026, 11, 18), on_label="办结于", done=True
    ),
    Step(
        label=OFFICES[1],
        item="印章备案",
        state="正在审查",
        light="green",
        on=date(2026, 12, 1),
        on_label="最晚",
        url="#progress",
    ),
    Step(
        label=OFFICES[2],
        item="社保登记",
        state="等补正材料",
        light="yellow",
        word="等您补材料",
        on=date(2026, 11, 24),
        on_label="最晚",
        url="#progress",
    ),
    Step(
        label=OFFICES[3],
        item="税务登记",
        state="正在核定",
        light="red",
        on=date(2026, 11, 19),
        on_label="应在",
    ),
    Step(label="示例市公积金中心", item="公积金开户", state="等营业执照办好后开始"),
)
TRAIL = (
    Entry(
        at=datetime(2026, 11, 20, 6, 5, tzinfo=UTC),
        what="告知补正材料",
        who=OFFICES[2],
        note="租房合同缺第 3 页。依据：行政许可法第三十二条。",
    ),
    Entry(at=datetime(2026, 11, 18, 8, 40, tzinfo=UTC), what="营业执照办结", who=OFFICES[0]),
    Entry(at=datetime(2026, 11, 17, 1, 12, tzinfo=UTC), what="受理", who="综合窗口"),
    Entry(at=datetime(2026, 11, 16, 13, 30, tzinfo=UTC), what="网上提交", who="本人"),
)
ROWS = (
    Row(label="店名", value="样例小吃店", change_url="#summary"),
    Row(label="经营者", value=masked_name("张小三"), source="身份证"),
    Row(label="身份证号码", value=masked_id(ID_NUMBER), source="身份证"),
    Row(label="手机号码", value=masked_phone(PHONE), source="实名认证信息", change_url="#summary"),
    Row(label="地址", value="示例市样例区测试路 1 号\n一层 101", source="不动产登记", change_url="#summary"),
)
TASKS = (
    Task(label="店名和地址", state="done", url="#tasks"),
    Task(label="经营范围", state="started", url="#tasks", hint="选了 2 项，还可以再选"),
    Task(label="上传材料", state="error", url="#tasks", hint="1 份看不清"),
    Task(label="税种核定", state="todo", url="#tasks"),
    Task(label="核对并提交", state="blocked", hint="上面都做完以后"),
)
FILES = (
    FileRow(name="租房合同.pdf", size=1_203_400, url="#files", state="已检查", remove_url="#files"),
    FileRow(name="门店照片.jpg", size=3_400_000, state="正在检查"),
    FileRow(name="说明.exe", size=88_000, problem="不收这种文件，请换成 PDF 或照片", remove_url="#files"),
)
NEXT = (
    "市场监管局核对材料，有问题会打电话或发短信。",
    "办好以后把电子营业执照放进“我的证照”。",
    "要纸质的，按您选的邮寄到家。",
)
CRUMBS = (Crumb(label="首页", url="#crumbs"), Crumb(label="开店办企业", url="#crumbs"))

WANTED = (
    ("给孩子上户口", "出生登记"),
    ("办身份证", "居民身份证申领、换领、补领"),
    ("查社保缴了多少", "社会保险参保缴费记录查询"),
    ("取公积金", "住房公积金提取"),
    ("开小吃店", "开办餐饮店“一件事”"),
    ("过户房子", "不动产转移登记"),
    ("领结婚证", "结婚登记"),
    ("老人高龄补贴", "高龄津贴发放"),
    ("异地看病备案", "跨省异地就医备案"),
    ("换驾照", "机动车驾驶证期满换证"),
)
WORKLIST = (
    ("red", -2, "税务登记", "样例小吃店", False),
    ("yellow", 0, "食品经营许可", "演示早餐铺", False),
    ("yellow", 1, "户外招牌设置", "测试便利店", True),
    ("green", 4, "营业执照变更", "样例理发店", False),
    ("green", 6, "公共场所卫生许可", "演示宾馆", False),
    ("green", 8, "食品经营许可", "测试面馆", False),
    ("green", 11, "劳务派遣经营许可", "样例人力公司", False),
)
MATERIALS = (
    Task(label="身份证", state="done", hint="从电子证照取来"),
    Task(label="租房合同", state="started", url="#materials", hint="2 页"),
    Task(label="效果图", state="todo"),
)

PAGES = {
    "home": "首页",
    "question": "一页一问",
    "check": "核对",
    "done": "提交完成",
    "progress": "办理进度",
    "desk": "工作台",
}
SECTIONS = {
    "type": "文字",
    "button": "按钮和链接",
    "field": "字段",
    "wrong": "出错",
    "search-box": "搜索",
    "notice": "提示",
    "light": "灯和标签",
    "progress": "进度",
    "trail": "办理经过",
    "summary": "内容清单",
    "tasks": "任务清单",
    "files": "文件",
    "table": "表格和分页",
    "empty": "空状态",
    "document": "证照",
    "qr": "二维码",
    "crumbs": "路径",
    "details": "展开",
    "words": "日期和遮盖",
    "key": "按键",
}
SAMPLE: dict[str, Any] = {
    "sections": SECTIONS,
    "site_name": "办事",
    "place": "示例市",
    "demo": True,
    "pages": PAGES,
    "fields": FIELDS,
    "wrong_fields": WRONG_FIELDS,
    "problems": PROBLEMS,
    "question": QUESTION,
    "question_problems": (Problem(text="请选一项：现在住在哪里", field="living"),),
    "steps": STEPS,
    "entries": TRAIL,
    "rows": ROWS,
    "tasks": TASKS,
    "files": FILES,
    "next": NEXT,
    "crumbs": CRUMBS,
    "wanted": WANTED,
    "worklist": WORKLIST,
    "materials": MATERIALS,
    "number": NUMBER,
    "id_number": ID_NUMBER,
    "phone": PHONE,
    "by": date(2026, 12, 2),
    "until": date(2031, 12, 1),
    "at": datetime(2026, 11, 21, 6, 5, tzinfo=UTC),
    "few": Paged(number=1, size=20, total=7),
    "none": Paged(number=1, size=20, total=0),
    "many": Paged(number=12, size=20, total=1135),
}


@access(PUBLIC)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """组件陈列: all components in all states."""
    return render(request, "gallery/components.html", SAMPLE)


@access(PUBLIC)
@require_safe
def sample_page(request: HttpRequest, name: str) -> HttpResponse:
    """样例页: a whole page put together from components."""
    if name not in PAGES:
        raise Http404
    who = {"name": "王样例", "post": "综合窗口 3 号", "sign_out_url": "#"} if name == "desk" else None
    return render(request, f"gallery/{name}.html", SAMPLE | {"who": who})
