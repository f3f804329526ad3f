"""Every deliberately broken model folder is refused with the message it carries."""

import shutil
from pathlib import Path

import pytest

from sanzi.supervision import catalogue, examples
from sanzi.supervision.catalogue import ModelBroken

BROKEN = sorted((Path(__file__).parent / "broken" / "models").glob("*/*/model.yaml"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.parent.name)
def test_a_broken_model_is_refused_with_its_message(path: Path):
    message = (path.parent / "message.txt").read_text(encoding="utf-8").strip()

    with pytest.raises(ModelBroken) as refused:
        catalogue.read_model(path.parent)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("line", "instead", "message"),
    [
        ("severity: warn", "severity: hold", "a clue only warns, its severity is 'hold'"),
        (
            "gates: [nightly]",
            "gates: [submit, nightly]",
            "a clue stands at no gate: nightly alone",
        ),
        (
            "route: F:tender 5",
            "route: F:tender 5 → D 5",
            "a clue goes to the village and the town (V, F), never to discipline",
        ),
        ("permille: 5,", "permille: 500,", "quiet: permille 500, expected 1 to 50"),
        ("quiet: {permille: 5, strength: [parties]}", "", "a clue needs quiet and picture"),
    ],
)
def test_a_clue_that_would_do_more_than_hint_is_refused(
    tmp_path: Path, line: str, instead: str, message: str
):
    """Each is a clue of the house with one line changed."""
    good = catalogue.FOLDER / "statistical" / "stat-shared-device"
    folder = Path(shutil.copytree(good, tmp_path / "statistical" / good.name))
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    assert text.count(line) == 1
    (folder / "model.yaml").write_text(text.replace(line, instead), encoding="utf-8")

    with pytest.raises(ModelBroken) as refused:
        catalogue.read_model(folder)

    assert str(refused.value) == f"{good.name}: {message}"


def test_there_are_broken_models():
    assert len(BROKEN) >= 15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {name: a, kind: hit}", "a hit, and only a hit, names what it finds"),
        ("- {name: a, kind: maybe}", "kind must be one of"),
        ("- {name: a, kind: empty, note: b}", "unknown key 'note'"),
        ("- {name: a, kind: empty}", "has no example of kind 'hit'"),
    ],
)
def test_broken_examples_are_refused(tmp_path: Path, text: str, words: str):
    model = catalogue.models()["payment-no-source"]
    folder = tmp_path / model.category / model.code
    folder.mkdir(parents=True)
    (folder / "examples.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ModelBroken, match=words):
        examples.of(model, tmp_path)
