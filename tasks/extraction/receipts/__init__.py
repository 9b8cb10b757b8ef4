"""Receipts of free layout: who was paid, on which day, and how much in all."""
