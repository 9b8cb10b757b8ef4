"""Chongqing long-term care insurance (长护险): a daily benefit by kind of care."""
