"""The page of a scheme that a lawyer and an actuary sign: every figure, its source, its cases."""
