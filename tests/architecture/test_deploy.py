"""The deployment files name flows, settings and services that exist, and hold no secret."""

import ast
import re
import subprocess
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from infra.settings import Settings
from tests.architecture.house_rules import PACKAGES, ROOT

DEPLOY = ROOT / "infra" / "deploy"
PREFECT: dict[str, Any] = yaml.safe_load((DEPLOY / "prefect.yaml").read_text("utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")

#: Where the code stands on a worker; read by Prefect's template, not by the settings.
CODE_FOLDER = "TASFIYA_ROOT"
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_]+)(?P<rest>:[?-][^}]*)?\}")
#: Words in the name of a variable whose value nobody may read here.
SECRET = re.compile(r"PASSWORD|AUTH_STRING|ENCRYPTION_KEY|ACCESS_KEY")


def setting_names() -> set[str]:
    """The environment variables that the settings read."""
    prefix = Settings.model_config["env_prefix"]
    return {
        str(field.validation_alias or f"{prefix}{name.upper()}")
        for name, field in Settings.model_fields.items()
    }


def example() -> dict[str, str]:
    """The variables of ``.env.example``, those that are commented out too."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = [line.removeprefix("# ").split("=", maxsplit=1) for line in lines if "=" in line]
    return {name: value for name, value in pairs if re.fullmatch(r"[A-Z0-9_]+", name)}


def services() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from COMPOSE["services"].items()


@pytest.mark.parametrize("deployment", PREFECT["deployments"], ids=lambda entry: entry["name"])
def test_a_deployment_names_a_flow_that_exists(deployment: dict[str, Any]) -> None:
    path, _, name = deployment["entrypoint"].partition(":")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    flows = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name == name
        and any(ast.unparse(one).startswith("flow(") for one in node.decorator_list)
    ]
    assert len(flows) == 1
    known = {argument.arg for argument in flows[0].args.args}
    assert set(deployment["parameters"]) <= known
    assert len(flows[0].args.defaults) == len(known), "a schedule gives no argument"


@pytest.mark.parametrize("deployment", PREFECT["deployments"], ids=lambda entry: entry["name"])
def test_a_deployment_runs_once_at_a_time_on_the_payers_clock(deployment: dict[str, Any]) -> None:
    assert deployment["concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_limit"]["collision_strategy"] in {"ENQUEUE", "CANCEL_NEW"}
    assert deployment["work_pool"]["name"] == "tasfiya"
    assert deployment["schedules"]
    for schedule in deployment["schedules"]:
        assert len(schedule["cron"].split()) == 5
        assert ZoneInfo(schedule["timezone"]).key == Settings().time_zone


def test_a_worker_runs_the_code_where_its_variable_says() -> None:
    step = PREFECT["pull"][0]["prefect.deployments.steps.set_working_directory"]
    assert step["directory"] == f"{{{{ ${CODE_FOLDER} }}}}"
    assert f"{CODE_FOLDER}=/app" in DOCKERFILE


def test_every_day_is_deployed() -> None:
    names = {entry["name"] for entry in PREFECT["deployments"]}
    assert names == {"watch-inbox", "process-day", "archive-documents", "pay-day"}


@pytest.mark.parametrize(("name", "service"), services())
def test_a_service_is_given_settings_that_exist(name: str, service: dict[str, Any]) -> None:
    given = {key for key in service.get("environment", {}) if key.startswith("TASFIYA_")}
    assert given <= setting_names(), name


@pytest.mark.parametrize(("name", "service"), services())
def test_a_service_waits_for_services_that_exist(name: str, service: dict[str, Any]) -> None:
    for other, condition in service.get("depends_on", {}).items():
        assert other in COMPOSE["services"], name
        if condition["condition"] == "service_healthy":
            assert "healthcheck" in COMPOSE["services"][other], other


@pytest.mark.parametrize(("name", "service"), services())
def test_an_image_has_a_version(name: str, service: dict[str, Any]) -> None:
    image, _, tag = service["image"].rpartition(":")
    assert image, name
    assert tag != "latest"


@pytest.mark.parametrize(("name", "service"), services())
def test_no_service_starts_with_a_default_secret(name: str, service: dict[str, Any]) -> None:
    for key, value in service.get("environment", {}).items():
        for variable in VARIABLE.finditer(str(value)):
            if SECRET.search(variable["name"]):
                assert str(variable["rest"]).startswith(":?"), f"{name}: {key}"
        if SECRET.search(key):
            assert VARIABLE.search(str(value)), f"{name}: {key} is written out"


def test_what_compose_asks_for_stands_in_the_example_and_secrets_are_empty() -> None:
    asked = {found["name"] for found in VARIABLE.finditer((DEPLOY / "compose.yaml").read_text())}
    given = example()
    assert asked - {"PREFECT_SERVER_UI_API_URL"} <= set(given)
    assert not {name for name in asked if SECRET.search(name) and given.get(name)}


def test_the_example_names_settings_that_exist() -> None:
    ours = {name for name in example() if name.startswith("TASFIYA_")}
    assert ours - {CODE_FOLDER} <= setting_names()


def test_only_prefects_server_is_published_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in services() if "ports" in service}
    assert published == {"prefect": ["127.0.0.1:4200:4200"]}


def test_prefects_server_cannot_reach_the_dossiers() -> None:
    environment = COMPOSE["services"]["prefect"]["environment"]
    assert not {"DATABASE_URL", "STORAGE_URL", "AWS_SECRET_ACCESS_KEY"} & set(environment)


def test_the_image_is_locked_runs_as_nobody_and_holds_every_package() -> None:
    assert "--require-hashes --requirement" in DOCKERFILE
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    for package in PACKAGES:
        assert f"COPY {package} ./{package}" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    assert {f"!{package}" for package in PACKAGES} <= set(ignored)


def test_the_first_start_of_postgresql_is_a_script_a_shell_can_read() -> None:
    subprocess.run(["sh", "-n", str(DEPLOY / "postgres-init.sh")], check=True)


def test_the_ci_runs_pinned_actions_with_no_rights() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert yaml.safe_load(text)["permissions"] == {}
    for action in re.findall(r"uses: (\S+)", text):
        assert re.search(r"@[0-9a-f]{40}$", action), action
