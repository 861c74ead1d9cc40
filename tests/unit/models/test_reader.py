"""The reader lays out what it reads as in training, and hands logits back with the places of the passage."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from models.errors import ModelLoadError, ReadingFailed
from models.reader import MAX_QUESTION_TOKENS, MAX_TITLE_TOKENS, MAX_TOKENS, OnnxReader, Reading
from tests.fit import reader_examples
from tests.fit.reader_examples import ExampleMaker

WORDS = "[PAD] [UNK] [CLS] [SEP] who wrote it anna did title café [ ] sep cls".split()
CLS, SEP = WORDS.index("[CLS]"), WORDS.index("[SEP]")


@dataclass(frozen=True)
class Given:
    name: str
    shape: tuple[object, ...] = ()


@dataclass
class FakeSession:
    """Gives each token its own place as logits: start i, end i + 1000, evidence -i; and keeps what it was fed."""

    fed: list[dict[str, np.ndarray]] = field(default_factory=list)
    inputs: tuple[str, ...] = ("input_ids", "token_type_ids")
    heads: int = 3
    error: Exception | None = None

    def get_inputs(self):
        return [Given(name) for name in self.inputs]

    def get_outputs(self):
        return [Given("tokens", ("passages", "tokens", self.heads)), Given("whole", ("passages",))]

    def run(self, output_names, input_feed):
        assert list(output_names) == ["tokens", "whole"]
        if self.error is not None:
            raise self.error
        self.fed.append(dict(input_feed))
        places = np.arange(input_feed["input_ids"].shape[1], dtype=np.float32)
        tokens = np.stack([places, places + 1000, -places], axis=-1)[None]
        return [tokens, np.array([2.5], dtype=np.float32)]


def write_tokenizer(path: Path, words: list[str] = WORDS) -> Path:
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens([word for word in words if word.startswith("[") and len(word) > 1])
    tokenizer.save(str(path))
    return path


@pytest.fixture(scope="module")
def tokenizer_path(tmp_path_factory):
    return write_tokenizer(tmp_path_factory.mktemp("tokenizer") / "tokenizer.json")


def reader_over(session, tokenizer_path):
    return OnnxReader(Path("model.onnx"), tokenizer_path, name="tiny", opening=lambda path, n_threads: session)


@pytest.fixture(scope="module")
def reader(tokenizer_path):
    return reader_over(FakeSession(), tokenizer_path)


def fed(tokenizer_path, question, title, text):
    session = FakeSession()
    reader_over(session, tokenizer_path).read(question, [(title, text)])
    (feed,) = session.fed
    return feed["input_ids"][0].tolist(), feed["token_type_ids"][0].tolist()


def test_without_a_title_both_separators_stand(tokenizer_path):
    ids, types = fed(tokenizer_path, "who wrote it", "", "anna did")
    who, wrote, it, anna, did = (WORDS.index(word) for word in ("who", "wrote", "it", "anna", "did"))
    assert ids == [CLS, who, wrote, it, SEP, SEP, anna, did, SEP]
    assert types == [0, 0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("title", ["", "title", "title " * 50])
@pytest.mark.parametrize("question", ["who wrote it", "who " * 90])
def test_the_layout_is_the_one_of_training(tokenizer_path, question, title):
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    record = {"question": question, "title": title, "context": "anna did it", "answer_kind": "none", "answers": []}
    (example,) = ExampleMaker(tokenizer, [], seed=0).of(record)
    assert (list(example.ids), list(example.types)) == fed(tokenizer_path, question, title, record["context"])


def test_limits_are_those_of_training():
    assert MAX_QUESTION_TOKENS == reader_examples.MAX_QUESTION_TOKENS
    assert MAX_TITLE_TOKENS == reader_examples.MAX_TITLE_TOKENS


def test_each_passage_has_its_reading_in_the_order_given(reader):
    readings = reader.read("who", [("", "anna"), ("title", "anna did it"), ("", "")])
    assert [len(reading.offsets) for reading in readings] == [1, 3, 0]
    assert readings[1].start.tolist() == [5, 6, 7]
    assert readings[1].end.tolist() == [1005, 1006, 1007]
    assert readings[1].evidence.tolist() == [-5, -6, -7]
    assert [reading.no_answer for reading in readings] == [1000.0] * 3
    assert [reading.answerable for reading in readings] == [2.5] * 3
    assert reader.read("who", []) == []


def test_arrays_have_their_types(reader):
    for reading in reader.read("who", [("", "anna did"), ("", "")]):
        assert (reading.offsets.dtype, reading.offsets.shape[1]) == (np.int32, 2)
        assert {reading.start.dtype, reading.end.dtype, reading.evidence.dtype} == {np.dtype(np.float32)}


def test_places_are_code_points_also_after_emoji_and_combining_marks(reader):
    text = "👩‍🔬 cafe\u0301 wrote 😀 Anna"
    (reading,) = reader.read("who", [("", text)])
    words = [text[start:end] for start, end in reading.offsets]
    assert words[-1] == "Anna"
    assert "wrote" in words
    assert "cafe\u0301" in words


@given(st.text(st.characters(), max_size=200))
def test_places_lie_inside_the_passage_and_in_order(reader, text):
    (reading,) = reader.read("who", [("", text)])
    starts, ends = reading.offsets[:, 0], reading.offsets[:, 1]
    assert ((starts >= 0) & (starts <= ends) & (ends <= len(text))).all()
    assert (np.diff(starts) >= 0).all()


def test_a_long_passage_is_cut_and_the_input_stays_within_the_limit(tokenizer_path):
    session = FakeSession()
    (reading,) = reader_over(session, tokenizer_path).read("who " * 99, [("title " * 99, "anna " * 500_000)])
    assert session.fed[0]["input_ids"].shape == (1, MAX_TOKENS)
    assert len(reading.start) == MAX_TOKENS - 4 - MAX_QUESTION_TOKENS - MAX_TITLE_TOKENS


def test_a_passage_that_spells_a_control_token_means_its_letters(tokenizer_path):
    ids, _ = fed(tokenizer_path, "who [SEP]", "[CLS]", "anna [SEP] did [CLS]")
    assert ids.count(SEP) == 3
    assert ids.count(CLS) == 1


def test_a_session_that_fails_is_a_sentence(tokenizer_path):
    reader = reader_over(FakeSession(error=RuntimeError("out of memory")), tokenizer_path)
    with pytest.raises(ReadingFailed, match="tiny could not read the passages: out of memory") as caught:
        reader.read("who", [("", "anna")])
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("session", [FakeSession(inputs=("input_ids", "attention_mask")), FakeSession(heads=384)])
def test_a_model_of_another_shape_is_refused(tokenizer_path, session):
    with pytest.raises(ModelLoadError, match="no reader of passages"):
        reader_over(session, tokenizer_path)


def test_a_vocabulary_without_control_tokens_is_refused(tmp_path):
    path = write_tokenizer(tmp_path / "tokenizer.json", ["[UNK]", "who"])
    with pytest.raises(ModelLoadError, match=r"no \[CLS\]"):
        reader_over(FakeSession(), path)


def test_missing_and_damaged_files_are_refused_by_cause(tokenizer_path, tmp_path):
    with pytest.raises(ModelLoadError, match="there is no such file"):
        OnnxReader(tmp_path / "none.onnx", tokenizer_path, name="none")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(b"<html>")
    with pytest.raises(ModelLoadError, match="damaged"):
        OnnxReader(damaged, tokenizer_path, name="damaged")
    with pytest.raises(ModelLoadError, match="no tokenizer"):
        OnnxReader(damaged, damaged, name="damaged")


def test_a_reading_cannot_be_changed(reader):
    (reading,) = reader.read("who", [("", "anna")])
    assert isinstance(reading, Reading)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.answerable = 9.0
