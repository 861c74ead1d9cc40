"""What the quality benchmark is held against: for each measure a baseline, this release's goal and what lies beyond.

Goals are of the development sets. It holds numbers and words only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_app.quality_intervals import Figure

ALL: Final = "all"
"""In the place of a set: every set that was run."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure of a set, and what it should come to. `unit` is empty for a share between 0 and 1.

    Higher is better, unless `is_less_better`. `note` says where the baseline comes from. What lies beyond counts only
    when it was measured over at least `beyond_n` cases.
    """

    set_name: str
    figure: str
    words: str
    goal: float
    beyond: float
    baseline: float | None = None
    note: str = ""
    unit: str = ""
    is_less_better: bool = False
    beyond_n: int = 0

    def is_met(self, value: float) -> bool:
        return value <= self.goal if self.is_less_better else value >= self.goal

    def is_surpassed(self, figure: Figure) -> bool:
        """Whether even what lies beyond is reached."""
        is_there = figure.value <= self.beyond if self.is_less_better else figure.value >= self.beyond
        return is_there and figure.n >= self.beyond_n


_MIX: Final = "untrained mix"
_MIX_79: Final = "untrained mix; .79 with a pilot reader"
_MIX_88: Final = "untrained mix; .88 with a pilot reader"
_PILOT: Final = "pilot reader, trained for 15 minutes"
_FUSION: Final = "equal-weight rank fusion"
_BM25: Final = "BM25, same language"
_PEER: Final = "a published peer"

GOALS: Final = (
    Goal("squad_rag", "gold_in_1", "Gold span inside the first quote", 0.82, 0.88, 0.70, _MIX_79),
    Goal("squad_rag", "gold_in_3", "Gold span inside the first three quotes", 0.91, 0.95, 0.84, _MIX_88),
    Goal("squad_rag", "answer_em", "Answer line, exact match", 0.55, 0.75, 0.43, _PILOT),
    Goal("squad_rag", "answer_f1", "Answer line, F1", 0.66, 0.87, 0.53, _PILOT),
    Goal("squad_rag", "answer_shown", "Answer text inside answer or quotes", 0.90, 0.97),
    Goal("clapnq", "support_any", "Quotes hold any gold sentence", 0.90, 0.95),
    Goal("clapnq", "support_all", "Quotes hold all gold sentences", 0.60, 0.80),
    Goal("multihop", "support_all", "Quotes hold all gold sentences", 0.70, 0.90),
    Goal("hop_paragraphs", "all@10", "All gold spans in ten passages", 0.60, 0.80, 0.45, _FUSION),
    Goal("scifact", "ndcg@10", "Documents ranked, nDCG@10", 0.72, 0.77, 0.691, _FUSION),
    Goal("xquad_multi", "any@5_mean", "Gold in five passages, mean of six languages", 0.94, 0.985, 0.92, _BM25),
    Goal("xquad_multi", "any@5_worst", "Gold in five passages, worst language", 0.88, 0.96),
    Goal("longdoc", "support_any", "Quotes hold the clause", 0.60, 0.80),
    Goal("squad_rag", "quote_precision", "Quotes from the right passage", 0.85, 0.95, 0.77, _MIX),
    Goal(ALL, "quote_exact", "Quotes that are exact", 1.0, 1.0, beyond_n=30_000),
    Goal("squad_rag_ooc", "abstained_on_unanswerable", "Abstains out of corpus", 0.95, 0.99, 0.44, _PEER),
    Goal("multihop", "abstained_on_unanswerable", "Abstains out of corpus", 0.95, 0.99, 0.44, _PEER),
    Goal("squad_rag", "abstained_on_unanswerable", "Abstains on adversarial questions", 0.60, 0.90),
    Goal("clapnq", "abstained_on_unanswerable", "Abstains on adversarial questions", 0.60, 0.90),
    Goal("squad_rag", "abstained_on_answerable", "Abstains although there is an answer", 0.08, 0.04,
         is_less_better=True),
    Goal("clapnq", "abstained_on_answerable", "Abstains although there is an answer", 0.08, 0.04, is_less_better=True),
    Goal("squad_swap", "from_memory", "Answers from memory", 0.02, 0.0, is_less_better=True),
    Goal("squad_rag", "quote_chars_p50", "Median quote length", 250, 200, 139, _MIX, unit="characters",
         is_less_better=True),
    Goal("hop_paragraphs", "first_quote_ms_p95", "First quote at 10,000 passages, p95", 250, 120, unit="ms",
         is_less_better=True),
)  # fmt: skip
