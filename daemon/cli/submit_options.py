"""The options of `hotfolder submit`, in groups, each with its line of help."""

from __future__ import annotations

import argparse

_EPILOG = """\
Options are laid over files: what both say, the option decides, and the file in the inbox says so.
With --wait, standard output holds the pictures' paths and nothing else.

examples:
  hotfolder submit shots/*.yaml --preset fast
  hotfolder submit --prompt "a boat on the sea at night" --count 4 --wait
  hotfolder submit --prompt "the same face, laughing" --reference anna.png=0.6
  echo "a boat on the sea" | hotfolder submit - --json
"""


def submit_verb(submit: argparse.ArgumentParser) -> None:
    """Add them all."""
    submit.formatter_class = argparse.RawDescriptionHelpFormatter
    submit.epilog = _EPILOG
    submit.add_argument(
        "file",
        nargs="*",
        metavar="FILE",
        help="job files, - for standard input (YAML, JSON or a line of prompt); the pictures that "
        "they name go along",
    )
    submit.add_argument("--project", default="", metavar="DIR", help="sub-folder of the inbox")
    submit.add_argument("--wait", action="store_true", help="show progress; print the pictures")
    submit.add_argument("--json", action="store_true", help="say what became of it for programs")
    _words(submit.add_argument_group("what it shows"))
    _picture(submit.add_argument_group("how it is made"))
    _pictures(submit.add_argument_group("pictures and LoRAs it follows"))
    _order(submit.add_argument_group("what it is called, and when it comes"))


def _words(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--prompt", metavar="TEXT", help="what the picture shall show")
    group.add_argument(
        "--negative", metavar="TEXT", dest="negative_prompt", help="what it shall not show"
    )
    group.add_argument(
        "--prompt-syntax",
        choices=("plain", "a1111"),
        help="a1111 reads (weights:1.2) and <lora:name:1> in the prompt (plain)",
    )


def _picture(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--preset", metavar="NAME", help="fast, balanced, quality, draft or your own"
    )
    group.add_argument("--size", metavar="WxH", help="width and height in pixels: 1024x768")
    group.add_argument("--aspect", metavar="W:H", help="the shape instead: 3:2, 16:9")
    group.add_argument("--steps", type=int, metavar="N", help="denoising steps")
    group.add_argument(
        "--cfg", type=float, metavar="X", dest="guidance_scale", help="how closely it follows"
    )
    group.add_argument("--seed", type=int, metavar="N", help="the same seed, the same picture")
    group.add_argument("--count", type=int, metavar="N", help="how many pictures (1)")
    group.add_argument("--sampler", metavar="NAME", help="euler, dpmpp_2m and others")
    group.add_argument("--clip-skip", type=int, metavar="N", help="last layers of CLIP left out")
    group.add_argument("--hires", type=float, metavar="SCALE", help="a second pass, enlarged")
    group.add_argument("--model", metavar="NAME", help="which model; `hotfolder models` lists them")
    group.add_argument(
        "--strict",
        action="store_true",
        default=None,
        help="alone and by exact ways only, so that it can be made again to the bit",
    )


def _pictures(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--reference",
        action="append",
        metavar="FILE[=SCALE]",
        default=[],
        help="a picture to follow (IP-Adapter); may be given several times",
    )
    group.add_argument(
        "--lora",
        action="append",
        metavar="NAME[=SCALE]",
        default=[],
        help="a LoRA to wear; may be given several times",
    )
    group.add_argument(
        "--drawing",
        metavar="FILE[=HOW]",
        help="a drawing to compose by; loose, follow, exact or a scale",
    )
    group.add_argument("--image", metavar="FILE", help="the picture to start from")
    group.add_argument("--strength", type=float, metavar="X", help="how much of it is painted anew")
    group.add_argument("--mask", metavar="FILE", help="white where --image is painted anew")


def _order(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--name", metavar="NAME", help="name of the picture (and of a new job file)")
    group.add_argument("--priority", type=int, metavar="N", help="higher goes first (0)")
