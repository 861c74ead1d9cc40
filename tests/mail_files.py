"""Makes e-mails for the tests: MIME messages, mailboxes and Outlook files, hostile ones too."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

SUBJECT = "Minutes of Tuesday"
BODY = "The committee met on Tuesday. It granted 4,000 euros to the library.\n"
POSTMARK = b"From anna@example.org Sat Jan 03 01:05:34 1996\n"


def message(
    text: str = BODY,
    *,
    subject: str = SUBJECT,
    html: str = "",
    attachments: Sequence[tuple[str, bytes, str]] = (),
    enclosed: Sequence[EmailMessage] = (),
) -> EmailMessage:
    """An e-mail as a program of today would send it; attachments are (name, content, media type)."""
    made = EmailMessage()
    made["From"] = "Anna Example <anna@example.org>"
    made["To"] = "Bob <bob@example.org>, carol@example.org"
    made["Date"] = "Tue, 31 Mar 2020 23:30:00 +0200"
    made["Subject"] = subject
    if text:
        made.set_content(text)
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    for name, content, media_type in attachments:
        main, _, sub = media_type.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    for one in enclosed:
        made.add_attachment(one)
    return made


def mbox(messages: Sequence[bytes]) -> bytes:
    """A mailbox; `From ` at the beginning of a line is escaped as most programs do."""
    return b"\n".join(POSTMARK + one.replace(b"\nFrom ", b"\n>From ") for one in messages)


def nested_parts(depth: int) -> bytes:
    """Multiparts in multiparts."""
    opened = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(depth))
    return b"From: a@b.c\nSubject: deep\n" + b"".join(opened) + b"Content-Type: text/plain\n\nthe core\n"


def nested_messages(depth: int) -> bytes:
    """E-mails in e-mails."""
    made = b"From: a@b.c\nSubject: core\n\nthe core\n"
    for number in range(depth):
        made = b"From: a@b.c\nSubject: s%d\nContent-Type: message/rfc822\n\n" % number + made
    return made


# Outlook

_STRING, _INTEGER, _TIME, _BYTES, _OBJECT = 0x001F, 0x0003, 0x0040, 0x0102, 0x000D
Tree = Mapping[str, "bytes | Tree"]


def outlook(
    *,
    text: str = BODY,
    subject: str = SUBJECT,
    html: bytes = b"",
    kind: str = "IPM.Note",
    attachments: Sequence[tuple[str, bytes]] = (),
    enclosed: Sequence[Tree] = (),
) -> bytes:
    """A .msg; `enclosed` are made by `outlook_tree` with `is_enclosed`."""
    return ole(outlook_tree(text, subject, html=html, kind=kind, attachments=attachments, enclosed=enclosed))


def outlook_tree(
    text: str,
    subject: str,
    *,
    html: bytes = b"",
    kind: str = "IPM.Note",
    attachments: Sequence[tuple[str, bytes]] = (),
    enclosed: Sequence[Tree] = (),
    is_enclosed: bool = False,
) -> Tree:
    """The storages and streams of a message."""
    values: list[tuple[int, int, object]] = [
        (0x001A, _STRING, kind),
        (0x0037, _STRING, subject),
        (0x0039, _TIME, datetime(2020, 3, 31, 21, 30, tzinfo=UTC)),
        (0x0C1A, _STRING, "Anna Example"),
        (0x5D01, _STRING, "anna@example.org"),
        (0x3FDE, _INTEGER, 65001),
    ]
    values += [(0x1000, _STRING, text)] if text else []
    values += [(0x1013, _BYTES, html)] if html else []
    counts = struct.pack("<8x4I", 1, len(attachments), 1, len(attachments)) + (b"" if is_enclosed else bytes(8))
    tree = dict(_properties(values, counts))
    tree["__recip_version1.0_#00000000"] = dict(
        _properties([(0x3001, _STRING, "Bob"), (0x39FE, _STRING, "bob@example.org"), (0x0C15, _INTEGER, 1)], bytes(8))
    )
    for number, (name, content) in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = dict(
            _properties([(0x3707, _STRING, name), (0x3701, _BYTES, content), (0x3705, _INTEGER, 1)], bytes(8))
        )
    for number, inner in enumerate(enclosed, start=len(attachments)):
        storage = dict(_properties([(0x3707, _STRING, "inner"), (0x3705, _INTEGER, 5)], bytes(8)))
        storage["__substg1.0_3701000D"] = inner
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    return tree


def _properties(values: Sequence[tuple[int, int, object]], header: bytes) -> list[tuple[str, bytes | Tree]]:
    streams: list[tuple[str, bytes | Tree]] = []
    table = header
    for pid, kind, value in values:
        if isinstance(value, str | bytes):
            content = value.encode("utf-16-le") if isinstance(value, str) else value
            streams.append((f"__substg1.0_{pid:04X}{kind:04X}", content))
            cell = struct.pack("<II", len(content) + 2, 0)
        elif isinstance(value, datetime):
            cell = struct.pack("<Q", int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7)
        else:
            cell = struct.pack("<II", value, 0)
        table += struct.pack("<HHI", kind, pid, 6) + cell
    return [("__properties_version1.0", table), *streams]


_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _IS_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(tree: Tree) -> bytes:
    """A compound file (MS-CFB) of version 3 with these storages (mappings) and streams (bytes)."""
    entries: list[list[int | str | bytes]] = [["Root Entry", 5, _FREE, _FREE, b""]]
    _add_entries(entries, 0, tree)
    mini, mini_fat = b"", list[int]()
    places: list[tuple[int, int]] = []
    large: list[tuple[int, bytes]] = []
    for number, (_, kind, _, _, content) in enumerate(entries):
        assert isinstance(content, bytes)
        if kind != 2 or not content:
            places.append((_END if kind == 2 else 0, 0))
        elif len(content) < _CUTOFF:
            places.append((len(mini_fat), len(content)))
            mini_fat += _chain(len(mini_fat), -(-len(content) // _MINI))
            mini += content.ljust(-(-len(content) // _MINI) * _MINI, b"\0")
        else:
            places.append((_END, len(content)))
            large.append((number, content))
    directory_sectors = -(-len(entries) * 128 // _SECTOR)
    sizes = [directory_sectors, -(-len(mini_fat) * 4 // _SECTOR), -(-len(mini) // _SECTOR)]
    sizes += [-(-len(content) // _SECTOR) for _, content in large]
    n_fat = 1
    while n_fat * (_SECTOR // 4) < n_fat + sum(sizes):
        n_fat += 1
    fat = [_IS_FAT] * n_fat
    starts = []
    for size in sizes:
        starts.append(len(fat) if size else _END)
        fat += _chain(len(fat), size)
    for (number, content), start in zip(large, starts[3:], strict=True):
        places[number] = (start, len(content))
    places[0] = (starts[2], len(mini))
    fat += [_FREE] * (n_fat * (_SECTOR // 4) - len(fat))
    packed = b"".join(_entry(entry, place) for entry, place in zip(entries, places, strict=True))
    body = [struct.pack(f"<{len(fat)}I", *fat), packed.ljust(directory_sectors * _SECTOR, b"\0")]
    body += [struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(sizes[1] * _SECTOR, b"\xff"), mini]
    body += [content for _, content in large]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 62, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, n_fat, starts[0], 0, _CUTOFF, starts[1], sizes[1], _END, 0, 0)[:-4]
    header += struct.pack("<109I", *range(n_fat), *[_FREE] * (109 - n_fat))
    return header + b"".join(piece.ljust(-(-len(piece) // _SECTOR) * _SECTOR, b"\0") for piece in body)


def _add_entries(entries: list[list[int | str | bytes]], parent: int, tree: Tree) -> None:
    """The children of a storage hang on one another to the right, sorted as the format wants."""
    before: int | None = None
    for name, content in sorted(tree.items(), key=lambda one: (len(one[0]), one[0].upper())):
        place = len(entries)
        is_stream = isinstance(content, bytes)
        entries.append([name, 2 if is_stream else 1, _FREE, _FREE, content if isinstance(content, bytes) else b""])
        entries[parent if before is None else before][3 if before is None else 2] = place
        before = place
        if not isinstance(content, bytes):
            _add_entries(entries, place, content)


def _entry(entry: Sequence[int | str | bytes], place: tuple[int, int]) -> bytes:
    name, kind, right, child, _ = entry
    coded = (str(name) + "\0").encode("utf-16-le")
    fixed = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, _FREE, right, child)
    return fixed + bytes(36) + struct.pack("<IQ", *place)


def _chain(start: int, n_sectors: int) -> list[int]:
    return [*range(start + 1, start + n_sectors), _END] if n_sectors else []
