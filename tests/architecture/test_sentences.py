"""Every sentence that people read: its blanks are those that the code fills, in each language."""

import ast
import re
import string
from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from models.messages import LANGUAGES, Code, read_all_codes
from tasks.fraud.figures import own_paths, read_figures
from tests.architecture.house_rules import ROOT, Source, parse, product_sources

TASKS = ROOT / "tasks"
#: Keywords of the makers of findings that fill no blank.
NO_BLANK = frozenset({"line_no", "effect", "code", "codes", "draft"})
CODES: Mapping[str, Code] = read_all_codes(TASKS)
_ARABIC = re.compile(r"[\u0600-\u06ff]")
#: What a maker adds by itself to whatever is found in a part of the code.
ADDED: Mapping[str, frozenset[str]] = {
    "tasks/pricing/": frozenset({"act"}),
    "tasks/intake/strict_json.py": frozenset({"line", "column"}),
}
#: Where a code is filled in that another file names.
FILLED_IN = {"BORDEREAU_ECART": "infra/stores/envelopes.py"}
#: Blanks that the answer to a sender has, whatever was said.
_OF_THE_ANSWER = frozenset({"public_number"})


def blanks(text: str) -> frozenset[str]:
    """The names of the parameters in a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def asked_of(code: str) -> frozenset[str]:
    """What a code's sentence asks for."""
    return blanks(CODES[code].sentences["fr"]) - _OF_THE_ANSWER


def names_given(tree: ast.AST) -> set[str]:
    """Every name under which something may be passed: keywords, keys of dicts, keys set."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Dict):
            found |= {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
    return found


def codes_meant(source: Source) -> dict[str, str]:
    """The constants of a file that hold one code: their names and the code."""
    return {
        node.targets[0].id: node.value.value
        for node in source.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and node.value.value in CODES
    }


def direct_calls(source: Source) -> Iterator[tuple[str, int, set[str]]]:
    """Calls that name a code and say all its parameters: the code, the line, the names."""
    meant = codes_meant(source)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        is_plain = all(word.arg for word in node.keywords)
        given = {str(word.arg) for word in node.keywords} - NO_BLANK
        for one in node.args[:2]:
            text = one.value if isinstance(one, ast.Constant) else meant.get(ast.unparse(one), "")
            if is_plain and given and isinstance(text, str) and text in CODES:
                yield text, node.lineno, given


def added_in(path: str) -> frozenset[str]:
    """What is added to everything found in a file."""
    return frozenset().union(*(names for part, names in ADDED.items() if path.startswith(part)))


@cache
def names_near() -> dict[str, set[str]]:
    """Code → every name given in the files that write the code, or fill it in."""
    found: dict[str, set[str]] = {}
    for source in product_sources():
        written = {one for one, path in FILLED_IN.items() if path == source.path}
        if source.package == "tasks":
            written |= {
                node.value
                for node in ast.walk(source.tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            } & set(CODES)
        for code in written:
            found.setdefault(code, set()).update(names_given(source.tree), added_in(source.path))
    return found


def test_a_call_gives_what_the_sentence_asks_for() -> None:
    wrong = []
    for source in product_sources():
        for code, line, given in direct_calls(source) if source.package == "tasks" else ():
            lacking = asked_of(code) - given - added_in(source.path)
            if lacking:
                wrong.append(f"{source.path}:{line}: {code} lacks {sorted(lacking)}")
    assert not wrong, "\n".join(wrong)


def test_a_call_that_lacks_a_parameter_is_found() -> None:
    text = "finding(codes, 'NOMBRE_PIECES', stated='1', count='2')\nDIFFERS = 'NOMBRE_PIECES'\n"
    text += "finding(codes, DIFFERS, None, stated='1')\n"
    found = list(direct_calls(parse("tasks/x.py", text)))
    assert found == [("NOMBRE_PIECES", 1, {"stated", "count"}), ("NOMBRE_PIECES", 3, {"stated"})]


@pytest.mark.parametrize(
    "name", sorted(name for name in CODES if blanks(CODES[name].sentences["fr"]))
)
def test_what_a_sentence_asks_for_is_given_where_its_code_is_written(name: str) -> None:
    assert asked_of(name) <= names_near().get(name, set())


def test_every_sentence_has_a_french_and_an_arabic_text_of_its_own() -> None:
    for code in CODES.values():
        french, arabic = code.sentences["fr"], code.sentences["ar"]
        assert _ARABIC.search(arabic), code.code
        assert not _ARABIC.search(french), code.code
        assert french != code.sentences["en"], code.code
        assert len({blanks(code.sentences[language]) for language in LANGUAGES}) == 1, code.code


def test_every_fraud_rule_says_the_same_in_every_language_with_what_it_gives() -> None:
    drugs = TASKS / "pricing" / "national" / "ma" / "drugs.csv"
    texts = read_figures(own_paths(drugs)).texts
    by_rule = {
        source.path: source for source in product_sources() if "fraud/rules/f" in source.path
    }
    assert len(texts) == len(by_rule)
    for rule_id, text in texts.items():
        asked = {blanks(text.sentences[language]) for language in LANGUAGES}
        assert len(asked) == 1, rule_id
        (source,) = [one for path, one in by_rule.items() if f"/{rule_id.lower()}_" in path]
        assert next(iter(asked)) <= names_given(source.tree), rule_id
        assert _ARABIC.search(text.sentences["ar"]), rule_id
