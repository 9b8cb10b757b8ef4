"""The planted faults: one small function each, with its rate, codes and outcome."""

from infra.simulation.faults import fraud, identity, intake, life, lines, pieces, rights
from infra.simulation.faults.fault import Fault


def all_faults() -> tuple[Fault, ...]:
    """All faults in a fixed order, sound special cases included."""
    modules = (identity, rights, pieces, lines, intake, fraud, life)
    return tuple(fault for module in modules for fault in module.FAULTS)
