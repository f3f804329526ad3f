"""Places and bodies: divisions, offices, village bodies with accounts, firms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Final

from sanzi_county import codes, names
from sanzi_county.codes import Numbers, bank_code
from sanzi_county.world import Firm, Org, Person, Town
from sanzi_county.write import Sink

OPENED: Final = date(2019, 1, 8)
RURAL: Final = bank_code(codes.BANK_RURAL)
FARM: Final = bank_code(codes.BANK_FARM)

# role, office name, how many hold it
TOWN_POSTS: Final = (
    ("agency_cashier", "agency", 2), ("agency_accountant", "agency", 1),
    ("agency_reviewer", "agency", 1), ("town_agri_head", "office", 1),
    ("town_leader", "office", 1), ("town_head", "office", 1),
    ("town_finance_office", "office", 1), ("town_civil_office", "office", 1),
    ("town_works_office", "office", 1), ("town_land_office", "office", 1),
    ("town_party_office", "office", 1), ("resident_cadre", "office", 2),
    ("town_discipline_office", "discipline", 2),
)  # fmt: skip
COUNTY_POSTS: Final = (
    ("county_agri", "农业农村局", 2), ("county_finance", "财政局", 1),
    ("county_civil_affairs", "民政局", 1), ("county_discipline", "纪委监委", 2),
    ("county_org_dept", "委组织部", 1), ("model_steward", "农业农村局", 2),
    ("platform_admin", "大数据局", 2), ("auditor", "审计局", 1),
)  # fmt: skip

# trade, name pattern, kind, how many a town has
TOWN_FIRMS: Final = (
    ("cleaning", "{}保洁服务有限公司", "company", 2),
    ("meals", "{}餐饮店", "individual_business", 2),
    ("electric", "{}机电安装有限公司", "company", 2),
    ("stationery", "{}文具店", "individual_business", 2),
    ("printing", "{}图文广告部", "individual_business", 2),
    ("building", "{}建设工程有限公司", "company", 3),
    ("tenant", "{}食品有限公司", "company", 3),
    ("garden", "{}园林绿化有限公司", "company", 3),
    ("hardware", "{}建材经营部", "individual_business", 2),
)  # fmt: skip
_STEMS: Final = (
    "晨光", "同福", "万和", "恒顺", "佳益", "诚远", "百川", "安泰", "瑞丰", "明达", "盛华",
    "宏图", "嘉禾", "长青", "广源", "金谷", "天合", "民乐", "永昌", "新禾", "润泽", "平安",
)  # fmt: skip
_SCOPES: Final = {
    "cleaning": "保洁服务；垃圾清运", "meals": "餐饮服务", "electric": "照明设备安装、维修",
    "stationery": "办公用品零售", "printing": "图文设计；印刷", "building": "房屋建筑；市政工程",
    "tenant": "食品加工；仓储", "garden": "园林绿化工程", "hardware": "建筑材料零售",
    "power": "供电", "post": "邮政；报刊发行", "tax": "代理国库",
    "telecom": "通信服务", "farming": "农作物种植；土地流转经营",
}  # fmt: skip


class Bodies:
    """Makes places, offices and firms, and writes their rows."""

    def __init__(self, sink: Sink, numbers: Numbers, random: Random) -> None:
        self._sink = sink
        self._numbers = numbers
        self._random = random
        self._firms = 0
        self._accounts: dict[str, str] = {}

    @property
    def county_stem(self) -> str:
        """What firms of the whole county are called after."""
        return self._sink.county.name.rstrip("县")

    def county(self) -> None:
        """The three places above the towns."""
        county = self._sink.county
        province, city = county.code[:2] + "0" * 10, county.code[:4] + "0" * 8
        self.place(province, names.PROVINCE, "province", None)
        self.place(city, names.CITY, "city", province)
        self.place(county.place, county.name, "county", city)

    def place(self, code: str, name: str, level: str, parent: str | None) -> None:
        """One row of the division tree."""
        self._sink.add("division", code=code, name=name, level=level, parent_code=parent)

    def org(self, org: Org, *, people: int | None = None, households: int | None = None) -> Org:
        """One organisation row."""
        self._sink.add(
            "org",
            org_id=org.org_id,
            division_code=org.code,
            name=org.name,
            level=org.level,
            kind=org.kind,
            uscc=org.uscc,
            parent_org_id=org.parent,
            village_id=org.code if org.level == "village" else None,
            is_poor_village=False if org.level == "village" else None,
            population=people,
            household_count=households,
        )
        return org

    def account(self, holder: Org | Firm | Person, account_id: str, bank: str) -> None:
        """The account row of an organisation, a firm or a person."""
        owner: dict[str, str] = {}
        if isinstance(holder, Org):
            owner = {"org_id": holder.org_id}
        elif isinstance(holder, Firm):
            owner = {"counterparty_id": holder.counterparty_id}
        else:
            owner = {"person_id": holder.person_id}
        kind = {"org_id": "basic", "counterparty_id": "general"}.get(next(iter(owner)), "personal")
        self._sink.add(
            "account",
            account_id=account_id,
            account_no=holder.account,
            holder_name=holder.name,
            kind=kind,
            bank_code=bank,
            opened_date=OPENED,
            is_registered=True,
            **owner,
        )
        funds = holder.closing_fen if isinstance(holder, Org) else 0
        self.at_bank(holder.account, holder.name, bank, funds=funds)

    def at_bank(
        self, account: str, name: str, bank: str, *, status: str = "open", funds: int = 0
    ) -> None:
        """What the bank knows of an account, for the sandbox."""
        self._sink.beside(
            "bank_accounts",
            account=account,
            holder_name=name,
            bank_code=bank,
            status=status,
            balance_fen=funds,
        )

    def firm(self, trade: str, name: str, kind: str, owner: Person) -> Firm:
        """A firm with its owner and account."""
        self._firms += 1
        firm = Firm(
            counterparty_id=f"K{self._firms:05d}",
            kind=kind,
            name=name,
            uscc=self._numbers.uscc("91" if kind == "company" else "92"),
            account=self._numbers.org_account(),
            bank=self._random.choice((RURAL, FARM)),
        )
        self._sink.add(
            "counterparty",
            counterparty_id=firm.counterparty_id,
            kind=kind,
            name=name,
            uscc=firm.uscc,
            legal_rep_person_id=owner.person_id,
            registered_date=date(2012 + self._firms % 9, 1 + self._firms % 12, 11),
            business_scope=_SCOPES[trade],
            phone=owner.phone,
            address_norm=f"{self._sink.county.name}工业路{self._firms}号",
            is_blacklisted=False,
        )
        self._sink.add(
            "counterparty_owner",
            counterparty_id=firm.counterparty_id,
            person_id=owner.person_id,
            share_percent=100,
            kind="shareholder",
        )
        self.account(firm, f"A-{firm.counterparty_id}", firm.bank)
        return firm

    def town_org(self, kind: str, code: str, name: str, parent: Org | None) -> Org:
        """An office of a town or the county."""
        suffix = {"agency": "三资代理服务中心", "discipline": "纪委", "office": "人民政府"}
        level = "county" if code == self._sink.county.place else "town"
        title = name + suffix.get(kind, kind)
        org = Org(
            org_id=f"O{code[6:9]}{len(self._accounts):03d}",
            code=code,
            name=title,
            kind="town_agency" if kind == "agency" else "office",
            level=level,
            parent=parent.org_id if parent else None,
            uscc=self._numbers.uscc("11"),
        )
        self._accounts[org.org_id] = title
        return self.org(org)


def firm_names(town: Town, trades: Sequence[tuple[str, str, str, int]]) -> list[tuple[str, ...]]:
    """(trade, name, kind) of every firm of a town; names differ between towns."""
    listed: list[tuple[str, ...]] = []
    for trade, pattern, kind, count in trades:
        for place in range(count):
            stem = _STEMS[(len(listed) * 5 + int(town.key) * 3 + place) % len(_STEMS)]
            listed.append((trade, pattern.format(town.name.rstrip("镇") + stem), kind))
    return listed
