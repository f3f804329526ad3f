"""Tiles and commitments: the same roots as the plain tree, wherever the log is cut into runs."""

from __future__ import annotations

import pytest

from sanzi.kernel import merkle
from sanzi.kernel.merkle import SHA256, SM3
from sanzi.transparency import rules
from sanzi.transparency.rules import Hashes, Place, Tiles

SALT = bytes(range(32))


def grown(sizes: list[int]) -> tuple[Tiles, dict[Place, Hashes]]:
    """Append leaves in runs that end at these sizes, each beginning from what was kept."""
    kept: dict[Place, Hashes] = {}
    tiles = Tiles(0, kept.get)
    for size in sizes:
        tiles = Tiles(tiles.size, kept.get)
        tiles.append(f"{number}".encode() for number in range(tiles.size, size))
        kept.update(tiles.changed)
    return Tiles(sizes[-1], kept.get), kept


@pytest.mark.parametrize("sizes", [[1], [255], [256], [257], [100, 256, 257], [1, 700, 66_000]])
def test_the_root_is_that_of_a_tree_built_at_once(sizes: list[int]) -> None:
    tiles, kept = grown(sizes)
    for hasher in (SHA256, SM3):
        row = b"".join(hasher.leaf(f"{number}".encode()) for number in range(sizes[-1]))
        perfect = [
            merkle.fold(hasher, row[index << level + 5 : (index + 1) << level + 5])
            for level, index in merkle.cover(0, sizes[-1])
        ]
        assert tiles.root(hasher) == hasher.join(perfect)
    widths = {place: len(one["sm3"]) // 32 for place, one in kept.items()}
    assert all(len(one["sha256"]) == len(one["sm3"]) for one in kept.values())
    for level in range(3):
        count = sizes[-1] >> (8 * level)
        assert sum(width for place, width in widths.items() if place[0] == level) == count


def test_paths_come_from_tiles() -> None:
    tiles, kept = grown([300, 70_000])
    root = tiles.root(SHA256)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        needed = {place: kept.get(place) for place in rules.on_path(index, 70_000)}
        few = Tiles(70_000, needed.get)
        path = merkle.inclusion(SHA256, index, 70_000, few.subtree(SHA256))
        leaf = SHA256.leaf(f"{index}".encode())
        assert merkle.is_included(SHA256, leaf, (index, 70_000), path, root)
    for old in (1, 256, 300, 65_536):
        roots = tiles.root(SHA256, old), root
        path = merkle.consistency(SHA256, old, 70_000, tiles.subtree(SHA256))
        assert merkle.is_consistent(SHA256, (old, 70_000), roots, path)


def test_a_tile_that_is_missing_or_short_is_no_root() -> None:
    _, kept = grown([300])
    short = {**kept, (0, 0): {name: one[:-32] for name, one in kept[0, 0].items()}}
    gone = {place: one for place, one in kept.items() if place != (0, 1)}
    for tiles in (Tiles(300, gone.get), Tiles(300, short.get)):
        with pytest.raises(KeyError):
            merkle.inclusion(SHA256, 0, 300, tiles.subtree(SHA256))


def test_a_commitment_binds_kind_salt_and_bytes_and_shows_none() -> None:
    leaf = rules.commitment("voucher", SALT, "张三365元".encode())
    assert rules.is_committed(leaf, "voucher", SALT, "张三365元".encode())
    assert not rules.is_committed(leaf, "voucher", SALT, "张三366元".encode())
    assert not rules.is_committed(leaf, "event", SALT, "张三365元".encode())
    assert not rules.is_committed(leaf, "voucher", SALT[::-1], "张三365元".encode())
    assert leaf.startswith(b"sanzi/commitment/1\nvoucher\nsm3 ")
    assert len(leaf.splitlines()[2]) == len("sm3 ") + 64
