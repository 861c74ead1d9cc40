"""What becomes of presentations: slides in the order of showing, each readable from the top down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EmptySource, UnreadableSource
from rag.readers.slides import PptxReader
from rag.reading import read
from rag.types import NoiseKind, PartKind, Reading
from tests.office_files import ap, assert_in_order, core, notes, package, pptx, relations, shape, slide

_INCH = 914_400


def _read(*slides: str, extra: Mapping[str, str] | None = None) -> Reading:
    return PptxReader().read(pptx(*slides, extra=extra), Path("talk.pptx"))


def _related(*targets: tuple[str, str, str]) -> dict[str, str]:
    return {"ppt/slides/_rels/slide1.xml.rels": relations(*targets)}


def _graphic(inner: str, y: int = 0) -> str:
    place = f'<p:xfrm><a:off x="0" y="{y}"/></p:xfrm>'
    return f"<p:graphicFrame>{place}<a:graphic><a:graphicData>{inner}</a:graphicData></a:graphic></p:graphicFrame>"


def test_each_slide_is_a_part_called_by_its_title() -> None:
    reading = _read(slide(shape("Costs", kind="title"), shape("They rise.")), slide(shape("No title")))
    assert reading.text == "Costs\n\nThey rise.\n\nNo title"
    assert [(part.kind, part.number, part.label) for part in reading.parts] == [
        (PartKind.SLIDE, 1, "Costs"),
        (PartKind.SLIDE, 2, ""),
    ]
    assert reading.parts[1].span.cut(reading.text) == "No title"
    assert (reading.n_pages, reading.title) == (2, "Costs")


def test_shapes_are_read_from_the_top_down_and_from_left_to_right() -> None:
    shapes = [
        shape("low", y=5 * _INCH),
        shape("right", x=5 * _INCH, y=2 * _INCH + 9_000),
        shape("left", y=2 * _INCH + 10_000),
        shape("Title", kind="ctrTitle", y=6 * _INCH),
    ]
    assert _read(slide(*shapes)).text.split("\n\n") == ["Title", "left", "right", "low"]


def test_a_placeholder_without_a_place_stands_where_its_layout_puts_it() -> None:
    body = shape("from the layout", kind="body").replace('<a:xfrm><a:off x="0" y="0"/></a:xfrm>', "")
    layout = slide(shape("prompt", kind="body", y=9 * _INCH))
    extra = _related(("l", "slideLayout", "../slideLayouts/l.xml")) | {"ppt/slideLayouts/l.xml": layout}
    assert _read(slide(body, shape("above", y=_INCH)), extra=extra).text == "above\n\nfrom the layout"


def test_groups_and_tables_are_read() -> None:
    place = '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/></a:xfrm></p:grpSpPr>'
    group = f"<p:grpSp>{place}{shape('b', y=9)}{shape('a', x=-1)}</p:grpSp>"
    cells = "".join(f"<a:tc><a:txBody>{ap(text)}</a:txBody></a:tc>" for text in ("Year", "Sum"))
    merged = f'<a:tc gridSpan="2"><a:txBody>{ap("both")}</a:txBody></a:tc>'
    merged += f'<a:tc hMerge="1"><a:txBody>{ap("")}</a:txBody></a:tc>'
    table = _graphic(f"<a:tbl><a:tr>{cells}</a:tr><a:tr>{merged}</a:tr></a:tbl>", y=_INCH)
    assert _read(slide(table, group)).text == "a\n\nb\n\nYear | Sum\n\nboth"


def test_lists_keep_their_marks_and_breaks_their_lines() -> None:
    numbers = [ap("one", "<a:buAutoNum/>"), ap("two", "<a:buAutoNum/>")]
    plain = [ap("plain", "<a:buNone/>"), "<a:p><a:r><a:t>a</a:t></a:r><a:br/><a:r><a:t>b</a:t></a:r></a:p>"]
    text = _read(slide(shape(*numbers), shape(*plain, kind="body", y=_INCH), shape("x", "y", y=2 * _INCH))).text
    assert text == "1. one\n2. two\n\nplain\n\n- a\nb\n\nx\n\ny"


def test_notes_follow_the_slide() -> None:
    extra = _related(("n", "notesSlide", "../notesSlides/n.xml")) | {
        "ppt/notesSlides/n.xml": notes("Speak slowly.", "Smile.")
    }
    reading = _read(slide(shape("Hello", kind="title")), slide(shape("Bye", kind="title")), extra=extra)
    assert reading.text == "Hello\n\nNotes:\nSpeak slowly.\n\nSmile.\n\nBye"
    assert reading.parts[0].span.cut(reading.text).endswith("Smile.")


def test_a_hidden_slide_says_so_and_is_read() -> None:
    reading = _read(
        slide(shape("Plan B", kind="title"), attributes='show="0"'), slide(shape("x"), attributes='show="0"')
    )
    assert [part.label for part in reading.parts] == ["Plan B (hidden)", "2 (hidden)"]


def test_slide_numbers_and_hidden_shapes_are_marked() -> None:
    shapes = [shape("Said."), shape("7", kind="sldNum", y=_INCH), shape("gone", y=2 * _INCH, properties='hidden="1"')]
    reading = _read(slide(*shapes))
    marked = [(mark.kind, mark.span.cut(reading.text)) for mark in reading.marks]
    assert marked == [(NoiseKind.RUNNING_HEAD, "7"), (NoiseKind.HIDDEN, "gone")]


def test_charts_say_their_series() -> None:
    def points(values: tuple[str, ...]) -> str:
        return "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(values))

    series = (
        f"<c:ser><c:tx><c:strRef><c:strCache>{points(('Sales',))}</c:strCache></c:strRef></c:tx>"
        f"<c:cat><c:strRef><c:strCache>{points(('2019', '2020'))}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:numCache>{points(('4.300000000000001', '2.5'))}</c:numCache></c:numRef></c:val></c:ser>"
    )
    title = f"<c:title><c:tx><c:rich>{ap('Growth')}</c:rich></c:tx></c:title>"
    names = slide().partition("><p:cSld")[0].removeprefix("<p:sld")
    extra = _related(("c", "chart", "../charts/c.xml")) | {
        "ppt/charts/c.xml": f"<c:chartSpace{names}><c:chart>{title}{series}</c:chart></c:chartSpace>"
    }
    reading = _read(slide(_graphic('<c:chart r:id="c"/>')), extra=extra)
    assert reading.text == "Growth\n\nSales: 2019: 4.3; 2020: 2.5"


def test_comments_name_their_authors() -> None:
    names = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    related = relations(("s1", "slide", "slides/slide1.xml"), ("a", "commentAuthors", "authors.xml"))
    extra = _related(("k", "comments", "../comments/k.xml")) | {
        "ppt/_rels/presentation.xml.rels": related,
        "ppt/authors.xml": f'<p:cmAuthorLst {names}><p:cmAuthor id="4" name="Ada"/></p:cmAuthorLst>',
        "ppt/comments/k.xml": f'<p:cmLst {names}><p:cm authorId="4"><p:text>Too long.</p:text></p:cm></p:cmLst>',
    }
    assert _read(slide(shape("Hello")), extra=extra).text == "Hello\n\nComment by Ada: Too long."


def test_a_slide_that_is_missing_is_told() -> None:
    content = pptx(slide(shape("One")), slide(shape("Two")))
    related = relations(("s1", "slide", "slides/slide1.xml"), ("s2", "slide", "slides/gone.xml"))
    reading = PptxReader().read(
        pptx(slide(shape("One")), slide(shape("Two")), extra={"ppt/_rels/presentation.xml.rels": related}),
        Path("a.pptx"),
    )
    assert (reading.text, reading.note) == ("One", "Missing in the file: slide 2.")
    assert PptxReader().read(content, Path("a.pptx")).note == ""


def test_what_the_file_says_of_itself_is_taken() -> None:
    said = core(title="PowerPoint Presentation", creator="Ada", created="2020-02-03T00:00:00Z")
    reading = _read(slide(shape("Costs", kind="title")), extra={"docProps/core.xml": said})
    assert (reading.title, reading.author, reading.date) == ("Costs", "Ada", "2020-02-03")


def test_a_presentation_of_pictures_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.pptx"
    path.write_bytes(pptx(slide("<p:pic/>")))
    with pytest.raises(EmptySource):
        read(path)


def test_a_presentation_without_its_main_part_is_damaged() -> None:
    with pytest.raises(UnreadableSource, match=r"ppt/presentation\.xml is missing"):
        PptxReader().read(package({"ppt/slides/slide1.xml": slide()}), Path("a.pptx"))


@given(st.lists(st.lists(st.sampled_from(["", " ", "words", "two\nlines"]), max_size=3), max_size=5))
@settings(max_examples=40, deadline=None)
def test_parts_and_marks_are_ordered_and_inside_the_text(slides: list[list[str]]) -> None:
    kinds = ("title", None, "sldNum")
    made = (slide(*(shape(text, kind=kind) for text, kind in zip(texts, kinds, strict=False))) for texts in slides)
    reading = _read(*made)
    assert_in_order(reading)
    assert sum(bool("".join(texts).strip()) for texts in slides) == len(reading.parts)
