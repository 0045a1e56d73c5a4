"""The child: answers questions about files that are handed down as descriptors, one at a time.

Ends when its parent does, or after a minute without a question.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys

from daemon.errors import JobError
from daemon.sandbox import answer, drawings, looks, thumbnail
from daemon.sandbox.answer import Answer, Question, Refusal
from daemon.sandbox.frames import framed

IDLE = 60.0
"""Seconds without a question after which it is not worth its memory."""

MEMORY = 1 << 30
"""Bytes of address space: a picture of 50 megapixels decodes in a quarter of it."""

MAX_QUESTION = 65_536


def main() -> None:
    """Serve the socket whose number is the first argument."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread of it takes of the address space
    with contextlib.suppress(OSError, ValueError):  # macOS knows the limit and keeps none
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=int(sys.argv[1])) as parent:
        parent.settimeout(IDLE)
        with contextlib.suppress(OSError):  # a parent that is gone, or silent for a minute
            while _serve(parent):
                pass


def _serve(parent: socket.socket) -> bool:
    data, descriptors, _, _ = socket.recv_fds(parent, MAX_QUESTION, 2)
    if not data:
        return False
    try:
        found = _answer(Question.from_json(data), descriptors)
    except JobError as error:
        found = Answer(refusal=Refusal(error.what, error.why, error.remedy))
    except MemoryError:
        found = Answer(refusal=Refusal(
            "Looking at this file takes too much memory.",
            remedy="Save it smaller, or anew with another program.",
        ))  # fmt: skip
    except Exception as error:  # a library's: it is told as what it is, of this file
        found = Answer(refusal=Refusal(
            "This file can't be looked at.",
            why=f"Reading it failed with {type(error).__name__}: {error}",
            remedy="Save it anew with another program.",
        ))  # fmt: skip
    finally:
        for descriptor in descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    parent.sendall(framed(found.to_json()))
    return True


def _answer(question: Question, descriptors: list[int]) -> Answer:
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + question.seconds + 1
    with contextlib.suppress(OSError, ValueError):  # a parent that was killed ends no look of ours
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    with open(descriptors[0], "rb", closefd=False) as source:
        source.seek(0)
        match question.verb:
            case answer.HASH:
                return looks.sha256(source)
            case answer.TEXTS:
                return looks.texts(source, question.keywords)
            case answer.SIDES:
                return looks.sides(source, question.name)
            case answer.DECODE:
                return looks.decode(source, question.name)
        with open(descriptors[1], "w+b", closefd=False) as target:
            if question.verb == answer.CLEAN:
                return drawings.clean(source, target, question.name, question.kind)
            if question.verb == answer.DRAW:
                return thumbnail.draw(source, target)
            if question.verb == answer.CROP:
                return looks.crop(source, target, question.name, question.box)
            return looks.keep(source, target, question.name)


if __name__ == "__main__":
    main()
