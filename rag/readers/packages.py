"""Opens files that are zip packages (office documents, e-books) without letting them grow, climb out or fetch.

Members are read into memory one at a time; nothing is unpacked to disk, and no name or reference is followed that
leads out of the package. What the members mean is the business of the readers.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.etree

from rag import zips
from rag.errors import EncryptedSource, UnreadableSource

Element = Any
"""An element of lxml, which has no types of its own."""

MAX_ELEMENTS = 2_000_000
_ENTITY = "<!ENTITY"
_ENTITY_FORMS = tuple(_ENTITY.encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FAULTS = (
    ("Excessive depth", "is nested deeper than 256 levels"),
    ("Text node too long", "holds a piece of text of more than 10 MB"),
)
_ZIP_FAULTS = {
    zips.Fault.DAMAGED: "it is cut off or damaged.",
    zips.Fault.TOO_MANY_MEMBERS: f"it holds too many files (at most {zips.MAX_MEMBERS:,}).",
    zips.Fault.OVERLAPPING: "the files in it overlap, as in no real document.",
}


class Package:
    """An opened package; made by `open_package`.

    `names` are the members in the order of the archive, each once; folders and names that lead out of the package
    (`../x`, `/x`, a drive) are not among them. Of members with the same name the last one counts.
    """

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive = archive
        self._path = str(path)
        self._members = {one.filename: one for one in archive.infolist() if _is_inside(one.filename)}
        self._by_folded = {name.casefold(): name for name in self._members}
        self._read: set[str] = set()
        self._inflated_bytes = 0
        self._parsed: set[str] = set()
        self._n_elements = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def find(self, name: str) -> str | None:
        """The member of this name, else one that differs from it only by case (part names ignore case), else None."""
        return name if name in self._members else self._by_folded.get(name.casefold())

    def __contains__(self, name: str) -> bool:
        return self.find(name) is not None

    def read(self, name: str) -> bytes:
        """The inflated bytes of a member.

        Raises:
            EncryptedSource: the member needs a password.
            UnreadableSource: no such member; damaged; too large (500 MB over all members that were read, and above
                10 MB at most 200 times its size in the archive).
        """
        member = self._members.get(self.find(name) or "")
        if member is None:
            raise self._unreadable(f"{name} is missing in it.")
        if zips.is_encrypted(member):
            raise EncryptedSource(path=self._path, reason="it is protected by a password. Save it without one.")
        if member.filename not in self._read:
            self._charge(member)
        with self._damage_told(member.filename), self._archive.open(member) as file:
            # zipfile stops at the size that the directory promises and then compares the checksum; asked for all, it
            # would inflate more than that first.
            return file.read(member.file_size)

    def xml(self, name: str) -> Element:
        """The root element of a member that is XML; see `parsed_xml`.

        Raises:
            EncryptedSource, UnreadableSource: as `read`; no well-formed XML; more than 2,000,000 elements in all
                members that were parsed.
        """
        return self.parsed(self.read(name), name)

    def parsed(self, content: bytes, name: str) -> Element:
        """The root element of what was read from a member and perhaps changed since; otherwise like `xml`."""
        if name not in self._parsed:
            self._parsed.add(name)
            self._n_elements += element_bound(content)
            if self._n_elements > MAX_ELEMENTS:
                raise self._unreadable(_too_many_elements(self._n_elements))
        return parsed_xml(content, self._path, name)

    def _charge(self, member: zipfile.ZipInfo) -> None:
        times = zips.absurd_growth(member)
        if times is not None:
            raise self._unreadable(f"{member.filename} grows {times:,} times when unpacked, as no real document does.")
        self._read.add(member.filename)
        self._inflated_bytes += member.file_size
        if self._inflated_bytes > zips.MAX_INFLATED_BYTES:
            raise self._unreadable("unpacked it is larger than 500 MB. Split it.")

    @contextmanager
    def _damage_told(self, name: str) -> Iterator[None]:
        try:
            yield
        except (OSError, *zips.DAMAGE) as error:
            raise self._unreadable(f"{name} in it is damaged.") from error

    def _unreadable(self, reason: str) -> UnreadableSource:
        return UnreadableSource(path=self._path, reason=reason)


def open_package(content: bytes, path: Path) -> Package:
    """Open a zip package that is in memory.

    Raises:
        UnreadableSource: no zip archive; more than 10,000 members; members that overlap.
    """
    try:
        return Package(zips.opened(io.BytesIO(content)), path)
    except zips.Refused as refused:
        raise UnreadableSource(path=str(path), reason=_ZIP_FAULTS[refused.fault]) from refused


def parsed_xml(content: bytes, path: str, name: str) -> Element:
    """The root element of an XML text: no entity is declared or resolved, no DTD loaded, nothing fetched.

    Comments and processing instructions are left out. `path` and `name` (of the member) are for the message. A text
    node of more than 10 MB and a nesting deeper than 256 levels are refused by libxml2.

    Raises:
        UnreadableSource: as said, or not well-formed, or more than 2,000,000 elements.
    """
    if element_bound(content) > MAX_ELEMENTS:
        raise UnreadableSource(path=path, reason=_too_many_elements(element_bound(content)))
    if any(form in content for form in _ENTITY_FORMS):
        raise UnreadableSource(path=path, reason=f"{name} in it declares entities, as no real document does.")
    # Without collect_ids lxml would save a little time, and load a DTD after all.
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return lxml.etree.fromstring(content, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableSource(path=path, reason=f"{name} in it {_fault(str(error))}.") from error


def element_bound(content: bytes) -> int:
    """At most so many elements are in an XML text: each begins with a `<`. Costs a scan, no parsing."""
    return content.count(b"<") - content.count(b"</")


def resolved(base: str, reference: str) -> str | None:
    """The member that a reference inside the member `base` means; None where it leads out of the package.

    `base` is a member's name; a reference that begins with `/` counts from the root. Percent signs are decoded
    first, so that no `%2e%2e` climbs; a fragment or query is dropped.
    """
    try:
        parts = urlsplit(reference)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    folders = [] if path.startswith("/") else base.split("/")[:-1]
    for step in path.split("/"):
        if step == "..":
            if not folders:
                return None
            folders.pop()
        elif step not in {"", "."}:
            folders.append(step)
    name = "/".join(folders)
    return name if _is_inside(name) else None


def cleaned(text: str) -> str:
    """Text out of a package as it is stored: LF line ends, no NUL or other control character, no lone surrogate."""
    if text.isprintable():
        return text
    text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _is_inside(name: str) -> bool:
    is_rooted = name.startswith(("/", "\\")) or name[1:2] == ":"
    return bool(name) and not name.endswith("/") and not is_rooted and ".." not in re.split(r"[/\\]", name)


def _too_many_elements(n_elements: int) -> str:
    return f"it has {n_elements / 10**6:,.1f} million elements; at most {MAX_ELEMENTS // 10**6}. Split it."


def _fault(message: str) -> str:
    """What libxml2 refused, in words."""
    return next((words for key, words in _FAULTS if key in message), "is damaged")
