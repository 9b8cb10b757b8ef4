"""What a form means beyond its zones: fields that stand for others, facts of every line, lines.

A form says these things as data (``fallbacks``, ``implied``, ``lines``); here they are done.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tasks.extraction.acceptance import P_DOUBTFUL, Judged, Source
from tasks.extraction.class_totals import read_category_totals, read_class_totals
from tasks.extraction.found import Found
from tasks.extraction.lines import Bills, ReadLine, ReadLines, read_lines
from tasks.extraction.sheet import LINE_FACTS, Sheet
from tasks.extraction.template import Template
from tasks.extraction.vocabulary import Vocabulary

#: Without these nobody is insured and nobody was treated: left empty, a person looks.
_NEEDED = ("insured_number", "insured_name")
_MAKERS: Mapping[str, Callable[[Sheet], ReadLines]] = {
    "class_totals": read_class_totals,
    "category_totals": read_category_totals,
}


def lines_of(sheet: Sheet, bills: Bills, vocabulary: Vocabulary) -> ReadLines:
    """Return the lines of a sheet, made as its form says, with the facts that hold for each."""
    name = sheet.template.line_maker
    if name == "codes":
        # C and V are codes where no coefficient goes with them.
        vocabulary = replace(vocabulary, letters={})
    maker = _MAKERS.get(name)
    made = maker(sheet) if maker else read_lines(sheet, bills, vocabulary)
    facts = {
        name.removeprefix(LINE_FACTS): found
        for name, found in sheet.fields.items()
        if name.startswith(LINE_FACTS) and (found.value or found.is_doubtful)
    }
    return replace(made, lines=tuple(_with_facts(line, facts) for line in made.lines))


def completed(found: Mapping[str, Found], template: Template) -> dict[str, Found]:
    """Return the fields with what the form implies and with those that stand for empty ones."""
    fields = {name: one for name, one in found.items() if not name.startswith(LINE_FACTS)}
    for name, then in template.implied.items():
        if found[name].value:
            fields |= {key: found[name].judged_as(_implied(value)) for key, value in then.items()}
    for name, other in template.fallbacks.items():
        own = fields.get(name, fields[other])
        is_left_empty = not own.value and not own.is_doubtful
        fields[name] = fields[other] if is_left_empty else own
        if name in _NEEDED and not fields[name].value:
            fields[name] = own.judged_as(Judged("", P_DOUBTFUL, True, Source.DOUBTFUL))
    return fields


def _implied(value: str) -> Judged:
    return Judged(value, 0.0, False, Source.FORM)


def _with_facts(read: ReadLine, facts: Mapping[str, Found]) -> ReadLine:
    if not facts:
        return read
    stated = {name: one.value for name, one in facts.items() if one.value}
    found = {f"facts.{name}": one for name, one in facts.items()}
    line = replace(read.line, facts={**stated, **read.line.facts})
    return ReadLine(line, {**found, **read.found})
