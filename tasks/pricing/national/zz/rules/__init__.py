"""The rules of the conformance kit: what a payer with a price list and products needs."""
