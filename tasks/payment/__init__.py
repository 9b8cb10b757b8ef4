"""Turns approved decisions into payments, ledger entries and bank files."""
