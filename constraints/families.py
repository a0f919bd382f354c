"""Word families and endings of English: data for `constraints.morphology`."""

SUFFIXES = [
    "ingly",
    "edly",
    "iness",
    "fulness",
    "lessness",
    "ational",
    "ization",
    "isation",
    "ations",
    "ation",
    "itions",
    "ition",
    "ements",
    "ement",
    "ments",
    "ment",
    "nesses",
    "ness",
    "ities",
    "ity",
    "ically",
    "ical",
    "ances",
    "ance",
    "ences",
    "ence",
    "ables",
    "able",
    "ibles",
    "ible",
    "fully",
    "ful",
    "less",
    "ships",
    "ship",
    "hoods",
    "hood",
    "ions",
    "ion",
    "ings",
    "ing",
    "iest",
    "ier",
    "ied",
    "ies",
    "ized",
    "ised",
    "izes",
    "ises",
    "ize",
    "ise",
    "ists",
    "ist",
    "isms",
    "ism",
    "ous",
    "ives",
    "ive",
    "ants",
    "ant",
    "ents",
    "ent",
    "ates",
    "ated",
    "ate",
    "ers",
    "er",
    "est",
    "ed",
    "es",
    "ly",
    "al",
    "ic",
    "en",
    "y",
    "s",
]


CLOSED = [
    "s",
    "es",
    "'s",
    "ed",
    "d",
    "ing",
    "er",
    "ers",
    "est",
    "r",
    "rs",
    "y",
    "ly",
    "ness",
    "less",
    "ful",
    "able",
    "ish",
    "like",
    "al",
    "ic",
    "ist",
    "ists",
    "ism",
    "ment",
    "ments",
    "ion",
    "ions",
    "ation",
    "or",
    "ors",
    "en",
    "ens",
    "ened",
    "ening",
    "ier",
    "iest",
    "ies",
    "ied",
    "ily",
    "iness",
    "ship",
    "hood",
    "dom",
    "ery",
    "age",
    "ages",
    "ty",
    "th",
    "ance",
    "ence",
    "ant",
    "ent",
    "ive",
    "ous",
]


FAMILIES = tuple(
    frozenset(line.split())
    for line in """be is are was were been being am
go goes went gone going
have has had having
do does did done doing
see sees saw seen seeing sight
eat eats ate eaten eating
give gives gave given giving gift
take takes took taken taking
come comes came coming
run runs ran running
sing sings sang sung singing song songs singer
drink drinks drank drunk drinking
swim swims swam swum swimming
begin begins began begun beginning
write writes wrote written writing
speak speaks spoke spoken speaking speech
break breaks broke broken breaking
choose chooses chose chosen choosing choice
fly flies flew flown flying flight
grow grows grew grown growing growth
know knows knew known knowing knowledge
throw throws threw thrown throwing
draw draws drew drawn drawing
drive drives drove driven driving
ride rides rode ridden riding
rise rises rose risen rising
fall falls fell fallen falling
steal steals stole stolen stealing theft thief thieves
wear wears wore worn wearing
bear bears bore borne born birth
buy buys bought buying
bring brings brought bringing
think thinks thought thinking thoughts
teach teaches taught teaching teacher
catch catches caught catching
fight fights fought fighting
seek seeks sought seeking
sell sells sold selling sale sales
tell tells told telling tale tales
say says said saying
pay pays paid paying
make makes made making
find finds found finding
hold holds held holding
stand stands stood standing
understand understands understood
win wins won winning
sit sits sat sitting seat seats
sleep sleeps slept sleeping asleep
keep keeps kept keeping
feel feels felt feeling
leave leaves left leaving
lose loses lost losing loss losses
build builds built building
send sends sent sending
spend spends spent spending
lend lends lent lending loan loans
shoot shoots shot shooting shots
hear hears heard hearing
freeze freezes froze frozen freezing frost
bite bites bit bitten biting
hide hides hid hidden hiding
feed feeds fed feeding food foods
bleed bleeds bled bleeding blood bloody
sweep sweeps swept sweeping
weep weeps wept weeping
strike strikes struck striking
swear swears swore sworn
tear tears tore torn
wake wakes woke woken waking awake
die dies died dying dead death deaths deadly
lie lies lied lying liar
man men manly
woman women womanly
child children childish childhood
foot feet
tooth teeth dental
goose geese
mouse mice
louse lice
ox oxen
person people persons
knife knives
wife wives
life lives living alive live
leaf leaves leafy
wolf wolves
half halves
shelf shelves
loaf loaves
calf calves
scarf scarves
hoof hooves
thief thieves
good better best well
bad worse worst
far farther further
little less least
long longer length lengthy
strong stronger strength
wide wider width
deep deeper depth
high higher height
hot hotter heat heated
warm warmer warmth
young younger youth
true truth truly
wise wiser wisdom
free freedom
poor poverty
proud pride
hungry hunger
angry anger
thirsty thirst
beautiful beauty
sun sunny solar
moon lunar
king kingdom royal
marry married marriage
die dice""".splitlines()
)


COMMON_PARTS = frozenset(
    [
        "under",
        "over",
        "inter",
        "after",
        "where",
        "there",
        "every",
        "other",
        "about",
        "their",
        "these",
        "those",
        "which",
        "while",
        "water",
        "through",
        "super",
        "hyper",
        "trans",
    ]
)
