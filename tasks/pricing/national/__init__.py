"""Tables and rules that the schemes of one country share, one folder a country."""
