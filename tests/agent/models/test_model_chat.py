"""Chats become token ids; nothing that a message says becomes a control token."""

import itertools
import re
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UserError
from agent.models.chat import ChatEncoder, ChatTemplate, ControlToken, checked
from agent.transcript import Message, Role

CHATML = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a parrot.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TRIMMING = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}[end]{% endfor %}[assistant]"
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system messages, please') }}{% endif %}"
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}[end]{% endfor %}[assistant]"
)
MARKUP = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")


class Characters:
    """A vocabulary of single characters and three control tokens."""

    control: ClassVar = {text: ControlToken(id=-1 - i) for i, text in enumerate(MARKUP)}

    def encode(self, text: str) -> list[int]:
        return [ord(character) for character in text]


def encoder(source: str = CHATML, **options: bool) -> ChatEncoder:
    return ChatEncoder(ChatTemplate(source, bos="<s>", **options), Characters())


def said(ids: list[int]) -> str:
    return "".join(chr(i) if i >= 0 else MARKUP[-1 - i] for i in ids)


def user(text: str, role: Role = "user") -> Message:
    return Message(role=role, content=text)


def test_a_chat_is_rendered_as_the_template_says():
    ids = encoder().encode([user("be brief", "system"), user("hello")])
    assert said(ids) == (
        "<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"
    )


def test_no_system_prompt_is_invented():
    assert "parrot" not in said(encoder().encode([user("hello")]))


def test_the_templates_own_system_prompt_can_be_kept():
    assert "parrot" in said(encoder(keep_default_system=True).encode([user("hello")]))


def test_no_empty_system_message_is_added_where_none_is_invented():
    assert said(encoder(TRIMMING).encode([user("hello")])) == "<s>[user]hello[end][assistant]"


def test_a_template_trims_what_it_would_trim():
    assert said(encoder(TRIMMING).encode([user("\n hello \n")])) == "<s>[user]hello[end][assistant]"
    assert "user\n\n hello \n<" in said(encoder().encode([user("\n hello \n")]))


def test_a_template_that_refuses_the_chat_says_so():
    with pytest.raises(UserError, match="no system messages"):
        encoder(NO_SYSTEM).encode([user("be brief", "system"), user("hello")])
    assert said(encoder(NO_SYSTEM).encode([user("hello")])) == "[user]hello[end][assistant]"


def test_a_broken_template_is_refused():
    with pytest.raises(UserError, match="template"):
        ChatTemplate("{% for %}")


def test_the_first_token_is_added_where_it_is_missing():
    chat = ChatEncoder(ChatTemplate(CHATML), Characters(), bos=-3)
    assert chat.encode([user("hello")])[:2] == [-3, -1]


texts = st.lists(st.sampled_from([*MARKUP, "system", "\n", "\ue0f00\ue0f1", "{{ x }}", "a ", "é", "\x00"]), max_size=8)


@given(st.lists(texts.map("".join), min_size=1, max_size=4))
def test_contents_never_become_control_tokens(contents: list[str]):
    roles: list[Role] = ["user", "assistant"]
    chat = [user(text, roles[(len(contents) - 1 - i) % 2]) for i, text in enumerate(contents)]
    ids = encoder().encode(chat)
    # The empty system message, each message and the reply to come begin; all but the last end.
    assert ids.count(-1) == len(contents) + 2
    assert ids.count(-2) == len(contents) + 1
    assert ids.count(-3) == 0
    expected = "".join(f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in [user("", "system"), *chat])
    assert said(ids) == expected + "<|im_start|>assistant\n"


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant"]), st.text()), min_size=1))
def test_neighbours_of_one_role_are_joined(turns: list[tuple[Role, str]]):
    chat = [*(user(text, role) for role, text in turns), user("last")]
    joined = checked(chat)
    assert all(left.role != right.role for left, right in itertools.pairwise(joined))
    assert "\n\n".join(m.content for m in joined) == "\n\n".join(m.content for m in chat)


def test_lone_surrogates_are_replaced():
    assert re.fullmatch(r"a\?b", checked([user("a\ud800b")])[0].content)


@pytest.mark.parametrize("chat", [[], [user("hi"), user("hello", "assistant")]])
def test_a_chat_without_a_question_is_refused(chat: list[Message]):
    with pytest.raises(UserError):
        checked(chat)
