from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
import yaml

from tests.house.source import ROOMS, ROOT, modules

LOCKS = ("requirements.lock", "requirements-dev.lock")
# Libraries that are needed without being imported by name.
BY_NAME_ONLY = {
    "aiosqlite": "named in the address of the database",
    "asyncpg": "the same",
    "tzdata": "zoneinfo reads it where the system has no zones",
}
IMPORTED_AS = {"opening-hours-py": "opening_hours", "prometheus-client": "prometheus_client"} | {
    "pydantic-settings": "pydantic_settings",
    "sqlalchemy": "sqlalchemy",
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def dependencies() -> list[str]:
    asked = tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    return [re.match(r"[\w-]+", line).group() for line in asked]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_host_and_hash_everything(lock):
    text = read(lock)
    assert not re.search(r"https?:|file:|--(index|extra-index|find-links|trusted)", text)
    packages = re.split(r"\n(?=\S)", text.strip())
    assert len(packages) > 30
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert [package.split()[0] for package in packages if "==" not in package.split()[0]] == []


def test_the_program_runs_on_what_it_is_tested_with():
    run, develop = ({line for line in read(lock).splitlines() if "==" in line} for lock in LOCKS)
    assert run <= develop


def test_every_dependency_is_locked_imported_and_explained():
    imported = {name.split(".")[0] for module in modules() for _, name in module.imports}
    explained = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs/decisions").glob("*.md"))
    for name in dependencies():
        assert re.search(rf"^{name}(\[\w+\])?==", read("requirements.lock"), re.MULTILINE), f"{name}: run `make lock`"
        assert name in BY_NAME_ONLY or IMPORTED_AS.get(name, name) in imported, f"{name} is imported nowhere"
        assert f"`{name}`" in explained, f"docs/decisions/ does not say what {name} spares us"


def test_the_image_takes_every_room_and_the_package_too():
    packaged = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packaged) == set(ROOMS)
    for room in ROOMS:
        assert f"COPY {room} /app/{room}" in read("Dockerfile")
        assert f"!{room}\n" in read(".dockerignore")
    assert "exec python -m bot" in read("Dockerfile")
    assert (ROOT / "bot" / "__main__.py").exists()


def test_compose_starts_what_exists():
    services = yaml.safe_load(read("compose.yaml"))["services"]
    assert set(services) == {"bot", "db", "migrate", "bot-postgres"}
    assert services["bot"]["build"] == "."
    assert "profiles" not in services["bot"]
    assert all(service["profiles"] == ["postgres"] for name, service in services.items() if name != "bot")


def test_settings_by_example_are_the_settings():
    assert "environ" in read("bot/settings.py") or "BaseSettings" in read("bot/settings.py")
    shown = {name.removesuffix("_FILE") for name in re.findall(r"PEREZVON_(\w+)=", read(".env.example"))}
    known = {name.upper() for name in re.findall(r"^    (\w+): ", read("bot/settings.py"), re.MULTILINE)}
    assert shown <= known


def test_the_makefile_is_the_door_that_contributing_shows():
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert targets >= {
        "demo",
        "test",
        "crash",
        "install",
        "check",
        "bench",
        "soak",
        "format",
        "lock",
        "messages",
        "clean",
    }
    named = re.findall(r"`?make ([a-z]+)\b", read("CONTRIBUTING.md"))
    assert named
    assert set(named) <= targets


def test_nothing_that_should_stay_at_home_is_committed():
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    stray = [name for name in listed if re.search(r"(^|/)\.env$|\.db(-\w+)?$|\.key$|\.pyc$|\.log$", name)]
    assert stray == []
