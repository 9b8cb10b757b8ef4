"""Reads page images: words, zones, bar codes and page quality."""
