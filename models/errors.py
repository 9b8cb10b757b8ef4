"""Every error of tasfiya, one class for each cause.

TasfiyaError
├── UsageError            the caller asked for something that cannot be done (exit code 2)
│   ├── SettingsError     a setting is missing, unknown or unsafe
│   ├── UnknownDossier    no dossier of that id or public number
│   └── ApprovalRefused   an approval that may not be given (wrong hash, same person, state)
├── CatalogueError        a tariff, rights or code file is wrong: names file, key and date
│   └── FigureNotInForce  a figure asked for on a date on which it has no value
├── FactMissing           a rule needs a fact that nobody gave: becomes a finding of the dossier
├── MoneyError            two currencies, too many decimals, not a number
├── ContractBreach        a stage broke its contract: dossiers are quarantined, never retried
├── CountersUnsettled     dossiers decided again never come to rest: a rule is wrong
├── AuditBroken           the audit trail does not verify: names the row
└── MachineError          a machine failed: retried, then loud (exit code 3)
    ├── StorageError      the object store did not do what was asked
    ├── DecoderFailed     a decoding child process died, ran out of time or of memory
    └── LotBusy           another process holds the lot

What is wrong with a *dossier* is never an exception: it is a ``models.finding.Finding``.
"""


class TasfiyaError(Exception):
    """Any error of ours."""

    exit_code = 3


class UsageError(TasfiyaError):
    """The caller asked for something that cannot be done; the sentence says what to do instead."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting is missing, unknown or unsafe."""


class UnknownDossier(UsageError):
    """No dossier has that id or public number."""


class ApprovalRefused(UsageError):
    """The approval may not be given: wrong hash, wrong state, or the preparer approves."""


class CatalogueError(TasfiyaError):
    """A tariff, rights or code file is wrong; the sentence names file, key and date."""

    exit_code = 2


class FigureNotInForce(CatalogueError):
    """A figure was asked for on a date on which it has no value."""


class FactMissing(TasfiyaError):
    """A rule needs a fact that nobody gave; the engine turns it into a finding."""


class MoneyError(TasfiyaError):
    """Money was used wrongly: two currencies, too many decimals, not a number."""


class ContractBreach(TasfiyaError):
    """A stage broke its contract as a whole; single rows are quarantined without an exception."""


class CountersUnsettled(TasfiyaError):
    """Dossiers that share counters were decided again and again and still differ."""


class AuditBroken(TasfiyaError):
    """The audit trail does not verify."""

    exit_code = 1


class MachineError(TasfiyaError):
    """A machine failed; the work may be tried again."""


class StorageError(MachineError):
    """The object store did not do what was asked."""


class DecoderFailed(MachineError):
    """A decoding child process died, ran out of time or of memory."""


class LotBusy(MachineError):
    """Another process holds the lot."""
