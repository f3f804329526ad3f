"""The log's hashing, against published vectors, against a plain recursion, against tampering."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.kernel import merkle
from sanzi.kernel.merkle import SHA256, SM3, Hasher, Subtree

# The eight leaves and the roots over the first n of them that the transparency-log community
# publishes for implementations of RFC 6962 and RFC 9162.
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = [
    (0, 8, ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=",
            "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
            "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="]),
    (5, 8, ["vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
            "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
            "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="]),
    (2, 3, ["+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU="]),
    (1, 5, ["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
            "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
            "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="]),
]  # fmt: skip
CONSISTENCIES = [
    (1, 8, ["lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=",
            "Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
            "a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ="]),
    (6, 8, ["DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
            "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
            "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="]),
    (2, 5, ["Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
            "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="]),
    (6, 7, ["DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
            "sIaT7C5yFZcTBkHoIR5+7cy0wmQTlj7ubB4u0W/7Gl8=",
            "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="]),
]  # fmt: skip
HASHERS = pytest.mark.parametrize("hasher", [SHA256, SM3], ids=lambda one: one.name)


def plain(hasher: Hasher, data: Sequence[bytes]) -> bytes:
    """Hash a tree as section 2.1.1 writes it down: the slow peer of what is tested."""
    if not data:
        return hasher.digest(b"")
    if len(data) == 1:
        return hasher.digest(b"\x00" + data[0])
    half = 1
    while half * 2 < len(data):
        half *= 2
    return hasher.digest(b"\x01" + plain(hasher, data[:half]) + plain(hasher, data[half:]))


def kept(hasher: Hasher, data: Sequence[bytes]) -> Subtree:
    """Return the perfect subtrees over these leaves; one that is not there is a KeyError."""
    rows = {(0, index): hasher.leaf(one) for index, one in enumerate(data)}
    level, width = 0, len(data)
    while width > 1:
        for index in range(width // 2):
            left, right = rows[level, 2 * index], rows[level, 2 * index + 1]
            rows[level + 1, index] = hasher.node(left, right)
        level, width = level + 1, width // 2
    return lambda level, index: rows[level, index]


def made(count: int) -> list[bytes]:
    """Return leaves that differ."""
    return [f"leaf {number}".encode() for number in range(count)]


def test_roots_are_the_published_ones() -> None:
    subtree = kept(SHA256, LEAVES)
    assert [merkle.root(SHA256, size, subtree).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_paths_of_inclusion_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    told = [base64.b64decode(one) for one in path]
    assert merkle.inclusion(SHA256, index, size, kept(SHA256, LEAVES)) == told
    root = bytes.fromhex(ROOTS[size])
    assert merkle.is_included(SHA256, SHA256.leaf(LEAVES[index]), (index, size), told, root)


@pytest.mark.parametrize(("old", "size", "path"), CONSISTENCIES)
def test_paths_of_consistency_are_the_published_ones(old: int, size: int, path: list[str]) -> None:
    told = [base64.b64decode(one) for one in path]
    assert merkle.consistency(SHA256, old, size, kept(SHA256, LEAVES)) == told
    roots = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size])
    assert merkle.is_consistent(SHA256, (old, size), roots, told)


@HASHERS
@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 255, 256, 257])
def test_every_leaf_leads_to_the_root_of_the_plain_recursion(hasher: Hasher, size: int) -> None:
    data = made(size)
    subtree, expected = kept(hasher, data), plain(hasher, data)
    assert merkle.root(hasher, size, subtree) == expected
    for index in range(size):
        path = merkle.inclusion(hasher, index, size, subtree)
        assert merkle.is_included(hasher, hasher.leaf(data[index]), (index, size), path, expected)


@HASHERS
def test_every_beginning_of_a_log_is_shown_to_be_one(hasher: Hasher) -> None:
    data = made(40)
    subtree = kept(hasher, data)
    roots = [plain(hasher, data[:size]) for size in range(41)]
    for size in range(41):
        for old in range(size + 1):
            path = merkle.consistency(hasher, old, size, subtree)
            assert merkle.is_consistent(hasher, (old, size), (roots[old], roots[size]), path)


@given(st.integers(1, 70), st.data())
def test_nothing_but_the_leaf_at_its_place_is_included(size: int, data: st.DataObject) -> None:
    leaves = made(size)
    index = data.draw(st.integers(0, size - 1))
    subtree = kept(SHA256, leaves)
    path = merkle.inclusion(SHA256, index, size, subtree)
    root = merkle.root(SHA256, size, subtree)
    leaf = SHA256.leaf(leaves[index])
    for wrong in _spoilt(path):
        assert not merkle.is_included(SHA256, leaf, (index, size), wrong, root)
    assert not merkle.is_included(SHA256, SHA256.leaf(b"other"), (index, size), path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index or size == 1))
    if other != index:
        assert not merkle.is_included(SHA256, leaf, (other, size), path, root)
    for place in ((-1, size), (size, size), (0, 0)):
        assert not merkle.is_included(SHA256, leaf, place, path, root)


@given(st.integers(2, 70), st.data())
def test_a_log_that_was_rewritten_is_never_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = made(size)
    before = plain(SHA256, leaves[:old])
    leaves[changed] = b"rewritten"
    subtree, after = kept(SHA256, leaves), plain(SHA256, leaves)
    path = merkle.consistency(SHA256, old, size, subtree)
    assert not merkle.is_consistent(SHA256, (old, size), (before, after), path)
    honest = plain(SHA256, leaves[:old]), after
    assert merkle.is_consistent(SHA256, (old, size), honest, path)
    for wrong in _spoilt(path):
        assert not merkle.is_consistent(SHA256, (old, size), honest, wrong)
    assert not merkle.is_consistent(SHA256, (size, old), honest, path)


def test_a_path_to_a_log_of_the_same_size_or_of_none_is_empty() -> None:
    subtree, same = kept(SHA256, LEAVES), bytes.fromhex(ROOTS[8])
    assert merkle.consistency(SHA256, 8, 8, subtree) == []
    assert merkle.consistency(SHA256, 0, 8, subtree) == []
    assert merkle.is_consistent(SHA256, (8, 8), (same, same), [])
    assert not merkle.is_consistent(SHA256, (8, 8), (same, SHA256.empty()), [])
    assert not merkle.is_consistent(SHA256, (8, 8), (same, same), [same])
    assert not merkle.is_consistent(SHA256, (0, 8), (same, same), [])


def test_what_is_not_there_has_no_path() -> None:
    subtree = kept(SHA256, LEAVES)
    with pytest.raises(ValueError, match="leaf 8 of 8"):
        merkle.inclusion(SHA256, 8, 8, subtree)
    with pytest.raises(ValueError, match="9 leaves of 8"):
        merkle.consistency(SHA256, 9, 8, subtree)


def _spoilt(path: Sequence[bytes]) -> list[list[bytes]]:
    """Return paths that are not this one: longer, shorter, with a bit turned, out of order."""
    found = [[*path, b"\0" * 32], [b"\0" * 32, *path]]
    if path:
        found += [list(path[:-1]), list(path[1:])]
        for place, one in enumerate(path):
            turned = bytes([one[0] ^ 16]) + one[1:]
            found.append([*path[:place], turned, *path[place + 1 :]])
    return found
