"""A daemon starts, works and is told of whatever stands where its own files and folders were."""

from __future__ import annotations

import os

from support.daemon import hotfolder, pictures

SMALL = "prompt: a\nsize: 64x64\nsteps: 1\n"


def test_pipes_in_the_place_of_logs_keep_no_daemon_from_its_work(root, drop, daemon, wait):
    root.logs.mkdir(exist_ok=True)
    for file in (root.log_file, root.jsonl_file, root.state / "job.schema.json"):
        file.unlink(missing_ok=True)
        os.mkfifo(file)
    daemon()
    drop.whole("a.yaml", SMALL)

    wait(lambda: pictures(root) == ["a.png"])


def test_settings_that_are_no_file_are_said_at_once_and_never_taken_for_none(root):
    for make in (os.mkfifo, lambda file: file.symlink_to("/dev/zero"), os.mkdir,
                 lambda file: file.symlink_to("nowhere")):  # fmt: skip
        make(root.settings_file)
        done = hotfolder("run", "--engine", "dry-run", "--until-empty", "--root", str(root.root))
        assert done.returncode == 5
        assert "hotfolder.yaml" in done.stderr
        (root.settings_file.rmdir if make is os.mkdir else root.settings_file.unlink)()


def test_a_folder_that_is_called_like_defaults_is_named_and_holds_its_folder_alone(
    root, drop, daemon, wait
):
    (root.inbox / "ep" / "_defaults.yaml").mkdir(parents=True)
    drop.whole("ep/_defaults.yaml/inside.yaml", SMALL)
    drop.whole("ep/a.yaml", SMALL)
    root.settings_file.write_text("folder_settle: 0.2\n")
    child = daemon()
    drop.whole("b.yaml", SMALL)
    wait(lambda: pictures(root) == ["b.png"])
    wait((root.inbox / "ep" / "_defaults.yaml.why.txt").exists)
    wait(lambda: [item["file"] for item in child.status["ignored"]] == ["ep/_defaults.yaml"])
    said = hotfolder("status", "--root", str(root.root)).stdout
    assert "nothing that can be begun" in said
    assert "ep/a.yaml: until inbox/ep/_defaults.yaml is mended" in said


def test_a_file_where_a_projects_folder_would_be_costs_that_folder_its_name_only(
    root, drop, daemon, wait
):
    (root.outbox / "ep").write_text("a file")
    root.settings_file.write_text("folder_settle: 0.2\n")
    daemon()
    drop.whole("ep/a.yaml", SMALL)
    drop.whole("ep/b/c.yaml", SMALL + "count: 2\n")

    wait(lambda: len(pictures(root)) == 3)
    assert pictures(root) == ["ep-2/a.png", "ep-2/b/c/c-01.png", "ep-2/b/c/c-02.png"]
