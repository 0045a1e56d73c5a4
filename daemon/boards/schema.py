"""The JSON Schema of everything that a person drops: a job, a record, or a board."""

from __future__ import annotations

from daemon.boards.keys import FROM, LIKE, PICK, TOLD
from daemon.boards.shot_list import ID, SHOTS
from daemon.jobfile import job_schema
from daemon.protocol.json_object import JsonObject

_NOT_OF_A_SHOT = ("id", "name", "parent", "notes")
_TAKES: JsonObject = {
    "title": "Takes",
    "description": "How many pictures of every shot, or of this one; each with a seed of its own.",
    "type": ["integer", "null"],
    "minimum": 1,
    "maximum": 10_000,
    "examples": [3],
}
_MEANINGS = {
    "scene": "The scene, for people and the sheet.",
    "title": "A title, for people and the sheet.",
    "action": "What happens, for people and the sheet.",
    "dialogue": "What is said, for people and the sheet.",
    "notes": "Notes, for people and the sheet.",
}
_TOLD: dict[str, JsonObject] = {
    **{
        key: {
            "title": key.capitalize(),
            "description": _MEANINGS[key],
            "type": ["string", "number", "array", "object", "null"],
        }
        for key in TOLD
        if key in _MEANINGS
    },
    "seconds": {
        "title": "Seconds",
        "description": "How long the shot is held, for people and the sheet.",
        "type": ["number", "null"],
        "exclusiveMinimum": 0,
        "examples": [2.5],
    },
}
_OF_SHOT: dict[str, JsonObject] = {
    LIKE: {"description": "The shot whose picture is followed in style and layout."},
    FROM: {"description": "The shot whose picture this one begins with and is painted over."},
    PICK: {
        "title": "Pick",
        "description": "The chosen take.",
        "type": ["integer", "string", "null"],
        "examples": [2],
    },
}


def file_schema() -> JsonObject:
    """Draft 2020-12: what an editor needs for any file that is read. `make docs` keeps it as
    job.schema.json beside this module, so that no start of a daemon makes it."""
    schema = job_schema()
    job = schema["$defs"]["Job"]
    schema["$defs"] |= {"Follow": _follow(), "Shot": _shot(job)}
    schema["title"] = "Hotfolder job or board"
    schema["description"] = "A picture to be made: only `prompt` is needed; or a board: `shots`."
    at_top = {key: said for key, said in _TOLD.items() if key not in schema["properties"]}
    schema["properties"] |= {**at_top, "takes": _TAKES, SHOTS: _shots()}
    schema["anyOf"].append({"required": [SHOTS]})
    schema["dependentRequired"] = {key: [SHOTS] for key in at_top}
    return schema


def _shots() -> JsonObject:
    shot = {"anyOf": [{"type": ["string", "null"]}, {"$ref": "#/$defs/Shot"}]}
    listed = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Shot"}]}
    return {
        "title": "Shots",
        "description": "Makes the file a board: ids, and what each shot shows; or a list.",
        "type": ["object", "array"],
        "additionalProperties": shot,
        "items": listed,
        "minItems": 1,
        "minProperties": 1,
        "examples": [{"010": "wide, harbour at dawn", "020": "Anna on the harbour wall"}],
    }


def _shot(job: JsonObject) -> JsonObject:
    """What a job may say, but for what only a file can."""
    said = {
        key: value
        for key, value in job["properties"].items()
        if key not in _NOT_OF_A_SHOT and not key.endswith("_sha256")
    }
    follows = {
        key: {
            "title": key.capitalize(),
            **_OF_SHOT[key],
            "anyOf": [{"type": ["string", "number", "null"]}, {"$ref": "#/$defs/Follow"}],
            "examples": ["060", {ID: "060", "strength": 0.4}],
        }
        for key in (LIKE, FROM)
    }
    name = {
        "title": "Shot",
        "description": "Its id, in a list of shots; else the id stands before the colon.",
        "type": ["string", "number"],
        "examples": ["060"],
    }
    own = {"takes": _TAKES, **follows, PICK: _OF_SHOT[PICK], **_TOLD, ID: name}
    return {**job, "title": "Shot", "properties": {**said, **own}}


def _follow() -> JsonObject:
    return {
        "type": "object",
        "title": "Follow",
        "properties": {
            ID: {
                "title": "Shot",
                "description": "The shot that is followed.",
                "type": ["string", "number"],
            },
            "strength": {
                "title": "Strength",
                "description": "How closely it is followed, or how much of it is painted anew.",
                "type": "number",
                "minimum": 0,
                "maximum": 1,
            },
        },
        "required": [ID],
        "additionalProperties": False,
    }
