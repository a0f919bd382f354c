"""What the agent remembers: events, facts, beliefs, the map.

Knows what was said and seen. Knows no language model and no reply form.
"""
