"""What the README, the docs and the examples say is true: their job files are jobs, their tables
are ours, their links lead somewhere, and what they tell people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import doc_tables
from support.places import HOME

from daemon.cli.parser import make_parser, verbs_of
from daemon.jobfile import read_job
from daemon.settings import Settings

README = HOME / "README.md"
PAGES = [README, *sorted((HOME / "docs").glob("*.md"))]
MORE = [HOME / "SECURITY.md", HOME / "launchd" / "README.md", HOME / "daemon/sketch/README.md"]
TEXTS = {page.name: page.read_text("utf-8") for page in PAGES}
JOBS = [
    pytest.param(text, id=f"{page}-{number}")
    for page, all_of_it in TEXTS.items()
    for number, text in enumerate(
        re.findall(r"```yaml\n((?:# yaml-language-server[^\n]*\n)?prompt:.*?)```", all_of_it, re.S)
    )
]


@pytest.mark.parametrize("text", JOBS)
def test_every_job_file_in_the_docs_is_a_job(text):
    assert read_job(text.encode(), file="readme.yaml", base=Settings().job_defaults).sampling.prompt


def test_the_readme_shows_a_smallest_and_a_fuller_job_file():
    assert len([job for job in JOBS if str(job.id).startswith("README")]) >= 2


def test_the_readme_can_be_read_in_one_go():
    assert len(TEXTS["README.md"].splitlines()) <= 200


@pytest.mark.parametrize("file", sorted((HOME / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_every_example_is_a_job(file):
    assert read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults).sampling.prompt


@pytest.mark.parametrize("name", doc_tables.TABLES)
def test_every_table_is_what_the_code_says(name):
    _, make = doc_tables.TABLES[name]

    assert doc_tables.written(name) == make(), "make docs writes it anew"


def test_every_verb_is_in_the_readme():
    for verb in verbs_of(make_parser()):
        assert re.search(rf"\bhotfolder {verb}\b", TEXTS["README.md"]), verb


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_the_docs_tell_to_type_is_a_verb(page):
    typed = re.findall(r"(?:^|[`(/ ])hotfolder(?: --root \S+)? ([a-z]+)\b", _code_of(TEXTS[page]))

    assert set(typed) <= set(verbs_of(make_parser()))


@pytest.mark.parametrize("page", [*PAGES, *MORE], ids=lambda p: str(p.relative_to(HOME)))
def test_every_link_of_the_docs_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if "://" in link:
            continue
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not heading or heading in _anchors(target), link


@pytest.mark.parametrize("page", TEXTS)
def test_every_file_the_docs_name_is_there(page):
    named = re.findall(r"`((?:daemon|tests|docs|examples|launchd|\.ci)/[\w./-]*)`", TEXTS[page])

    assert [
        name for name in named if not re.search("[A-Z]{4}", name) and not (HOME / name).exists()
    ] == []


def test_every_page_is_reached_from_the_readme():
    for page in (HOME / "docs").glob("*.md"):
        assert f"](docs/{page.name})" in TEXTS["README.md"], page.name


def _code_of(text: str) -> str:
    """Blocks and words in backticks, one a line; comments left out."""
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M))
    words = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    return re.sub(r"(?m)(^|\s)#.*$", "", "\n".join([blocks, *words]))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
