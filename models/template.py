"""Renders a model's chat template around messages without ever showing it, or letting it mix with, their contents.

A placeholder that nobody can guess stands for each content; afterwards the text is cut at the placeholders. So the
template's own text and the contents stay apart, and only the former may become control tokens. The template comes with
the model file and is not trusted: it runs in Jinja's sandbox with limits on time and on length. What it cannot bound is
a single huge operation inside Jinja; the process that hosts the engine has limits for that.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

from jinja2 import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.errors import TemplateFailed

_MAX_RENDER_S = 2.0
_MAX_REPEAT_CHARS = 1 << 20
_ROOM_CHARS = 64 << 10


class Message(Protocol):
    """One message of a prompt; `role` is system, user or assistant."""

    @property
    def role(self) -> str: ...

    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a prompt: text of the template, which may hold control tokens, or the content of a message."""

    text: str
    is_template: bool


class ChatTemplate:
    """A chat template, compiled once.

    Where the template refuses a system message, it is put before the first user message, as is usual for such models.

    Raises:
        TemplateFailed: the template cannot be compiled, or renders no user message.
    """

    def __init__(self, source: str, *, bos_token: str, eos_token: str) -> None:
        environment = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        try:
            self._template = environment.from_string(source)
        except (TemplateError, RecursionError) as exc:
            raise TemplateFailed(reason=f"its chat template cannot be read ({exc})") from exc
        self._source_chars = len(source)
        self._tokens = {"bos_token": bos_token, "eos_token": eos_token}
        self._takes_system = self._try_system_message()

    def parts(self, messages: Sequence[Message]) -> list[Part]:
        """The prompt that asks for the assistant's next message, contents and template text apart.

        Raises:
            TemplateFailed: the template refuses these messages, leaves one out, or takes too long.
        """
        said = [(message.role, message.content) for message in messages]
        if not self._takes_system:
            said = _fold_system_message(said)
        return self._parts(said)

    def _try_system_message(self) -> bool:
        try:
            self._parts([("system", "s"), ("user", "u")])
        except TemplateFailed:
            self._parts([("user", "u")])
            return False
        return True

    def _parts(self, said: Sequence[tuple[str, str]]) -> list[Part]:
        mark = f"q{secrets.token_hex(16)}"
        marked = [{"role": role, "content": f"{mark}x{place}z"} for place, (role, _) in enumerate(said)]
        pieces = re.split(rf"{mark}x(\d+)z", self._render(marked))
        if [int(place) for place in pieces[1::2]] != list(range(len(said))):
            raise TemplateFailed(reason="its chat template leaves out or repeats a message")
        parts = [Part(pieces[0], is_template=True)]
        for (_, content), text in zip(said, pieces[2::2], strict=True):
            parts += [Part(content, is_template=False), Part(text, is_template=True)]
        return [part for part in parts if part.text]

    def _render(self, messages: Sequence[dict[str, str]]) -> str:
        # No strftime_now: a prompt depends on its messages and on nothing else.
        names = {"messages": messages, "add_generation_prompt": True, "raise_exception": _refuse, **self._tokens}
        most = self._source_chars * (len(messages) + 4) + _ROOM_CHARS
        pieces = []
        try:
            with _time_limit(_MAX_RENDER_S):
                for piece in self._template.generate(**names):
                    pieces.append(piece)
                    most -= len(piece)
                    if most < 0:
                        raise TemplateFailed(reason="its chat template writes without end")
        except TemplateFailed:
            raise
        except Exception as exc:  # the template is a foreign program and may raise anything
            raise TemplateFailed(reason=f"its chat template fails on these messages ({exc})") from exc
        return "".join(pieces)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which also refuses to repeat a text or raise a number beyond reason."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and isinstance(left, str | list | tuple) and len(left) * int(right) > _MAX_REPEAT_CHARS:
            raise TemplateFailed(reason="its chat template repeats a text too often")
        if operator == "*" and isinstance(right, str | list | tuple) and len(right) * int(left) > _MAX_REPEAT_CHARS:
            raise TemplateFailed(reason="its chat template repeats a text too often")
        if operator == "**" or (operator == "%" and isinstance(left, str)):
            raise TemplateFailed(reason=f"its chat template uses the operator {operator}, which is not allowed here")
        return super().call_binop(context, operator, left, right)


def _fold_system_message(said: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(said) < 2 or said[0][0] != "system":
        return list(said)
    (_, rules), (role, content), *rest = said
    return [(role, f"{rules}\n\n{content}"), *rest]


def _refuse(reason: str) -> None:
    raise TemplateFailed(reason=f"its chat template refuses these messages ({reason})")


@contextmanager
def _time_limit(limit_s: float) -> Iterator[None]:
    """Stop Python code of this thread at its next line after `limit_s`; loops in a template have no other end."""
    end_s = time.monotonic() + limit_s
    before = sys.gettrace()

    def watch(_frame: FrameType, _event: str, _argument: object) -> Callable[..., Any]:
        if time.monotonic() > end_s:
            raise TemplateFailed(reason="its chat template takes too long")
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)
