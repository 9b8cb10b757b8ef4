"""The longer SQL of payment, in words that SQLite and PostgreSQL both understand.

States are written out; ``tests/stages/payment/test_queries.py`` holds them against the enums.
"""

_DECISIONS = """
SELECT x.dossier_id, x.version, d.scheme, x.currency,
       -- A request for prior agreement is never paid.
       CASE WHEN e.request_kind = 'prior_agreement' THEN 0 ELSE x.due_minor END AS due_minor,
       COALESCE(v.insured_person_id, '') AS insured_person_id,
       COALESCE(o.state, '') AS known_state,
       COALESCE(o.amount_minor, 0) AS known_amount_minor
FROM dossier d
JOIN decision x ON x.dossier_id = d.dossier_id AND x.outcome = 'accepted'
LEFT JOIN obligation o ON o.dossier_id = x.dossier_id AND o.version = x.version
LEFT JOIN validated_dossier v ON v.dossier_id = x.dossier_id AND v.version = x.version
LEFT JOIN dossier_version n ON n.dossier_id = x.dossier_id AND n.version = x.version
LEFT JOIN extracted_dossier e
       ON e.dossier_id = n.dossier_id AND e.content_version = n.content_version
"""

#: Approved dossiers whose present version has no payment on its way.
PAYABLE = (
    _DECISIONS
    + """
WHERE d.status = 'approved' AND x.version = d.version
  AND (o.state IS NULL OR o.state IN ('open', 'waiting', 'review'))
ORDER BY d.dossier_id
"""
)

#: Still owed by an older version beside a later one that has an obligation of its own: the
#: payment of the older one came back from the bank.
OWED_BY_OLDER = (
    _DECISIONS
    + """
WHERE o.state IN ('open', 'waiting') AND x.version < d.version
ORDER BY d.dossier_id, x.version
"""
)

#: Unpaid obligations that a later version or the end of the dossier replaces. One that a later
#: obligation already took into account stays: the later one owes only the difference.
REPLACED = """
SELECT o.dossier_id, o.version, o.state, o.amount_minor, o.currency
FROM obligation o
JOIN dossier d ON d.dossier_id = o.dossier_id
WHERE o.state IN ('open', 'waiting', 'review')
  AND ((d.version = o.version AND d.status IN ('refused', 'returned', 'withdrawn'))
    OR (d.version > o.version AND NOT EXISTS (
          SELECT 1 FROM obligation later
          WHERE later.dossier_id = o.dossier_id AND later.version > o.version
            AND later.state <> 'superseded')))
ORDER BY o.dossier_id, o.version
"""

#: What is paid or on its way on dossiers, by currency and state of the payment.
PAID = """
SELECT l.dossier_id, p.currency, p.state, SUM(l.amount_minor) AS amount_minor
FROM payment_obligation l
JOIN payment p ON p.payment_id = l.payment_id
WHERE l.is_live AND l.dossier_id IN :keys
GROUP BY l.dossier_id, p.currency, p.state
"""

#: What dossiers' obligations still owe by themselves, by currency and version.
OWED = """
SELECT dossier_id, version, currency, amount_minor
FROM obligation
WHERE state IN ('open', 'waiting') AND dossier_id IN :keys
"""

#: Count and sum of a batch's payments, and the sum of the obligations they settle.
BATCH_SUMS = """
SELECT (SELECT COUNT(*) FROM payment WHERE batch_id = :batch_id) AS payment_count,
       (SELECT COALESCE(SUM(amount_minor), 0) FROM payment WHERE batch_id = :batch_id)
         AS payment_minor,
       (SELECT COALESCE(SUM(l.amount_minor), 0)
        FROM payment p JOIN payment_obligation l ON l.payment_id = p.payment_id AND l.is_live
        WHERE p.batch_id = :batch_id) AS obligation_minor
"""

TRANSFERS = """
SELECT end_to_end_id, payee_name, account, amount_minor
FROM payment WHERE batch_id = :batch_id ORDER BY payment_id
"""

#: Dossiers of a batch that may not be paid any more: no longer approved in the version that the
#: batch pays, unless a later obligation counts on that payment.
NOT_PAYABLE = """
SELECT l.dossier_id
FROM payment p
JOIN payment_obligation l ON l.payment_id = p.payment_id AND l.is_live
JOIN dossier d ON d.dossier_id = l.dossier_id
WHERE p.batch_id = :batch_id
  AND NOT (d.version = l.version AND d.status = 'approved')
  AND NOT EXISTS (
    SELECT 1 FROM obligation later
    WHERE later.dossier_id = l.dossier_id AND later.version > l.version
      AND later.state <> 'superseded')
ORDER BY l.dossier_id
"""

#: Dossiers that a batch's publication makes paid, and by which payment.
PAID_BY_BATCH = """
SELECT d.dossier_id, d.version, d.stage, d.status, l.payment_id
FROM payment p
JOIN payment_obligation l ON l.payment_id = p.payment_id AND l.is_live
JOIN dossier d ON d.dossier_id = l.dossier_id AND d.version = l.version AND d.status = 'approved'
WHERE p.batch_id = :batch_id
ORDER BY d.dossier_id
"""

SET_DOSSIERS_PAID = """
UPDATE dossier SET stage = 'payment', status = 'paid'
WHERE status = 'approved' AND EXISTS (
  SELECT 1 FROM payment_obligation l JOIN payment p ON p.payment_id = l.payment_id
  WHERE p.batch_id = :batch_id AND l.is_live
    AND l.dossier_id = dossier.dossier_id AND l.version = dossier.version)
"""

SET_OBLIGATIONS = """
UPDATE obligation SET state = :state
WHERE state = 'proposed' AND EXISTS (
  SELECT 1 FROM payment_obligation l JOIN payment p ON p.payment_id = l.payment_id
  WHERE p.batch_id = :batch_id AND l.is_live
    AND l.dossier_id = obligation.dossier_id AND l.version = obligation.version)
"""

END_LINKS = """
UPDATE payment_obligation SET is_live = :is_live
WHERE payment_id IN (SELECT payment_id FROM payment WHERE batch_id = :batch_id)
"""

COUNT_OBLIGATIONS = """
SELECT state, waits_for, currency, COUNT(*) AS obligations, SUM(amount_minor) AS amount_minor
FROM obligation GROUP BY state, waits_for, currency ORDER BY state, waits_for, currency
"""

LEDGER_BALANCES = """
SELECT account, currency, SUM(debit_minor) - SUM(credit_minor) AS balance_minor
FROM ledger_entry GROUP BY account, currency ORDER BY account, currency
"""

UNBALANCED_POSTINGS = """
SELECT DISTINCT posting_id FROM (
  SELECT posting_id FROM ledger_entry GROUP BY posting_id, currency
  HAVING SUM(debit_minor) <> SUM(credit_minor)) AS posting
ORDER BY posting_id
"""
