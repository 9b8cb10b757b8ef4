"""``tasfiya tariff``: the figures of a scheme, each with its dates, source and status."""

import typer

from flows.import_tariffs import import_list
from flows.publish_tariffs import diff, document, list_figures, sign
from flows.replay_tariff import replay_tariff
from flows.show_result import AsJson, show
from infra.settings import Settings
from tasks.pricing.catalogue import load_catalogue

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
app.command("list")(list_figures)
app.command("import")(import_list)
app.command("replay")(replay_tariff)
for command in (diff, document, sign):
    app.command()(command)
app.command("replay")(replay_tariff)


@app.callback()
def _root() -> None:
    """List, check, compare, import, replay, publish and sign the tariff figures."""


@app.command()
def check(as_json: AsJson = False) -> None:
    """Load every scheme strictly; the first fault is named by file, key and date."""
    settings = Settings()
    catalogue = load_catalogue(settings.schemes_dir, settings.imported_tariffs())
    result = {name: scheme.tariff_version for name, scheme in sorted(catalogue.schemes.items())}
    text = "\n".join(f"{name}: sound, version {version}" for name, version in result.items())
    show(result, as_json, text)
