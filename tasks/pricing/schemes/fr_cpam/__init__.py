"""The general scheme of France: benefits of the Assurance Maladie, paid by the CPAM."""
