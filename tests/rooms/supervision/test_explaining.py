"""What explains an alert: payments against the line, ties, the course of its case, its like."""

from datetime import date, timedelta

from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import CounterpartyOwner, Kinship
from sanzi.supervision import explaining
from sanzi.supervision.actions import alerts, nightly
from sanzi.supervision.models import Alert
from worlds import loop, spending
from worlds.village import AT

WHY = "已经核对发票和送货单"
NIGHT = AT + timedelta(hours=16)


def told(world, **only):
    alert = Alert.objects.get(**only)
    return explaining.explained(by=world.actor("town_discipline_office"), ext_id=alert.ext_id)


def scan(at=NIGHT):
    nightly.run(as_of=at, by=SYSTEM)


def test_payments_of_a_split_are_drawn_against_the_line_that_they_reach_together(world):
    shop, other = world.bodies["shop"], spending.firm("OTHER")
    for number, back in (("K1", 20), ("K2", 10), ("K3", 0)):
        day = AT - timedelta(days=back)
        spending.spend(world, number, [(shop, 700_000)], state="paid", at=day)
    spending.spend(world, "K4", [(shop, 800_000)], state="draft")
    spending.spend(world, "K5", [(other, 900_000)], state="paid")
    spending.spend(world, "K6", [(shop, 900_000)], state="paid", at=AT - timedelta(days=90))
    scan()

    found = told(world, model_code="payment-tier-split", finding_id="K3-1").payments

    assert found is not None
    assert [(one.case_number, one.amount_fen, one.is_this) for one in found.points] == [
        ("K1", 700_000, False), ("K2", 700_000, False), ("K3", 700_000, True),
    ]  # fmt: skip
    assert (found.sum_fen, found.line_title, found.line_fen) == (2_100_000, "档次线", 1_000_000)
    assert found.payee == shop.name


def test_kin_behind_a_firm_and_a_shared_account_are_drawn_and_mere_duty_is_not(world):
    handler, owner = world.people["committee_member"], world.people["village_clerk"]
    firm, plain = spending.firm("KINFIRM"), world.bodies["shop"]
    spending.spend(world, "K1", [(plain, 60_000)], state="paid", method="cash")
    scan()
    assert told(world, case_number="K1").ties is None

    CounterpartyOwner.objects.create(counterparty=firm, person=owner, kind="shareholder")
    Kinship.objects.create(
        person=owner, relative=handler, relation="sibling",
        is_statutory_kin=True, is_extended_kin=True, source="declared",
    )  # fmt: skip
    spending.spend(world, "K2", [(firm, 60_000)], state="paid", method="cash")
    spending.sign(world, "K2", "village_secretary", world.people["village_secretary"])
    scan()

    found = told(world, case_number="K2", model_code="payment-cash").ties

    assert found is not None
    names = {one.key: (one.name, one.duty, one.side) for one in found.nodes}
    assert names[owner.ext_id] == ("周*书", "股东", "payee")
    assert names[handler.ext_id] == ("高*林", "经办", "office")
    hot = [(one.left, one.title, one.right) for one in found.ties if one.is_hot]
    assert hot == [(handler.ext_id, "兄弟姐妹", owner.ext_id)]
    secretary = world.people["village_secretary"].ext_id
    assert (secretary, "审批") in [(one.left, one.title) for one in found.ties]


def test_the_course_of_the_case_comes_before_the_alert(world):
    spending.spend(world, "K1", [(world.bodies["shop"], 60_000)], state="paid", method="cash")
    spending.sign(world, "K1", "village_secretary", world.people["village_secretary"])
    scan()

    course = told(world, case_number="K1", model_code="payment-cash").course

    assert [one.what for one in course] == ["提交", "村党组织书记同意"]


def test_similar_alerts_say_how_they_ended(world):
    for number in ("K1", "K2"):
        spending.spend(
            world, number, [(spending.firm(number), 60_000)], state="paid", method="cash"
        )
    scan()
    first = Alert.objects.get(case_number="K1")
    office, county = world.actor("town_discipline_office"), world.actor("county_discipline")
    loop.route_to_discipline(first)
    alerts.take(ext_id=first.ext_id, by=office, at=NIGHT)
    alerts.conclude(ext_id=first.ext_id, conclusion="explained", text=WHY, by=office, at=NIGHT)
    assert told(world, case_number="K2").similar.total == 0
    alerts.verify(ext_id=first.ext_id, agrees=True, text=WHY, by=county, at=NIGHT)

    found = told(world, case_number="K2").similar

    assert (found.total, found.conclusions) == (1, (("合规说明", 1),))
    assert [one.ext_id for one in found.rows] == [first.ext_id]
    assert told(world, case_number="K1").similar.total == 0


def test_pictures_stay_inside_their_frame():
    from sanzi.interfaces.office.pictures import alerts as alert_pictures

    points = tuple(
        explaining.Point(date(2026, 11, 1) + timedelta(days=n // 4), 10 ** (n % 7), f"K{n}", n == 3)
        for n in range(40)
    )
    chart = alert_pictures.chart(
        explaining.Payments("青石商店", points, "档次线", 2_000_000), lambda one: f"{one:%m-%d}"
    )

    assert all(0 <= bar.x <= bar.x + bar.width <= chart.width for bar in chart.bars)
    assert all(bar.y + bar.height == chart.base and bar.y >= 0 for bar in chart.bars)
    assert chart.line_y is not None
    assert 0 < chart.line_y < min(bar.y for bar in chart.bars)
    assert "档次线20,000.00元" in chart.label
