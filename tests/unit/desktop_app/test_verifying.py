from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.export_markdown import to_markdown
from desktop_app.transcript import Transcript, digest, from_json, to_json
from desktop_app.verifying import CheckStatus, FolderTexts, LibraryTexts, VerifyError, VerifyReport, verify
from rag.types import Reading, document_id
from tests.transcripts import (
    ARABIC_DOCUMENT,
    DOCUMENTS,
    REPORT,
    REPORT_DOCUMENT,
    hostile,
    json_in_first_form,
    json_in_second_form,
    markdown_in_second_form,
    placed,
    realistic,
    telling,
    transcript,
)

LIBRARY = LibraryTexts(
    {document.id: document for document in DOCUMENTS}.get,
    {document.source.name: document for document in DOCUMENTS}.get,
)
NO_TEXTS = LibraryTexts(lambda _: None, lambda _: None)
FORMATS = {"json": lambda made: to_json(made).decode(), "md": to_markdown}
BOTH_FORMATS = pytest.mark.parametrize("form", FORMATS)


def checked(folder: Path, form: str, content: str, texts: object = LIBRARY) -> VerifyReport:
    file = folder / f"chat.{form}"
    file.write_text(content, encoding="utf-8", newline="")
    return verify(file, texts)  # type: ignore[arg-type]


@BOTH_FORMATS
@pytest.mark.parametrize(
    "made", [realistic(), telling(), hostile(), placed()], ids=["realistic", "telling", "hostile", "placed"]
)
def test_an_export_as_it_was_written_is_exact(tmp_path: Path, form: str, made: Transcript) -> None:
    report = checked(tmp_path, form, FORMATS[form](made))
    assert report.is_exact
    assert report.n_exact == len(made.exhibits()) > 0
    assert not report.notes


@pytest.mark.parametrize("in_old_form", [json_in_first_form, json_in_second_form])
def test_a_transcript_of_an_older_form_is_exact_and_a_change_in_it_is_noticed(
    tmp_path: Path, in_old_form: Callable[[Transcript], bytes]
) -> None:
    content = in_old_form(realistic()).decode()
    assert checked(tmp_path, "json", content).is_exact
    changed = checked(tmp_path, "json", content.replace("who checked it?", "who denied it?"))
    assert "Something in this file was changed" in changed.problems[0]


def test_markdown_of_the_second_form_is_exact_to_the_last_character(tmp_path: Path) -> None:
    for made in (realistic(), telling(), hostile()):
        report = checked(tmp_path, "md", markdown_in_second_form(to_markdown(made)))
        assert report.is_exact
        assert not report.notes


@BOTH_FORMATS
def test_words_on_another_page_than_is_stated_are_not_exact(tmp_path: Path, form: str) -> None:
    turns = placed().conversation.turns
    assert turns[0].answer is not None
    moved = replace(turns[0].answer.quotes[0], place="page 2")
    content = FORMATS[form](transcript(replace(turns[0], answer=replace(turns[0].answer, quotes=(moved,)))))
    report = checked(tmp_path, form, content)
    wrong = [check for check in report.checks if check.status is not CheckStatus.EXACT]
    assert [check.status for check in wrong] == [CheckStatus.WRONG_PART]
    assert "that is page 1, not page 2" in wrong[0].sentence


@BOTH_FORMATS
def test_what_a_machine_read_cannot_pass_for_text(tmp_path: Path, form: str) -> None:
    turns = placed().conversation.turns
    assert turns[0].answer is not None
    hidden = replace(turns[0].answer.quotes[1], is_ocr=False)
    content = FORMATS[form](transcript(replace(turns[0], answer=replace(turns[0].answer, quotes=(hidden,)))))
    report = checked(tmp_path, form, content)
    assert CheckStatus.WRONG_PART in [check.status for check in report.checks]
    assert any("what is called text was read by OCR" in check.sentence for check in report.checks)


@BOTH_FORMATS
def test_a_place_that_is_not_known_here_is_said_and_no_fault(tmp_path: Path, form: str) -> None:
    bare = LibraryTexts({one.id: replace(one, parts=()) for one in DOCUMENTS}.get, lambda _: None)
    report = checked(tmp_path, form, FORMATS[form](placed()), bare)
    assert report.is_exact
    assert "page 1 could not be checked" in report.checks[0].sentence


@BOTH_FORMATS
def test_a_further_document_that_does_not_hold_the_words_is_noted(tmp_path: Path, form: str) -> None:
    turns = placed().conversation.turns
    assert turns[0].answer is not None
    invented = replace(turns[0].answer.quotes[0], also_in=(REPORT_DOCUMENT.source,))
    content = FORMATS[form](transcript(replace(turns[0], answer=replace(turns[0].answer, quotes=(invented,)))))
    report = checked(tmp_path, form, content)
    assert report.is_exact
    assert report.notes == (
        "question 1, quote 1 is said to stand in reports/harlow-point.txt too, which does not hold these words.",
    )


@pytest.mark.parametrize(("own", "name"), [("span", "question 1, answer 1"), ("positions", "question 2, position 1")])
def test_words_that_answer_are_checked_like_quotes(tmp_path: Path, own: str, name: str) -> None:
    tree = json.loads(to_json(telling()))
    turns = tree["conversation"]["turns"]
    cut = turns[0]["answer"]["span"] if own == "span" else turns[1]["answer"]["positions"][0]["value"]
    cut["text"] = cut["text"].replace("millimetres", "centimetres")
    report = checked(tmp_path, "json", json.dumps(tree))
    assert [check.name for check in report.checks if check.status is not CheckStatus.EXACT] == [name]
    assert not report.is_exact


def test_an_answer_line_changed_in_markdown_is_noticed(tmp_path: Path) -> None:
    markdown = to_markdown(telling()).replace("> 4\\.1 millimetres", "> 4\\.2 millimetres", 1)
    report = checked(tmp_path, "md", markdown)
    assert report.checks[0].status is CheckStatus.TEXT_CHANGED
    assert not report.is_exact


def _mutated(text: str, chance: random.Random) -> str:
    """The text with one character replaced, removed or added."""
    at = chance.randrange(len(text))
    other = chance.choice([char for char in "aZ4 .,\\*`<&\u00a0é😀" if char != text[at]])
    return chance.choice(
        [text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + other + text[at:]]
    )


def test_one_changed_character_of_a_quote_in_json_is_never_verified(tmp_path: Path) -> None:
    chance = random.Random(1)
    for _ in range(200):
        content = json.loads(to_json(realistic()))
        turn_number = chance.choice([1, 3])
        quotes = content["conversation"]["turns"][turn_number - 1]["answer"]["quotes"]
        number = chance.randrange(len(quotes))
        quotes[number]["text"] = _mutated(quotes[number]["text"], chance)
        report = checked(tmp_path, "json", json.dumps(content))
        status = {(check.exhibit.turn, check.exhibit.number): check.status for check in report.checks}
        assert status[turn_number, number + 1] in {CheckStatus.TEXT_CHANGED, CheckStatus.WRONG_PLACE}
        assert not report.is_exact
        assert "Something in this file was changed" in report.problems[0]


def test_one_changed_character_of_a_quote_in_markdown_is_never_verified(tmp_path: Path) -> None:
    chance = random.Random(2)
    for made in (realistic(), hostile()):
        markdown = to_markdown(made)
        blocks = list(re.finditer(r"(?m)^> (?:.*\n> )*.*$", markdown))
        assert len(blocks) == len(made.exhibits())
        for _ in range(200):
            at = chance.randrange(len(blocks))
            block = blocks[at]
            changed = "> " + _mutated(block[0][2:], chance)
            report = checked(tmp_path, "md", markdown[: block.start()] + changed + markdown[block.end() :])
            assert report.checks[at].status is not CheckStatus.EXACT
            assert report.n_exact == len(blocks) - 1
            assert not report.is_exact


def _without_line_end_space(text: str) -> str:
    return re.sub(r"(?m)[ \t]+$", "", text)


def test_one_changed_character_anywhere_in_a_markdown_export_is_noticed(tmp_path: Path) -> None:
    chance = random.Random(3)
    markdown = to_markdown(realistic())
    for _ in range(200):
        changed = _mutated(markdown, chance)
        if _without_line_end_space(changed).strip() == _without_line_end_space(markdown).strip():
            continue
        try:
            report = checked(tmp_path, "md", changed)
        except VerifyError:
            continue
        assert not report.is_exact or report.notes


@BOTH_FORMATS
def test_a_quote_that_was_removed_is_noticed(tmp_path: Path, form: str) -> None:
    if form == "md":
        markdown = to_markdown(realistic())
        start = markdown.index('> "Then')
        content = markdown[:start] + markdown[markdown.index("> The station") :]
    else:
        tree = json.loads(to_json(realistic()))
        del tree["conversation"]["turns"][0]["answer"]["quotes"][1]
        content = json.dumps(tree)
    report = checked(tmp_path, form, content)
    assert not report.is_exact
    assert any(
        "The export had 5 quotes and the file has 4: at least one was removed." in each for each in report.problems
    )


def test_a_quote_that_was_added_by_hand_is_noticed(tmp_path: Path) -> None:
    report = checked(tmp_path, "md", to_markdown(realistic()).replace("### Quotes\n", "### Quotes\n\n> Invented.\n", 1))
    assert report.n_exact == 6
    assert any("without a record" in each for each in report.problems)


def test_a_copied_quote_is_noticed(tmp_path: Path) -> None:
    markdown = to_markdown(realistic())
    block = markdown[markdown.index('> "Then') : markdown.index("> The station")]
    report = checked(tmp_path, "md", markdown.replace(block, block + block))
    assert not report.is_exact


@BOTH_FORMATS
def test_a_file_that_was_cut_off_is_noticed_wherever_it_was_cut(tmp_path: Path, form: str) -> None:
    content = FORMATS[form](realistic())
    for end in range(1, len(content) - 2, 97):
        try:
            report = checked(tmp_path, form, content[:end])
        except VerifyError:
            continue
        assert not report.is_exact


@pytest.mark.parametrize("label", ["2025-03-14", "Sea level at Harlow Point", "characters 61", "Quote 1", "e1326"])
def test_an_edited_line_under_a_quote_is_noticed(tmp_path: Path, label: str) -> None:
    markdown = to_markdown(realistic())
    at = markdown.index(label, markdown.index("**Quote 1**"))
    changed = markdown[:at] + label[:-1] + "9" + markdown[at + len(label) :]
    report = checked(tmp_path, "md", changed)
    assert report.checks[0].status is CheckStatus.RECORD_CHANGED


def test_a_changed_name_in_json_is_noticed_and_notes_in_markdown_are_told(tmp_path: Path) -> None:
    report = checked(tmp_path, "json", to_json(realistic()).decode().replace("2025-03-14", "2024-03-14"))
    assert report.n_exact == 6
    assert not report.is_exact
    report = checked(tmp_path, "md", to_markdown(realistic()).replace("# Sea", "Remember to ask Ada.\n\n# Sea", 1))
    assert report.is_exact
    assert report.notes == ("Text in this file was changed after the export.",)


def test_a_true_quote_at_a_wrong_place_is_said_to_be_elsewhere(tmp_path: Path) -> None:
    tree = json.loads(to_json(realistic()))
    tree["conversation"]["turns"][0]["answer"]["quotes"][0]["span"] = {"start": 62, "end": 183}
    tree["conversation_sha256"] = digest(from_json(json.dumps(tree).encode()).conversation)
    report = checked(tmp_path, "json", json.dumps(tree))
    assert report.checks[0].status is CheckStatus.WRONG_PLACE
    assert "at characters 61–182, not at characters 62–183" in report.checks[0].sentence
    assert [check.name for check in report.checks][:2] == ["question 1, quote 1", "question 1, quote 2"]
    assert report.n_exact == 5


def _write_sources(folder: Path) -> None:
    for document in DOCUMENTS[:2]:
        file = folder / document.source.name
        file.parent.mkdir(parents=True)
        file.write_text(document.text, encoding="utf-8")
    (folder / "unreadable.bin").write_bytes(b"\xff\xfe\xfd")


def read(path: Path) -> Reading | None:
    try:
        return Reading(path.read_text(encoding="utf-8"), path.name, None, None, "text/plain")
    except UnicodeDecodeError:
        return None


@BOTH_FORMATS
def test_a_folder_serves_as_well_as_the_library_whatever_the_files_are_called(tmp_path: Path, form: str) -> None:
    _write_sources(tmp_path / "texts")
    (tmp_path / "texts" / "reports").rename(tmp_path / "texts" / "moved")
    assert checked(tmp_path, form, FORMATS[form](realistic()), FolderTexts(tmp_path / "texts", read)).is_exact


def test_a_file_that_changed_since_is_named_with_what_became_of_the_quote(tmp_path: Path) -> None:
    _write_sources(tmp_path / "texts")
    changed = "New first line.\n" + REPORT.replace("4.1 millimetres", "4.2 millimetres")
    (tmp_path / "texts" / REPORT_DOCUMENT.source.name).write_text(changed, encoding="utf-8")
    report = checked(tmp_path, "md", to_markdown(realistic()), FolderTexts(tmp_path / "texts", read))
    statuses = [check.status for check in report.checks]
    assert statuses == [*[CheckStatus.DOCUMENT_CHANGED] * 3, CheckStatus.EXACT, *[CheckStatus.DOCUMENT_CHANGED] * 2]
    assert report.checks[0].sentence.endswith("changed since the export. It does not hold these words.")
    assert "It still holds these words, now at characters 286–352" in report.checks[1].sentence


def test_a_document_that_is_nowhere_is_said(tmp_path: Path) -> None:
    report = checked(tmp_path, "json", to_json(realistic()).decode(), NO_TEXTS)
    assert {check.status for check in report.checks} == {CheckStatus.DOCUMENT_NOT_FOUND}
    assert ARABIC_DOCUMENT.source.name in report.checks[3].sentence


def test_a_library_that_holds_another_text_under_the_id_verifies_nothing(tmp_path: Path) -> None:
    other = replace(REPORT_DOCUMENT, text=REPORT.replace("uncorrected", "Uncorrected"))
    damaged = LibraryTexts(lambda _: other, lambda _: None)
    assert document_id(REPORT) == REPORT_DOCUMENT.id
    assert checked(tmp_path, "json", to_json(realistic()).decode(), damaged).n_exact == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"# My notes\n", "no record"),
        (b'{"a": 1}', "not a transcript"),
        (b"{" * 10_000, "not whole JSON"),
        (b"%PDF-1.4", "HTML and PDF exports are for reading"),
        (b"<!DOCTYPE html>", "HTML and PDF exports are for reading"),
        (b'<!-- seedbook quote {"n": 1} -->', "record in line 1"),
        (b'<!-- seedbook end {"format_version": 1} -->', "record in line 1"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "chat"
    file.write_bytes(content)
    with pytest.raises(VerifyError, match=reason) as caught:
        verify(file, LIBRARY)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="does not exist"):
        verify(tmp_path / "nothing.md", LIBRARY)
