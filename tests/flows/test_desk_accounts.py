"""The desk's accounts from the command line, and what the desk refuses to start with."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows import cli
from infra.settings import Settings
from infra.stores.desk_accounts import all_accounts
from models.errors import SettingsError
from tasks.doors import open_doors

PASSWORD = "a long enough password"
Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    open_doors.cache_clear()
    monkeypatch.setenv("TASFIYA_HOME", str(tmp_path))

    def command(*arguments: str, typed: str = "") -> int:
        monkeypatch.setattr(sys, "argv", ["tasfiya", "desk", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    yield command
    open_doors.cache_clear()


def test_an_account_is_added_with_a_password_from_standard_input(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    added = run("account", "add", "amina", "--role", "processor", "--role", "approver",
                typed=f"{PASSWORD}\n")  # fmt: skip
    assert added == 0
    (account,) = all_accounts(open_doors().database)
    assert account.roles == {"processor", "approver"}
    assert account.password_hash.startswith("$argon2id$")
    capsys.readouterr()
    assert run("account", "list", "--json") == 0
    told = capsys.readouterr().out
    assert json.loads(told)[0]["login"] == "amina"
    assert "argon2" not in told


def test_a_short_password_a_taken_login_and_an_unknown_role_are_refused(run: Run) -> None:
    add = ("account", "add", "amina", "--role")
    assert run(*add, "processor", typed="short\n") == 2
    assert run(*add, "king", typed=f"{PASSWORD}\n") == 2
    assert run("account", "add", "role:x", "--role", "processor", typed=f"{PASSWORD}\n") == 2
    assert run(*add, "processor", typed=f"{PASSWORD}\n") == 0
    assert run(*add, "processor", typed=f"{PASSWORD}\n") == 2


def test_an_account_is_disabled_enabled_and_given_a_new_password(run: Run) -> None:
    run("account", "add", "amina", "--role", "processor", typed=f"{PASSWORD}\n")
    before = all_accounts(open_doors().database)[0].password_hash
    assert run("account", "disable", "amina") == 0
    assert not all_accounts(open_doors().database)[0].is_active
    assert run("account", "enable", "amina") == 0
    assert run("account", "password", "amina", typed="another long password\n") == 0
    after = all_accounts(open_doors().database)[0]
    assert after.is_active
    assert after.password_hash != before
    assert run("account", "disable", "nobody-there") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"desk_host": "0.0.0.0"},
        {"environment": "production"},
        {"desk_proxy_header": "x-user"},
        {"desk_proxy_addresses": "10.0.0.5"},
    ],
)
def test_a_desk_on_an_open_line_does_not_start(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="TASFIYA_DESK"):
        Settings.model_validate(wrong).check_desk()


def test_a_desk_behind_a_proxy_with_https_starts() -> None:
    Settings.model_validate(
        {
            "environment": "production",
            "desk_host": "0.0.0.0",
            "desk_is_https": True,
            "desk_proxy_header": "x-user",
            "desk_proxy_addresses": "10.0.0.5",
        }
    ).check_desk()
