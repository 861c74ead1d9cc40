"""Prints a transcript as PDF in a child process: the command line stays without Qt, and the window never waits."""

from __future__ import annotations

from desktop_app.hosting import Host

#: A transcript of a thousand pages is printed in less; a printer that takes longer hangs.
_PATIENCE_S = 300.0


def print_pdf(transcript_json: bytes, path: str) -> None:
    """Write the PDF of a transcript's canonical JSON to `path`.

    Raises:
        PdfNotPrinted: Qt could not write it.
        HostingError: the child died or took too long.
    """
    host = Host("printer", _make_printer, give_up_after=None)
    try:
        host.call("write", transcript_json, path, timeout_s=_PATIENCE_S)
    finally:
        host.stop()


def _make_printer() -> object:
    from desktop_app.export_pdf import PdfPrinter  # noqa: PLC0415 - Qt is imported in the child only

    return PdfPrinter()
