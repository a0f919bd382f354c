"""Word families and endings of English: data for `constraints.morphology`."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SUFFIXES = _words(
    """
    lessness ilities atively ational fulness ization isation ations itions ements nesses ically ility ively ative
    ingly iness ation ition ement ments ities ances ences ables ibles fully ships hoods edly ment ness ical ance
    ence able ible less ship hood ions ings iest ized ised izes ises ists isms ives ants ents ates ated ity ful
    ion ing ier ied ies ize ise ist ism ous ive ant ent ate ers est ors er ed es ly al ic en or y s
    """
)
"""Endings that are taken off, the longest first."""

CLOSED = _words(
    """
    s es 's ed d ing er ers est r rs y ly ness less ful able ish like al ic ist ists ism ment ments ion ions ation
    or ors en ens ened ening ier iest ies ied ily iness ship hood dom ery age ages ty th ance ence ant ent ive ous
    ings ingly edly ional ity ities ility ative ively ying ously ably ible ibly
    """
)
"""Endings that a short stem may take."""

CLIPPED = _words("ing ings ed er ers est able ably ation ations ion ions y ies al ive ively or ors ery ity ities ional")
"""Endings that begin with a vowel and swallow a final e, or follow a doubled letter."""

COMMON_PARTS = _words(
    """
    every water about trans other where over through super which their while hyper those there these inter under
    after
    """
)
"""Beginnings and ends of long words that mean nothing by themselves."""

FAMILIES = tuple(
    frozenset(line.split())
    for line in """
    alive life live lives living
    am are be been being is was were
    anger angry
    asleep sleep sleeping sleeps slept
    ate eat eaten eating eats
    awake wake wakes waking woke woken
    bad worse worst
    bear bears birth bore born borne
    beautiful beauty
    began begin beginning begins begun
    best better good well
    bit bite bites biting bitten
    bled bleed bleeding bleeds blood bloody
    bought buy buying buys
    break breaking breaks broke broken
    bring bringing brings brought
    build building builds built
    calf calves
    came come comes coming
    catch catches catching caught
    child childhood childish children
    choice choose chooses choosing chose chosen
    dead deadly death deaths die died dies dying
    deep deeper depth
    dental teeth tooth
    dice die
    did do does doing done
    drank drink drinking drinks drunk
    draw drawing drawn draws drew
    drive driven drives driving drove
    fall fallen falling falls fell
    far farther further
    fed feed feeding feeds food foods
    feel feeling feels felt
    feet foot
    fight fighting fights fought
    find finding finds found
    flew flies flight flown fly flying
    free freedom
    freeze freezes freezing frost froze frozen
    gave gift give given gives giving
    geese goose
    go goes going gone went
    grew grow growing grown grows growth
    had has have having
    half halves
    hear heard hearing hears
    heat heated hot hotter
    height high higher
    held hold holding holds
    hid hidden hide hides hiding
    hoof hooves
    hunger hungry
    keep keeping keeps kept
    king kingdom royal
    knew know knowing knowledge known knows
    knife knives
    leaf leafy leaves
    least less little
    leave leaves leaving left
    lend lending lends lent loan loans
    length lengthy long longer
    liar lie lied lies lying
    lice louse
    loaf loaves
    lose loses losing loss losses lost
    lunar moon
    made make makes making
    man manly men
    marriage married marry
    mice mouse
    ox oxen
    paid pay paying pays
    people person persons
    poor poverty
    pride proud
    ran run running runs
    ridden ride rides riding rode
    rise risen rises rising rose
    said say saying says
    sale sales sell selling sells sold
    sang sing singer singing sings song songs sung
    sat seat seats sit sits sitting
    saw see seeing seen sees sight
    scarf scarves
    seek seeking seeks sought
    send sending sends sent
    shelf shelves
    shoot shooting shoots shot shots
    solar sun sunny
    speak speaking speaks speech spoke spoken
    spend spending spends spent
    stand standing stands stood
    steal stealing steals stole stolen
    strength strong stronger
    strike strikes striking struck
    swam swim swimming swims swum
    swear swears swore sworn
    sweep sweeping sweeps swept
    take taken takes taking took
    tale tales tell telling tells told
    taught teach teacher teaches teaching
    tear tears tore torn
    thief thieves
    think thinking thinks thought thoughts
    thirst thirsty
    threw throw throwing thrown throws
    true truly truth
    understand understands understood
    warm warmer warmth
    wear wearing wears wore worn
    weep weeping weeps wept
    wide wider width
    wife wives
    win winning wins won
    wisdom wise wiser
    wolf wolves
    woman womanly women
    write writes writing written wrote
    young younger youth
    """.strip().splitlines()
)
"""Words that are forms of each other though no ending tells."""
