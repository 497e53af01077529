"""Each kind of project that `kitexgen new` lays down: what is in it, and that all its own checks pass."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import yaml

from tests.scaffold.projects import (
    ENVIRONMENT,
    ORDERS,
    ROOT,
    assert_its_tests_pass,
    in_project,
    lay_down_own_idl,
    new,
    paths_in,
)

ALWAYS = {
    ".dockerignore",
    ".github/workflows/ci.yml",
    ".gitignore",
    "Dockerfile",
    "Makefile",
    "README.md",
    "idl/shop.thrift",
    "kitexgen.toml",
    "logs.py",
    "pyproject.toml",
    "settings.py",
    "tests/test_logs.py",
    "tests/test_service.py",
    "tests/test_settings.py",
}
OF_SERVERS = {
    "compose.yaml",
    "handler.py",
    "health.py",
    "k8s/deployment.yaml",
    "k8s/service.yaml",
    "server.py",
    "tests/test_server.py",
}
VARIANTS = {
    "thrift": (),
    "proto": ("--proto",),
    "client only": ("--client-only",),
    "server only": ("--server-only",),
    "client only, proto": ("--client-only", "--proto"),
    "server only, proto": ("--server-only", "--proto"),
    "own thrift": ("--idl", "idls/own.thrift", "-I", "common"),
    "own proto": ORDERS,
    "own proto, client only": (*ORDERS, "--client-only"),
    "long names": ("--service", "KeeperOfNotesThatAreWorthTheTimeService"),
}
each_variant = pytest.mark.parametrize("arguments", VARIANTS.values(), ids=VARIANTS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_down_own_idl()


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        ((), ALWAYS | OF_SERVERS | {"client.py"}),
        (("--server-only",), ALWAYS | OF_SERVERS),
        (("--client-only",), ALWAYS | {"client.py", "tests/stand_in.py"}),
        (("--proto",), (ALWAYS - {"idl/shop.thrift"}) | OF_SERVERS | {"client.py", "idl/shop/v1/shop.proto"}),
    ],
)
def test_what_is_laid_down(arguments: tuple[str, ...], files: set[str]) -> None:
    new("shop", *arguments)
    assert paths_in("shop") == files
    for path in files:
        text = (Path("shop") / path).read_text()
        assert not re.search(r"\{%|(?<!\$)\{\{", text), path
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\n\n\n\n" not in text


@each_variant
def test_its_own_tests_pass(arguments: tuple[str, ...]) -> None:
    new("shop", *arguments)
    assert re.fullmatch(r"1\d passed(, 1 skipped)? in .*", assert_its_tests_pass())


@pytest.mark.slow
@each_variant
def test_it_is_tidy_typed_and_up_to_date(arguments: tuple[str, ...]) -> None:
    new("shop", *arguments)
    for command in (
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        ("mypy", "."),
        ("kitexgen", "gen", "--check"),
        ("kitexgen", "lint"),
    ):
        done = in_project("-m", *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@each_variant
def test_the_image_is_small_and_not_roots(arguments: tuple[str, ...]) -> None:
    new("shop", *arguments)
    steps = [line.split(maxsplit=1) for line in Path("shop/Dockerfile").read_text().splitlines() if line[:1].isupper()]
    words = [word for word, _ in steps]
    last_stage = steps[len(words) - words[::-1].index("FROM") - 1 :]
    assert words.count("FROM") == 2
    assert all(re.match(r"python:\d\.\d+-slim( AS build)?$", what) for word, what in steps if word == "FROM")
    assert [what for word, what in last_stage if word == "USER"] == ["10001:10001"]
    assert not any("pip install" in what for word, what in last_stage)
    assert last_stage[-1][1].startswith('["python", ')  # no shell between the signals and the program
    assert ("HEALTHCHECK" in words) == Path("shop/health.py").exists()
    hadolint = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is not None:
        done = subprocess.run([hadolint, "shop/Dockerfile"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@each_variant
def test_the_workflow_runs_what_there_is(arguments: tuple[str, ...]) -> None:
    new("shop", *arguments)
    workflow = yaml.safe_load(Path("shop/.github/workflows/ci.yml").read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"] == "${{ github.workflow }}-${{ github.ref }}"
    steps = workflow["jobs"]["check"]["steps"]
    runs = "\n".join(step.get("run", "") for step in steps)
    for command in ("gen --check", "lint", "breaking --against", "ruff check", "mypy", "pytest"):
        assert command in runs
    assert [step["env"] for step in steps if "breaking" in step.get("run", "")] == [{"BASE": "${{ github.base_ref }}"}]


@pytest.mark.parametrize("language", [(), ("--proto",)])
def test_kubernetes_and_compose_agree_with_the_image(language: tuple[str, ...]) -> None:
    new("My_Shop", *language)
    deployment, service, compose = (
        yaml.safe_load((Path("My_Shop") / path).read_text())
        for path in ("k8s/deployment.yaml", "k8s/service.yaml", "compose.yaml")
    )
    pod = deployment["spec"]["template"]
    [container] = pod["spec"]["containers"]
    labels = {"app.kubernetes.io/name": "my-shop"}
    assert deployment["spec"]["selector"]["matchLabels"] == pod["metadata"]["labels"] == labels
    assert service["spec"]["selector"] == labels
    assert service["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"] == "rpc"
    assert container["readinessProbe"]["tcpSocket"]["port"] == "rpc"
    assert container["livenessProbe"]["exec"]["command"] == ["python", "health.py"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    wait = float(environment["DRAIN"]) + float(environment["EXIT_WAIT"])
    assert wait < pod["spec"]["terminationGracePeriodSeconds"]
    dockerfile = Path("My_Shop/Dockerfile").read_text()
    assert "EXPOSE 8888\n" in dockerfile
    assert "HEALTH_FILE=/tmp/alive\n" in dockerfile
    assert container["ports"][0]["containerPort"] == 8888
    assert container["volumeMounts"][0]["mountPath"] == "/tmp"
    assert compose["services"]["my-shop"]["image"] == container["image"] == "my-shop"


def wheel_of_kitexgen(folder: Path) -> Path:
    """A folder with a wheel of this checkout, built from a copy, and without the compiled codec."""
    source = folder / "source"
    source.mkdir()
    for name in ("kitexgen", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, env={**ENVIRONMENT, "CC": "false"}, check=True, capture_output=True)
    return folder


WRITER = ("-c", "user.name=anyone", "-c", "user.email=anyone@example.com")


def steps_of_ci(project: str) -> list[str]:
    workflow = yaml.safe_load((Path(project) / ".github/workflows/ci.yml").read_text())
    return [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]


@pytest.mark.slow
def test_a_fresh_machine_needs_make_alone(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """From a wheel in a fresh environment to the tests of each kind of project, in a fresh environment of its own."""
    wheels = wheel_of_kitexgen(tmp_path_factory.mktemp("wheels"))
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {"PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    def run(*command: str, folder: str = ".") -> None:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command} in {folder}: {done.stdout}{done.stderr}"

    tool = tmp_path / "tool"
    venv.create(tool, with_pip=True)
    run(f"{tool}/bin/pip", "install", "--quiet", "kitexgen")
    for number, variant in enumerate(("thrift", "proto", "client only", "server only")):
        project = f"shop{number}"
        run(f"{tool}/bin/kitexgen", "new", project, *VARIANTS[variant])
        run("make", "setup", folder=project)
        run("make", "test", "lint", "check", folder=project)
        run("git", "init", "--quiet", folder=project)
        run("git", "add", ".", folder=project)
        run("git", *WRITER, "commit", "--quiet", "--message", "first", folder=project)
        run("git", "update-ref", "refs/remotes/origin/main", "HEAD", folder=project)
        for step in steps_of_ci(project):
            # As a runner does, where actions/setup-python has put Python on the path.
            activated = f'PATH="$PWD/.venv/bin:$PATH"; BASE=main; {step}'
            run("bash", "-e", "-o", "pipefail", "-c", activated, folder=project)
