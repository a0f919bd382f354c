"""Cognitive probes: small tests of working memory, flexibility, planning and theory of mind."""
