"""A plain peer: LlamaIndex over Chroma, at its defaults, with our embedder; prints its times and what it retrieves.

    UV_LINK_MODE=copy uv run --group peer python -m tests.fit.peer_pipeline DOCUMENTS... --questions FILE --work DIR

(NLTK, which LlamaIndex brings along, refuses to read files that uv has installed as hard links, hence the copies.)

The embedder's weights and engine are the ones that Seedbook uses, so that the pipelines differ and the models do not.
LlamaIndex cuts texts into chunks of 1,024 tokens with an overlap of 200 unless told otherwise, and this embedder reads
the first 256 of them; `--chunk-tokens 256` gives chunks that it reads nearly whole, with an overlap of 20. A gold span
counts as retrieved where one chunk holds all of it. It writes no answers: no language model is asked.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from desktop_app.hosted import QUIET_ENVIRONMENT

N_WARM = 20
OVERLAP_TOKENS = 20
PACKAGES = ("llama-index-core", "llama-index-vector-stores-chroma", "chromadb")


def main() -> None:
    options = _options()
    files = [file for place in options.documents for file in _files(place)]
    questions = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines() if line.strip()]
    embedding = _embedding()
    runs = [_run(files, options, questions, embedding, chunk_tokens) for chunk_tokens in options.chunk_tokens]
    report = {"packages": {name: version(name) for name in PACKAGES}, "n_documents": len(files), "runs": runs}
    print(json.dumps(report, indent=1))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("documents", type=Path, nargs="+", help="text files, or folders of them")
    parser.add_argument("--questions", type=Path, required=True, help="with gold spans relative to its folder")
    parser.add_argument("-n", type=int, default=200, help=f"questions that are timed, after {N_WARM} (200)")
    parser.add_argument("--work", type=Path, required=True, help="where its index is written")
    parser.add_argument("--chunk-tokens", type=int, nargs="+", default=[0], help="0: what LlamaIndex chooses")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    return parser.parse_args()


def _files(place: Path) -> list[Path]:
    return sorted(place.rglob("*.txt")) if place.is_dir() else [place]


def _embedding() -> Any:
    """Our embedder as LlamaIndex wants one; the class can only be made where LlamaIndex is installed."""
    from llama_index.core.embeddings import BaseEmbedding
    from pydantic import PrivateAttr

    from desktop_app.engine_embedder import open_embedder
    from desktop_app.paths import AppPaths

    class SeedbookEmbedding(BaseEmbedding):
        _embedder: Any = PrivateAttr()

        def __init__(self) -> None:
            super().__init__(model_name="seedbook")
            with TemporaryDirectory() as folder:  # the bundled embedder lies in its package
                self._embedder = open_embedder(AppPaths.under(Path(folder)))

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._embedder.embed(texts).tolist()

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return SeedbookEmbedding()


def _run(
    files: Sequence[Path],
    options: argparse.Namespace,
    questions: Sequence[dict[str, Any]],
    embedding: Any,
    chunk_tokens: int,
) -> dict[str, Any]:
    index, n_chunks, index_s = _indexed(files, options.work, embedding, chunk_tokens)
    default, wide = index.as_retriever(), index.as_retriever(similarity_top_k=5)
    asked = [questions[n % len(questions)]["question"] for n in range(N_WARM + options.n)]
    times_ms = sorted([_timed_ms(default, question) for question in asked][N_WARM:])
    answerable = [question for question in questions if question["gold"]]
    ranks = [_rank(wide.retrieve(question["question"]), question, options.questions.parent) for question in answerable]
    return {
        "chunk_tokens": chunk_tokens or "default",
        "n_chunks": n_chunks,
        "index_s": round(index_s, 2),
        "n_questions": options.n,
        "query_p50_ms": round(_percentile(times_ms, 0.5), 2),
        "query_p95_ms": round(_percentile(times_ms, 0.95), 2),
        "n_answerable": len(answerable),
        "any@2": sum(rank < 2 for rank in ranks),
        "any@5": sum(rank < 5 for rank in ranks),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def _indexed(files: Sequence[Path], work: Path, embedding: Any, chunk_tokens: int) -> tuple[Any, int, float]:
    """The index, its number of chunks and the seconds it took, once the libraries are loaded and Chroma is open."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    work.mkdir(parents=True, exist_ok=True)
    client = chromadb.PersistentClient(mkdtemp(dir=work), chromadb.Settings(anonymized_telemetry=False))
    collection = client.create_collection("peer")
    begun_s = time.perf_counter()
    texts = [Document(text=file.read_text("utf-8"), metadata={"file_path": str(file.resolve())}) for file in files]
    splitter = SentenceSplitter(chunk_size=chunk_tokens, chunk_overlap=OVERLAP_TOKENS) if chunk_tokens else None
    index = VectorStoreIndex.from_documents(
        texts,
        storage_context=StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection)),
        embed_model=embedding,
        transformations=[splitter] if splitter else None,
    )
    return index, collection.count(), time.perf_counter() - begun_s


def _timed_ms(retriever: Any, question: str) -> float:
    begun_s = time.perf_counter()
    retriever.retrieve(question)
    return (time.perf_counter() - begun_s) * 1000


def _rank(found: Sequence[Any], question: dict[str, Any], folder: Path) -> float:
    """The place, from 0, of the first chunk that holds a gold span; infinite where none does."""
    gold = [(str((folder / g["doc"]).resolve()), g["start"], g["end"]) for g in question["gold"]]
    for place, hit in enumerate(found):
        path, start, end = hit.node.metadata["file_path"], hit.node.start_char_idx, hit.node.end_char_idx
        if start is not None and any(path == doc and start <= a and b <= end for doc, a, b in gold):
            return place
    return math.inf


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


if __name__ == "__main__":
    import os

    os.environ.update(QUIET_ENVIRONMENT)
    main()
