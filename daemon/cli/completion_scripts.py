"""Completion scripts for bash, zsh and fish, made from the verbs and their options.

The scripts hold only words, so that pressing Tab starts no Python. Pure: the parser is walked, not
run, and the text is returned.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence

from daemon.errors import UsageError

_SAFE = re.compile(r"[A-Za-z0-9_.:/=+-]+")


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, list[str]]:
    """Each verb with the words it takes: its long and short options, and the choices of its
    arguments (`install`, `bash`, …)."""
    table: dict[str, list[str]] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            table |= {name: _words(verb) for name, verb in action.choices.items()}
    return table


def _words(verb: argparse.ArgumentParser) -> list[str]:
    found: list[str] = []
    for action in verb._actions:
        if action.help == argparse.SUPPRESS:
            continue
        if action.option_strings:
            found += action.option_strings
        elif action.choices is not None:
            found += [str(choice) for choice in action.choices]
    return sorted(dict.fromkeys(found), key=lambda word: (word.startswith("-"), word))


def script(shell: str, verbs: Mapping[str, Sequence[str]], *, program: str = "hotfolder") -> str:
    """The script to source (bash, zsh) or to put into fish's completions folder."""
    makers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if shell not in makers:
        raise UsageError(f"No completion for {shell}. There is bash, zsh and fish.")
    table = {
        verb: [word for word in words if _SAFE.fullmatch(word)] for verb, words in verbs.items()
    }
    return makers[shell](table, program)


def _bash(verbs: Mapping[str, Sequence[str]], program: str) -> str:
    cases = "\n".join(f'    {verb}) words="{" ".join(words)}" ;;' for verb, words in verbs.items())
    return f"""\
# {program} completion for bash; in ~/.bashrc: eval "$({program} completion bash)"
_{program}() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" verb="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${{COMP_WORDS[i]}}" in
      -*) ;;
      *) verb="${{COMP_WORDS[i]}}"; break ;;
    esac
  done
  case "$verb" in
    "") words="{" ".join(verbs)}" ;;
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -o bashdefault -F _{program} {program}
"""


def _zsh(verbs: Mapping[str, Sequence[str]], program: str) -> str:
    cases = "\n".join(
        f"    {verb}) words_here=({' '.join(words)}) ;;" for verb, words in verbs.items()
    )
    return f"""\
#compdef {program}
# {program} completion for zsh; in ~/.zshrc after compinit: eval "$({program} completion zsh)"
_{program}() {{
  local verb="" word
  local -a words_here
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    if [[ "$word" != -* ]]; then verb="$word"; break; fi
  done
  case "$verb" in
    "") words_here=({" ".join(verbs)}) ;;
{cases}
  esac
  compadd -- $words_here
  if [[ -n "$verb" ]]; then _files; fi
}}
if [[ "$funcstack[1]" = "_{program}" ]]; then _{program} "$@"; else compdef _{program} {program}; fi
"""


def _fish(verbs: Mapping[str, Sequence[str]], program: str) -> str:
    lines = [
        f"# {program} completion for fish; "
        f"{program} completion fish > ~/.config/fish/completions/{program}.fish",
        f"complete -c {program} -n __fish_use_subcommand -f -a '{' '.join(verbs)}'",
    ]
    for verb, words in verbs.items():
        seen = f"'__fish_seen_subcommand_from {verb}'"
        plain = [word for word in words if not word.startswith("-")]
        if plain:
            lines.append(f"complete -c {program} -n {seen} -f -a '{' '.join(plain)}'")
        for word in words:
            if word.startswith("--"):
                lines.append(f"complete -c {program} -n {seen} -l {word[2:]}")
            elif word.startswith("-"):
                lines.append(f"complete -c {program} -n {seen} -s {word[1:]}")
    return "\n".join(lines) + "\n"
