"""The general health insurance of France: a local fund (CPAM) of the Assurance Maladie."""
