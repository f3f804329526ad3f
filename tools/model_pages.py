"""The handbook of the alert models: a Chinese page for each, and one list of all."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from sanzi.supervision import catalogue
from sanzi.supervision.shapes import AlertModel, Parameter, Sign

TARGET = Path("docs") / "models"
SEVERITIES = {"block": "阻断", "hold": "暂缓", "warn": "提醒"}
GATES = {
    "draft": "填报时", "submit": "提交时", "approve": "审批时", "pay": "付款前", "seal": "用印前",
    "publish": "公开前", "nightly": "每晚",
}  # fmt: skip
STATUSES = {"draft": "草稿", "trial": "试运行", "active": "在用", "retired": "停用"}
UNITS = {"fen": "分", "days": "天", "percent": "%", "people": "人", "count": "个"}
LETTERS = {"V": "村", "D": "镇纪委", "C": "县纪委"}
OFFICES = {
    "agri": "镇农经站", "works": "镇建设办", "tender": "镇招投标中心", "civil": "镇民政办",
    "land": "镇自然资源所", "fin": "镇财政所", "party": "镇党建办",
}  # fmt: skip
_NOTE = "由 `make docs` 从 `{source}` 生成。要改就改那里。\n"


def pages(root: Path) -> dict[Path, str]:
    """Return every page of the models under docs/models, with its text."""
    known = yaml.safe_load((catalogue.FOLDER / "categories.yaml").read_text(encoding="utf-8"))
    marks = _marks(known)
    models = sorted(catalogue.models().values(), key=lambda one: one.number)
    folder = root / TARGET
    found = {
        folder / one.category / f"{one.code}.md": _page(one, known["categories"], marks)
        for one in models
    }
    found[folder / "README.md"] = _list(models, known["categories"], marks)
    return found


def _marks(known: Mapping[str, Mapping[str, list[str]]]) -> dict[str, str]:
    """Return the marks of models that public reports name: code -> `劳务九项 Y3、二十模型 X11`."""
    found: dict[str, list[str]] = {}
    for kind, title in (("labour", "劳务九项"), ("twenty", "二十模型")):
        for mark, codes in known[kind].items():
            for code in codes:
                found.setdefault(code, []).append(f"{title} {mark}")
    return {code: "、".join(each) for code, each in found.items()}


def _list(
    models: list[AlertModel], titles: Mapping[str, Mapping[str, str]], marks: Mapping[str, str]
) -> str:
    lines = [
        "# 预警模型\n",
        _NOTE.format(source="src/sanzi/data/models"),
        f"共{len(models)}个。每个都有法条依据、语句、例子和误报说明，谁都可以看。\n",
    ]
    for category, item in titles.items():
        own = [one for one in models if one.category == category]
        lines += [
            f"## {item['title']}（{len(own)}个）\n",
            "| 编号 | 模型 | 强度 | 什么时候查 | 依据 | 标记 |",
            "| --- | --- | --- | --- | --- | --- |",
            *(
                f"| {one.number} | [{one.title}]({category}/{one.code}.md) "
                f"| {SEVERITIES[one.severity]} | {_gates(one)} | {'；'.join(one.basis)} "
                f"| {marks.get(one.code, '')} |"
                for one in own
            ),
            "",
        ]
    return "\n".join(lines)


def _gates(model: AlertModel) -> str:
    return "、".join(GATES[one] for one in model.gates)


def _page(
    model: AlertModel, titles: Mapping[str, Mapping[str, str]], marks: Mapping[str, str]
) -> str:
    folder = f"src/sanzi/data/models/{model.category}/{model.code}"
    known = [
        model.number, f"`{model.code}`", titles[model.category]["title"],
        SEVERITIES[model.severity], f"第{model.version}版", STATUSES[model.status],
    ]  # fmt: skip
    lines = [f"# {model.title}\n", _NOTE.format(source=folder), f"{' · '.join(known)}\n"]
    lines += [f"标记：{marks[model.code]}\n"] if model.code in marks else []
    lines += ["只有纪检看得到。\n"] if model.is_closed else []
    lines += ["## 查什么\n", f"{_one_line(model.rule)}\n"]
    lines += ["## 为什么不对\n", *(f"- {one}" for one in model.basis), ""]
    lines += ["## 查到了怎么核实\n", f"{_one_line(model.verify)}\n"]
    lines += ["## 什么情况不算\n", *(f"- {_one_line(one)}" for one in model.false_alarms), ""]
    lines += ["## 看不到什么\n", *(f"- {_one_line(one)}" for one in model.blind_spots), ""]
    lines += ["## 还缺的步骤怎么算\n", f"{_one_line(model.missing)}\n"]
    lines += ["## 什么时候查，谁来办\n", f"{_gates(model)}查。{_route(model.route)}。\n"]
    lines += _figures(model)
    lines += ["## 语句\n", f"[query.sql](../../../{folder}/query.sql)，"]
    lines += [f"例子在 [examples.yaml](../../../{folder}/examples.yaml)。", ""]
    return "\n".join(lines)


def _route(route: tuple[Sign, ...]) -> str:
    return "，然后".join(
        f"{OFFICES.get(one.office) or LETTERS[one.letter]}{one.days}个工作日内办" for one in route
    )


def _figures(model: AlertModel) -> list[str]:
    if not model.parameters:
        return []
    return [
        "## 尺度\n",
        "| 名称 | 意思 | 从哪天起 | 值 | 出处 |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| `{one.name}` | {_one_line(one.meaning)} | {value.from_date} "
            f"| {_value(one, value.value)} | {_one_line(value.source_ref)} |"
            for one in model.parameters
            for value in one.values
        ),
        "",
    ]


def _value(parameter: Parameter, value: object) -> str:
    if isinstance(value, list):
        return "、".join(f"`{one}`" for one in value)
    return f"{value}{UNITS.get(parameter.unit, '')}"


def _one_line(text: str) -> str:
    return "".join(text.split("\n")).strip()
