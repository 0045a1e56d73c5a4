"""Reference pictures are found in allowed places only."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from support.small_pictures import picture

from daemon.errors import JobError, NotYetError
from daemon.plan.picture_lookup import locate


def test_a_picture_beside_the_job_comes_before_one_of_the_library(
    inbox: Path, tmp_path: Path
) -> None:
    beside = picture(inbox / "ep01" / "anna.png")
    library = picture(tmp_path / "library" / "anna.png").parent

    assert locate("anna.png", folder=inbox / "ep01", roots=[inbox, library]) == beside
    assert locate("anna.png", folder=inbox, roots=[inbox, library]) == library / "anna.png"


def test_a_picture_may_lie_in_a_sub_folder(inbox: Path) -> None:
    file = picture(inbox / "ep01" / "cast" / "anna.png")

    assert locate("cast/anna.png", folder=inbox / "ep01", roots=[inbox]) == file
    assert locate("./cast/anna.png", folder=inbox / "ep01", roots=[inbox]) == file


def test_a_picture_that_is_not_there_may_still_come(inbox: Path) -> None:
    with pytest.raises(NotYetError, match=r"anna\.png is not there"):
        locate("anna.png", folder=inbox, roots=[])


@pytest.mark.parametrize(
    "image",
    [
        "../secret.png",
        "ep01/../../secret.png",
        "/etc/passwd",
        "~/secret.png",
        "//server/share.png",
        "http://169.254.169.254/x.png",
        "file:///etc/passwd",
        "FTP:x.png",
        "a\0b.png",
        "",
        "  ",
    ],
)
def test_what_leads_elsewhere_is_refused_at_once(inbox: Path, image: str) -> None:
    picture(inbox.parent / "secret.png")

    with pytest.raises(JobError) as caught:
        locate(image, folder=inbox, roots=[inbox])

    assert not isinstance(caught.value, NotYetError)


def test_a_colon_alone_makes_no_address(inbox: Path) -> None:
    file = picture(inbox / "shot 3: Anna.png")

    assert locate("shot 3: Anna.png", folder=inbox, roots=[]) == file


def test_percent_signs_are_not_decoded(inbox: Path) -> None:
    picture(inbox.parent / "secret.png")

    with pytest.raises(NotYetError):
        locate("%2e%2e/secret.png", folder=inbox, roots=[inbox])


def test_a_link_that_leaves_the_allowed_folders_is_refused(inbox: Path) -> None:
    secret = picture(inbox.parent / "secret" / "a.png")
    (inbox / "a.png").symlink_to(secret)
    (inbox / "door").symlink_to(secret.parent)

    for image in ("a.png", "door/a.png"):
        with pytest.raises(JobError, match="outside the folders"):
            locate(image, folder=inbox, roots=[inbox])


def test_a_link_within_the_allowed_folders_is_followed(inbox: Path, tmp_path: Path) -> None:
    real = picture(tmp_path / "library" / "anna.png")
    (inbox / "a.png").symlink_to(real)

    assert locate("a.png", folder=inbox, roots=[real.parent]) == real


def test_a_folder_whose_name_begins_like_an_allowed_one_is_not_it(inbox: Path) -> None:
    evil = picture(inbox.parent / "inbox-evil" / "a.png")
    (inbox / "a.png").symlink_to(evil)

    with pytest.raises(JobError, match="outside the folders"):
        locate("a.png", folder=inbox, roots=[inbox])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "name", ["café.png", "каждый.png", "한글/ångström.png", "e\u0301te\u0301.png"]
)
def test_accents_are_letters_whichever_way_the_disk_spells_them(
    inbox: Path, name: str, form: str
) -> None:
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    file = picture(inbox / unicodedata.normalize(other, name))

    found = locate(unicodedata.normalize(form, name), folder=inbox, roots=[])

    assert found.samefile(file)


def test_two_files_that_differ_in_spelling_only_are_told_apart_by_it(inbox: Path) -> None:
    names = [unicodedata.normalize(form, "café.png") for form in ("NFC", "NFD")]
    files = [picture(inbox / name) for name in names]
    if files[0].samefile(files[1]):
        pytest.skip("this disk knows one spelling only")

    assert [locate(name, folder=inbox, roots=[]) for name in names] == files
