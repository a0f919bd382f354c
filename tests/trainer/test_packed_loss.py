"""Packing changes how fast the loss is computed, not what it is."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from trainer import rows
from trainer.counting import row_tally
from trainer.masking import IGNORED, Encoded
from trainer.packed_attention import use_packed_attention, usual_attention


def piece(length, seed, weight=1.0):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(8, 280, (length,), generator=generator).tolist()
    labels = [token if place > length // 2 else IGNORED for place, token in enumerate(ids)]
    return Encoded(ids=tuple(ids), labels=tuple(labels), weights=(weight,) * length, turns=1)


PIECES = [piece(5, 1), piece(17, 2, weight=0.5), piece(2, 3), piece(31, 4, weight=-0.1)]


def alone(model, one):
    """Weighted sum of the losses of one sequence, computed the usual way."""
    ids, labels = torch.tensor([one.ids]), torch.tensor([one.labels])
    logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, :-1]
    losses = torch.nn.functional.cross_entropy(logits, labels[0, 1:], reduction="none", ignore_index=IGNORED)
    return (losses * torch.tensor(one.weights[1:])).sum()


@pytest.fixture
def model(tiny_model):
    return AutoModelForCausalLM.from_pretrained(tiny_model).train()


class _Bare:
    """The trainer's loss without a trainer."""

    def __init__(self):
        from trainer.sft import PackedTrainer

        self.compute = PackedTrainer.compute_loss
        self.args = type("Arguments", (), {"average_tokens_across_devices": False})()

    def __call__(self, model, batch, count):
        return self.compute(self, model, batch, num_items_in_batch=count)


def test_a_packed_row_has_the_loss_and_gradient_of_its_sequences_alone(model):
    with usual_attention(model):
        expected = sum(alone(model, one) for one in PIECES)
    wanted = torch.autograd.grad(expected, list(model.parameters()))
    use_packed_attention(model)
    batch = rows.collate([rows.as_row(PIECES[:2]), rows.as_row(PIECES[2:])])
    loss = _Bare()(model, batch, 1)
    found = torch.autograd.grad(loss, list(model.parameters()))
    assert torch.allclose(loss, expected, atol=1e-4)
    assert all(torch.allclose(one, other, atol=1e-4) for one, other in zip(found, wanted, strict=True))


def test_a_neighbour_in_the_row_changes_nothing(model):
    use_packed_attention(model)
    losses = []
    for other in (piece(9, 11), piece(9, 12)):
        silent = Encoded(ids=other.ids, labels=(IGNORED,) * 9, weights=other.weights, turns=1)
        losses.append(_Bare()(model, rows.collate([rows.as_row([silent, PIECES[1]])]), 1))
    assert torch.allclose(losses[0], losses[1], atol=1e-5)


def test_every_token_is_counted_and_no_padding():
    batch = rows.collate([rows.as_row(PIECES)])
    sequences, trained = row_tally([batch])
    assert sequences == [list(one.ids) for one in PIECES]
    assert trained == sum(one.trained for one in PIECES)
    assert batch["input_ids"].shape[1] == sum(len(one.ids) for one in PIECES)


def test_the_first_token_of_a_sequence_is_never_learnt_from_its_neighbour():
    greedy = Encoded(ids=(9, 10), labels=(9, 10), weights=(1.0, 1.0), turns=1)
    batch = rows.collate([rows.as_row([greedy, greedy])])
    assert batch["labels"].tolist() == [[IGNORED, 10, IGNORED, 10]]
