"""The import graph: finds, reads and parses each .proto file once, and reports what is missing or goes in circles.

The name by which a file is imported is what it is: a file that two names lead to is two files, as for protoc. That goes
well only where it declares nothing.

An import names a file relative to a root folder. The roots are the `-I` folders in order, then the folders that the
files asked for must have been written for (see `imply_roots`), then that of the files that come with kitexgen,
google/protobuf/*.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from kitexgen.diagnostics.report import Report
from kitexgen.idl import file_findings
from kitexgen.idl.proto import import_findings as findings
from kitexgen.idl.proto.grammar import parse
from kitexgen.idl.proto.graph import ProtoFile, ProtoGraph
from kitexgen.idl.proto.reading import Parse, Reading, read_text
from kitexgen.idl.proto.tree import FileNode, ImportNode, OptionNode, PackageNode
from kitexgen.schema.ids import ModuleId

Read = Callable[[Path], bytes]

# Folders under which the files that come with kitexgen lie as others import them.
SHIPPED: Final = Path(__file__).with_name("wellknown")
_SHIPPED_PREFIX: Final = "google/protobuf/"

# An import as it is written, near enough to find root folders by: what it names must be there to count.
_IMPORT: Final = re.compile(
    rb"""(?:^|;)[ \t]*import[ \t]+(?:(?:public|weak|option)[ \t]+)?["']([^"'\n]+)["']""", re.MULTILINE
)


def load_protos(
    paths: Sequence[Path],
    include_dirs: Sequence[Path],
    report: Report,
    read: Read,
    *,
    max_bytes: int,
    parse: Parse = parse,
    also: Iterable[str] = (),
    is_each_told: bool = False,
) -> ProtoGraph:
    """Read `paths` and all they import, telling `report` of every problem with files and syntax.

    `read` gives the bytes of a path and raises OSError when it cannot. A file of more than `max_bytes` is refused.
    `parse` stands in for the parser. `also` are files to read besides, as imports call them; what is not there is
    passed over. An import that is missing is told of once, or with `is_each_told` in every file that has it.
    """
    loader = _Loader(list(include_dirs), report, read, max_bytes, parse)
    loader.imply_roots(paths)
    roots = [id for path in paths if (id := loader.load_root(path)) is not None]
    for name in also:
        loader.load_import(name)
    loader.report_missing({id.path for id in roots}, is_each_told=is_each_told)
    return ProtoGraph(files=tuple(loader.finished), roots=tuple(dict.fromkeys(roots)))


@dataclass(slots=True)
class _Open:
    """A file whose imports are being loaded: which are left, and which were found so far."""

    name: str
    id: ModuleId
    path: Path | None
    reading: Reading
    waiting: Iterator[ImportNode]
    found: list[ImportNode]
    # The import that led here, None in a root.
    via: ImportNode | None


@dataclass(frozen=True, slots=True)
class _Hit:
    """A file that an import may mean: its content, where it lies, and what spans call it."""

    data: bytes
    path: Path | None
    shown: str


class _Loader:
    """Walks the graph depth first without recursion: a chain of imports may be longer than Python's stack."""

    def __init__(self, include_dirs: list[Path], report: Report, read: Read, max_bytes: int, parse: Parse) -> None:
        self._include_dirs = include_dirs
        self._implied: list[Path] = []
        self._report = report
        self._read = read
        self._max_bytes = max_bytes
        self._parse_text = parse
        self.finished: list[ProtoFile] = []
        # Every file met, by the name that imports use, and those names by where the file really lies.
        self._known: dict[str, ModuleId] = {}
        self._names: dict[str, list[str]] = {}
        # The names of files that declare something, and what spans call all files.
        self._declaring: set[str] = set()
        self._shown: set[str] = set()
        self._stack: list[_Open] = []
        self._seen: dict[Path, bool] = {}
        self._missing: dict[str, list[ImportNode]] = {}

    def imply_roots(self, paths: Sequence[Path]) -> None:
        """Find root folders for those of `paths` that lie in no `-I` folder, from what they import.

        All are looked at before one is read, in an order of their own: a file without imports must not settle under
        which names the others are found, nor may the order of the command line.
        """
        for path in sorted(paths):
            if any(_relative(path, directory) is not None for directory in self._include_dirs):
                continue
            try:
                found = _IMPORT.findall(self._read(path))
            except (OSError, ValueError):
                continue  # load_root says so
            names = [name for each in found if _is_plain(name := each.decode("utf-8", "replace"))]
            is_in_one = any(_relative(path, root) is not None for root in self._implied)
            if is_in_one and all(any(self._exists(root / name) for root in self._roots()) for name in names):
                continue
            root, count = self._implied_root(path, names)
            if count and root not in self._implied:
                self._implied.append(root)

    def load_root(self, path: Path) -> ModuleId | None:
        """Read a file asked for: by its path or, as protoc takes it, by the name that imports use."""
        try:
            name, hit = self._asked(path)
        except (OSError, ValueError) as error:
            self._report.add(file_findings.unreadable(path.as_posix(), error, _neighbours(path)))
            return None
        names = self._names_of(hit)
        if names and name is None:
            return self._known[names[0]]
        if name is not None and (name in names or (name in self._known and hit.path is None)):
            return self._known[name]
        if len(hit.data) > self._max_bytes:
            self._report.add(file_findings.too_big(hit.shown, self._max_bytes, None))
            return None
        if name is not None and self._declaring.intersection(names):
            self._report.add(findings.two_names_of_root(hit.shown, name, names[0]))
            return None
        return self._load_asked(name, hit)

    def _asked(self, path: Path) -> tuple[str | None, _Hit]:
        """The file asked for as `path`, and how others import it where `-I` says so. Raises OSError, ValueError."""
        try:
            return self._given_name(path), _Hit(self._read(path), path, path.as_posix())
        except (FileNotFoundError, NotADirectoryError):
            name = path.as_posix()
            hit = self._find(name, self._include_dirs) if _is_plain(name) else None
            if hit is None:
                raise
            return name, hit

    def _load_asked(self, given: str | None, hit: _Hit) -> ModuleId | None:
        if given is not None and hit.path is not None:
            hit = replace(hit, shown=self._free(hit.shown, given))
        reading = self._parse(hit.shown, hit.data)
        name = given if given is not None or hit.path is None else self._import_name(hit.path, reading.tree)
        assert name is not None  # only what imports name comes with kitexgen
        other = None
        if hit.path is not None:
            other = self._known[name].path if name in self._known else self._hiding(hit.path, name)
            if other is None and given is None and _is_plain(hit.shown):
                # protoc would take this one instead, and say nothing.
                other = self._hiding(hit.path, hit.shown)
        if other is not None:
            self._report.add(findings.shadowed_root(hit.shown, name, other))
            return None
        id = self._push(name, hit, reading, None)
        self._run()
        return id

    def report_missing(self, asked_for: Collection[str], *, is_each_told: bool) -> None:
        """Report each import that was not found once, rather in a file that was asked for than in one that it imports:
        where a folder of third parties was forgotten, every file misses it. An editor shows each file by itself.
        """
        roots = [directory.as_posix() for directory in self._roots()]
        for nodes in self._missing.values():
            if is_each_told:
                self._report.extend(findings.missing_import(node, roots, ()) for node in nodes)
                continue
            shown = next((node for node in nodes if node.span.path in asked_for), nodes[0])
            others = [node.span.path for node in nodes if node is not shown]
            self._report.add(findings.missing_import(shown, roots, others))

    def load_import(self, name: str) -> None:
        """Read the file that an import of `name` would mean, if there is one."""
        hit = None if name in self._known else self._find(name, self._roots())
        if hit is not None and len(hit.data) <= self._max_bytes:
            self._push(name, hit, self._parse(hit.shown, hit.data), None)
            self._run()

    def _run(self) -> None:
        while self._stack:
            current = self._stack[-1]
            node = next(current.waiting, None)
            if node is not None:
                self._follow(current, node)
                continue
            self._stack.pop()
            self.finished.append(
                ProtoFile(
                    name=current.name,
                    id=current.id,
                    path=current.path,
                    source=current.reading.source,
                    text=current.reading.text,
                    tree=current.reading.tree,
                    imports=tuple(current.found),
                )
            )

    def _push(self, name: str, hit: _Hit, reading: Reading, via: ImportNode | None) -> ModuleId:
        id = ModuleId(hit.shown)
        self._known[name] = id
        self._shown.add(hit.shown)
        if any(not isinstance(item, ImportNode | OptionNode | PackageNode) for item in reading.tree.items):
            self._declaring.add(name)
        if hit.path is not None:
            self._names.setdefault(_place(hit.path), []).append(name)
        nodes = tuple(reading.tree.imports())
        self._report.extend(findings.repeated_imports(nodes))
        first_of_each = {node.path.text: node for node in reversed(nodes)}
        waiting = [node for node in nodes if first_of_each[node.path.text] is node]
        self._stack.append(_Open(name, id, hit.path, reading, iter(waiting), [], via))
        return id

    def _parse(self, shown: str, data: bytes) -> Reading:
        return read_text(shown, data, self._parse_text, self._report)

    # ---- imports --------------------------------------------------------------------------------------------------

    def _follow(self, current: _Open, node: ImportNode) -> None:
        """Find the file of `node`: note it when it was read before, else put it on the stack."""
        name = node.path.text
        if name in self._known:
            if not self._closes_cycle(current, node, name):
                current.found.append(node)
            return
        if not _is_plain(name):
            self._report.add(findings.bad_path(node))
            return
        try:
            hit = self._find(name, self._roots())
        except OSError as error:
            self._report.add(file_findings.unreadable_import(node.path.span, name, error))
            return
        if hit is None:
            self._missing.setdefault(name, []).append(node)
            return
        others = self._names_of(hit)
        if self._declaring.intersection(others):
            self._report.add(findings.two_names(node, others[0], hit.shown))
            return
        if len(hit.data) > self._max_bytes:
            self._report.add(file_findings.too_big(hit.shown, self._max_bytes, node.path.span))
            return
        if hit.path is not None:
            hit = replace(hit, shown=self._free(hit.shown, name))
        reading = self._parse(hit.shown, hit.data)
        current.found.append(node)
        self._push(name, hit, reading, node)

    def _find(self, name: str, roots: Iterable[Path]) -> _Hit | None:
        for directory in roots:
            path = directory / name
            try:
                return _Hit(self._read(path), path, path.as_posix())
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
                continue
        if name.startswith(_SHIPPED_PREFIX):
            shipped = SHIPPED / name
            if shipped.is_file():
                return _Hit(shipped.read_bytes(), None, name)
        return None

    def _roots(self) -> list[Path]:
        return self._include_dirs + self._implied

    def _closes_cycle(self, current: _Open, node: ImportNode, name: str) -> bool:
        at = next((at for at, file in enumerate(self._stack) if file.name == name), None)
        if at is None:
            return False
        chain = [file.via for file in self._stack[at + 1 :] if file.via is not None]
        self._report.add(findings.import_cycle(node, current.id.path, chain))
        return True

    def _names_of(self, hit: _Hit) -> list[str]:
        """The names under which that file was read."""
        return [] if hit.path is None else self._names.get(_place(hit.path), [])

    def _free(self, shown: str, name: str) -> str:
        """What spans call the file `name`: `shown`, its path, unless they call it so under another name."""
        return f"{shown.removesuffix(name)}./{name}" if shown in self._shown else shown

    # ---- what a file asked for is called --------------------------------------------------------------------------

    def _given_name(self, path: Path) -> str | None:
        """How others import the file at `path`: relative to the first `-I` folder it lies in."""
        names = (_relative(path, directory) for directory in self._include_dirs)
        return next((name for name in names if name is not None), None)

    def _import_name(self, path: Path, tree: FileNode) -> str:
        """How others import the file at `path`, which lies in no given root."""
        for directory in self._implied:
            name = _relative(path, directory)
            if name is not None:
                return name
        root, _ = self._implied_root(path, [node.path.text for node in tree.imports() if _is_plain(node.path.text)])
        self._implied.append(root)
        name = _relative(path, root)
        assert name is not None  # it is one of the folders that hold the file
        return name

    def _hiding(self, path: Path, name: str) -> str | None:
        """The file that `name` leads to, in a given root before that of `path`."""
        for directory in self._include_dirs:
            there = directory / name
            if _relative(path, directory) == name or _place(there) == _place(path):
                return None
            if self._exists(there):
                return there.as_posix()
        return None

    def _implied_root(self, path: Path, names: Sequence[str]) -> tuple[Path, int]:
        """The root folder that a file in none of the given ones must have been written for, and how many of `names`,
        its imports, are found from there.

        Of the working directory and the folders from there down to the file, the one from which most are found; the
        first of several. For a file outside the working directory: its folder and those above it.
        """
        counts = {folder: sum(self._exists(folder / name) for name in names) for folder in _folders(path)}
        # max() takes the first of equals.
        return max(counts.items(), key=lambda item: item[1])

    def _exists(self, path: Path) -> bool:
        if path not in self._seen:
            try:
                self._read(path)
                self._seen[path] = True
            except (OSError, ValueError):
                self._seen[path] = False
        return self._seen[path]


def _is_plain(name: str) -> bool:
    """Whether `name` is the one way to write its path: no `.` or `..`, no empty part, no backslash, not absolute."""
    return bool(name) and "\\" not in name and "\0" not in name and not {"", ".", ".."} & set(name.split("/"))


def _folders(path: Path) -> list[Path]:
    """The folders from which `path` may be named, the likeliest first."""
    plain = Path(_plain(path))
    if plain.is_absolute() or ".." in plain.parts:
        return list(plain.parents)
    return list(reversed(plain.parents))


def _relative(path: Path, directory: Path) -> str | None:
    """`path` as seen from `directory`, None when it does not lie in it. Only `..` follows symbolic links."""
    inner, outer = _plain(path), _plain(directory)
    if os.path.isabs(inner) != os.path.isabs(outer):
        inner, outer = os.path.abspath(inner), os.path.abspath(outer)
    try:
        return PurePosixPath(Path(inner).relative_to(outer)).as_posix()
    except ValueError:
        return None


def _plain(path: Path) -> str:
    """`path` without `..` behind a folder. Behind a symbolic link that is no way back: then it is where the path really
    leads.
    """
    plain = os.path.normpath(path)
    return plain if plain == str(path) or _place(Path(plain)) == _place(path) else _place(path)


def _neighbours(path: Path) -> list[str]:
    """.proto files in or beside a root that cannot be read: what may have been meant."""
    folder = path if os.path.isdir(path) else path.parent
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".proto"))
        return [(folder / name).as_posix() for name in names]
    except (OSError, ValueError):
        return []


def _place(path: Path) -> str:
    """Where a path really lies: one string for one file."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)
