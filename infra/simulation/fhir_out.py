"""Electronic dossiers as FHIR R4 bundles, in the profile ``tasfiya-fhir/1`` described here.

One file is one ``Bundle`` of ``type`` ``collection`` whose ``identifier`` is
``{system: urn:tasfiya:format, value: tasfiya-fhir/1}``. Its entries, each with a ``fullUrl``
``urn:uuid:…`` by which references inside the bundle point (``{"reference": "urn:uuid:…"}``):

* one ``Claim``, one ``Coverage``, one ``Organization`` (who did the care), one ``Patient`` for the
  beneficiary and a second one for the insured person when they differ, and one ``Practitioner``
  (the prescriber) where there is a prescriber.

Identifiers (``identifier[].system``):

==============================  ===========================================  ===================
system                          stands on                                    native field
==============================  ===========================================  ===================
urn:tasfiya:public-number       Claim                                        public_number
urn:tasfiya:insured-number      Patient of the insured person                insured_id
urn:tasfiya:beneficiary-number  Patient of the beneficiary (also of the      beneficiary_id
                                insured, when he is the beneficiary)
urn:tasfiya:inpe                Organization, Practitioner,                  provider_id,
                                Claim.facility.identifier                    prescriber_id,
                                                                             stay.establishment_id
urn:tasfiya:ice                 Organization (only on invoices)              invoice_ice
urn:tasfiya:scheme              Coverage.payor[0].identifier                 scheme
==============================  ===========================================  ===================

Claim:

* ``created`` = deposit_date; ``use`` = ``claim`` (reimbursement) or ``preauthorization``
  (prior_agreement); ``status`` = ``active``; ``total`` = total_minor.
* ``type.coding`` {system ``urn:tasfiya:kind-of-care``, code} = kind_of_care.
* ``patient`` → Patient of the beneficiary; ``provider`` → Organization; ``insurance[0].coverage``
  → Coverage; ``insurance[0].preAuthRef[0]`` = agreement_number.
* ``careTeam[0]`` (role coding {``urn:tasfiya:care-role``, ``prescriber``}) → Practitioner.
* ``diagnosis[0].diagnosisCodeableConcept.text`` = diagnosis.
* ``supportingInfo[]``: ``category.coding`` {``urn:tasfiya:info``, code}; by code:
  ``piece`` (``code.coding`` {``urn:tasfiya:piece``, piece kind}, ``valueQuantity.value`` = count),
  ``stay`` (``timingPeriod.start`` / ``.end`` = admission / discharge; the establishment is
  ``Claim.facility.identifier``), ``prescription_date`` (``timingDate``), ``invoice_number``,
  ``ald_code``, ``agency``, ``region``, ``kind_of_submission`` (``valueString``; absent = first),
  ``is_continuous_care`` (``valueBoolean``; absent = false).
* ``item[]``: ``sequence``; ``productOrService.coding[0]`` with system ``urn:tasfiya:act`` (code),
  ``urn:tasfiya:letter`` (letter) or ``urn:tasfiya:ean`` (ean); ``productOrService.text`` = label;
  for a letter ``modifier[0].coding[0]`` {``urn:tasfiya:coefficient``, the coefficient as text};
  ``servicedDate`` = date; ``quantity.value``; ``unitPrice`` = unit_amount_minor (absent = None);
  ``net`` = amount_minor of the whole quantity; ``bodySite.coding[0]`` {``urn:tasfiya:tooth``, no}.

``Money.value`` is a JSON number in major units with two decimals (``80.50``), ``currency`` ``MAD``:
minor units = value × 100, read as a decimal, never through a binary float.

Patient: ``name[0].text`` = the whole name as written; ``birthDate``; ``gender`` male | female.
Coverage: ``subscriberId`` = insured_id; ``subscriber`` → Patient of the insured; ``beneficiary`` →
Patient of the beneficiary; ``relationship.coding`` {``urn:tasfiya:relation``, self|spouse|child}.

The channel is not written: a bundle comes in by the channel ``fhir``. There is no bank account.
"""
