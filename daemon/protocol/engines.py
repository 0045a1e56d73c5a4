"""The engines that come with the daemon, by name: what each needs, and where its class is found.

The supervisor asks here what an engine is like; only the engine's own process loads one. Anything
else that stands as `engine` is somebody's own `module:Class`, which paints with a model.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """`loader` is `module:Class`, as text, so that naming an engine imports nothing of it; so is
    `libraries`, a function that is called first where there is one, to import them."""

    name: str
    needs_model: bool
    loader: str
    libraries: str = ""


SDXL = EngineSpec(
    "sdxl",
    needs_model=True,
    loader="daemon.engine.sdxl.engine:Sdxl",
    libraries="daemon.engine.sdxl.loading.lean_imports:import_libraries",
)
DRY_RUN = EngineSpec("dry-run", needs_model=False, loader="daemon.engine.dry_run:DryRun")

ENGINES = {spec.name: spec for spec in (SDXL, DRY_RUN)}


def engine_spec(engine: str) -> EngineSpec:
    """What is known of an engine by its name, or as it was written."""
    return ENGINES.get(engine) or EngineSpec(engine, needs_model=True, loader=engine)
