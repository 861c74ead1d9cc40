"""Texts that every library starts with; any file dropped in here is indexed at the next start."""
