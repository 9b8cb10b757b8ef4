"""The payer's share under AMO Achamil: general, drugs, serious illness."""

from tasks.pricing.national.ma.shares import drug_share, general_share, public_ald_share
from tasks.pricing.rule import rate_rule

drug_rate = rate_rule(
    "MA-ACHAMIL-TAUX-MEDICAMENT",
    reference="AMO Achamil : taux des médicaments des salariés, égalité supposée",
    reads=("rate.drugs",),
)(drug_share)

ald_rate = rate_rule(
    "MA-ACHAMIL-TAUX-ALD-PUBLIC",
    reference="AMO Achamil : taux des maladies graves des salariés, égalité supposée",
    reads=("rate.ald_public",),
)(public_ald_share)

general_rate = rate_rule(
    "MA-ACHAMIL-TAUX-GENERAL",
    reference="AMO Achamil : taux général des salariés, égalité supposée",
    reads=("rate.general",),
)(general_share)
