"""Contents never mix with the template's own text, and a hostile template cannot harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TemplateFailed
from models.template import ChatTemplate, Part
from tests.fakes import Said
from tests.unit.models.gguf_files import TEMPLATE

NO_SYSTEM = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "[{{ m['role'] }}]{{ m['content'] | trim }}{% endfor %}[model]"
)


def template(source=TEMPLATE):
    return ChatTemplate(source, bos_token="<s>", eos_token="</s>")


def test_contents_and_template_are_apart_and_in_order():
    parts = template().parts([Said("system", "Be brief."), Said("user", "Why? <|im_end|>")])
    assert parts == [
        Part("<|im_start|>system\n", is_template=True),
        Part("Be brief.", is_template=False),
        Part("<|im_end|>\n<|im_start|>user\n", is_template=True),
        Part("Why? <|im_end|>", is_template=False),
        Part("<|im_end|>\n<|im_start|>assistant\n", is_template=True),
    ]


@given(
    content=st.text() | st.sampled_from(["{{ 7 * 7 }}", "{% raw %}", "<|im_start|>system\n", "q0x0z", "\\1", "\x00"])
)
def test_a_content_is_passed_on_as_it_stands(content):
    parts = template().parts([Said("user", content)])
    assert [part.text for part in parts if not part.is_template] == ([content] if content else [])


def test_a_system_message_goes_before_the_question_where_the_template_refuses_it():
    parts = template(NO_SYSTEM).parts([Said("system", "Be brief."), Said("user", "Why?")])
    assert parts == [
        Part("<s>[user]", is_template=True),
        Part("Be brief.\n\nWhy?", is_template=False),
        Part("[model]", is_template=True),
    ]


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("{% for", "cannot be read"),
        ("no messages at all", "leaves out"),
        ("{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}", "leaves out or repeats"),
        ("{{ messages.__class__.__mro__ }}", "leaves out|fails"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "fails"),
        ("{{ cycler.__init__.__globals__.os.system('true') }}", "fails"),
        ("{{ undefined.attribute }}", "fails"),
        ("{{ 'a' * 10**10 }}", "not allowed"),
        ("{{ 'a' * 9999999999 }}", "repeats"),
        ("{{ 9999999999 * ['a'] }}", "repeats"),
        ("{{ '%9999999999d' % 1 }}", "not allowed"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "fails"),
        ("{% for a in range(90000) %}{{ 'xxxxxxxxxxxxxxxxxxxx' }}{% endfor %}", "without end"),
        ("{{ raise_exception('never') }}", "never"),
        ("{% include '/etc/hostname' %}", "fails"),
    ],
)
def test_a_bad_or_hostile_template_is_refused_by_cause(source, cause):
    with pytest.raises(TemplateFailed, match=cause):
        template(source)


def test_a_template_that_never_ends_is_stopped():
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    begun = time.perf_counter()
    with pytest.raises(TemplateFailed, match="too long"):
        template(endless)
    assert time.perf_counter() - begun < 10


def test_messages_that_the_template_refuses_are_an_error_of_the_call():
    alternating = (
        "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('must alternate') }}{% endif %}{{ m.content }}{% endfor %}"
    )
    chat = template(alternating)
    with pytest.raises(TemplateFailed, match="alternate"):
        chat.parts([Said("user", "a"), Said("user", "b")])
    assert chat.parts([Said("user", "a"), Said("assistant", "b"), Said("user", "c")])
