"""General instructions in many wordings: each is read as what it demands, and nothing else is."""

import pytest

from constraints.reader import read
from constraints.rulebook import Rulebook, RuleKind
from constraints.turn import constrain

Demand = tuple[str, tuple[str, ...] | None, int | None, int | None]
"""A rule's kind, words (None where they do not matter), lower and upper bound."""

INSTRUCTIONS: list[tuple[str, list[Demand]]] = [
    ("Tell me about lighthouses. Keep it below 120 words.", [("words", (), None, 119)]),
    ("Tell me about lighthouses in 60 words or fewer.", [("words", (), None, 60)]),
    ("Tell me about lighthouses. I need a minimum of 200 words.", [("words", (), 200, None)]),
    ("Tell me about lighthouses. Your text should run to between 40 and 80 words.", [("words", (), 40, 80)]),
    ("Tell me about lighthouses. The whole reply must be longer than 90 words.", [("words", (), 91, None)]),
    ("Tell me about lighthouses. Do not exceed 70 words.", [("words", (), None, 70)]),
    ("Tell me about lighthouses. Stay under a limit of 150 words.", [("words", (), None, 150)]),
    ("Summarise the plot of Hamlet in exactly three sentences.", [("sentences", (), 3, 3)]),
    ("Summarise the plot of Hamlet. Use no more than four sentences.", [("sentences", (), None, 4)]),
    (
        "Summarise the plot of Hamlet. There should be at least six sentences in what you write.",
        [("sentences", (), 6, None)],
    ),
    ("Summarise the plot of Hamlet. Fewer than 5 sentences, please.", [("sentences", (), None, 4)]),
    (
        "Write a note to my neighbour. It should consist of three paragraphs, with a blank line between them.",
        [("paragraphs", (), 3, 3)],
    ),
    (
        "Write a note to my neighbour in 4 paragraphs. Separate the paragraphs with ***.",
        [("paragraphs", ("***",), 4, 4)],
    ),
    ("Write a note to my neighbour with exactly two paragraphs.", [("paragraphs", (), 2, 2)]),
    (
        "List reasons to learn Greek as exactly five bullet points, each starting with an asterisk.",
        [("bullets", (), 5, 5)],
    ),
    ('Give me reasons to learn Greek. I want precisely 3 bullets, like "* this".', [("bullets", (), 3, 3)]),
    ("Give me reasons to learn Greek in a bulleted list with four items.", [("bullets", (), 4, 4)]),
    (
        "Describe a beach holiday. Italicize at least two phrases using asterisks, *like this*.",
        [("highlights", (), 2, None)],
    ),
    (
        "Describe a beach holiday. Emphasize no fewer than 3 sections with markdown, i.e. *highlighted section*.",
        [("highlights", (), 3, None)],
    ),
    (
        "Write a letter template to a landlord. Include at least four placeholders in square brackets, for instance [date].",  # noqa: E501
        [("placeholders", (), 4, None)],
    ),
    ("Write a form letter. It must have a minimum of 5 placeholders such as [name].", [("placeholders", (), 5, None)]),
    ("Write about autumn. No commas at all.", [("no_commas", (), None, None)]),
    ("Write about autumn. Commas are off limits.", [("no_commas", (), None, None)]),
    ("Write about autumn and leave out every comma.", [("no_commas", (), None, None)]),
    ("Write about autumn. Refrain from the use of commas.", [("no_commas", (), None, None)]),
    ("Write about autumn, entirely in lower case.", [("lowercase", (), None, None)]),
    (
        "Write about autumn. Everything must be lowercase; capital letters are forbidden.",
        [("lowercase", (), None, None)],
    ),
    ("Write about autumn. No capitals, please.", [("lowercase", (), None, None)]),
    ("WRITE ABOUT AUTUMN. Reply in ALL CAPS.", [("capitals", (), None, None)]),
    ("Write about autumn. Your answer should contain nothing but uppercase letters.", [("capitals", (), None, None)]),
    ("Write about autumn. Use only capital letters throughout.", [("capitals", (), None, None)]),
    ("Write about autumn. At least 5 words must be in all capital letters.", [("capital_words", (), 5, None)]),
    ("Write about autumn. Words in full capitals should appear fewer than 4 times.", [("capital_words", (), None, 3)]),
    (
        "Give your review of the cafe a title in double angle brackets, like <<a fine place>>.",
        [("title", (), None, None)],
    ),
    ("Review the cafe. Put a title on top, wrapped in << and >>.", [("title", (), None, None)]),
    ("Review the cafe. Enclose the complete reply in double quotes.", [("quoted", (), None, None)]),
    ("Review the cafe. The entire output should be inside double quotation marks.", [("quoted", (), None, None)]),
    ("Review the cafe. At the very end, add a postscript beginning with P.S.", [("postscript", ("P.S.",), None, None)]),
    ("Review the cafe and tack on a P.P.S at the end.", [("postscript", ("P.P.S",), None, None)]),
    (
        'Review the cafe. Close with precisely these words: "Come hungry and leave happy." Nothing may follow them.',
        [("ends", ("Come hungry and leave happy.",), None, None)],
    ),
    (
        'Review the cafe. The last sentence must be "I will be back soon."',
        [("ends", ("I will be back soon.",), None, None)],
    ),
    (
        'Review the cafe. Your answer has to begin with the words "To be honest".',
        [("starts", ("To be honest",), None, None)],
    ),
    ("Review the cafe. Work the words teapot and scone into the text.", [("keywords", ("teapot", "scone"), 1, None)]),
    (
        'Review the cafe. Be sure to mention "cinnamon" and "window seat".',
        [("keywords", ("cinnamon", "window seat"), 1, None)],
    ),
    ("Review the cafe. The word service has to occur at least 3 times.", [("keywords", ("service",), 3, None)]),
    ('Review the cafe. Use the word "coffee" no more than twice.', [("keywords", ("coffee",), None, 2)]),
    (
        'Review the cafe. Steer clear of the words "nice" and "good".',
        [("forbidden_words", ("nice", "good"), None, None)],
    ),
    (
        "Review the cafe. Don't mention the words milk, sugar, or tea.",
        [("forbidden_words", ("milk", "sugar", "tea"), None, None)],
    ),
    (
        "Review the cafe. The terms 'cheap' and 'quick' must not appear.",
        [("forbidden_words", ("cheap", "quick"), None, None)],
    ),
    ("Review the cafe. The letter z should appear at least 4 times.", [("letter_count", ("z",), 4, None)]),
    ("Review the cafe. Use the letter 'q' fewer than 3 times.", [("letter_count", ("q",), None, 2)]),
    ("Review the cafe. Output valid JSON only.", [("json", (), None, None)]),
    ("Review the cafe. Format the whole answer as a JSON object.", [("json", (), None, None)]),
    ("Review the cafe. Respond in French only.", [("language", ("fr",), None, None)]),
    (
        "Review the cafe. Your reply must be written completely in German; no other language is allowed.",
        [("language", ("de",), None, None)],
    ),
    (
        "Write two alternative slogans for the cafe. Separate the two answers with six asterisks: ******",
        [("two_responses", ("******",), 2, 2)],
    ),
    (
        "Before you answer, repeat this request exactly as it stands, then give your answer: Name a river in Spain.",
        [("repeat_prompt", ("Name a river in Spain.",), None, None)],
    ),
    (
        "Name a river in Spain. First repeat my request word for word without changing anything, then answer it.",
        [("repeat_prompt", None, None, None)],
    ),
    (
        'Write an essay on rivers in 3 sections, each one headed "SECTION X" with its number.',
        [("sections", ("SECTION",), 3, None)],
    ),
    (
        'Is tea healthier than coffee? Answer with one of these phrases: "Yes it is.", "No it is not.", "I cannot say."',  # noqa: E501
        [("phrases", ("Yes it is.", "No it is not.", "I cannot say."), None, None)],
    ),
    (
        "Write 3 paragraphs about rain, parted by blank lines; the second paragraph has to start with the word Meanwhile.",  # noqa: E501
        [("paragraph_start", ("Meanwhile",), 2, None), ("paragraphs", (), 3, 3)],
    ),
    (
        'Write about rain in fewer than 80 words, without commas, and finish with the sentence "Then the sun came out."',  # noqa: E501
        [("words", (), None, 79), ("no_commas", (), None, None), ("ends", ("Then the sun came out.",), None, None)],
    ),
    (
        "Compose a limerick about a cat. All letters must be small. End it with a postscript starting with P.S.",
        [("lowercase", (), None, None), ("postscript", ("P.S.",), None, None)],
    ),
    (
        "Write a product description for a lamp. Mention the word bright exactly 2 times and stay within 50 words.",
        [("keywords", ("bright",), 2, 2), ("words", (), None, 50)],
    ),
    ("What is rust? Avoid commas and keep to two sentences.", [("no_commas", (), None, None), ("sentences", (), 2, 2)]),
    ("Draft a tweet about spring. Cap it at 30 words.", [("words", (), None, 30)]),
    ("Draft a post about spring; aim for 100 to 120 words.", [("words", (), 100, 120)]),
    ("Draft a post about spring. You need to produce no fewer than 300 words.", [("words", (), 300, None)]),
    ("Draft a post about spring. Anything above 45 words will be rejected.", [("words", (), None, 45)]),
    ("Explain gravity to a child using two sentences at most.", [("sentences", (), None, 2)]),
    ("Explain gravity to a child. Your explanation must not have more than 5 sentences.", [("sentences", (), None, 5)]),
    (
        "Explain gravity. Split your text into 3 paragraphs. Use the markdown divider *** between paragraphs.",
        [("paragraphs", ("***",), 3, 3)],
    ),
    ("Explain gravity in two paragraphs separated by a blank line.", [("paragraphs", (), 2, 2)]),
    (
        'What should I pack for a hike? Reply with six bullet points in markdown (lines starting with "* ").',
        [("bullets", (), 6, 6)],
    ),
    (
        "What should I pack for a hike? Your answer must contain exactly 4 bullet points. Use markdown bullets such as: * This is a point.",  # noqa: E501
        [("bullets", (), 4, 4)],
    ),
    (
        "Praise the mountains. Put at least 2 parts of the text in *italics* with asterisks.",
        [("highlights", (), 2, None)],
    ),
    ("Praise the mountains and never write a comma.", [("no_commas", (), None, None)]),
    ("Praise the mountains. The use of commas is prohibited.", [("no_commas", (), None, None)]),
    ("Praise the mountains. Small letters only.", [("lowercase", (), None, None)]),
    (
        "Praise the mountains. Make sure that your reply is all in lowercase, and in English.",
        [("lowercase", (), None, None)],
    ),
    ("Praise the mountains. SHOUT: every letter has to be a capital.", [("capitals", (), None, None)]),
    ("Praise the mountains. I want the answer in capital letters only.", [("capitals", (), None, None)]),
    ("Praise the mountains with no more than two words in all caps.", [("capital_words", (), None, 2)]),
    (
        "Invite my team to lunch. Use placeholders in square brackets at least three times, e.g. [address].",
        [("placeholders", (), 3, None)],
    ),
    ("Invite my team to lunch. Finish the mail with a P.S. line.", [("postscript", ("P.S.",), None, None)]),
    ("Invite my team to lunch. Wrap everything in double quotation marks.", [("quoted", (), None, None)]),
    (
        "Invite my team to lunch. It needs a title in double angular brackets, <<like this>>.",
        [("title", (), None, None)],
    ),
    (
        'Invite my team to lunch. End your mail with the exact phrase "See you at noon." and write no words after it.',
        [("ends", ("See you at noon.",), None, None)],
    ),
    ('Invite my team to lunch. Start the mail with "Dear all".', [("starts", ("Dear all",), None, None)]),
    (
        "Invite my team to lunch. Include keywords: soup, sunshine, bench.",
        [("keywords", ("soup", "sunshine", "bench"), 1, None)],
    ),
    ("Invite my team to lunch. The word lunch must turn up at least four times.", [("keywords", ("lunch",), 4, None)]),
    ("Invite my team to lunch, mentioning pizza at least twice.", [("keywords", ("pizza",), 2, None)]),
    (
        "Invite my team to lunch. Avoid these words: meeting, office, work.",
        [("forbidden_words", ("meeting", "office", "work"), None, None)],
    ),
    (
        'Invite my team to lunch. Your text may not contain the word "free".',
        [("forbidden_words", ("free",), None, None)],
    ),
    ("Invite my team to lunch. Make the letter k occur at least 6 times.", [("letter_count", ("k",), 6, None)]),
    ("Invite my team to lunch. Wrap the entire output in JSON format.", [("json", (), None, None)]),
    ("Invite my team to lunch, in Spanish. No other language is permitted.", [("language", ("es",), None, None)]),
    ("Describe the moon, writing your entire answer in Italian.", [("language", ("it",), None, None)]),
    ('Give me two different responses to "How are you?", separated by ******.', [("two_responses", ("******",), 2, 2)]),
    (
        "Write a talk in 4 sections. Mark the beginning of each section with Section X, such as Section 1.",
        [("sections", ("Section",), 4, None)],
    ),
    (
        'Will it rain? Your answer must contain one of the following: "It will rain.", "It will stay dry.", "Nobody knows."',  # noqa: E501
        [("phrases", ("It will rain.", "It will stay dry.", "Nobody knows."), None, None)],
    ),
    (
        "Write 4 paragraphs on salt separated by two line breaks. The third paragraph must start with the word However.",  # noqa: E501
        [("paragraphs", (), 4, 4), ("paragraph_start", ("However",), 3, None)],
    ),
    (
        "Answer in under 25 words and without any commas: why is the sea salty?",
        [("words", (), None, 24), ("no_commas", (), None, None)],
    ),
    (
        "Why is the sea salty? Answer in lowercase, using at least 2 sentences, and mention the word mineral.",
        [("lowercase", (), None, None), ("sentences", (), 2, None), ("keywords", ("mineral",), 1, None)],
    ),
    (
        "Write a haiku about tea. Add a title wrapped in double angular brackets, i.e. <<title>>, and keep all letters lowercase.",  # noqa: E501
        [("title", (), None, None), ("lowercase", (), None, None)],
    ),
]

NO_INSTRUCTIONS = [
    "What are the main causes of rust on iron gates?",
    "Explain how commas are used in English lists.",
    "Write a short story about a boy who learns to read French.",
    "Which letter of the alphabet is used most often?",
    "How many words does an average novel have?",
    "Give me a recipe for lemon cake.",
    "Translate 'good morning' into Spanish.",
    'Who wrote the phrase "To be or not to be"?',
    "Why do newspapers print headlines in capital letters?",
    "Can you help me to write a JSON parser in Python?",
    "What does P.S. mean in a letter?",
    "Summarise the following text: The river rose. The town was flooded. Nobody was hurt.",
    "Is the word 'set' used more often than 'run'?",
    "How do you say thank you in Japanese?",
    "What are bullet points good for?",
    "Should a letter end with a postscript?",
    "Write a poem about the letters of my grandmother.",
    "How many sentences does a good paragraph have?",
    "Do all languages use capital letters?",
]

DRAFT = (
    "The evening was calm, and people sat outside. Anna told us a story, which made everyone laugh.\n\n"
    "Later it rained; nobody minded, because the roof was good. We stayed until late.\n\n"
    "In the morning the street was wet. The baker opened his door, and the smell of bread was everywhere."
)
WITHOUT_MODEL = frozenset({"language", "words", "two_responses"})
"""Kinds that a mend alone cannot always keep: too few words, another language."""


@pytest.mark.parametrize(("prompt", "demands"), INSTRUCTIONS, ids=lambda value: str(value)[:60])
def test_an_instruction_is_read(prompt: str, demands: list[Demand]) -> None:
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    assert not rulebook.forms
    general = [rule for rule in rulebook.rules if rule.kind not in (RuleKind.NOTHING_ELSE, RuleKind.BRIEF)]
    told = {(rule.kind.value, rule.words, rule.low, rule.high) for rule in general}
    anyhow = {kind for kind, words, _, _ in demands if words is None}
    told = {(kind, () if kind in anyhow else words, low, high) for kind, words, low, high in told}
    assert told == {(kind, words or (), low, high) for kind, words, low, high in demands}


@pytest.mark.parametrize("prompt", NO_INSTRUCTIONS)
def test_a_plain_question_demands_nothing(prompt: str) -> None:
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    assert not rulebook.forms and not rulebook.rules
    assert constrain(rulebook).grammar() is None and not constrain(rulebook).check("Anything.")


@pytest.mark.parametrize(("prompt", "demands"), INSTRUCTIONS, ids=lambda value: str(value)[:60])
def test_a_draft_is_mended(prompt: str, demands: list[Demand]) -> None:
    turn = constrain(read(Rulebook(), prompt, own=False, message=0))
    mended = turn.nearest(DRAFT)
    assert len(turn.check(mended)) <= len(turn.check(DRAFT))
    left = {violation.kind for violation in turn.check(mended)}
    assert left <= WITHOUT_MODEL
