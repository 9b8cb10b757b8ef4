"""How likely a field is wrong, from labelled fields: cells, their counts, rates and bounds."""
