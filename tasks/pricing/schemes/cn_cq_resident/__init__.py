"""Chongqing basic medical insurance of residents (居民): two tiers, critical illness."""
