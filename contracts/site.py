"""The front of the Data Docs: plain pages of our own that need no network, a page for each day.

Great Expectations' pages fetch their style and their index from the internet; these do not, and
they link to its pages for the details of each suite.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1c2530}
body{margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}
th,td{padding:.35rem .6rem;border-bottom:1px solid #d8dee6;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
tr.bad td{background:#fdecea}
a{color:#0b5cad}
.ok{color:#1a7f37}
.no{color:#b42318;font-weight:600}
small{color:#5b6775}
"""


@dataclass(frozen=True, slots=True)
class TableDocs:
    """What was checked of one table on one day; ``rules`` are rows of the gates' summaries."""

    stage: str
    contract: str
    version: str
    purpose: str
    table: str
    rules: Sequence[Mapping[str, Any]]
    page: str


def write_site(folder: Path, day: dt.date, tables: Sequence[TableDocs]) -> Path:
    """Write a day's page and the front page over all days; return the front page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{day}.html").write_text(_day_page(day, tables), encoding="utf-8")
    index = folder / "days.json"
    days = json.loads(index.read_text(encoding="utf-8")) if index.exists() else {}
    days[day.isoformat()] = {
        "tables": len(tables),
        "rules": sum(len(one.rules) for one in tables),
        "rows": sum(_rows(one) for one in tables),
        "broken": sum(1 for one in tables for rule in one.rules if rule["failed"]),
    }
    index.write_text(json.dumps(days, indent=1, sort_keys=True), encoding="utf-8")
    front = folder / "index.html"
    front.write_text(_front_page(days), encoding="utf-8")
    return front


def _rows(docs: TableDocs) -> int:
    return max((int(rule["checked"]) for rule in docs.rules), default=0)


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n{body}"
        "<p><small>Rules and counts; never a value of a dossier.</small></p></html>\n"
    )


def _front_page(days: Mapping[str, Mapping[str, int]]) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(day)}.html">{escape(day)}</a><td class=n>{one["tables"]}'
        f"<td class=n>{one['rules']}<td class=n>{one['rows']:,}<td>{_verdict(one['broken'])}</tr>"
        for day, one in sorted(days.items(), reverse=True)
    )
    return _page(
        "Data contracts by day",
        "<table><tr><th>day<th class=n>tables<th class=n>rules<th class=n>rows checked<th>result"
        f"</tr>{rows}</table>",
    )


def _day_page(day: dt.date, tables: Sequence[TableDocs]) -> str:
    parts = ['<p><a href="index.html">all days</a></p>']
    for one in tables:
        broken = sum(1 for rule in one.rules if rule["failed"])
        parts.append(
            f"<h2>{escape(one.stage)} · {escape(one.table)} {_verdict(broken)}</h2>"
            f"<p>{escape(one.purpose)} <small>{escape(one.contract)} {escape(one.version)} · "
            f'<a href="{escape(one.page)}">suite in Great Expectations</a></small></p>'
            "<table><tr><th>rule<th>kind<th>columns<th class=n>rows<th class=n>failed</tr>"
            + "".join(_rule_row(rule) for rule in one.rules)
            + "</table>"
        )
    return _page(f"Data contracts of {day}", "\n".join(parts))


def _rule_row(rule: Mapping[str, Any]) -> str:
    mark = " class=bad" if rule["failed"] else ""
    return (
        f"<tr{mark}><td>{escape(str(rule['rule']))}<td>{escape(str(rule['kind']))}"
        f"<td>{escape(str(rule['columns']))}<td class=n>{rule['checked']:,}"
        f"<td class=n>{rule['failed']:,}</tr>"
    )


def _verdict(broken: int) -> str:
    return (
        f"<span class=no>{broken} rules broken</span>" if broken else "<span class=ok>held</span>"
    )
