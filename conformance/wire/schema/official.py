"""Finds and compiles the user's own copy of the official schemas.

Copies go by many file names and refer to each other by names that often are not there, so files are told apart by
content: target namespace, version, and what they redefine. Entering a CSIP-AUS schema at its extension file silently
loses the redefinition; it is always entered at the file that extends the base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.schema.editions import EXTENSION_NAMESPACES, title
from conformance.wire.schema.model import IEEE, XS, Edition

_SCHEME = "official:"
_XSD = f"{{{XS}}}"
_VERSION_2023 = "2.2"


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One schema file, with what it defines and to what it refers."""

    path: Path
    root: etree._Element

    @property
    def namespace(self) -> str:
        """The target namespace, empty if there is none."""
        return str(self.root.get("targetNamespace", ""))

    @property
    def version(self) -> str:
        """The version as the file states it, empty if it does not."""
        return str(self.root.get("version", ""))

    def references(self, *kinds: str) -> Iterator[etree._Element]:
        """Iterate over the ``include``, ``import`` or ``redefine`` elements."""
        return self.root.iterchildren(*(_XSD + kind for kind in kinds))

    @property
    def imports(self) -> frozenset[str]:
        """The namespaces this file imports."""
        return frozenset(str(one.get("namespace", "")) for one in self.references("import"))

    @property
    def redefines(self) -> bool:
        """True for a file that changes types of the base."""
        return next(self.references("redefine"), None) is not None

    @property
    def included(self) -> frozenset[str]:
        """The names of the files that this one includes."""
        return frozenset(_name_of(one) for one in self.references("include"))


def compile_official(edition: Edition, place: Path) -> etree.XMLSchema:
    """Compile the official schema of an edition found at a file or in a folder.

    Raises:
        UsageError: there is no such schema there, there are several, or it does not compile.
    """
    copy = _Copy(edition, place, schema_files(place))
    try:
        return copy.compile()
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as fault:
        message = explain(
            f"compiling {copy.entry.path}", f"the schema of {title(edition)}", str(fault), "check the copy"
        )
        raise UsageError(message) from None


def schema_files(place: Path) -> tuple[SchemaFile, ...]:
    """Return every schema file in a folder, or beside and below a given file, sorted by path.

    Raises:
        UsageError: there is none.
    """
    folder = place if place.is_dir() else place.parent
    paths = sorted({*folder.rglob("*.xsd"), *([place] if place.is_file() else [])})
    files = tuple(file for path in paths if path.is_file() and (file := _read(path)) is not None)
    if not files or not place.exists():
        raise UsageError(explain("looking for the official schemas", f"*.xsd at {place}", "none", "correct the path"))
    return files


def _read(path: Path) -> SchemaFile | None:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError:
        return None
    return SchemaFile(path, root) if root.tag == f"{_XSD}schema" else None


class _Copy:
    """The files that make up one edition in the user's copy, tied to each other by what they are."""

    def __init__(self, edition: Edition, place: Path, files: tuple[SchemaFile, ...]) -> None:
        self._edition = edition
        self._place = place
        self._files = files
        self._extension = EXTENSION_NAMESPACES.get(edition)
        self.entry = self._find_entry()

    def compile(self) -> etree.XMLSchema:
        """Compile, entering at the file that extends the base or at the base itself."""
        parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
        parser.resolvers.add(_Resolver(self))
        entry = etree.fromstring(self.document(self._files.index(self.entry)), parser, base_url=f"{_SCHEME}entry")
        return etree.XMLSchema(entry)

    def document(self, number: int) -> bytes:
        """Return a file with every reference turned to the file that is meant."""
        file = self._files[number]
        root = deepcopy(file.root)
        for reference in root.iterchildren(f"{_XSD}include", f"{_XSD}import", f"{_XSD}redefine"):
            target = self._target(file, reference)
            if target is not None:
                reference.set("schemaLocation", f"{_SCHEME}{self._files.index(target)}")
        return etree.tostring(root)

    def _find_entry(self) -> SchemaFile:
        if self._extension is None:
            return self._find_base()
        found = [one for one in self._outermost() if one.namespace == IEEE and self._extension in one.imports]
        return self._only(found, f"a file for {IEEE} that imports {self._extension}")

    def _find_base(self) -> SchemaFile:
        wants_2023 = self._edition is Edition.IEEE_2023
        bases = [one for one in self._outermost() if one.namespace == IEEE and not one.redefines]
        extensions = set(EXTENSION_NAMESPACES.values())
        found = [
            one
            for one in bases
            if one.version.startswith(_VERSION_2023) == wants_2023 and not (one.imports & extensions)
        ]
        version = _VERSION_2023 if wants_2023 else "2.1.0"
        return self._only(found, f"a file for {IEEE} with version {version}")

    def _outermost(self) -> Iterable[SchemaFile]:
        included = {name for one in self._files for name in one.included}
        return [one for one in self._files if one.path.name not in included]

    def _only(self, found: list[SchemaFile], wanted: str) -> SchemaFile:
        named = [one for one in found if one.path == self._place]
        near = [one for one in found if one.path.parent in (self._place, self._place.parent)]
        different = {etree.tostring(one.root, method="c14n"): one for one in reversed(named or near or found)}
        if len(different) == 1:
            return next(iter(different.values()))
        seen = ", ".join(str(one.path) for one in found) or f"none among {len(self._files)} schema files"
        raise UsageError(
            explain(
                f"looking for {title(self._edition)} at {self._place}", wanted, seen, "name one folder or file of it"
            )
        )

    def _target(self, file: SchemaFile, reference: etree._Element) -> SchemaFile | None:
        if reference.tag == f"{_XSD}redefine":
            return self._find_base()
        if reference.tag == f"{_XSD}import":
            return self._imported(file, str(reference.get("namespace", "")))
        exact = (file.path.parent / str(reference.get("schemaLocation", ""))).resolve()
        found = [one for one in self._files if one.path.name == _name_of(reference)]
        return next((one for one in found if one.path.resolve() == exact), self._nearest(file, found))

    def _imported(self, file: SchemaFile, uri: str) -> SchemaFile | None:
        if uri == IEEE:
            return self._find_base() if self.entry.redefines else self.entry
        found = [one for one in self._outermost() if one.namespace == uri]
        return self._nearest(file, found)

    def _nearest(self, file: SchemaFile, found: list[SchemaFile]) -> SchemaFile | None:
        """Prefer a file in the same folder."""
        return next((one for one in found if one.path.parent == file.path.parent), next(iter(found), None))


class _Resolver(etree.Resolver):
    def __init__(self, copy: _Copy) -> None:
        self._copy = copy

    def resolve(  # type: ignore[override]
        self, system_url: str, public_id: str, context: object
    ) -> object:
        """Hand out the file that a reference was turned to."""
        if not system_url.startswith(_SCHEME):
            return None
        body = self._copy.document(int(system_url.removeprefix(_SCHEME)))
        return self.resolve_string(body, context, base_url=system_url)


def _name_of(reference: etree._Element) -> str:
    return Path(str(reference.get("schemaLocation", ""))).name
