"""Where log lines go: `logs/hotfolder.log` for people, `.jsonl` for machines, the terminal if any.

One line per happening, safe to `tail -F` through rotation; no carriage returns, no escapes, no
direction marks, whatever a prompt or a file name holds. Knows nothing of what the lines say.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from loguru import logger

from daemon.root.layout import Layout
from daemon.text.printable import one_line

if TYPE_CHECKING:
    from loguru import Record


def open_logs(layout: Layout, *, rotation: str, retention: int, terminal: bool) -> None:
    """Send log lines to the files, and to standard error if `terminal`. Call once."""
    logger.remove()
    logger.configure(patcher=_clean)
    files: dict[str, Any] = {
        "rotation": rotation,
        "retention": retention,
        "encoding": "utf-8",
        "watch": True,  # a cleaner that deletes the file must not leave us writing to nowhere
        "enqueue": False,
        "catch": True,
    }
    logger.add(layout.log_file, level="INFO", format=_for_people, **files)
    logger.add(layout.jsonl_file, level="DEBUG", format=_for_machines, **files)
    if terminal:
        logger.add(sys.stderr, level="INFO", format=_for_people, colorize=False)


def _clean(record: Record) -> None:
    record["message"] = one_line(record["message"], limit=2000)


def _for_people(record: Record) -> str:
    level = "" if record["level"].name == "INFO" else f"{record['level'].name}: "
    return "{time:YYYY-MM-DD HH:mm:ss.SSS} " + level + "{message}\n"


def _for_machines(record: Record) -> str:
    line = {
        "time": record["time"].astimezone(None).isoformat(),
        "level": record["level"].name,
        "message": record["message"],
        **{key: value for key, value in record["extra"].items() if key != "_json"},
    }
    record["extra"]["_json"] = json.dumps(line, ensure_ascii=True, default=str)
    return "{extra[_json]}\n"
