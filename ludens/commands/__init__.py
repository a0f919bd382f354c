"""The commands by subject: each parses, builds the configuration, makes one library call."""
