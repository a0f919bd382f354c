"""How a game speaks: wording, reply forms and strictness, as data that a master only reads."""
