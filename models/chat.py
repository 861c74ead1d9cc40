"""A chat model: writes the assistant's next message, piece by piece, and can be stopped at any moment.

It holds no conversation and chooses no prompt. Text in messages is never read as control tokens, whatever it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from types import TracebackType
from typing import Literal, Self

from models.errors import ContextOverflow, EngineBusy, TemplateFailed, UnsuitableModel
from models.gguf import Header, check_chat, read_header
from models.llama import N_BATCH, LlamaContext, Logits
from models.memory import MemoryPlan, available_bytes, plan_memory
from models.outlet import Outlet
from models.template import ChatTemplate, Message
from models.threads import physical_cores

Stopped = Literal["end", "length", "cancelled"]
LogitsProcessor = Callable[[Sequence[int], Logits], Logits]

_MIN_SECTION_TOKENS = 32  # reading a short section by itself costs more than reusing it saves
_SLOW_TOKEN_S = 0.1  # models slower than this listen for cancel within a token, not only between tokens


@dataclass(frozen=True, slots=True)
class Generation:
    """How a generation went; `n_cached_tokens` of the prompt were still in the context and not read again."""

    n_prompt_tokens: int
    n_generated_tokens: int
    stopped: Stopped
    prefill_ms: float
    decode_ms: float
    n_cached_tokens: int


class LlamaChat:
    """A GGUF chat model in memory. One generation at a time; `count_tokens` may be called meanwhile.

    `n_ctx` is capped by the model, by `memory.MAX_N_CTX` and by the memory that is free now. `n_threads` is the number
    of physical cores where not given. At the same settings a prompt is answered the same way whatever was asked before:
    the prompt is read in fixed sections, one up to the end of each message, and only whole sections are reused.

    Raises:
        NotAGguf, UnsuitableModel: the file is broken or no chat model.
        NotEnoughMemory: it does not fit.
        ModelLoadError: llama.cpp refused it.
    """

    def __init__(self, path: Path, *, n_ctx: int | None = None, n_threads: int | None = None) -> None:
        header = read_header(path)
        check_chat(header)
        self.plan: MemoryPlan = plan_memory(header, available=available_bytes(), wanted_n_ctx=n_ctx)
        self.name = header.text("general.name") or path.stem
        self.n_threads = n_threads or physical_cores()
        self._cancel: Event | None = None
        self._context = LlamaContext(
            path, n_ctx=self.plan.n_ctx, n_threads=self.n_threads, should_abort=lambda: _is_set(self._cancel)
        )
        self.n_ctx = self._context.n_ctx
        self._template = self._open_template(header)
        self._longest_token_bytes = max(len(token.encode()) for token in header.vocabulary)
        self._held: list[int] = []
        self._writing = Lock()

    def close(self) -> None:
        """Free the memory; the object cannot be used afterwards."""
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of the whole prompt, the chat template's own included.

        Raises:
            TemplateFailed: the model's template refuses these messages.
        """
        return sum(map(len, self.sections(messages)))

    def sections(self, messages: Sequence[Message]) -> list[list[int]]:
        """The prompt's tokens, in sections that end with the content of a message, the last with the prompt.

        Raises:
            TemplateFailed: the model's template refuses these messages.
        """
        sections: list[list[int]] = [[]]
        parts = self._template.parts(messages)
        for part in parts:
            if part.is_template and part is not parts[-1] and len(sections[-1]) >= _MIN_SECTION_TOKENS:
                sections.append([])
            sections[-1] += self._context.tokenize(part.text, special=part.is_template)
        first = sections[0]
        if self._context.adds_bos and first[:1] != [self._context.bos_token]:
            first.insert(0, self._context.bos_token)
        return [section for section in sections if section]

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        logits_processor: LogitsProcessor | None = None,
        cancel: Event | None = None,
    ) -> Generator[str, None, Generation]:
        """Yield text as it is written: whole characters, and never the beginning of a stop string.

        Setting `cancel` ends it within 300 ms, in prompt reading too, without an error. `grammar` is GBNF with a rule
        `root`. `logits_processor` gets the tokens written so far and the logits (float32, (n_vocabulary,)), which it
        may edit in place or replace. Closing the generator stops it as well.

        Raises:
            ContextOverflow: the prompt leaves no room for an answer.
            EngineBusy: another generation has not ended.
            GrammarRejected, TemplateFailed, GenerationError: as they say.
        """
        if not self._writing.acquire(blocking=False):
            raise EngineBusy
        self._cancel = cancel
        try:
            self._refuse_giant(messages)
            sections = self.sections(messages)
            n_prompt_tokens = sum(map(len, sections))
            if n_prompt_tokens >= self.n_ctx:
                raise ContextOverflow(n_prompt_tokens=n_prompt_tokens, n_ctx=self.n_ctx)
            reading = self._read(sections)
            if reading.stopped == "cancelled" or max_tokens <= 0:
                return reading
            with self._context.sampler(temperature=temperature, seed=seed, grammar=grammar) as choose:
                return (yield from self._write(reading, choose, Outlet(stop), max_tokens, logits_processor))
        finally:
            self._cancel = None
            self._writing.release()

    def _read(self, sections: Sequence[Sequence[int]]) -> Generation:
        """Bring the prompt into the context; `stopped` is cancelled or, for now, length."""
        begun_s = time.perf_counter()
        n_prompt_tokens = sum(map(len, sections))
        n_cached, unread = self._reuse(sections)
        self._context.listen(to_abort=self._cancel is not None)
        stopped: Stopped = "length"
        for tokens in unread:
            if _is_set(self._cancel) or not self._context.decode(tokens):
                stopped = "cancelled"
                break
            self._held += tokens
        self._context.listen(to_abort=False)
        return Generation(n_prompt_tokens, 0, stopped, _since_ms(begun_s), 0.0, n_cached)

    def _reuse(self, sections: Sequence[Sequence[int]]) -> tuple[int, list[Sequence[int]]]:
        """Keep the leading sections that the context holds; the number of tokens kept, and the batches to be read."""
        n_same = 0
        for section in sections[:-1]:
            if self._held[n_same : n_same + len(section)] != section:
                break
            n_same += len(section)
        n_kept = self._context.keep(n_same)
        del self._held[n_kept:]
        starts, n_before = [], 0
        for section in sections:
            if n_before >= n_kept:
                starts += [section[at : at + N_BATCH] for at in range(0, len(section), N_BATCH)]
            n_before += len(section)
        return n_kept, starts

    def _write(
        self,
        reading: Generation,
        choose: Callable[[], int],
        outlet: Outlet,
        max_tokens: int,
        logits_processor: LogitsProcessor | None,
    ) -> Generator[str, None, Generation]:
        begun_s = time.perf_counter()
        written: list[int] = []
        stopped: Stopped = "length"
        while True:
            if _is_set(self._cancel):
                stopped = "cancelled"
                break
            if logits_processor is not None:
                self._edit_logits(logits_processor, written)
            token = choose()
            if self._context.is_end(token):
                stopped = "end"
                break
            written.append(token)
            if text := outlet.put(self._context.piece(token)):
                yield text
            if outlet.is_stopped:
                stopped = "end"
                break
            if len(written) >= max_tokens or len(self._held) + 1 > self.n_ctx:
                break
            if not self._advance(token):
                stopped = "cancelled"
                break
        if stopped != "cancelled" and (text := outlet.finish()):
            yield text
        return replace(reading, n_generated_tokens=len(written), stopped=stopped, decode_ms=_since_ms(begun_s))

    def _advance(self, token: int) -> bool:
        """Read the token just written; False where that was cancelled."""
        begun_s = time.perf_counter()
        if not self._context.decode((token,)):
            return False
        self._held.append(token)
        if self._cancel is not None and time.perf_counter() - begun_s > _SLOW_TOKEN_S:
            self._context.listen(to_abort=True)
        return True

    def _edit_logits(self, logits_processor: LogitsProcessor, written: Sequence[int]) -> None:
        logits = self._context.logits()
        edited = logits_processor(tuple(written), logits)
        if edited is not logits:
            logits[:] = edited

    def _refuse_giant(self, messages: Sequence[Message]) -> None:
        """Refuse what cannot fit even if every token were the longest; tokenising megabytes takes seconds."""
        n_bytes = sum(len(message.content) for message in messages)
        if n_bytes > self.n_ctx * self._longest_token_bytes:
            raise ContextOverflow(n_prompt_tokens=n_bytes // self._longest_token_bytes, n_ctx=self.n_ctx)

    def _open_template(self, header: Header) -> ChatTemplate:
        try:
            return ChatTemplate(
                header.text("tokenizer.chat_template"),
                bos_token=self._context.spelling(self._context.bos_token),
                eos_token=self._context.spelling(self._context.eos_token),
            )
        except TemplateFailed as exc:
            raise UnsuitableModel(path=str(header.path), reason=exc.reason) from exc


def _is_set(cancel: Event | None) -> bool:
    return cancel is not None and cancel.is_set()


def _since_ms(begun_s: float) -> float:
    return (time.perf_counter() - begun_s) * 1000
