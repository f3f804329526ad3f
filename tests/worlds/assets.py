"""Things of the village that tests enter in the register."""

from __future__ import annotations

from datetime import date

from sanzi.deals.actions.assets import AssetFields

HOUSE = AssetFields(
    organisation="O-WILLOW",
    category="fixed",
    kind="house",
    name="标准厂房",
    place="柳湾村工业路8号",
    is_operating=True,
    area_m2_centi=120_000,
    book_value_fen=38_000_000,
    acquired_date=date(2021, 3, 1),
    subject_code="1510101",
)
POND = AssetFields(
    organisation="O-WILLOW",
    category="resource",
    kind="water",
    name="村前水塘",
    place="一组",
    is_operating=True,
    area_mu_centi=1_250,
)
