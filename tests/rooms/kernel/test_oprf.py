"""The oblivious function: RFC 9497's own figures, and that neither side can tell the other's."""

import pytest

from sanzi.kernel import oprf

# RFC 9497, A.3.1 (P256-SHA256, mode OPRF): input, blinded and evaluated point, output.
KEY = bytes.fromhex("159749d750713afe245d2d39ccfaae8381c53ce92d098a9375ee70739c7ac0bf")
BLIND = bytes.fromhex("3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364")
KNOWN = [
    (
        "00",
        "03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d",
        "030de02ffec47a1fd53efcdd1c6faf5bdc270912b8749e783c7ca75bb412958832",
        "a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd",
    ),
    (
        "5a" * 17,
        "03cc1df781f1c2240a64d1c297b3f3d16262ef5d4cf102734882675c26231b0838",
        "03a0395fe3828f2476ffcd1f4fe540e5a8489322d398be3c4e5a869db7fcb7c52c",
        "c748ca6dd327f0ce85f4ae3a8cd6d4d5390bbb804c9e12dcf94f853fece3dcce",
    ),
]


@pytest.mark.parametrize(("value", "blinded", "evaluated", "output"), KNOWN)
def test_it_is_the_function_of_the_rfc(value, blinded, evaluated, output):
    value = bytes.fromhex(value)
    asked = oprf.blinded(value, BLIND)
    answered = oprf.evaluated(KEY, asked)

    assert asked.hex() == blinded[2:]
    assert answered.hex() == evaluated[2:]
    # The RFC keeps the sign of a point, the wire here does not: one of the two is its output.
    inverse = pow(int.from_bytes(BLIND), -1, oprf.ORDER).to_bytes(32)
    point = oprf.evaluated(inverse, answered)
    assert output in {oprf.output(value, sign + point).hex() for sign in (b"\x02", b"\x03")}
    assert oprf.finished(value, BLIND, answered) == oprf.output(value, b"\x02" + point)


def test_blinds_change_what_is_asked_and_not_what_is_found():
    key, value = oprf.new_key(), b"320582199001011234"
    blinds = [oprf.blind_of(secret, value) for secret in (b"one" * 8, b"two" * 8)]
    asked = [oprf.blinded(value, one) for one in blinds]

    assert asked[0] != asked[1]
    found = {
        oprf.finished(value, blind, oprf.evaluated(key, point))
        for blind, point in zip(blinds, asked, strict=True)
    }
    assert len(found) == 1
    other = oprf.finished(value, blinds[0], oprf.evaluated(oprf.new_key(), asked[0]))
    assert other not in found


def test_values_and_keys_are_told_apart():
    secret, key = b"s" * 32, oprf.new_key()
    values = [f"{number:018}".encode() for number in range(40)]
    found = set()
    for one in values:
        blind = oprf.blind_of(secret, one)
        found.add(oprf.finished(one, blind, oprf.evaluated(key, oprf.blinded(one, blind))))
    assert len(found) == len(values)


@pytest.mark.parametrize("point", [b"", b"\x00" * 31, b"\xff" * 32, (5).to_bytes(33)])
def test_what_is_no_point_is_refused(point):
    with pytest.raises(oprf.BadPoint):
        oprf.evaluated(oprf.new_key(), point)


def test_about_half_of_all_numbers_are_no_x_of_a_point():
    on = 0
    for number in range(200):
        try:
            oprf.lifted(number.to_bytes(32))
        except oprf.BadPoint:
            continue
        on += 1
    assert 70 < on < 130
