"""Tells whether a folder lies on another computer's drive, where changes that others make are announced to nobody."""

from __future__ import annotations

from pathlib import Path

import psutil

_REMOTE = frozenset(
    {"9p", "afs", "afpfs", "ceph", "cifs", "davfs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"}
)
_REMOTE_FUSE = ("sshfs", "rclone", "gvfsd", "davfs", "s3fs", "glusterfs", "curlftpfs", "onedriver", "google-drive")


def is_remote(folder: Path) -> bool:
    """Whether the file system under a folder is a network's; False where nobody can say."""
    kind = _kind_of(folder).lower()
    fuse, _, driver = kind.partition(".")
    return kind in _REMOTE or (fuse == "fuse" and driver.startswith(_REMOTE_FUSE))


def _kind_of(folder: Path) -> str:
    """The type of the file system whose mount point is nearest above the folder; empty where none is known."""
    try:
        mounted = psutil.disk_partitions(all=True)
    except OSError:
        return ""
    above = [one for one in mounted if folder.is_relative_to(one.mountpoint)]
    return max(above, key=lambda one: len(one.mountpoint)).fstype if above else ""
