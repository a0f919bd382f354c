"""Reading reply forms and hard rules from prose, and holding replies to them.

Knows text, grammars and checks. Knows no game, no planner, no language model.
"""
