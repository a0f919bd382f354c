"""What joins the games in a data set: the other side of the conversation, warm-up and rehearsal. Pure."""

from collections.abc import Iterable, Sequence

from trainer.datasets_threads import Conversation, before, whole
from trainer.samples import ChatMessage, ChatSample, Origin, Source, Trajectory


def sample(one: Trajectory, role: str, conversation: Conversation, source: Source) -> ChatSample:
    """A conversation as a sample."""
    origin = Origin(
        game=one.id.game,
        level=one.id.level,
        role=role,
        protocol=one.protocol,
        source=source,
        episode=str(one.id),
    )
    reward = None if one.quality is None else one.quality / 100
    return ChatSample(messages=conversation.messages, trained=conversation.learnt, origin=origin, reward=reward)


def converse(one: Trajectory, learners: frozenset[str]) -> list[ChatSample]:
    """What comprehension teaches production, and the reverse (CoGen: Gul and Artzi 2024, data sharing).

    An utterance that its hearer acted on rightly was a good utterance: it is learnt from the speaker's side, whoever
    spoke. A right reaction is learnt from the hearer's side. In won episodes that concerns the words of partners, in
    the others each pair of neighbouring turns whose second earned its speaker a reward.

    Args:
        one: the episode.
        learners: names of players whose words in won episodes are learnt anyway.
    """
    if one.outcome == "won":
        return [
            sample(one, role, conversation, "converse")
            for role in one.roles
            if not any(turn.player in learners for turn in one.turns if turn.role == role)
            for conversation in whole(one, role)
        ]
    found: dict[int, ChatSample] = {}
    for index in range(1, len(one.turns)):
        spoke, heard = one.turns[index - 1], one.turns[index]
        understood = heard.role != spoke.role and heard.fault is None and spoke.fault is None and heard.reward() > 0
        if understood:
            for at in (index - 1, index):
                found.setdefault(at, sample(one, one.turns[at].role, _single(one, at), "converse"))
    return list(found.values())


def rehearsed(samples: Sequence[ChatSample], rehearsal: Sequence[ChatSample], every: int) -> list[ChatSample]:
    """The samples, with one of the rehearsal after each `every` of them until it is used up (E.1)."""
    if every < 1:
        return list(samples)
    rest = iter(rehearsal)
    mixed: list[ChatSample] = []
    for place, one in enumerate(samples, start=1):
        mixed.append(one)
        if place % every == 0 and (other := next(rest, None)) is not None:
            mixed.append(other)
    return mixed


def exercises(trajectories: Iterable[Trajectory], source: Source) -> list[ChatSample]:
    """Short exercises as samples for warm-up or rehearsal."""
    return [
        sample(one, role, conversation, source)
        for one in trajectories
        for role in one.roles
        for conversation in whole(one, role)
    ]


def _single(one: Trajectory, index: int) -> Conversation:
    chat = before(one, index)
    said = ChatMessage(role="assistant", content=one.turns[index].reply)
    return Conversation(messages=(*chat, said), learnt=(len(chat),), turns=(index,))
