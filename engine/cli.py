"""The command line: run the site, deploy and check diagrams, start and complete from a script, worker, verify, demo, administrators."""

from __future__ import annotations

import json
import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from engine import clock, demo, history
from engine.commands.deployment import Deploy, DeploymentReport, check_folder, read_folder
from engine.commands.organisation import ImportPeople, SavePerson, SetPassword
from engine.commands.process_instance import CancelInstance, StartInstance
from engine.commands.user_task import CompleteTask
from engine.config import Settings
from engine.errors import EngineError
from engine.process_engine import Actor, ProcessEngine
from engine.store.schema import metadata
from engine.worker import Worker


def _engine() -> ProcessEngine:
    engine = ProcessEngine(Settings.from_environment())
    metadata.create_all(engine.database.engine)
    return engine


class _Group(click.Group):
    """Print an engine error as its sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            for problem in error.problems:
                click.echo(f"  {problem}", err=True)
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
def main() -> None:
    """Guicheng 规程: the department's regulation, running."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("spiff").setLevel(logging.ERROR)


def _report(report: DeploymentReport) -> None:
    for key in report.deployed:
        click.echo(f"deployed   {key}")
    for key in report.unchanged:
        click.echo(f"unchanged  {key}")
    for file, problems in report.refused.items():
        click.echo(f"refused    {file}", err=True)
        for problem in problems:
            click.echo(f"           {problem}", err=True)
    for problem in report.warnings:
        click.echo(f"warning    {problem}", err=True)


@main.command()
@click.option("--demo", "with_demo", is_flag=True, help="Load the demonstration company into an empty database.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; timers are run by `guicheng worker`.")
def run(*, with_demo: bool, no_worker: bool) -> None:
    """Serve the site (and the timers)."""
    from waitress import serve

    from web import create_app

    engine = _engine()
    if with_demo and demo.is_empty(engine):
        _load_demo(engine)
    settings = engine.settings
    app = create_app(engine)
    if not no_worker:
        Worker(engine).start()
    click.echo(f"\nGuicheng 规程: http://{settings.host}:{settings.port}/")
    if with_demo:
        click.echo(f"Logins (password {demo.PASSWORD}):")
        for login, name, _english, roles, _since in json.loads(demo.COMPANY.read_text("utf-8"))["people"]:
            click.echo(f"  {login:14} {name}  {', '.join(roles)}")
    serve(app, host=settings.host, port=settings.port, threads=8, _quiet=True)


def _load_demo(engine: ProcessEngine) -> None:
    year = demo.Year(engine, clock.now())
    clock.freeze(year.start - timedelta(days=1))
    _report(demo.found_company(engine))
    with click.progressbar(length=year.days, label="A year of the company") as bar:
        number = year.live(lambda done, _total: bar.update(done - bar.pos))
    click.echo(f"{number} requests were made.")


@main.command("demo")
def load_demo() -> None:
    """Load the demonstration company into an empty database."""
    engine = _engine()
    if not demo.is_empty(engine):
        raise click.ClickException("The database is not empty.")
    _load_demo(engine)


@main.command()
@click.argument("processes", type=click.Path(exists=True, file_okay=False, path_type=Path), default="processes")
@click.argument("forms", type=click.Path(file_okay=False, path_type=Path), default="forms")
def deploy(processes: Path, forms: Path) -> None:
    """Deploy a folder of diagrams and their forms; exits with 1 when something was refused."""
    report = _engine().execute(Deploy(read_folder(processes, forms)))
    _report(report)
    sys.exit(1 if report.refused else 0)


@main.command()
@click.argument("processes", type=click.Path(exists=True, file_okay=False, path_type=Path), default="processes")
@click.argument("forms", type=click.Path(file_okay=False, path_type=Path), default="forms")
def check(processes: Path, forms: Path) -> None:
    """Check a folder of diagrams without deploying; exits with 1 when something would be refused."""
    found = check_folder(read_folder(processes, forms))
    _report(DeploymentReport(refused=found.refused, warnings=found.warnings))
    click.echo(f"{len(found.candidates)} processes, {len(found.refused)} files refused")
    sys.exit(1 if found.refused else 0)


@main.command()
@click.argument("process")
@click.option("--as", "person", required=True, help="Login of the initiator.")
@click.option("--values", default="{}", help="JSON of the start form.")
@click.option("--request-id", help="Doing it twice with one id does it once.")
def start(process: str, person: str, values: str, request_id: str | None) -> None:
    """Start an instance and print its id."""
    click.echo(_engine().execute(StartInstance(process, json.loads(values), request_id), Actor(person)))


@main.command()
@click.argument("task")
@click.option("--as", "person", required=True, help="Login of who completes it.")
@click.option("--values", default="{}", help="JSON of the task's form.")
@click.option("--outcome", help="The button, e.g. approve.")
@click.option("--comment", default="")
@click.option("--request-id")
def complete(task: str, person: str, values: str, outcome: str | None, comment: str, request_id: str | None) -> None:
    """Complete a user task."""
    result = _engine().execute(CompleteTask(task, json.loads(values), outcome, comment, request_id), Actor(person))
    click.echo(json.dumps(result))


@main.command()
@click.argument("instance")
@click.option("--reason", required=True)
def cancel(instance: str, reason: str) -> None:
    """Cancel an instance."""
    _engine().execute(CancelInstance(instance, reason))


@main.command()
def worker() -> None:
    """Run timers and connectors until stopped; any number of workers may run on PostgreSQL."""
    Worker(_engine()).run_forever()


@main.command()
@click.argument("instance", required=False)
def verify(instance: str | None) -> None:
    """Verify the history of an instance, or of the whole database; exits with 1 when something was changed."""
    engine = _engine()
    key = engine.settings.history_key
    with engine.database.reading() as connection:
        found = history.verify_stream(connection, key, instance) if instance else history.verify_all(connection, key)
        number = 1 if instance else len(history.streams(connection))
    for finding in found:
        click.echo(str(finding), err=True)
    click.echo(f"{number} streams verified, {len(found)} findings")
    sys.exit(1 if found else 0)


@main.command("create-admin")
@click.argument("login")
@click.option("--name", required=True)
@click.password_option()
def create_admin(login: str, name: str, password: str) -> None:
    """Create an administrator."""
    engine = _engine()
    engine.execute(Deploy(read_folder(engine.settings.processes, engine.settings.forms)))
    engine.execute(SavePerson(login, name, ("administrator",), active=True))
    engine.execute(SetPassword(login, password))


@main.command("import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_people(file: Path) -> None:
    """Take people and their roles from a CSV file (login,name,roles,…)."""
    report = _engine().execute(ImportPeople(file.read_bytes(), file=file.name))
    for login in report.created:
        click.echo(f"created    {login}")
    for login, columns in report.changed.items():
        click.echo(f"changed    {login}: {', '.join(columns)}")
    click.echo(f"{report.unchanged} unchanged")


if __name__ == "__main__":
    main()
