"""The payer's share under AMO Tadamon: general, drugs, serious illness."""

from tasks.pricing.national.ma.shares import drug_share, general_share, public_ald_share
from tasks.pricing.rule import rate_rule

drug_rate = rate_rule(
    "MA-TADAMON-TAUX-MEDICAMENT",
    reference="AMO Tadamon : taux des médicaments des salariés (presse)",
    reads=("rate.drugs",),
)(drug_share)

ald_rate = rate_rule(
    "MA-TADAMON-TAUX-ALD-PUBLIC",
    reference="AMO Tadamon : taux des maladies graves des salariés (presse)",
    reads=("rate.ald_public",),
)(public_ald_share)

general_rate = rate_rule(
    "MA-TADAMON-TAUX-GENERAL",
    reference="AMO Tadamon : taux général des salariés (presse)",
    reads=("rate.general",),
)(general_share)
