"""The bookkeeping of cached beginnings."""

from hypothesis import given
from hypothesis import strategies as st

from agent.models.prefix_cache import PrefixCache, common_prefix

tokens = st.lists(st.integers(0, 2), min_size=1, max_size=12)


@given(tokens, tokens)
def test_the_common_prefix_is_the_longest(left: list[int], right: list[int]):
    n = common_prefix(left, right)
    assert left[:n] == right[:n]
    assert n == min(len(left), len(right)) or left[n] != right[n]


@given(st.lists(tokens, max_size=20), st.integers(1, 4))
def test_a_slot_always_begins_with_what_was_really_read(prompts: list[list[int]], sequences: int):
    cache = PrefixCache(sequences)
    held = [list[int]() for _ in range(sequences)]  # what a backend would hold
    for prompt in prompts:
        lease = cache.acquire(prompt)
        number = lease.slot.sequence
        held[number] = held[lease.source.sequence if lease.source else number][: lease.shared]
        assert held[number] == prompt[: lease.shared] == lease.slot.tokens
        assert lease.shared < len(prompt)
        held[number] = [*prompt, 9]
        lease.slot.tokens += [*prompt[lease.shared :], 9]
        cache.release(lease.slot)


def play(cache: PrefixCache, prompt: list[int], reply: list[int]) -> int:
    lease = cache.acquire(prompt)
    lease.slot.tokens = prompt + reply
    cache.release(lease.slot)
    return lease.shared


def test_two_interleaved_chats_keep_their_own_slots():
    cache = PrefixCache(4)
    left, right = [1, 2, 3], [1, 5, 6]
    for turn in range(5):
        shared_left = play(cache, left, [7])
        shared_right = play(cache, right, [8])
        if turn:
            assert (shared_left, shared_right) == (len(left) - 2, len(right) - 2)
        left, right = [*left, 7, 10, 11], [*right, 8, 10, 11]


def test_another_try_at_a_turn_takes_the_same_slot():
    cache = PrefixCache(2)
    assert play(cache, [1, 2, 3], [4, 5]) == 0
    assert play(cache, [1, 2, 3], [6, 7]) == 2
    assert sum(bool(slot.tokens) for slot in cache.slots) == 1


def test_a_chat_that_begins_alike_leaves_the_other_alone():
    cache = PrefixCache(2)
    play(cache, [1, 2, 3, 4], [5])
    lease = cache.acquire([1, 2, 9])
    assert lease.source is not None and lease.source.tokens == [1, 2, 3, 4, 5]
    assert lease.shared == 2


def test_busy_slots_are_copied_not_taken():
    cache = PrefixCache(2)
    first = cache.acquire([1, 2, 3])
    first.slot.tokens = [1, 2, 3]
    second = cache.acquire([1, 2, 3])
    assert second.slot is not first.slot and second.source is first.slot and second.shared == 2


def test_the_slot_used_least_recently_is_given_up():
    cache = PrefixCache(2)
    play(cache, [1], [])
    play(cache, [2], [])
    evicted = cache.evict()
    assert evicted is not None and evicted.sequence == 0
    assert cache.evict() is not None and cache.evict() is None
