"""Mending how much of something a free reply has: words, sentences, paragraphs, bullets, keywords, letters."""

import re

from constraints.free_counts import BULLET, WORD, paragraphs, sentences, ways
from constraints.rulebook import Rule

_MARK = re.compile(r"^\s*(?:\*(?!\*)|-|•|·|‣)\s*(?=\S)")
_NUMBER = re.compile(r"^\s*\d+[.)]\s+")
_JOINTS = (re.compile(r";\s+"), re.compile(r",? (?:and|but|so|while|because|which) "), re.compile(r", "))
MOST_CUTS = 80
"""Sentences cut in two at most: a draft that lacks more of them is too short."""
_NAMES = ("name", "date", "address", "place", "phone", "email", "time", "title", "company", "city")


def fewer_words(text: str, rule: Rule) -> str:
    """The beginning of the text, up to a stop where there is one near."""
    if rule.high is None or ways(text, rule)[1] <= rule.high:
        return text
    ends = [match.end() for match in WORD.finditer(text)]
    if not ends:
        return text
    head = text[: ends[max(0, min(rule.high, len(ends)) - 1)]]
    while ways(head, rule)[1] > rule.high and " " in head:
        head = head.rpartition(" ")[0]
    whole = head[: max(head.rfind(mark) for mark in ".!?") + 1]
    if len(whole) > 0.5 * len(head) and ways(whole, rule)[0] >= (rule.low or 0):
        return whole
    return head.rstrip(",;: ") + "."


def other_sentences(text: str, rule: Rule) -> str:
    """Further sentences cut off; or sentences cut in two until there are enough."""
    if rule.high is not None and ways(text, rule)[1] > rule.high:
        return " ".join(sentences(text)[: max(1, rule.high)])
    if rule.low is None or ways(text, rule)[0] >= rule.low:
        return text
    text = re.sub(r"(?m)(?<=[^\W_])[ \t]*$", ".", text)
    cuts = 0
    for joint in _JOINTS:
        while ways(text, rule)[0] < rule.low and cuts < MOST_CUTS:
            cut = _cut(text, joint)
            if cut is None:
                break
            text, cuts = cut, cuts + 1
    return text


def _cut(text: str, joint: re.Pattern[str]) -> str | None:
    """The text with its longest sentence cut in two at the joint nearest to its middle."""
    for sentence in sorted(sentences(text), key=len, reverse=True)[:8]:
        matches = [
            match
            for match in joint.finditer(sentence)
            if min(len(sentence[: match.start()].split()), len(sentence[match.end() :].split())) >= 2
        ]
        if matches:
            best = min(matches, key=lambda match: abs(match.start() - len(sentence) / 2))
            rest = sentence[best.end() :]
            halves = f"{sentence[: best.start()].rstrip(' ,;')}. {rest[0].upper()}{rest[1:]}"
            return text.replace(sentence, halves, 1)
    return None


def other_paragraphs(text: str, rule: Rule) -> str:
    """Paragraphs cut in two, or the last ones joined, until their number is right."""
    mark = rule.words[0] if rule.words else ""
    wanted = rule.low or rule.high or 1
    marked, blank = paragraphs(text, mark), paragraphs(text.replace(mark, "\n\n") if mark else text, "")
    pieces = marked if len(marked) >= wanted or len(marked) > len(blank) else blank
    pieces = divided(pieces, wanted) or pieces
    if rule.high is not None and len(pieces) > rule.high:
        pieces = [*pieces[: rule.high - 1], (" " if mark == "" else "\n\n").join(pieces[rule.high - 1 :])]
    return (f"\n{mark}\n" if mark else "\n\n").join(pieces)


def divided(pieces: list[str], wanted: int) -> list[str] | None:
    """The pieces, the longest cut in two until there are enough; None when nothing is left to cut."""
    pieces = list(pieces)
    while len(pieces) < wanted:
        longest = max(range(len(pieces)), key=lambda index: len(pieces[index])) if pieces else 0
        halves = _halves(pieces[longest]) if pieces else None
        if halves is None:
            return None
        pieces[longest : longest + 1] = halves
    return pieces


def _halves(text: str) -> list[str] | None:
    for joint in (r"[.!?][\"')]*\s|\n", r"[,;:]\s", r"\s"):
        ends = [match.end() for match in re.finditer(joint, text)]
        if ends:
            middle = min(ends, key=lambda end: abs(end - len(text) / 2))
            head, tail = text[:middle].strip(), text[middle:].strip()
            if head and tail:
                return [head, tail]
    return None


def bullets(text: str, rule: Rule) -> str:
    """Bullets set before plain lines, or sentences, or taken away."""
    text = re.sub(r"(?m)^([ \t]*)[•·‣](?=\s*\S)", r"\1*", text)
    wanted = rule.high or rule.low or 1
    lines = text.split("\n")
    if len(BULLET.findall(text)) < wanted > sum(bool(line.strip()) for line in lines):
        lines = divided(sentences(text), wanted) or lines
    marked = [index for index, line in enumerate(lines) if BULLET.match(line)]
    for index in reversed(marked[wanted:]):
        if rule.high is not None:
            lines[index] = _MARK.sub("", lines[index])
            if BULLET.match(lines[index]):  # a rule of dashes
                lines[index] = ""
    missing = wanted - len(marked)
    if missing > 0:
        plain = [index for index, line in enumerate(lines) if re.search(r"\w", line) and index not in marked]
        listed = [index for index in plain if _NUMBER.match(lines[index])]
        for index in (listed if len(listed) >= missing else plain)[-missing:]:
            lines[index] = "* " + _NUMBER.sub("", lines[index]).strip().replace("**", "")
    return "\n".join(lines)


def highlights(text: str, rule: Rule) -> str:
    """Asterisks set around words, long ones from the end."""
    missing = (rule.low or 1) - ways(text, rule)[0]
    for match in reversed(list(re.finditer(r"(?<![*\w])([^\W\d_]{4,})(?![*\w])", text))):
        if missing <= 0:
            break
        text = f"{text[: match.start()]}*{match.group()}*{text[match.end() :]}"
        missing -= 1
    return text


def placeholders(text: str, rule: Rule) -> str:
    """Placeholders added behind the text."""
    missing = (rule.low or 1) - ways(text, rule)[0]
    added = " ".join(f"[{_NAMES[index % len(_NAMES)]}]" for index in range(missing))
    return f"{text}\n{added}" if added else text


def sections(text: str, rule: Rule) -> str:
    """Headings set before as many parts as there must be."""
    head, wanted = rule.words[0], rule.low or 1
    text = re.sub(rf"(?i)\b{re.escape(head)}(?=\s?\d)", head, text)
    if ways(text, rule)[0] >= wanted:
        return text
    plain = re.sub(rf"(?m)^\W*{re.escape(head)}\s?\d+\W*", "", text)
    pieces = divided(paragraphs(plain, ""), wanted)
    if pieces is None:
        return text
    pieces = [*pieces[: wanted - 1], "\n\n".join(pieces[wanted - 1 :])]
    return "\n\n".join(f"{head} {index}\n{piece}" for index, piece in enumerate(pieces, 1))


def capital_words(text: str, rule: Rule) -> str:
    """Words put in capital letters, or in small ones."""
    if rule.high is not None and ways(text, rule)[1] > rule.high:
        upper = [match for match in re.finditer(r"[\w'-]+", text) if match.group().isupper()]
        kept = max(0, rule.high - sum(len(match.group()) == 1 for match in upper))
        for match in reversed([match for match in upper if len(match.group()) > 1][kept:]):
            text = text[: match.start()] + match.group().lower() + text[match.end() :]
        return text
    missing = (rule.low or 0) - ways(text, rule)[0]
    for match in reversed(list(re.finditer(r"(?<![\w'-])[^\W\d_]{3,}(?![\w'-])", text))):
        if missing <= 0:
            break
        if not match.group().isupper():
            text = text[: match.start()] + match.group().upper() + text[match.end() :]
            missing -= 1
    return text


def keywords(text: str, rule: Rule) -> str:
    """Keywords added behind the text, or the last ones taken away."""
    extra: list[str] = []
    for word in rule.words:
        have = len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE))
        extra.extend([word] * max(0, (rule.low or 0) - have))
        found = list(re.finditer(re.escape(word), text, re.IGNORECASE))
        for match in reversed(found[rule.high :] if rule.high is not None else []):
            text = text[: match.start()].rstrip() + text[match.end() :]
    return f"{text.rstrip()} {' '.join(extra)}." if extra else text


def letters(text: str, rule: Rule) -> str:
    """Letters added behind the text, or words that have too many of them taken away."""
    letter, have = rule.words[0].lower(), text.lower().count(rule.words[0].lower())
    if rule.low is not None and have < rule.low:
        return f"{text.rstrip()} {' '.join(rule.words[0] * (rule.low - have))}"
    if rule.high is None:
        return text
    for match in reversed(list(re.finditer(r"\s?\S+", text))):
        if text.lower().count(letter) <= rule.high:
            break
        if letter in match.group().lower():
            text = text[: match.start()] + text[match.end() :]
    return text
