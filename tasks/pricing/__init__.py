"""Prices lines under the tariff in force on the date that counts."""
