"""The payer's share: general, drugs, serious illness treated in a public structure.

The sources give the share of serious illness for care on the base of the reference tariff; drugs,
which have a base of their own, keep their rate and are asked first. The exoneration of such
conditions elsewhere (77 to 100 %, disease by disease) is not applied: its table is not available,
and the general rate is what is known to be due at least.
"""

from tasks.pricing.national.ma.shares import drug_share, general_share, public_ald_share
from tasks.pricing.rule import rate_rule

ald_rate = rate_rule(
    "MA-TAUX-ALD-PUBLIC",
    reference=(
        "Taux porté à 90 % pour les maladies graves ou invalidantes soignées dans un "
        "établissement public"
    ),
    reads=("rate.ald_public",),
)(public_ald_share)

drug_rate = rate_rule(
    "MA-TAUX-MEDICAMENT",
    reference="CNSS : 70 % de la base de remboursement des médicaments admis",
    reads=("rate.drugs",),
)(drug_share)

general_rate = rate_rule(
    "MA-TAUX-GENERAL",
    reference="CNSS, « Que couvre l'AMO » : 70 % de la tarification nationale de référence",
    reads=("rate.general",),
)(general_share)
