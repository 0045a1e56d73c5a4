"""Cast: who is in a picture, and what that adds to its job."""

from __future__ import annotations

import pytest
from support.casting import EPISODE, job, refusal

from daemon.errors import JobError, NotYetError
from daemon.jobfile.areas import WORDS
from daemon.jobfile.cast_items import member
from daemon.protocol.render import ReferenceParams

# --- who ------------------------------------------------------------------------------------------


def test_a_name_in_the_prompt_brings_its_look_and_its_words() -> None:
    read = job(f"{EPISODE}prompt: over Anna's shoulder, Ben waves from the boat.\n")

    assert read.who == ("Anna", "Ben")
    assert read.sampling.prompt == (
        "over Anna's shoulder, Ben waves from the boat; Ben: a man of forty, grey beard"
    )
    assert read.sampling.negative_prompt == "hat"
    assert [(each.image, each.params.scale) for each in read.references] == [
        ("anna.png", 0.6),
        ("ben/", 0.6),
    ]


def test_nobody_named_adds_nothing() -> None:
    read = job(f"{EPISODE}prompt: the harbour at dawn\nnegative_prompt: fog\n")

    assert (read.who, read.references, read.warnings) == ((), (), ())
    assert read.sampling.prompt == "the harbour at dawn"
    assert read.sampling.negative_prompt == "fog"


@pytest.mark.parametrize("added", ["with: Ben", "with: [Ben]", "with: 'Ben, Ben'"])
def test_with_adds_whom_the_prompt_does_not_name(added: str) -> None:
    assert job(f"{EPISODE}prompt: a boat\n{added}\n").who == ("Ben",)


def test_without_leaves_out_whom_the_prompt_names() -> None:
    read = job(f"{EPISODE}prompt: insert, a brass key in Ben's hand\nwithout: Ben\n")

    assert (read.who, read.references, read.warnings) == ((), (), ())
    assert read.sampling.prompt == "insert, a brass key in Ben's hand"


def test_a_nearer_with_counts_before_a_folders_without() -> None:
    assert job("prompt: x\nwith: Ben\n", EPISODE, "without: [Ben, Anna]").who == ("Ben",)
    assert job("prompt: Anna\nwithout: Anna\n", EPISODE, "with: [Ben, Anna]").who == ("Ben",)


def test_a_folders_cast_grows_by_name() -> None:
    read = job("prompt: Anna and Ben\ncast: {Anna: other.png}\n", EPISODE)

    assert [each.image for each in read.references] == ["other.png", "ben/"]


def test_other_capitals_than_in_the_cast_are_told() -> None:
    text = f"{EPISODE}prompt: anna waves\n"

    assert "other capitals" in job(text).warnings[0]
    assert job(f"{text}without: Anna\n").warnings == ()


def test_both_prompts_say_the_words_and_an_absent_second_one_stays_absent() -> None:
    said = job(f"{EPISODE}prompt: Ben\nprompt_2: a boat\nnegative_prompt_2: fog,\n").sampling

    assert said.prompt_2 == "a boat; Ben: a man of forty, grey beard"
    assert said.negative_prompt_2 == "fog, hat"
    assert job(f"{EPISODE}prompt: Ben\n").sampling.prompt_2 is None


# --- what a character brings ----------------------------------------------------------------------


def test_loras_come_with_their_trigger_words() -> None:
    read = job(
        "prompt: Anna and Ben\n"
        "cast:\n"
        "  Anna: {as: a woman, loras: {name: anna.safetensors, scale: 0.8, trigger: ohwx}}\n"
        "  Ben: {loras: [{name: ben, words: [sks, man]}]}\n"
        "loras: [chalk, {name: ben, scale: 0.5}]\n"
    )

    assert {each.name: each.scale for each in read.loras} == {
        "anna": 0.8,
        "ben": 0.5,
        "chalk": None,
    }
    assert read.sampling.prompt == "Anna and Ben; Anna: a woman, ohwx; Ben: sks, man"
    assert "act on the whole picture" in read.warnings[0]


@pytest.mark.parametrize(
    ("said", "first", "otherwise"),
    [
        ("{}", ReferenceParams(0.6), None),
        ("{strength: 0.3, start: 0.1}", ReferenceParams(0.3, start=0.1), None),
        ("{model: plus}", ReferenceParams(model="plus"), None),
        (
            "{face: [0.2, 0.1, 0.5, 0.5]}",
            ReferenceParams(model="plus-face", start=0.2),
            ReferenceParams(),
        ),
        ("{model: plus-face}", ReferenceParams(model="plus-face", start=0.2), ReferenceParams()),
        (
            "{model: plus-face, start: 0.5}",
            ReferenceParams(model="plus-face", start=0.5),
            ReferenceParams(start=0.5),
        ),
        ("{model: base, face: [0, 0, 1, 1]}", ReferenceParams(), None),
    ],
)
def test_how_a_look_is_followed(
    said: str, first: ReferenceParams, otherwise: ReferenceParams | None
) -> None:
    more = said[1:-1]
    read = job(f"prompt: Anna\ncast: {{Anna: {{look: a.png{', ' if more else ''}{more}}}}}\n")

    assert (read.references[0].params, read.references[0].otherwise) == (first, otherwise)


def test_several_looks_are_all_followed_and_share_their_strength_at_a_place() -> None:
    text = "prompt: Anna\ncast: {Anna: [a.png, b.png]}\n"

    assert [each.params.scale for each in job(text).references] == [0.6, 0.6]
    placed = job(f"{text}place: {{Anna: left}}\n").references
    assert [each.params.scale for each in placed] == [0.3, 0.3]
    assert all(each.params.mask_soft for each in placed)


# --- place ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "box"),
    [
        *((word, box) for word, box in WORDS.items()),
        ("Center", WORDS["centre"]),
        ("upper-left", WORDS["top left"]),
        ("the left half", (0.0, 0.0, 0.5, 1.0)),
        ("the Left side", WORDS["left third"]),
        ("LEFT_THIRD", WORDS["left third"]),
        ("[0.1, 0, 0.3, 1]", (0.1, 0.0, 0.3, 1.0)),
    ],
)
def test_a_place_is_a_word_or_four_numbers(word: str, box: tuple[float, ...]) -> None:
    (reference,) = job(f"{EPISODE}prompt: Anna\nplace: {{Anna: {word}}}\n").references

    assert reference.place is not None
    assert reference.place.box == pytest.approx(box)


def test_several_characters_without_a_place_are_warned_of() -> None:
    text = f"{EPISODE}prompt: Anna and Ben face each other\n"

    assert "may blend into each other: Anna and Ben have no `place`" in job(text).warnings[0]
    assert "Ben has no" in job(f"{text}place: {{Anna: left}}\n").warnings[0]
    assert job(f"{text}place: {{Anna: left, Ben: right}}\n").warnings == ()


def test_a_place_for_somebody_who_is_not_there_is_told() -> None:
    assert "Ben has a `place`" in job(f"{EPISODE}prompt: Anna\nplace: {{Ben: left}}\n").warnings[0]
    assert job("prompt: Anna\n", f"{EPISODE}place: {{Ben: left}}\n").warnings == ()


# --- the library ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cast", ["[Anna]", "Anna", "{Anna: anna}", "{Anna: }", "[{Anna: anna}]", "{Anna: {look: anna}}"]
)
def test_a_name_alone_means_the_library_however_its_file_spells_it(cast: str) -> None:
    read = job(f"prompt: Anna waves\ncast: {cast}\n")

    assert read.who == ("Anna",)
    assert [(each.image, each.of_library) for each in read.references] == [("anna.png", True)]


def test_what_the_job_says_counts_before_the_library() -> None:
    read = job("prompt: Mia\ncast: {Mia: {look: Zoë, strength: 0.3}}\n")

    assert read.references[0].params.scale == 0.3
    assert read.sampling.prompt == "Mia; Mia: a girl with a red scarf"


@pytest.mark.parametrize("item", ["anna", "{cast: anna, scale: 0.2}", "{image: Anna, weight: 0.2}"])
def test_a_reference_without_an_ending_is_a_look_of_the_library_and_nothing_else(item: str) -> None:
    read = job(f"prompt: a boat\nreferences: [mood.png, {item}]\nwithout: Zoë\n")

    assert read.who == ()
    assert [(each.image, each.of_library) for each in read.references] == [
        ("mood.png", False),
        ("anna.png", True),
    ]
    assert read.references[1].params.scale == (0.6 if item == "anna" else 0.2)


def test_a_reference_to_somebody_present_is_shown_once_as_it_says() -> None:
    read = job("prompt: anna\ncast: [anna]\nreferences: [{cast: anna, scale: 0.2}]\n")

    assert [each.params.scale for each in read.references] == [0.2]


def test_a_record_means_its_files_and_never_the_library() -> None:
    read = job('{"schema": 1, "job": {"prompt": "x", "references": [{"image": "anna"}]}}')

    assert [(each.image, each.of_library) for each in read.references] == [("anna", False)]


def test_a_name_that_the_library_lacks_may_still_come() -> None:
    for text in ("cast: [Ana]", "cast: {Bo: Ana}", "references: [Ana]"):
        with pytest.raises(NotYetError, match="named Ana in `cast/`") as caught:
            job(f"prompt: Ana\n{text}\n")
        assert "Did you mean `anna`? Here are: Zoë, anna." in caught.value.why
        assert caught.value.line == 2


def test_a_character_whose_file_is_no_good_is_told_of_that_file() -> None:
    error = refusal("prompt: Carl\ncast: [Carl]\n")

    assert (error.what, error.file, error.line) == ("Bad.", "cast/carl.yaml", 2)
    assert job("prompt: Anna\ncast: [Anna]\n").who == ("Anna",)


def test_the_librarys_own_file_has_the_keys_of_a_character() -> None:
    assert member(b"as: a woman\nstrength: 0.5\n", "cast/anna.yaml") == {
        "as": "a woman",
        "strength": 0.5,
    }
    for data, line in ((b"as: a\nlok: b.png\n", 2), (b"strength: 7\n", 1), (b"as: [\n", 1)):
        with pytest.raises(JobError) as caught:
            member(data, "cast/anna.yaml")
        assert (caught.value.file, caught.value.line) == ("cast/anna.yaml", line)
