from __future__ import annotations

from desktop_app.export_json import to_json_text
from desktop_app.transcript import from_json
from tests.transcripts import hostile, realistic, telling


def test_a_conversation_comes_back_identical() -> None:
    for made in (realistic(), hostile()):
        assert from_json(to_json_text(made).encode()).conversation == made.conversation


def test_text_in_any_script_stands_in_the_file_as_it_is() -> None:
    assert "الرصيف" in to_json_text(realistic())


def test_the_reasons_of_a_verdict_are_kept() -> None:
    assert '"name": "a_new_measure"' in to_json_text(telling())
