"""The JSON Schema of a job file, for editors: the form, and every alias that is read."""

from __future__ import annotations

from pydantic import BaseModel

from daemon.jobfile import aliases as names
from daemon.jobfile.areas import WORDS
from daemon.jobfile.field_docs import field_docs
from daemon.jobfile.schema import (
    CharacterForm,
    CharacterLoraForm,
    ControlForm,
    HiresForm,
    JobForm,
    LoraForm,
    ReferenceForm,
)
from daemon.jobfile.schema_completion import unoffered
from daemon.protocol.json_object import JsonObject

_TITLES = {"id": "Job id"}
_SHAPES: dict[str, JsonObject] = {
    "vary": {"type": ["object", "array", "null"]},
    "aspect": {
        "type": ["string", "number", "array", "null"],
        "pattern": r"^\s*[\d.]+\s*([:/x×X]\s*[\d.]+\s*)?$",
    },
    "original_size": {"type": ["string", "array", "null"]},
    "target_size": {"type": ["string", "array", "null"]},
    "crops_coords_top_left": {"type": ["string", "array", "null"]},
}
_COMPOUND: dict[str, JsonObject] = {
    "size": {"type": ["string", "array"], "examples": ["768x768"]},
    "scheduler": {"type": "string", "examples": ["karras", "DPMSolverMultistepScheduler"]},
    "batch_size": {"type": "integer", "minimum": 1},
    "reference_image": {"type": ["string", "array"], "examples": ["anna.png"]},
    "reference_scale": {"type": ["number", "array"], "examples": [0.6]},
    "ip_adapter_image": {"type": ["string", "array"]},
    "ip_adapter_scale": {"type": ["number", "array"]},
    "control_image": {"type": ["string", "array", "null"], "examples": ["010.png"]},
    "controlnet_conditioning_scale": {"type": ["number", "array", "null"]},
    "adapter_conditioning_scale": {"type": ["number", "array", "null"]},
    "control_guidance_start": {"type": ["number", "array", "null"]},
    "control_guidance_end": {"type": ["number", "array", "null"]},
    "lora_paths": {"type": ["string", "array"]},
    "lora_scales": {"type": ["number", "array"]},
    "image_strength": {"type": "number", "minimum": 0, "maximum": 0.99},
    "enable_hr": {"type": "boolean"},
    "hr_scale": {"type": ["number", "null"], "minimum": 1, "maximum": 4},
    "hr_second_pass_steps": {"type": ["integer", "null"], "minimum": 0, "maximum": 150},
    "hr_resize_x": {"type": ["integer", "null"], "minimum": 0},
    "hr_resize_y": {"type": ["integer", "null"], "minimum": 0},
    "sampler_index": {"type": ["string", "null"]},
    "override_settings": {"type": ["object", "null"]},
}
_NAMES: JsonObject = {"type": ["array", "string", "null"], "items": {"type": "string"}}
_TEXT: JsonObject = {"type": "string"}
_BOX: JsonObject = {
    "type": "array",
    "items": {"type": "number", "minimum": 0, "maximum": 1},
    "minItems": 4,
    "maxItems": 4,
}
_CAST: dict[str, JsonObject] = {
    "cast": {
        "type": ["object", "array", "string", "null"],
        "additionalProperties": {
            "anyOf": [{"$ref": "#/$defs/Character"}, {"type": ["string", "array", "null"]}]
        },
        "items": {"type": ["string", "object"]},
    },
    "with": _NAMES,
    "without": _NAMES,
    "place": {
        "type": ["object", "null"],
        "additionalProperties": {"anyOf": [{"enum": list(WORDS)}, {"type": "string"}, _BOX]},
    },
}
_RECORD = {
    "$schema": {"type": "string", "title": "$schema", "description": "For editors; not read."},
    "schema": {"const": 1, "description": "Says that this is a record (a sidecar)."},
    "job": {"$ref": "#/$defs/Job"},
    "result": {
        "type": "object",
        "description": "What came of it; read is only what an exact picture was made with.",
    },
}


def job_schema() -> JsonObject:
    """Draft 2020-12. A job file is a job, or a record whose `job` is one."""
    form = _form(JobForm)
    references = _reference(_form(ReferenceForm))
    controls = _control(_form(ControlForm))
    loras = _inner("LoRA", _form(LoraForm), names.LORA_ALIASES)
    loras["anyOf"] = [{"required": [key]} for key in ("name", "lora", "model", "path")]
    hires = _inner("Hires", _form(HiresForm), names.HIRES_ALIASES)
    character = _character(_form(CharacterForm))
    job = unoffered(_job(form), (*names.ALIASES, *names.COMPOUND))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hotfolder job",
        "description": "A picture to be made. Only `prompt` is needed.",
        "type": "object",
        "properties": {**job["properties"], **_RECORD},
        "patternProperties": job["patternProperties"],
        "additionalProperties": False,
        "anyOf": [
            {"required": ["prompt"]},
            {"required": ["positive_prompt"]},
            {"required": ["schema", "job"]},
        ],
        "$defs": {
            "Character": unoffered(character, names.CHARACTER_ALIASES),
            "Control": unoffered(controls, names.CONTROL_ALIASES),
            "Hires": unoffered(hires, names.HIRES_ALIASES),
            "Job": job,
            "Lora": unoffered(loras, names.LORA_ALIASES),
            "Reference": unoffered(references, names.REFERENCE_ALIASES),
        },
    }


def _form(form: type[BaseModel]) -> JsonObject:
    """What pydantic says of a form, and what each field means."""
    made, meanings = form.model_json_schema(), field_docs(form)
    for name, info in form.model_fields.items():
        key, said = info.alias or name, {"description": meanings.get(name, "")}
        made["properties"][key] = dict(sorted({**made["properties"][key], **said}.items()))
    return made


def _job(form: JsonObject) -> JsonObject:
    properties = {name: _property(name, prop) for name, prop in form["properties"].items()}
    for key, title, inner, example in (
        ("references", "References", "Reference", {"image": "anna.png", "scale": 0.6}),
        ("controls", "Controls", "Control", {"image": "010.png", "kind": "drawing"}),
        ("loras", "LoRAs", "Lora", {"name": "chalk", "scale": 0.8}),
    ):
        properties[key] = {
            "title": title,
            "description": properties[key]["description"],
            "type": ["array", "object", "string", "null"],
            "items": {"anyOf": [{"$ref": f"#/$defs/{inner}"}, {"type": "string"}]},
            "examples": [[example]],
        }
    properties["hires"] = {
        "title": "Hires",
        "description": properties["hires"]["description"],
        "anyOf": [{"$ref": "#/$defs/Hires"}, {"type": ["number", "boolean", "null"]}],
        "examples": [{"scale": 1.5, "strength": 0.5}],
    }
    properties["drawing"] = {
        "title": "Drawing",
        "description": properties["drawing"]["description"],
        "anyOf": [{"$ref": "#/$defs/Control"}, {"type": ["string", "null"]}],
        "examples": ["010.png", {"image": "010.png", "scale": "exact"}],
    }
    for key, shape in _CAST.items():
        said = {word: properties[key][word] for word in ("title", "description", "examples")}
        properties[key] = {**said, **shape}
    properties["seed"]["anyOf"] = [
        {"type": "integer", "minimum": -1},
        {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
        {"type": "null"},
    ]
    return {
        "type": "object",
        "title": "Job",
        "properties": properties | _other_names(properties),
        "additionalProperties": False,
    }  # fmt: skip


def _other_names(properties: JsonObject) -> JsonObject:
    """What other tools call these, and what they say in one key where we have several."""
    aliases = {
        alias: {
            **properties[name],
            "title": f"{alias} = {name}",
            "description": f"Same as `{name}`.",
        }
        for alias, name in names.ALIASES.items()
    }
    compound = {
        key: {"title": key, "description": meaning, **_COMPOUND[key]}
        for key, meaning in names.COMPOUND.items()
    }
    return {**aliases, **compound}


def _property(name: str, prop: JsonObject) -> JsonObject:
    prop = {key: value for key, value in prop.items() if key != "default"}
    prop["title"] = _TITLES.get(name, name.replace("_", " ").capitalize())
    prop["description"] = " ".join(prop.get("description", "").split())
    if name in _SHAPES:
        prop.pop("anyOf", None)
        prop.update(_SHAPES[name])
    if name in ("sampler", "schedule"):
        # Editors offer our names; names of other tools are read as well.
        ours = prop.pop("anyOf")[0]
        prop["anyOf"] = [ours, {"type": ["string", "null"]}]
    return prop


def _inner(title: str, form: JsonObject, aliases: dict[str, str]) -> JsonObject:
    properties = {name: _property(name, prop) for name, prop in form["properties"].items()}
    for alias, name in aliases.items():
        properties[alias] = {**properties[name], "description": f"Same as `{name}`."}
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "additionalProperties": False,
    }


def _character(form: JsonObject) -> JsonObject:
    character = _inner("Character", form, names.CHARACTER_ALIASES)
    lora = _inner("LoRA", _form(CharacterLoraForm), names.CHARACTER_LORA_ALIASES)
    own = character["properties"]
    loras = {"type": ["array", "object", "string", "null"], "items": {"anyOf": [lora, _TEXT]}}
    shapes: dict[str, JsonObject] = {
        "look": {"type": ["string", "array", "object", "null"]},
        "loras": loras,
        "face": {"anyOf": [_BOX, {"type": "null"}]},
    }
    for key, prop in own.items():
        name = names.CHARACTER_ALIASES.get(key, key)
        if name in shapes:
            own[key] = {"title": prop["title"], "description": prop["description"], **shapes[name]}
    return character


def _control(form: JsonObject) -> JsonObject:
    control = _inner("Control", form, names.CONTROL_ALIASES)
    control["anyOf"] = [
        {"required": [key]} for key in ("image", "control_image", "drawing", "path")
    ]
    own = control["properties"]
    scale = {key: own["scale"][key] for key in ("title", "description")}
    number = {"type": ["number", "null"], "minimum": 0, "maximum": 2}
    scale["anyOf"] = [{"enum": ["loose", "follow", "exact"]}, number]
    kind = {key: own["kind"][key] for key in ("title", "description")}
    kind["anyOf"] = [{"enum": own["kind"]["enum"]}, {"type": "string"}]
    for key in own:
        name = names.CONTROL_ALIASES.get(key, key)
        if name in ("scale", "kind"):
            whole = scale if name == "scale" else kind
            own[key] = whole if key == name else {**whole, "description": f"Same as `{name}`."}
    return control


def _reference(form: JsonObject) -> JsonObject:
    properties = {name: _property(name, prop) for name, prop in form["properties"].items()}
    for alias, name in names.REFERENCE_ALIASES.items():
        properties[alias] = {**properties[name], "description": f"Same as `{name}`."}
    properties["kind"] = {
        "title": "Kind",
        "description": properties["kind"]["description"],
        "anyOf": [{"enum": properties["kind"]["enum"]}, {"type": "string"}],
    }
    for alias in ("method", "weight_type"):
        properties[alias] = {**properties["kind"], "description": "Same as `kind`."}
    return {
        "type": "object",
        "title": "Reference",
        "properties": properties,
        "anyOf": [{"required": [key]} for key in ("image", "path", "cast")],
        "additionalProperties": False,
    }
