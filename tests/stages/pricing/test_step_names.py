"""Every input that a step shows has a word in each language, whatever scheme it comes from."""

from pathlib import Path

import tasks.pricing
from tasks.pricing.cases import read_cases
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price_traced
from tasks.pricing.explain import TEXTS_PATH
from tasks.pricing.strict_yaml import read_yaml

CASES_DIR = Path(__file__).parents[2] / "cases" / "pricing"
CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
CURRENCIES = {name: scheme.currency for name, scheme in CATALOGUE.schemes.items()}


def test_every_input_of_a_step_has_a_word():
    shared = set(read_yaml(TEXTS_PATH))
    missing = set()
    for scheme_id, scheme in CATALOGUE.schemes.items():
        for path in sorted((CASES_DIR / scheme_id).glob("*.yaml")):
            for case in read_cases(path, CURRENCIES):
                _, steps = price_traced(case.given, CATALOGUE)
                names = {f"input.{name}" for step in steps for name, _ in step.params}
                missing |= {(scheme_id, name) for name in names - shared - set(scheme.texts)}
    assert not missing
