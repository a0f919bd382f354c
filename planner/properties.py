"""Properties: what a thing can have to do with, and whether a word has to do with it.

Asker and answerer rate by one criterion, closeness of meaning beyond what is usual,
so that a question is answered as it was meant. Knows meanings; knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from memory.meanings import Meanings
from memory.wording import content_words

Floats = npt.NDArray[np.float64]

BAR = 2.0
"""Standard deviations beyond the usual closeness at which a word has to do with a topic."""

USUAL_WORDS = 4_000
"""Frequent words that say what closeness is usual."""

TOPICS = tuple(
    """
    animal pet mammal bird fish insect reptile snake predator farm wildlife zoo
    plant flower tree fruit vegetable garden forest seed herb grain crop agriculture
    food drink meal cooking dessert sugar meat bread breakfast alcohol spice restaurant kitchen
    body health medicine disease doctor hospital anatomy skin blood bone brain face hair hygiene
    clothing fashion jewelry fabric shoes hat uniform
    furniture house home room building architecture church castle shop hotel school
    tool machine engine device weapon knife hardware construction wood metal stone glass plastic paper
    vehicle transport car road train railway ship boat sea aircraft flight space rocket bicycle travel
    city country nation village capital europe asia africa america geography map
    river mountain water ocean island desert lake beach landscape coast
    weather climate rain snow storm sky sun moon planet star astronomy temperature season
    time calendar week month year day night hour age history
    number mathematics geometry shape size measurement weight length distance volume unit statistics
    money finance bank business trade market economy tax investment insurance
    law crime theft violence punishment prison police court justice murder fraud
    government politics election democracy monarchy parliament ideology diplomacy
    war military army soldier battle peace navy
    religion god prayer myth magic ghost ceremony ritual philosophy ethics
    emotion love anger fear happiness sadness joy hate pride shame desire pain
    personality character virtue intelligence thought memory knowledge opinion belief
    person family child parent friend marriage relationship woman man king nobility crowd
    job worker profession manager teacher scientist engineer artist craft
    science physics chemistry biology technology computer software internet electronics electricity energy nuclear
    education student book literature poetry writing language speech grammar communication news
    art painting sculpture colour color photography design decoration
    music instrument song dance theatre theater film television radio entertainment
    sport game ball team athlete football tennis swimming competition chess gambling toy
    holiday festival party wedding funeral birthday
    movement running walking jumping speed force strength
    destruction fire explosion heat cold ice light darkness sound noise smell taste
    container bottle box cup furnishing storage tableware cleaning laundry
    conflict argument agreement permission prohibition help cooperation leadership power
    beginning end change growth decline success failure luck danger safety
    quantity quality possession ownership gift poverty wealth
    mind dream sleep illness injury death birth
    gas liquid oil fuel mineral gem gold chemical
    shelter camping hunting fishing mining industry factory
    fantasy adventure romance comedy horror tragedy
    farming horse dog cat cow bee
    office stationery document letterhead mail telephone
    secret truth lie deception honesty loyalty courage
    fiction culture tradition society community organization committee union
    eye optics vision hearing ear teeth mouth
    tailor thread sewing leather wool
    bathroom bedroom roof door window wall floor
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, kw_only=True)
class Properties:
    """Whether words have to do with topics.

    Attributes:
        meanings: words as vectors.
    """

    meanings: Meanings

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """The topics whose meaning is known without encoding them."""
        return tuple(dict.fromkeys(topic for topic in TOPICS if topic in self.meanings.index))

    @cached_property
    def usual(self) -> dict[str, tuple[float, float]]:
        """Mean and spread of the closeness of frequent words to each topic."""
        return dict(zip(self.topics, self._usual(self.topics), strict=True))

    def _usual(self, topics: Sequence[str]) -> list[tuple[float, float]]:
        close = (self.meanings.of(topics) @ self.meanings.vectors[:USUAL_WORDS].T).astype(np.float64)
        means: list[float] = close.mean(axis=1).tolist()
        spreads: list[float] = np.maximum(close.std(axis=1), 1e-6).tolist()
        return list(zip(means, spreads, strict=True))

    def strengths(self, topics: Sequence[str], words: Sequence[str]) -> Floats:
        """How far each word is beyond the bar for each topic, in standard deviations; shape (topics, words)."""
        missing = [topic for topic in topics if topic not in self.usual]
        usual = self.usual | dict(zip(missing, self._usual(missing) if missing else [], strict=True))
        means, spreads = np.array([usual[topic] for topic in topics]).T
        close = self.meanings.of(topics) @ self.meanings.of([word.casefold() for word in words]).T
        return (close.astype(np.float64) - means[:, None]) / spreads[:, None] - BAR

    def rate(self, question: str, word: str) -> float:
        """How far a word is beyond the bar for what a question asks about; 0 when it asks about nothing."""
        topics = asked_topics(question)
        if not topics:
            return 0.0
        return float(self.strengths(topics, [word]).max())


def asked_topics(question: str) -> list[str]:
    """What a question asks about, alternatives apart."""
    parts = re.split(r"\s+or\s+|,", question)
    said = (" ".join(word for word in content_words(part) if word not in _ASKING) for part in parts)
    return list(dict.fromkeys(topic for topic in said if topic))


_ASKING = frozenset(
    """
    related associated something anything considered typically usually commonly kinds types target word secret
    """.split()  # noqa: SIM905
)


def about(topics: Sequence[str]) -> str:
    """The question whether a thing has to do with some topics."""
    return f"Does it have to do with {' or '.join(topics)}?"
