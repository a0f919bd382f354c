import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from agent.models.chat import checked
from agent.models.hf_file import HfVocabulary, chat_encoder
from agent.transcript import Message
from trainer.masking import IGNORED, ChatMasker, Encoded
from trainer.samples import ChatSample, Origin, chat

ORIGIN = Origin(game="any", source="expert")
GAME = chat(
    [
        ("user", "Guess the word."),
        ("assistant", "CLUE: wet"),
        ("user", "Wrong, again."),
        ("assistant", "CLUE: sea"),
        ("user", "Yes."),
        ("assistant", "DONE"),
    ]
)


PARTS = ["a", " ", "\n", "é", "<|im_end|>", "<|im_start|>", "<|eot_id|>", "7", "guess"]


def spans(piece: Encoded) -> list[tuple[int, list[int]]]:
    """(start, ids) of every stretch with loss."""
    found: list[tuple[int, list[int]]] = []
    for place, (token, label) in enumerate(zip(piece.ids, piece.labels, strict=True)):
        if label == IGNORED:
            continue
        assert label == token
        if found and found[-1][0] + len(found[-1][1]) == place:
            found[-1][1].append(token)
        else:
            found.append((place, [token]))
    return found


def prompt_ids(tokenizer, messages):
    """What a backend reads before it replies to these messages."""
    encoder = chat_encoder(tokenizer, HfVocabulary(tokenizer), keep_default_system=False)
    return encoder.encode(checked([Message(role=m.role, content=m.content) for m in messages]))


def test_loss_is_on_the_players_own_words_and_their_end(any_tokenizer):
    masker = ChatMasker(any_tokenizer)
    pieces = masker.pieces(ChatSample(messages=GAME, trained=(1, 3, 5), origin=ORIGIN), max_tokens=4096)
    said = [any_tokenizer.decode(ids) for piece in pieces for _, ids in spans(piece)]
    end = any_tokenizer.decode([masker.end_id])
    assert said == [f"CLUE: wet{end}", f"CLUE: sea{end}", f"DONE{end}"]
    assert sum(piece.turns for piece in pieces) == 3


def test_before_every_learnt_turn_stands_what_the_model_reads_when_it_plays(any_tokenizer):
    pieces = ChatMasker(any_tokenizer).pieces(
        ChatSample(messages=GAME, trained=(1, 3, 5), origin=ORIGIN), max_tokens=4096
    )
    starts = [list(piece.ids[:start]) for piece in pieces for start, _ in spans(piece)]
    assert starts == [prompt_ids(any_tokenizer, GAME[:index]) for index in (1, 3, 5)]


def test_everything_without_loss_is_read_and_not_said(any_tokenizer):
    """Neither headers nor the other's words, default system prompts, dates or empty thoughts carry loss."""
    pieces = ChatMasker(any_tokenizer).pieces(
        ChatSample(messages=GAME, trained=(1, 3, 5), origin=ORIGIN), max_tokens=4096
    )
    learnt = "".join(any_tokenizer.decode(ids) for piece in pieces for _, ids in spans(piece))
    for word in ("Guess", "Wrong", "Yes", "assistant", "user", "system", "You are", "Today", "think", "<|im_start|>"):
        assert word not in learnt
    assert all(any_tokenizer.decode(piece.ids).rstrip("\n").endswith(("<|im_end|>", "<|eot_id|>")) for piece in pieces)
    assert "You are" not in any_tokenizer.decode(pieces[0].ids)  # as when it plays


def test_turns_share_a_sequence_unless_the_template_rewrites_the_past(any_tokenizer):
    sample = ChatSample(
        messages=chat([("user", "a"), ("assistant", "x</think>b"), ("user", "c"), ("assistant", "d")]),
        trained=(1, 3),
        origin=ORIGIN,
    )
    pieces = ChatMasker(any_tokenizer).pieces(sample, max_tokens=4096)
    rewrites = "</think>" in any_tokenizer.chat_template
    assert len(pieces) == (2 if rewrites else 1)


def test_only_the_asked_for_turns_are_learnt(any_tokenizer):
    (piece,) = ChatMasker(any_tokenizer).pieces(ChatSample(messages=GAME, trained=(3,), origin=ORIGIN), max_tokens=4096)
    assert [any_tokenizer.decode(ids[:-1]) for _, ids in spans(piece)] == ["CLUE: sea"]
    assert "DONE" not in any_tokenizer.decode(piece.ids)


def test_the_end_of_a_turn_is_the_templates(any_tokenizer):
    wanted = "<|eot_id|>" if "eot_id" in any_tokenizer.chat_template else "<|im_end|>"
    assert any_tokenizer.decode([ChatMasker(any_tokenizer).end_id]) == wanted


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.lists(st.sampled_from(PARTS), max_size=8).map(lambda parts: "".join(parts) or "x"),
        min_size=2,
        max_size=6,
    )
)
def test_no_content_becomes_a_control_token(any_tokenizer, texts):
    texts = texts if len(texts) % 2 == 0 else texts[:-1]
    messages = chat([("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(texts)])
    sample = ChatSample(messages=messages, trained=tuple(range(1, len(texts), 2)), origin=ORIGIN)
    masker = ChatMasker(any_tokenizer)
    control = {token.id for token in HfVocabulary(any_tokenizer).control.values()}
    learnt = [ids for piece in masker.pieces(sample, max_tokens=4096) for _, ids in spans(piece)]
    assert len(learnt) == len(sample.trained)
    for ids, index in zip(learnt, sample.trained, strict=True):
        assert ids[-1] == masker.end_id
        assert not control & set(ids[:-1])
        assert any_tokenizer.decode(ids[:-1]) == texts[index].strip()


def test_turns_beyond_the_limit_are_left_out_and_whole_ones_kept(any_tokenizer):
    masker = ChatMasker(any_tokenizer)
    sample = ChatSample(messages=GAME, trained=(1, 3, 5), origin=ORIGIN)
    limit = len(masker.prompt(GAME[:3])) + len(masker.reply(GAME[3].content))
    pieces = masker.pieces(sample, max_tokens=limit)
    assert sum(piece.turns for piece in pieces) == 2
    assert max(len(piece.ids) for piece in pieces) == limit
    assert masker.pieces(sample, max_tokens=16) == []


def test_a_tokenizer_without_a_template_is_refused(any_tokenizer):
    any_tokenizer.chat_template = None
    with pytest.raises(UserError, match="no chat template"):
        ChatMasker(any_tokenizer)


@pytest.mark.model
def test_the_embedded_models_template():
    from transformers import AutoTokenizer

    from trainer.lora import directory_of

    tokenizer = AutoTokenizer.from_pretrained(directory_of("embedded"))
    masker = ChatMasker(tokenizer)
    (piece,) = masker.pieces(ChatSample(messages=GAME, trained=(1, 3, 5), origin=ORIGIN), max_tokens=4096)
    assert [tokenizer.decode(ids) for _, ids in spans(piece)] == [
        "CLUE: wet<|im_end|>",
        "CLUE: sea<|im_end|>",
        "DONE<|im_end|>",
    ]
    assert [list(piece.ids[:start]) for start, _ in spans(piece)] == [
        prompt_ids(tokenizer, GAME[:index]) for index in (1, 3, 5)
    ]
