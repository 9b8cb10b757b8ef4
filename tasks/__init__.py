"""One package a stage, in the order of ``models.stage``; only ``task.py`` of each knows Prefect.

intake      receives a file, keeps the original, acknowledges, makes dossiers of it
ocr         page images → words with boxes and quality
extraction  words or the electronic record → typed fields and lines with evidence
validation  fields and registers → findings
pricing     lines → amounts under the tariff in force
fraud       priced dossiers and history → signals
review      everything said about a dossier → a decision, or a task for a person
payment     approved decisions → payments, ledger, bank file
"""
