"""Writes the schema set in ``xsd/`` from its fact tables: ``python -m conformance.wire.schema.writer``.

Each edition has an entry file and a folder of modules, one for each function set. The entry file includes them all, so
that modules need not know of each other. A module that would say the same as one of an earlier edition is included
from there. CSIP-AUS is written into the base types, because an ``xs:redefine`` is lost from a wrong entry point and
cannot stand over 2023 at all.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from xml.sax.saxutils import quoteattr

import yaml

from conformance.catalogue.shipped import xsd_folder
from conformance.wire.schema.facts import build_model
from conformance.wire.schema.model import IEEE, ComplexType, Edition, Model, SimpleType
from conformance.wire.schema.module_writer import (
    EXTENSION_MODULE,
    TITLES,
    Lines,
    Module,
    ModuleWriter,
    Notes,
    head,
    import_of,
)

EARLIER = {
    Edition.IEEE_2018: (),
    Edition.IEEE_2023: (Edition.IEEE_2018,),
    Edition.CSIP_AUS_1_2: (Edition.IEEE_2018,),
    Edition.CSIP_AUS_1_3_BETA_STORAGE: (Edition.IEEE_2018,),
    Edition.CSIP_AUS_1_3: (Edition.IEEE_2018,),
}


def render(edition: Edition, facts: Path) -> dict[str, str]:
    """Return the files of one edition, path below ``xsd/`` to text; shared modules are not among them."""
    model = build_model(edition, facts)
    notes = read_notes(facts / "notes.yaml", edition)
    earlier = [(other, modules(build_model(other, facts))) for other in EARLIER[edition]]
    files: dict[str, str] = {}
    places = []
    for name, module in modules(model).items():
        home = next((other for other, theirs in earlier if theirs.get(name) == module), edition)
        places.append(f"{home}/{name}.xsd")
        if home is edition:
            files[places[-1]] = "".join(f"{line}\n" for line in ModuleWriter(model, notes).module(module))
    return {f"{edition}.xsd": "".join(f"{line}\n" for line in _entry(model, places))} | files


def one_file(model: Model) -> str:
    """Return a base edition as a single schema file, without notes: for tests that change a model."""
    whole = Module("all", (*model.complex.values(), *model.simple.values()), tuple(model.roots.values()))
    return "\n".join(ModuleWriter(model, {}).module(whole))


def modules(model: Model) -> dict[str, Module]:
    """Return the modules of an edition by function set, in the order of the fact table."""
    types: list[SimpleType | ComplexType] = [*model.complex.values(), *model.simple.values()]
    roots = model.roots.values()
    names = dict.fromkeys([*(step.function_set for step in types), *(root.function_set for root in roots)])
    return {
        name: Module(
            name,
            tuple(step for step in types if step.function_set == name),
            tuple(root for root in roots if root.function_set == name),
        )
        for name in names
    }


def read_notes(path: Path, edition: Edition) -> Notes:
    """Return the notes on types (``Type``) and members (``Type.member``), an edition's own first."""
    sections = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {**sections["every edition"], **sections.get(str(edition), {})}


def _entry(model: Model, places: list[str]) -> Lines:
    yield from head(model, f"{TITLES[model.edition]}. This is the file to open; the folders hold its modules.", IEEE)
    for place in places:
        if not place.endswith(f"/{EXTENSION_MODULE}.xsd"):
            yield f"  <xs:include schemaLocation={quoteattr(place)}/>"
    if model.extension:
        yield import_of(model.extension, f"{model.edition}/{EXTENSION_MODULE}.xsd")
    yield "</xs:schema>"


def main() -> None:
    """Write every edition's files; files in its folders that are no longer written are removed."""
    parser = argparse.ArgumentParser(prog="python -m conformance.wire.schema.writer", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=xsd_folder(), help="where xsd/ is")
    folder: Path = parser.parse_args().folder
    for edition in Edition:
        files = render(edition, folder / "facts")
        for old in (folder / edition).glob("*.xsd"):
            if f"{edition}/{old.name}" not in files:
                old.unlink()
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        print(f"{edition}: {len(files)} files")


if __name__ == "__main__":
    main()
